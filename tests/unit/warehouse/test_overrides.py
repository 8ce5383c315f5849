"""overrides.csv: what is read, and what is refused with the line and the remedy."""

from pathlib import Path

import pytest

from loaders.core.errors import SettingsError
from loaders.warehouse.overrides import Override, read_overrides
from tests.pristine import write_pristine

HEADER = "origin,verdict,record_id_a,record_id_b,reason,who\n"
ROOT = Path(__file__).resolve().parents[3]


def _read(folder: Path, text: str | bytes, origin: str = "doi") -> tuple[Override, ...]:
    path = folder / "overrides.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_overrides(path, origin)


def test_a_line_is_what_somebody_says_of_two_records(tmp_path: Path) -> None:
    text = f'# a note\n\n{HEADER}doi,same,b:2,a:1," moved, in 2022 ",Ada\n'
    assert _read(tmp_path, text) == (Override(4, "doi", "same", "a:1", "b:2", "moved, in 2022", "Ada"),)


def test_a_line_ends_where_an_editor_ends_it(tmp_path: Path) -> None:
    text = f"{HEADER}\rdoi,same,a:1,b:2,one\u2028two\x0bthree,Ada\r\n"
    assert [(each.line, each.reason) for each in _read(tmp_path, text)] == [(3, "one\u2028two\x0bthree")]


def test_only_lines_of_the_present_origin_count(tmp_path: Path) -> None:
    text = f"{HEADER}doi,same,a:1,b:2,r,Ada\nsample,different,a:1,b:2,r,Ada\n"
    assert [each.line for each in _read(tmp_path, text, "sample")] == [3]


def test_no_file_is_no_override(tmp_path: Path) -> None:
    assert read_overrides(tmp_path / "overrides.csv", "doi") == ()


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + HEADER.encode(), HEADER.replace("\n", "\r\n"), "# nothing\n", ""])
def test_a_file_without_lines_is_no_override_however_it_was_saved(tmp_path: Path, text: str | bytes) -> None:
    assert _read(tmp_path, text) == ()


def test_the_file_of_the_project_can_be_read(tmp_path: Path) -> None:
    path = write_pristine("overrides.csv", tmp_path)
    assert (read_overrides(path, "doi"), read_overrides(path, "sample")) == ((), ())


REFUSED = {
    "another header": ("verdict,a,b\n", "line 1", "the header is verdict,a,b", "expected origin,verdict"),
    "too few values": (f"{HEADER}doi,same,a,b,r\n", "line 2", "has 5 values; expected 6"),
    "a comma without quotes": (f"{HEADER}doi,same,a,b,moved, in 2022,Ada\n", "line 2", "has 7 values", "double quotes"),
    "an unknown verdict": (f"{HEADER}doi,equal,a,b,r,Ada\n", "line 2", "verdict is 'equal'", "same or different"),
    "an unknown origin": (f"{HEADER}samples,same,a,b,r,Ada\n", "line 2", "origin is 'samples'", "sample or doi"),
    "no reason": (f"{HEADER}doi,same,a,b, ,Ada\n", "line 2", "reason is blank", "why the rules are wrong here"),
    "nobody": (f"{HEADER}doi,same,a,b,r,\n", "line 2", "who is blank", "whom to ask"),
    "no record": (f"{HEADER}doi,same,,b,r,Ada\n", "line 2", "record_id_a is blank", "curated_pv_records"),
    "one record twice": (f"{HEADER}doi,same,a,a,r,Ada\n", "line 2", "both records are a"),
    "a pair twice": (f"{HEADER}doi,same,a,b,r,Ada\ndoi,same,b,a,r,Bo\n", "lines 2 and 3", "the same pair"),
    "a pair and its opposite": (f"{HEADER}doi,same,a,b,r,Ada\ndoi,different,b,a,r,Bo\n", "lines 2 and 3", "same pair"),
    "a contradiction in three lines": (
        f"{HEADER}doi,same,a,b,r,Ada\ndoi,same,b,c,r,Ada\ndoi,same,x,y,r,Ada\ndoi,different,a,c,r,Bo\n",
        "line 5", "a and c differ", "lines 2, 3 together",
    ),
    "a contradiction among other lines": (
        f"{HEADER}doi,same,0,a,r,Ada\ndoi,same,a,b,r,Ada\ndoi,same,b,c,r,Ada\ndoi,same,c,d,r,Ada\ndoi,different,a,c,r,Bo\n",
        "line 6", "lines 3, 4 together",
    ),
    "a quotation without an end": (
        f"{HEADER}doi,same,a,b,\"r,Ada\n", "line 2", "a quotation mark is never closed", "Expected"
    ),
    "a contradiction in another origin": (
        f"{HEADER}sample,same,a,b,r,Ada\nsample,same,b,c,r,Ada\nsample,different,a,c,r,Bo\n", "line 4", "lines 2, 3"
    ),
    "no text": (HEADER.encode() + b"doi,same,a,b,M\xfcnchen,Ada\n", "not text in UTF-8", "Save it as UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [(text, said) for text, *said in REFUSED.values()], ids=REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str | bytes, said: list[str]) -> None:
    with pytest.raises(SettingsError) as error:
        _read(tmp_path, text)
    assert all(part in str(error.value) for part in ["overrides.csv", *said])


def test_the_same_words_in_two_origins_are_no_contradiction(tmp_path: Path) -> None:
    text = f"{HEADER}doi,same,a,b,r,Ada\nsample,different,a,b,r,Ada\n"
    assert len(_read(tmp_path, text)) == 1
