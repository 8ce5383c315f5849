"""A full disk and a folder that cannot be written, as mounts that only this process and its children see."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.chaos.outcome import Outcome, healed, judged
from tests.chaos.processes import BackgroundRun
from tests.chaos.world import make_stale
from tests.pipeline.conftest import Project

IN_NAMESPACE = "EO_PV_CHAOS_MOUNTS"
NO_MOUNTS = "mounts are refused here"
DISK_MB, MB = 600, 1 << 20
LEAST_FREE_MB, MOST_FREE_MB = 0.05, 12
READ_ONLY = ("data/sample", "data/sample/loaded", "data/sample/curated", "data/sample/.work", "data", ".")


def enter_mount_namespace() -> None:
    """Start this program again where its mounts concern it alone, and end with it; go on if that is refused."""
    if IN_NAMESPACE in os.environ or not shutil.which("unshare"):
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", "--mount", *user]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        again = [*command, sys.executable, "-m", "tests.chaos", *sys.argv[1:]]
        os.execvpe("unshare", again, os.environ | {IN_NAMESPACE: "1"})  # noqa: S606 (the same command)


def can_mount(folder: Path) -> bool:
    """Whether a disk can be mounted here."""
    if IN_NAMESPACE not in os.environ:
        return False
    try:
        with _mounted(folder / "probe", "-t", "tmpfs", "tmpfs"):
            return True
    except subprocess.CalledProcessError:
        return False


def full_disk(project: Project, folder: Path, random: Random, reference: dict[str, str]) -> Outcome:
    """Run on a small disk with little room left, then make room and run again."""
    free_mb = random.uniform(LEAST_FREE_MB, MOST_FREE_MB)
    with _mounted(folder / "disk", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs") as disk:
        copy = Project(disk / "project")
        shutil.copytree(project.root, copy.root, symlinks=True)
        work = make_stale(copy, random)
        filler = disk / "filler"
        with filler.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, shutil.disk_usage(disk).free - int(free_mb * MB))
        outcome = judged(f"a disk with {free_mb:.1f} MB left", work, BackgroundRun(copy, "make", "all"))
        filler.unlink()
        return healed(outcome, copy, reference)


def read_only(project: Project, random: Random, reference: dict[str, str]) -> Outcome:
    """Run with a folder that cannot be written, then run again."""
    name, work = random.choice(READ_ONLY), make_stale(project, random)
    folder = project.root / name
    with _mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        outcome = judged(f"read-only: {name}", work, BackgroundRun(project, "make", "all"))
    return healed(outcome, project, reference)


@contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *options, folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
