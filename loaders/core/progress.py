"""Progress bars for long loops."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from loaders.core.terminal import progress

Item = TypeVar("Item")
ProgressWrapper = Callable[[Iterable[Any], str, int], Iterator[Any]]  # the type of `with_progress`


def with_progress(items: Iterable[Item], label: str, total: int) -> Iterator[Item]:
    """Yield the same items while a bar shows how many are done.

    Args:
        items: each is done when the next one is requested.
        label: of the bar, in one word.
        total: how many there are.
    """
    with progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task(label, total=total)
        for item in items:
            yield item
            bar.advance(task)
