"""`eo-pv why` on a warehouse of a few squares, written by hand."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from typer.testing import CliRunner, Result

from loaders.__main__ import app
from loaders.core.errors import BuildError
from loaders.core.fitted_table import FittedTable
from loaders.db.connection import connect
from loaders.report.why.evidence import Case, read_case
from loaders.report.why.identifiers import with_key
from loaders.report.why.picture import COLOURS, _styles, draw
from loaders.report.why.plane import distance_m, to_local_metres
from loaders.report.why.table import (
    MAX_ROWS,
    override_line,
    override_reason,
    pairs_table,
    records_table,
    sentences,
)
from tests.unit.core.test_fitted_table import shown
from tests.unit.report.json_reference import undocumented

UNIT = 0.001  # [°], 111 m at the equator
ONE, TWO, THREE, PLACE, SAID = (f"pv_{number:016x}" for number in range(1, 6))
PARTS = ["a:1", "b:1", "c:1"]
FIRST, SECOND, LAST = PARTS
QUOTED = 'd:9,"x"'
EVIDENCE: dict[str, Any] = {"shared_area_m2": 6000.0, "iou": 0.5, "share_of_smaller": 0.75, "area_ratio": 0.8}

Why = Callable[..., Result]

TABLES = """
    create schema curated;
    create schema prepared;
    create table curated.curated_pv_records (
        dataset_key varchar, record_id varchar, name varchar, geometry geometry, geometry_kind varchar,
        area_m2 double,
        capacity_mw double, capacity_basis varchar, installed_from date, installed_to date, installation_id varchar,
        quality_flags varchar[], licence varchar, is_synthetic boolean, centroid_lon double, centroid_lat double,
        left_out varchar, status varchar, technology varchar
    );
    create table curated.curated_pv_installations (
        installation_id varchar, name varchar, name_dataset varchar, geometry geometry, geometry_kind varchar,
        area_m2 double, capacity_mw double,
        capacity_basis varchar, country varchar, region varchar, confidence varchar, record_ids varchar[],
        dataset_count bigint, quality_flags varchar[], licence varchar, geometry_dataset varchar,
        capacity_dataset varchar, is_synthetic boolean, status varchar, status_dataset varchar
    );
    create table prepared.prep_pv_pairs (
        record_id_a varchar, record_id_b varchar, dataset_key_a varchar, dataset_key_b varchar, shared_area_m2 double,
        iou double, share_of_smaller double, centroid_distance_m double, distance_m double, area_ratio double,
        capacity_ratio double, name_similarity double, match_probability double,
        match_parts struct(base double, distance double, capacity double, "name" double, crowding double),
        shared_identifiers varchar[], contradiction varchar,
        match_rule varchar, is_match boolean, refused_because varchar, overruled_by varchar
    );
    create table curated.curated_pv_pairs (record_id_a varchar, record_id_b varchar, is_joined boolean, reason varchar);
    create table prepared.prep_pv_rejected (dataset_key varchar, record_id varchar, reason varchar);
