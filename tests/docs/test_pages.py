"""What pages for users promise, as far as it can be checked without running it; `test_blocks.py` runs the rest."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest
import typer
import yaml

from loaders.__main__ import app
from loaders.cli import reference
from loaders.report.reference.docstrings import meanings
from loaders.report.reference.settings import branches
from loaders.settings.params import read_settings
from tests.docs.messages import HOLE, program_texts
from tests.docs.pages import PAGES, ROOT, anchors, blocks, command_lines, links, name, prose

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EXTERNAL = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(/\S*)?")
ALL_PAGES = pytest.mark.parametrize("page", PAGES, ids=name)
PROGRAM = typer.main.get_command(app)
MADE_BY_BUILDS = re.compile(r"^(\.\./)*data/(sample|doi)/")


@ALL_PAGES
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert [link for link in links(page) if not _leads_somewhere(link, page)] == []


def _leads_somewhere(link: str, page: Path) -> bool:
    if "://" in link:
        return EXTERNAL.fullmatch(link) is not None
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@ALL_PAGES
def test_every_command_is_known_with_its_options(page: Path) -> None:
    problems = [f"{line}: {problem}" for line in command_lines(page) for problem in _problems(line)]
    assert problems == []


def _problems(line: str) -> Iterator[str]:
    """Unknown targets of make, and unknown commands and options of eo-pv."""
    for part in re.split(r"&&|;|\|", line):
        words = [word for word in _words(part) if not re.match(r"[A-Z_]+=", word)]
        program, *arguments = words or [""]
        if program == "make":
            yield from (
                f"no target {word}" for word in arguments if re.fullmatch(r"[a-z-]+", word) and word not in TARGETS
            )
        elif Path(program).name == "eo-pv" and arguments:
            yield from _problems_of_command(*arguments)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a placeholder with an apostrophe
        return line.split()


def _problems_of_command(first: str, *arguments: str) -> Iterator[str]:
    commands: dict[str, click.Command] = getattr(PROGRAM, "commands", {})
    options = {option for parameter in PROGRAM.params for option in (*parameter.opts, *parameter.secondary_opts)}
    if first.startswith("-"):
        yield from [] if first in {*options, "--help"} else [f"no option {first}"]
    elif not re.fullmatch(r"[a-z-]+", first):
        return
    elif first not in commands:
        yield f"no command {first}"
    else:
        known = {option for each in commands[first].params for option in (*each.opts, *each.secondary_opts)}
        used = [word.partition("=")[0] for word in arguments if re.match(r"--?[a-z]", word)]
        yield from (f"no option {option}" for option in used if option not in {*known, "--help"})


@ALL_PAGES
def test_an_entry_that_a_page_shows_is_accepted(page: Path, tmp_path: Path) -> None:
    entries = [block.text for block in blocks(page) if block.language == "yaml" and block.text.startswith("  ")]
    for number, text in enumerate(entries):
        settings = tmp_path / f"params_{number}.yaml"
        settings.write_text(f"datasets:\n{text}", encoding="utf-8")
        assert set(read_settings(settings).datasets) == set(yaml.safe_load(text))


@pytest.mark.parametrize("page", reference.PAGES)
def test_a_generated_page_is_up_to_date(page: str) -> None:
    written = (reference.FOLDER / page).read_text(encoding="utf-8")
    assert written == reference.PAGES[page](), "run `python -m loaders.cli.reference`"


def test_every_setting_states_its_meaning() -> None:
    missing = [
        f"{place}.{setting}"
        for place, model in branches()
        for setting, field in model.model_fields.items()
        if setting not in meanings(model) and "loaders.settings" not in str(field.annotation) and setting != "key"
    ]
    assert missing == []


def test_the_site_lists_every_page_once() -> None:
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    pages = sorted((ROOT / "docs").rglob("*.md"))
    assert sorted(_pages_below(navigation)) == sorted(path.relative_to(ROOT / "docs").as_posix() for path in pages)


def _pages_below(navigation: object) -> list[str]:
    if isinstance(navigation, str):
        return [navigation]
    parts = navigation.values() if isinstance(navigation, dict) else navigation
    assert isinstance(parts, Iterable)
    return [page for part in parts for page in _pages_below(part)]


MESSAGES = [
    cell
    for section in prose(ROOT / "docs" / "troubleshooting.md").split("\n## ")
    if "| message |" in section
    for cell in re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
]


@pytest.mark.parametrize("message", MESSAGES)
def test_troubleshooting_quotes_a_message_of_the_program(message: str) -> None:
    pattern = re.compile(".*?".join(map(re.escape, message.split(HOLE))), re.DOTALL)
    assert any(pattern.search(text) for text in program_texts())


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
