"""The record of every run and protocol: `runs.duckdb` beside the warehouse, where a rebuild does not lose it.

The order in which rows were written decides what came first, never the clock; and no row is given a time before the row
above it, so that a clock set back cannot make a protocol look older than a result. The record is a file of this machine:
it shows what was run here, and whoever holds the file could change it. That is why a protocol has a hash to note elsewhere.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import duckdb

from analytics.analysis import Analysis
from analytics.errors import NotRecorded, PracticeError
from analytics.locks import held
from analytics.protocol import EXPLORATORY, Protocol, Standing, refuse_unconfirmatory, standing_of
from analytics.spec import Specification
from analytics.study import Study
from analytics.warehouse import Warehouse, question_text

Value = TypeVar("Value")
RECORD, LOCK = "runs.duckdb", "runs-lock.tmp"
SET_ASIDE = "runs-damaged-{}.duckdb"
SECONDS_TO_WAIT = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5  # seconds between tries, doubled each time
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
}
# What DuckDB says of a file that another process or thread has open, and of one whose bytes are not what was written.
BUSY = ("set lock on file", "different configuration", "being used by another process")
DAMAGE = (
    "not a valid DuckDB",
    "Could not read enough bytes",
    "Corrupt database file",
    "does not match stored checksum",
)

CLOSED = ("Permission denied", "Read-only file system", "No space left on device")  # what it passes on from the system


def record_file(warehouse: Warehouse) -> Path:
    """Where the runs on a warehouse are recorded."""
    return warehouse.file.parent / RECORD


def stamp(warehouse: Warehouse) -> tuple[int, ...]:
    """Numbers that change whenever something was recorded; zeros before anything was."""
    file = record_file(warehouse)
    found = []
    for each in (file, _log_of(file)):
        with contextlib.suppress(OSError):
            about = each.stat()
            found += [about.st_mtime_ns, about.st_size]
    return tuple(found) or (0,)


def record_run(analysis: Analysis, warehouse: Warehouse, *, now: datetime.datetime | None = None) -> Standing:
    """Write down that an analysis was shown, and give its standing.

    A record that cannot be written stops nothing: the standing then says so in `trouble`.

    Parameters
    ----------
    now : the time, UTC; by default the clock's
    """
    specification = analysis.specification
    verdicts = {result.indicator.indicator: result.verdict.word for result in analysis.results}

    def written(rows: _Rows) -> Standing:
        found = _standing(rows, specification, warehouse.illustrative)
        rows.add(
            **_about(analysis.study, warehouse),
            at=rows.next_time(now),
            pre_specified=found.pre_specified,
            kind="run",
            verdicts=json.dumps(verdicts),
            protocol="",
        )
        return found

    try:
        found, said = _write(record_file(warehouse), written)
    except NotRecorded as error:
        found, said = standing(specification, warehouse), f"This run could not be recorded: {error}"
    return dataclasses.replace(found, trouble=said or found.trouble)


def record_grid(
    found: Study, asked: Iterable[Specification], warehouse: Warehouse, *, now: datetime.datetime | None = None
) -> str:
    """Write down that every specification of a grid was shown; a sentence where that could not be done, else ''.

    Parameters
    ----------
    found : the study that the grid began from: its adopters are those of every specification
    now : the time, UTC; by default the clock's
    """

    def written(rows: _Rows) -> None:
        at = rows.next_time(now)
        for specification in asked:
            about = _about(found, warehouse, specification)
            rows.add(**about, at=at, pre_specified=False, kind="run", verdicts="{}", protocol="")

    try:
        return _write(record_file(warehouse), written)[1]
    except NotRecorded as error:
        return f"These runs could not be recorded: {error}"


def save_protocol(
    protocol: Protocol, found: Study, warehouse: Warehouse, *, now: datetime.datetime | None = None
) -> Protocol:
    """The protocol as it was saved: with its time, its figures, and what had been run before.

    The same plan saved again on figures of the same kind gives the first back, with its time.

    Parameters
    ----------
    found : the study of the protocol's specification
    now : the time, UTC; by default the clock's

    Raises
    ------
    BadProtocol, CannotEstimate : published figures cannot confirm it
    NotRecorded : it was not saved, and why
    """
    refuse_unconfirmatory(protocol, found)

    def written(rows: _Rows) -> Protocol:
        earlier = rows.protocols("run_protocols", hash=protocol.specification.hash, illustrative=warehouse.illustrative)
        for place, each in earlier:
            if each.hash == protocol.hash and place:
                return each
        about = _about(found, warehouse)
        saved = dataclasses.replace(
            protocol,
            at=rows.next_time(now),
            edition=warehouse.edition,
            illustrative=warehouse.illustrative,
            runs_before=rows.number(
                "run_before",
                subject=about["subject"],
                outcome=protocol.primary,
                illustrative=warehouse.illustrative,
            ),
            seen=bool(rows.first_run(protocol.specification, warehouse.illustrative)),
            doubt=_doubt(record_file(warehouse)),
        )
        rows.add(
            **about,
            at=saved.at,
            pre_specified=not saved.seen,
            kind="protocol",
            verdicts="{}",
            protocol=saved.to_toml(),
        )
        return saved

    try:
        saved, _ = _write(record_file(warehouse), written)
    except NotRecorded as error:
        raise NotRecorded(f"The protocol was not saved: {error}") from error
    return saved


def standing(specification: Specification, warehouse: Warehouse) -> Standing:
    """Whether runs of a specification on figures of this kind are pre-specified or exploratory.

    Pre-specified only where a protocol of it was saved before its results were first shown. A record that cannot be read
    makes it exploratory, and says so in `trouble`.
    """
    try:
        return _read(
            record_file(warehouse),
            lambda rows: _standing(rows, specification, warehouse.illustrative),
            nothing=standing_of(None, None, run_came_first=False),
        )
    except NotRecorded as error:
        return Standing(
            EXPLORATORY, "Exploratory: whether a protocol was saved first could not be read.", None, str(error)
        )


def protocol_for(specification_hash: str, warehouse: Warehouse) -> Protocol | None:
    """The first protocol saved of a specification on figures of this kind, None where there is none.

    Raises
    ------
    NotRecorded : the record cannot be read
    """
    found = _read(
        record_file(warehouse),
        lambda rows: rows.protocols("run_protocols", hash=specification_hash, illustrative=warehouse.illustrative),
        nothing=[],
    )
    return found[0][1] if found else None


def first_shown(specification: Specification, warehouse: Warehouse) -> datetime.datetime | None:
    """When an estimate that a specification asks for was first shown on figures of this kind, None where none was.

    Another smallest change, seed or number of draws shows the same estimate, and so does a grid that holds it.

    Raises
    ------
    NotRecorded : the record cannot be read
    """
    found = _read(
        record_file(warehouse),
        lambda rows: rows.first_run(specification, warehouse.illustrative),
        nothing=None,
    )
    return found[1] if found else None


def protocols_on(found: Study, warehouse: Warehouse) -> list[Protocol]:
    """Protocols on the models of a study (or its adopters named by hand) and figures of this kind, in order of saving.

    Raises
    ------
    NotRecorded : the record cannot be read
    """
    subject = _subject(found)
    rows = _read(
        record_file(warehouse),
        lambda rows: rows.protocols("run_protocols_on", subject=subject, illustrative=warehouse.illustrative),
        nothing=[],
    )
    return [protocol for _, protocol in rows]


def count_runs(warehouse: Warehouse) -> int:
    """How many different specifications have been run on these figures, this edition of them.

    Raises
    ------
    NotRecorded : the record cannot be read
    """
    return _read(record_file(warehouse), lambda rows: rows.number("run_count", edition=warehouse.edition), nothing=0)


def _subject(found: Study) -> list[str]:
    return list(found.models or sorted(e.area_code for e in found.exposures))


def _about(found: Study, warehouse: Warehouse, specification: Specification | None = None) -> dict[str, object]:
    specification = specification or found.specification
    return {
        "hash": specification.hash,
        "title": specification.title,
        "specification": specification.to_toml(),
        "edition": warehouse.edition,
        "illustrative": warehouse.illustrative,
        "subject": _subject(found),
        "outcomes": list(specification.outcomes),
        "questions": list(specification.questions),
    }


def _doubt(file: Path) -> str:
    """A sentence where an earlier record could not be read, else ''."""
    aside = sorted(each.name for each in file.parent.glob(SET_ASIDE.format("*")))
    if not aside:
        return ""
    return f"An earlier record of runs was damaged ({', '.join(aside)}): what was run in its time is not known."


class _Rows:
    """The open record."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def ask(self, question: str, **values: object) -> list[tuple]:
        return self.connection.execute(question_text(question), values).fetchall()

    def number(self, question: str, **values: object) -> int:
        return self.ask(question, **values)[0][0]

    def protocols(self, question: str, **values: object) -> list[tuple[int, Protocol]]:
        """Protocols with their places."""
        return [(place, Protocol.from_toml(text, where="the record")) for place, text in self.ask(question, **values)]

    def first_run(self, specification: Specification, illustrative: bool) -> tuple[int, datetime.datetime] | None:
        """Place and time of the first run that showed an estimate which a specification asks for."""
        asked = {"hash": specification.hash, "questions": list(specification.questions)}
        rows = self.ask("run_first", **asked, illustrative=illustrative)
        return (rows[0][0], rows[0][1].replace(tzinfo=datetime.UTC)) if rows else None

    def next_time(self, now: datetime.datetime | None) -> datetime.datetime:
        """The time of the row to be written: the clock's, but never before that of the row above it."""
        clock = (now or datetime.datetime.now(datetime.UTC)).replace(microsecond=0)
        ((newest,),) = self.ask("run_newest")
        return max(clock, newest.replace(tzinfo=datetime.UTC)) if newest else clock

    def add(self, *, at: datetime.datetime, **values: object) -> None:
        self.ask("run_insert", at=at.replace(tzinfo=None), **values)


