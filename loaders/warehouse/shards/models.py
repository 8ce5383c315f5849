"""The dbt models that are run by place, compiled: the same SQL that `dbt build` runs on all records at once.

A model states in dbt where it belongs, in its configuration `meta: {shards: …}`: `inside` a shard, or `before`, of all
records; or that its rows are `divided` among the shards. What states nothing reads the tables of all shards.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from loaders.core.errors import BuildError
from loaders.core.files import write_json

FOLDERS = ("models", "macros", "tests", "dbt_project.yml", "profiles.yml")
SELECTED = ("+config.meta.shards:inside", "+config.meta.shards:before")
# with several threads, dbt cannot compile models in Python
OPTIONS = ("--threads", "1", "--quiet", "--no-populate-cache", "--log-level-file", "none", "--no-use-colors")
INSIDE, BEFORE, DIVIDED = "inside", "before", "divided"
PUBLISHED_SCHEMA = "curated"
# dbt's tests whose answer for a row depends on no other one
ROW_TESTS = frozenset({"accepted_values", "between", "holds", "never_null", "not_null", "valid_geometry"})


@dataclass(frozen=True, slots=True)
class Model:
    """A dbt model, compiled.

    Attributes:
        name: of the model.
        schema: of its table.
        sql: its query; null for a model in Python.
        script: the text of a model in Python, else null.
        is_view: whether it is a view.
        place: `inside` a shard, `before`, `divided` or empty, as what it states in dbt.
        reads: the models that it reads.
        columns: its columns in their order, each with its description.
    """

    name: str
    schema: str
    sql: str | None
    script: str | None
    is_view: bool
    place: str
    reads: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def table(self) -> str:
        """Its table, with its schema."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Check:
    """A dbt test, compiled.

    Attributes:
        name: of the test.
        sql: query of the rows that fail.
        model: whose rows they are.
        is_of_rows: whether its answer for a row depends on no other one, so that any part of the table can be tested.
    """

    name: str
    sql: str
    model: str
    is_of_rows: bool


@dataclass(frozen=True, slots=True)
class CompiledModels:
    """What is run by place.

    Attributes:
        models: in an order in which each comes after those that it reads.
        checks: the tests that are run by place: those of rows, and all of tables that never reach dbt's database.
        kept: the models inside a shard whose tables leave it.
        digest: of all files of dbt.
    """

    models: tuple[Model, ...]
    checks: tuple[Check, ...]
    kept: tuple[str, ...]
    digest: str = ""

    @property
    def published(self) -> tuple[Model, ...]:
        """The models inside a shard whose tables are published."""
        return tuple(each for each in self.models if each.place == INSIDE and each.schema == PUBLISHED_SCHEMA)

    @property
    def not_for_dbt(self) -> tuple[str, ...]:
        """The models and tests that dbt leaves out: what only shards read, and what has been checked there."""
        models = self.placed(INSIDE) - set(self.kept) | self.placed(BEFORE)
        in_dbt = self.placed(DIVIDED) | set(self.kept)
        return tuple(sorted(models | {check.name for check in self.checks if check.model in in_dbt}))

    def needed_for(self, names: frozenset[str], given: frozenset[str] = frozenset()) -> tuple[Model, ...]:
        """The models that these need, themselves included, without those that are given and what only they need."""
        by_name, needed, pending = {model.name: model for model in self.models}, set(), list(names - given)
        while pending:
            name = pending.pop()
            if name in by_name and name not in needed:
                needed.add(name)
                pending.extend(set(by_name[name].reads) - given)
        return tuple(model for model in self.models if model.name in needed)

    def placed(self, place: str) -> frozenset[str]:
        """The names of the models that state this place."""
        return frozenset(model.name for model in self.models if model.place == place)

    def checks_of(self, *places: str) -> tuple[Check, ...]:
        """The tests of the models that state one of these places."""
        names = frozenset[str]().union(*map(self.placed, places))
        return tuple(check for check in self.checks if check.model in names)


def compiled_models(root: Path, kept: Path, environment: Mapping[str, str]) -> CompiledModels:
    """Compile the models with dbt, unless that was done of the same files before.

    Args:
        root: of the project.
        kept: file that keeps what was compiled.
        environment: of dbt.

    Raises:
        BuildError: dbt could not compile them.
    """
    digest = _digest(root / "dbt")
    if (compiled := _read(kept)) and compiled.digest == digest:
        return compiled
    compiled = replace(_from_manifest(_manifest(root, environment)), digest=digest)
    write_json(asdict(compiled), kept)
    return compiled


