import cProfile
import json
import os
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import inventories, load_rows, shortcut, ways
from benchmarks.floor import load as floor_load
from benchmarks.grading import Score
from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures
from benchmarks.outputs import FLOOR, JOINED, PUBLISHED
from benchmarks.pair_grades import pair_grade
from benchmarks.phases import REST
from benchmarks.pipeline import Measurement, sheets
from benchmarks.profiles import by_function, function_name, own_seconds, slowest
from benchmarks.results import write_results
from benchmarks.sheets import Sheet
from benchmarks.targets import Target, fixed_targets, phase_rows, ratio_targets, way_rows
from benchmarks.ways import BOUNDARIES, BUILD, FETCH, IRRADIANCE, JOIN, LOAD, REPORT, TAKEN, Way
from benchmarks.world import ORIGIN, TRUTH, TRUTH_SCHEMA
from benchmarks.world_views import PERMITS, ROOFS, SATELLITE, SURVEY
from loaders.add import new_project
from loaders.core.paths import ProjectPaths

FLOOR_WAY = Way("floor", Figures(20, 900, 950, 22), {LOAD: Figures(16, 900, 950, 17), JOIN: Figures(4, 900, 950, 5)})
TODAY = Way("what people do today", Figures(50, 1900, 1950, 50), {}, Score(true=1000, found=200, right=150))
STAGES = {
    LOAD: Figures(24, 500, 1000, 40),
    IRRADIANCE: Figures(5, 300, 800, 6),
    BUILD: Figures(30, 1800, 1900, 50),
    REPORT: Figures(10, 600, 700, 9),
    REST: Figures(1, 100, 100, 1),
}
EO_PV = Way("eo-pv", Figures(70, 1800, 1900, 110), STAGES, Score(true=1000, found=999, right=998))
WAYS = [FLOOR_WAY, TODAY, EO_PV]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline") / "project"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(new_project, "PROGRAM", (".dvcignore",))
        inventories.make_inventories(folder, 1_500, seed=1)
    return folder


def test_targets_are_ratios_of_one_run() -> None:
    assert [(target.name, target.figure) for target in ratio_targets(WAYS)] == [
        ("whole run / what people do today", pytest.approx(1.4)),
        ("the same without irradiance", pytest.approx(1.3)),
        ("the same without the report, too", pytest.approx(1.1)),
        ("loads / loads of the floor", pytest.approx(1.5)),
        ("build", 30),
        ("memory of the largest process", pytest.approx(1.8)),
    ]


def test_a_target_is_reached_up_to_its_aim() -> None:
    assert Target("loads", 1.5, 1.5).row == ("loads", "1.50", "≤ 1.5", "reached")
    assert Target("build", 40.01, 40, " s").row == ("build", "40.01 s", "≤ 40 s", "missed")
    fixed = fixed_targets(Figures(0.3, 0), Figures(31, 0), Figures(2.5, 0))
    assert [target.row[-1] for target in fixed] == ["reached", "missed", "reached"]


def test_the_ways_stand_side_by_side_with_their_ratios_and_grades() -> None:
    rows = way_rows(WAYS, 400_000)
    assert rows[0] == ("floor", "20.0", "22.0", "900", "950", "20,000", "1.00", "0.40", "0.44", "", "")
    assert rows[1][6:] == ("2.50", "1.00", "1.00", "0.150", "0.750")
    assert rows[2][6:] == ("3.50", "1.40", "2.20", "0.998", "0.999")


def test_a_phase_is_compared_with_the_same_phase_of_the_floor() -> None:
    rows = {row[0]: row for row in phase_rows(EO_PV, 400_000, FLOOR_WAY.phases)}
    assert rows[LOAD] == (LOAD, "24.0", "40.0", "500", "1,000", "16,667", "34%", "1.50")
    assert rows[BUILD][-2:] == ("43%", "")
    assert slowest(STAGES) == BUILD


