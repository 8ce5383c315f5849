"""Guessed settings, each with its reason, and the draft of an entry."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Guess:
    """One setting of an entry.

    Attributes:
        value: as written in `params.yaml`.
        reason: the evidence for it; becomes the comment above it.
        is_doubtful: whether it needs review before the dataset is used.
    """

    value: Any
    reason: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry of `params.yaml` that is not written yet.

    Attributes:
        key: of the dataset.
        settings: its branches in their order: a guess, or guesses by setting name.
        notes: remarks that belong to no single setting.
        open_questions: the notes that need an answer from the user.
    """

    key: str
    settings: dict[str, Guess | dict[str, Guess]]
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = field(default=())

    @property
    def entry(self) -> dict[str, Any]:
        """The entry without comments, as YAML parses it."""
        return {name: _branch_values(branch) for name, branch in self.settings.items()}

    @property
    def doubts(self) -> list[str]:
        """Points to review, one sentence each, with the name of the setting."""
        sentences = list(self.open_questions)
        for name, branch in self.settings.items():
            parts = {name: branch} if isinstance(branch, Guess) else {f"{name}.{part}": g for part, g in branch.items()}
            sentences += [f"{part}: {guess.reason}" for part, guess in parts.items() if guess.is_doubtful]
        return sentences


def _branch_values(branch: Guess | dict[str, Guess]) -> Any:
    return branch.value if isinstance(branch, Guess) else {name: guess.value for name, guess in branch.items()}
