import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import yaml
from hamilton import driver
from hamilton.execution.executors import MultiThreadingExecutor, SynchronousLocalTaskExecutor
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

from loaders import raw_pv_doi_ingest
from loaders.acquire.downloader import Downloader
from loaders.acquire.lock import Lock, LockedFile, Record, write_lock
from loaders.boundaries import admin_boundaries
from loaders.core.errors import BuildError, EoPvError, PipelineError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.db.database import Database
from loaders.execution.failed_branch import FailuresAsValues
from loaders.lineage.emit import emit_dbt_events, hamilton_adapters, pipeline_events
from loaders.lineage.steps import (
    LineageDataset,
    Step,
    boundary_steps,
    doi_steps,
    load_steps,
    source_dataset,
    warehouse_steps,
)
from loaders.settings.params import Dataset
from loaders.settings.project import read_project

Event = dict[str, Any]
NORTH, SOUTH = "a_north_2020", "b_south_2021"
REPOSITORY = Path(__file__).parents[3]
WAREHOUSE = "duckdb://data/sample/eo_pv_data.duckdb"
SECRET = "correct-horse-battery"  # noqa: S105
STEP = Step(
    NORTH, (LineageDataset("file", "north.geojson"),), (LineageDataset(WAREHOUSE, f"eo_pv_data.raw_data.{NORTH}"),)
)
WRITER = """
import sys
from pathlib import Path
from loaders.lineage.run import Parent
from loaders.lineage.events import RunEvents
from loaders.lineage.steps import LineageDataset, Step
for number in range(20):
    RunEvents(sys.argv[1], "x" * 100_000, Path(sys.argv[2]), Path(sys.argv[2]).parent).start([])
"""


@pytest.fixture(autouse=True)
def _nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EO_PV_LINEAGE", "HAMILTON_UI_PROJECT", "HAMILTON_UI_USER", "OPENLINEAGE_DISABLED"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def read_events(paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Event]]:
    """Asks for events; reads them."""
    monkeypatch.setenv("EO_PV_LINEAGE", "out/lineage.jsonl")
    return lambda: [json.loads(line) for line in _file(paths).read_text().splitlines()]


def _file(paths: ProjectPaths) -> Path:
    return paths.root / "out" / "lineage.jsonl"


def _run(project: Path, remote: Any, h3_resolution: Any = 8) -> None:
    """As `run_doi_pipeline` does."""
    settings, paths = read_project(project / "params.yaml")
    database, chosen = Database(settings, paths), list(settings.datasets.values())
    inputs = {
        "settings": settings,
        "dataset_names": [dataset.key for dataset in chosen],
        "paths": paths,
        "h3_resolution": h3_resolution,
        "database": database,
        "export_geoparquet": True,
        "downloads": Downloader(settings),
    }
    with pipeline_events("doi", paths, lambda: doi_steps(settings, chosen, paths, database.file)) as run:
        graph = driver.Builder().with_modules(raw_pv_doi_ingest).enable_dynamic_execution(allow_experimental_mode=True)
        graph = graph.with_local_executor(SynchronousLocalTaskExecutor()).with_remote_executor(remote)
        graph = graph.with_adapters(FailuresAsValues(), *hamilton_adapters("doi", paths, run))
        graph.build().execute(["store_individual_datasets"], inputs=inputs)


