"""Every block of `sh`, `python` and `sql` on a page, typed in its order in a copy of the project."""

from pathlib import Path

import pytest

from tests.docs.conftest import Reader
from tests.docs.pages import PAGES, Block, blocks, name

RUN = ("sh", "python", "sql")


def _typed(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in RUN and not block.reason]


@pytest.mark.parametrize("page", [page for page in PAGES if _typed(page)], ids=name)
def test_every_block_of_a_page_does_what_it_says(page: Path, reader: Reader) -> None:
    for block in _typed(page):
        done = reader.type(block)
        assert done.code == 0, f"{block.text}\n{done.output}"
