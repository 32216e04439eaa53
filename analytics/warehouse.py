"""The only reader of the warehouse: ask a named question, get a small frame."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import duckdb
import pandas as pd

from analytics.errors import NoWarehouse, PracticeError

QUESTIONS = Path(__file__).parent / "sql"
POINTER = "CURRENT"
SCHEMA_VERSION = "3"


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
                config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
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
        given = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
        with self._connection.cursor() as cursor:
            return cursor.execute(question_text(question), given).df()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def open_warehouse(place: Path | str | None = None) -> Warehouse:
    """The warehouse now current in a folder (or that file); by default the one `location()` names."""
    return Warehouse(current_file(Path(place) if place is not None else location()))