def _standing(rows: _Rows, specification: Specification, illustrative: bool) -> Standing:
    protocols = rows.protocols("run_protocols", hash=specification.hash, illustrative=illustrative)
    if not protocols:
        return standing_of(None, None, run_came_first=False)
    (place, protocol), run = protocols[0], rows.first_run(specification, illustrative)
    return standing_of(protocol, run and run[1], run_came_first=bool(run) and run[0] < place)


def _write(file: Path, work: Callable[[_Rows], Value]) -> tuple[Value, str]:
    """What `work` gives, all that it wrote or nothing of it; and a sentence where a damaged record was set aside."""
    try:
        with held(file.parent / LOCK, seconds=SECONDS_TO_WAIT):
            if not file.exists():
                _made(file)
            try:
                return _in_one_go(file, work), ""
            except duckdb.Error as error:
                if not _is(error, DAMAGE):
                    raise
            aside = _put_aside(file)
            _made(file)
            return _in_one_go(file, work), _set_aside_sentence(aside)
    except (OSError, duckdb.Error, PracticeError) as error:
        raise NotRecorded(_reason(error, file)) from error


def _set_aside_sentence(aside: Path) -> str:
    return (
        f"The record of runs was damaged and could not be read. It is kept as {aside.name}, and a new one was begun: runs and "
        "protocols of before are not counted."
    )


