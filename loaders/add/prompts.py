"""Prompts for the user, and the defaults without a terminal."""

import sys
from collections.abc import Sequence

import typer

from loaders.add.candidates import Candidate, ambiguous_files_error, candidates_table, rank_candidates
from loaders.core.errors import EoPvError
from loaders.core.escape import one_line
from loaders.core.terminal import out


class Prompter:
    """Prompts on a terminal; with `yes` it takes the likeliest choice; without a terminal it refuses to choose."""

    def __init__(self, layer: str | None, *, yes: bool) -> None:
        self._layer, self._yes = layer, yes

    def choose_file(self, candidates: Sequence[Candidate]) -> Candidate:
        """Choose one of several files, the likeliest first.

        Raises:
            EoPvError: there is no terminal; the message lists the files.
        """
        if not self._yes and not _is_terminal():
            raise ambiguous_files_error(candidates)
        out.print(candidates_table(candidates))
        if not self._yes:
            return candidates[_prompt_number("Which file?", len(candidates))]
        out.print(f"Taking {candidates[0].label}, the likeliest of {len(candidates)}; --file takes another.")
        return candidates[0]

    def choose_layer(self, layers: Sequence[str]) -> str:
        """Choose one of the layers.

        Raises:
            EoPvError: there is no layer of the requested name, or no terminal; the message lists the layers.
        """
        if self._layer is not None and self._layer in layers:
            return self._layer
        if self._layer is None and len(layers) == 1:
            return layers[0]
        listing = ", ".join(map(one_line, layers))
        if self._layer is not None:
            raise EoPvError(f"There is no layer {self._layer!r}. There are: {listing}.")
        if not self._yes and not _is_terminal():
            raise EoPvError(f"There are several layers: {listing}. Say which with --layer.")
        names = [candidate.name for candidate in rank_candidates(Candidate(name, None) for name in layers)]
        if self._yes:
            out.print(f"Taking the layer {one_line(names[0])} of {listing}; --layer takes another.")
            return names[0]
        for number, name in enumerate(names, 1):
            out.print(f"{number:>3}  {one_line(name)}")
        return names[_prompt_number("Which layer?", len(names))]

    def require_consent(self, file: str = "params.yaml") -> None:
        """Ask for consent to write to a file.

        Raises:
            EoPvError: there is no terminal.
            typer.Exit: the answer is no.
        """
        if self._yes:
            return
        if not _is_terminal():
            raise EoPvError("Nothing was written: there is no terminal to ask on. Say --yes to add this entry.")
        if not typer.confirm(f"Add this entry to {file}?", default=True):
            out.print("Nothing was written.")
            raise typer.Exit(1)


def _prompt_number(question: str, count: int) -> int:
    """Prompt until the answer is one of `count` numbers; counted from 0."""
    while not 1 <= (number := int(typer.prompt(question, type=int, default=1))) <= count:
        out.print(f"Expected a number from 1 to {count}.")
    return number - 1


def _is_terminal() -> bool:
    return sys.stdin.isatty()
