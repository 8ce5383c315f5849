"""The pages for users, as far as tests read them: blocks of code, headings and links."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(
    r"^(?P<indent> *)(?:<!-- not run: (?P<reason>.+?) -->\n(?P=indent))?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code.

    Attributes:
        language: sh, python, sql, yaml; empty for output.
        text: without the indentation of a list.
        reason: why it is not run; empty where it is.
    """

    language: str
    text: str
    reason: str


def name(page: Path) -> str:
    """A page, as tests name it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(each["language"], _dedented(each["text"], each["indent"]), each["reason"] or "") for each in found]


def _dedented(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def prose(page: Path) -> str:
    """A page without its blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """The targets of links and pictures; code is no link."""
    return LINK.findall(INLINE_CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """The anchors of headings, as GitHub and the site make them."""
    return {_slug(heading) for heading in HEADING.findall(prose(page))}


def _slug(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def command_lines(page: Path) -> list[str]:
    """The command lines of `sh` blocks, and those in sentences that begin with `eo-pv` or `make`."""
    text = "\n".join(block.text for block in blocks(page) if block.language == "sh").replace("\\\n", " ")
    in_blocks = [line for line in _without_documents(text).splitlines() if line.strip() and not line.startswith("#")]
    in_prose = [code for code in INLINE_CODE.findall(prose(page)) if re.match(r"(eo-pv|make) [a-zA-Z-]", code)]
    return [*in_blocks, *in_prose]


def _without_documents(text: str) -> str:
    """A script without its here-documents."""
    return re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
