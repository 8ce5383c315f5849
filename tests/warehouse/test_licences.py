"""What a licence does not allow is in no published table, and is counted and named."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from loaders.report.summary import read_figures, summarise
from loaders.report.summary_sentences import notes, warnings
from loaders.report.summary_table import as_document
from loaders.settings.params import read_settings
from tests.warehouse import mixed_world
from tests.warehouse.conftest import WORLDS, Warehouse, built
from tests.warehouse.elsewhere import LICENCES, A, B, C, D, elsewhere
from tests.warehouse.point_worlds import DATASETS, point_worlds, record_id

RESTRICTED = (C, D)


@pytest.fixture(scope="module")
def narrow(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same records, without those that are not for everybody."""
    root = tmp_path_factory.mktemp("narrow") / "project"
    shutil.copytree(warehouse.paths.root, root, ignore=shutil.ignore_patterns("target", "raw.duckdb"))
    return built(root, {"licences": {"allow": ["permissive", "share_alike"]}})


def records(*keys: str) -> set[str]:
    """The identifiers of all records of these datasets."""
    drawn = {
        f"{seen.dataset}:{world}/{name}"
        for world, (seen_records, _) in WORLDS.items()
        for name, seen in seen_records.items()
        if seen.dataset in keys
    }
    points = {record_id(n, row): row for n, rows in enumerate(point_worlds().values()) for row in rows}
    return (
        drawn
        | {f"{seen.dataset}:{name}" for name, seen in elsewhere().items() if seen.dataset in keys}
        | {name for name, row in points.items() if DATASETS[row["dataset"]] in keys}
        | {f"{mixed_world.KEY}:{row['id']}" for row in mixed_world.rows() if mixed_world.KEY in keys}
    )


def test_nothing_of_a_dataset_that_is_not_allowed_is_in_a_published_file(narrow: Warehouse) -> None:
    """Their identifiers are unique: none of them is anywhere but in the summary, which says that they are left out."""
    for path in narrow.paths.curated.iterdir():
        content = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text()
        if path.stem != "curated_pv_dataset_summary":
            assert not [key for key in RESTRICTED if key in content], path.name
        assert not [name for name in records(*RESTRICTED) if name in content], path.name


def test_no_outline_of_theirs_is_published_under_another_name(narrow: Warehouse) -> None:
    """The corners that only they have: c's `lump/w`, `vote/w`, `shifted/3` and `denied/3`."""
    theirs = narrow.rows(
        "select st_aswkb(geometry) from raw_data.doi_pv_features where list_contains($keys, dataset_key) except "
        "select st_aswkb(geometry) from raw_data.doi_pv_features where not list_contains($keys, dataset_key)",
        {"keys": list(RESTRICTED)},
    )
    published = narrow.rows("select st_aswkb(geometry) from curated.curated_pv_installations")
    assert len(theirs) > len(WORLDS) / 2
    assert not set(theirs) & set(published)


def test_no_row_of_a_mixed_dataset_is_published_under_a_licence_that_is_not_allowed(narrow: Warehouse) -> None:
    """Neither its texts nor its numbers nor its outline, in any curated table, exported file or figure."""
    rows = mixed_world.rows()
    left_out = [row for row in rows if row["Source"] in mixed_world.LEFT_OUT]
    files = [*narrow.paths.curated.iterdir(), narrow.paths.build_metrics]
    published = "".join(
        str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text() for path in files
    )
    texts = [(row, str(row[name])) for row in rows for name in ("id", "name", "operator", "code", "mw")]
    assert {text for _, text in texts if f"{text}'" in published or f"{text}.0" in published} == {
        text for row, text in texts if row not in left_out
    }
    expected = [n for n, row in enumerate(rows) if row not in left_out]
    for query in (
        "select st_xmin(geometry), st_ymax(geometry) from curated.curated_pv_records",
        "select st_xmin(geometry), st_ymax(geometry) from curated.curated_pv_installations",
    ):
        shown = {(round(west, 5), round(north, 5)) for west, north in narrow.rows(query)}
        corners = [(west, round(north, 5)) for west, _, _, north in map(mixed_world.outline, range(len(rows)))]
        assert [n for n, corner in enumerate(corners) if corner in shown] == expected


