"""Build real inventories, grade what came out, and print it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.grading import Score
from benchmarks.real.derived import decoy, other_inventory
from benchmarks.real.grades import DecoyScore, RealGrades, decoy_scores, real_grades
from benchmarks.real.inventories import Inventory, inventories, older_edition
from benchmarks.real.project import build, load, write_project
from benchmarks.reliability import show_reliability
from benchmarks.show import show_causes
from benchmarks.tables import percent, table
from benchmarks.world import ORIGIN
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths

MOST_LOST = 0.002  # by a pair of datasets, of precision or recall, to others in the table


@dataclass(frozen=True, slots=True)
class Options:
    """What goes into the table, and what matching may use.

    Attributes:
        names: whether matching may use names.
        identifiers: whether it may use identifiers and editions; without it, they are read for grading only.
        others: how many made-up inventories to add; each pair of datasets is then compared with the two alone.
        only: keys of real datasets; if there are none, all that are at hand.
    """

    names: bool = True
    identifiers: bool = False
    others: int = 0
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a project of real inventories."""

    folder: Path
    options: Options

    @property
    def paths(self) -> ProjectPaths:
        """Where its files are."""
        return ProjectPaths(self.folder, ORIGIN)

    def add(self, added: Sequence[Inventory], present: Sequence[Inventory] = ()) -> None:
        """Load inventories, in addition to those that are there."""
        everything = [*present, *added]
        write_project(self.folder, {each.key: self._entry(each, everything) for each in everything})
        if added:
            load(self.folder, [each.key for each in added])

    def _entry(self, inventory: Inventory, among: list[Inventory]) -> dict[str, object]:
        older = older_edition(inventory, among)
        return inventory.settings(self.options.names, self.options.identifiers, older)


def grade_real(
    source: Path, folder: Path, options: Options, console: Console
) -> tuple[Path, RealGrades, list[DecoyScore]]:
    """Build the known inventories below a folder, grade them, and print the grades.

    Args:
        source: the folder that holds the published files.
        folder: where to make the projects.
        options: what goes into them.
        console: to print to.

    Returns:
        The warehouse, its grades, and how often decoys were matched.

    Raises:
        BuildError: the folder holds none of the known files.
    """
    real = _at_hand(source, options.only, console)
    project = Project(folder / "together", options)
    project.add(real)
    decoys = [decoy(each, project.paths.loaded(each.key), folder / "derived") for each in _unproved(real)]
    made_up = _made_up(project, real, folder / "derived", options.others)
    project.add([*decoys, *made_up], real)
    console.print(f"build of {len(real)} real and {len(decoys) + len(made_up)} derived: {build(project.folder)}")
    grades = real_grades(project.paths.database, real, made_up, folder)
    false_matches = decoy_scores(project.paths.database, [each.key for each in decoys])
    show(grades, false_matches, console)
    if made_up:
        compare(grades, _alone(grades, real, folder, options), console)
    return project.paths.database, grades, false_matches


def _at_hand(source: Path, only: Sequence[str], console: Console) -> list[Inventory]:
    found, missing = inventories(source)
    if missing:
        console.print(f"not below {source}, so not graded: {', '.join(missing)}")
    real = [each for each in found if not only or each.key in only]
    if not real:
        raise BuildError(f"None of the inventories of benchmarks/real/inventories.yml is below {source}.")
    return real


def _unproved(real: Sequence[Inventory]) -> list[Inventory]:
    """Inventories that share no identifiers with another one."""
    return [
        each
        for each in real
        if not any(each.truth.keys() & other.truth.keys() for other in real if other.key != each.key)
    ]


def _made_up(project: Project, real: Sequence[Inventory], folder: Path, count: int) -> list[Inventory]:
    """Other inventories of the plants of the first real one."""
    newest = real[0]
    loaded = project.paths.loaded(newest.key)
    return [other_inventory(newest, loaded, folder, number) for number in range(1, count + 1)]


def _alone(
    grades: RealGrades, real: Sequence[Inventory], folder: Path, options: Options
) -> Iterator[tuple[tuple[str, ...], Score]]:
    """The score of each pair of real datasets with nothing else in the table."""
    keys = {each.key for each in real}
    for pair, score in grades.pairs.items():
        if score.true and keys.issuperset(pair):
            both = [each for each in real if each.key in pair]
            project = Project(folder / "_".join(pair), options)
            project.add(both)
            build(project.folder)
            yield pair, real_grades(project.paths.database, both).pairs[pair]


def compare(together: RealGrades, alone: Iterable[tuple[tuple[str, ...], Score]], console: Console) -> None:
    """Print what each pair of datasets loses to the others in the table."""
    rows: list[tuple[str | float, ...]] = []
    for pair, before in alone:
        after = together.pairs[pair]
        lost = max(before.precision - after.precision, before.recall - after.recall)
        rating = "lost too much" if round(lost, 9) > MOST_LOST else "as it should be"
        rows.append((*pair, before.precision, after.precision, before.recall, after.recall, rating))
    heads = ("dataset", "dataset", "precision alone", "with others", "recall alone", "with others", "")
    console.print(table(heads, rows))


def show(grades: RealGrades, decoys: Sequence[DecoyScore], console: Console) -> None:
    """Print it all."""
    score = grades.overall
    console.print(
        f"\nreal: {score.true:,} true pairs, {score.found:,} found, {score.right:,} of them right: "
        f"precision {percent(score.precision)}, recall {percent(score.recall)}, F1 {percent(score.f1)}"
    )
    rows: list[tuple[str | float, ...]] = [
        (*pair, each.true, each.found, each.right, each.precision, each.recall)
        for pair, each in (grades.pairs | grades.others).items()
    ]
    console.print(table(("dataset", "dataset", "true", "found", "right", "precision", "recall"), rows))
    _show_counts(grades, console)
    for kind, causes in (("missed", grades.missed), ("wrong", grades.wrong)):
        show_causes(kind, causes, console)
    show_reliability(grades.reliability, console)
    if decoys:
        false = [(each.key, each.records, each.matched, each.rate) for each in decoys]
        console.print(table(("decoy", "records", "matched", "false matches"), false))


def _show_counts(grades: RealGrades, console: Console) -> None:
    rows = [
        (name, each.plants, each.installations, each.installations / each.plants, round(each.plants_mw),
         round(each.installations_mw), each.installations_mw / each.plants_mw)
        for name, each in grades.counts.items()
    ]  # fmt: skip
    heads = ("inventory", "plants", "installations", "of plants", "MW of plants", "MW of installations", "of MW")
    console.print(table(heads, rows))
