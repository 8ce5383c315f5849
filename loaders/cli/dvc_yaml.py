"""Spares DVC most of its YAML: parser and emitter are pure Python, and take longer than the short steps of a run.

`dvc repro` parses params.yaml again for each step, and after each it parses and writes all of `dvc.lock`.
"""

import json
import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from loaders.cli.dvc_yaml_parser import RareYaml, parse_common_yaml

LOCK_NAME = "dvc.lock"
LOCK_HEADER = "schema: '2.0'\nstages:\n"
START_OF_ENTRY = re.compile(r"^(?=  [^ ])", re.MULTILINE)
Modify = Callable[..., AbstractContextManager[Any]]


@contextmanager
def yaml_kept_in_memory() -> Iterator[None]:
    """Parse no text twice, and format only the entry of the step in `dvc.lock`, which is written after each step."""
    from dvc import dvcfile
    from dvc.utils import strictyaml
    from dvc.utils.serialize import _yaml

    parse, parse_strictly, modify = _yaml.parse_yaml, strictyaml.parse_yaml, dvcfile.modify_yaml
    _yaml.parse_yaml = strictyaml.parse_yaml = _parsed_once(parse)
    dvcfile.modify_yaml = _lock_modifier(modify)
    try:
        yield
    finally:
        _yaml.parse_yaml, strictyaml.parse_yaml = parse, parse_strictly
        dvcfile.modify_yaml = modify


def _parsed_once(parse: Callable[..., Any]) -> Callable[..., Any]:
    """DVC's function for parsing; each caller gets a copy of its own."""
    kept: dict[str, bytes] = {}

    def parse_once(text: str, path: str, typ: str = "safe") -> Any:
        if typ != "safe":
            return parse(text, path, typ)
        if text not in kept:
            kept[text] = pickle.dumps(_parsed(text, path, parse))
        return pickle.loads(kept[text])  # noqa: S301 (pickled in the line above)

    return parse_once


def _parsed(text: str, path: str, parse: Callable[..., Any]) -> Any:
    try:
        return parse_common_yaml(text) or {}
    except RareYaml:
        return parse(text, path)


def _lock_modifier(modify: Modify) -> Modify:
    """DVC's function for changing a file; other files than `dvc.lock`, and one in another form, are left to DVC."""
    locks: dict[str, _LockFile] = {}

    def modify_lock(path: str, fs: Any = None) -> AbstractContextManager[Any]:
        lock = locks.setdefault(path, _LockFile(Path(path)))
        return lock.modified() if lock.read() else modify(path, fs)

    return modify_lock


class _LockFile:
    """A `dvc.lock` as DVC has written it: each entry, and its text."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: tuple[int, int] | None = None
        self._entries: dict[str, Any] = {}
        self._texts: dict[str, str] = {}

    def read(self) -> bool:
        """Read the file if another program has written it; whether it has the form in which DVC writes it."""
        from dvc.utils.serialize import _yaml

        if self._path.name != LOCK_NAME or not self._path.exists():
            return False
        state = _state(self._path)
        if self._state != state:
            text = self._path.read_text(encoding="utf-8")
            document = _yaml.parse_yaml(text, str(self._path))
            if not text.endswith("\n") or list(document) != ["schema", "stages"]:
                return False
            self._entries = document["stages"] or {}
            header, *texts = START_OF_ENTRY.split(text)
            self._texts = dict(zip(self._entries, texts, strict=False))
            names = [text.partition(":\n")[0] for text in texts]
            if header != LOCK_HEADER or names != [f"  {name}" for name in self._entries]:
                return False
            self._state = state
        return True

    @contextmanager
    def modified(self) -> Iterator[dict[str, Any]]:
        """The content, for changes; DVC replaces entries as a whole."""
        from dvc.utils.serialize import _yaml

        data: dict[str, Any] = {"schema": "2.0", "stages": dict(self._entries)}
        yield data
        for name, entry in data["stages"].items():
            if not _is_same(self._entries.get(name), entry):
                self._texts[name] = _yaml.dumps_yaml({"stages": {name: entry}}).removeprefix("stages:\n")
        self._entries = data["stages"]
        text = LOCK_HEADER + "".join(self._texts[name] for name in self._entries)
        self._path.write_text(text, encoding="utf-8")
        self._state = _state(self._path)


def _is_same(former: Any, entry: Any) -> bool:
    """Whether two entries have the same text: the same values and types, in the same order."""
    return former is entry or (former is not None and json.dumps(former, default=str) == json.dumps(entry, default=str))


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size