"""


def square(east: float, width: float = 1) -> shapely.Polygon:
    """At the equator, by units of 111 m."""
    return shapely.box(east * UNIT, 0, (east + width) * UNIT, UNIT)


def record(record_id: str, installation_id: str | None, shape: BaseGeometry, **values: Any) -> dict[str, Any]:
    kind = "point" if shape.geom_type == "Point" else "polygon"
    always = {
        "dataset_key": record_id.partition(":")[0],
        "record_id": record_id,
        "installation_id": installation_id,
        "geometry_kind": kind,
    }
    point_row = {"geometry": shape.wkb, "centroid_lon": shape.centroid.x, "centroid_lat": shape.centroid.y}
    return {**always, **point_row, "quality_flags": [], "is_synthetic": False, **values}


def installation(installation_id: str, shape: BaseGeometry, **published: Any) -> dict[str, Any]:
    always = {
        "installation_id": installation_id,
        "geometry": shape.wkb,
        "geometry_kind": "polygon",
        "geometry_dataset": "a",
    }
    return {**always, "confidence": "low", "dataset_count": 1, "quality_flags": [], **published}


def pair(a: str, b: str, rule: str | None = None, refused: str | None = None, **measured: Any) -> dict[str, Any]:
    names = {"record_id_a": a, "record_id_b": b, "dataset_key_a": a[0], "dataset_key_b": b[0]}
    judged = {"match_rule": rule, "is_match": rule is not None, "refused_because": refused}
    return {**names, **judged, "centroid_distance_m": 12.0, **measured}


# a, b and c are a row of three squares, each on half of the next; d and e are points, 2 units and 4 km east
RECORDS = [
    record("a:1", ONE, square(0), area_m2=12300.0, capacity_mw=5.0, capacity_basis="ac", licence="CC0-1.0"),
    record("b:1", ONE, square(0.5), installed_from=date(2019, 1, 1), installed_to=date(2019, 12, 31)),
    record("c:1", ONE, square(1)),
    record("d:1", TWO, shapely.Point(4 * UNIT, UNIT / 2), is_synthetic=True),
    record("e:1", THREE, shapely.Point(40 * UNIT, UNIT / 2)),
    record(QUOTED, PLACE, square(100), name="[red]Park \x1b[31mFarm"),
    record("pv_farms:1", SAID, square(200)),
    record("pv_farms:2", SAID, square(200.5)),
    record("h:1", None, square(300), left_out="status rejected", status="rejected", technology="pv"),
    record("h:2", None, square(310), left_out="status retired", status="operating", technology="pv"),
]
INSTALLATIONS = [
    installation(
        ONE, square(0, 2), area_m2=24600.0, capacity_mw=5.0, capacity_basis="ac", capacity_dataset="a", country="GH",
        region="GH-NP", confidence="high", dataset_count=3, quality_flags=["divided"], licence="CC0-1.0",
    ),
    *(installation(name, square(3)) for name in (TWO, THREE, SAID)),
    installation(PLACE, square(3), name="Park Farm", name_dataset="d", status="operating", status_dataset="d"),
]  # fmt: skip
PAIRS = [
    pair("a:1", "b:1", "shared_ground", **EVIDENCE),
    pair("b:1", "c:1", "shared_ground", **EVIDENCE),
    pair("a:1", "c:1", refused="they only touch", shared_area_m2=0.0, iou=0.0),
    pair("c:1", "d:1", refused="222.6 m apart", distance_m=222.6),
    pair("b:1", "e:1", "point_near", distance_m=40.0),
    pair("pv_farms:1", "pv_farms:2", "override", overruled_by="moved in 2022 (Ada)"),
]
SPLIT = (
    "point_near, but split: the installation would be too large, or would hold two that differ or two records of one "
    "dataset"
)
REASONS = ["shared_ground", "shared_ground", "they only touch", "222.6 m apart", SPLIT, "override: moved in 2022 (Ada)"]
PUBLISHED_PAIRS = [
    {name: each[name] for name in ("record_id_a", "record_id_b")}
    | {"is_joined": each["is_match"] and reason != SPLIT, "reason": reason}
    for each, reason in zip(PAIRS, REASONS, strict=True)
]
REJECTED = [
    {"dataset_key": "f", "record_id": "f:1", "reason": "too_few_points"},
    {"dataset_key": "g", "record_id": "g:1", "reason": "licence_not_allowed"},
]


def fill(database: Path, **tables: Sequence[dict[str, Any]]) -> None:
    """Write a warehouse with these rows."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with connect(database) as connection:
        connection.execute(TABLES)
        for table, rows in tables.items():
            schema = "curated" if table.startswith("curated") else "prepared"
            for row in rows:
                values = ", ".join(f"st_geomfromwkb(${name})" if name == "geometry" else f"${name}" for name in row)
                insert = "insert into {}.{} ({}) values ({})"
                connection.execute(insert.format(schema, table, ", ".join(row), values), row)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse. Copy it, do not change it."""
    database = tmp_path_factory.mktemp("why") / "eo_pv_data.duckdb"
    fill(
        database,
        curated_pv_records=RECORDS,
        curated_pv_installations=INSTALLATIONS,
        curated_pv_pairs=PUBLISHED_PAIRS,
        prep_pv_pairs=PAIRS,
        prep_pv_rejected=REJECTED,
    )
    return database


@pytest.fixture
def warehouse(project: Path, written: Path) -> Path:
    database = project / "data" / "sample" / "eo_pv_data.duckdb"
    database.parent.mkdir(parents=True)
    shutil.copyfile(written, database)
    return database


@pytest.fixture
def case(warehouse: Path) -> Callable[..., Case]:
    return lambda *names: read_case(warehouse, names)


@pytest.fixture
def why(warehouse: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Why:
    monkeypatch.chdir(project)
    return lambda *arguments: CliRunner().invoke(app, ["why", *map(str, arguments)])


def rows(table: FittedTable) -> list[list[str]]:
    return [[" ".join(cell.split()) for cell in row] for row in table.rows]


def ends(pairs: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["record_id_a"], each["record_id_b"]) for each in pairs]


@pytest.mark.parametrize("name", [*PARTS, ONE])
def test_a_record_stands_for_its_installation(case: Callable[..., Case], name: str) -> None:
    evidence = case(name)
    assert [row["record_id"] for row in evidence.members] == PARTS
    assert ends(evidence.matched_pairs) == [("a:1", "b:1"), ("b:1", "c:1")]
    assert ends(evidence.refused_pairs) == [("a:1", "c:1"), ("b:1", "e:1"), ("c:1", "d:1")]


def test_the_tables_show_records_and_evidence(case: Callable[..., Case]) -> None:
    evidence = case(FIRST)
    assert rows(records_table(evidence)) == [
        ["a:1", ONE, "polygon", "12,300", "5.000", "AC", "-", "CC0-1.0"],
        ["b:1", ONE, "polygon", "-", "-", "-", "2019-01-01 to 2019-12-31", "not stated"],
        ["c:1", ONE, "polygon", "-", "-", "-", "-", "not stated"],
    ]
    assert rows(pairs_table(evidence, evidence.matched_pairs, "joined by"))[0] == [
        "a:1 b:1", "0.500", "0.750", "12.0", "0.80", "-", "-", "shared_ground",
    ]  # fmt: skip
    assert [row[-1] for row in rows(pairs_table(evidence, evidence.refused_pairs, "refused because"))] == [
        "they only touch",
        SPLIT,
        "222.6 m apart",
    ]


def test_the_probability_of_two_points_is_shown_as_the_sum_of_its_parts(case: Callable[..., Case]) -> None:
    evidence = case("a:1", "b:1")
    assert not [line for line in sentences(evidence) if "probability" in line]
    parts = {"base": 7.36, "distance": -3.0, "capacity": 1.36, "name": 3.8, "crowding": -2.5}
    pairs = [evidence.pairs[0] | {"match_probability": 0.9991, "match_parts": parts}, *evidence.pairs[1:]]
    assert sentences(replace(evidence, pairs=pairs))[2] == (
        "Match probability 99.91 %; log-odds +7.36 base -3.00 distance +1.36 capacity +3.80 name -2.50 crowding = "
        "7.02. The rules decide without it."
    )


def test_an_installation_is_described_in_one_sentence(case: Callable[..., Case]) -> None:
    assert sentences(case(ONE)) == [
        f"{ONE} in GH-NP: polygon of a, 24,600 m², 5.000 MW AC of a; 3 dataset(s), confidence high, licence CC0-1.0; "
        f"divided."
    ]
    assert sentences(case(PLACE))[1:] == ["It is one record, and no other one comes near it."]
    assert sentences(case("d:1"))[1:] == ["SYNTHETIC, bundled samples: no record of theirs is a real installation."]


def test_a_capacity_of_unknown_basis_is_said_to_be_one(case: Callable[..., Case]) -> None:
    evidence = case(ONE)
    unknown = [row | {"capacity_mw": 35.231, "capacity_basis": "unknown"} for row in evidence.installations]
    assert ", 35.231 MW (AC or DC not stated) of a;" in sentences(replace(evidence, installations=unknown))[0]
    records = [row | {"capacity_mw": 35.231, "capacity_basis": "unknown"} for row in evidence.records]
    assert rows(records_table(replace(evidence, records=records)))[0][4:6] == ["35.231", "not stated"]


@pytest.mark.parametrize("width", [60, 80, 100, 120, None])
def test_the_tables_fit_and_print_every_number_and_id_in_full(case: Callable[..., Case], width: int | None) -> None:
    evidence = case(FIRST)
    long = {name: f"global_harmonized_large_solar_farms_2020:{1234567 + n}" for n, name in enumerate(PARTS)}
    records = [
        row
        | {"record_id": long.get(row["record_id"], row["record_id"]), "area_m2": 1_234_567.0, "capacity_mw": 99_371.4}
        for row in evidence.records
    ]
    pairs = [
        {**row, **{name: long.get(row[name], row[name]) for name in ("record_id_a", "record_id_b")}}
        for row in PAIRS[:2]
    ]
    pairs = [evidence.pairs[0] | row for row in pairs]
    evidence = replace(evidence, records=records, pairs=pairs)
    tables = [shown(table, width) for table in (records_table(evidence), pairs_table(evidence, pairs, "joined by"))]
    assert max(map(len, [*tables[0], *tables[1]])) <= (width or 1000)
    first, second = (" ".join(lines).split() for lines in tables)
    assert first.count("99,371.400") == 3 or "capacity" in " ".join(tables[0]).partition("Not shown:")[2]
    assert first.count("1,234,567") == 3 or "area" in " ".join(tables[0]).partition("Not shown:")[2]
    assert second.count("12.0") == 2 or "m apart" in " ".join(tables[1]).partition("Not shown:")[2]
    assert width == 60 or (first.count("99,371.400"), second.count("12.0"), first.count(long[FIRST])) == (3, 2, 1)


def test_the_document_has_the_columns_of_the_warehouse(why: Why) -> None:
    document = json.loads(why(FIRST, "d:1", "--json").output)
    assert (document["ok"], document["errors"], document["requested"]) == (True, [], [FIRST, "d:1"])
    assert undocumented(document) == set()
    assert [row["installation_id"] for row in document["installations"]] == [ONE, TWO]
    assert (document["records"][0]["capacity_mw"], document["records"][1]["capacity_mw"]) == (5.0, None)
    assert document["records"][1]["installed_from"] == "2019-01-01"
    judged = {(each["record_id_a"], each["record_id_b"]): each for each in document["pairs"]}
    assert (judged["a:1", "b:1"]["is_joined"], judged["a:1", "b:1"]["iou"]) == (True, 0.5)
    assert (judged["b:1", "e:1"]["is_match"], judged["b:1", "e:1"]["is_joined"]) == (True, False)
    assert judged["c:1", "d:1"]["verdict"] == "222.6 m apart"
    assert document["override_line"] == 'sample,same,a:1,d:1,"your reason","your name"'


def test_a_dataset_may_be_named_by_its_alias() -> None:
    keys = {"uspvdb": "usa_uspvdb_2026"}
    assert [with_key(name, keys) for name in ("uspvdb:1:2", "uspvdb", "other:1", "pv_0000000000000001")] == [
        *("usa_uspvdb_2026:1:2", "usa_uspvdb_2026", "other:1", "pv_0000000000000001"),
    ]


def test_an_installation_and_its_records_are_shown_with_their_names(why: Why, case: Callable[..., Case]) -> None:
    assert rows(records_table(case(ONE)))[0][:2] == ["a:1", ONE]
    assert sentences(case(PLACE))[0].startswith(f"{PLACE} 'Park Farm' (d) in no country: polygon of a, operating (d);")
    assert "[red]Park \\x1b[31mFarm" in " ".join(why(PLACE).output.split())


def test_a_warehouse_of_an_older_version_is_to_be_built_again(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        connection.execute("alter table curated.curated_pv_records drop column name")
    with pytest.raises(BuildError, match=r"an older version of eo-pv built it\. Run `make all`"):
        read_case(warehouse, (FIRST,))


def test_a_chain_is_shown_even_though_its_ends_alone_were_refused(case: Callable[..., Case]) -> None:
    evidence = case(LAST, FIRST)
    assert ends(evidence.shortest_path()) == [("b:1", "c:1"), ("a:1", "b:1")]
    assert sentences(evidence)[1] == (
        "c:1 and a:1 are one installation. b:1 and c:1: shared_ground; a:1 and b:1: shared_ground. "
        "The pair alone was refused: they only touch."
    )


def test_a_direct_pair_is_the_whole_chain(case: Callable[..., Case]) -> None:
    assert ends(case(FIRST, SECOND).shortest_path()) == [("a:1", "b:1")]


def test_records_that_were_never_compared_are_reported_with_their_distance(case: Callable[..., Case]) -> None:
    """From 2 units to 40 units east: 38 thousandths of a degree along the equator."""
    assert sentences(case("c:1", "e:1"))[2] == (
        "c:1 and e:1 are two installations: they were not even compared: nothing of them is near the other, "
        "they are 4,230 m apart."
    )


def point_row(lon: float, lat: float) -> dict[str, Any]:
    return {"wkb": shapely.Point(lon, lat).wkb, "centroid_lon": lon, "centroid_lat": lat}


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (point_row(10, 0), point_row(10.01, 0), 1113.2),
        (point_row(10, 70), point_row(10.01, 70), 381.9),
        (point_row(179.999, 0), point_row(-179.999, 0), 222.6),
        (point_row(-179.999, 0), point_row(179.999, 0), 222.6),
    ],
    ids=["equator", "70 degrees north", "across the antimeridian", "and back"],
)
def test_distances_are_in_metres_on_the_ellipsoid(a: dict[str, Any], b: dict[str, Any], metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, abs=0.1)


def test_a_drawing_is_in_metres_around_its_centre() -> None:
    shape = to_local_metres({"wkb": shapely.box(9.999, 59.999, 10.001, 60.001).wkb}, 10, 60)
    assert shapely.bounds(shape) == pytest.approx([-55.66, -111.32, 55.66, 111.32], abs=0.01)


LINES = {
    (SECOND, FIRST): 'sample,different,a:1,b:1,"your reason","your name"',
    (LAST, "d:1"): 'sample,same,c:1,d:1,"your reason","your name"',
    ("e:1", QUOTED): 'sample,same,"d:9,""x""",e:1,"your reason","your name"',
    (FIRST,): None,
    ("pv_farms:1", "pv_farms:2"): None,
}


