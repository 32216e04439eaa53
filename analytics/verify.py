"""Does a protocol's file match its own hashes, and does a run match the protocol? Needs neither warehouse nor record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from analytics.difference import difference_lines
from analytics.errors import BadProtocol
from analytics.protocol import PRE_SPECIFIED, Protocol, read_protocol
from analytics.spec import Specification

TABLES = ("effects.csv", "event_study.csv", "panel.csv", "checks.csv", "tests.csv")
MATCHES = "matches"


def faults_of(file: Path, *, run: Path | None = None, noted: str = "") -> list[str]:
    """A sentence for each way in which a protocol's file, or a run made under it, is not what it says; none = matches.

    Parameters
    ----------
    run : folder of a run's files
    noted : the protocol's hash as it was noted elsewhere, or its first digits

    Raises
    ------
    BadProtocol, BadSpecification : a file that is missing or cannot be read
    """
    found = read_protocol(file)
    faults = list(found.faults)
    if noted and not found.protocol.hash.startswith(noted.strip().lower()):
        faults.append(f"The protocol's hash is {found.protocol.hash}; noted elsewhere is {noted.strip()}.")
    return faults + (list(_faults_of_run(found.protocol, run)) if run else [])


def _faults_of_run(protocol: Protocol, run: Path) -> Iterator[str]:
    if not run.is_dir():
        raise BadProtocol(f"There is no folder {run}. Name the folder that holds the files of the run.")
    specification = Specification.from_file(run / "spec.toml")
    if specification.hash != protocol.specification.hash:
        yield f"The run has another specification, {specification.hash}; the protocol's is {protocol.specification.hash}."
        yield from difference_lines(protocol, specification)
    kept = run / "protocol.toml"
    if kept.is_file() and (theirs := read_protocol(kept).protocol).hash != protocol.hash:
        yield f"The run was made under another protocol, {theirs.hash}."
    for name in TABLES:
        yield from _faults_of_table(run / name)


def _faults_of_table(file: Path) -> Iterator[str]:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    except FileNotFoundError as error:
        raise BadProtocol(f"There is no file {file}. A run has {', '.join(TABLES)} and spec.toml.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadProtocol(f"{file} cannot be read as a table: {error}.") from error
    words = {row.get("standing") for row in rows} - {PRE_SPECIFIED}
    if words == {None}:
        yield f"{file.name} has no column 'standing': it does not say that the run was pre-specified."
    elif words:
        said = ", ".join(f"'{word}'" for word in sorted(map(str, words)))
        yield f"{file.name} has the standing {said} and not '{PRE_SPECIFIED}' in every row."
