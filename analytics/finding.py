"""Indicators found by what a reader types: words of title, theme and definition, short forms, slips of the keyboard."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analytics.areas import REFERENCE
from analytics.errors import BadFacts

TITLE, THEME, DEFINITION = "title", "theme", "definition"
WHOLE_WORD = {TITLE: 8.0, THEME: 3.0, DEFINITION: 1.0}  # a word in the title outweighs one in theme and definition
BEGUN_WORD = {TITLE: 6.0, THEME: 2.0, DEFINITION: 0.5}
SMALL_WORDS = frozenset(
    "a an and as at by for from had has have how in is it of on or per than the to were who with".split()  # noqa: SIM905
)
LEAST_MENDED = 5  # letters: shorter words have too many neighbours one slip away


def folded(text: str) -> str:
    """Text as it is compared: lower case, no accents, '&' as 'and', 'saint' as 'st', no signs, single spaces.

    >>> folded("Saint Helen's & Côte-d'Or, City of")
    'st helens and cote d or city of'
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = re.sub(r"['’](?=s\b)", "", text.casefold()).replace("&", " and ")
    words = re.split(r"[^a-z0-9]+", plain.strip())
    return " ".join("st" if word == "saint" else word for word in words if word)


@functools.cache
def stem(word: str) -> str:
    """A folded word without the ending of its plural.

    >>> [stem(w) for w in ("children", "enquiries", "placements", "access", "classes")]
    ['child', 'enquiry', 'placement', 'access', 'class']
    """
    if word in ("children", "childrens"):
        return "child"
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _stemmed(text: str) -> str:
    """Words of a text by their stems; 're-referral' is one word, as 'rereferral' is."""
    joined = re.sub(r"\b(re|pre|non)[-\u2010\u2011](?=\w)", r"\1", text, flags=re.IGNORECASE)
    return " ".join(stem(word) for word in folded(joined).split())


@functools.cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """What each short form stands for, both as stems: 'lac' is 'looked after' (data/reference/short_forms.csv)."""
    file, found = REFERENCE / "short_forms.csv", {}
    with file.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            short, long = _stemmed(row["short"] or ""), _stemmed(row["stands_for"] or "")
            if not (short and long):
                raise BadFacts(f"{file}, line {line}: a short form and what it stands for. Mend the line.")
            found[short] = (*found.get(short, ()), long)
    return found


@dataclass(frozen=True)
class Entry:
    """One indicator, its texts as stems between spaces."""

    indicator: str
    headline: bool
    theme: str
    length: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Findings:
    """Ids of the indicators found, best first.

    Attributes
    ----------
    every_word : whether each word that was typed is in each of them; otherwise these have the most of them
    mended : words that nothing has, and what was looked for in their place
    """

    indicators: tuple[str, ...]
    every_word: bool
    mended: Mapping[str, str]


@dataclass(frozen=True)
class Index:
    """Indicators made ready to be searched."""

    entries: tuple[Entry, ...]

    @cached_property
    def _all(self) -> str:
        return " ".join(dict.fromkeys(text for entry in self.entries for text in entry.texts.values()))

    @cached_property
    def _slips(self) -> dict[str, str]:
        """Word by itself with any one letter left out; a word of a title wins over one of a definition."""
        by_field = (entry.texts[f] for f in (DEFINITION, THEME, TITLE) for entry in self.entries)
        words = dict.fromkeys(word for text in by_field for word in text.split() if len(word) >= LEAST_MENDED)
        return {slip: word for word in words for slip in _one_left_out(word)}

    def find(self, typed: str, *, theme: str = "") -> Findings:
        """What was typed, found.

        Parameters
        ----------
        typed : words, parts of words or short forms, in any order; '' finds all
        theme : only indicators of this theme; '' for every theme
        """
        entries = [entry for entry in self.entries if theme in ("", entry.theme)]
        asked, mended = self._asked(typed)
        scored = [(entry, [_score(entry, ways) for ways in asked]) for entry in entries]
        most = max((sum(s > 0 for s in scores) for _, scores in scored), default=0)
        if asked and most == 0:
            return Findings((), every_word=False, mended=mended)
        best = [(sum(scores), entry) for entry, scores in scored if sum(s > 0 for s in scores) == most]
        best.sort(key=lambda pair: (-pair[0], not pair[1].headline, pair[1].length))
        return Findings(tuple(entry.indicator for _, entry in best), every_word=most == len(asked), mended=mended)

    def _asked(self, typed: str) -> tuple[list[tuple[str, ...]], dict[str, str]]:
        """Ways in which each word typed may stand in a text; words that nothing has, with what is looked for instead."""
        words, mended = [], {}
        for word in _phrases(_stemmed(typed)):
            if word in short_forms() or f" {word}" in self._all:
                words.append(word)
            else:
                nearest = next((self._slips[s] for s in _one_left_out(word) if s in self._slips), None)
                nearest = nearest if len(word) >= LEAST_MENDED - 1 else None
                mended |= {word: nearest} if nearest else {}
                words.append(nearest or word)
        return [(word, *short_forms().get(word, ())) for word in words], mended


def index_of(indicators: pd.DataFrame) -> Index:
    """Index of the answer to `indicators`."""
    return Index(
        tuple(
            Entry(
                row.indicator,
                bool(row.headline),
                row.theme,
                len(row.label),
                {
                    TITLE: _spelt_out(row.label),
                    THEME: _spelt_out(row.theme),
                    DEFINITION: _spelt_out(f"{row.definition} {row.unit}"),
                },
            )
            for row in indicators.itertuples()
        )
    )


def _texts(title: str, theme: str, definition: str) -> dict[str, str]:
    return {TITLE: _spelt_out(title), THEME: _spelt_out(theme), DEFINITION: _spelt_out(definition)}


def _spelt_out(text: str) -> str:
    """Stems of a text between spaces, what its short forms stand for after them."""
    stems = _stemmed(text)
    meant = (long for word in stems.split() for long in short_forms().get(word, ()))
    return f" {stems} " + "".join(f"{long} " for long in meant)


def _phrases(stems: str) -> list[str]:
    """Words that were typed without the small ones; those of a short form of several words together."""
    found = []
    for phrase in (short for short in short_forms() if " " in short):
        if f" {phrase} " in f" {stems} ":
            found.append(phrase)
            stems = f" {stems} ".replace(f" {phrase} ", " ").strip()
    return [*found, *(word for word in stems.split() if word not in SMALL_WORDS)]


def _score(entry: Entry, ways: tuple[str, ...]) -> float:
    """How well one word that was typed stands in an indicator's texts, 0 for not at all."""
    for field in (TITLE, THEME, DEFINITION):
        text = entry.texts[field]
        begun = [way for way in ways if f" {way}" in text]
        if begun:
            return (WHOLE_WORD if any(f" {way} " in text for way in begun) else BEGUN_WORD)[field]
    return 0.0


def _one_left_out(word: str) -> Iterable[str]:
    """The word, and itself with each letter left out: two words one slip apart have one of these in common."""
    return (word, *(word[:i] + word[i + 1 :] for i in range(len(word))))
