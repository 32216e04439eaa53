"""python -m analytics run SPEC.toml --database FOLDER|FILE.duckdb --out DIR"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from analytics.analysis import analyse
from analytics.errors import PracticeError
from analytics.report.run_files import write_run
from analytics.spec import Specification
from analytics.warehouse import location, open_warehouse


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description="Analyses without the page.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one specification and write its files")
    run.add_argument("specification", type=Path, metavar="SPEC.toml")
    run.add_argument("--database", type=Path, default=None, help="warehouse: a folder or a .duckdb file")
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 done; 2 the specification or the warehouse cannot be used, with the reason on standard error."""
    chosen = _parser().parse_args(arguments)
    try:
        analysis = analyse(Specification.from_file(chosen.specification), open_warehouse(chosen.database or location()))
        written = write_run(analysis, chosen.out)
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 2
    for result in analysis.results:
        print(f"{result.indicator.label}: {result.verdict.heading}. {result.verdict.sentence}")
    print("Written: " + ", ".join(str(file) for file in written))
    return 0


if __name__ == "__main__":
    sys.exit(main())