def _in_one_go(file: Path, work: Callable[[_Rows], Value]) -> Value:
    with contextlib.closing(_opened(file, read_only=False)) as connection:
        connection.execute("begin")
        connection.execute(question_text("run_table"))
        given = work(_Rows(connection))
        connection.execute("commit")
        return given


def _read(file: Path, work: Callable[[_Rows], Value], *, nothing: Value) -> Value:
    """What `work` gives, `nothing` before anything was recorded."""
    if not file.exists():
        return nothing
    try:
        with contextlib.closing(_opened(file, read_only=True)) as connection:
            return work(_Rows(connection))
    except duckdb.BinderException:
        # A record of an earlier version lacks a column: any writing adds it.
        _write(file, lambda rows: None)
        return _read(file, work, nothing=nothing)
    except (OSError, duckdb.Error, PracticeError) as error:
        raise NotRecorded(f"the record of runs cannot be read: {_reason(error, file)}") from error


def _opened(file: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection, waited for while others have the file; they hold it for milliseconds."""
    give_up, pause = time.monotonic() + SECONDS_TO_WAIT, FIRST_PAUSE
    while True:
        try:
            return duckdb.connect(str(file), read_only=read_only, config=SETTINGS)
        except duckdb.Error as error:
            if not _is(error, BUSY) or time.monotonic() > give_up:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _made(file: Path) -> None:
    """An empty record, in one move, so that nobody ever meets half of one."""
    unfinished = file.with_name(f"runs-{os.getpid()}.tmp")
    with _gone_before_and_after(unfinished):
        with contextlib.closing(duckdb.connect(str(unfinished), config=SETTINGS)) as connection:
            connection.execute(question_text("run_table"))
        os.replace(unfinished, file)


@contextlib.contextmanager
def _gone_before_and_after(file: Path) -> Iterator[None]:
    for when in ("before", "after"):
        for each in (file, _log_of(file)):
            each.unlink(missing_ok=True)
        if when == "before":
            yield


def _put_aside(file: Path) -> Path:
    """Move a damaged record to a name of its own, with the log beside it."""
    number = 1
    while (aside := file.with_name(SET_ASIDE.format(number))).exists():
        number += 1
    os.replace(file, aside)
    if _log_of(file).exists():
        os.replace(_log_of(file), _log_of(aside))
    return aside


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


def _is(error: duckdb.Error, kinds: tuple[str, ...]) -> bool:
    return any(words in str(error) for words in kinds)


def _reason(error: Exception, file: Path) -> str:
    if isinstance(error, TimeoutError) or (isinstance(error, duckdb.Error) and _is(error, BUSY)):
        return f"{file.name} is in use by another program. Try again when it has finished."
    said = getattr(error, "strerror", None) or str(error).splitlines()[0]
    said = next((words for words in CLOSED if words in said), said)
    if said in CLOSED or isinstance(error, OSError | duckdb.IOException):
        return f"{said}. Allow writing in {file.parent}, or make room there."
    return said
