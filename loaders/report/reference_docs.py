"""Reference pages written from the code: columns of the curated tables (dbt and the contract), flags and reasons."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from loaders.contract import REASONS
from loaders.core.escape import markdown_prose
from loaders.harmonise.quality_flags import FLAGS
from loaders.warehouse.data_dictionary import INTRODUCTION, Column, TableEntry, as_markdown

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "dbt" / "models"
REFERENCE = ROOT / "docs" / "reference"
HEADER = "<!-- Written by `python -m loaders.report.contract_docs`; do not edit. -->\n"
DOC_BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", re.DOTALL)
DOC_CALL = re.compile(r"""{{ doc\("(\w+)"\) }}""")
COLUMNS_NOTE = (
    INTRODUCTION
    + """
These are the tables in `data/<origin>/curated` and in the schema `curated` of the warehouse. `COLUMNS.md` next to the
files says the same, with the number of known values and an example of each; DuckDB and the Parquet files carry the
descriptions as comments. What the flags mean is in [flags.md](flags.md).
"""
)
INSTALLATION_FLAGS = {
    "holds_several": "One of its outlines is drawn around several others, which do not fill it or "
    "which most datasets draw apart.",
    "divided": "It was split from a larger cluster: by size, by override, or since it held two records of one dataset.",
    "spread_out": "It is too large for its largest record, but its publisher or an override joins its records.",
    "capacity_of_a_part": "Its capacity is known of some of its parts only.",
    "whole_beside_parts": "Its capacity is stated as a whole and in parts, which add up to the whole within"
    " 2 %: by one dataset, where the whole counts, or by two.",
    "two_of_a_dataset": "Two of its records are of one dataset, and only an override or a shared "
    "identifier holds them together.",
    "contradicting_identifier": "Records with one identifier are too far apart for their size, or the capacity of"
    " one is less than half of the other.",
    "withdrawn": "An older edition of an inventory has it, the newest loaded edition has it no longer.",
    "doubly_claimed": "Two countries of the boundaries overlap there, or the ground is of no country "
    "that is agreed on.",
    "across_border": "More than 1 % of it lies in a second country.",
    "placeholder_position": "All its records are at a placeholder position (see above). It has no country, no"
    " hexagon and no energy; other records are matched with it by identifier, name or"
    " override only.",
    "no_land_near": "No country is within `boundaries.nearest_land_km`.",
}


def columns_md() -> str:
    """The columns of the curated tables."""
    return HEADER + as_markdown(curated_tables(), COLUMNS_NOTE)


def flags_md() -> str:
    """Flags of records and installations, and the reasons for which records are rejected."""
    sections = (
        ("Flags of a record", "`quality_flags` of `curated_pv_records`: doubts about a record that stays.", FLAGS),
        (
            "Flags of an installation",
            "`quality_flags` of `curated_pv_installations`: doubts about how its records fit together, or its place.",
            INSTALLATION_FLAGS,
        ),
        (
            "Reasons for a rejected record",
            "`reason` in `data/<origin>/loaded/<key>.rejected.parquet`: the row cannot be used, because",
            REASONS,
        ),
    )
    return HEADER + "\n".join(["# Flags and reasons\n", *(_section(*section) for section in sections)])


def curated_tables() -> Iterator[TableEntry]:
    """The curated tables by name, as dbt describes them; references to doc blocks are resolved."""
    docs = {name: text for path in MODELS.rglob("*.md") for name, text in DOC_BLOCK.findall(path.read_text("utf-8"))}
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((MODELS / "curated").glob("_*.yml"))]
    for model in sorted((model for file in files for model in file.get("models", [])), key=lambda each: each["name"]):
        yield TableEntry(model["name"], model["description"], [_column(column, docs) for column in model["columns"]])


def _column(entry: Mapping[str, Any], docs: Mapping[str, str]) -> Column:
    description = DOC_CALL.sub(lambda call: docs[call[1]], entry["description"])
    is_nullable = {"type": "not_null"} not in entry.get("constraints", [])
    return Column(entry["name"], entry["data_type"], is_nullable, description)


def _section(heading: str, introduction: str, meanings: Mapping[str, str]) -> str:
    lines = [f"## {heading}", "", introduction, "", "| name | meaning |", "| --- | --- |"]
    lines += [f"| `{name}` | {markdown_prose(meaning)} |" for name, meaning in meanings.items()]
    return "\n".join(lines) + "\n"
