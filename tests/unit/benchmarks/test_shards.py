import json
from pathlib import Path

import pytest

from benchmarks import shard_builds, shards
from benchmarks.cost_model import CostModel, constants_sheet, cost_model, extrapolation_sheet
from benchmarks.curve import Line, curve_picture, fitted
from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures
from benchmarks.results import write_part, write_table
from benchmarks.shard_builds import (
    ADDITION,
    DIVIDING,
    MEASURED,
    MEASURED_WORLD,
    NOTHING,
    PUBLISHING,
    SHARDS,
    TABLES,
    MeasuredWorld,
    PhaseMarks,
    ShardBuild,
    digest,
    kept_world,
)
from benchmarks.shard_worlds import is_loaded
from benchmarks.sheets import Sheet
from loaders.core.paths import ProjectPaths

MILLION = 1_000_000


def build(records: int, seconds: float, number: int = 4, digest: str = "same") -> ShardBuild:
    """A build in which every phase takes its share of the time, and memory grows by 1 GB per million."""
    millions = records / MILLION
    phases = {
        DIVIDING: Figures(seconds * 0.2, 500 + 1000 * millions, 900, 20 * millions),
        SHARDS: Figures(seconds * 0.5, 700, 1500, 100 * millions),
        TABLES: Figures(seconds * 0.2, 400, 500, 30 * millions),
        PUBLISHING: Figures(seconds * 0.1, 300, 400, 10 * millions),
    }
    written = {
        "loaded": 500 * millions, "read by shards": 600 * millions, "written by shards": 800 * millions,
        "database": 1000 * millions, "published": 400 * millions,
    }  # fmt: skip
    return ShardBuild(records, number, Figures(seconds, 600, 1800, 160 * millions), phases, written, digest)


def world(new: ShardBuild, whole: ShardBuild | None = None) -> MeasuredWorld:
    """A world that takes a tenth of a new build with nothing changed, and a fifth with a dataset added."""
    new_s, cpu_s = new.figures.seconds, new.figures.cpu_s
    again = {NOTHING: Figures(new_s / 10, 300, 400, cpu_s / 20), ADDITION: Figures(new_s / 5, 500, 600, cpu_s / 4)}
    return MeasuredWorld(new, again, whole, None)


def test_a_line_goes_through_builds_that_grow_evenly() -> None:
    line = fitted([100_000, 400_000, 4_000_000], [20, 50, 410])
    assert line.fixed == pytest.approx(10)
    assert line.per_million == pytest.approx(100)
    assert line.at(2_000_000) == pytest.approx(210)
    assert str(line) == "10.0 + 100.0 · million records"


def test_a_small_build_counts_as_much_as_a_large_one() -> None:
    line = fitted([100_000, 1_000_000, 4_000_000], [20, 110, 500])
    assert abs(line.at(100_000) / 20 - 1) < 0.15
    assert abs(line.at(4_000_000) / 500 - 1) < 0.15


def test_no_line_begins_below_zero_or_falls() -> None:
    line = fitted([1_000_000, 2_000_000], [10, 40])
    assert line.fixed == 0
    assert line.per_million == pytest.approx(12)
    assert fitted([1_000_000, 2_000_000], [40, 20]) == Line(30, 0)
    assert fitted([2_000_000], [40]).at(1_000_000) == pytest.approx(20)
    assert fitted([1_000_000, 2_000_000], [0, 0]) == Line(0, 0)


def test_the_picture_shows_the_builds_and_the_line_from_zero() -> None:
    line, dots = (layer["data"]["values"] for layer in curve_picture("t", "s", [MILLION], [30], Line(10, 20))["layer"])
    assert line == [{"records": 0, "value": 10}, {"records": MILLION, "value": 30}]
    assert dots == [{"records": MILLION, "value": 30}]


@pytest.fixture
def model() -> CostModel:
    loads = {400_000: Figures(20, 900, 0, 40), 4_000_000: Figures(200, 900, 0, 400)}
    return cost_model([build(400_000, 40), build(4_000_000, 400)], loads)


