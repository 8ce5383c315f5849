"""A case in tables and sentences."""

import csv
import io
from collections.abc import Iterable

from rich.table import Table

from loaders.report.why.evidence import Case, Row
from loaders.report.why.plane import distance_m

NOTHING = "-"
MOST = 50  # rows of a table


def records_table(case: Case) -> Table:
    """The records of each installation."""
    table = _table("record", "installation", "kind", "area m²", "capacity MW", "installed", "licence", right=(3, 4))
    for row in case.own[:MOST]:
        capacity = _number(row["capacity_mw"], 3)
        table.add_row(
            row["record_id"],
            row["installation_id"],
            row["geometry_kind"],
            _number(row["area_m2"], 0),
            capacity if capacity == NOTHING else f"{capacity} {row['capacity_basis']}",
            _interval(row),
            row["licence"] or "not stated",
        )
    _say_more(table, len(case.own))
    return table


def pairs_table(case: Case, pairs: list[Row], last: str) -> Table:
    """The evidence of pairs; `last` is the heading of what came of it."""
    names = ("record", "record", "IoU", "of the smaller", "m apart", "areas", "capacities", last)
    table = _table(*names, right=(2, 3, 4, 5, 6))
    for pair in pairs[:MOST]:
        apart = pair["distance_m"] if pair["distance_m"] is not None else pair["centroid_distance_m"]
        numbers = (pair["iou"], pair["share_of_smaller"], apart, pair["area_ratio"], pair["capacity_ratio"])
        decimals = (3, 3, 1, 2, 2)
        cells = (_number(value, digits) for value, digits in zip(numbers, decimals, strict=True))
        table.add_row(pair["record_id_a"], pair["record_id_b"], *cells, verdict(case, pair))
    _say_more(table, len(pairs))
    return table


def verdict(case: Case, pair: Row) -> str:
    """The rule that joined a pair, or why it is not joined."""
    if case.is_cut(pair):
        return f"{pair['match_rule']}, but cut: the installation would be too large, or holds two that differ"
    rule = pair["match_rule"] or pair["refused_because"]
    return f"{rule}: {pair['overruled_by']}" if pair["match_rule"] == "override" else str(rule)


def sentences(case: Case) -> list[str]:
    """What it comes to."""
    said = [_published(row) for row in case.installations]
    if len(case.named) == 2:
        said.append(_together(case))
    elif not case.pairs:
        said.append("It is one record, and no other one comes near it.")
    if any(row["is_synthetic"] for row in case.own):
        said.append("SYNTHETIC, bundled samples: no record of theirs is a real installation.")
    return said


def override_line(case: Case, origin: str) -> str | None:
    """What overrules the case of two records, for overrides.csv; None where a line of it speaks of them already."""
    if len(case.named) != 2 or overruled_by(case):
        return None
    opposite = "different" if len(case.installations) == 1 else "same"
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow((origin, opposite, *sorted(case.named)))
    return f'{line.getvalue()},"your reason","your name"'


def overruled_by(case: Case) -> str | None:
    """What overrides.csv says of the two named records: the reason, and who; None if nothing."""
    pair = case.direct if len(case.named) == 2 else None
    return pair["overruled_by"] if pair else None


def _published(row: Row) -> str:
    where = row["region"] or row["country"] or "no country"
    area = f", {_number(row['area_m2'], 0)} m²" if row["area_m2"] is not None else ""
    power = f", {_number(row['capacity_mw'], 3)} MW {row['capacity_basis']} ({row['capacity_dataset']})"
    flags = f"; {', '.join(row['flags'])}" if row["flags"] else ""
    return (
        f"{row['installation_id']} in {where}: {row['geometry_kind']} of {row['geometry_dataset']}{area}"
        f"{power if row['capacity_mw'] is not None else ''}; {row['dataset_count']} dataset(s), confidence "
        f"{row['confidence']}, licence {row['licence'] or 'not stated'}{flags}."
    )


def _together(case: Case) -> str:
    """How the two named records hang together, or why they do not."""
    first, second = case.named
    direct = case.direct
    if chain := case.chain():
        steps = "; ".join(f"{pair['record_id_a']} and {pair['record_id_b']}: {verdict(case, pair)}" for pair in chain)
        alone = f" The pair alone was refused: {verdict(case, direct)}." if direct and direct not in case.inside else ""
        return f"{first} and {second} are one installation. {steps}.{alone}"
    why = verdict(case, direct) if direct else f"they were not even compared: {_apart(case)}"
    return f"{first} and {second} are two installations: {why}."


def _apart(case: Case) -> str:
    """How far the two named records are from each other."""
    a, b = (next(row for row in case.records if row["record_id"] == name) for name in case.named)
    return f"nothing of them is near the other, they are {distance_m(a, b):,.0f} m apart"


def _say_more(table: Table, rows: int) -> None:
    """In the last row, how many are not shown."""
    if rows > MOST:
        table.add_row(f"… and {rows - MOST:,} more")


def _interval(row: Row) -> str:
    ends = [day.isoformat() if day else "…" for day in (row["installed_from"], row["installed_to"])]
    return NOTHING if ends == ["…", "…"] else " to ".join(dict.fromkeys(ends))


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:,.{digits}f}"


def _table(*names: str, right: Iterable[int]) -> Table:
    table = Table(header_style="bold")
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place in set(right) else "left", overflow="fold")
    return table
