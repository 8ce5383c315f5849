"""Build without the datasets that failed (`make all ARGS=--keep-going`).

DVC does not learn of these steps: to it, what they make has changed, and its next run makes all of it again.
"""

from collections.abc import Callable, Mapping

from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings

DATASET_STEPS = frozenset({"resolve", "fetch", "load"})


def failed_datasets(
    failed: tuple[str, ...], errors: Mapping[str, list[str]], settings: Settings, found: Mapping[str, str]
) -> dict[str, str]:
    """The datasets that failed, each with the reason; none if a step of all datasets failed, or nothing is left.

    Args:
        failed: the stages that failed.
        errors: what they reported, by stage.
        settings: of the project.
        found: what the check before the first step has found, by dataset.
    """
    steps = {stage: stage.partition("@") for stage in failed}
    if any(verb not in DATASET_STEPS or key not in settings.datasets for verb, _, key in steps.values()):
        return {}
    missing = {
        key: _reason(key, verb, errors.get(stage) or [found.get(key, "")]) for stage, (verb, _, key) in steps.items()
    }
    return missing if len(missing) < len(settings.datasets) else {}


def _reason(key: str, verb: str, lines: list[str]) -> str:
    return " ".join(lines).removeprefix(f"{key}: ") or f"`eo-pv {verb} {key}` failed."


def build_without(
    missing: Mapping[str, str], settings: Settings, paths: ProjectPaths, on_start: Callable[[str], None]
) -> None:
    """Run the steps after the loads for the other datasets; the records of an earlier run are not used.

    Args:
        missing: the datasets to leave out, each with the reason.
        settings: of the project.
        paths: its files.
        on_start: called with the name of each step.
    """
    from loaders.cli.context import boundaries, irradiance
    from loaders.cli.report import report
    from loaders.geo.record_cells import write_cells
    from loaders.warehouse.build import build

    present = without(missing, settings)
    on_start("cells")
    write_cells(present, paths)
    on_start("boundaries")
    boundaries()
    on_start("irradiance")
    irradiance()
    on_start("build")
    with paths.timed("build", "build"):
        build(present, paths, missing)
    on_start("report")
    report()


def without(missing: Mapping[str, str], settings: Settings) -> Settings:
    """The settings without some datasets, and without what refers to them."""

    def predecessor(key: str) -> str | None:
        older = settings.datasets[key].version_of
        return predecessor(older) if older and older in missing else older

    datasets = {
        key: dataset.model_copy(update={"version_of": predecessor(key)})
        for key, dataset in settings.datasets.items()
        if key not in missing
    }
    priority = tuple(key for key in settings.dedup.priority if key not in missing)
    dedup = settings.dedup.model_copy(update={"priority": priority})
    return settings.model_copy(update={"datasets": datasets, "dedup": dedup})
