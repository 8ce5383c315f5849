"""Records fall into installations as one would say who looks at the drawing."""

import json
import re
from collections import defaultdict

import pytest
import yaml

from loaders.db.connection import connect
from loaders.db.h3_udfs import register
from tests.warehouse.conftest import EDGE, WORLDS, Warehouse
from tests.warehouse.elsewhere import A, B, C, D


def groups(warehouse: Warehouse, world: str) -> list[str]:
    """The installations of a world, each as the names of its records."""
    query = "select source_id, installation_id from curated.curated_pv_records where source_id like $world || '/%'"
    found = defaultdict(list)
    for name, installation in warehouse.rows(query, {"world": world}):
        found[installation].append(name.removeprefix(f"{world}/"))
    return sorted(" ".join(sorted(names)) for names in found.values())


@pytest.mark.parametrize("world", WORLDS)
def test_records_fall_into_installations_as_drawn(warehouse: Warehouse, world: str) -> None:
    assert groups(warehouse, world) == sorted(WORLDS[world][1])


def test_points_at_a_stand_in_for_a_position_count_but_have_no_country_and_no_energy(warehouse: Warehouse) -> None:
    query = (
        "select installations.country, admin_method, quality_flags, energy_mwh, no_energy, capacity_mw, "
        "len(record_ids) from curated.curated_pv_installations as installations "
        "join curated.curated_pv_yield using (installation_id) where starts_with(record_ids[1], $world)"
    )
    expected = (None, None, ["placeholder_position"], None, "placeholder position", 2, 1)
    assert warehouse.rows(query, {"world": f"{D}:nowhere/"}) == [expected] * 5


def test_a_point_across_the_antimeridian_is_beside_its_farm(warehouse: Warehouse) -> None:
    assert groups(warehouse, "edge") == EDGE


def test_every_record_belongs_to_exactly_one_installation_or_is_left_out(warehouse: Warehouse) -> None:
    """Those that are loaded, those of the installations, and those of the records' table are the same."""
    records = warehouse.rows("select record_id from raw_data.doi_pv_features order by all")
    listed = warehouse.rows("select unnest(record_ids) as record_id from curated.curated_pv_installations order by all")
    left_out = warehouse.rows("select record_id from curated.curated_pv_records where left_out is not null")
    assert sorted(listed + left_out) == records
    assert warehouse.rows("select record_id from curated.curated_pv_records order by all") == records


def installation(warehouse: Warehouse, record: str) -> dict[str, object]:
    """What is published of the installation of a record."""
    with connect(warehouse.paths.database, read_only=True) as connection:
        query = "select * exclude geometry from curated.curated_pv_installations where list_contains(record_ids, ?)"
        (row,) = connection.execute(query, [record]).to_arrow_table().to_pylist()
    return dict(row)


