"""What a build of any number of records costs, extrapolated from builds of several sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.curve import Line, fitted
from benchmarks.measure import Figures
from benchmarks.shard_builds import PHASES, SHARDS, ShardBuild
from benchmarks.sheets import Sheet

SIZES = (100_000_000, 1_000_000_000)
WORKERS = (2, 16, 128)
SHUFFLED = ("read by shards", "written by shards")
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class CostModel:
    """Lines through measurements; each is of the number of records.

    Attributes:
        load_cpu_s: time of processors of all loads, with boundaries and irradiance [s].
        seconds: of each phase but the shards, on one machine [s].
        cpu_s: time of processors of each phase [s].
        memory_mb: of the largest process, by phase [MB].
        written_mb: by kind of file [MB].
    """

    load_cpu_s: Line
    seconds: Mapping[str, Line]
    cpu_s: Mapping[str, Line]
    memory_mb: Mapping[str, Line]
    written_mb: Mapping[str, Line]

    def hours(self, records: int, workers: int) -> float:
        """Loads and shards divided by the number of workers, one core each, and all other phases on one machine [h]."""
        divided_s = self.load_cpu_s.at(records) + self.cpu_s[SHARDS].at(records)
        return divided_s / workers / HOUR_S + self.alone_hours(records)

    def alone_hours(self, records: int) -> float:
        """What no further worker makes shorter [h]."""
        return sum(line.at(records) for line in self.seconds.values()) / HOUR_S

    def memory_gb(self, records: int) -> float:
        """Of the largest process [GB]."""
        return max(line.at(records) for line in self.memory_mb.values()) / 1000

    def shuffled_gb(self, records: int) -> float:
        """What shards read and write [GB]."""
        return sum(self.written_mb[kind].at(records) for kind in SHUFFLED) / 1000

    def on_disk_gb(self, records: int) -> float:
        """All files together [GB]."""
        return sum(line.at(records) for line in self.written_mb.values()) / 1000


def cost_model(builds: Sequence[ShardBuild], loads: Mapping[int, Figures]) -> CostModel:
    """From builds of several sizes.

    Args:
        builds: by place.
        loads: what loading took, by the number of records; empty where it is not known.
    """
    records = [build.records for build in builds]
    by_phase = {name: [build.phases[name] for build in builds] for name in PHASES}
    return CostModel(
        load_cpu_s=fitted(list(loads), [each.cpu_s for each in loads.values()]) if loads else Line(0.0, 0.0),
        seconds={
            name: fitted(records, [each.seconds for each in found])
            for name, found in by_phase.items()
            if name != SHARDS
        },
        cpu_s={name: fitted(records, [each.cpu_s for each in found]) for name, found in by_phase.items()},
        memory_mb={name: fitted(records, [each.peak_mb for each in found]) for name, found in by_phase.items()},
        written_mb={
            kind: fitted(records, [build.written_mb[kind] for build in builds]) for kind in builds[0].written_mb
        },
    )


def constants_sheet(model: CostModel) -> Sheet:
    """The lines of the model."""
    rows = [("CPU s of loads, boundaries and irradiance", *_parts(model.load_cpu_s))]
    rows += [(f"CPU s of {name}", *_parts(line)) for name, line in model.cpu_s.items()]
    rows += [(f"seconds of {name}", *_parts(line)) for name, line in model.seconds.items()]
    rows += [(f"MB of the largest process in {name}", *_parts(line)) for name, line in model.memory_mb.items()]
    rows += [(f"MB of files: {kind}", *_parts(line)) for kind, line in model.written_mb.items()]
    return Sheet("Constants of the cost model", ("", "fixed", "per million records"), rows)


def extrapolation_sheet(model: CostModel) -> Sheet:
    """What larger builds would take, if the lines went on; none of it is measured."""
    headings = (
        "records", *(f"hours, {workers} workers" for workers in WORKERS), "hours on one machine", "GB of memory",
        "GB shuffled", "GB on disk",
    )  # fmt: skip
    rows = [
        (
            f"{records:,}",
            *(f"{model.hours(records, workers):,.1f}" for workers in WORKERS),
            f"{model.alone_hours(records):,.1f}",
            f"{model.memory_gb(records):,.1f}",
            f"{model.shuffled_gb(records):,.1f}",
            f"{model.on_disk_gb(records):,.1f}",
        )
        for records in SIZES
    ]
    note = "Extrapolated, not measured: workers share loads and shards, and one machine does the other phases."
    return Sheet("Extrapolation", headings, rows, note)


def _parts(line: Line) -> tuple[str, str]:
    return f"{line.fixed:,.1f}", f"{line.per_million:,.1f}"
