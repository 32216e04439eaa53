"""What an authority may be called: its name, its codes, names it had before, abbreviations, other spellings."""

from __future__ import annotations

import csv
import difflib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analytics.areas import REFERENCE
from analytics.errors import BadFacts
from analytics.finding import folded

ABBREVIATION, FORMER_NAME, SPELLING = "abbreviation", "former name", "spelling"
KINDS = (ABBREVIATION, FORMER_NAME, SPELLING)
LEAST_LIKENESS = 0.75  # of difflib, 0 to 1: 'Birmigham' is found, 'Bolton' is not mended to 'Boston'
MOST_GUESSES = 3
CIVIC = re.compile(
    r"^(the |royal |london |metropolitan |county |city )*(borough |city |county |district |council )of |"
    r"( city| county| borough| district| metropolitan| council)+$"
)  # words round a name that do not tell one authority from another


@dataclass(frozen=True)
class OtherName:
    """One thing that an authority is also called."""

    area_code: str
    also_called: str
    kind: str


@functools.cache
def other_names() -> tuple[OtherName, ...]:
    """Every row of data/reference/also_called.csv."""
    file = REFERENCE / "also_called.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        found = tuple(OtherName(**row) for row in csv.DictReader(handle))
    for line, row in enumerate(found, start=2):
        if row.kind not in KINDS or not folded(row.also_called):
            raise BadFacts(f"{file}, line {line}: '{row.also_called}' of kind '{row.kind}'. Kinds: {', '.join(KINDS)}.")
    return found


@dataclass(frozen=True)
class Called:
    """The authorities that have a figure, and what leads to each of them.

    Attributes
    ----------
    labels : words for each by its newest code, in the order of their names; abbreviations that typing would not find
        in the name itself stand behind it
    codes : newest code by all that an authority may be called, folded, and in lower case as written
    later : by code of an authority that was abolished, those that have its places since
    """

    labels: Mapping[str, str]
    codes: Mapping[str, str]
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def code(self, text: str) -> str | None:
        """Newest code of what an authority is called, None where nobody is called that."""
        asked = folded(text)
        return self.codes.get(text.strip().lower()) or self.codes.get(asked) or self.codes.get(CIVIC.sub("", asked))

    def find(self, typed: str) -> tuple[str, ...]:
        """Codes of the authorities that what was typed may mean, the likeliest first; '' finds none."""
        asked = folded(typed)
        if not asked:
            return ()
        # Exactly that, then names that begin so, then names with a word that does, then names that are much like it.
        exact = [code] if (code := self.code(typed)) else []
        begun = [code for name, code in self.codes.items() if name.startswith(asked)]
        within = [code for name, code in self.codes.items() if f" {asked}" in name]
        found = [*exact, *begun, *within]
        if not found:
            near = difflib.get_close_matches(asked, self.codes, n=MOST_GUESSES, cutoff=LEAST_LIKENESS)
            found = [self.codes[name] for name in near]
        later = [code for each in found for code in self.later.get(each, ()) if code in self.labels]
        return tuple(dict.fromkeys([*found, *later]))


def called(areas: pd.DataFrame, changes: pd.DataFrame) -> Called:
    """What leads to each authority.

    Parameters
    ----------
    areas : answer to `areas`
    changes : answer to `boundary_changes`
    """
    authorities = areas[areas.kind == "authority"]
    others: dict[str, list[OtherName]] = {}
    for each in other_names():
        others.setdefault(each.area_code, []).append(each)
    labels, codes = {}, {}
    # An authority that has ended comes first, so that one of the same name that goes on is the one meant by it.
    for row in authorities.sort_values("to_year", na_position="last", kind="stable").itertuples():
        ended = f" (to {row.to_year:.0f})" if pd.notna(row.to_year) else ""
        mine = others.get(row.area_code, [])
        labels[row.area_code] = f"{row.name}{_in_brackets(row.name, mine)}{ended}"
        ids = (row.old_code, *row.former_codes.split(), row.area_code)
        for name in (row.name, _turned(row.name), f"{row.name}{ended}", *(o.also_called for o in mine), *ids):
            codes |= {str(name).lower(): row.area_code, folded(str(name)): row.area_code}
    later: dict[str, list[str]] = {}
    for row in changes[changes.kind != "recode"].itertuples():
        later.setdefault(row.old_code, []).append(row.new_code)
    in_order = dict(sorted(labels.items(), key=lambda pair: pair[1]))
    return Called(in_order, codes, {old: tuple(new) for old, new in later.items()})


def _in_brackets(name: str, others: list[OtherName]) -> str:
    """' (LBHF)': what a list that is filtered by typing would not find in the name, and initials."""
    shown = [o.also_called for o in others if _initials(o) or not letters_within(_letters(o.also_called), name.lower())]
    return f" ({', '.join(shown)})" if shown else ""


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower().replace("&", "and"))


def _initials(other: OtherName) -> bool:
    return other.kind == ABBREVIATION and other.also_called.isupper() and len(other.also_called) > 2


def letters_within(typed: str, label: str) -> bool:
    """Whether a label has the letters typed, in their order: what a list goes by when it is filtered by typing.

    >>> letters_within("herts", "hertfordshire"), letters_within("hants", "hampshire")
    (True, False)
    """
    rest = iter(label)
    return all(letter in rest for letter in typed)


def _turned(name: str) -> str:
    """'City of Bristol' for 'Bristol, City of'."""
    first, _, last = name.rpartition(", ")
    return f"{last} {first}" if first and last.endswith(" of") else name
