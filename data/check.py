"""One published file read by itself, to see what a build would make of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from analytics.catalogue import Catalogue
from data.build import (
    AUTHORITIES,
    SETTINGS,
    ExtractReport,
    Material,
    facts,
    fill,
    is_invented,
    material_of,
)
from data.reading import Extract, read_extracts
from data.staging import Tally


def checked(file: Path) -> ExtractReport:
    """What a build would make of one file; the others that its rates need are not asked for."""
    register, catalogue = facts([])
    (extract,) = read_extracts([file], catalogue)
    if not extract.of_use:
        return _unusable(extract)
    if not is_invented(extract):
        return _accounted(material_of([extract, *_dictionary_beside(extract, catalogue)], catalogue, register))
    if not (file.parent / AUTHORITIES).is_file():
        problem = f"{extract.name} holds invented authorities; their list, {AUTHORITIES}, is not beside it."
        return _unusable(replace(extract, arrow=None, problem=problem))
    register, catalogue = facts([file.parent])
    return _accounted(material_of([extract], catalogue, register, illustrative=True))


def _dictionary_beside(extract: Extract, catalogue: Catalogue) -> list[Extract]:
    """The dictionary of the Interactive Tool in the folder of its measures."""
    if extract.layout != "lait" or not extract.usable:
        return []
    beside = read_extracts(sorted(extract.file.parent.glob("*.csv")), catalogue)
    return [each for each in beside if each.layout == "lait" and each.of_use]


def _accounted(material: Material) -> ExtractReport:
    with duckdb.connect(":memory:", config=SETTINGS) as connection:
        report, *_ = fill(connection, material)
    return report


def _unusable(extract: Extract) -> ExtractReport:
    return ExtractReport(extract.name, extract, Tally(0, 0, 0, 0, None, ()))
