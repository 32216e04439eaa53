"""The numbered warehouse files of a folder, the pointer to the current one, and the lock of a build."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from analytics.errors import PracticeError
from analytics.locks import let_go, taken
from analytics.warehouse import NUMBERED, POINTER, numbered_files

PROJECT = Path(__file__).parents[1]
KEPT_BEFORE_CURRENT = 2  # old files kept for "what changed"; open sessions may still read them
LOCK = "build-lock.tmp"
UNFINISHED = "build-*.tmp"
SECONDS_TO_WAIT = 120


class CannotWrite(PracticeError):
    """The warehouse cannot be written where it was asked for."""


def pointed_at(folder: Path) -> str:
    """Name of the file that the pointer names, '' where there is no pointer."""
    pointer = folder / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""


def shown(path: Path) -> Path:
    """A path as a sentence names it: within the folder that commands run in, or within the project, from there on."""
    for home in (Path.cwd(), PROJECT):
        if path.is_absolute() and path.is_relative_to(home):
            return path.relative_to(home)
    return path


@contextlib.contextmanager
def sentences_for_disk_errors(place: Path, what: str = "The warehouse") -> Iterator[None]:
    """Turns what the system says of a full disk or a closed folder into a sentence."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise CannotWrite(
            f"{what} cannot be written to {shown(place)}: {said}. What was there before is unchanged. "
            "Make room, allow writing, or name another place with --to."
        ) from error


@contextlib.contextmanager
def locked(folder: Path, name: str = LOCK, *, seconds: float = SECONDS_TO_WAIT, what: str = "build") -> Iterator[None]:
    """One build (or what else is named) at a time in a folder. The system lets go of the lock of a process that died."""
    with (folder / name).open("a+b") as handle:
        give_up = time.monotonic() + seconds
        while not taken(handle.fileno()):
            if time.monotonic() > give_up:
                raise CannotWrite(f"Another {what} is running in {shown(folder)}. Try again when it has finished.")
            time.sleep(0.05)
        try:
            yield
        finally:
            let_go(handle.fileno())


@contextlib.contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder for a build in progress, beside its target, gone afterwards; those of killed builds go first."""
    for left_over in folder.glob(UNFINISHED):
        if left_over.is_dir():
            shutil.rmtree(left_over, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix="build-", suffix=".tmp", dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def make_current(finished: Path, folder: Path) -> Path:
    """Moves a finished file into a folder under the next number and points to it; that file comes back."""
    pointed = NUMBERED.match(pointed_at(folder))
    number = max([*numbered_files(folder), int(pointed[1]) if pointed else 0]) + 1
    file = folder / f"practice-{number}.duckdb"
    _safely_on_disk(finished)
    os.replace(finished, file)
    pointer = finished.parent / POINTER
    pointer.write_text(file.name + "\n", encoding="utf-8")
    _safely_on_disk(pointer)
    os.replace(pointer, folder / POINTER)
    _safely_on_disk(folder)
    return file


def replace_file(finished: Path, file: Path) -> Path:
    """Moves a finished file to exactly the place asked for."""
    _safely_on_disk(finished)
    os.replace(finished, file)
    _safely_on_disk(file.parent)
    return file


def remove_old(folder: Path) -> None:
    """Removes all but the current file and the newest before it; a file that someone holds open may stay."""
    current = pointed_at(folder)
    old = [file for file in numbered_files(folder).values() if file.name != current]
    for file in old[: max(0, len(old) - KEPT_BEFORE_CURRENT)]:
        for gone in (file, file.with_name(file.name + ".wal")):
            with contextlib.suppress(OSError):
                gone.unlink(missing_ok=True)


def _safely_on_disk(path: Path) -> None:
    """Waits until the system has written a file or folder out."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
