"""A project of one's own files, as docs/how-to/own-data.md makes it: each line is typed as it stands there."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.conftest import ROOT, Project, Run

PAGE = ROOT / "docs" / "how-to" / "own-data.md"
INSTALLATIONS = "data/doi/curated/curated_pv_installations.parquet"


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """The output, and the project's folder."""
    folder = tmp_path_factory.mktemp("docs")
    (commands,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return Project(folder).run("sh", "-e", "-c", commands), folder / "my-farms"


def test_the_table_holds_the_users_own_installations_and_no_samples(typed: tuple[Run, Path]) -> None:
    run, project = typed
    assert run.code == 0, run.output
    query = "select name, country, capacity_mw, capacity_basis, status, is_synthetic from read_parquet(?) order by name"
    assert duckdb.execute(query, [str(project / INSTALLATIONS)]).fetchall() == [
        ("North Field", "DE", 4.5, "dc", "operating", False),
        ("South Field", "DE", 12.0, "dc", "operating", False),
        ("Station Roof", "DE", 0.3, "dc", "operating", False),
    ]


def test_nothing_calls_them_synthetic(typed: tuple[Run, Path]) -> None:
    run, project = typed
    written = [*(project / "data/doi/curated").glob("*.bib"), project / "data/doi/curated/ATTRIBUTION.md"]
    written.append(project / "data/doi/report/summary.md")
    texts = [run.output, *(path.read_text(encoding="utf-8") for path in written)]
    assert [text for text in texts if "synthetic" in text.lower()] == []
    assert "the user's own file" in texts[2]
