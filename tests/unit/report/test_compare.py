"""Two tiny datasets, drawn so that what they share can be worked out on paper."""

import csv
import json
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from matplotlib.figure import Figure
from shapely.geometry.base import BaseGeometry
from typer.testing import CliRunner, Result

from loaders.__main__ import app
from loaders.core.errors import BuildError, ReadError, SettingsError
from loaders.report.compare.comparison import Comparison
from loaders.report.compare.comparison import compare as compare_sides
from loaders.report.compare.records import Side, read_side
from loaders.report.compare.table import (
    agreement_table,
    area_agreement,
    as_csv,
    capacity_agreements,
    extents_table,
    left_out_note,
    sentences,
)
from loaders.report.figure_file import write_figure
from loaders.settings.params import Settings
from tests.unit.core.test_fitted_table import shown
from tests.unit.report.json_reference import undocumented

NORTH, SOUTH = "a_north_2020", "b_south_2021"
UNIT = 0.01  # [°]
Capacity = tuple[float | None, str | None]
NONE: Capacity = (None, None)
GEOD = pyproj.Geod(ellps="WGS84")

Compare = Callable[..., Comparison]
Run = Callable[..., Result]


def box(west: float, east: float, south: float = 0, north: float = 1) -> BaseGeometry:
    """A box at the equator, in units of 0.01°; areas there are as the widths."""
    return shapely.box(west * UNIT, south * UNIT, east * UNIT, north * UNIT)


def east_of(lon: float, lat: float, metres: float) -> shapely.Point:
    lon, lat, _ = GEOD.fwd(lon, lat, 90, metres)
    return shapely.Point(lon, lat)


def write(path: Path, shapes: Sequence[BaseGeometry], capacities: Sequence[Capacity] = (), **columns: Any) -> Path:
    """Canonical records, as far as a comparison reads them."""
    stated = list(capacities) or [NONE] * len(shapes)
    table = {
        "record_id": [f"{path.stem}:{number}" for number in range(1, len(shapes) + 1)],
        "geometry": pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary()),
        "capacity_mw": pa.array([capacity for capacity, _ in stated], pa.float64()),
        "capacity_basis": pa.array([basis for _, basis in stated], pa.string()),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(table | columns), path)
    return path


@pytest.fixture
def side(tmp_path: Path) -> Callable[..., Side]:
    def make(name: str, shapes: Sequence[BaseGeometry], capacities: Sequence[Capacity] = ()) -> Side:
        return read_side(write(tmp_path / f"{name}.parquet", shapes, capacities), name)

    return make


@pytest.fixture
def compare(side: Callable[..., Side]) -> Compare:
    """Compare shapes, or shapes with capacities."""

    def run(a: Any, b: Any, within: float = 250, *, mw_a: Any = (), mw_b: Any = ()) -> Comparison:
        return compare_sides(side("a", a, mw_a), side("b", b, mw_b), within)

    return run


def pairs(comparison: Comparison) -> list[tuple[int, int]]:
    return list(zip(comparison.pairs.a.tolist(), comparison.pairs.b.tolist(), strict=True))


@pytest.mark.parametrize(
    ("b", "iou"),
    [(box(0, 1), 1), (box(0.5, 1.5), 1 / 3), (box(0.25, 0.75), 1 / 2), (box(0.25, 0.75, 0.25, 0.75), 1 / 4)],
    ids=["equal", "half shifted", "nested across", "nested"],
)
def test_squares_that_share_area_are_one_group_with_this_iou(compare: Compare, b: BaseGeometry, iou: float) -> None:
    comparison = compare([box(0, 1)], [b])
    assert pairs(comparison) == [(0, 0)]
    assert comparison.iou == pytest.approx([iou], rel=1e-6)
    assert comparison.pairs.distance_m.tolist() == [0]


