import io
import time

import pytest

from loaders.core import progress
from loaders.core.progress import Activity, clock, report, with_progress
from loaders.core.terminal import Terminal


def test_without_a_terminal_long_work_says_where_it_is_and_short_work_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Terminal(file=io.StringIO(), soft_wrap=True)
    with Activity("short", console):
        report("1 of 2")
    monkeypatch.setattr(progress, "PLAIN_INTERVAL_S", 0.01)
    with Activity("loading x", console):
        report("12,000 rows")
        time.sleep(0.1)
    lines = console.file.getvalue().splitlines()
    assert set(lines) == {"loading x · 12,000 rows · 0:00"}


def test_on_a_terminal_nothing_is_left_of_the_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LIVE_INTERVAL_S", 0.01)
    console = Terminal(file=io.StringIO(), force_terminal=True, width=30)
    with Activity("loading [x]", console):
        time.sleep(0.1)
    shown = console.file.getvalue()
    assert "loading [x] · 0:00" in shown
    assert shown.endswith("\x1b[2K")  # the line is erased


def test_items_are_counted_inside_the_work_that_they_are_part_of() -> None:
    with Activity("irradiance") as activity:
        assert list(with_progress("ab", "cells", 2)) == ["a", "b"]
        assert activity.detail == "1 of 2"


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0:00"), (41, "0:41"), (3723, "1:02:03")])
def test_durations_read_as_on_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
