"""Is each kind of machine recognised by its files?  Those that we are not on are simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from nslabkit.doctor import platforms

DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
UBUNTU = "ID=ubuntu\nVERSION_ID=\"24.04\"\nPRETTY_NAME='Ubuntu 24.04 LTS'\n"
MACHINES = {
    "simulated_debian": ({"etc/os-release": DEBIAN}, ("debian",)),
    "simulated_ubuntu": ({"etc/os-release": UBUNTU}, ("ubuntu",)),
    "simulated_old_ubuntu": ({"etc/os-release": 'ID=ubuntu\nVERSION_ID="22.04"\n'}, ()),
    "simulated_fedora": ({"etc/os-release": "ID=fedora\nVERSION_ID=41\n"}, ("fedora",)),
    "simulated_other": ({"etc/os-release": "ID=arch\n"}, ()),
    "simulated_empty": ({}, ()),
    "simulated_wsl2": (
        {
            "proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2",
            "etc/os-release": UBUNTU,
        },
        ("wsl2", "ubuntu"),
    ),
    "simulated_wsl1": ({"proc/version": "Linux version 4.4.0-19041-Microsoft"}, ("wsl1",)),
    "simulated_docker": ({".dockerenv": "", "etc/os-release": DEBIAN}, ("docker", "debian")),
    "simulated_podman": ({"run/.containerenv": ""}, ("podman",)),
    "simulated_lxc": ({"run/systemd/container": "lxc\n"}, ("lxc",)),
    "simulated_crostini": (
        {"run/systemd/container": "lxc\n", "dev/.cros_milestone": "120", "etc/os-release": DEBIAN},
        ("crostini", "debian"),
    ),
}


@pytest.fixture
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    for name, text in MACHINES[request.param][0].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("root", MACHINES, indirect=True)
def test_simulated_machines_are_recognised(root: Path) -> None:
    assert platforms.names(root) == MACHINES[root.name][1]
    assert len(platforms.notes(root)) == len(MACHINES[root.name][1])


def test_every_note_names_its_source() -> None:
    known = {name for _files, names in MACHINES.values() for name in names}
    assert known == set(platforms._written())
    for note in platforms._written().values():
        assert all(address.startswith("https://") for address in note.source.split())


def test_this_machine_is_what_its_own_file_says() -> None:
    own = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    assert platforms.pretty_name() == own["PRETTY_NAME"].strip('"')
