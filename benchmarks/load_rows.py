"""The loads by inventory: eo-pv next to the floor."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.inventory_kinds import KINDS
from benchmarks.outputs import FLOOR, PUBLISHED
from benchmarks.world import ORIGIN
from loaders.core.paths import ProjectPaths

HEADINGS = ("inventory", "MB", "features", "seconds", "floor's seconds", "to floor")
NOTE = """\
Each load by its own clock, while others may run next to it; start-up and DVC are not in it. The floor's first one has
its start-up in it."""


def load_rows(folder: Path, floor_started: float) -> Iterator[tuple[str, ...]]:
    """Size, seconds and ratio of each inventory.

    Args:
        folder: of a project in which floor and eo-pv have run.
        floor_started: when the floor began [seconds since 1970]; it loads one after the other.
    """
    paths, before = ProjectPaths(folder, ORIGIN), floor_started
    for key, kind in KINDS.items():
        file = folder / PUBLISHED / (kind.archive or kind.file)
        ended = (folder / FLOOR / f"{key}.parquet").stat().st_mtime
        floor_s, before = ended - before, ended
        own_s = paths.step_seconds(key)["load"]
        kept = json.loads(paths.metrics(key).read_text(encoding="utf-8"))["records"]["kept"]
        yield (
            f"{key} ({Path(kind.file).suffix[1:]})",
            f"{file.stat().st_size / 1e6:,.0f}", f"{kept:,}",
            f"{own_s:.1f}", f"{floor_s:.1f}", f"{own_s / floor_s:.2f}",
        )  # fmt: skip