def test_workers_share_loads_and_shards_and_nothing_else(model: CostModel) -> None:
    # per million: 100 CPU s of loads and 100 of shards; 50 s of the other phases
    assert model.hours(100 * MILLION, 1) == pytest.approx(100 * (200 + 50) / 3600)
    assert model.hours(100 * MILLION, 10) == pytest.approx(100 * (20 + 50) / 3600)
    assert model.alone_hours(100 * MILLION) == pytest.approx(100 * 50 / 3600)


def test_memory_is_that_of_the_phase_which_grows_most(model: CostModel) -> None:
    assert model.memory_gb(100 * MILLION) == pytest.approx(100.5)
    assert model.shuffled_gb(100 * MILLION) == pytest.approx(140)
    assert model.on_disk_gb(100 * MILLION) == pytest.approx(330)


def test_the_tables_of_the_model_state_its_lines_and_two_sizes(model: CostModel) -> None:
    constants = {name: values for name, *values in constants_sheet(model).rows}
    assert constants["CPU s of shards"] == ["0.0", "100.0"]
    assert constants["MB of the largest process in dividing"] == ["500.0", "1,000.0"]
    assert constants["MB of files: read by shards"] == ["0.0", "600.0"]
    assert "seconds of shards" not in constants  # workers share them
    extrapolated = extrapolation_sheet(model)
    assert [row[0] for row in extrapolated.rows] == ["100,000,000", "1,000,000,000"]
    assert extrapolated.rows[0] == ("100,000,000", "4.2", "1.7", "1.4", "1.4", "100.5", "140.0", "330.0")


def test_targets_compare_with_the_size_that_was_also_built_at_once() -> None:
    worlds = [world(build(40_000, 10)), world(build(400_000, 44), build(400_000, 40, 0)), world(build(4_000_000, 440))]
    worlds[2].again.clear()
    assert [target.row for target in shards.targets(worlds)] == [
        ("memory of the largest process", "4.19 GiB", "≤ 2 GiB", "missed"),
        ("10.0 times the records", "10.00 times", "≤ 11 times", "reached"),
        ("by place / all at once", "1.10", "≤ 1.1", "reached"),
        ("a small dataset added / new build: 40,000 records", "0.20", "≤ 0.25", "reached"),
        ("a small dataset added / new build: 400,000 records", "0.20", "≤ 0.25", "reached"),
    ]
    assert [target.name for target in shards.targets(worlds[:1])] == [
        "memory of the largest process", "a small dataset added / new build: 40,000 records",
    ]  # fmt: skip


def test_a_world_too_small_for_shards_is_no_part_of_the_lines() -> None:
    small, large = build(40_000, 100, 0), build(400_000, 40)
    assert shards.divided_builds([world(small), world(large)]) == [large]
    assert shards.divided_builds([world(small)]) == [small]
    assert "seconds = 0.0 + 100.0 · million" in shards.sheets([world(small), world(large)])["builds"].note


def test_a_second_build_stands_next_to_the_new_one() -> None:
    assert shards.again_rows([world(build(400_000, 40))]) == [
        ("nothing changed: 400,000 records", "4.0", "3.2", "300", "0.10", "0.05"),
        ("a small dataset added: 400,000 records", "8.0", "16.0", "500", "0.20", "0.25"),
    ]


def test_the_figures_of_a_world_are_kept_in_its_folder(tmp_path: Path) -> None:
    measured = world(build(400_000, 40), build(400_000, 50, 0))
    (tmp_path / MEASURED).write_bytes(MEASURED_WORLD.dump_json(measured))
    assert kept_world(tmp_path) == measured


