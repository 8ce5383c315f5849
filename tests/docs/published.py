"""The thirteen datasets of `params.yaml` at the stand-in for their publishers: the bundled samples, in their places."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.overture import Amazon, area, encoded, publish_catalogue
from tests.publishers import Publishers

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "2026-10-21.0"
COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"  # of the tag v1.0 of a repository
COUNTRIES = {"gb": (-9, 49, 2, 61), "de": (5, 46, 15, 56), "us": (-125, 24, -66, 50), "in": (68, 6, 98, 36)}
DIVISIONS = [area(name, box) for name, box in COUNTRIES.items()]
Files = dict[str, bytes]


def publish_samples(web: Publishers) -> None:
    """Publish the sample of each dataset at the source that its entry names, and a release of Overture Maps."""
    for key, dataset in _datasets().items():
        files = {path.name: path.read_bytes() for path in sorted((ROOT / "data" / "samples" / key).iterdir())}
        _publish(dataset["source"], files, web)
    web.join(Amazon(RELEASE, encoded(DIVISIONS)))
    publish_catalogue(web.plain, RELEASE, schema="2.0.0")


def accept_samples(params: Path) -> None:
    """Set `origin: doi`, as the page says, and take out the numbers of records that the publishers state."""
    text = params.read_text(encoding="utf-8").replace("origin: sample\n", "origin: doi\n")
    params.write_text(re.sub(r"^ +expected_features: \d{3,}.*\n", "", text, flags=re.MULTILINE), encoding="utf-8")


def _datasets() -> dict[str, dict[str, Any]]:
    datasets: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["datasets"]
    return datasets


def _publish(source: dict[str, Any], files: Files, web: Publishers) -> None:
    patterns: dict[str, Callable[[re.Match[str]], None]] = {
        r"10\.5281/zenodo\.(\d+)": lambda found: web.zenodo.publish(int(found[1]), files),
        r"10\.6084/m9\.figshare\.(\d+)(?:\.v(\d+))?": lambda found: web.figshare.publish(
            int(found[1]), files, version=int(found[2] or 1)
        ),
        r"(10\.5066/.+)": lambda found: web.sciencebase.publish("66707f69d34e89718fa3f82f", files, doi=found[1]),
        r"https://www\.sciencebase\.gov/catalog/item/(\w+)": lambda found: web.sciencebase.publish(found[1], files),
        r"(.+)@(.+):release:.+": lambda found: web.github.publish(
            found[1], {}, commit=COMMIT, tags=[found[2]], releases={found[2]: files}
        ),
        r"([^@]+)@([^:]+):(.+/)[^/]+": lambda found: web.github.publish(
            found[1], {found[3] + name: body for name, body in files.items()}, commit=found[2]
        ),
    }
    text = source.get("doi") or source.get("url") or source["github"]
    found = [(publish, match) for pattern, publish in patterns.items() if (match := re.fullmatch(pattern, text))]
    publish, match = found[0]
    publish(match)