@pytest.mark.parametrize("b", [box(1, 2), box(1, 2, 1, 2)], ids=["border", "corner"])
def test_squares_that_only_touch_do_not_match(compare: Compare, b: BaseGeometry) -> None:
    comparison = compare([box(0, 1)], [b])
    assert (pairs(comparison), len(comparison.iou)) == ([], 0)
    assert comparison.part_a.group.tolist() == comparison.part_b.group.tolist() == [-1]


def test_a_whole_and_its_two_blocks_are_one_group(compare: Compare) -> None:
    comparison = compare([box(0, 3)], [box(0, 1), box(2, 3)])
    assert pairs(comparison) == [(0, 0), (0, 1)]
    assert comparison.iou == pytest.approx([2 / 3])
    assert (comparison.part_a.records.tolist(), comparison.part_b.records.tolist()) == ([1], [2])
    assert "2 matching pairs make 1 groups: 0 one to one, 1 one of A to several of B," in " ".join(
        sentences(comparison)
    )


def test_records_connected_through_a_third_one_are_one_group(compare: Compare) -> None:
    comparison = compare([box(0, 2), box(3, 5), box(9, 10)], [box(1, 4), box(9, 10)])
    assert comparison.part_a.group.tolist() == [0, 0, 1]
    assert comparison.part_b.group.tolist() == [0, 1]
    assert comparison.iou == pytest.approx([2 / 5, 1])


def test_land_that_one_side_draws_twice_counts_once(compare: Compare) -> None:
    comparison = compare([box(0, 1), box(0, 1)], [box(0, 1)])
    assert comparison.iou == pytest.approx([1])
    assert area_agreement(comparison).bias == pytest.approx(0)


def test_the_bias_of_areas_is_the_ratio_of_their_sums_less_one(compare: Compare) -> None:
    agreement = area_agreement(compare([box(0, 1), box(5, 6)], [box(0, 2), box(5, 6)]))
    assert agreement.groups == 2
    assert agreement.bias == pytest.approx(0.5)
    assert agreement.total_a == pytest.approx(
        2 * 1.1132 * 1.10574, rel=1e-3
    )  # km: hundredths of a degree at the equator
    assert sorted(agreement.ratios) == pytest.approx([1, 2])


@pytest.mark.parametrize("lat", [0, 52, 70, -70])
def test_the_distance_between_points_is_in_metres_on_the_ellipsoid(compare: Compare, lat: float) -> None:
    comparison = compare([shapely.Point(10, lat)], [east_of(10, lat, 249.9), east_of(10, lat, 250.1)])
    assert pairs(comparison) == [(0, 0)]
    assert comparison.pairs.distance_m == pytest.approx([249.9], abs=1e-3)
    assert np.isnan(comparison.pairs.shared_m2).all()


def test_six_thousandths_of_a_degree_east_is_near_at_70_degrees_north_and_far_at_the_equator(compare: Compare) -> None:
    here, there = [shapely.Point(10, 0), shapely.Point(10, 70)], [shapely.Point(10.006, 0), shapely.Point(10.006, 70)]
    comparison = compare(here, there)
    assert pairs(comparison) == [(1, 1)]
    assert comparison.pairs.distance_m == pytest.approx([229.1], abs=0.1)


@pytest.mark.parametrize("lat", [0, 70])
def test_a_point_matches_an_outline_that_it_lies_in_or_near(compare: Compare, lat: float) -> None:
    outline = shapely.box(10, lat - UNIT, 10 + UNIT, lat + UNIT)
    inside, near, far = shapely.Point(10.005, lat), east_of(10 + UNIT, lat, 249), east_of(10 + UNIT, lat, 251)
    comparison = compare([outline], [inside, near, far])
    assert pairs(comparison) == [(0, 0), (0, 1)]
    assert comparison.pairs.distance_m == pytest.approx([0, 249], abs=0.05)
    turned = compare([inside, near, far], [outline])
    assert pairs(turned) == [(0, 0), (1, 0)]
    assert np.isnan(turned.iou).all()


