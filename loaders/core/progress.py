"""How far long work is, on a terminal."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from loaders.core.terminal import progress

Thing = TypeVar("Thing")
ProgressWrapper = Callable[[Iterable[Any], str, int], Iterator[Any]]  # what `watched` is to those who are given it


def with_progress(things: Iterable[Thing], what: str, total: int) -> Iterator[Thing]:
    """The same things, while a bar shows how many of them are done.

    Args:
        things: each is done when the next one is asked for.
        what: in one word.
        total: how many there are.
    """
    with progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task(what, total=total)
        for thing in things:
            yield thing
            bar.advance(task)
