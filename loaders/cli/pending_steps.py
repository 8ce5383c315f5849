"""The steps of the workflow that would run, as DVC sees them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.settings.effective import write_effective_settings
from loaders.settings.params import Settings

if TYPE_CHECKING:
    from dvc.repo import Repo

# it only rewrites the effective settings, of which every other step sees its own
SETTINGS_STEP = "settings"
MAX_LISTED = 3


@dataclass(frozen=True, slots=True)
class PendingSteps:
    """Steps of the workflow, in the order in which they run.

    Attributes:
        certain: those of which an input, an output or the command has changed.
        possible: those after them, which run if something changes for them.
    """

    certain: tuple[str, ...]
    possible: tuple[str, ...]

    def lines(self) -> list[str]:
        """For the terminal: a line for datasets with the same steps, and one for the steps that all share."""
        if not self.certain:
            return ["Nothing would run."]
        return [*_lines("would run", self.certain), *_lines("would run if anything changes for it", self.possible)]


def pending_steps(settings: Settings, paths: ProjectPaths) -> PendingSteps:
    """The steps that `make all` would run now.

    Raises:
        BuildError: this is no project of DVC, DVC cannot read its files, or another run is working.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(logging.CRITICAL)  # its errors are raised, too
    try:
        with Repo(str(paths.root)) as repo:
            write_effective_settings(settings, paths)
            return _pending(repo)
    except DvcException as error:
        raise BuildError(f"DVC cannot say which steps would run: {error} See `dvc status`.") from error


def _pending(repo: "Repo") -> PendingSteps:
    from dvc.repo.reproduce import plan_repro

    graph = repo.index.graph  # from each stage to those before it
    stages = list(plan_repro(graph))
    with repo.lock:
        changed = [stage for stage in stages if stage.changed()]
    names = {stage: stage.addressing.rpartition(":")[2] for stage in stages}
    running = {stage for stage in changed if names[stage] != SETTINGS_STEP}
    possible = []
    for stage in stages:
        if stage not in changed and not running.isdisjoint(graph.successors(stage)):
            possible.append(stage)
            running.add(stage)
    return PendingSteps(tuple(names[stage] for stage in changed), tuple(names[stage] for stage in possible))


def _lines(prefix: str, names: Sequence[str]) -> list[str]:
    shared = [name for name in names if "@" not in name]
    steps: dict[str, list[str]] = {}
    for step, _, key in (name.partition("@") for name in names if "@" in name):
        steps.setdefault(key, []).append(step)
    datasets: dict[str, list[str]] = {}
    for key, own in steps.items():
        datasets.setdefault(", ".join(own), []).append(key)
    lines = [f"{prefix}: {own} of {_enumeration(keys)}" for own, keys in datasets.items()]
    return [*lines, *([f"{prefix}: {', '.join(shared)}"] if shared else [])]


def _enumeration(keys: Sequence[str]) -> str:
    return ", ".join(keys) if len(keys) <= MAX_LISTED else f"{len(keys)} datasets"
