"""Command line: python -m data build | download | check | illustrative | tiles."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from analytics.areas import read_register
from analytics.errors import PracticeError
from analytics.warehouse import location
from data.build import AUTHORITIES, build
from data.check import checked
from data.download import Download, download
from data.ensure import EXTRACTS
from data.fetching.terminal import TerminalLine
from data.files import sentences_for_disk_errors, shown
from data.illustrative import write
from data.reading import ILLUSTRATIVE, NothingUsable
from data.report import build_sentences, extract_sentences, has_errors
from data.tiles import TILES

DONE, FAILED, NOTHING_USABLE = 0, 1, 2
LOG = "download.log"  # in the folder of extracts: what each way answered to the last download


def main(words: list[str] | None = None) -> int:
    """Runs one command; the exit code comes back: 0 done, 2 nothing usable, 1 any other failure."""
    asked = _parser().parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no reason to stop
    try:
        code = asked.command(asked)
        sys.stdout.flush()  # here, where a reader that has gone is not an error
        return code
    except NothingUsable as error:
        print(error, file=sys.stderr)
        return NOTHING_USABLE
    except PracticeError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped. What was there before is unchanged.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever read the report has read enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def build_command(asked: argparse.Namespace) -> int:
    """Builds a warehouse and prints what became of each file."""
    if asked.illustrative:
        places = asked.places or [_teaching_set(EXTRACTS / ILLUSTRATIVE)]
    else:
        places = asked.places or [_published(EXTRACTS)]
    report = build(places, asked.to or location(), illustrative=asked.illustrative)
    print("\n".join(build_sentences(report)))
    return DONE


def download_command(asked: argparse.Namespace) -> int:
    """Fetches the published files and builds from them; 1 if a table is missing, 2 if every one is."""
    folder = asked.to or EXTRACTS
    with TerminalLine(sys.stderr) as line:
        found = download(folder, base_url=asked.base_url, watch=line.show)
    _tell(found, verbose=asked.verbose)
    if not found.fetched:
        raise NothingUsable("Nothing was fetched, so nothing was built. What was there before is unchanged.")
    print("\nBuilding from them:\n")
    print("\n".join(build_sentences(build([folder], location()))))
    return FAILED if found.missing else DONE


def _tell(found: Download, *, verbose: bool) -> None:
    """Prints what became of every table, and puts what each way answered into a file beside them."""
    print("\n".join(found.sentences()))
    details, log = "\n".join(found.details()), found.folder / LOG
    with sentences_for_disk_errors(found.folder, "What each way answered"):
        log.write_text(f"{details}\n", encoding="utf-8")
    if verbose:
        print(f"\n{details}")
    elif found.missing:
        print(f"What each way answered is in {shown(log)}; --verbose prints it.")
    sys.stdout.flush()  # before what stderr says of it


def check_command(asked: argparse.Namespace) -> int:
    """Prints what a build would make of each file; 1 if one needs mending."""
    reports = [checked(file) for file in asked.files]
    print("\n\n".join("\n".join(extract_sentences(report)) for report in reports))
    return FAILED if any(has_errors(report) for report in reports) else DONE


def illustrative_command(asked: argparse.Namespace) -> int:
    """Writes the invented teaching set."""
    with sentences_for_disk_errors(asked.to):
        written = write(asked.to, seed=asked.seed)
    print(
        f"{len(written)} files of the illustrative teaching set are in {shown(asked.to)}. Everything in them is invented."
    )
    print(f"Build them: python -m data build --illustrative --from {shown(asked.to)}")
    return DONE


def tiles_command(asked: argparse.Namespace) -> int:
    """Lays out the hexagons of today's authorities again."""
    from data.tiling import write_tiles  # needed only when boundaries change

    with sentences_for_disk_errors(asked.to.parent):
        write_tiles(read_register(), asked.to)
    print(f"{shown(asked.to)} is written. Look at a map before it is kept, and build again.")
    return DONE


def _published(folder: Path) -> Path:
    """The default folder of published files, if it is there."""
    if not folder.is_dir():
        raise NothingUsable(
            f"There are no extracts: {shown(folder)} does not exist. Put published files there, name their folder with "
            "--from, or build the invented teaching set with --illustrative."
        )
    return folder


def _teaching_set(folder: Path) -> Path:
    """The default folder of the teaching set, written if it is not there."""
    if not (folder / AUTHORITIES).is_file():
        with sentences_for_disk_errors(folder):
            write(folder)
    return folder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="From published files to the warehouse.")
    commands = parser.add_subparsers(required=True, metavar="build | download | check | illustrative | tiles")
    build_ = commands.add_parser("build", help="read published files and build the warehouse")
    build_.add_argument(
        "--from", dest="places", type=Path, action="append", metavar="DIR", help="default data/extracts"
    )
    build_.add_argument("--to", type=Path, metavar="FOLDER|FILE.duckdb", help="default PRACTICE_DATABASE, else data")
    build_.add_argument("--illustrative", action="store_true", help="build the invented teaching set")
    build_.set_defaults(command=build_command)
    fetch = commands.add_parser("download", help="fetch the published files and build from them")
    fetch.add_argument("--to", type=Path, metavar="DIR", help="default data/extracts")
    fetch.add_argument(
        "--base-url", metavar="URL", help="a mirror that stands for all hosts; default PRACTICE_BASE_URL"
    )
    fetch.add_argument("--verbose", action="store_true", help="print what each way to each table answered")
    fetch.set_defaults(command=download_command)
    check = commands.add_parser("check", help="say what a build would make of a file")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.set_defaults(command=check_command)
    invented = commands.add_parser("illustrative", help="write the invented teaching set")
    invented.add_argument("--to", type=Path, metavar="DIR", default=EXTRACTS / ILLUSTRATIVE)
    invented.add_argument("--seed", type=int, default=1, metavar="N")
    invented.set_defaults(command=illustrative_command)
    hexagons = commands.add_parser("tiles", help="lay out the hexagons of the map again, after a change of boundaries")
    hexagons.add_argument("--to", type=Path, metavar="FILE", default=TILES)
    hexagons.set_defaults(command=tiles_command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
