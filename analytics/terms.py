"""The words of the pages, each explained twice: for a member, and for a researcher with formula and reference."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from analytics.catalogue import DATA, Facts
from analytics.errors import BadFacts, UnknownName
from analytics.spec import ESTIMATORS, FAMILIES, INFERENCES, POOLS

FILE = DATA / "reference" / "terms.toml"
DOI_ADDRESS = "https://doi.org/"  # a link for the reader to follow; no page asks it for anything
STEPS = (
    "question",
    "comparators",
    "seen",
    "result",
    "checks",
    "grid",
    "take_away",
    "planner",
    "many",
    "trends",
    "profile",
    "neighbours",
    "authorities",
)
CHOICES = {"estimator": ESTIMATORS, "inference": INFERENCES, "family": FAMILIES, "pool": POOLS}
KINDS = (*CHOICES, "check")  # of what a word may be about
KEYS = ("id", "term", "steps", "about", "choice", "member", "researcher", "reference")


@dataclass(frozen=True)
class Term:
    """One word and its two explanations.

    Attributes
    ----------
    steps : where it is shown
    member : one to three plain sentences, no formula
    researcher : the definition that the program computes, in the letters of `Glossary.notation`
    reference : works it is from, in full; one with a DOI ends in "doi:" and it
    about : what of the program it explains, such as "estimator:two_way" or "check:Model of counts"
    choice : what it is called where it is chosen or reported; '' for what no specification chooses
    """

    id: str
    term: str
    steps: tuple[str, ...]
    member: str
    researcher: str
    reference: tuple[str, ...]
    about: tuple[str, ...] = ()
    choice: str = ""


@dataclass(frozen=True)
class Glossary:
    """Every term in the order in which a page shows them, and the letters of the formulae."""

    terms: tuple[Term, ...]
    notation: str


def read_glossary(file: Path = FILE) -> Glossary:
    """Every term, checked.

    Raises
    ------
    BadFacts : the first mistake found, with file, key and remedy
    """
    facts = Facts(file, _toml(file))
    facts.only(("notation", "references", "term"))
    works = facts.get("references", dict)
    tables = facts.get("term", list)
    terms = tuple(_term(Facts(file, table, f"[[term]] {table.get('id', '?')}"), works) for table in tables)
    for key in ("id", "term"):
        named = [getattr(term, key) for term in terms]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice:
            raise facts.bad(key, f"'{twice}' is there twice; keep one.")
    return Glossary(terms, facts.text("notation"))


def _toml(file: Path) -> dict:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadFacts(f"{file.name} is not TOML that can be read: {error}") from error


def _term(facts: Facts, works: Mapping[str, str]) -> Term:
    facts.only(KEYS)
    texts = {key: facts.text(key) for key in ("id", "term", "member", "researcher")}
    lists = {key: facts.texts(key) for key in ("steps", "reference")}
    for key, value in (texts | lists).items():
        if not value:
            raise facts.bad(key, "is empty; say something")
    for step in lists["steps"]:
        if step not in STEPS:
            raise facts.bad("steps", f"'{step}' is none of {', '.join(STEPS)}.")
    for work in lists["reference"]:
        if work not in works:
            raise facts.bad("reference", f"'{work}' is not in [references]; write the work there, once.")
    about = facts.texts("about", [])
    for each in about:
        if each.partition(":")[0] not in KINDS:
            raise facts.bad("about", f"'{each}' should begin with one of {', '.join(f'{kind}:' for kind in KINDS)}")
    choice = facts.text("choice", "")
    chosen = [each for each in about if each.partition(":")[0] in CHOICES]
    if bool(choice) != (len(chosen) == 1):
        raise facts.bad("choice", "belongs to a term about the one thing that is chosen, and to no other")
    works_named = tuple(works[w] for w in lists["reference"])
    return Term(**texts, steps=lists["steps"], reference=works_named, about=about, choice=choice)


@functools.cache
def glossary() -> Glossary:
    """The project's own glossary, read once."""
    return read_glossary()


def terms_of(step: str) -> tuple[Term, ...]:
    """Terms of one step of a page, in order.

    Raises
    ------
    UnknownName : a step that no page has
    """
    if step not in STEPS:
        raise UnknownName("step", step, STEPS, where="the glossary")
    return tuple(term for term in glossary().terms if step in term.steps)


@functools.cache
def choices_of(kind: str) -> Mapping[str, str]:
    """What each value that a specification may have is called, in the specification's order.

    Parameters
    ----------
    kind : estimator, inference, family or pool
    """
    called = {each: term.choice for term in glossary().terms for each in term.about}
    return MappingProxyType({value: called[f"{kind}:{value}"] for value in CHOICES[kind]})
