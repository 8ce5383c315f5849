"""The sentences of the program, as its source holds them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOLE = "…"


@cache
def program_texts() -> tuple[str, ...]:
    """Every text of `loaders/` and the Makefile, with … for each value in it."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "loaders").rglob("*.py")))
    texts = [text for tree in trees for text in _texts(tree)]
    return (*texts, (ROOT / "Makefile").read_text(encoding="utf-8"))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