def _states(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [(event["job"]["name"], event["eventType"]) for event in events]


def _names(data: Sequence[Any]) -> set[tuple[str, str]]:
    return {(each["namespace"], each["name"]) for each in data}


def _ended(events: Sequence[Event], job: str) -> Event:
    (event,) = [each for each in events if each["job"]["name"] == job and each["eventType"] != "START"]
    return event


def _require_valid(event: Event) -> None:
    """Refused by OpenLineage's own classes if an identifier, a time or an address is none."""
    assert event["schemaURL"].startswith("https://openlineage.io/spec/")
    run, job = Run(event["run"]["runId"]), Job(event["job"]["namespace"], event["job"]["name"])
    state = RunState(event["eventType"])
    RunEvent(eventTime=event["eventTime"], eventType=state, producer=event["producer"], run=run, job=job)
    holders = [event["run"], event["job"], *event["inputs"], *event["outputs"]]
    facets = [facet for holder in holders for facet in holder.get("facets", {}).values()]
    assert [facet for facet in facets if not {"_producer", "_schemaURL"} <= facet.keys()] == []


def test_without_the_variables_nothing_is_emitted_and_nothing_is_imported(paths: ProjectPaths) -> None:
    with pipeline_events("load", paths, lambda: pytest.fail("asked what is read")) as run:
        assert run is None
        assert hamilton_adapters("load", paths, run) == []
    assert emit_dbt_events(REPOSITORY / "dbt", paths) == 0
    assert list(paths.root.iterdir()) == []
    program = "import sys, loaders.lineage.emit; print([name for name in sys.modules if 'openlineage' in name])"
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert process.stdout == "[]\n"


@pytest.mark.parametrize("remote", [SynchronousLocalTaskExecutor(), MultiThreadingExecutor(4)])
def test_each_file_leads_to_its_own_table(project: Path, read_events: Callable[[], list[Event]], remote: Any) -> None:
    _run(project, remote)
    events = read_events()
    for event in events:
        _require_valid(event)
    jobs = ["doi", f"doi.{NORTH}", f"doi.{SOUTH}", "doi.doi_pv_features", "doi.settings", "doi.hamilton"]
    assert sorted(_states(events)) == sorted((job, state) for job in jobs for state in ("START", "COMPLETE"))
    north = _ended(events, f"doi.{NORTH}")
    assert _names(north["inputs"]) == {("file", "north.geojson")}
    assert _names(north["outputs"]) == {
        ("file", f"data/sample/loaded/{NORTH}.parquet"),
        ("file", f"data/sample/loaded/{NORTH}.rejected.parquet"),
        (WAREHOUSE, f"eo_pv_data.raw_data.{NORTH}"),
        (WAREHOUSE, "eo_pv_data.raw_meta.dataset_accounting"),
        (WAREHOUSE, "eo_pv_data.raw_meta.rejected_records"),
    }


def test_the_schema_of_a_table_is_the_one_it_has(project: Path, read_events: Callable[[], list[Event]]) -> None:
    _run(project, SynchronousLocalTaskExecutor())
    (output,) = [
        dataset for dataset in _ended(read_events(), f"doi.{NORTH}")["outputs"] if dataset["name"].endswith(f".{NORTH}")
    ]
    types = {field["name"]: field["type"] for field in output["facets"]["schema"]["fields"]}
    with connect(project / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        columns = connection.execute(f"DESCRIBE raw_data.{NORTH}").fetchall()
    assert {name: kind.lower().replace("epsg", "EPSG") for name, kind, *_ in columns} == types


def test_all_that_a_run_consists_of_has_it_as_parent(project: Path, read_events: Callable[[], list[Event]]) -> None:
    _run(project, SynchronousLocalTaskExecutor())
    (pipeline,) = {event["run"]["runId"] for event in read_events() if event["job"]["name"] == "doi"}
    parents = {
        event["run"]["facets"]["parent"]["run"]["runId"] for event in read_events() if event["job"]["name"] != "doi"
    }
    assert parents == {pipeline}
    assert str(UUID(pipeline)) == pipeline


def test_hamiltons_events_hold_the_graph_of_the_boundaries(
    paths: ProjectPaths, read_events: Callable[[], list[Event]]
) -> None:
    source = REPOSITORY / "data/samples/admin_boundaries/division_area.parquet"
    graph = driver.Builder().with_modules(admin_boundaries)
    graph = graph.with_adapters(*hamilton_adapters("boundaries", paths)).build()
    graph.execute(["division_areas"], inputs={"boundary_source": source})
    assert _states(read_events()) == [("boundaries.hamilton", "START"), ("boundaries.hamilton", "COMPLETE")]
    nodes = json.loads(read_events()[0]["job"]["facets"]["sourceCode"]["sourceCode"])
    assert {"division_areas", "published_areas", "boundary_source"} <= {node["name"] for node in nodes}


def test_adapters_go_to_other_processes_and_still_know_their_file(
    paths: ProjectPaths, read_events: Callable[[], list[Event]]
) -> None:
    with pipeline_events("doi", paths, list) as run:
        (adapter,) = pickle.loads(pickle.dumps(hamilton_adapters("doi", paths, run)))  # noqa: S301 (our own)
        adapter.post_graph_execute(str(UUID(int=1)), None, True, None, None)
    assert _states(read_events()) == [("doi", "START"), ("doi.hamilton", "COMPLETE"), ("doi", "COMPLETE")]


def test_several_processes_append_whole_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER]
    jobs = ["one", "two"]
    writers = [subprocess.Popen([*command, job, str(tmp_path / "all.jsonl")], cwd=REPOSITORY) for job in jobs]
    assert [writer.wait() for writer in writers] == [0, 0]
    names = [json.loads(line)["job"]["name"] for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert {name: names.count(name) for name in jobs} == dict.fromkeys(jobs, 20)


def test_one_dataset_that_fails_is_emitted_as_failed_and_the_others_as_complete(
    paths: ProjectPaths, read_events: Callable[[], list[Event]]
) -> None:
    error = PipelineError({NORTH: SourceError(f"{NORTH}: the host does not answer.")}, {SOUTH: f"raw_data.{SOUTH}"})
    with pytest.raises(PipelineError), pipeline_events("doi", paths, lambda: [STEP, Step(SOUTH, (), ())]):
        raise error
    assert _states(read_events())[3:] == [(f"doi.{NORTH}", "FAIL"), (f"doi.{SOUTH}", "COMPLETE"), ("doi", "FAIL")]
    failed = _ended(read_events(), f"doi.{NORTH}")
    assert failed["outputs"] == []
    assert failed["run"]["facets"]["errorMessage"]["message"] == f"{NORTH}: the host does not answer."
    assert "stackTrace" not in failed["run"]["facets"]["errorMessage"]


def test_a_bug_is_emitted_with_its_traceback_by_hamilton_too(
    project: Path, read_events: Callable[[], list[Event]]
) -> None:
    with pytest.raises(Exception, match="resolution"):
        _run(project, SynchronousLocalTaskExecutor(), h3_resolution="none")
    for event in read_events():
        _require_valid(event)
    assert {state for _, state in _states(read_events())} == {"START", "FAIL"}
    assert _ended(read_events(), "doi")["run"]["facets"]["errorMessage"]["stackTrace"].startswith("Traceback")
    assert _ended(read_events(), "doi.hamilton")["run"]["facets"]["errorMessage"]["message"]


def test_an_interrupted_run_is_aborted(paths: ProjectPaths, read_events: Callable[[], list[Event]]) -> None:
    with pytest.raises(KeyboardInterrupt), pipeline_events("doi", paths, lambda: [STEP]):
        raise KeyboardInterrupt
    assert _states(read_events())[2:] == [(f"doi.{NORTH}", "ABORT"), ("doi", "ABORT")]


@pytest.mark.parametrize(
    "message_text",
    [
        f"the password is {SECRET}",
        f"https://me:{SECRET}@example.org/x.zip",
        f"https://example.org/x.zip?token={SECRET}&a=1",
        f"ATTACH 'ducklake:postgres:host=db password={SECRET}'",
    ],
)
@pytest.mark.parametrize("secret", [SECRET, ""])
def test_no_event_holds_a_secret_or_a_folder_of_this_machine(
    paths: ProjectPaths,
    read_events: Callable[[], list[Event]],
    monkeypatch: pytest.MonkeyPatch,
    message_text: str,
    secret: str,
) -> None:
    if secret or message_text.startswith("the"):
        monkeypatch.setenv("PGPASSWORD", SECRET)
    with pytest.raises(ValueError, match=SECRET), pipeline_events("doi", paths, lambda: [STEP]):
        raise ValueError(f"{message_text} in {paths.database}")
    text = _file(paths).read_text()
    assert [part for part in (SECRET, str(paths.root), str(REPOSITORY), sys.prefix) if part in text] == []
    message = _ended(read_events(), "doi")["run"]["facets"]["errorMessage"]["message"]
    assert message.endswith(" in ./data/sample/eo_pv_data.duckdb")
    assert "***" in message


def test_a_file_that_cannot_be_written_stops_the_run_before_it_begins(
    paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EO_PV_LINEAGE", ".")
    with pytest.raises(BuildError, match=r"cannot be written .* in EO_PV_LINEAGE"):
        pipeline_events("doi", paths, list).__enter__()


def test_a_published_dataset_is_its_doi_with_what_its_publisher_says(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    farms = dataset(source={"doi": "10.5281/zenodo.1"}, licence="CC-BY-4.0", licence_verified=True)
    record = Record(
        "zenodo", "2", "10.5281/zenodo.2", "Farms", ("A. Author",), 2020, "v2", "cc-by-4.0", "https://z.org/2"
    )
    file = LockedFile("farms.zip", checksum=f"md5:{'0' * 32}")
    assert source_dataset(farms, paths).address == "https://doi.org/10.5281/zenodo.1"
    write_lock(Lock("farms", "doi", farms.source.as_stated, (file,), record), paths.lock("farms"))
    assert source_dataset(farms, paths) == LineageDataset(
        "https://doi.org",
        "10.5281/zenodo.1",
        description="Farms",
        version="v2",
        address="https://z.org/2",
        creators=("A. Author",),
        tags={
            "licence": "CC-BY-4.0",
            "licence_verified": "true",
            "licence_stated_by_the_publisher": "cc-by-4.0",
            "is_synthetic": "false",
        },
    )


def test_what_is_known_of_a_doi_becomes_facets(
    dataset: Callable[..., Dataset], tmp_path: Path, read_events: Callable[[], list[Event]]
) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    farms = dataset(source={"doi": "10.5281/zenodo.1"})
    record = Record("zenodo", "2", title="Farms", creators=("A. Author",), version="v2", url="https://z.org/2")
    file = LockedFile("farms.zip", checksum=f"md5:{'0' * 32}")
    with pipeline_events("load", paths, lambda: load_steps(farms, paths)):  # the lock comes with the run
        write_lock(Lock("farms", "doi", farms.source.as_stated, (file,), record), paths.lock("farms"))
    (data,) = _ended(read_events(), "load.farms")["inputs"]
    facets = data["facets"]
    assert (facets["documentation"]["description"], facets["version"]["datasetVersion"]) == ("Farms", "v2")
    assert (facets["dataSource"]["name"], facets["dataSource"]["uri"]) == ("https://doi.org", "https://z.org/2")
    assert facets["ownership"]["owners"] == [{"name": "A. Author", "type": "CREATOR"}]
    assert {"key": "licence", "value": "not stated", "source": "EO_PV"} in facets["tags"]["tags"]


@pytest.mark.parametrize(
    ("source", "namespace", "name"),
    [
        ({"url": "https://example.org/a/b.zip?download=1"}, "https://example.org", "a/b.zip"),
        ({"github": "owner/repo@abc:data/x.geojson"}, "https://github.com", "owner/repo/data/x.geojson"),
        ({"github": "owner/repo@v1:release:x.zip"}, "https://github.com", "owner/repo/x.zip"),
        ({"path": "mine/x.geojson"}, "file", "mine/x.geojson"),
    ],
)
def test_what_has_no_doi_has_the_name_that_its_host_gives_it(
    dataset: Callable[..., Dataset], tmp_path: Path, source: dict[str, str], namespace: str, name: str
) -> None:
    publication = source_dataset(dataset(source=source), ProjectPaths(tmp_path, "doi"))
    assert (publication.namespace, publication.name) == (namespace, name)


def test_a_bundled_sample_is_never_emitted_as_its_doi(dataset: Callable[..., Dataset], paths: ProjectPaths) -> None:
    twin = source_dataset(dataset(source={"doi": "10.5281/zenodo.1"}), paths)
    assert (twin.namespace, twin.name, twin.tags["is_synthetic"]) == ("file", "data/samples/farms", "true")
    assert twin.description == "Bundled twin of 10.5281/zenodo.1: synthetic."


def _dbt(folder: Path, model_is: str = "success", test_is: str = "pass") -> Path:
    """A dbt project that has run one model and its test, as dbt 1.11 writes it down."""
    project = folder / "dbt"
    (project / "target").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        (project / name).write_text((REPOSITORY / "dbt" / name).read_text())
    source, model = "source.eo_pv.raw_data.doi_pv_features", "model.eo_pv.stg_pv_features"
    test = "test.eo_pv.not_null_stg_pv_features_doi"
    sql = 'with features as (select * from "eo_pv_data"."raw_data"."doi_pv_features") select doi from features'
    node = {"database": "eo_pv_data", "columns": {}, "original_file_path": "models/x"}
    manifest = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "nodes": {
            model: {**node, "unique_id": model, "schema": "staging", "alias": "stg_pv_features", "compiled_code": sql},
            test: {"unique_id": test, "name": "not_null", "test_metadata": {"name": "not_null", "kwargs": {}}},
        },
        "sources": {source: {**node, "schema": "raw_data", "name": "doi_pv_features"}},
        "parent_map": {model: [source], test: [model]},
    }
    times = {"name": "execute", "started_at": "2026-01-01T00:00:00Z", "completed_at": "2026-01-01T00:00:01Z"}
    results = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.11"},
        "args": {"which": "build", "profiles_dir": str(project)},
        "results": [
            {"unique_id": model, "status": model_is, "timing": [times], "adapter_response": {}},
            {"unique_id": test, "status": test_is, "timing": [], "adapter_response": {}},
        ],
    }
    (project / "target" / "manifest.json").write_text(json.dumps(manifest))
    (project / "target" / "run_results.json").write_text(json.dumps(results))
    return project


def test_a_doi_leads_over_its_table_to_what_dbt_makes_of_it(
    tmp_path: Path, read_events: Callable[[], list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EO_PV_DATABASE", "data/doi/.work/build/eo_pv_data.duckdb")
    datasets = {NORTH: {"source": {"doi": "10.5281/zenodo.1"}}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"origin": "doi", "datasets": datasets}))
    settings, paths = read_project(tmp_path / "params.yaml")
    north = settings.dataset(NORTH)
    with pipeline_events("load", paths, lambda: load_steps(north, paths)):
        pass
    paths.curated.mkdir(parents=True)
    with pipeline_events("warehouse", paths, lambda: warehouse_steps(settings, paths)) as run:
        assert emit_dbt_events(_dbt(tmp_path), paths, run) == 4
        (paths.curated / "curated_pv.parquet").touch()
    above: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for event in read_events():
        _require_valid(event)
        for name in _names(event["outputs"]):
            above.setdefault(name, set()).update(_names(event["inputs"]))
    path = [("duckdb://data/doi/eo_pv_data.duckdb", "eo_pv_data.staging.stg_pv_features")]
    while path[-1] in above:
        path += above[path[-1]] - {("file", f"data/doi/loaded/{NORTH}.rejected.parquet")}
    assert path[1:] == [
        ("duckdb://data/doi/eo_pv_data.duckdb", "eo_pv_data.raw_data.doi_pv_features"),
        ("duckdb://data/doi/eo_pv_data.duckdb", f"eo_pv_data.raw_data.{NORTH}"),
        ("file", f"data/doi/loaded/{NORTH}.parquet"),
        ("https://doi.org", "10.5281/zenodo.1"),
    ]
    assert _names(_ended(read_events(), "warehouse.curated_pv")["inputs"]) == {
        ("duckdb://data/doi/eo_pv_data.duckdb", "eo_pv_data.curated.curated_pv")
    }


def test_boundaries_lead_from_their_file_to_their_table(paths: ProjectPaths) -> None:
    source = paths.bundled_boundaries
    (step,) = boundary_steps(source, paths, paths.database)
    assert [each.name for each in step.reads] == ["data/samples/admin_boundaries/division_area.parquet"]
    names = ["data/sample/boundaries/admin_boundaries.parquet", "eo_pv_data.raw_data.admin_boundaries"]
    assert [each.name for each in step.writes] == names


def test_a_name_within_a_query_is_not_emitted_as_a_table(
    paths: ProjectPaths, read_events: Callable[[], list[Event]]
) -> None:
    emit_dbt_events(_dbt(paths.root), paths)
    (output,) = _ended(read_events(), "eo_pv_data.staging.eo_pv.stg_pv_features.build.run")["outputs"]
    assert "columnLineage" not in output["facets"]


@pytest.mark.parametrize(
    ("model_is", "test_is", "ends"),
    [
        ("success", "pass", {"run": "COMPLETE", "test": "COMPLETE"}),
        ("success", "fail", {"run": "COMPLETE", "test": "FAIL"}),
        ("error", "skipped", {"run": "FAIL"}),
        ("skipped", "skipped", {}),
    ],
)
def test_failed_dbt_nodes_are_emitted_as_failed_and_skipped_ones_are_not_emitted(
    paths: ProjectPaths, read_events: Callable[[], list[Event]], model_is: str, test_is: str, ends: dict[str, str]
) -> None:
    assert emit_dbt_events(_dbt(paths.root, model_is, test_is), paths) == 2 * len(ends)
    events = read_events() if ends else []
    assert {name.rpartition(".")[2]: state for name, state in _states(events) if state != "START"} == ends


def test_a_dbt_run_without_nodes_emits_nothing(paths: ProjectPaths, read_events: Callable[[], list[Event]]) -> None:
    project = _dbt(paths.root)
    (project / "target" / "run_results.json").unlink()
    assert emit_dbt_events(project, paths) == 0
    assert not _file(paths).exists()


@pytest.mark.parametrize(
    ("project", "user", "message"),
    [
        ("1", "me@example.org", r"uv pip install --python \.venv --editable.*hamilton ui"),
        ("one", "me@example.org", "HAMILTON_UI_PROJECT is 'one'"),
        ("1", "", "HAMILTON_UI_USER is ''"),
    ],
)
def test_a_ui_that_cannot_be_asked_says_how_to_get_it(
    paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch, project: str, user: str, message: str
) -> None:
    monkeypatch.setitem(sys.modules, "hamilton_sdk", None)
    monkeypatch.setenv("HAMILTON_UI_PROJECT", project)
    monkeypatch.setenv("HAMILTON_UI_USER", user)
    with pytest.raises(EoPvError, match=message):
        hamilton_adapters("doi", paths)


@pytest.fixture
def ui(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An SDK that records its arguments; users without a project are refused."""

    class MissingError(Exception):
        pass

    def tracker(*arguments: Any, **named: Any) -> tuple[Any, ...]:
        if arguments[0] != 1:
            raise MissingError
        return (*arguments, named)

    clients = SimpleNamespace(ResourceDoesNotExistException=MissingError, UnauthorizedException=MissingError)
    sdk = {"": SimpleNamespace(), ".adapters": SimpleNamespace(HamiltonTracker=tracker), ".api": SimpleNamespace()}
    for name, module in {**sdk, ".api.clients": clients}.items():
        monkeypatch.setitem(sys.modules, f"hamilton_sdk{name}", module)
    monkeypatch.setenv("HAMILTON_UI_USER", "me@example.org")
    return clients


def test_runs_go_to_the_project_of_the_ui_that_is_named(
    paths: ProjectPaths, ui: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAMILTON_UI_PROJECT", "1")
    tags = {"tags": {"origin": "sample"}}
    assert hamilton_adapters("doi", paths) == [(1, "me@example.org", "doi", tags)]
    assert list(paths.root.iterdir()) == []


def test_a_project_that_the_ui_does_not_have_is_an_error_with_a_remedy(
    paths: ProjectPaths, ui: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAMILTON_UI_PROJECT", "2")
    with pytest.raises(BuildError, match=r"no project 2 for me@example.org.*make a project at http://localhost:8241"):
        hamilton_adapters("doi", paths)


def test_in_a_lake_the_raw_tables_are_named_as_dbt_reads_them(project: Path) -> None:
    settings, paths = read_project(project / "params.yaml")
    in_lake = settings.model_copy(update={"warehouse": "ducklake"})
    steps = {step.name: step for step in warehouse_steps(in_lake, paths)}
    (table, *_) = steps["a_north_2020"].writes
    assert (table.namespace, table.name) == ("duckdb://data/sample/eo_pv_data.duckdb", "lake.raw_data.a_north_2020")
    assert steps["admin_boundaries"].writes[0].name == "lake.raw_data.admin_boundaries"
    assert Database(in_lake, paths).lineage_name == Path("lake")
    assert Database(in_lake, paths, project / "own.duckdb").lineage_name == project / "own.duckdb"