def test_every_table_has_a_cell_for_each_heading(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_rows, "load_rows", lambda *_: [("",) * len(load_rows.HEADINGS)])
    for sheet in sheets(Measurement(project, 1_500, WAYS)):
        assert {len(row) for row in sheet.rows} == {len(sheet.headings)}, sheet.title


def test_each_load_is_compared_with_that_of_the_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_rows, "KINDS", {key: KINDS[key] for key in (SATELLITE, PERMITS)})
    paths = ProjectPaths(tmp_path, ORIGIN)
    for key, ended, seconds, kept in ((SATELLITE, 104.0, 6.0, 59_883), (PERMITS, 104.5, 0.4, 38_059)):
        file = tmp_path / FLOOR / f"{key}.parquet"
        for path, text in (
            (tmp_path / PUBLISHED / KINDS[key].file, "x" * 2_000_000),
            (file, ""),
            (paths.home / "times" / f"{key}.json", json.dumps({"load": seconds})),
            (paths.metrics(key), json.dumps({"records": {"kept": kept}})),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        os.utime(file, (ended, ended))
    assert list(load_rows.load_rows(tmp_path, 100.0)) == [
        (f"{SATELLITE} (geojson)", "2", "59,883", "6.0", "4.0", "1.50"),
        (f"{PERMITS} (csv)", "2", "38,059", "0.4", "0.5", "0.80"),
    ]


def test_a_load_ends_when_its_time_is_first_seen_even_if_a_later_stage_writes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "KINDS", {SATELLITE: KINDS[SATELLITE]})
    paths, clock = ProjectPaths(tmp_path, ORIGIN), iter([10.0, 20.0])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    loads = ways.LoadTimes(paths)
    loads.look()
    file = paths.home / "times" / f"{SATELLITE}.json"
    file.parent.mkdir(parents=True)
    for text in ('{"fetch": 1.0}', '{"fetch": 1.0, "load": 5.0}', '{"fetch": 0.1, "load": 5.0}'):
        file.write_text(text, encoding="utf-8")
        loads.look()
    assert loads.ended == {SATELLITE: (10.0, 5.0)}


def test_fetching_ends_where_the_first_load_begins_and_each_stage_with_its_last_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "KINDS", {key: KINDS[key] for key in (SATELLITE, PERMITS)})
    paths = ProjectPaths(tmp_path, ORIGIN)
    steps = {"boundaries": 21, "irradiance": 25, "build": 60, "report": 70}
    files = {paths.home / "times" / f"{name}.json": ended for name, ended in steps.items()}
    for file, ended in (files | {paths.loaded(SATELLITE): 19, paths.loaded(PERMITS): 20}).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (ended, ended))
    loads = ways.LoadTimes(paths)
    loads.ended = {SATELLITE: (17.0, 10.0), PERMITS: (18.0, 2.0)}
    assert ways.stage_ends(paths, loads) == {
        FETCH: 7, LOAD: 18, TAKEN: 20, BOUNDARIES: 21, IRRADIANCE: 25, BUILD: 60, REPORT: 70,
    }  # fmt: skip


def test_the_samples_are_made_without_the_arguments_of_make_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def measured(command: list[str], _: Path, environment: dict[str, str]) -> Figures:
        calls.append((command, environment))
        return Figures(1, 0)

    monkeypatch.setattr(ways, "measured", measured)
    ways.samples()
    assert calls == [
        (["make", "install"], {"MAKEFLAGS": ""}),
        (["make", "all", "ARGS=--force"], {"MAKEFLAGS": ""}),
        (["make", "all", "ARGS="], {"MAKEFLAGS": ""}),
    ]


def test_a_table_is_the_same_in_markdown() -> None:
    sheet = Sheet("Phases", ("phase", "seconds"), [("load", "1.0")], "Made up.")
    assert sheet.as_markdown() == "## Phases\n\nMade up.\n\n| phase | seconds |\n| --- | ---: |\n| load | 1.0 |\n"


