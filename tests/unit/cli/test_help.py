import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from loaders.__main__ import app, main
from loaders.cli.help_groups import GROUPS, OTHERS, grouped
from loaders.settings.params import read_settings

Help = Callable[..., tuple[int, str, str]]

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # of a group
SETTINGS = read_settings(Path(__file__).parents[3] / "params.yaml")
CUT = re.compile(r"(?<![\w\]}])(…|\.\.\.)$|[a-z,]\.\.\.$", re.MULTILINE)


@pytest.fixture
def eo_pv_at_80(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Help:
    """Run `eo-pv` as in a terminal of 80 columns; returns exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str, program: str = "eo-pv") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0), *capsys.readouterr()

    return run


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_80_columns_and_no_line_of_it_is_cut(eo_pv_at_80: Help, name: str) -> None:
    code, text, _ = eo_pv_at_80(*name.split(), "--help")
    lines = text.splitlines()
    body = "\n".join(line for line in lines if not line.startswith("Usage: "))
    assert (code, max(map(len, lines)) <= 80, CUT.findall(body)) == (0, True, [])
    assert [word for word in ("<str>", "<list", "<float>", "<path>") if word in text] == []
    assert text.startswith(f"Usage: eo-pv {name}".rstrip())


def test_help_gives_the_whole_first_sentence_of_each_command(eo_pv_at_80: Help) -> None:
    _, text, _ = eo_pv_at_80("--help")
    for name, command in COMMANDS.items():
        sentence = re.split(r"(?<=\.)\s", words(command.help))[0]
        assert f"{name} {sentence}" in words(text)


def test_help_lists_the_commands_in_three_groups_without_a_rest(eo_pv_at_80: Help) -> None:
    _, text, _ = eo_pv_at_80("--help")
    headings = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert headings == ["Options", "Everyday", "Data", "Steps of the workflow, which `make all` runs"]
    listed = re.findall(r"^  ([a-z]+) {2,}\S", text, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_ends_with_an_example_that_parses(name: str) -> None:
    command = COMMANDS[name]
    label, program, example, *arguments = str(command.epilog).split()
    assert (label, program, example) == ("Example:", "eo-pv", name)
    context = command.make_context(name, arguments)
    names = context.params.get("keys") or [context.params.get(each) for each in ("key", "a", "b")]
    assert all(SETTINGS.dataset(each) for each in names if each)


def test_a_command_of_no_group_is_listed_last() -> None:
    assert grouped(["zonal", "check"]) == {"Everyday": ["check"], OTHERS: ["zonal"]}
    assert len({name for group in GROUPS.values() for name in group}) == sum(map(len, GROUPS.values()))


def test_without_a_command_the_help_is_printed(eo_pv_at_80: Help) -> None:
    code, text, errors = eo_pv_at_80()
    assert (code, errors) == (0, "")
    assert text == eo_pv_at_80("--help")[1]


def test_the_program_is_called_eo_pv_as_a_module_too(eo_pv_at_80: Help) -> None:
    assert eo_pv_at_80("--help", program="/x/loaders/__main__.py")[1].startswith("Usage: eo-pv [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["plam"], "Error: No such command 'plam'. Did you mean 'plan'?"),
        (["plan", "--jsno"], "Error: No such option: --jsno. Did you mean --json?"),
        (["--verison"], "Error: No such option: --verison. Did you mean --version?"),
        (["ingest", "--max-mb", "abc", "x"], "Invalid value for '--max-mb': it is 'abc'; expected a number."),
        (["compare", "a", "b", "--within=-5"], "for '--within': it is '-5'; expected a number of at least 0."),
        (
            ["ingest", "--executor", "daks", "x"],
            "for '--executor': 'daks' is none of threads, processes, dask. Did you mean dask?",
        ),
        (["-q", "-v", "check"], "give either --quiet or --verbose"),
        (["check", "-q", "--verbose"], "give either --quiet or --verbose"),
    ],
)
def test_a_misspelt_word_is_exit_code_2_with_the_nearest_one(
    eo_pv_at_80: Help, arguments: list[str], suggestion: str
) -> None:
    code, text, errors = eo_pv_at_80(*arguments)
    assert (code, text) == (2, "")
    assert suggestion in words(errors)


def test_version_is_that_of_the_project(eo_pv_at_80: Help) -> None:
    assert eo_pv_at_80("--version") == (0, "eo-pv 0.1.0\n", "")
