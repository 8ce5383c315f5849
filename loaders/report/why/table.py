"""Renders a case as tables and sentences."""

import csv
import io
from collections.abc import Iterable

from rich.table import Table

from loaders.report.why.evidence import Case, Row
from loaders.report.why.plane import distance_m

BLANK = "-"
MAX_ROWS = 50  # of a table


def records_table(case: Case) -> Table:
    """A table of the records of each installation, with their names where any has one."""
    has_names = any(row["name"] for row in case.members)
    quantities = ("area m²", "capacity MW")
    names = ("record", *(("name",) if has_names else ()), "installation", "kind", *quantities, "installed", "licence")
    table = _empty_table(*names, right=[names.index(each) for each in quantities])
    for row in case.members[:MAX_ROWS]:
        capacity = _number(row["capacity_mw"], 3)
        table.add_row(
            row["record_id"],
            *((row["name"] or BLANK,) if has_names else ()),
            row["installation_id"],
            row["geometry_kind"],
            _number(row["area_m2"], 0),
            capacity if capacity == BLANK else f"{capacity} {row['capacity_basis']}",
            _interval(row),
            row["licence"] or "not stated",
        )
    _add_remainder(table, len(case.members))
    return table


def pairs_table(case: Case, pairs: list[Row], outcome_heading: str) -> Table:
    """A table of the comparison features of pairs; `outcome_heading` is the heading of the last column."""
    headings = ("IoU", "of the smaller", "m apart", "areas", "capacities", "names")
    table = _empty_table("record", "record", *headings, outcome_heading, right=range(2, 2 + len(headings)))
    for pair in pairs[:MAX_ROWS]:
        distance = pair["distance_m"] if pair["distance_m"] is not None else pair["centroid_distance_m"]
        ratios = (pair["area_ratio"], pair["capacity_ratio"], pair["name_similarity"])
        numbers = (pair["iou"], pair["share_of_smaller"], distance, *ratios)
        decimals = (3, 3, 1, 2, 2, 2)
        cells = (_number(value, digits) for value, digits in zip(numbers, decimals, strict=True))
        table.add_row(pair["record_id_a"], pair["record_id_b"], *cells, verdict(case, pair))
    _add_remainder(table, len(pairs))
    return table


def verdict(case: Case, pair: Row) -> str:
    """The rule that joined a pair, or why it is not joined."""
    if case.is_split(pair):
        return (
            f"{pair['match_rule']}, but split: the installation would be too large, or would hold two that differ or "
            f"two records of one dataset"
        )
    rule = pair["match_rule"] or pair["refused_because"]
    if pair["match_rule"] == "override":
        return f"{rule}: {pair['overruled_by']}"
    if pair["match_rule"] == "same_identifier":
        contradiction = f", although {pair['contradiction']}" if pair["contradiction"] else ""
        return f"{rule}: {', '.join(pair['shared_identifiers'])}{contradiction}"
    return str(rule)


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
    capacity = f", {_number(row['capacity_mw'], 3)} MW {row['capacity_basis']} ({row['capacity_dataset']})"
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
        steps = "; ".join(f"{step['record_id_a']} and {step['record_id_b']}: {verdict(case, step)}" for step in path)
        refusal = ""
        if pair and pair not in case.matched_pairs:
            refusal = f" The pair alone was refused: {verdict(case, pair)}."
        return f"{first} and {second} are one installation. {steps}.{refusal}"
    reason = verdict(case, pair) if pair else f"they were not even compared: {_distance_clause(case)}"
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


def _add_remainder(table: Table, rows: int) -> None:
    """Add a last row with the number of rows that are not shown."""
    if rows > MAX_ROWS:
        table.add_row(f"… and {rows - MAX_ROWS:,} more")


def _interval(row: Row) -> str:
    ends = [day.isoformat() if day else "…" for day in (row["installed_from"], row["installed_to"])]
    return BLANK if ends == ["…", "…"] else " to ".join(dict.fromkeys(ends))


def _number(value: float | None, digits: int) -> str:
    return BLANK if value is None else f"{value:,.{digits}f}"


def _empty_table(*names: str, right: Iterable[int]) -> Table:
    table = Table(header_style="bold")
    for index, name in enumerate(names):
        table.add_column(name, justify="right" if index in set(right) else "left", overflow="fold")
    return table
