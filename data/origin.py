"""Where a published file came from, as the note beside it says: when it was released and fetched, and when the next is due."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analytics.errors import PracticeError

ANNOUNCED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class _Unreadable(PracticeError):
    """A note that cannot be used: what of it, and why."""


@dataclass(frozen=True)
class Origin:
    """What is known of a file beyond its content."""

    retrieved: datetime | None = None  # UTC
    released: str = ""  # day, as ISO
    next_release: str = ""  # day, month or year, as ISO
    problem: str = ""  # why the note beside it is not used, as a sentence


def sidecar(file: Path) -> Path:
    """The file that says where another came from."""
    return file.with_suffix(".toml")


def read_sidecar(file: Path) -> dict[str, Any]:
    """What is known of where a file came from, {} where nothing is."""
    try:
        return _facts(file)
    except _Unreadable:
        return {}


def origin(file: Path, sha256: str) -> Origin:
    """Where a file came from; a note that is damaged, or is about another content, is named and not used.

    Parameters
    ----------
    sha256 : of the file's content as it is now
    """
    try:
        facts = _facts(file)
        if "sha256" not in facts:
            return Origin()  # someone's own TOML, or none
        if facts["sha256"] != sha256:
            raise _Unreadable("is about another content than this file has now")
        return Origin(_time(facts.get("retrieved")), _day(facts.get("released")), _due(facts.get("next_release")))
    except _Unreadable as error:
        return Origin(
            problem=f"The note on where it came from, {sidecar(file).name}, {error}: its dates were not used. "
            "Remove the note; python -m data download writes it anew."
        )


def _facts(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(sidecar(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise _Unreadable("is no UTF-8 text") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _Unreadable(f"cannot be read ({getattr(error, 'strerror', None) or error})") from error


def _time(written: Any) -> datetime | None:
    """A time in UTC without its zone, as the warehouse keeps it."""
    if written is None:
        return None
    try:
        return written.astimezone(UTC).replace(tzinfo=None) if written.tzinfo else written
    except (AttributeError, OverflowError) as error:
        raise _Unreadable(f"gives '{written}' as retrieved, which is no time") from error


def _day(written: object) -> str:
    """The day of a day or time, as ISO; the hosts write either as text."""
    if written is None:
        return ""
    try:
        return date.fromisoformat(str(written)[:10]).isoformat()
    except ValueError as error:
        raise _Unreadable(f"gives '{written}' as released, which is no day") from error


def _due(written: object) -> str:
    """A day, month or year as far as it is announced."""
    if written is None:
        return ""
    if not ANNOUNCED.fullmatch(str(written)):
        raise _Unreadable(f"gives '{written}' as next_release, which is no day, month or year")
    return str(written)
