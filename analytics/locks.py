"""One process or thread at a time, by a lock file that the system lets go of when its holder dies."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE_SECONDS = 0.02


@contextlib.contextmanager
def held(file: Path, *, seconds: float) -> Iterator[None]:
    """A lock file held while the block runs; it stays there, empty.

    Raises
    ------
    TimeoutError : someone else held it all that time
    OSError : the file cannot be made
    """
    with file.open("a+b") as handle:
        give_up = time.monotonic() + seconds
        while not taken(handle.fileno()):
            if time.monotonic() > give_up:
                raise TimeoutError(f"{file.name} was held by another process for {seconds:g} seconds")
            time.sleep(PAUSE_SECONDS)
        try:
            yield
        finally:
            let_go(handle.fileno())


if os.name == "nt":
    import msvcrt

    def taken(handle: int) -> bool:
        """Whether the lock of an open file could be taken just now."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def let_go(handle: int) -> None:
        """Let another take the lock of an open file."""
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def taken(handle: int) -> bool:
        """Whether the lock of an open file could be taken just now."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def let_go(handle: int) -> None:
        """Let another take the lock of an open file."""
        fcntl.flock(handle, fcntl.LOCK_UN)