def test_the_nearest_border_counts_also_where_degrees_east_are_short(compare: Compare) -> None:
    """At 70° N the west border is 191 m away (0.005°), the north border 335 m (0.003°)."""
    outline = shapely.Polygon([(9, 69), (10, 69), (10, 70.003), (10.005, 70.003), (10.005, 70.5), (9, 70.5)])
    comparison = compare([outline], [shapely.Point(10.005, 70)])
    assert comparison.pairs.distance_m == pytest.approx([190.9], abs=0.1)


def test_neighbours_across_the_antimeridian_match(compare: Compare) -> None:
    comparison = compare([shapely.Point(179.999, -17)], [shapely.Point(-179.999, -17)])
    assert comparison.pairs.distance_m == pytest.approx([213], abs=1)


def test_outlines_near_each_other_do_not_match_however_far_points_may_be(compare: Compare) -> None:
    assert pairs(compare([box(0, 1)], [box(1.001, 2)], within=10_000)) == []


def test_only_records_in_the_others_extent_count_for_coverage(compare: Compare) -> None:
    comparison = compare([box(0, 1), box(3, 4), box(5000, 5001)], [box(0, 1), box(0, 1, 50, 51)])
    assert comparison.inside_a.tolist() == [True, True, False]
    assert comparison.inside_b.tolist() == [True, False]


def test_capacities_of_one_basis_are_compared_group_by_group(compare: Compare) -> None:
    comparison = compare(
        [box(0, 1), box(2, 3)],
        [box(0, 0.5), box(0.5, 1), box(2, 3)],
        mw_a=[(10, "ac"), (20, "ac")],
        mw_b=[(6, "ac"), (6, "ac"), (24, "ac")],
    )
    (agreement,) = capacity_agreements(comparison)
    assert (agreement.groups, agreement.total_a, agreement.total_b) == (2, 30, 36)
    assert (agreement.is_bias, agreement.note) == (True, "both ac")
    assert agreement.bias == pytest.approx(0.2)
    assert agreement.ratios.tolist() == [1.2, 1.2]


@pytest.mark.parametrize(
    ("of_a", "of_b", "note"),
    [
        ("ac", "dc", "dc against ac: not a bias"),
        ("ac", "unknown", "AC or DC not stated against ac: may not be a bias"),
        ("ac", None, "AC or DC not stated against ac: may not be a bias"),
    ],
)
def test_capacities_of_two_bases_are_no_bias(compare: Compare, of_a: str, of_b: str, note: str) -> None:
    (agreement,) = capacity_agreements(compare([box(0, 1)], [box(0, 1)], mw_a=[(10, of_a)], mw_b=[(13, of_b)]))
    assert (agreement.is_bias, agreement.note, agreement.cells()[4]) == (False, note, "-")
    assert agreement.ratios.tolist() == [1.3]


def test_capacities_of_each_pair_of_bases_stand_apart(compare: Compare) -> None:
    squares = [box(0, 1), box(2, 3), box(4, 5)]
    comparison = compare(
        squares, squares, mw_a=[(1, "ac"), (2, "dc"), (3, "ac")], mw_b=[(1, "ac"), (2, "ac"), (3, "ac")]
    )
    assert [(row.groups, row.total_a, row.note) for row in capacity_agreements(comparison)] == [
        (2, 4, "both ac"),
        (1, 2, "ac against dc: not a bias"),
    ]


def test_a_group_with_a_part_of_unknown_capacity_is_not_compared(compare: Compare) -> None:
    comparison = compare([box(0, 2)], [box(0, 1), box(1, 2)], mw_a=[(10, "ac")], mw_b=[(5, "ac"), NONE])
    assert capacity_agreements(comparison) == []
    assert "No group states a capacity for every record on both sides." in sentences(comparison)


def test_a_measured_zero_is_summed_and_has_no_ratio(compare: Compare) -> None:
    (agreement,) = capacity_agreements(compare([box(0, 1)], [box(0, 1)], mw_a=[(0, "dc")], mw_b=[(4, "dc")]))
    assert (agreement.total_a, agreement.total_b, agreement.bias, len(agreement.ratios)) == (0, 4, None, 0)


