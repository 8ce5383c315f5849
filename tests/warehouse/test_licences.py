"""What a licence does not allow is in no published table, and is counted and named."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from loaders.report.summary import findings, read_figures, summarise
from loaders.settings.params import read_settings
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


def test_they_do_not_join_what_others_leave_apart(narrow: Warehouse, warehouse: Warehouse) -> None:
    """a and b of `shifted` still hang together; those that only c's outline or d's point belonged to are alone."""
    query = "select count(*) from curated.curated_pv_records where dataset_key = $key"
    for key in (A, B):
        assert narrow.value(query, {"key": key}) == warehouse.value(query, {"key": key}) == len(records(key))
    assert narrow.rows("select distinct unnest(dataset_keys) from curated.curated_pv_installations order by 1") == [
        *((A,), (B,)),
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
    assert dict(narrow.rows(query)) == {key: len(records(key)) for key in RESTRICTED}
    query = """
        select dataset_key, is_allowed, records_kept, installations, area_km2, capacity_mw, licence_kind
        from curated.curated_pv_dataset_summary where not is_allowed order by dataset_key
    """
    assert narrow.rows(query) == [
        (C, False, len(records(C)), 0, None, None, "non_commercial"),
        (D, False, len(records(D)), 0, None, None, "unknown"),
    ]


def test_the_report_says_what_was_left_out_and_why(narrow: Warehouse) -> None:
    said = "\n".join(findings(read_figures(narrow.paths)))
    assert f"\n{C}: left out, {len(records(C))} records: its licence (CC-BY-NC-4.0) is non commercial" in said
    assert f"\n{D}: left out, {len(records(D))} records: its licence (not stated) is unknown" in said


def test_the_report_tells_no_figure_of_theirs(narrow: Warehouse) -> None:
    settings = read_settings(narrow.paths.root / "params.yaml")
    rows = {row.name: row for row in summarise(settings, narrow.paths)}
    for key in RESTRICTED:
        assert (rows[key].kept, rows[key].area_km2, rows[key].capacity_mw, rows[key].flagged) == (0, None, None, 0)
    figures = narrow.paths.build_metrics.read_text()
    assert not [name for name in records(*RESTRICTED) if name in figures]
    assert json.loads(figures)["overrides"]["left_out_lines"] == [5, 6]


def test_their_makers_are_not_cited_for_what_they_did_not_give(narrow: Warehouse) -> None:
    attribution = (narrow.paths.curated / "ATTRIBUTION.md").read_text()
    assert [key for key in LICENCES if key in attribution] == [A, B]


def test_an_override_of_a_record_that_is_gone_is_reported_with_its_line(warehouse: Warehouse) -> None:
    figures = json.loads(warehouse.paths.build_metrics.read_text())
    assert figures["overrides"] == {"applied": 5, "left_out_lines": [], "stale": [{"gone": [f"{B}:gone/1"], "line": 7}]}
    assert findings(figures)[-1].startswith(f"overrides.csv, line 7: {B}:gone/1 is not among the records")


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
        *("outlines_shifted", "point_inside", "point_near", "same_name", "same_identifier"),
    }
