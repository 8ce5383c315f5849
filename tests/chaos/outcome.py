"""What came of a disturbance, and whether that is right."""

import re
from dataclasses import dataclass, replace

from tests.chaos.processes import BackgroundRun
from tests.chaos.world import digests
from tests.pipeline.conftest import Project

SENTENCE = re.compile(r"^(Error: .+|Stopped\..*)$", re.MULTILINE)
TRACEBACK = "Traceback (most recent call last)"
SHOWN_CHARACTERS = 110
HEADER = ("what was done", "when", "what the run said", "the next run", "same bytes", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of the table.

    Attributes:
        done: what was done.
        when: seconds after the start of the run, and the stage.
        said: what the run said, and its exit code.
        faults: what must not be.
        healed: what the next run did.
        same_bytes: whether the tables were then those of a run without disturbance; null if another kill came first.
        output: all that the run printed, shown if there is a fault.
    """

    done: str
    when: str
    said: str
    faults: tuple[str, ...] = ()
    healed: str = ""
    same_bytes: bool | None = None
    output: str = ""

    def cells(self) -> tuple[str, ...]:
        """The cells of the row."""
        same = {True: "yes", False: "NO", None: "–"}[self.same_bytes]
        return self.done, self.when, self.said, self.healed, same, "; ".join(self.faults) or "ok"


def skipped(done: str, reason: str) -> Outcome:
    """The row of a disturbance that is not possible here."""
    return Outcome(done, "–", f"skipped: {reason}", healed="–")


def judged(done: str, when: str, run: BackgroundRun, *, may_be_silent: bool = False) -> Outcome:
    """Wait for a run, and check how it ended.

    Args:
        done: what was done to it.
        when: and when.
        run: the run.
        may_be_silent: it was killed as a whole, and cannot say so.
    """
    code, output = run.wait()
    faults = []
    sentence = SENTENCE.search(output)
    if code is None:
        faults.append("it does not end")
    elif code and not sentence and not may_be_silent:
        faults.append("no sentence")
    if TRACEBACK in output:
        faults.append("traceback")
    if left := run.left_over():
        faults.append(f"still there after 5 s: {', '.join(left)}")
    said = "success" if code == 0 else f"exit {code}: {sentence[0] if sentence else 'nothing'}"
    return Outcome(done, when, said, tuple(faults), output=output)


def healed(outcome: Outcome, project: Project, reference: dict[str, str]) -> Outcome:
    """Type `make all` again: it succeeds, and makes the bytes of a run without disturbance."""
    run = BackgroundRun(project, "make", "all")
    code, output = run.wait()
    faults = list(outcome.faults)
    if code != 0 or TRACEBACK in output:
        faults.append(f"the next run fails ({code})")
    if left := run.left_over():
        faults.append(f"the next run leaves {', '.join(left)}")
    now = digests(project)
    if now != reference:
        differing = sorted(name for name in now.keys() | reference if now.get(name) != reference.get(name))
        faults.append(f"other bytes: {', '.join(differing)}")
    did = "nothing to do" if "Nothing changed" in output else f"success, {run.seconds:.0f} s"
    return replace(
        outcome,
        healed=did if code == 0 else f"exit {code}",
        same_bytes=now == reference,
        faults=tuple(faults),
        output=outcome.output + output,
    )


def as_row(cells: tuple[str, ...]) -> str:
    """A row of a Markdown table."""
    texts = (cell.replace("\n", " ").replace("|", "/") for cell in cells)
    shown = (text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…" for text in texts)
    return f"| {' | '.join(shown)} |"
