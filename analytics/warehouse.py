"""The only reader of the warehouse: ask a named question, get a small frame."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from analytics.errors import NoWarehouse, PracticeError

QUESTIONS = Path(__file__).parent / "sql"
POINTER = "CURRENT"
SCHEMA_VERSION = "3"
NUMBERED = re.compile(r"^practice-(\d+)\.duckdb$")
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def location() -> Path:
    """Folder or file that holds the warehouse: `PRACTICE_DATABASE`, else the project's `data` folder."""
    return Path(os.environ.get("PRACTICE_DATABASE") or Path(__file__).parent.parent / "data")


def current_file(place: Path) -> Path:
    """The warehouse file that a folder's pointer names, or the file itself.

    Raises
    ------
    NoWarehouse : nothing has been built there, or the pointer names a file that is gone
    """
    if place.is_file():
        return place
    pointer = place / POINTER
    if not pointer.is_file():
        raise NoWarehouse(f"No warehouse in {place}. Run: python -m data build")
    file = place / pointer.read_text(encoding="utf-8").strip()
    if not file.is_file():
        raise NoWarehouse(f"{pointer} names {file.name}, which is not there. Run: python -m data build")
    return file


def numbered_files(folder: Path) -> dict[int, Path]:
    """Warehouse files of a folder by number."""
    found = ((int(match[1]), file) for file in folder.iterdir() if (match := NUMBERED.match(file.name)))
    return dict(sorted(found))


def earlier_file(file: Path) -> Path | None:
    """The newest numbered file of the same folder that was built before this one, None where there is none."""
    own = NUMBERED.match(file.name)
    before = [other for number, other in numbered_files(file.parent).items() if own and number < int(own[1])]
    return before[-1] if before else None


@functools.cache
def question_text(name: str) -> str:
    """SQL of one named question."""
    file = QUESTIONS / f"{name}.sql"
    if not file.is_file():
        raise PracticeError(f"No question '{name}' in {QUESTIONS.name}/.")
    return file.read_text(encoding="utf-8")


def kind_of(file: Path) -> str:
    """'published' or 'illustrative' as a warehouse of any version says of itself, '' where it cannot be read."""
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            found = connection.execute("select value from meta where key = 'kind'").fetchone()
    except duckdb.Error:
        return ""
    return found[0] if found else ""


class Warehouse:
    """One warehouse file, read only; safe to share between threads (a cursor a question).

    Parameters
    ----------
    file : a DuckDB file that `python -m data build` made
    """

    def __init__(self, file: Path) -> None:
        self.file = Path(file)
        try:
            self._connection = duckdb.connect(
                str(self.file),
                read_only=True,
                config=SETTINGS,
            )
            self.meta = dict(self._connection.cursor().execute("select key, value from meta").fetchall())
        except duckdb.Error as error:
            raise NoWarehouse(
                f"{self.file} cannot be read as a warehouse ({str(error).splitlines()[0]}). Run: python -m data build"
            ) from error
        if self.meta.get("schema_version") != SCHEMA_VERSION:
            raise NoWarehouse(
                f"{self.file.name} was built for schema {self.meta.get('schema_version')}, this version reads "
                f"{SCHEMA_VERSION}. Run: python -m data build"
            )

    @property
    def illustrative(self) -> bool:
        """Whether the authorities and figures in it are invented."""
        return self.meta.get("kind") == "illustrative"

    @property
    def edition(self) -> str:
        """What names these figures in a citation: file, time of the build."""
        return f"{self.file.name}, built {self.meta.get('built', '')}"

    def ask(self, question: str, /, **values: object) -> pd.DataFrame:
        """Answer to `analytics/sql/<question>.sql`, whose first line states the grain.

        Parameters
        ----------
        question : name of the file
        values : one for each `$name` in it; a list or tuple becomes a SQL list
        """
        with self._connection.cursor() as cursor:
            return cursor.execute(question_text(question), _given(values)).df()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


class Pair:
    """Two warehouse files beside one another, attached as `older` and `newer`; both are only read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, question: str, /, **values: object) -> pd.DataFrame:
        """Answer to `analytics/sql/<question>.sql`, which may read what an earlier question of the pair left."""
        return self._connection.execute(question_text(question), _given(values)).df()


@contextmanager
def pair(older: Path, newer: Path) -> Iterator[Pair]:
    """Two files that `Warehouse` can read, for questions to both."""
    with duckdb.connect(config=SETTINGS) as connection:
        for name, file in (("older", older), ("newer", newer)):
            quoted = str(file).replace("'", "''")
            connection.execute(f"attach '{quoted}' as {name} (read_only)")
        yield Pair(connection)


def open_warehouse(place: Path | str | None = None) -> Warehouse:
    """The warehouse now current in a folder (or that file); by default the one `location()` names."""
    return Warehouse(current_file(Path(place) if place is not None else location()))
