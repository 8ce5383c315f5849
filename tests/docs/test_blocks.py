"""Every block of `sh`, `python` and `sql` on a page, typed in its order in a copy of the project."""

import os
from pathlib import Path

import pytest

from tests.docs.closing_table import closing_table, quoted, without_times
from tests.docs.conftest import Reader
from tests.docs.pages import PAGES, ROOT, Block, blocks, name
from tests.docs.published import accept_samples, publish_samples
from tests.pipeline.conftest import Project, Run
from tests.publishers import Publishers

pytestmark = pytest.mark.skipif(
    "EO_PV_VENV" in os.environ, reason="typed once, outside of the image: the pages are the same in it"
)
RUN = ("sh", "python", "sql")
README = ROOT / "README.md"
PUBLISHED = "make plan"  # the first command after `origin: doi`


def _typed(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in RUN and not block.reason]


@pytest.mark.parametrize("page", [page for page in PAGES if page != README and _typed(page)], ids=name)
def test_every_block_of_a_page_does_what_it_says(page: Path, reader: Reader) -> None:
    for block in _typed(page):
        done = reader.type(block)
        assert done.code == 0, f"{block.text}\n{done.output}"


def test_every_block_of_the_readme_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    with Publishers(tmp_path) as web:
        publish_samples(web)
        online = Reader(reader.root, {**web.environment(), "EO_PV_CACHE": str(tmp_path / "cache")})
        for block in _typed(README):
            if PUBLISHED in block.text:
                accept_samples(reader.root / "params.yaml")
            done = online.type(block)
            assert done.code == 0, f"{block.text}\n{done.output}"
    assert reader.root.joinpath("data", "doi", "curated", "curated_pv_installations.parquet").exists()


def test_the_readme_shows_the_table_as_make_all_prints_it(made_all: tuple[Project, Run]) -> None:
    assert without_times(closing_table(made_all[0].root)) == without_times(quoted())
