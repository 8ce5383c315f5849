"""What publishers write reaches the terminal as text, whichever way it is printed."""

import io
import logging
import sys
import warnings
from collections.abc import Callable

import pytest
from rich.progress import BarColumn
from rich.table import Table
from rich.text import Text

from loaders.core import escape
from loaders.core.progress_bars import progress
from loaders.core.terminal import Terminal, protect_terminal

HOSTILE = "\x1b]0;title\x07\x1b[2J[red]farm[/blue] :warning: \u202egpj \ud800\rx"
SHOWN = "\\x1b]0;title\\x07\\x1b[2J[red]farm[/blue] :warning: \\u202egpj \\ud800\\rx"


def _table(text: str) -> Table:
    table = Table(text)
    table.add_row(text)
    return table


@pytest.mark.parametrize("printed", [str, lambda text: Text(escape.terminal(text)), _table])
def test_text_is_printed_as_text(printed: Callable[[str], object]) -> None:
    stream = io.StringIO()
    Terminal(file=stream, width=200, force_terminal=True, color_system=None).print(printed(HOSTILE))
    assert SHOWN in stream.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not {"\x07", "\u202e", "\r"} & set(stream.getvalue())


def test_what_is_no_plain_text_is_cleaned_as_well() -> None:
    stream = io.StringIO()
    Terminal(file=stream, width=200).print(Text(HOSTILE))
    assert stream.getvalue() == "\\x1b]0;title\\x1b[2J[red]farm[/blue] :warning: \\u202egpj \\ud800x\n"


def test_a_table_stays_straight_around_what_is_spelt_out() -> None:
    stream = io.StringIO()
    Terminal(file=stream, width=200).print(_table(HOSTILE))
    assert len({len(line) for line in stream.getvalue().splitlines()}) == 1


def test_a_bar_and_a_status_take_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    console = Terminal(file=stream, width=200, force_terminal=True, color_system=None)
    monkeypatch.setattr("loaders.core.progress_bars.Terminal", lambda **_: console)
    with progress(BarColumn()) as bar:
        bar.add_task(HOSTILE, total=1)
    with console.status(HOSTILE):
        pass
    assert stream.getvalue().count(SHOWN) >= 2
    assert "\x1b]0;" not in stream.getvalue()


def test_logs_and_warnings_are_text_and_what_the_terminal_cannot_show_is_spelt_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging, "root", logging.RootLogger(logging.WARNING))
    monkeypatch.setattr(logging.Logger, "root", logging.root)
    monkeypatch.setattr(logging.Logger.manager, "root", logging.root)
    for name in ("loaders.harmonise.batches", "py.warnings"):
        monkeypatch.setattr(logging.getLogger(name), "parent", logging.root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=False)  # which a command in this process may have begun
            protect_terminal()
            logging.getLogger("loaders.harmonise.batches").warning("%s: Größe", HOSTILE)
            warnings.warn(f"GDAL: {HOSTILE}", RuntimeWarning, stacklevel=1)
    finally:
        logging.captureWarnings(capture=False)
    sent = stream.buffer.getvalue().decode("ascii")
    assert f"{SHOWN}: Gr\\xf6\\xdfe\n" in sent
    assert f"GDAL: {SHOWN}" in sent
    assert "\x1b" not in sent
