import json
from pathlib import Path

import pytest

from loaders.report.web.script_files import as_json_bytes, read_script_file, write_script_file


def test_script_file_is_one_call_with_the_name_and_base64_of_gzip(tmp_path: Path) -> None:
    path = write_script_file(tmp_path, "map/columns/lon", b"\x00\x01" * 500)
    assert path == tmp_path / "map/columns/lon.js"
    text = path.read_text(encoding="ascii")
    assert text.startswith('eoPvFile("map/columns/lon","H4sI')
    assert text.endswith('");\n')
    assert text.count("\n") == 1
    assert read_script_file(path) == b"\x00\x01" * 500


def test_same_content_is_the_same_file(tmp_path: Path) -> None:
    first = write_script_file(tmp_path / "a", "x", b"content").read_bytes()
    assert write_script_file(tmp_path / "b", "x", b"content").read_bytes() == first


def test_empty_content_is_a_file(tmp_path: Path) -> None:
    assert read_script_file(write_script_file(tmp_path, "names", b"")) == b""


def test_json_keeps_the_order_of_keys_and_spells_lone_surrogates() -> None:
    assert as_json_bytes({"b": 1, "a": "ü\ud800"}) == '{"b":1,"a":"ü\ufffd"}'.encode()
    assert json.loads(as_json_bytes(["</script>"])) == ["</script>"]


def test_json_refuses_a_number_that_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json_bytes(float("nan"))
