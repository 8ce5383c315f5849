"""A setting that was guessed, and why."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Guess:
    """One setting of an entry.

    Attributes:
        value: as `params.yaml` states it.
        reason: what it was guessed from; becomes the comment above it.
        is_doubtful: whether somebody should look at it before anything is made from it.
    """

    value: Any
    reason: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry of `params.yaml` that is not written yet.

    Attributes:
        key: of the dataset.
        settings: its branches in their order: a guess, or guesses by the name of the setting.
        notes: what to know that belongs to no one setting.
        open_questions: those of the notes that nobody but a reader can answer.
    """

    key: str
    settings: dict[str, Guess | dict[str, Guess]]
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = field(default=())

    @property
    def plain(self) -> dict[str, Any]:
        """The entry without comments, as a reader of YAML gets it."""
        return {name: _plain(branch) for name, branch in self.settings.items()}

    @property
    def doubts(self) -> list[str]:
        """What to look at, a sentence each, with the name of the setting."""
        found = list(self.open_questions)
        for name, branch in self.settings.items():
            parts = {name: branch} if isinstance(branch, Guess) else {f"{name}.{part}": g for part, g in branch.items()}
            found += [f"{part}: {guess.reason}" for part, guess in parts.items() if guess.is_doubtful]
        return found


def _plain(branch: Guess | dict[str, Guess]) -> Any:
    return branch.value if isinstance(branch, Guess) else {name: guess.value for name, guess in branch.items()}
