"""python -m analytics run | bundle | protocol | verify ...; each says with --help what it takes"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from analytics.analysis import Analysis, analyse
from analytics.difference import difference_lines, nearest
from analytics.errors import BadProtocol, NotRecorded, PracticeError
from analytics.protocol import Standing, protocol_of, read_protocol, specification_in
from analytics.report.replication import write_replication
from analytics.report.run_files import write_run
from analytics.runs import count_runs, protocols_on, record_run, save_protocol
from analytics.study import study
from analytics.verify import MATCHES, faults_of
from analytics.warehouse import Warehouse, location, open_warehouse

LIST = ","


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description="Analyses without the page.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one specification, or a protocol's, and write its files")
    run.add_argument("specification", type=Path, metavar="SPEC.toml")
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files")
    bundle = commands.add_parser(
        "bundle", help="run it and write a zip with all that is needed to replicate it elsewhere"
    )
    bundle.add_argument("specification", type=Path, metavar="SPEC.toml")
    bundle.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="file to write")
    plan = commands.add_parser("protocol", help="save a specification as a protocol, before its results are shown")
    plan.add_argument("specification", type=Path, metavar="SPEC.toml")
    plan.add_argument("--primary", default="", metavar="OUTCOME", help="the outcome that decides")
    plan.add_argument("--secondary", default="", metavar="A,B", help="every other outcome, at most four")
    plan.add_argument(
        "--smallest", default="", metavar="A=6,B=2", help="smallest effect of interest, in each outcome's unit"
    )
    plan.add_argument("--note", default="", help="anything to be kept with it")
    plan.add_argument("--out", type=Path, required=True, metavar="PROTOCOL.toml", help="file to write")
    for command in (run, bundle, plan):
        command.add_argument("--database", type=Path, default=None, help="warehouse: a folder or a .duckdb file")
    verify = commands.add_parser("verify", help="whether a protocol, and a run under it, are what they say")
    verify.add_argument("protocol", type=Path, metavar="PROTOCOL.toml")
    verify.add_argument("--run", type=Path, default=None, metavar="DIR", help="folder with the files of a run")
    verify.add_argument("--hash", default="", help="the protocol's hash, as it was noted elsewhere")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 done; 1 `verify` found a difference; 2 what was given cannot be used, with the reason."""
    chosen = _parser().parse_args(arguments)
    try:
        code = {"run": _run, "bundle": _bundle, "protocol": _protocol, "verify": _verify}[chosen.command](chosen)
        sys.stdout.flush()
        return code
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read has read enough of it; the files are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(chosen: argparse.Namespace) -> int:
    warehouse = open_warehouse(chosen.database or location())
    analysis = analyse(specification_in(chosen.specification), warehouse)
    standing = record_run(analysis, warehouse)
    written = write_run(analysis, chosen.out, standing)
    for result in analysis.results:
        print(f"{result.indicator.label}: {result.verdict.heading}. {result.verdict.sentence}")
    _say_standing(analysis, standing, warehouse)
    print("Written: " + ", ".join(str(file) for file in written))
    return 0


def _bundle(chosen: argparse.Namespace) -> int:
    warehouse = open_warehouse(chosen.database or location())
    analysis = analyse(specification_in(chosen.specification), warehouse)
    standing = record_run(analysis, warehouse)
    write_replication(analysis, warehouse, chosen.out, standing)
    _say_standing(analysis, standing, warehouse)
    print(f"Written: {chosen.out}. Whoever has it runs, in its folder: python replicate.py, or Rscript replicate.R")
    return 0


def _say_standing(analysis: Analysis, standing: Standing, warehouse: Warehouse) -> None:
    """Standing, where it differs from the nearest protocol, and how many specifications have been run."""
    print(f"Specification {analysis.specification.hash}: {standing.line}")
    if standing.trouble:
        print(standing.trouble, file=sys.stderr)
    try:
        if not standing.protocol and (near := nearest(protocols_on(analysis.study, warehouse), analysis.specification)):
            print(f"It differs from protocol {near.name} on {near.primary}, saved {near.saved}:")
            print("\n".join(f"  {line}" for line in difference_lines(near, analysis.specification)))
        print(f"Specifications run on these figures: {count_runs(warehouse)}")
    except NotRecorded as error:
        print(error, file=sys.stderr)


def _protocol(chosen: argparse.Namespace) -> int:
    warehouse = open_warehouse(chosen.database or location())
    secondary = tuple(filter(None, map(str.strip, chosen.secondary.split(LIST))))
    smallest = _amounts(chosen.smallest)
    plan = protocol_of(
        specification_in(chosen.specification), chosen.primary, secondary, smallest_effects=smallest, note=chosen.note
    )
    saved = save_protocol(plan, study(plan.specification, warehouse), warehouse)
    print(f"Protocol {saved.hash}\nSaved {saved.saved}\n{saved.outcomes_sentence}\n{saved.context}")
    try:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(saved.to_toml(), encoding="utf-8")
    except OSError as error:
        raise BadProtocol(
            f"It is saved, but {chosen.out} cannot be written: {error.strerror}. Give the same command with another --out."
        ) from error
    print(f"Written: {chosen.out}. Run it with: python -m analytics run {chosen.out} --out DIR")
    return 0


def _amounts(text: str) -> dict[str, float]:
    """{'cpp_rate': 6.0} from 'cpp_rate=6'."""
    amounts = {}
    for part in filter(None, map(str.strip, text.split(LIST))):
        outcome, _, number = part.partition("=")
        try:
            amounts[outcome.strip()] = float(number)
        except ValueError as error:
            raise BadProtocol(f"--smallest {part} should be an outcome and a number, such as cpp_rate=6.") from error
    return amounts


def _verify(chosen: argparse.Namespace) -> int:
    faults = faults_of(chosen.protocol, run=chosen.run, noted=chosen.hash)
    found = read_protocol(chosen.protocol).protocol
    print(f"Protocol {found.hash}, saved {found.saved} on {found.edition}\n{found.outcomes_sentence}\n{found.context}")
    print("\n".join(faults) or MATCHES)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
