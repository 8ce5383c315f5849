"""The table at the end of `make all` in a terminal of 80 columns, as README.md quotes it.

`python -m tests.docs.closing_table` writes it from the tables of this project, after `make all`.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
QUOTED = re.compile(r"(<!-- closing table -->\n```\n)(.*?)(```\n<!-- end)", re.DOTALL)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
TIME = re.compile(r"[\d.,]+$", re.MULTILINE)
LINES, COLUMNS = 50, 80
LAST = "high confidence: "  # what follows are notes and files


def closing_table(root: Path) -> str:
    """The table of a built project, and the sentences up to the number of installations."""
    terminal, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {name: text for name, text in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    command = [sys.executable, "-m", "loaders", "summary"]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=program, stderr=subprocess.DEVNULL)
    os.close(program)
    lines = [line.rstrip() for line in STYLE.sub("", _read(terminal)).splitlines()]
    assert process.wait() == 0
    last = next(number for number, line in enumerate(lines) if line.startswith(LAST))
    return "\n".join([*lines[: last + 1], ""])


def _read(terminal: int) -> str:
    """All that a program writes to a terminal until it ends."""
    text = b""
    try:
        while piece := os.read(terminal, 65536):
            text += piece
    except OSError:  # how Linux reports the end
        pass
    os.close(terminal)
    return text.decode()


def without_times(text: str) -> str:
    """A table without its last column, the seconds that it took."""
    return "\n".join(TIME.sub("", line).rstrip() for line in text.splitlines())


def quoted() -> str:
    """The table as README.md quotes it."""
    found = QUOTED.search(README.read_text(encoding="utf-8"))
    assert found is not None
    return found[2]


if __name__ == "__main__":
    table = closing_table(ROOT)
    text = README.read_text(encoding="utf-8")
    README.write_text(QUOTED.sub(lambda found: found[1] + table + found[3], text), encoding="utf-8")
