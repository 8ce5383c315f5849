import json
import subprocess
from pathlib import Path

import pytest

from loaders.acquire.plan import pending_steps
from loaders.core.paths import ProjectPaths


def test_the_steps_of_own_datasets_are_named_like_those_of_others(
    paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    status: dict[str, list[str]] = {
        "load@farms": [],
        "local/dvc.yaml:fetch@mine": [],
        "local/dvc.yaml:load@mine": [],
        "build": [],
    }

    def dvc_status(command: list[str], *, cwd: Path, **_: object) -> subprocess.CompletedProcess[str]:
        assert (command[-2:], cwd) == (["status", "--json"], paths.root)
        return subprocess.CompletedProcess(command, 0, stdout=json.dumps(status), stderr="")

    monkeypatch.setattr(subprocess, "run", dvc_status)
    assert pending_steps(paths) == [
        "would run: load@farms",
        "would run: fetch@mine, load@mine",
        "would run: build, report",
    ]