def test_an_installation_has_the_strictest_licence_of_its_rows_and_never_none(
    narrow: Warehouse, warehouse: Warehouse
) -> None:
    query = """
        select
            records.source_id, records.licence, installations.licence, installations.licences,
            list_sort(installations.dataset_keys)
        from curated.curated_pv_records as records
        join curated.curated_pv_installations as installations using (installation_id)
        where list_contains(installations.dataset_keys, 'm_mixed_2025') or records.source_id = 'origins/tzsam'
        order by all
    """
    free, held, unknown = "public-domain", ["CC-BY-NC-4.0", "CC0-1.0"], "not stated"
    key = [mixed_world.KEY]
    assert warehouse.rows(query)[:4] == [
        ("mixed-id-0", "ODbL-1.0", "ODbL-1.0", ["ODbL-1.0"], key),
        ("mixed-id-1", "ODbL-1.0", "ODbL-1.0", ["ODbL-1.0"], key),
        ("mixed-id-10", unknown, unknown, [unknown], key),
        ("mixed-id-2", "CC-BY-NC-4.0", "CC-BY-NC-4.0", held, [A, *key]),
    ]
    assert warehouse.rows(query)[-1] == ("origins/tzsam", "CC0-1.0", "CC-BY-NC-4.0", held, [A, *key])
    assert narrow.rows(query) == [
        ("mixed-id-0", "ODbL-1.0", "ODbL-1.0", ["ODbL-1.0"], key),
        ("mixed-id-1", "ODbL-1.0", "ODbL-1.0", ["ODbL-1.0"], key),
        ("mixed-id-6", free, free, [free], key),
        ("mixed-id-7", free, free, [free], key),
        ("origins/tzsam", "CC0-1.0", "CC0-1.0", ["CC0-1.0"], [A]),
    ]


def test_the_rows_of_a_mixed_dataset_are_counted_by_licence(narrow: Warehouse) -> None:
    query = """
        select records_kept, records_not_allowed, polygons, capacity_mw, records_by_licence
        from curated.curated_pv_dataset_summary where dataset_key = 'm_mixed_2025'
    """
    by_licence = {"CC-BY-NC-4.0": 4, "ODbL-1.0": 2, "not stated": 3, "public-domain": 2}
    assert narrow.rows(query) == [(11, 7, 4, 7001 + 7002 + 7007 + 7008, by_licence)]
    figures = read_figures(narrow.paths)
    assert figures["licences"][mixed_world.KEY] == {"ODbL-1.0": 2, "public-domain": 2}
    left = figures["left_out"][mixed_world.KEY]
    assert {licence: each["records"] for licence, each in left.items()} == {"CC-BY-NC-4.0": 4, "not stated": 3}
    rows = {row.name: row for row in summarise(read_settings(narrow.paths.root / "params.yaml"), narrow.paths)}
    row = rows[mixed_world.KEY]
    assert (row.read, row.kept, row.rejected, row.not_allowed, row.capacity_mw, row.licence) == (
        *(11, 11, 0, 7, 7001 + 7002 + 7007 + 7008),
        "ODbL-1.0 (2), public-domain (2) ?",
    )


def test_the_attribution_names_the_licences_of_published_rows_only(narrow: Warehouse) -> None:
    text = (narrow.paths.curated / "ATTRIBUTION.md").read_text()
    assert [line.split(" | ")[1:4:2] for line in text.splitlines() if line.startswith("| `m_mixed_2025`")] == [
        ["2", "ODbL-1.0"],
        ["2", "public-domain"],
    ]


def test_they_do_not_join_what_others_leave_apart(narrow: Warehouse, warehouse: Warehouse) -> None:
    """a and b of `shifted` still hang together; those that only c's outline or d's point belonged to are alone."""
    query = "select count(*) from curated.curated_pv_records where dataset_key = $key"
    for key in (A, B):
        assert narrow.value(query, {"key": key}) == warehouse.value(query, {"key": key}) == len(records(key))
    assert narrow.rows("select distinct unnest(dataset_keys) from curated.curated_pv_installations order by 1") == [
        *((A,), (B,), (mixed_world.KEY,)),
        *((key,) for key in DATASETS.values()),
    ]
    assert narrow.rows("select distinct licence_kind from curated.curated_pv_installations order by licence_kind") == [
        ("permissive",),
        ("share_alike",),
    ]