def test_results_show_tables_and_pictures(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    write_results([Sheet("Targets", ("target", "is"), [("build", "30")])], WAYS, "build by model", {"a": 2.0}, file)
    text = file.read_text(encoding="utf-8")
    assert "## Targets" in text
    for name in ("side_by_side", "slowest_stage"):
        assert f"](pictures/{name}.svg)" in text
        assert (tmp_path / "pictures" / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "what people do today" in (tmp_path / "pictures" / "side_by_side.svg").read_text(encoding="utf-8")


def test_pairs_are_graded_whatever_the_order_of_the_records(tmp_path: Path) -> None:
    truth = pa.table([["a:1", "b:1", "a:2", "b:2"], [2, 2, 4, 4]], schema=TRUTH_SCHEMA)
    pq.write_table(truth, tmp_path / TRUTH)
    records = pa.table(
        {
            "record_id": ["b:2", "a:2", "b:1", "a:1"],
            "dataset_key": ["b", "a", "b", "a"],
            "installation_id": pa.array([None, "y", "x", "x"], pa.large_string()),
        }
    )
    assert pair_grade(records, tmp_path / TRUTH) == Score(true=2, found=1, right=1)


def test_the_shortcut_keeps_one_record_a_cell_and_measures_on_the_web_map(project: Path) -> None:
    frame = shortcut.load(project, SURVEY)
    assert frame["installation_id"].str.len().eq(15).all()
    assert frame["capacity_mw"].min() > 0  # -9999 is unknown
    north = frame["centroid"].y > 60
    true_m2 = floor_area(project, SURVEY)
    assert (frame["area_m2"][north] / true_m2[north]).min() > 4  # 1 / cos² of 60°
    assert shortcut.load(project, PERMITS)["capacity_mw"].min() > 0
    assert shortcut.load(project, ROOFS)["capacity_mw"].max() < 1  # from kWp


def floor_area(project: Path, key: str) -> pd.Series:
    (project / FLOOR).mkdir(exist_ok=True)
    floor_load(project, key)
    areas: pd.Series = pd.read_parquet(project / FLOOR / f"{key}.parquet", columns=["area_m2"])["area_m2"]
    return areas


def test_the_floor_measures_on_the_ellipsoid_and_names_its_files(project: Path) -> None:
    area_m2 = floor_area(project, SATELLITE)
    stated_m2 = pq.read_table(project / FLOOR / f"{SATELLITE}.parquet", columns=["area"])["area"]
    assert area_m2.to_numpy() == pytest.approx(stated_m2.to_numpy(), rel=1e-3, abs=0.2)
    assert JOINED not in {path.name for path in (project / FLOOR).iterdir()}


def test_the_work_of_a_command_is_profiled_in_its_own_process(tmp_path: Path) -> None:
    (tmp_path / "loaders").mkdir()
    program = "import sys, zlib\ndef main():\n    zlib.compress(bytes(9**7), 9)\n    sys.exit(sys.argv[1] != 'load')"
    (tmp_path / "loaders" / "__init__.py").touch()
    (tmp_path / "loaders" / "__main__.py").write_text(program, encoding="utf-8")
    assert next(iter(by_function(tmp_path, ["load"]))) == "zlib.compress"


def test_a_profile_names_module_and_function(tmp_path: Path) -> None:
    profile = cProfile.Profile()
    profile.runcall(sorted, [3, 1, 2] * 100_000)
    profile.dump_stats(tmp_path / "profile")
    assert next(iter(own_seconds(tmp_path / "profile"))) == "builtins.sorted"
    assert function_name("/x/.venv/lib/python3.11/site-packages/shapely/io.py", "to_wkb") == "shapely.io:to_wkb"
    assert function_name("/x/project/loaders/geo/geometry.py", "repair") == "loaders.geo.geometry:repair"
    assert function_name("/usr/lib/python3.11/json/decoder.py", "decode") == "decoder:decode"
