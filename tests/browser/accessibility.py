"""What axe-core finds on a page: contrast, names for screen readers, headings, landmarks."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tests.browser.chromium import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
MAX_EXAMPLES = 5
RUN = """
    const finish = arguments[arguments.length - 1];
    axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"], iframes: false})
        .then(result => finish(result.violations), error => finish([{id: String(error), nodes: []}]));
"""


@cache
def _axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with a few elements that break it."""
    page.run(_axe())
    page.driver.set_script_timeout(60)
    found: list[Mapping[str, Any]] = page.driver.execute_async_script(RUN, RULES)
    return [f"{each['id']}: {_examples(each)}" for each in found]


def _examples(violation: Mapping[str, Any]) -> str:
    nodes = violation["nodes"]
    shown = [f"{node['html'][:200]} ({node.get('failureSummary', '')[:200]})" for node in nodes[:MAX_EXAMPLES]]
    return f"{len(nodes)} of them: " + " | ".join(shown)
