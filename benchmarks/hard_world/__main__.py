"""Make the harder world.

python -m benchmarks.hard_world FOLDER [--records 60000] [--seed 1]

FOLDER becomes a project with the published files; its `truth.parquet` says which records show the same plant, and which
kind of trap they belong to.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.hard_world.world import make_hard_world


def main() -> None:
    """Make one, and say how large it is."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--records", type=int, default=60_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    made = make_hard_world(chosen.folder.resolve(), chosen.records, chosen.seed)
    sys.stdout.write(f"{made:,} records in {chosen.folder}\n")


if __name__ == "__main__":
    main()
