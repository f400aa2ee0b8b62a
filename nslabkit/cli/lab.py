"""``nslabkit lab``: copies the lessons and starts JupyterLab."""

from __future__ import annotations

import os
from pathlib import Path

import click

from nslabkit.base.language import translate as _


@click.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    help="Language of the lessons and of JupyterLab [default: the system's].",
)
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port [default: free, from 8888].")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--socket",
    is_flag=True,
    help="Listen on a unix socket that only you can open, for a machine that others use too.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--no-limits", is_flag=True, help="No limits on a notebook's processes, memory, namespaces."
)
@click.option("--variant", metavar="WORD", help="Values of your own in the tasks, by a class.")
@click.option(
    "--class",
    "class_folder",
    type=click.Path(readable=False),
    metavar="DIR",
    help="Join a class: show the instructor, in this folder, the last check you passed.",
)
def lab(  # noqa: PLR0913 - one for each option
    directory: Path | None,
    lang: str | None,
    port: int | None,
    ip: str,
    *,
    socket: bool,
    no_browser: bool,
    no_limits: bool,
    variant: str | None,
    class_folder: str | None,
) -> None:
    """Copy the lessons to DIR and open the start page in JupyterLab.

    DIR defaults to ./nslabkit-lessons.  A lesson that you changed is never overwritten: a
    newer one is put beside it.  Ctrl+C ends JupyterLab and all its kernels.

    Example:
      nslabkit lab
      nslabkit lab ~/netns --lang zh --port 9000
      nslabkit lab --class /srv/nslab-class

    Tab completion, for this shell:
      eval "$(_NSLABKIT_COMPLETE=bash_source nslabkit)"     (or zsh_source)
      _NSLABKIT_COMPLETE=fish_source nslabkit | source      (fish)
    """
    from nslabkit.course import delivering, lessons, variants

    if variant is not None:
        variants.become(variant)
    language = lang or lessons.default_language()
    os.environ["NSLAB_LANG"] = "zh_CN" if language == "zh" else "en"
    _tell_limits(off=no_limits)
    if class_folder is not None:
        _join(class_folder)
    folder = lessons.learners_folder(directory)
    deliveries = delivering.deliver(folder, language)
    for delivery in deliveries:
        _tell(delivery)

    # Loaded only now: it takes most of a second, and the lines above come at once.
    from nslabkit.jupyter.server import Options, serve

    serve(
        Options(
            directory=folder,
            lesson=folder / language / lessons.available(language)[0].name,
            language=language,
            ip=ip,
            port=port,
            browser=not no_browser and not socket and _has_screen(),
            socket=socket,
        )
    )


def _tell_limits(*, off: bool) -> None:
    """Say what a notebook may take of this machine, and what it may do as root."""
    from nslabkit.machine.sandbox import limits, limits_told

    if off:
        os.environ[limits.VARIABLE] = "off"
    click.echo(limits_told.sentence())
    if os.geteuid() == 0:
        click.echo(
            _(
                "Warning: you are root, so every file of this machine is open to the notebooks: "
                "`rm` in a cell removes for good. Run the lessons as an ordinary user."
            ),
            err=True,
        )


def _join(class_folder: str) -> None:
    """Take part in a class, and say what becomes visible to whom."""
    from nslabkit import classroom
    from nslabkit.base.errors import NoPrivilegeError

    try:
        membership = classroom.join(class_folder)
    except NoPrivilegeError as error:  # somebody's file is in the way: no reason not to learn
        click.echo(_("Begun without the class: {why}").format(why=error.advice), err=True)
        return
    os.environ.update(membership.environment)
    click.echo(membership.notice)


def _tell(delivery: object) -> None:
    """Say what is new in the folder; nothing about lessons that are as they were."""
    from nslabkit.course.delivering import Delivery

    assert isinstance(delivery, Delivery)
    texts = {
        "new": _("new lesson: {name}"),
        "renewed": _("newer lesson, you had not changed yours: {name}"),
        "beside": _("newer lesson, put beside the one you changed: {name}"),
    }
    if delivery.state in texts:
        click.echo(texts[delivery.state].format(name=delivery.path.name))


def _has_screen() -> bool:
    """Whether a browser could show anything here; without a screen one may start as text."""
    return os.geteuid() != 0 and bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
