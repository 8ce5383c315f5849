"""Renders a case as tables and sentences."""

import csv
import io

from loaders.core.fitted_table import Column, FittedTable, number_column
from loaders.report.why.evidence import Case, Row
from loaders.report.why.plane import distance_m

BLANK = "-"
MAX_ROWS = 50  # of a table
BASES = {"ac": "AC", "dc": "DC"}


def records_table(case: Case) -> FittedTable:
    """A table of the records of each installation, with their names where any has one."""
    has_names = any(row["name"] for row in case.members)
    columns = (
        Column("record", min_width=28, is_id=True),
        *([Column("name", 7, min_width=12)] if has_names else []),
        Column("installation", 4),
        Column("kind", 6),
        number_column("area m²", 3),
        number_column("capacity\nMW", 2),
        Column("AC or\nDC", 2),
        Column("installed", 5, min_width=13),
        Column("licence", 8, min_width=12),
    )
    rows = [
        (
            row["record_id"],
            *((row["name"] or BLANK,) if has_names else ()),
            row["installation_id"],
            row["geometry_kind"],
            _number(row["area_m2"], 0),
            _number(row["capacity_mw"], 3),
            BLANK if row["capacity_mw"] is None else BASES.get(row["capacity_basis"], "not stated"),
            _interval(row),
            row["licence"] or "not stated",
        )
        for row in case.members[:MAX_ROWS]
    ]
    return _limited(columns, rows, len(case.members))


def pairs_table(case: Case, pairs: list[Row], outcome_heading: str) -> FittedTable:
    """A table of the comparison features of pairs; `outcome_heading` is the heading of the last column."""
    columns = (
        Column("records", min_width=28, is_id=True),
        number_column("IoU", 3),
        number_column("of the\nsmaller", 4),
        number_column("m apart", 2),
        number_column("areas", 6),
        number_column("capacities", 5),
        number_column("names", 7),
        Column(outcome_heading, min_width=20),
    )
    rows = []
    for pair in pairs[:MAX_ROWS]:
        distance = pair["distance_m"] if pair["distance_m"] is not None else pair["centroid_distance_m"]
        ratios = (pair["area_ratio"], pair["capacity_ratio"], pair["name_similarity"])
        numbers = (pair["iou"], pair["share_of_smaller"], distance, *ratios)
        cells = (_number(value, digits) for value, digits in zip(numbers, (3, 3, 1, 2, 2, 2), strict=True))
        rows.append((f"{pair['record_id_a']}\n{pair['record_id_b']}", *cells, pair["reason"]))
    return _limited(columns, rows, len(pairs))


def sentences(case: Case) -> list[str]:
    """The conclusion in sentences."""
    lines = [_installation_sentence(row) for row in case.installations]
    if len(case.requested_ids) == 2:
        lines.append(_pair_sentence(case))
        lines.extend(_probability_sentences(case.direct_pair))
    elif not case.pairs:
        lines.append("It is one record, and no other one comes near it.")
    if any(row["is_synthetic"] for row in case.members):
        lines.append("SYNTHETIC, bundled samples: no record of theirs is a real installation.")
    return lines


def override_line(case: Case, origin: str) -> str | None:
    """The line of overrides.csv that reverses the decision on two records; None where there already is one."""
    if len(case.requested_ids) != 2 or override_reason(case):
        return None
    decision = "different" if len(case.installations) == 1 else "same"
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow((origin, decision, *sorted(case.requested_ids)))
    return f'{line.getvalue()},"your reason","your name"'


def override_reason(case: Case) -> str | None:
    """The override of the two requested records: reason and author; None if there is none."""
    pair = case.direct_pair if len(case.requested_ids) == 2 else None
    return pair["overruled_by"] if pair else None


def _installation_sentence(row: Row) -> str:
    name = f" {row['name']!r} ({row['name_dataset']})" if row["name"] else ""
    location = row["region"] or row["country"] or "no country"
    area = f", {_number(row['area_m2'], 0)} m²" if row["area_m2"] is not None else ""
    basis = BASES.get(row["capacity_basis"], "(AC or DC not stated)")
    capacity = f", {_number(row['capacity_mw'], 3)} MW {basis} of {row['capacity_dataset']}"
    status = f", {row['status']} ({row['status_dataset']})" if row["status_dataset"] else ""
    flags = f"; {', '.join(row['quality_flags'])}" if row["quality_flags"] else ""
    return (
        f"{row['installation_id']}{name} in {location}: {row['geometry_kind']} of {row['geometry_dataset']}{area}"
        f"{capacity if row['capacity_mw'] is not None else ''}{status}; {row['dataset_count']} dataset(s), confidence "
        f"{row['confidence']}, licence {row['licence'] or 'not stated'}{flags}."
    )


def _pair_sentence(case: Case) -> str:
    """How the two requested records are connected, or why they are not."""
    first, second = case.requested_ids
    pair = case.direct_pair
    if path := case.shortest_path():
        steps = "; ".join(f"{step['record_id_a']} and {step['record_id_b']}: {step['reason']}" for step in path)
        refusal = ""
        if pair and pair not in case.matched_pairs:
            refusal = f" The pair alone was refused: {pair['reason']}."
        return f"{first} and {second} are one installation. {steps}.{refusal}"
    reason = pair["reason"] if pair else f"they were not even compared: {_distance_clause(case)}"
    return f"{first} and {second} are two installations: {reason}."


def _probability_sentences(pair: Row | None) -> list[str]:
    """The match probability of a pair as the sum of its parts; none unless both are points of two datasets."""
    if not pair or pair["match_probability"] is None:
        return []
    parts: dict[str, float] = pair["match_parts"]
    terms = " ".join(f"{weight:+.2f} {part}" for part, weight in parts.items())
    return [
        f"Match probability {100 * pair['match_probability']:.2f} %; log-odds {terms} = {sum(parts.values()):.2f}. "
        f"The rules decide without it."
    ]


def _distance_clause(case: Case) -> str:
    """The distance between the two requested records, as a clause."""
    a, b = (next(row for row in case.records if row["record_id"] == name) for name in case.requested_ids)
    return f"nothing of them is near the other, they are {distance_m(a, b):,.0f} m apart"


def _limited(columns: tuple[Column, ...], rows: list[tuple[str, ...]], count: int) -> FittedTable:
    """A table, with a last row that says how many rows are not shown."""
    if count > MAX_ROWS:
        rows = [*rows, (f"… and {count - MAX_ROWS:,} more", *[""] * (len(columns) - 1))]
    return FittedTable(columns, rows, all_columns="--json")


def _interval(row: Row) -> str:
    ends = [day.isoformat() if day else "…" for day in (row["installed_from"], row["installed_to"])]
    return BLANK if ends == ["…", "…"] else " to ".join(dict.fromkeys(ends))


def _number(value: float | None, digits: int) -> str:
    return BLANK if value is None else f"{value:,.{digits}f}"
