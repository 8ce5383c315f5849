"""A digest of all code that decides what the tables of a shard are."""

import hashlib
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from loaders.core.escape import json_text
from loaders.core.files import sha256
from loaders.warehouse.shards.models import CompiledModels

LIBRARIES = (
    "duckdb",
    "duckdb-extension-spatial",
    "shapely",
    "scipy",
    "numpy",
    "h3ronpy",
    "rapidfuzz",
    "pyarrow",
    "pyproj",
)
# Python that the models call; their SQL is compiled
CODE = ("warehouse/models", "warehouse/shards", "db", "geo", "core/plant_names.py", "core/arrays.py", "tables.py")

RAW_CODE = ("warehouse", "contract.py")  # what writes the raw tables


@cache
def code_digest(compiled: CompiledModels) -> str:
    """Of the models, of the Python that they call, and of the libraries that this calls."""
    models = [asdict(replace(model, columns=())) for model in compiled.models]  # descriptions change no row
    checks = [asdict(check) for check in compiled.checks]
    hasher = hashlib.sha256(json_text([models, checks, compiled.kept]).encode())
    hasher.update(platform.python_version().encode())
    for name in LIBRARIES:
        hasher.update(f"\0{name} {version(name)}".encode())
    for path in sorted(_code_files(CODE)):
        hasher.update(sha256(path).encode())
    return hasher.hexdigest()


def database_digest(compiled: CompiledModels) -> str:
    """Of all code that decides what the database of a build is."""
    files = sorted(_code_files(RAW_CODE))
    parts = [code_digest(compiled), compiled.digest, *map(sha256, files)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _code_files(names: Sequence[str]) -> Iterator[Path]:
    package = Path(__file__).parents[2]
    for name in names:
        yield from (package / name).rglob("*.py") if (package / name).is_dir() else (package / name,)
