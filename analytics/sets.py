"""Comparator sets: the named groups of authorities that one authority can be set beside.

A set has a key that an address can hold: `near2025` and `near2021` (statistical neighbours), `region` (the authority's
own), `region:E12000008`, `type:county`, `others` (every other authority), `nearown` (by the reader's own neighbour model),
`own:Name` (chosen by the reader). A reader's own sets travel in the address as `Name.302.303~Other.838`, by three-digit codes
where there are such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.errors import PracticeError
from analytics.neighbours import MODELS
from analytics.neighbours import OWN as OWN_MODEL
from analytics.warehouse import Warehouse
from analytics.wording import listed

BETWEEN_SETS, BETWEEN_CODES = "~", "."
LONGEST_NAME = 40
MOST_OWN = 6
MOST_NAMED = 5  # unknown codes named one by one
FEWEST = 5  # a mean of fewer is said to be of few
OWN, REGION, KIND = "own:", "region:", "type:"
NEAR_WORDS = {OWN_MODEL: "Neighbours by my own model"}
TYPE_WORDS = {
    "county": "Counties",
    "inner London borough": "Inner London boroughs",
    "metropolitan district": "Metropolitan districts",
    "outer London borough": "Outer London boroughs",
    "unitary authority": "Unitary authorities",
}


class BadSet(PracticeError):
    """A comparator set that cannot be used, with what would do."""


@dataclass(frozen=True)
class OwnSet:
    """A reader's own set: a name, and the codes of its authorities."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ComparatorSet:
    """A group of authorities that one authority is set beside; the authority itself is never among them.

    Attributes
    ----------
    name : to follow a figure: 'statistical neighbours (2025)', 'South East', 'Coastal'
    codes : its authorities; abolished ones stay, for the years in which they had figures
    note : what a reader must know of it, '' where there is nothing
    """

    key: str
    name: str
    codes: tuple[str, ...]
    note: str = ""


def known_sets(areas: pd.DataFrame, models: Iterable[str], own: Iterable[OwnSet] = ()) -> dict[str, str]:
    """Words by key of every set that can be chosen, the reader's own first.

    Parameters
    ----------
    areas : `ask("all_areas")`
    models : neighbour models held
    """
    words = {f"{OWN}{each.name}": each.name for each in own}
    words |= {
        f"near{model}": NEAR_WORDS.get(model, f"Statistical neighbours ({model})") for model in _newest_first(models)
    }
    words["region"] = "Others in its region"
    regions = areas[areas.kind == "region"].sort_values("name")
    used = set(areas.region_code[areas.kind == "authority"].dropna())
    named = zip(regions.area_code, regions.name, strict=True)
    words |= {f"{REGION}{code}": name for code, name in named if code in used}
    types = sorted(set(areas.type[areas.kind == "authority"].dropna()))
    words |= {f"{KIND}{each}": TYPE_WORDS.get(each, each) for each in types}
    return words | {"others": "All other authorities"}


def _newest_first(models: Iterable[str]) -> list[str]:
    """Published models from the newest, the reader's own last."""
    return sorted(models, key=lambda model: (model != OWN_MODEL, model), reverse=True)


def set_of(
    key: str,
    area: pd.Series,
    areas: pd.DataFrame,
    warehouse: Warehouse,
    own: Iterable[OwnSet] = (),
    own_lists: pd.DataFrame | None = None,
) -> ComparatorSet:
    """The set of a key as it stands beside one authority.

    Parameters
    ----------
    own_lists : neighbours by the reader's own model (`OwnNeighbours.lists`); without it there is no set `nearown`

    Raises
    ------
    BadSet : no such set
    """
    models = MODELS if own_lists is None else (*MODELS, OWN_MODEL)
    name = known_sets(areas, models, own).get(key)
    if name is None:
        raise BadSet(f"There is no comparator set “{key}”. Choose one from the list.")
    if key.startswith("near"):
        model = key.removeprefix("near")
        near = own_lists if model == OWN_MODEL else warehouse.ask("neighbours", model=model)
        codes = tuple(near.neighbour_code[near.area_code == area.area_code])
        name = "neighbours (own model)" if model == OWN_MODEL else f"statistical neighbours ({model})"
        return _without_itself(key, name, codes, area)
    authorities = areas[areas.kind == "authority"]
    if key.startswith(OWN):
        codes = next(each.codes for each in own if each.name == name)
    elif key == "others":
        codes = tuple(authorities.area_code)
    elif key.startswith(KIND):
        codes = tuple(authorities.area_code[authorities.type == key.removeprefix(KIND)])
    else:
        region = area.region_code if key == "region" else key.removeprefix(REGION)
        name = f"others in {area.region}" if key == "region" else name
        codes = tuple(authorities.area_code[authorities.region_code == region])
    return _without_itself(key, name, codes, area)