@pytest.mark.parametrize("names", LINES)
def test_the_line_that_overrules_a_pair_can_be_pasted(case: Callable[..., Case], names: tuple[str, ...]) -> None:
    assert override_line(case(*names), "sample") == LINES[names]


def test_an_existing_override_is_shown_instead_of_a_second_line(why: Why, case: Callable[..., Case]) -> None:
    assert override_reason(case("pv_farms:1", "pv_farms:2")) == "moved in 2022 (Ada)"
    result = why("pv_farms:1", "pv_farms:2")
    assert result.exit_code == 0
    assert "overrides.csv speaks of this pair: moved in 2022 (Ada). To take it back, remove that line." in result.output
    assert "your reason" not in result.output


def test_a_dataset_may_be_called_as_installations_are(case: Callable[..., Case]) -> None:
    evidence = case("pv_farms:1", "pv_farms:2")
    assert evidence.requested_ids == ("pv_farms:1", "pv_farms:2")
    assert ends(evidence.shortest_path()) == [("pv_farms:1", "pv_farms:2")]


NOWHERE = {
    "f:1": "f:1 is in no installation: it was rejected, since its outline has fewer than three corners "
    "(too_few_points). Its row is in loaded/f.rejected.parquet.",
    "g:1": "g:1 is in no installation: it is left out, because licences.allow in params.yaml does not list the kind of "
    "its licence.",
    "h:1": "h:1 is in no installation: its status is rejected, which include_status in params.yaml does not list.",
    "h:2": "h:2 is in no installation: with the records that match it, its status is retired, which include_status in "
    "params.yaml does not list.",
    "pv_farm:1": "There is no record or installation 'pv_farm:1'. Did you mean 'pv_farms:1', 'pv_farms:2'?",
    "pv_farms": "There is no record or installation 'pv_farms'. Did you mean 'pv_farms:1', 'pv_farms:2'?",
    '9,"x"': f"There is no record or installation '9,\"x\"'. Did you mean {QUOTED!r}?",
    "%": "There is no record or installation '%'. An id has the form of 'a:1'. Look for it in "
    "curated/curated_pv_records.parquet, column record_id.",
    "pv_0000000000000009": "There is no record or installation 'pv_0000000000000009'. Did you mean "
    "'pv_0000000000000001', 'pv_0000000000000002', 'pv_0000000000000003'? Installations change their names with their "
    "records: name a record.",
    "pv_ffffffffffffffff": "There is no record or installation 'pv_ffffffffffffffff'. An id has the form of "
    "'pv_0000000000000001'. Look for it in "
    "curated/curated_pv_installations.parquet, column installation_id. Installations change their names with their "
    "records: name a record.",
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_name_that_is_nowhere_is_answered_with_a_reason_or_the_nearest(
    case: Callable[..., Case], why: Why, name: str
) -> None:
    with pytest.raises(BuildError) as error:
        case(name)
    assert str(error.value) == NOWHERE[name]
    assert why(name).exit_code == 1


def test_a_database_without_the_tables_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    connect(tmp_path / "raw.duckdb").close()
    with pytest.raises(
        BuildError, match=r"raw\.duckdb: expected the tables .*; found no curated_pv_records.*`make all`"
    ):
        read_case(tmp_path / "raw.duckdb", (FIRST,))


def test_without_a_warehouse_the_command_says_what_to_type(why: Why, warehouse: Path) -> None:
    warehouse.unlink()
    result = why(FIRST)
    assert isinstance(result.exception, BuildError)
    assert str(result.exception) == f"There is no warehouse at {warehouse}. Run `make all`."


@pytest.mark.parametrize("names", [(FIRST, FIRST), (ONE, FIRST), (FIRST, ONE), (ONE, TWO), (), (FIRST, SECOND, LAST)])
def test_wrong_usage_is_exit_code_2(why: Why, names: tuple[str, ...]) -> None:
    assert why(*names).exit_code == 2


def test_the_command_prints_a_line_in_one_piece_and_draws(why: Why, project: Path) -> None:
    result = why(FIRST, "d:1", "--picture", "drawn/why.png")
    assert result.exit_code == 0, result.output
    assert 'sample,same,a:1,d:1,"your reason","your name"' in result.output.splitlines()
    assert (project / "drawn" / "why.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in (project / "drawn").iterdir()] == ["why.png"]


def test_the_same_cases_are_the_same_bytes(case: Callable[..., Case], tmp_path: Path) -> None:
    cases = [case(FIRST), case("d:1"), case("c:1", "e:1"), case(PLACE)]
    for name in ("one.png", "two.png"):
        draw(cases, tmp_path / name, columns=2)
    content = (tmp_path / "one.png").read_bytes()
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (990, 990)
    assert content == (tmp_path / "two.png").read_bytes()


def test_no_two_of_forty_datasets_are_drawn_alike() -> None:
    styles = _styles([f"d{number}" for number in range(40)])
    assert len({str(sorted(style.items(), key=str)) for style in styles.values()}) == 40
    assert len({style["color"] for style in list(styles.values())[: len(COLOURS)]}) == len(COLOURS)


@pytest.mark.parametrize("count", [MAX_ROWS, MAX_ROWS + 1])
def test_a_long_table_says_how_many_rows_it_leaves_out(count: int) -> None:
    evidence = long_row(count)
    last = [row[0] for row in rows(records_table(evidence))][-1]
    assert last == (f"a:{MAX_ROWS - 1:05}" if count == MAX_ROWS else "… and 1 more")


def test_a_chain_through_two_thousand_records_is_found_at_once() -> None:
    evidence = long_row(2000)
    start = time.perf_counter()
    assert len(evidence.shortest_path()) == 1999
    assert time.perf_counter() - start < 2


def long_row(count: int) -> Case:
    """An installation of points in a row, each joined to the next."""
    names = [f"a:{number:05}" for number in range(count)]
    unknown = ("name", "area_m2", "capacity_mw", "capacity_basis", "installed_from", "installed_to", "licence")
    blank = dict.fromkeys(unknown)
    places = np.arange(count) * UNIT / 10
    records = [{**blank, **record(name, ONE, shapely.Point(x, 0))} for name, x in zip(names, places, strict=True)]
    pairs = [pair(a, b, "point_near", is_joined=True, reason="point_near") for a, b in pairwise(names)]
    return Case((names[0], names[-1]), [{"installation_id": ONE}], records, pairs)