def test_an_installation_has_the_first_outline_and_the_capacity_of_whoever_states_it(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{A}:blocks/w")
    assert found["geometry_dataset"] == A
    assert found["area_m2"] == pytest.approx(12 * 12309.07, rel=1e-4)
    assert (found["capacity_mw"], found["capacity_basis"], found["capacity_dataset"]) == (15, "dc", B)
    assert found["record_ids"] == [f"{A}:blocks/w", *(f"{B}:blocks/{n}" for n in range(3))]
    assert (found["dataset_count"], found["confidence"], found["quality_flags"]) == (2, "high", [])


def test_blocks_without_a_whole_are_joined_and_their_group_states_its_capacity_once(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{B}:group/0")
    assert (found["capacity_mw"], found["confidence"]) == (7, "low")
    assert found["area_m2"] == pytest.approx(3 * 12309.07, rel=1e-4)
    assert found["centroid_lon"] == pytest.approx(list(WORLDS).index("group") + 1 + 5.5e-3)
    assert found["quality_flags"] == ["spread_out"]


@pytest.mark.parametrize("number", range(4))
def test_points_at_one_spot_with_ids_of_their_own_are_plants_of_their_own(warehouse: Warehouse, number: int) -> None:
    found = installation(warehouse, f"{D}:stack/{number}")
    assert (found["capacity_mw"], found["geometry_kind"], found["area_m2"]) == (2, "point", None)


@pytest.mark.parametrize(
    ("record", "capacity_mw", "units"),
    [(f"{A}:unsaid/w", 10, 4), (f"{A}:ajar/1", 12, 1.45), (f"{B}:mixed/1", 10, 1.2)],
)
def test_what_one_dataset_draws_and_states_several_times_counts_once(
    warehouse: Warehouse, record: str, capacity_mw: float, units: float
) -> None:
    found = installation(warehouse, record)
    assert found["capacity_mw"] == capacity_mw
    assert found["area_m2"] == pytest.approx(units * 12309.07, rel=1e-4)


def test_an_outline_under_two_ids_has_both_capacities_and_its_area_once(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{A}:turned/1")
    assert (found["capacity_mw"], found["area_m2"]) == (10, pytest.approx(12309.07, rel=1e-4))


def test_parts_within_an_outline_without_a_capacity_add_to_the_capacity_next_to_it(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{A}:partly/w")
    assert (found["capacity_mw"], found["quality_flags"]) == (18, ["capacity_of_a_part"])


def test_a_whole_stated_next_to_its_parts_counts_once_and_says_so(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{A}:sum/1")
    assert (found["capacity_mw"], found["quality_flags"]) == (563, ["whole_beside_parts"])


def test_what_a_person_joins_across_a_distance_says_so(warehouse: Warehouse) -> None:
    assert installation(warehouse, f"{A}:said/1")["quality_flags"] == ["spread_out"]


def test_the_cell_of_a_pole_is_all_that_lies_around_it(warehouse: Warehouse) -> None:
    box = "st_xmin(geometry), st_xmax(geometry), st_ymin(geometry)"
    query = f"select {box} from curated.curated_pv_h3 where h3_cell = $cell"  # noqa: S608
    cell = installation(warehouse, f"{D}:pole/1")["h3_cell_5"]
    assert warehouse.rows(query, {"cell": cell}) == [(-180, 180, -90)]


def test_no_intersection_is_larger_than_the_union(warehouse: Warehouse) -> None:
    assert warehouse.value("select max(iou_q3) <= 1 from curated.curated_pv_overlap")


def test_an_earlier_phase_adds_no_area(warehouse: Warehouse) -> None:
    assert installation(warehouse, f"{A}:phases/1")["area_m2"] == pytest.approx(3 * 12309.07, rel=1e-4)


@pytest.mark.parametrize(
    ("record", "confidence"),
    [
        (f"{A}:shifted/1", "high"),
        (f"{A}:inside/1", "high"),
        (f"{A}:equal/1", "medium"),
        (f"{A}:near/1", "medium"),
        (f"{A}:apart/1", "low"),
        (f"{C}:lump/w", "low"),
    ],
)
def test_a_copy_or_a_point_nearby_confirms_less_than_a_second_look(
    warehouse: Warehouse, record: str, confidence: str
) -> None:
    assert installation(warehouse, record)["confidence"] == confidence


def test_an_outline_around_several_says_so(warehouse: Warehouse) -> None:
    assert installation(warehouse, f"{C}:lump/w")["quality_flags"] == ["holds_several"]
    assert installation(warehouse, f"{C}:vote/w")["quality_flags"] == ["holds_several"]


def test_what_was_cut_says_so(warehouse: Warehouse) -> None:
    assert installation(warehouse, f"{A}:chain/0")["quality_flags"] == ["divided"]


def test_the_licence_is_the_strictest_of_the_parts(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{A}:shifted/1")
    assert (found["licence"], found["licence_kind"]) == ("CC-BY-NC-4.0", "non_commercial")
    assert found["licences"] == ["CC-BY-NC-4.0", "CC0-1.0", "ODbL-1.0"]
    unstated = installation(warehouse, f"{A}:inside/1")
    assert (unstated["licence"], unstated["licence_kind"], unstated["licences"]) == (
        "not stated",
        "unknown",
        ["CC0-1.0", "not stated"],
    )


def test_the_cell_is_that_of_the_centroid(warehouse: Warehouse) -> None:
    query = """
        select count(*) from curated.curated_pv_installations
        where h3_cell != h3_cell_of(centroid_lon, centroid_lat, 8)
            or h3_cell_5 != h3_cell_of(centroid_lon, centroid_lat, 5)
    """
    with connect(warehouse.paths.database, read_only=True) as connection:
        register(connection)
        assert connection.execute(query).fetchall() == [(0,)]


def test_no_two_installations_share_half_of_the_smaller_unless_one_holds_several_or_a_person_says_so(
    warehouse: Warehouse,
) -> None:
    query = """
        select a.installation_id, b.installation_id
        from curated.curated_pv_installations as a
        join curated.curated_pv_installations as b on st_intersects(a.geometry, b.geometry)
        where a.installation_id < b.installation_id
            and a.geometry_kind = 'polygon' and b.geometry_kind = 'polygon'
            and st_area(st_intersection(a.geometry, b.geometry)) > 0.5 * least(st_area(a.geometry), st_area(b.geometry))
            and not list_contains(a.quality_flags, 'holds_several')
            and not list_contains(b.quality_flags, 'holds_several')
    """
    said = [(f"{A}:denied/1", f"{B}:denied/2"), (f"{A}:twins/1", f"{A}:twins/2"), (f"{A}:beats/1", f"{B}:beats/2")]
    denied = {frozenset(installation(warehouse, name)["installation_id"] for name in pair) for pair in said}
    assert {frozenset(pair) for pair in warehouse.rows(query)} == denied


def test_overlaps_are_told_by_pairs_of_datasets(warehouse: Warehouse) -> None:
    query = """
        select installations, records_a, records_b, installations_with_outlines, iou_median
        from curated.curated_pv_overlap where dataset_a = $a and dataset_b = $b
    """
    expected = sum(
        1
        for records, together in WORLDS.values()
        for names in together
        if {A, B} <= {records[name].dataset for name in names.split()}
    )
    ((installations, records_a, records_b, outlines, median),) = warehouse.rows(query, {"a": A, "b": B})
    assert (installations, outlines) == (expected, expected)
    assert warehouse.rows(query, {"a": B, "b": A}) == [(installations, records_b, records_a, outlines, median)]
    assert 0.2 < median < 1


def test_countries_and_cells_add_up_to_the_installations(warehouse: Warehouse) -> None:
    total = warehouse.value("select count(*) from curated.curated_pv_installations")
    assert warehouse.value("select sum(installations) from curated.curated_pv_by_country") == total
    assert warehouse.value("select sum(installations) from curated.curated_pv_h3") == total - 5 - 3, "but stand-ins"
    by_country = dict(warehouse.rows("select country, installations from curated.curated_pv_by_country"))
    assert {"AA", "BB", "CN", "CL", "JO", "FJ", "AQ"} < set(by_country)
    assert by_country[None] == 1 + 5 + 3  # the one at the North Pole, and those at a stand-in
    assert by_country["AA"] == sum(len(together) for _, together in list(WORLDS.values())[:10])


def test_the_join_of_all_records_is_planned_as_a_spatial_join(warehouse: Warehouse) -> None:
    """A comparison of two columns beside ST_Intersects would make it a merge join of all with all."""
    folder = warehouse.paths.root / "dbt" / "target" / "compiled" / "eo_pv" / "models" / "prepared" / "dedup"
    with connect(warehouse.paths.database, read_only=True) as connection:
        for model in ("prep_pv_candidates",):
            plan = connection.execute(f"explain {(folder / f'{model}.sql').read_text()}").fetchall()[0][1]
            assert "SPATIAL_JOIN" in plan
            assert not re.search("PIECEWISE_MERGE_JOIN|NESTED_LOOP_JOIN|BLOCKWISE_NL_JOIN", plan)


def test_every_column_of_every_table_is_described(warehouse: Warehouse) -> None:
    said: dict[tuple[str, str], set[str]] = {}
    project = warehouse.paths.root / "dbt"
    for path in project.glob("*s/**/*.yml"):  # models, sources
        document = yaml.safe_load(path.read_text()) or {}
        sources = [(source["schema"], source["tables"]) for source in document.get("sources", [])]
        folder = path.relative_to(project).parts[1]
        schema = {"raw": "staging"}.get(folder, folder)
        for layer, entries in ((schema, document.get("models", [])), *sources):
            for entry in entries:
                assert entry["description"], entry["name"]
                said[layer, entry["name"]] = {each["name"] for each in entry["columns"] if each["description"]}
    rows = warehouse.rows(
        "SELECT schema_name, table_name, list(column_name) FROM duckdb_columns() WHERE NOT internal "
        "AND schema_name IN ('raw_data', 'raw_meta', 'staging', 'prepared', 'curated') GROUP BY ALL"
    )
    missing = {(schema, table): set(columns) - said.get((schema, table), set()) for schema, table, columns in rows}
    assert {place: names for place, names in missing.items() if names} == {}
    assert len(rows) > 40


def test_the_database_has_every_description_as_a_comment(warehouse: Warehouse) -> None:
    """Word for word, whatever quotes and units are in it."""
    manifest = json.loads((warehouse.paths.root / "dbt" / "target" / "manifest.json").read_text())
    nodes = manifest["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model" and "on_request" not in node["tags"]]
    tables = {(model["schema"], model["name"]): model["description"] for model in models}
    columns = {
        (model["schema"], model["name"], column["name"]): column["description"]
        for model in models
        for column in model["columns"].values()
    }
    layers = {"layers": ["staging", "prepared", "curated"]}
    rows = warehouse.rows(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE schema_name IN $layers "
        "UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE schema_name IN $layers",
        layers,
    )
    assert {(schema, name): comment for schema, name, comment in rows} == tables
    rows = warehouse.rows(
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE schema_name IN $layers",
        layers,
    )
    assert {(schema, table, column): comment for schema, table, column, comment in rows} == columns
    assert "[kWh/m²]" in columns["curated", "curated_pv_yield", "ghi_kwh_per_m2"]
    assert "the dataset's basis" in columns["curated", "curated_pv_dataset_summary", "capacity_mw"]
    assert "[°]" in columns["curated", "curated_pv_dataset_summary", "west_lon"]
