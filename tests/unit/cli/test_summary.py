"""What `eo-pv summary`, and with it `make all`, prints besides the table."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loaders.__main__ import app
from loaders.cli import report
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import Terminal
from loaders.report import summary
from loaders.report.summary import DatasetSummary
from tests.unit.report.test_summary import AREA, BIG, FIGURES

Print = Callable[[int | None], list[str]]
STALE = {"applied": 0, "left_out_lines": [], "stale": [{"line": n, "gone": [f"north:{n}"]} for n in range(4)]}
ENERGY = {"installations": 700, "energy_gwh": 12.5, "providers": ["clearsky"], "is_upper_bound": True, "missing": {}}


@pytest.fixture
def printed(project: Path, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch) -> Print:
    """Print the summary of made-up datasets on a terminal of a width, or without one."""
    rows: list[DatasetSummary] = [replace(row, is_synthetic=True, area_doubt=AREA) for row in BIG]
    figures: dict[str, Any] = {**FIGURES, "overrides": STALE, "energy": ENERGY}
    names = [f"curated_{n}.parquet" for n in range(7)]
    for path in (
        *(paths.curated / name for name in [*names, "ATTRIBUTION.md", "CITATION.bib"]),
        paths.database,
        paths.report(),
        paths.report_page,
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    paths.step_times("build").parent.mkdir()
    paths.step_times("build").write_text('{"build": 60.5}')
    monkeypatch.chdir(project)
    monkeypatch.setattr(summary, "summarise", lambda *_: rows)
    monkeypatch.setattr(summary, "read_figures", lambda _: figures)

    def run(width: int | None) -> list[str]:
        stream = io.StringIO()
        console = Terminal(file=stream, width=width or 165, force_terminal=width is not None, soft_wrap=width is None)
        console._color_system = None
        monkeypatch.setattr(report, "out", console)
        report.summary()
        return [line.rstrip() for line in stream.getvalue().replace("\x1b[1m", "").splitlines()]

    return run


def test_at_most_twelve_lines_besides_the_table_are_printed_at_80_columns(
    printed: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MAX_WARNINGS", 1)  # the samples have one
    lines = printed(80)
    assert max(map(len, lines)) <= 80
    besides = lines[next(n for n, line in enumerate(lines) if line.startswith("Not shown: ")) :]
    assert len(besides) <= 11  # and one on the run


def test_without_a_terminal_every_sentence_is_one_line(printed: Print) -> None:
    assert printed(None)[5:] == [
        "SYNTHETIC, bundled samples: all datasets. No record is a real installation.",
        "1,134 records are 900 installations, 2.2 km² of outlines; 123 of them have high confidence: two independent "
        "inventories or more have them.",
        f"{BIG[0].name}: {AREA}.",
        f"{BIG[1].name}: {AREA}.",
        f"south: {AREA}.",
        "4 more warnings and 2 notes: data/sample/report/summary.md",
        "Time of the steps, each as it last ran: 4,382.1 s, of it 60.5 s for the build",
        "Tables: data/sample/curated/ (7 Parquet files, ATTRIBUTION.md, CITATION.bib)",
        "Database: data/sample/eo_pv_data.duckdb · Report: data/sample/report/index.html",
    ]


@pytest.mark.usefixtures("printed")
def test_the_document_names_the_files() -> None:
    result = CliRunner().invoke(app, ["summary", "--json"])
    document = json.loads(result.output)
    assert (document["ok"], document["errors"], document["seconds"]) == (True, [], {"build": 60.5})
    assert document["datasets"][0]["capacity_mw"] == 99_371.4
    assert [len(document[name]) for name in ("result", "warnings", "notes", "files")] == [2, 7, 2, 12]


def test_a_table_that_is_gone_is_an_error_with_the_remedy(printed: Print, paths: ProjectPaths) -> None:
    paths.database.unlink()
    with pytest.raises(BuildError, match=r"^data/sample/eo_pv_data\.duckdb is missing although nothing"):
        printed(80)
