"""Draws the picture of docs/explanations/architecture.md: `python -m loaders.report.docs.workflow`."""

from pathlib import Path

import graphviz

from loaders.report.docs.svg import write_svg

IMAGES = Path(__file__).parents[3] / "docs" / "images"


def draw_workflow(folder: Path = IMAGES) -> None:
    """Render `workflow.dot` of a folder to `workflow.svg`."""
    write_svg(graphviz.Source((folder / "workflow.dot").read_text(encoding="utf-8")), folder / "workflow.svg")


if __name__ == "__main__":
    draw_workflow()