def test_the_csv_has_one_row_a_pair_in_order(compare: Compare) -> None:
    comparison = compare(
        [box(4, 5), box(0, 1), shapely.Point(1, 0)],
        [box(0.5, 1.5), box(4, 5), shapely.Point(1, 0)],
        mw_a=[(2, "ac"), NONE, NONE],
        mw_b=[NONE, (3, "dc"), NONE],
    )
    half = comparison.pairs.shared_m2[1]
    assert as_csv(comparison).splitlines() == [
        "record_id_a,record_id_b,group,shared_area_m2,iou,share_of_smaller,distance_m,area_ratio,capacity_ratio,"
        "capacity_basis_a,capacity_basis_b",
        f"a:1,b:2,1,{comparison.a.area_m2[0]},1.0,1.0,0.0,1.0,1.5,ac,dc",
        f"a:2,b:1,2,{half},0.3333,0.5,0.0,1.0,,,",
        "a:3,b:3,3,,,,0.0,,,,",
    ]


def test_records_that_no_installation_holds_are_left_out_and_counted(tmp_path: Path) -> None:
    farms = {"farms": {"key": "farms", "source": {"path": "a.csv"}}}
    settings = Settings.model_validate({"datasets": farms, "licences": {"allow": ["permissive"]}})
    file = write(
        tmp_path / "a.parquet",
        [box(0, 1), box(2, 3), box(4, 5), box(6, 7)],
        status=["operating", "rejected", "rejected", "unknown"],
        technology=["pv", "unknown", "csp", "pv"],
        licence=["CC0-1.0", "ODbL-1.0", "not stated", "CC0-1.0"],
    )
    side, whole = read_side(file, "a", settings), read_side(file, "a", settings, compares_all=True)
    assert (side.record_id.tolist(), len(whole), whole.all_records, whole.left_out) == (["a:1", "a:4"], 4, 4, 2)
    reasons = (
        "include_status does not list 'rejected' (2); include_technology does not list 'csp' (1); licences.allow does "
        "not list the kind of 'ODbL-1.0' (1), 'not stated' (1)."
    )
    assert [left_out_note(each, compares_all=all_) for each, all_ in ((side, False), (whole, True))] == [
        [f"a: 2 of 4 records are in no installation and not compared: {reasons} `--all` compares them, too."],
        [
            f"a: 2 of 4 records are in no installation, though compared: {reasons} The picture and the CSV are not for "
            "publication."
        ],
    ]
    other = read_side(write(tmp_path / "b.parquet", [box(0, 1)]), "b", settings)
    assert left_out_note(other, compares_all=False) == []


def test_a_spreadsheet_runs_no_id_of_the_csv(tmp_path: Path) -> None:
    ids = ["=1+1", "-7", "@x"]
    a, b = (
        read_side(write(tmp_path / f"{name}.parquet", [box(0, 1), box(2, 3), box(4, 5)], record_id=ids), name)
        for name in ("a", "b")
    )
    rows = list(csv.reader(as_csv(compare_sides(a, b, 250)).splitlines()))
    assert [row[:2] for row in rows[1:]] == [["-7", "-7"], ["'=1+1", "'=1+1"], ["'@x", "'@x"]]


