"""Results of a function in order, computed by threads a little ahead of their consumer."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def prefetched(
    fetch: Callable[[Item], Answer], items: Sequence[Item], concurrency: int
) -> Generator[Answer, None, None]:
    """The answers in order, fetched by threads at most two rounds ahead of the consumer."""
    if concurrency == 1:
        yield from map(fetch, items)
        return
    futures: deque[Future[Answer]] = deque()
    pool, remaining = ThreadPoolExecutor(concurrency), iter(items)
    try:
        futures.extend(pool.submit(fetch, item) for item in islice(remaining, 2 * concurrency))
        while futures:
            yield futures.popleft().result()
            futures.extend(pool.submit(fetch, item) for item in islice(remaining, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