def _without_itself(key: str, name: str, codes: tuple[str, ...], area: pd.Series) -> ComparatorSet:
    kept = tuple(code for code in codes if code != area.area_code)
    notes = []
    if key.startswith(OWN) and len(kept) < len(codes):
        notes.append(f"{area['name']} is left out of {name}: it is the authority that the set stands beside.")
    if not kept:
        notes.append(
            f"{name[:1].upper()}{name[1:]} names no other authority, so nothing can be set beside {area['name']}."
        )
    elif len(kept) < FEWEST:
        several = "one authority" if len(kept) == 1 else f"{len(kept)} authorities"
        notes.append(f"A mean of {several} swings with each of them.")
    return ComparatorSet(key, name, kept, " ".join(notes))


def set_words(near: ComparatorSet) -> str:
    """A set as a sentence about one authority names it: 'its statistical neighbours (2025)', 'the set “Coastal”'."""
    if near.key.startswith(OWN):
        return f"the set “{near.name}”"
    if near.key.startswith(REGION):
        return f"the authorities in {near.name}"
    if near.key == "others":
        return "the other authorities"
    name = f"{near.name[:1].lower()}{near.name[1:]}"
    return f"its {name}" if near.key.startswith("near") else f"the {name}"


def set_label(near: ComparatorSet) -> str:
    """What stands before 'mean' and 'median' where there is little room: 'Neighbours’', 'Coastal:'."""
    return "Neighbours’" if near.key.startswith("near") else f"{near.name[:1].upper()}{near.name[1:]}:"


def own_sets_text(own: Iterable[OwnSet], short: Mapping[str, str]) -> str:
    """A reader's own sets as an address holds them; `short` gives the three-digit code by code."""
    return BETWEEN_SETS.join(BETWEEN_CODES.join([each.name, *(short.get(c) or c for c in each.codes)]) for each in own)


def own_sets_read(text: str, codes: Mapping[str, str]) -> tuple[tuple[OwnSet, ...], tuple[str, ...]]:
    """A reader's own sets from an address, and a sentence for everything in it that cannot be used.

    Parameters
    ----------
    codes : newest code by every code that an authority has had, in lower case
    """
    found: dict[str, OwnSet] = {}
    trouble: list[str] = []
    for part in filter(None, text.split(BETWEEN_SETS)):
        name, *asked = part.split(BETWEEN_CODES)
        if len(found) == MOST_OWN:
            trouble.append(f"At most {MOST_OWN} own sets can be kept; “{name[:LONGEST_NAME]}” is left out.")
            continue
        try:
            name = set_name(name, found)
        except BadSet as problem:
            trouble.append(str(problem))
            continue
        known = tuple(dict.fromkeys(codes[c.lower()] for c in asked if c.lower() in codes))
        strange = [c for c in asked if c.lower() not in codes]
        if strange:
            more = [f"{len(strange) - MOST_NAMED} more"] if len(strange) > MOST_NAMED else []
            are = "is" if len(strange) == 1 else "are"
            trouble.append(f"In the set “{name}”, {listed([*strange[:MOST_NAMED], *more])} {are} no authority here.")
        if known:
            found[name] = OwnSet(name, known)
        else:
            trouble.append(f"The set “{name}” names no authority that is held here, so it is left out.")
    return tuple(found.values()), tuple(trouble)


def set_name(name: str, taken: Iterable[str] = ()) -> str:
    """A name for an own set, tidied.

    Raises
    ------
    BadSet : empty, too long, with a sign that an address needs, or taken
    """
    tidy = re.sub(r"\s+", " ", name).strip()
    if not tidy:
        raise BadSet("A comparator set needs a name, so that its figures can be told from others.")
    if len(tidy) > LONGEST_NAME:
        raise BadSet(f"The name “{tidy[:LONGEST_NAME]}…” is longer than {LONGEST_NAME} characters. Shorten it.")
    if BETWEEN_SETS in tidy or BETWEEN_CODES in tidy:
        raise BadSet(
            f"The name “{tidy}” holds a full stop or a tilde (~), which the address needs for itself. Leave it out."
        )
    if tidy.lower() in {each.lower() for each in taken}:
        raise BadSet(f"There is already a set called “{tidy}”. Choose another name.")
    return tidy
