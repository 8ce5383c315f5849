"""Descent of datasets: editions of one inventory (`version_of`), and contained inventories (`derived_from`)."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from loaders.settings.messages import unknown_name_message
from loaders.settings.namespaces import SHARED_NAMESPACES

Predecessors = Mapping[str, str | None]


def inventory_and_edition(key: str, version_of: Predecessors) -> tuple[str, int]:
    """The first edition of the inventory of a dataset, and the number of editions before this one."""
    edition = 0
    while older := version_of[key]:
        key, edition = older, edition + 1
    return key, edition


def require_valid_descent(
    version_of: Predecessors, derived_from: Mapping[str, Collection[str]], namespaces: Collection[str]
) -> None:
    """Require that each dataset descends from known ones, and none from itself.

    Args:
        version_of: the previous edition of each dataset; null for a first edition.
        derived_from: datasets and namespaces by dataset.
        namespaces: of the identifiers of all datasets; a dataset may derive from a shared one that none here maps.

    Raises:
        ValueError: the message names the setting.
    """
    origins = {*version_of, *namespaces, *SHARED_NAMESPACES}
    for key, older in version_of.items():
        if older:
            _require_known(older, version_of, "dataset", key, "version_of")
        for name in derived_from[key]:
            _require_known(name, origins, "dataset or namespace", key, "derived_from")
    _require_single_successors(version_of)
    parents = {key: {*derived_from[key], *filter(None, [older])} & {*version_of} for key, older in version_of.items()}
    _require_no_circle(parents)


def _require_known(name: str, known: Collection[str], kind: str, key: str, setting: str) -> None:
    if name not in known:
        others = {*known} - {key}
        raise ValueError(unknown_name_message(name, others, kind, f"datasets.{key}.{setting}").rstrip("."))


def _require_single_successors(version_of: Predecessors) -> None:
    """Require a single chain of editions: of two, which one is newer is then known."""
    successors: dict[str, str] = {}
    for key, older in version_of.items():
        if older and (other := successors.setdefault(older, key)) != key:
            raise ValueError(
                f"{other} and {key} both have version_of: {older}; each edition names the one before it, so that the "
                f"newer of the two is known"
            )


def _require_no_circle(parents: Mapping[str, Collection[str]]) -> None:
    try:
        TopologicalSorter({key: sorted(names) for key, names in parents.items()}).prepare()
    except CycleError as error:
        circle = " from ".join(reversed(error.args[1]))
        raise ValueError(f"by version_of and derived_from, a dataset descends from itself: {circle}") from error
