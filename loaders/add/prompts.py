"""Questions to the user, and what counts where nobody can be asked."""

import sys
from collections.abc import Sequence

import typer

from loaders.add.candidates import Candidate, as_table, ranked, undecided
from loaders.core.errors import EoPvError
from loaders.core.escape import one_line
from loaders.core.terminal import out


class Asker:
    """Asks on a terminal; with `yes` it takes what is likeliest; elsewhere it refuses to choose."""

    def __init__(self, wanted_layer: str | None, *, yes: bool) -> None:
        self._wanted_layer, self._yes = wanted_layer, yes

    def file(self, candidates: Sequence[Candidate]) -> Candidate:
        """One of several files, the likeliest of which is the first.

        Raises:
            EoPvError: nobody can be asked; the message lists them.
        """
        if not self._yes and not _is_terminal():
            raise undecided(candidates)
        out.print(as_table(candidates))
        if not self._yes:
            return candidates[_number("Which file?", len(candidates))]
        out.print(f"Taking {candidates[0].shown}, the likeliest of {len(candidates)}; --file takes another.")
        return candidates[0]

    def layer(self, layers: Sequence[str]) -> str:
        """One of the layers.

        Raises:
            EoPvError: there is none of the wanted name, or nobody can be asked; the message lists them.
        """
        if self._wanted_layer is not None and self._wanted_layer in layers:
            return self._wanted_layer
        if self._wanted_layer is None and len(layers) == 1:
            return layers[0]
        listing = ", ".join(map(one_line, layers))
        if self._wanted_layer is not None:
            raise EoPvError(f"There is no layer {self._wanted_layer!r}. There are: {listing}.")
        if not self._yes and not _is_terminal():
            raise EoPvError(f"There are several layers: {listing}. Say which with --layer.")
        names = [candidate.name for candidate in ranked(Candidate(name, None) for name in layers)]
        if self._yes:
            out.print(f"Taking the layer {one_line(names[0])} of {listing}; --layer takes another.")
            return names[0]
        for number, name in enumerate(names, 1):
            out.print(f"{number:>3}  {one_line(name)}")
        return names[_number("Which layer?", len(names))]

    def require_consent(self) -> None:
        """Ask whether to write.

        Raises:
            EoPvError: nobody can be asked.
            typer.Exit: the answer is no.
        """
        if self._yes:
            return
        if not _is_terminal():
            raise EoPvError("Nothing was written: there is no terminal to ask on. Say --yes to add this entry.")
        if not typer.confirm("Add this entry to params.yaml?", default=True):
            out.print("Nothing was written.")
            raise typer.Exit(1)


def _number(question: str, count: int) -> int:
    """Which of them, counted from 0; it asks until it is one."""
    while not 1 <= (chosen := int(typer.prompt(question, type=int, default=1))) <= count:
        out.print(f"Expected a number from 1 to {count}.")
    return chosen - 1


def _is_terminal() -> bool:
    return sys.stdin.isatty()