def _read(kept: Path) -> CompiledModels | None:
    """What was compiled before; null if there is nothing, or nothing that can be read."""
    try:
        return _from_document(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _digest(project: Path) -> str:
    """Of everything that decides what dbt compiles."""
    hasher = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for path in sorted(file for name in FOLDERS for file in _files(project / name)):
        hasher.update(f"\0{path.relative_to(project)}\0".encode())
        hasher.update(path.read_bytes())
    return hasher.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in path.rglob("*") if file.suffix in {".sql", ".yml", ".py", ".md", ".csv"})


def _manifest(root: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    project = root / "dbt"
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "dbt.cli.main",
        "compile",
        *folders,
        *OPTIONS,
        "--select",
        *SELECTED,
    ]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise BuildError(f"dbt could not compile the models:\n{run.stdout.strip()}\n{run.stderr.strip()}".rstrip())
    manifest: dict[str, Any] = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _from_manifest(manifest: dict[str, Any]) -> CompiledModels:
    nodes = manifest["nodes"]
    models = {node_id: _model(node) for node_id, node in nodes.items() if _is_compiled(node, "model")}
    outside = [node for node in nodes.values() if node["resource_type"] == "model" and not _place(node)]
    readers = [*outside, *manifest["exposures"].values()]
    read = {name for reader in readers for name in _reads(reader)}
    inside = {model.name for model in models.values() if model.place == INSIDE}
    before = {model.name for model in models.values() if model.place == BEFORE}
    kept = {model.name for model in models.values() if model.schema == PUBLISHED_SCHEMA} | (inside & read)
    checks = [_check(node) for node in nodes.values() if _is_compiled(node, "test")]
    in_dbt = kept & inside | {model.name for model in models.values() if model.place == DIVIDED}
    by_place = [
        check
        for check in checks
        if check.model in inside - kept | before or (check.is_of_rows and check.model in in_dbt)
    ]
    return CompiledModels(
        tuple(_in_order(models)),
        tuple(sorted(by_place, key=lambda check: check.name)),
        tuple(sorted(kept & inside)),
    )


def _is_compiled(node: dict[str, Any], kind: str) -> bool:
    return node["resource_type"] == kind and bool(node.get("compiled_code"))


def _place(node: dict[str, Any]) -> str:
    return str(node["config"].get("meta", {}).get("shards", ""))


def _reads(node: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name.split(".")[-1] for name in node["depends_on"]["nodes"] if name.startswith("model.")))


def _model(node: dict[str, Any]) -> Model:
    return Model(
        name=node["name"],
        schema=node["schema"],
        sql=node["compiled_code"] if node["language"] == "sql" else None,
        script=node["raw_code"] if node["language"] == "python" else None,
        is_view=node["config"]["materialized"] == "view",
        place=_place(node),
        reads=_reads(node),
        columns=tuple((name, column["description"]) for name, column in node["columns"].items()),
    )


def _check(node: dict[str, Any]) -> Check:
    attached = (node.get("attached_node") or "").split(".")[-1]
    kind = (node.get("test_metadata") or {}).get("name")
    is_of_rows = kind in ROW_TESTS and node["config"]["severity"].lower() == "error"  # dbt counts rows of the others
    return Check(node["name"], node["compiled_code"], attached, is_of_rows)


def _in_order(models: Mapping[str, Model]) -> Iterator[Model]:
    """Each after those that it reads, always in the same order."""
    pending = sorted(models.values(), key=lambda model: model.name)
    done: set[str] = set()
    names = {model.name for model in pending}
    while pending:
        ready = [model for model in pending if done.issuperset(names.intersection(model.reads))]
        yield from ready
        done |= {model.name for model in ready}
        pending = [model for model in pending if model.name not in done]


def _from_document(document: dict[str, Any]) -> CompiledModels:
    models = (
        Model(**{**each, "reads": tuple(each["reads"]), "columns": tuple(map(tuple, each["columns"]))})
        for each in document["models"]
    )
    checks = (Check(**each) for each in document["checks"])
    return CompiledModels(tuple(models), tuple(checks), tuple(document["kept"]), document["digest"])
