"""Download one large file with eo-pv and with curl, from the same local server: time, and the most memory.

    python -m benchmarks.fetch [size in MB]

The server speaks TLS through a proxy, as the stand-in of the tests does; both clients pay for that.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks.measure import Figures, measured
from tests.publishers import Generated, Publishers

HOST, PATH = "files.example.org", "/large.geojson"
ROUNDS = 3


def fetched_by_us(folder: Path, environment: dict[str, str]) -> Figures:
    """`eo-pv fetch` of a file that is not in the cache."""
    (folder / "params.yaml").write_text(
        yaml.safe_dump(
            {"origin": "doi", "max_mb": 5000, "datasets": {"large": {"source": {"url": f"https://{HOST}{PATH}"}}}}
        )
    )
    command = [sys.executable, "-m", "loaders"]
    subprocess.run(
        [*command, "resolve", "large"], cwd=folder, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
    )
    return measured([*command, "fetch", "large"], folder, environment)


def fetched_by_curl(folder: Path, environment: dict[str, str]) -> Figures:
    """The same file with curl, which neither hashes it nor waits for the disk."""
    command = ["curl", "--silent", "--fail", "--cacert", environment["REQUESTS_CA_BUNDLE"], "--output", "large"]
    return measured([*command, f"https://{HOST}{PATH}"], folder, environment)


def main(size_mb: int) -> None:
    """Print a table."""
    if shutil.which("curl") is None:
        raise SystemExit("curl is not installed; there is nothing to compare with.")
    print(f"{size_mb} MB, {ROUNDS} rounds, {os.cpu_count()} cores; memory of the client alone")  # noqa: T201
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name, Publishers(Path(name)) as web:
            web.plain.publish(HOST, PATH, Generated(size_mb * 1_000_000, seed=1))
            environment = web.environment() | {"EO_PV_CACHE": f"{name}/cache"}
            theirs = fetched_by_curl(Path(name), environment)
            ours = fetched_by_us(Path(name), environment)
        ratio = ours.seconds / theirs.seconds
        print(f"eo-pv {ours}   curl {theirs}   ratio {ratio:.2f}")  # noqa: T201


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