def test_all_tables_of_the_page_have_a_place_there(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(shards.PAGE.read_bytes())
    tables = shards.sheets([world(build(400_000, 40)), world(build(4_000_000, 400))])
    for name in shards.ON_PAGE:
        write_table(name, tables[name], page)
    assert "| 4,000,000 | 4 | 400.0 | 640.0 |" in page.read_text()
    assert "| nothing changed: 400,000 records | 4.0 |" in page.read_text()
    write_table("again", Sheet("", ("a", "b"), [("1", "2")]), page)
    assert "<!-- table again -->\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n<!-- end -->" in page.read_text()
    with pytest.raises(SystemExit, match="0 places for the table other"):
        write_table("other", tables["again"], page)


def test_each_build_and_each_of_its_phases_has_a_row() -> None:
    place, whole = build(400_000, 40), build(400_000, 50, 0)
    assert shards.build_rows([place, whole]) == [
        ("400,000", "4", "40.0", "64.0", "900", "1,800", "10,000"),
        ("400,000", "all at once", "50.0", "64.0", "900", "1,800", "8,000"),
    ]
    assert shards.phase_rows([place])[1] == (
        "shards: 400,000 records", "20.0", "40.0", "700", "1,500", "100.0",
    )  # fmt: skip


def test_a_phase_ends_when_the_first_file_of_the_next_one_is_there(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    marks = PhaseMarks(paths)
    marks.look()
    assert not marks.ended
    inputs, kept = paths.scratch("build") / "shards", paths.scratch("shards")
    inputs.mkdir(parents=True)
    (inputs / "records.parquet").write_bytes(b"1" * 2000)
    marks.look()
    assert not marks.ended
    (kept / "results" / "abc.partial").mkdir(parents=True)
    marks.look()
    assert list(marks.ended) == [DIVIDING]
    assert marks.inputs_mb == 0.002
    (kept / "tables-abc" / "000000").mkdir(parents=True)
    (kept / "tables-abc" / "000000" / "curated_pv_records.parquet").touch()
    curated = paths.scratch("build") / "curated"
    curated.mkdir()
    (curated / ".curated_pv_records.parquet.partial").touch()  # of the shards, while dbt runs
    marks.look()
    assert list(marks.ended) == [DIVIDING, SHARDS]
    (curated / ".curated_pv_by_country.parquet.partial").touch()
    marks.look()
    assert list(marks.ended) == [DIVIDING, SHARDS, TABLES]
    assert sorted(marks.ended.values()) == list(marks.ended.values())


def test_the_size_of_shards_is_set_for_one_build_only(tmp_path: Path) -> None:
    file = tmp_path / "local" / "params.yaml"
    file.parent.mkdir()
    with shard_builds._shard_records(tmp_path, 1000):
        assert file.read_text() == "machine:\n  shard_records: 1000\n"
    assert not file.exists()
    file.write_text("datasets: {}\n")
    with shard_builds._shard_records(tmp_path, 7):
        assert file.read_text() == "datasets: {}\nmachine:\n  shard_records: 7\n"
    with shard_builds._shard_records(tmp_path, None):
        assert file.read_text() == "datasets: {}\n"


def test_a_digest_tells_names_and_bytes_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    first = digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    second = digest(tmp_path)
    (tmp_path / "b").write_bytes(b"2")
    assert len({first, second, digest(tmp_path)}) == 3


def test_a_world_is_loaded_when_all_that_a_build_reads_is_there(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    files = [*map(paths.loaded, KINDS), paths.boundaries, *paths.irradiance_tables.values()]
    for path in files:
        assert not is_loaded(paths)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert is_loaded(paths)


def test_the_records_of_a_world_are_those_that_its_loads_kept(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    paths.metrics("").parent.mkdir(parents=True)
    for number, key in enumerate(KINDS):
        paths.metrics(key).write_text(json.dumps({"records": {"kept": 10 + number}}))
    count = len(KINDS)
    assert shard_builds.loaded_records(paths) == 10 * count + count * (count - 1) // 2


def test_a_part_of_the_results_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    write_part("# Speed\n\n## Targets\n\none\n", file)
    write_part("# Builds by place\n\ntwo\n", file)
    write_part("# Speed\n\nthree\n\n", file)
    assert file.read_text() == "# Speed\n\nthree\n\n# Builds by place\n\ntwo\n"