def test_they_are_counted_where_they_were_left_out(narrow: Warehouse) -> None:
    query = (
        "select dataset_key, count(*) from prepared.prep_pv_rejected where reason = 'licence_not_allowed' group by 1"
    )
    assert dict(narrow.rows(query)) == {
        mixed_world.KEY: 7,
        **{key: len(records(key)) for key in RESTRICTED},
    }
    query = """
        select dataset_key, is_allowed, records_kept, installations, area_km2, capacity_mw, licence_kind
        from curated.curated_pv_dataset_summary where not is_allowed order by dataset_key
    """
    assert narrow.rows(query) == [
        (C, False, len(records(C)), 0, None, None, "non_commercial"),
        (D, False, len(records(D)), 0, None, None, "unknown"),
    ]


def test_the_report_says_what_was_left_out_and_why(narrow: Warehouse) -> None:
    said = "\n".join(["", *notes([], read_figures(narrow.paths))])
    assert f"\n{C}: not allowed, {len(records(C))} records: their licence (CC-BY-NC-4.0) is non commercial" in said
    assert f"\n{D}: not allowed, {len(records(D))} records: their licence (not stated) is unknown" in said


def test_the_report_tells_no_figure_of_theirs(narrow: Warehouse) -> None:
    settings = read_settings(narrow.paths.root / "params.yaml")
    rows = {row.name: row for row in summarise(settings, narrow.paths)}
    for key in RESTRICTED:
        row, count = rows[key], len(records(key))
        assert (row.kept, row.rejected, row.not_allowed) == (count, 0, count)
        assert (row.area_km2, row.capacity_mw, row.flagged, row.installations) == (None, None, None, None)
    document = as_document(settings, list(rows.values()), read_figures(narrow.paths), {})
    told = {row["dataset"]: row for row in document["datasets"]}
    assert told[mixed_world.KEY]["not_allowed_by_licence"] == {"CC-BY-NC-4.0": 4, "not stated": 3}
    assert told[C]["records_by_licence"] == {}
    figures = narrow.paths.build_metrics.read_text()
    assert not [name for name in records(*RESTRICTED) if name in figures]
    assert json.loads(figures)["overrides"]["left_out_lines"] == [5, 6]


def test_their_makers_are_not_cited_for_what_they_did_not_give(narrow: Warehouse) -> None:
    attribution = (narrow.paths.curated / "ATTRIBUTION.md").read_text()
    assert [key for key in LICENCES if key in attribution] == [A, B]


def test_an_override_of_a_record_that_is_gone_is_reported_with_its_line(warehouse: Warehouse) -> None:
    figures = json.loads(warehouse.paths.build_metrics.read_text())
    assert figures["overrides"] == {"applied": 5, "left_out_lines": [], "stale": [{"gone": [f"{B}:gone/1"], "line": 7}]}
    assert warnings([], figures)[-1].startswith(f"overrides.csv, line 7: {B}:gone/1 is not among the records")


def test_the_figures_of_a_build_add_up(warehouse: Warehouse) -> None:
    figures = json.loads(warehouse.paths.build_metrics.read_text())
    settings = read_settings(warehouse.paths.root / "params.yaml")
    assert figures["records"] == len(records(*settings.datasets))
    assert figures["installations"] == warehouse.value("select count(*) from curated.curated_pv_installations")
    assert sum(each["only_here"] for each in figures["datasets"].values()) == warehouse.value(
        "select count(*) from curated.curated_pv_installations where dataset_count = 1"
    )
    assert set(figures["rules"]) == {
        *("override", "same_shape", "same_group", "shared_ground", "part_of_whole", "outlines_alike"),
        *("outlines_shifted", "point_inside", "sum_of_parts", "point_near", "same_name", "same_identifier"),
    }
