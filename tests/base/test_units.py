"""Is a time written in one way, whoever writes it?"""

from __future__ import annotations

import pytest

from nslabkit.base.units import duration, moment, shortened


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0.0 µs"),
        (40, "0.0 µs"),
        (4_200, "4.2 µs"),
        (31_480, "31.5 µs"),
        (124_300, "124 µs"),
        (999_400, "999 µs"),
        (999_960, "1.00 ms"),
        (1_234_000, "1.23 ms"),
        (12_340_000, "12.3 ms"),
        (999_960_000, "1.00 s"),
        (1_013_000_000, "1.01 s"),
        (123_400_000_000, "123 s"),
        (-31_480, "-31.5 µs"),
    ],
)
def test_a_duration_has_three_figures(nanoseconds: float, text: str) -> None:
    assert duration(nanoseconds) == text


def test_a_moment_is_exact_to_a_microsecond() -> None:
    times = (0, 31_480, 124_340, 1_234_567, 1_234_567_890)
    assert [*map(moment, times)] == ["0.0 µs", "31.5 µs", "124.3 µs", "1.235 ms", "1.234568 s"]


def test_a_large_number_fits_beside_an_axis() -> None:
    assert [*map(shortened, (50, 20_000, 1_500_000, 2e9))] == ["50", "20k", "1.5M", "2G"]


def test_a_chinese_reader_has_chinese_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert (duration(31_480), moment(2_000_000)) == ("31.5 微秒", "2.000 毫秒")
