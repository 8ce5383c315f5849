"""A case as a document for programs: installations, records and pairs with the columns of the warehouse."""

from typing import Any

from loaders.report.why.evidence import Case, Row
from loaders.report.why.table import override_line, override_reason, sentences

SHAPE = "wkb"


def as_document(case: Case, origin: str) -> dict[str, Any]:
    """The installations, all their records, and all pairs of those, joined or refused, each with the reason."""
    return {
        "requested": list(case.requested_ids),
        "installations": [_without_shape(row) for row in case.installations],
        "records": [_without_shape(row) for row in case.members],
        "pairs": [pair | {"verdict": pair["reason"]} for pair in case.pairs],
        "sentences": sentences(case),
        "override": override_reason(case),
        "override_line": override_line(case, origin),
    }


def _without_shape(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != SHAPE}
