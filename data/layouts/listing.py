"""A published list that is no table of figures: its entries, each with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One entry of a list; `column` and `value` are what a sentence on it would name."""

    line: int
    column: str
    value: str
    code: str  # of the authority that it is about, as written
    name: str


@dataclass(frozen=True)
class Listing:
    """Entries in the order of the file, and how many cells they stand for."""

    entries: tuple[Entry, ...]

    @property
    def cells(self) -> int:
        """Cells read: one an entry."""
        return len(self.entries)
