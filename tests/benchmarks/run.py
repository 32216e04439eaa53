"""python tests/benchmarks/run.py: building, pages, estimation and inference, with peers in the same run.

Needs requirements-dev.txt; the peers of requirements-oracles.txt and PRACTICE_EXTRACTS (a folder with published files) add their
rows. Nothing here is asserted: times are for reading.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from data.build import build
from data.illustrative import write
from tests.benchmarks import building, estimation, inference, pages, staggered, synthetic


def main() -> None:
    """Print every table."""
    warnings.simplefilter("ignore")
    extracts = Path(os.environ["PRACTICE_EXTRACTS"]) if os.environ.get("PRACTICE_EXTRACTS") else None
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    building.main(extracts)
    print()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder / "drawn")
        build([folder / "drawn"], folder / "illustrative", illustrative=True)
        print("Illustrative warehouse")
        pages.main(folder / "illustrative")
        if extracts:
            build([extracts / "ees"], folder / "published")
            print("\nPublished warehouse")
            pages.main(folder / "published")
    print()
    estimation.main()
    print()
    staggered.main()
    print()
    synthetic.main()
    print()
    inference.main()


if __name__ == "__main__":
    main()
