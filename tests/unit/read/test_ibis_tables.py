import duckdb
import ibis
import pytest
import shapely

from loaders import open_tables, read_records
from loaders.core.errors import BuildError, SelectionError
from loaders.core.paths import ProjectPaths

BY_COUNTRY = [("DE", 14.5), ("FR", 6.0), (None, 0.5)]


def capacity_by_country(installations: ibis.Table) -> ibis.Table:
    totals = installations.group_by("country").agg(mw=ibis._.capacity_mw.sum())
    return totals.order_by(ibis._.country.asc(nulls_first=False))


def rows(expression: ibis.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in expression.to_pyarrow().to_pylist()]


def test_tables_have_names_comments_and_shapes(published_paths: ProjectPaths) -> None:
    with open_tables(project=published_paths.root) as tables:
        assert list(tables) == ["curated_pv_by_country", "curated_pv_installations", "curated_pv_records"]
        assert "records" in tables
        assert rows(capacity_by_country(tables["installations"])) == BY_COUNTRY
        assert tables.comments("installations")["capacity_mw"] == "Nameplate capacity [MW] in capacity_basis."
        table = tables["curated_pv_installations"]
        near = table.filter(table.geometry.intersects(ibis.literal(shapely.box(8.05, 50, 8.2, 50.2))))
        frame = near.select("installation_id", "geometry").execute()
        assert list(frame.installation_id) == ["pv_1"]
        assert frame.geometry.iloc[0].geom_type == "Polygon"
        with pytest.raises(
            SelectionError, match=r"no published table 'plants'\. The tables are: by_country, installations"
        ):
            tables["plants"]


def test_the_same_expression_runs_on_a_lake_and_is_sql_for_a_server(
    published_paths: ProjectPaths, lake_paths: ProjectPaths
) -> None:
    with open_tables(project=published_paths.root) as tables, open_tables(project=lake_paths.root) as lake:
        expression = capacity_by_country(tables["installations"]).unbind()
        assert [tuple(row.values()) for row in lake.backend.to_pyarrow(expression).to_pylist()] == BY_COUNTRY
        assert lake.comments("installations") == tables.comments("installations")
        with pytest.raises(duckdb.Error, match="read-only"):
            lake.backend.raw_sql("DELETE FROM lake.curated.curated_pv_records")
    assert '"curated"."curated_pv_installations"' in ibis.to_sql(expression, dialect="postgres")


def test_writes_are_refused(published_paths: ProjectPaths) -> None:
    with open_tables(project=published_paths.root) as tables, pytest.raises(duckdb.Error, match="read-only"):
        tables.backend.raw_sql("DELETE FROM warehouse.curated.curated_pv_records")


def test_a_warehouse_that_is_not_built_is_named(published_paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match=r"data/doi/eo_pv_data\.duckdb is missing"):
        open_tables(project=published_paths.root, origin="doi")


def test_a_lake_that_is_not_built_is_named(lake_paths: ProjectPaths) -> None:
    for read in (open_tables, read_records):
        with pytest.raises(BuildError, match=r"data/doi/lake\.sqlite is missing: .* Run `make all` there\."):
            read(project=lake_paths.root, origin="doi")


def test_a_warehouse_that_is_open_for_writing_elsewhere_is_named(published_paths: ProjectPaths) -> None:
    with duckdb.connect(published_paths.database), pytest.raises(BuildError, match="cannot be opened"):
        open_tables(project=published_paths.root)
