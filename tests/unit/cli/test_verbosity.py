import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.cli.console import complete_dataset
from loaders.core.progress_bars import progress
from loaders.core.terminal import VERBOSITY_VARIABLE, Terminal, Verbosity, err, set_verbosity, verbosity
from loaders.http.client import HttpClient
from loaders.settings.download import Download
from tests.unit.cli.test_help import COMMANDS
from tests.unit.conftest import Run

NORTH = "a_north_2020"


def test_quiet_prints_no_remark_but_every_result_and_error(eo_pv: Run, project: Path) -> None:
    assert eo_pv("-q", "resolve", "north") == (0, "", "")
    assert eo_pv("fetch", "north", "--quiet") == (0, "", "")
    code, output, _ = eo_pv("-q", "verify", "north")
    assert (code, output.startswith(f"{NORTH}: ")) == (0, True)
    code, _, errors = eo_pv("-q", "fetch", "nroth")
    assert (code, errors.startswith("Error: params.yaml: there is no dataset 'nroth'")) == (1, True)
    assert eo_pv("fetch", "north")[1] != ""


def test_a_command_that_passes_options_on_leaves_verbose_to_dvc() -> None:
    options = {name: {param.name for param in COMMANDS[name].params} for name in ("repro", "load")}
    assert ("quiet" in options["repro"], "verbose" in options["repro"]) == (True, False)
    assert {"quiet", "verbose"} <= options["load"]


def test_verbose_says_which_files_are_used_and_how_long_it_took(
    eo_pv: Run, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    eo_pv("resolve", "north")
    eo_pv("fetch", "north")
    assert caplog.messages == []
    code, _, errors = eo_pv("load", "north", "-v")
    assert (code, "eo-pv load: " in errors) == (0, True)
    assert f"settings: {project / 'params.yaml'}" in caplog.messages
    assert f"{NORTH}: loads {project / 'data/sample/raw' / NORTH / 'north.geojson'}" in caplog.messages
    assert [line for line in caplog.messages if line.startswith(f"{NORTH}: load took ")]


def test_verbose_says_what_was_asked_of_whom(caplog: pytest.LogCaptureFixture) -> None:
    set_verbosity(Verbosity.VERBOSE)
    try:
        with pytest.raises(Exception, match="localhost"):
            HttpClient(Download(attempts=1)).get("http://localhost:1/farms.zip?token=abc")
    finally:
        set_verbosity(Verbosity.NORMAL)
    assert [line for line in caplog.messages if line.startswith("GET http://localhost/farms.zip")]
    assert "abc" not in caplog.text


def test_the_steps_that_a_command_starts_are_as_quiet_as_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_verbosity(Verbosity.QUIET)
    try:
        assert os.environ[VERBOSITY_VARIABLE] == "QUIET"
        err.warn("careful")
        err.info("done")
        with err.status("working"):
            err.print("result")
    finally:
        set_verbosity(Verbosity.NORMAL)
    assert (verbosity(), VERBOSITY_VARIABLE in os.environ) == (Verbosity.NORMAL, False)
    assert capsys.readouterr().err == "result\n"


def test_the_shell_completes_keys_and_aliases(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert list(complete_dataset("n")) == [("north", NORTH)]
    assert ("a_north_2020", "north") in list(complete_dataset(""))
    (project / "params.yaml").write_text("datsets: {}\n")
    assert list(complete_dataset("")) == []


def test_the_shell_asks_the_program_itself(project: Path) -> None:
    words = {"_EO_PV_COMPLETE": "complete_bash", "COMP_WORDS": "eo-pv load nor", "COMP_CWORD": "2"}
    command = [sys.executable, "-m", "loaders"]
    done = subprocess.run(command, cwd=project, env=os.environ | words, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["north"]


@pytest.mark.parametrize(("level", "is_shown"), [("QUIET", False), ("NORMAL", True), ("VERBOSE", False)])
def test_a_status_line_and_bars_are_only_between_quiet_and_verbose(
    level: str, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VERBOSITY_VARIABLE, level)
    monkeypatch.setattr(Terminal, "is_terminal", True)
    console = Terminal(file=io.StringIO(), force_terminal=True, width=80)
    with console.status("working"):
        pass
    assert isinstance(console.file, io.StringIO)
    assert ("working" in console.file.getvalue(), progress().disable) == (is_shown, not is_shown)
