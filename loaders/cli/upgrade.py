"""Command `upgrade`: `git pull` for a project whose builds have changed tracked files."""

import shutil
import subprocess
from pathlib import Path

from loaders.cli.console import app
from loaders.core.errors import BuildError
from loaders.core.paths import find_root
from loaders.core.terminal import out

# builds rewrite these: they describe the results on this machine, and are put back after the pull
GENERATED = ("dvc.lock", "dbt/sources")
PULL = ("-c", "merge.generated.driver=true", "pull", "--rebase", "--autostash")  # see .gitattributes


@app.command()
def upgrade() -> None:
    """Get the newest version (git pull) and keep your settings and results; `make all` then runs what changed."""
    root = find_root()
    if shutil.which("git") is None or _git(root, "rev-parse", "--verify", "@{upstream}").returncode:
        raise BuildError(
            "`eo-pv upgrade` is `git pull` with your results kept, and this folder has no remote branch to pull from "
            "(`git branch --set-upstream-to` names one). Without any, get the newest version the way you got this one, "
            "and copy params.yaml, overrides.csv, local/, data/ and your own files into it."
        )
    kept = root / ".dvc" / "tmp" / "upgrade"
    if not kept.exists():  # else an upgrade that stopped has kept them
        _keep(root, kept)
    stash = _git(root, "rev-parse", "--verify", "refs/stash").stdout
    pulled = subprocess.run(["git", *PULL], cwd=root, check=False)
    if _is_rebasing(root):
        raise BuildError(
            "The new version and your commits change the same lines. Correct the files that Git names above, `git add` "
            "them, type `git rebase --continue`, and run `eo-pv upgrade` again."
        )
    shutil.copytree(kept, root, dirs_exist_ok=True)
    shutil.rmtree(kept)
    if pulled.returncode:
        raise BuildError("`git pull` failed, see its message above. Nothing has changed here.")
    if stash != _git(root, "rev-parse", "--verify", "refs/stash").stdout:
        raise BuildError(
            "The new version is here, but it changes the same lines as you: your changes wait in Git's stash. Type "
            "`git stash pop`, correct the files that it names, then `git stash drop`."
        )
    out.print("The newest version is here. `make all` runs what has changed (`make plan` lists it).")


def _keep(root: Path, kept: Path) -> None:
    """Copy the generated files that differ from the published ones, and restore what Git has of all."""
    base = _git(root, "merge-base", "HEAD", "@{upstream}").stdout.strip()
    names = _git(root, "diff", "--name-only", "--diff-filter=d", base, "--", *GENERATED).stdout.splitlines()
    kept.mkdir(parents=True)
    for name in names:
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, kept / name)
    tracked = [name for name in GENERATED if _git(root, "ls-files", "--", name).stdout]
    if tracked:
        _git(root, "checkout", "--quiet", "HEAD", "--", *tracked)


def _is_rebasing(root: Path) -> bool:
    folders = (_git(root, "rev-parse", "--git-path", f"rebase-{kind}").stdout.strip() for kind in ("merge", "apply"))
    return any((root / folder).exists() for folder in folders)


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
