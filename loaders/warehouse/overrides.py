"""Manual match and non-match decisions (`overrides.csv`); they take precedence over every rule."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.core.errors import SettingsError

if TYPE_CHECKING:
    from scipy.cluster.hierarchy import DisjointSet

COLUMNS = ("origin", "verdict", "record_id_a", "record_id_b", "reason", "who")
CHOICES = {"origin": ("sample", "doi"), "verdict": ("same", "different")}
COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Override:
    """A decision on a pair of records.

    Attributes:
        line: in the file, counted from 1.
        origin: of the records: sample or doi.
        verdict: same or different.
        record_id_a, record_id_b: the records, in alphabetical order.
        reason: of the decision.
        who: author of the decision.
    """

    line: int
    origin: str
    verdict: str
    record_id_a: str
    record_id_b: str
    reason: str
    who: str

    @property
    def pair(self) -> tuple[str, str]:
        """The two records."""
        return self.record_id_a, self.record_id_b


def read_overrides(path: Path, origin: str) -> tuple[Override, ...]:
    """The overrides of an origin; none without the file.

    Blank lines, and those that begin with #, are skipped.

    Raises:
        SettingsError: the file does not have these columns, or a line of any origin is invalid.
    """
    if not path.exists():
        return ()
    overrides = [_override(path.name, line, values) for line, values in _lines(path)]
    for known_origin in CHOICES["origin"]:
        _refuse_contradictions(path.name, [override for override in overrides if override.origin == known_origin])
    return tuple(override for override in overrides if override.origin == origin)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and values of the lines below the header; each has a value for every column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name}: is not text in UTF-8. Save it as UTF-8.") from error
    header = None
    for line, content in enumerate(io.StringIO(text, newline=None), start=1):
        if not content.strip() or content.lstrip().startswith(COMMENT):
            continue
        values = _values(path.name, line, content)
        if header is None:
            header = tuple(values)
            _require_header(path.name, line, header)
        elif len(values) != len(COLUMNS):
            raise SettingsError(
                f"{path.name}, line {line}: has {len(values)} values; expected {len(COLUMNS)}: {','.join(COLUMNS)}. "
                f"Put a text with commas in double quotes."
            )
        else:
            yield line, values


def _values(name: str, line: int, content: str) -> list[str]:
    try:
        return [value.strip() for value in next(csv.reader([content], strict=True))]
    except csv.Error as error:
        raise SettingsError(
            f"{name}, line {line}: a quotation mark is never closed, or text follows it. Expected {','.join(COLUMNS)}."
        ) from error


def _require_header(name: str, line: int, header: tuple[str, ...]) -> None:
    if header != COLUMNS:
        raise SettingsError(f"{name}, line {line}: the header is {','.join(header)}; expected {','.join(COLUMNS)}.")


def _override(name: str, line: int, values: Sequence[str]) -> Override:
    fields = dict(zip(COLUMNS, values, strict=True))
    for column, value in fields.items():
        if not value:
            raise SettingsError(f"{name}, line {line}: {column} is blank. Say it: {_meaning(column)}.")
    for column, choices in CHOICES.items():
        if fields[column] not in choices:
            raise SettingsError(
                f"{name}, line {line}: {column} is {fields[column]!r}; expected {' or '.join(choices)}."
            )
    first, second = sorted((fields["record_id_a"], fields["record_id_b"]))
    if first == second:
        raise SettingsError(f"{name}, line {line}: both records are {first}. Name two different ones.")
    return Override(line, fields["origin"], fields["verdict"], first, second, fields["reason"], fields["who"])


def _meaning(column: str) -> str:
    meanings = {
        "record_id_a": "a record_id of curated_pv_records",
        "record_id_b": "another record_id of curated_pv_records",
        "reason": "why the rules are wrong here",
        "who": "whom to ask",
    }
    return meanings.get(column) or " or ".join(CHOICES[column])


def _refuse_contradictions(name: str, overrides: Sequence[Override]) -> None:
    """Require each pair once, and no pair that differs although other lines make it the same."""
    first_by_pair: dict[tuple[str, str], Override] = {}
    for override in overrides:
        earlier = first_by_pair.setdefault(override.pair, override)
        if earlier is not override:
            raise SettingsError(
                f"{name}, lines {earlier.line} and {override.line}: speak of the same pair. Keep one of them."
            )
    same_pairs = [override for override in overrides if override.verdict == "same"]
    groups = _same_groups(first_by_pair, same_pairs)
    for override in overrides:
        if override.verdict == "different" and groups.connected(*override.pair):
            chain = [line.line for line in _minimal_same_pairs(override, same_pairs)]
            raise SettingsError(
                f"{name}, line {override.line}: says that {override.pair[0]} and {override.pair[1]} differ, but "
                f"{'line' if len(chain) == 1 else 'lines'} {', '.join(map(str, chain))} together make them the same. "
                f"Remove one of these lines."
            )


def _same_groups(pairs: Iterable[tuple[str, str]], same_pairs: Iterable[Override]) -> "DisjointSet":
    """The records of pairs, grouped by the same-pairs."""
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 (start-up time)

    groups = DisjointSet(record for pair in pairs for record in pair)
    for override in same_pairs:
        groups.merge(*override.pair)
    return groups


def _minimal_same_pairs(different: Override, same_pairs: list[Override]) -> list[Override]:
    """The minimal set of lines that makes two records the same."""
    pairs = {override.pair for override in same_pairs}
    for override in same_pairs:
        rest = [candidate for candidate in same_pairs if candidate is not override]
        if _same_groups(pairs, rest).connected(*different.pair):
            same_pairs = rest
    return same_pairs
