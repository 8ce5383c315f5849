"""Locks come from wherever Git does, and are checked like any other input."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loaders.acquire.lock import Lock, LockedFile, Record, read_lock, write_lock
from loaders.acquire.receipt import Receipt, ReceiptFile, bytes_hash, read_receipt, write_receipt
from loaders.core.errors import SourceError
from loaders.core.files import sha256

FILE = LockedFile("a.geojson", 3, f"md5:{1:032}", remote="a.geojson")
LOCK = Lock("farms", "doi", {"doi": "10.5281/zenodo.1"}, (FILE,), Record("zenodo", "1", creators=("Doe, Jane",)))
SEEN = Receipt({"a.zip": ReceiptFile(3, f"{2:064}", "md5:x")}, {"a.zip.unpacked/x.shp": ReceiptFile(1, f"{3:064}")})
Change = Callable[[dict[str, Any]], object]


def test_a_lock_is_read_as_it_was_written_and_says_nothing_of_what_nobody_states(tmp_path: Path) -> None:
    write_lock(LOCK, tmp_path / "farms.json")
    assert read_lock(tmp_path / "farms.json") == LOCK
    document = json.loads((tmp_path / "farms.json").read_text())
    assert document["record"] == {"repository": "zenodo", "id": "1", "creators": ["Doe, Jane"]}
    assert (LOCK.doi, Lock("farms", "path", {}, (FILE,)).doi) == ("10.5281/zenodo.1", None)


TAMPERED: dict[str, Change] = {
    "a name above": lambda lock: lock["files"][0].update(name="../../evil.geojson"),
    "an absolute name": lambda lock: lock["files"][0].update(name="/etc/evil.geojson"),
    "no name": lambda lock: lock["files"][0].update(name=""),
    "a name with a zero": lambda lock: lock["files"][0].update(name="a\0b"),
    "a number for a name": lambda lock: lock["files"][0].update(name=5),
    "a size in words": lambda lock: lock["files"][0].update(bytes="12"),
    "a negative size": lambda lock: lock["files"][0].update(bytes=-5),
    "an unknown digest": lambda lock: lock["files"][0].update(checksum="blake9:ab"),
    "a digest without a size": lambda lock: lock["files"][0].update(checksum="shake_128:ab"),
    "no remote": lambda lock: lock["files"][0].update(remote=None),
    "an unknown repository": lambda lock: lock["record"].update(repository="nowhere"),
    "another field": lambda lock: lock["record"].update(more=1),
    "files of a list": lambda lock: lock.update(files=[["a"]]),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_lock_that_was_tampered_with_is_damaged(name: str, tmp_path: Path) -> None:
    path = tmp_path / "farms.json"
    write_lock(LOCK, path)
    document = json.loads(path.read_text())
    TAMPERED[name](document)
    path.write_text(json.dumps(document))
    with pytest.raises(SourceError, match=r"^farms: the lock .* is damaged .*make update KEY=farms"):
        read_lock(path)


def test_what_came_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_receipt(SEEN, tmp_path / "farms.seen.json")
    assert read_receipt(tmp_path / "farms.seen.json") == SEEN
    assert read_receipt(tmp_path / "nothing.seen.json") == Receipt()


@pytest.mark.parametrize("digest", ["/etc/passwd", 5, None, "ab", f"{2:064}\n"])
def test_a_digest_that_is_none_is_damage(digest: object, tmp_path: Path) -> None:
    path = tmp_path / "farms.seen.json"
    write_receipt(SEEN, path)
    document = json.loads(path.read_text())
    document["published"]["a.zip"]["sha256"] = digest
    path.write_text(json.dumps(document))
    with pytest.raises(SourceError, match=r"^farms: .*farms\.seen\.json is damaged"):
        read_receipt(path)


@pytest.mark.parametrize(("stated", "is_kept"), [("md5:x", True), ("md5:y", False), (None, False)])
def test_what_came_under_another_statement_says_nothing(stated: str | None, is_kept: bool) -> None:
    lock = Lock("farms", "doi", {}, (LockedFile("a.zip", 3, stated),), Record("zenodo", "1"))
    assert SEEN.for_lock(lock) == (SEEN if is_kept else Receipt())


def test_the_day_on_which_a_file_came_is_no_part_of_its_bytes(tmp_path: Path) -> None:
    undated, dated = tmp_path / "undated.seen.json", tmp_path / "dated.seen.json"
    write_receipt(SEEN, undated)
    write_receipt(Receipt({"a.zip": ReceiptFile(3, f"{2:064}", "md5:x", "2026-11-28")}, SEEN.unpacked), dated)
    assert bytes_hash(undated) == bytes_hash(dated) == sha256(undated)
