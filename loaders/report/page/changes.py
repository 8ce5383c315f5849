"""What has changed since the build before: the difference of two `build.json`."""

from collections.abc import Mapping
from typing import Any

# figures of a build, with what they count
TOTALS = {
    "installations": "installations",
    "high_confidence": "of high confidence",
    "confirmed": "confirmed by independent inventories",
    "countries": "countries",
    "records": "records",
    "panel_capacity_mw": "MW of panels",
    "area_km2": "km² of outlines",
}
BY_DATASET = ("installations", "only_here")


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The differences of two builds.

    Args:
        before: metrics of the earlier build.
        now: metrics of the last build.

    Returns:
        `totals` and `datasets` (rows with name, before and now, of what has changed), `added` and `removed` (keys).
    """
    old, new = before.get("datasets", {}), now.get("datasets", {})
    return {
        "totals": [
            {"name": label, "before": before.get(name), "now": now.get(name)}
            for name, label in TOTALS.items()
            if name in before and name in now and before[name] != now[name]
        ],
        "datasets": [
            {"name": key, **{f"{name}_{when}": each[key].get(name) for name in BY_DATASET for when, each in
                             (("before", old), ("now", new))}}
            for key in sorted(old.keys() & new.keys())
            if any(old[key].get(name) != new[key].get(name) for name in BY_DATASET)
        ],
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
    }  # fmt: skip
