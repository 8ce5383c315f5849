"""Records and installations that include_status and include_technology leave out, in sentences."""

from collections.abc import Iterator

from loaders.warehouse.build_metrics import BuildMetrics


def left_out_count(figures: BuildMetrics) -> int:
    """Number of records; a build of an earlier version counts none."""
    return sum(each["records"] for each in figures.get("left_out_records", {}).values())


def left_out_sentences(figures: BuildMetrics) -> Iterator[str]:
    """What is left out by dataset and reason, and the installations by status."""
    for key, each in figures.get("left_out_records", {}).items():
        reasons = ", ".join(f"{reason}: {records:,}" for reason, records in each["reasons"].items())
        capacity = ""
        if each["capacity_mw"]:
            capacity = f", and {each['capacity_mw']:,.1f} of {each['all_capacity_mw']:,.1f} MW,"
        yield (
            f"{key}: {each['records']:,} of {each['all_records']:,} records{capacity} are in no installation, since "
            f"include_status and include_technology in params.yaml do not list what they are ({reasons})."
        )
    if installations := figures.get("left_out_installations"):
        counts = ", ".join(f"{status}: {count:,}" for status, count in installations.items())
        yield f"Left out by their status: {sum(installations.values()):,} installations ({counts})."
