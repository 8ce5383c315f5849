"""Which compiled dbt models run by place, in which order, and when they are compiled again."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from loaders.core.errors import BuildError
from loaders.warehouse.shards import models
from loaders.warehouse.shards.models import Check, CompiledModels, Model, compiled_models

BEFORE, INSIDE, OUTSIDE = "before", "inside", ""
Node = dict[str, Any]


def _model(name: str, place: str, reads: Iterable[str], **changed: Any) -> tuple[str, Node]:
    """A node of a manifest; its schema is the first word of its name."""
    return f"model.eo_pv.{name}", {
        "resource_type": "model",
        "name": name,
        "schema": name.split("_", maxsplit=1)[0],
        "language": "sql",
        "compiled_code": f"select 1 as {name}",
        "config": {"materialized": "table", "meta": {"shards": place} if place else {}},
        "columns": {"name": {"description": "Of the place."}},
        "depends_on": {"nodes": ["source.eo_pv.raw_data.features", *(f"model.eo_pv.{read}" for read in reads)]},
    } | changed


def _test(name: str, model: str | None, *reads: str, code: str | None = "select 1 where false") -> tuple[str, Node]:
    """A node of a manifest; without a model, that of a file below dbt/tests."""
    return f"test.eo_pv.{name}", {
        "resource_type": "test",
        "name": name,
        "attached_node": f"model.eo_pv.{model}" if model else None,
        "compiled_code": code,
        "config": {"materialized": "test", "severity": "ERROR"},
        "depends_on": {"nodes": [f"model.eo_pv.{read}" for read in (*reads, *([model] if model else []))]},
    }


def _manifest() -> dict[str, Any]:
    """Two staging models, one before the shards, five inside them of which two are published, and what reads them."""
    nodes = [
        _model("curated_records", INSIDE, ["prepared_clusters", "prepared_places"]),
        _model("curated_summary", OUTSIDE, ["prepared_pairs"], compiled_code=None),
        _model("curated_pairs", INSIDE, ["prepared_pairs"]),
        _model("prepared_pairs", INSIDE, ["prepared_places"]),
        _model(
            "prepared_clusters", INSIDE, ["prepared_pairs"], language="python", raw_code="def model(dbt, session): ..."
        ),
        _model("prepared_places", INSIDE, ["staging_features", "prepared_tiles"], config=_view(INSIDE)),
        _model("prepared_tiles", BEFORE, ["staging_boundaries"]),
        _model("staging_features", OUTSIDE, [], config=_view(OUTSIDE)),
        _model("staging_boundaries", OUTSIDE, []),
        _test("places_are_known", "prepared_places", "prepared_tiles"),
        _test("clusters_are_complete", "prepared_clusters"),
        _test("a_disabled_test", "prepared_clusters", code=None),
        _test("pairs_are_unique", "prepared_pairs"),
        _test("records_are_unique", "curated_records"),
        _test("tiles_are_valid", "prepared_tiles"),
        _test("of_no_model", None, "prepared_places"),
    ]
    return {"nodes": dict(nodes), "exposures": {}}


def _view(place: str) -> Node:
    return {"materialized": "view", "meta": {"shards": place}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two files that decide what dbt compiles."""
    (tmp_path / "dbt/models").mkdir(parents=True)
    (tmp_path / "dbt/models/prepared_places.sql").write_text("select 1")
    (tmp_path / "dbt/dbt_project.yml").write_text("name: eo_pv")
    return tmp_path


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The projects that dbt has compiled; a stand-in for it gives the manifest above."""
    projects: list[Path] = []

    def compile_project(root: Path, _: object) -> dict[str, Any]:
        projects.append(root)
        return _manifest()

    monkeypatch.setattr(models, "_manifest", compile_project)
    return projects


@pytest.fixture
def compiled(project: Path, compilations: list[Path]) -> CompiledModels:
    found = compiled_models(project, project / "models.json", {})
    assert compilations == [project]
    return found


def _names(found: Iterable[Model]) -> list[str]:
    return [model.name for model in found]


def test_each_model_comes_after_those_that_it_reads_and_else_by_name(compiled: CompiledModels) -> None:
    assert _names(compiled.models) == [
        "staging_boundaries",
        "staging_features",
        "prepared_tiles",
        "prepared_places",
        "prepared_pairs",
        "curated_pairs",
        "prepared_clusters",
        "curated_records",
    ]


def test_a_model_is_what_dbt_has_compiled(compiled: CompiledModels) -> None:
    by_name = {model.name: model for model in compiled.models}
    assert by_name["prepared_places"] == Model(
        name="prepared_places",
        schema="prepared",
        sql="select 1 as prepared_places",
        script=None,
        is_view=True,
        place="inside",
        reads=("prepared_tiles", "staging_features"),
        columns=(("name", "Of the place."),),
    )
    assert by_name["prepared_places"].table == "prepared.prepared_places"
    python = by_name["prepared_clusters"]
    assert (python.sql, python.script, python.is_view) == (None, "def model(dbt, session): ...", False)


def test_models_are_placed_by_what_they_state(compiled: CompiledModels) -> None:
    assert compiled.placed("before") == {"prepared_tiles"}
    assert compiled.placed("inside") == {
        "prepared_places",
        "prepared_pairs",
        "prepared_clusters",
        "curated_pairs",
        "curated_records",
    }


def test_what_is_published_or_read_outside_leaves_the_shards(compiled: CompiledModels) -> None:
    assert compiled.kept == ("curated_pairs", "curated_records", "prepared_pairs")


def test_what_an_exposure_reads_leaves_the_shards() -> None:
    manifest = _manifest()
    manifest["exposures"]["exposure.eo_pv.report"] = {"depends_on": {"nodes": ["model.eo_pv.prepared_clusters"]}}
    found = models._from_manifest(manifest)
    assert found.kept == ("curated_pairs", "curated_records", "prepared_clusters", "prepared_pairs")
    assert [check.name for check in found.checks] == ["places_are_known", "tiles_are_valid"]


def test_tests_of_tables_that_dbt_never_sees_are_run_where_they_are_made(compiled: CompiledModels) -> None:
    code = "select 1 where false"
    assert compiled.checks == (
        Check("clusters_are_complete", code, "prepared_clusters", is_of_rows=False),
        Check("places_are_known", code, "prepared_places", is_of_rows=False),
        Check("tiles_are_valid", code, "prepared_tiles", is_of_rows=False),
    )
    assert [check.name for check in compiled.checks_of("inside")] == ["clusters_are_complete", "places_are_known"]
    assert [check.name for check in compiled.checks_of("before")] == ["tiles_are_valid"]


def test_tests_of_rows_are_run_in_shards_and_not_by_dbt_again() -> None:
    manifest = _manifest()
    rows = [
        _test("pairs_have_a_distance", "prepared_pairs"),
        _test("records_have_an_id", "curated_records"),
        _test("features_are_valid", "staging_features"),
        _test("summaries_are_known", "curated_summary"),
        _test("few_records_are_old", "curated_records"),
    ]
    for _, node in rows:
        node["test_metadata"] = {"name": "holds"}
    rows[-1][1]["config"]["severity"] = "warn"  # dbt counts these rows
    manifest["nodes"] |= dict(rows)
    manifest["nodes"]["model.eo_pv.staging_features"]["config"] = _view("divided")
    found = models._from_manifest(manifest)
    moved = ["features_are_valid", "pairs_have_a_distance", "records_have_an_id"]
    assert [check.name for check in found.checks if check.is_of_rows] == moved
    assert [check.name for check in found.checks_of("inside", "divided") if check.is_of_rows] == moved
    assert found.not_for_dbt == tuple(sorted({*moved, "prepared_clusters", "prepared_places", "prepared_tiles"}))


def test_a_model_needs_what_it_reads_in_any_number_of_steps(compiled: CompiledModels) -> None:
    assert _names(compiled.needed_for(frozenset({"prepared_places"}))) == [
        "staging_boundaries",
        "staging_features",
        "prepared_tiles",
        "prepared_places",
    ]
    assert len(compiled.needed_for(frozenset({"curated_pairs", "curated_records"}))) == 8
    assert compiled.needed_for(frozenset({"no_such_model"})) == ()


def test_what_is_given_is_not_needed_nor_what_only_that_reads(compiled: CompiledModels) -> None:
    places, tiles = frozenset({"prepared_places"}), frozenset({"prepared_tiles"})
    assert _names(compiled.needed_for(places, given=tiles)) == ["staging_features", "prepared_places"]
    assert compiled.needed_for(places, given=places) == ()


def test_the_order_of_the_manifest_changes_nothing() -> None:
    manifest = _manifest()
    reverse = manifest | {"nodes": dict(reversed(manifest["nodes"].items()))}
    assert models._from_manifest(reverse) == models._from_manifest(manifest)


def test_what_was_compiled_is_read_back_equal(
    compiled: CompiledModels, project: Path, compilations: list[Path]
) -> None:
    assert compiled_models(project, project / "models.json", {}) == compiled
    assert len(compilations) == 1


@pytest.mark.parametrize("name", ["models/prepared_places.sql", "models/new.py", "macros/m.sql", "profiles.yml"])
@pytest.mark.usefixtures("compiled")
def test_a_changed_file_of_dbt_is_compiled_again(name: str, project: Path, compilations: list[Path]) -> None:
    (project / "dbt" / name).parent.mkdir(exist_ok=True)
    (project / "dbt" / name).write_text("select 2")
    for _ in range(2):
        compiled_models(project, project / "models.json", {})
    assert len(compilations) == 2


@pytest.mark.usefixtures("compiled")
def test_a_renamed_file_of_dbt_is_compiled_again(project: Path, compilations: list[Path]) -> None:
    path = project / "dbt/models/prepared_places.sql"
    path.rename(path.with_name("prepared_sites.sql"))
    compiled_models(project, project / "models.json", {})
    assert len(compilations) == 2


@pytest.mark.usefixtures("compiled")
def test_what_dbt_writes_is_not_compiled_again(project: Path, compilations: list[Path]) -> None:
    (project / "dbt/target").mkdir()
    (project / "dbt/target/run.sql").write_text("select 2")
    (project / "dbt/models/.prepared_places.sql.swp").write_text("of an editor")
    compiled_models(project, project / "models.json", {})
    assert len(compilations) == 1


def test_a_model_that_dbt_cannot_compile_is_an_error_with_the_words_of_dbt(tmp_path: Path) -> None:
    project = tmp_path / "dbt"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: eo_pv\nprofile: eo_pv\nflags: {send_anonymous_usage_stats: false}")
    (project / "profiles.yml").write_text("eo_pv: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}")
    (project / "models/broken.sql").write_text(
        "{{ config(meta={'shards': 'inside'}) }} select {{ no_such_macro() }} as lon"
    )
    with pytest.raises(BuildError) as raised:
        compiled_models(tmp_path, tmp_path / "models.json", os.environ)
    message = str(raised.value)
    assert message.startswith("dbt could not compile the models:\n")
    assert "'no_such_macro' is undefined" in message
    assert "models/broken.sql" in message
    assert not (tmp_path / "models.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"digest": "a"}'])
def test_what_was_compiled_and_cannot_be_read_is_compiled_again(
    project: Path, compilations: list[Path], text: str
) -> None:
    (project / "models.json").write_text(text)
    assert len(compiled_models(project, project / "models.json", {}).models) == 8
    assert compilations == [project]
    compiled_models(project, project / "models.json", {})
    assert compilations == [project]
