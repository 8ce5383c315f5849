"""Writes the page about the founding design: `python -m tests.founding_design.page`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import formatannotation, signature
from itertools import groupby
from pathlib import Path

from loaders import raw_pv_doi_ingest
from loaders.core.node_tags import TAGS
from tests.founding_design.commands import COMMANDS, Command

PAGE = Path(__file__).parents[2] / "FOUNDING_DESIGN.md"
HEADER = """\
<!-- Written by `python -m tests.founding_design.page` from tests/founding_design/commands.py. -->

# Coming from the founding design

eo-pv began as a design: Hamilton for ingestion, dbt for transformation, each able to call the other. This page lists
every command of that design, what it is here, and what it does. `make test` types all of them in a fresh copy of the
project, without environment variables, and compares tables, files and output with what is expected
([tests/founding_design](tests/founding_design/test_commands.py)).

Commands are typed in the project's folder after `. .venv/bin/activate`; those of dbt work in `dbt/`, too. With
`origin: doi` in `params.yaml`, `data/sample` is `data/doi`.
"""
LANGUAGES = {".sql": "sql", ".py": "python", ".yml": "yaml"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A file, folder or name of the design.

    Attributes:
        design: as the design has it.
        here: the file or folder here.
        note: what is different.
        is_committed: whether a clone has it.
    """

    design: str
    here: str
    note: str = ""
    is_committed: bool = True


MOVED = (
    Moved("data_loaders/", "loaders/"),
    Moved("raw_pv_doi_ingest.py", "loaders/raw_pv_doi_ingest.py"),
    Moved("overture_maps_loader.py", "loaders/overture_maps_loader.py"),
    Moved("solar_irradiance_loader.py", "loaders/solar_irradiance_loader.py"),
    Moved("hamilton_dbt_bridge.py", "loaders/hamilton_dbt_bridge.py", "`HamiltonDbtBridge` and its function"),
    Moved("hamilton_dbt_integration.py", "loaders/warehouse/models/", "the graphs that models of dbt run"),
    Moved("run_hamilton_pipeline.py", "loaders/cli/ingest.py", "`eo-pv ingest`"),
    Moved("test_hamilton_pipeline.py", "tests/", "`make test`"),
    Moved("requirements_hamilton.txt", "requirements.lock", "one lock for Hamilton and dbt"),
    Moved("dbt_project.yml, models/", "dbt/", "a folder of its own; the project is called `eo_pv`"),
    Moved("macros/run_hamilton_pipeline.sql", "dbt/macros/hamilton_hooks.sql"),
    Moved("macros/execute_hamilton_pipeline.sql", "dbt/macros/hamilton_operations.sql"),
    Moved("macros/update_hamilton_sources.sql", "dbt/macros/hamilton_operations.sql"),
    Moved("models/sources_hamilton.yml, sources/raw_data.yml", "dbt/sources/doi_datasets_sources.yml", "written"),
    Moved("sources/external.yml", "dbt/models/staging/_staging__sources.yml", "sources that no pipeline describes"),
    Moved("db/eo_pv_data.duckdb", "data/sample/eo_pv_data.duckdb", "one warehouse for each origin", is_committed=False),
)
TYPES = {
    "dataset_metadata": ("Dict[str, Dict[str, Any]]", "checked settings; unknown keys are an error"),
    "target_datasets": ("Parallelizable[str]", "the branch gets the dataset's settings, not its name only"),
    "dataset_download_path": ("str", "a path"),
    "dataset_geospatial_files": ("List[str]", "files inside archives, too"),
    "dataset_processed_gdf": ("gpd.GeoDataFrame", "a stream of frames: a dataset may be larger than the memory"),
    "dataset_arrow_table": ("pa.Table", "Arrow on the disk, as Parquet, with the counts of kept and rejected rows"),
    "collected_arrow_tables": ("List[pa.Table]", "`FailedBranch` stands for a dataset that failed; the others go on"),
    "store_individual_datasets": ("Dict[str, str]", "dataset to table, as in the design"),
}
DIFFERENCES = f"""\
## What is different

- **Tags.** Each node of each graph has six tags, by one decorator (`loaders/core/node_tags.py`):
  {", ".join(f"`{name}`" for name in TAGS)}.
  They are in `dbt/sources/` (`hamilton_tags`) and in the pictures of `eo-pv dag`.
- **Once an invocation.** Whatever number of hooks ask for it, a pipeline runs at most once in a `dbt` command, and then
  only what is missing or stale. A dataset that fails is asked once, and fails the models that read it; the others are
  built.
- **No cache of Hamilton's.** It keys a node by its arguments: a node that returns a path would be stale after the file
  changed. `use_cache` is the cache of downloads, verified by checksum. DVC (`make all`) and the table of runs in the
  warehouse (dbt) decide what is stale, by the bytes of files and settings.
- **Executors.** `use_parallel=True` works in threads; `executor` takes `processes` or `dask`, too.
- **Sources.** Written from what is stored: rows, columns with types and units, DOI, version, licence. There is no
  `last_updated`: the same tables give the same bytes. A source is as fresh as its publisher was last asked.
"""


def as_markdown() -> str:
    """The page."""
    return "\n".join([HEADER, *_command_sections(), _moved(), _types(), DIFFERENCES])


def _command_sections() -> Iterator[str]:
    for heading, group in groupby(COMMANDS, key=lambda command: command.heading):
        commands = list(group)
        table = _table(
            ("in the design", "here", "what it does"),
            [(_code(command.design), _typed(command), command.effect) for command in commands],
        )
        yield "\n".join([f"## {heading}\n", table, *(_block(command) for command in commands if _has_block(command))])


def _has_block(command: Command) -> bool:
    return bool(command.title)


def _typed(command: Command) -> str:
    """What is typed, if it is one line; else a note that it is below."""
    lines = [_code(line) for line in command.here if "\n" not in line]
    return "<br>".join([*lines, *(["[below](#" + _anchor(command) + ")"] if _has_block(command) else [])])


def _block(command: Command) -> str:
    """A snippet of Python, or a file that the user writes."""
    if not command.file:
        return f"### {command.title}\n\n```sh\n{command.here[0]}\n```\n"
    place = f"In `{command.file}`, below `{command.below.strip()}`:" if command.below else f"`{command.file}`:"
    language = LANGUAGES[Path(command.file).suffix]
    return f"### {command.title}\n\n{place}\n\n```{language}\n{command.text}```\n"


def _anchor(command: Command) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", command.title.lower()).replace(" ", "-")


def _moved() -> str:
    rows = [(_code(moved.design), _code(moved.here), moved.note) for moved in MOVED]
    return "## Files and folders\n\n" + _table(("in the design", "here", ""), rows)


def _types() -> str:
    """The nodes with the types that their functions state."""
    rows = []
    for name, (design, reason) in TYPES.items():
        stated = signature(getattr(raw_pv_doi_ingest, name)).return_annotation
        rows.append((_code(name), _code(design), _code(_type_name(stated)), reason))
    return "## Nodes of the DOI graph\n\n" + _table(("node", "returns in the design", "returns here", "why"), rows)


def _type_name(annotation: object) -> str:
    """A type without the modules of its names."""
    return re.sub(r"(\w+\.)+(?=\w)", "", formatannotation(annotation))


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    PAGE.write_text(as_markdown(), encoding="utf-8")
