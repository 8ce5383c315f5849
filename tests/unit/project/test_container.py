"""What the Dockerfile promises, as far as it can be read without building it; `make container-check` builds it."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def test_every_image_is_pinned_by_its_digest() -> None:
    base = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    others = [service["image"] for service in services.values() if service["image"] != "eo-pv"]
    assert [image for image in [*base, *others] if not DIGEST.search(image)] == []
    assert (len(base), len(others)) == (1, 2)


def test_a_change_of_code_does_not_install_the_packages_again() -> None:
    assert DOCKERFILE.index("COPY requirements") < DOCKERFILE.index("uv pip install") < DOCKERFILE.index("COPY --chown")


def test_nothing_runs_as_root_and_the_first_command_is_help() -> None:
    assert re.findall(r"^USER (.*)", DOCKERFILE, flags=re.MULTILINE) == ["1000:1000"]
    assert DOCKERFILE.rstrip().endswith('CMD ["make", "help"]')


def test_no_file_holds_a_password() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    assert len(re.findall(r"PASSWORD: |SECRET_ACCESS_KEY: |PGPASSWORD: ", compose)) == len(
        re.findall(r"\$\{\w+:\?", compose)
    )


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="without Git nobody knows which files are the project's")
def test_the_image_holds_every_file_of_the_project_but_its_own_recipe() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    allowed = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"]
    patterns = [re.compile(re.escape(pattern).replace(r"\*", "[^/]*") + "(/.*)?") for pattern in allowed]
    left_out = {name for name in tracked if name and not any(pattern.fullmatch(name) for pattern in patterns)}
    assert left_out == {".dvc/.gitignore", ".gitattributes", ".gitignore"}