def test_a_picture_takes_no_dollar_for_a_formula_and_needs_no_font_for_every_script(tmp_path: Path) -> None:
    def figure() -> Figure:
        made = Figure(figsize=(1, 1))
        made.suptitle(r"$\frac{$ 中 $")
        return made

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_figure(figure, tmp_path / "x.png", 50)
    assert (tmp_path / "x.png").stat().st_size > 100


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a project whose two datasets are loaded: equal squares, and half of one."""
    monkeypatch.chdir(project)
    write(loaded(project, NORTH), [box(0, 1), box(2, 3)], is_synthetic=[True, True])
    write(loaded(project, SOUTH), [box(0, 1), box(2, 2.5)])
    return lambda *arguments: CliRunner().invoke(app, ["compare", *map(str, arguments)])


def loaded(project: Path, key: str) -> Path:
    return project / "data" / "sample" / "loaded" / f"{key}.parquet"


def test_the_command_shows_numbers_and_writes_a_picture_and_a_table(run: Run, project: Path) -> None:
    result = run("north", SOUTH)
    assert result.exit_code == 0, result.output
    lines = [re.split(r"  +", line.strip()) for line in result.output.splitlines()]
    assert ["A: a_north_2020", "2", "2", "2", "100.0 %", "0", "0.0"] in lines
    assert ["IoU", "2", "-", "-", "-", "0.62", "0.75", "0.88", "50.0 % of them above 0.5"] in lines
    assert ["area km²", "2", "2.5", "1.8", "-25.0 %", "0.62", "0.75", "0.88"] in lines
    assert f"SYNTHETIC, bundled samples: {NORTH}." in result.output
    report = project / "data" / "sample" / "report"
    assert sorted(path.name for path in report.iterdir()) == [
        f"compare_{NORTH}_{SOUTH}.csv",
        f"compare_{NORTH}_{SOUTH}.png",
    ]
    picture = (report / f"compare_{NORTH}_{SOUTH}.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1440, 1140)
    assert 30_000 < len(picture) < 500_000


def test_what_is_left_out_of_both_is_no_error_and_can_be_compared_if_asked_for(run: Run, project: Path) -> None:
    for key in (NORTH, SOUTH):
        write(loaded(project, key), [box(0, 1)], status=["planned"])
    result = run(NORTH, SOUTH)
    assert result.exit_code == 0, result.output
    assert f"{NORTH}: 1 of 1 records are in no installation and not compared: include_status does not" in result.output
    assert "0 matching pairs" in result.output
    assert "1 matching pairs" in run(NORTH, SOUTH, "--all").output


def test_the_document_has_the_numbers_of_the_tables(run: Run) -> None:
    document = json.loads(run(NORTH, SOUTH, "--json").output)
    assert (document["ok"], document["errors"], document["within_m"], document["notes"]) == (True, [], 250, [])
    assert document["a"] | {"only_here_km2": 0} == {
        **{"dataset": NORTH, "records": 2, "in_extent": 2, "matched": 2, "only_here": 0, "only_here_km2": 0},
        **{"in_no_installation": 0, "in_no_installation_by_setting": {}, "is_synthetic": True},
    }
    assert (
        undocumented(document, document["a"], document["groups_by_kind"], document["iou"], document["area_km2"])
        == set()
    )
    assert (document["pairs"], document["groups"], document["groups_by_kind"]["one_to_one"]) == (2, 2, 2)
    assert document["iou"]["above_half"] == 1
    assert document["area_km2"]["bias"] == pytest.approx(-0.25, abs=1e-4)
    assert document["area_km2"]["quartiles"] == pytest.approx([0.625, 0.75, 0.875], abs=1e-4)
    assert document["capacity_mw"] == []
    assert document["csv"] == f"data/sample/report/compare_{NORTH}_{SOUTH}.csv"


@pytest.mark.parametrize("width", [60, 80, 100, 120, None])
def test_the_tables_fit_and_print_every_number_in_full(tmp_path: Path, width: int | None) -> None:
    names = ("global_harmonized_large_solar_farms_2020", "usa_gm_seus_v2_2026")
    shapes = [box(0, 1), box(2, 3), box(4, 5)]
    mw: list[Capacity] = [(99_371.4, "ac"), (1_234_567.8, None), (5.0, "dc")]
    a, b = (
        read_side(write(tmp_path / f"{name}.parquet", shapes, capacities), name)
        for name, capacities in zip(names, (mw, mw[::-1]), strict=True)
    )
    comparison = compare_sides(a, b, 250)
    extents, agreement = (shown(table(comparison), width) for table in (extents_table, agreement_table))
    assert max(map(len, [*extents, *agreement])) <= (width or 1000)
    words = " ".join(agreement).split()
    assert (words.count("1,234,567.8"), words.count("99,371.4"), words.count("5.0")) == (2, 2, 2)
    assert {"A:", "B:", names[1]} <= set(" ".join(extents).split())


def test_the_same_comparison_gives_the_same_bytes(run: Run, project: Path) -> None:
    written = []
    for _ in range(2):
        run(NORTH, SOUTH)
        written.append([path.read_bytes() for path in sorted((project / "data/sample/report").iterdir())])
    assert written[0] == written[1]


def test_datasets_that_are_nowhere_together_are_no_error(run: Run, project: Path) -> None:
    write(loaded(project, SOUTH), [shapely.Point(100, 50)])
    result = run(NORTH, SOUTH)
    assert result.exit_code == 0
    assert "Nothing overlaps: no record of either lies in the extent of the other." in result.output
    assert "0 matching pairs make 0 groups" in result.output
    assert (project / "data/sample/report" / f"compare_{NORTH}_{SOUTH}.csv").read_text().count("\n") == 1


@pytest.mark.parametrize("other", [NORTH, "north", f"data/sample/loaded/{NORTH}.parquet"])
def test_a_dataset_is_not_compared_with_itself(run: Run, other: str) -> None:
    result = run("north", other)
    assert result.exit_code == 2
    assert f"north and {other} are the same dataset; name two" in " ".join(result.output.split())


def test_points_may_be_farther_apart_if_the_user_says_so(run: Run, project: Path) -> None:
    write(loaded(project, NORTH), [shapely.Point(10, 0)])
    write(loaded(project, SOUTH), [east_of(10, 0, 400)])
    assert "0 matching pairs" in run(NORTH, SOUTH).output
    assert "1 matching pairs" in run(NORTH, SOUTH, "--within", 401).output


def test_files_are_compared_too_and_named_by_their_stems(run: Run, project: Path) -> None:
    write(project / "v1" / "My farms (old).parquet", [box(0, 1)])
    assert run("v1/My farms (old).parquet", NORTH).exit_code == 0
    assert (project / "data/sample/report" / f"compare_My_farms_old__{NORTH}.png").is_file()


def test_files_of_one_name_are_distinguished_by_their_folders(run: Run, project: Path) -> None:
    files = [write(project / version / "farms.parquet", [box(0, 1)]) for version in ("v1", "v2")]
    assert "A: v1_farms" in run(*files).output
    assert (project / "data/sample/report/compare_v1_farms_v2_farms.png").is_file()


def test_a_dataset_that_is_not_loaded_is_an_error_with_the_remedy(run: Run, project: Path) -> None:
    loaded(project, SOUTH).unlink()
    result = run("north", "south")
    assert isinstance(result.exception, BuildError)
    assert str(result.exception) == (
        f"{SOUTH}: not loaded yet, data/sample/loaded/{SOUTH}.parquet is missing. "
        f"Run `dvc repro load@{SOUTH}` or `make all`."
    )


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("nroth", SettingsError, "there is no dataset 'nroth'. Did you mean north?"),
        ("gone.parquet", ReadError, "gone: expected gone.parquet, found nothing there."),
        ("text.parquet", ReadError, "text: text.parquet is not a Parquet file."),
        ("other.parquet", ReadError, "has no column geometry, capacity_mw, capacity_basis. Expected canonical"),
        ("line.parquet", ReadError, "the shape of row 2 is no polygon or point."),
        ("metres.parquet", ReadError, "the coordinates of row 1 are not degrees. Expected EPSG:4326 as (lon, lat)"),
    ],
)
def test_records_that_cannot_be_compared_are_reported_with_file_and_row(
    run: Run, project: Path, name: str, kind: type[Exception], message: str
) -> None:
    (project / "text.parquet").write_text("id,lon,lat")
    pq.write_table(pa.table({"record_id": ["1"]}), project / "other.parquet")
    write(project / "line.parquet", [box(0, 1), shapely.LineString([(0, 0), (1, 1)])])
    write(project / "metres.parquet", [shapely.Point(4321000, 3210000)])
    result = run(NORTH, name)
    assert isinstance(result.exception, kind)
    assert message in str(result.exception)
