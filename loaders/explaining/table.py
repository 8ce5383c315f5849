"""A case in tables and sentences."""

from collections.abc import Iterable

from rich.table import Table

from loaders.explaining.evidence import Case, Row

NOTHING = "-"


def records_table(case: Case) -> Table:
    """The records of each installation."""
    table = _table("record", "installation", "kind", "area m²", "capacity MW", "installed", "licence", right=(3, 4))
    for row in case.own:
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
    return table


def pairs_table(case: Case, pairs: list[Row], last: str) -> Table:
    """The evidence of pairs; `last` is the heading of what came of it."""
    names = ("record", "record", "IoU", "of the smaller", "m apart", "areas", "capacities", last)
    table = _table(*names, right=(2, 3, 4, 5, 6))
    for pair in pairs:
        apart = pair["distance_m"] if pair["distance_m"] is not None else pair["centroid_distance_m"]
        numbers = (pair["iou"], pair["share_of_smaller"], apart, pair["area_ratio"], pair["capacity_ratio"])
        decimals = (3, 3, 1, 2, 2)
        cells = (_number(value, digits) for value, digits in zip(numbers, decimals, strict=True))
        table.add_row(pair["record_id_a"], pair["record_id_b"], *cells, verdict(case, pair))
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
    if any(row["is_synthetic"] for row in case.own):
        said.append("SYNTHETIC, bundled samples: no record of theirs is a real installation.")
    return said


def override_line(case: Case, origin: str) -> str | None:
    """What overrules the case of two records, for overrides.csv."""
    if len(case.named) != 2:
        return None
    opposite = "different" if len(case.installations) == 1 else "same"
    return f'{origin},{opposite},{",".join(sorted(case.named))},"your reason","your name"'


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
    if chain := case.chain():
        steps = "; ".join(f"{pair['record_id_a']} and {pair['record_id_b']}: {verdict(case, pair)}" for pair in chain)
        return f"{first} and {second} are one installation. {steps}."
    direct = [pair for pair in case.pairs if {pair["record_id_a"], pair["record_id_b"]} == set(case.named)]
    why = verdict(case, direct[0]) if direct else "they were not even compared: nothing of them is near the other"
    return f"{first} and {second} are two installations: {why}."


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
