"""Errors that a person can act on: what was wrong, what was asked for, what would do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path


class PracticeError(Exception):
    """Base of every error whose sentence may be shown to a reader as it is."""


class AboutOutcome(PracticeError):
    """An error that may be about one outcome, named before the reason: by its id, or to a reader by its label."""

    def __init__(self, reason: str, outcome: str = "") -> None:
        super().__init__(f"{outcome}: {reason}" if outcome else reason)
        self.reason, self.outcome = reason, outcome

    def told(self, labels: Mapping[str, str]) -> str:
        """The sentence, its outcome called by its label."""
        return f"{labels.get(self.outcome, self.outcome)}: {self.reason}" if self.outcome else self.reason


def did_you_mean(asked: str, known: Iterable[str]) -> str:
    """' Did you mean 'x'?' for the known word nearest to the one asked for, or ''."""
    lowered = {k.lower(): k for k in known}
    near = difflib.get_close_matches(asked.lower(), lowered, n=1, cutoff=0.6)
    return f" Did you mean '{lowered[near[0]]}'?" if near else ""


def why_unread(file: Path, error: OSError | UnicodeDecodeError) -> str:
    """Why a file of ours, which is TOML, could not be read, and what would do."""
    if isinstance(error, UnicodeDecodeError):
        return f"{file} is not text. A specification or protocol is a text file (TOML, in UTF-8)."
    if isinstance(error, IsADirectoryError):
        return f"{file} is a folder. Name a file in it."
    return f"{file} cannot be read: {error.strerror or error}."


MOST_LISTED = 30  # names that a sentence can still list
LISTS = {  # where the rest are read
    "indicator": "the Data page and data/sources/",
    "practice model": "data/practice_models/",
    "programme": "data/practice_models/",
    "authority code": "data/reference/authorities.csv",
}


class UnknownName(PracticeError):
    """A name that is not in the list it should come from.

    Parameters
    ----------
    called : what known names are called, for one who asked by that
    """

    def __init__(
        self, kind: str, asked: str, known: Iterable[str], *, where: str = "", called: Mapping[str, str] | None = None
    ) -> None:
        known = list(known)
        place = f" in {where}" if where else ""
        by_word = {word.lower(): name for name, word in (called or {}).items()}
        near = difflib.get_close_matches(asked.lower(), by_word, n=1, cutoff=0.6)
        meant = did_you_mean(asked, known) or did_you_mean(by_word[near[0]] if near else "", known)
        listed = f"{', '.join(sorted(known))}" if len(known) <= MOST_LISTED else f"{len(known)}"
        found = f", in {LISTS[kind]}" if kind in LISTS else ""
        super().__init__(f"No {kind} '{asked}'{place}.{meant} Known{found}: {listed}.")
        self.asked, self.known = asked, known


class BadFacts(PracticeError):
    """A fact file (TOML or CSV under data/) that cannot be used as it stands."""


class BadExtract(PracticeError):
    """A published file that cannot be read at all, with file, line and remedy."""


class NoWarehouse(PracticeError):
    """There is no warehouse to read yet."""


class BadSpecification(PracticeError):
    """A specification that cannot be run, with the key to change."""


class CannotEstimate(AboutOutcome):
    """The panel that a specification asks for holds nothing to estimate from."""


class BadProtocol(AboutOutcome):
    """A protocol that cannot be saved or read, with what to change."""


class NotRecorded(PracticeError):
    """The record of runs cannot be read or written."""
