"""Every block of `sh`, `python` and `sql` on a page, typed in its order in a copy of the built project.

A build takes most of a minute: what another test types with the same effect is not typed again, but checked to be that.
"""

import dataclasses
import os
import re
import shutil
from itertools import chain
from pathlib import Path

import pytest

from tests.docs.closing_table import closing_table, quoted, without_times
from tests.docs.conftest import Reader
from tests.docs.pages import PAGES, ROOT, Block, blocks, name
from tests.docs.published import accept_samples, publish_samples
from tests.founding_design.commands import COMMANDS
from tests.pipeline.conftest import Project, Run
from tests.pipeline.test_init import PAGE as OWN_DATA
from tests.publishers import Publishers

pytestmark = pytest.mark.skipif(
    "EO_PV_VENV" in os.environ, reason="typed once, outside of the image: the pages are the same in it"
)
RUN = ("sh", "python", "sql")
README, TUTORIAL = ROOT / "README.md", ROOT / "docs" / "tutorial.md"
MAKE_ALL = "make all\n"
ROW = re.compile(r"\d+(,[^,]+){5}$")
OF_THE_DESIGN = {
    ". .venv/bin/activate",
    *(line.replace("--models", "--select") for command in COMMANDS if command.is_run for line in command.here),
}
DRAWS = "eo-pv dag "
PUBLISHED = "make plan"  # the first command after `origin: doi`


def _typed(page: Path) -> list[Block]:
    """The blocks to type, but for those of the founding design, and a first `make all`, which has made the project.

    Where the program `dot` of Graphviz is not installed, nothing can be drawn.
    """
    found = [block for block in blocks(page) if block.language in RUN and not block.reason]
    found = [block for block in found if shutil.which("dot") or not block.text.startswith(DRAWS)]
    is_made = [block.text for block in found[:1]] == [MAKE_ALL]
    return _with_one_build([block for block in found[is_made:] if not _commands(block) <= OF_THE_DESIGN])


def _with_one_build(found: list[Block]) -> list[Block]:
    """Without a `make all` before another one; the blocks between them, which read the tables, follow the other one."""
    builds = [place for place, block in enumerate(found) if MAKE_ALL in block.text]
    if len(builds) < 2 or found[builds[0]].text != MAKE_ALL:
        return found
    first, last = builds[0], builds[-1]
    return [*found[:first], found[last], *found[first + 1 : last], *found[last + 1 :]]


def _commands(block: Block) -> set[str]:
    """The lines without comments; dbt calls `--models` `--select`, too."""
    lines = [line.partition("  #")[0].strip() for line in block.text.replace("--models", "--select").splitlines()]
    return {*lines}


def _rows(page: Path) -> set[str]:
    """The rows of the user's own plants on a page."""
    lines = chain.from_iterable(block.text.splitlines() for block in blocks(page))
    return {line for line in lines if ROW.match(line)}


PAGES_TO_TYPE = [page for page in PAGES if page not in {README, OWN_DATA} and _typed(page)]


@pytest.mark.parametrize("page", PAGES_TO_TYPE, ids=name)
def test_every_block_of_a_page_does_what_it_says(page: Path, reader: Reader) -> None:
    for block in _typed(page):
        done = reader.type(block)
        assert done.code == 0, f"{block.text}\n{done.output}"


def _without_own_build(block: Block) -> Block:
    """A block that adds own plants, without the `make all` at its end: the tutorial builds the same plants."""
    is_own = "eo-pv add " in block.text and _rows(README) <= _rows(TUTORIAL)
    return dataclasses.replace(block, text=block.text.removesuffix(MAKE_ALL)) if is_own else block


def test_every_block_of_the_readme_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    with Publishers(tmp_path) as web:
        publish_samples(web)
        online = Reader(reader.root, {**web.environment(), "EO_PV_CACHE": str(tmp_path / "cache")})
        for block in map(_without_own_build, _typed(README)):
            if PUBLISHED in block.text:
                accept_samples(reader.root / "params.yaml")
            done = online.type(block)
            assert done.code == 0, f"{block.text}\n{done.output}"
    assert reader.root.joinpath("data", "doi", "curated", "curated_pv_installations.parquet").exists()


def test_the_readme_shows_the_table_as_make_all_prints_it(made_all: tuple[Project, Run]) -> None:
    assert without_times(closing_table(made_all[0].root)) == without_times(quoted())
