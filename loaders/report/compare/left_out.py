"""Notes on records that are compared, although no installation holds them: by status, technology or licence."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from loaders.harmonise.values.value_counts import format_value_counts
from loaders.settings.licences import terms
from loaders.settings.params import Settings


def left_out_notes(path: Path, name: str, settings: Settings) -> Iterator[str]:
    """One sentence for each setting that leaves records of a file out of the tables; columns it lacks say nothing."""
    schema = pq.read_schema(path).names
    table = pq.read_table(path, columns=[column for column in ("status", "technology", "licence") if column in schema])
    for column, allowed in (("status", settings.include_status), ("technology", settings.include_technology)):
        values = table[column].to_pylist() if column in schema else []
        if others := Counter(value for value in values if value not in allowed):
            yield (
                f"{name}: compared as well, though include_{column} in params.yaml does not list them: "
                f"{format_value_counts(others)}."
            )
    licences = Counter(table["licence"].to_pylist() if "licence" in schema else [])
    kinds = {licence: terms(licence).kind for licence in licences}
    others = Counter({str(each): licences[each] for each in licences if kinds[each] not in settings.licences.allow})
    if others:
        yield (
            f"{name}: compared as well, though licences.allow in params.yaml does not list their licence: "
            f"{format_value_counts(others)}. The picture and the CSV are not for publication."
        )
