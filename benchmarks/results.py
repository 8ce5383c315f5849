"""Measurements in Markdown, with their pictures: one file of several parts, each of a benchmark of its own."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.pictures import bar_picture, stacked_picture, write_svg
from benchmarks.sheets import Sheet
from benchmarks.ways import Way

RESULTS = Path(__file__).with_name("RESULTS.md")
SIDE_BY_SIDE, SLOWEST = "pictures/side_by_side.svg", "pictures/slowest_stage.svg"
TEXT = """\
# Speed and memory

Written by `python -m benchmarks.pipeline --write`. The module's docstring states what is measured and how; every plant
and every file is made up.

![Seconds by phase]({side_by_side})

![{title}]({slowest})

{tables}"""
PART = re.compile(r"^(?=# )", re.MULTILINE)


def write_results(
    tables: Sequence[Sheet], ways: Sequence[Way], title: str, bars: Mapping[str, float], file: Path = RESULTS
) -> None:
    """Write the tables, and draw the phases of all ways and the slowest stage.

    Args:
        tables: in their order.
        ways: with their phases; one without is a bar in one piece.
        title: what `bars` shows.
        bars: seconds by model or function.
        file: the pictures stand in a folder next to it.
    """
    parts = {
        way.name: {name: figures.seconds for name, figures in (way.phases or {way.name: way.figures}).items()}
        for way in ways
    }
    write_svg(stacked_picture("Seconds by phase", "seconds", parts), file.parent / SIDE_BY_SIDE)
    write_svg(bar_picture(title, "seconds", bars), file.parent / SLOWEST)
    sections = "\n".join(table.as_markdown() for table in tables)
    text = TEXT.format(side_by_side=SIDE_BY_SIDE, slowest=SLOWEST, title=title, tables=sections)
    write_part(text, file)


def write_part(text: str, file: Path = RESULTS) -> None:
    """Write a part of the file, whose first line is its title (`# …`), in place of the former one; the others stay."""
    parts = PART.split(file.read_text(encoding="utf-8")) if file.exists() else []
    by_title = {_title(part): part.rstrip() for part in parts if part.strip()}
    by_title[_title(text)] = text.rstrip()
    file.write_text("\n\n".join(by_title.values()) + "\n", encoding="utf-8")


def write_table(name: str, table: Sheet, file: Path) -> None:
    """Write a table into a page, between the comments `<!-- table NAME -->` and `<!-- end -->`.

    Raises:
        SystemExit: the page has no such place, or several.
    """
    rows = table.without_title()
    place = re.compile(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    text, count = place.subn(lambda found: f"{found[1]}\n{rows}\n{found[2]}", file.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{file} has {count} places for the table {name} (`<!-- table {name} -->`), and needs one")
    file.write_text(text, encoding="utf-8")


def _title(part: str) -> str:
    return part.partition("\n")[0]
