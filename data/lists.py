"""What becomes of published lists: neighbours and inspections under the newest codes, and why an entry was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from analytics.areas import Area, Register
from analytics.neighbours import CLOSENESS
from data.layouts.listing import Entry
from data.layouts.neighbours import Neighbour
from data.layouts.ofsted import GRADES, Inspection
from data.reading import Extract
from data.staging import Tally

Row = dict[str, Any]
OLDER, NEWER = "2021", "2025"  # the neighbour models in use: April 2021, May 2025
GONE = "no longer exists"
GRADED = tuple(filter(None, GRADES))
REPEATED = "that repeat an entry of the same or another file"


@dataclass
class Settled:
    """Rows of the two tables, and by position of the extract: rejected entries and how many were out of scope, by reason."""

    neighbours: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    inspections: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    rejected: dict[int, list[tuple[Entry, str]]] = field(default_factory=dict)
    passed_over: dict[int, dict[str, int]] = field(default_factory=dict)

    def reject(self, number: int, entry: Entry, reason: str) -> None:
        """Notes an entry that cannot be used."""
        self.rejected.setdefault(number, []).append((entry, reason))

    def pass_over(self, number: int, reason: str) -> None:
        """Counts an entry that is no mistake but is not used."""
        counted = self.passed_over.setdefault(number, {})
        counted[reason] = counted.get(reason, 0) + 1

    def tally(self, number: int, extract: Extract) -> Tally:
        """What became of the entries of one extract."""
        rejected = len(self.rejected.get(number, ())) + extract.cells_uneven
        reasons = self.passed_over.get(number, {})
        left = sum(reasons.values())
        notes = tuple(f"Out of scope: {count:,} {why}." for why, count in reasons.items())
        return Tally(extract.cells_read - left - rejected, left, rejected, 0, None, (*extract.notes, *notes))


def settled(extracts: list[Extract], register: Register) -> Settled:
    """Every list of some extracts, the longest first so that the fuller of two forms is the one kept."""
    found = Settled()
    lists = [(n, each) for n, each in enumerate(extracts) if each.of_use and each.listing and each.layout != "lait"]
    for number, extract in sorted(lists, key=lambda pair: (-pair[1].cells_read, pair[1].sha256)):
        if extract.layout == "neighbours":
            _neighbours(found, number, extract.listing.entries, register)
        else:
            _inspections(found, number, extract.listing.entries, register)
    return found


def model_of(entries: Iterable[Neighbour], register: Register) -> str:
    """The vintage of a list: the one of May 2025 names authorities that were created in 2023.

    None of the invented ones was; of their lists the one whose columns only the list of May 2025 has is the newer.
    """
    entries = list(entries)
    named = [area for entry in entries if (area := register.by_old_code.get(entry.neighbour))]
    if named and all(area.invented for area in named):
        return NEWER if entries[0].column.startswith("SN_") else OLDER
    return NEWER if max((area.from_year or 0 for area in named), default=0) >= 2024 else OLDER


def _neighbours(found: Settled, number: int, entries: tuple[Neighbour, ...], register: Register) -> None:
    model = model_of(entries, register)
    for entry in entries:
        if not entry.given:
            found.pass_over(number, "of an authority that is younger than the model, for which it names nobody")
            continue
        problem = _wrong_neighbour(entry, register)
        if problem:
            found.reject(number, entry, problem)
            continue
        area, other = (register.by_old_code[code] for code in (entry.code, entry.neighbour))
        row = {
            "model": model,
            "area_code": area.area_code,
            "neighbour_code": other.area_code,
            "rank": entry.rank,
            "closeness": entry.closeness,
            "distance": None,
        }
        key = (model, area.area_code, other.area_code)
        before = found.neighbours.setdefault(key, row)
        if before is row:
            continue
        if before == row:
            found.pass_over(number, REPEATED)
        else:
            found.reject(number, entry, _contradicted(before))


def _contradicted(before: Row) -> str:
    return (
        f"the same list already names it as neighbour {before['rank']}, {before['closeness']}: two lists of one model "
        "must agree"
    )


def _wrong_neighbour(entry: Neighbour, register: Register) -> str:
    """Why an entry names no pair of authorities, '' where it does."""
    area, other = register.by_old_code.get(entry.code), register.by_old_code.get(entry.neighbour)
    if area is None:
        return f"authority number '{entry.code}' ({entry.name}) is not in the register (data/reference/authorities.csv)"
    if other is None:
        return f"neighbour number '{entry.neighbour}' is not in the register (data/reference/authorities.csv)"
    if other is area:
        return f"{area.name} is named as its own neighbour"
    if other.to_year:
        return f"{other.name} {GONE}: it was abolished in {other.to_year}"  # its last year ends 31 March
    if entry.closeness not in CLOSENESS:
        return f"closeness '{entry.closeness}' is none of {', '.join(CLOSENESS)}"
    return ""


def _inspections(found: Settled, number: int, entries: tuple[Inspection, ...], register: Register) -> None:
    """Sheets that name the kind of inspection go first: judgements in force repeat one of them."""
    for entry in sorted(entries, key=lambda each: (not each.framework, bool(each.theme))):
        area = register.by_code.get(entry.code)
        if area is None or area.kind != "authority":
            area = register.by_name.get(entry.name.lower()) if not entry.code else None
        if area is None:
            found.reject(number, entry, f"authority code '{entry.code}' is not in the register")
            continue
        unknown = [grade for _, grade in entry.judgements if grade and grade not in GRADED]
        if unknown:
            found.reject(number, entry, f"judgement '{unknown[0]}' is none of {', '.join(GRADED)}")
            continue
        _keep_inspection(found, number, entry, area)


def _keep_inspection(found: Settled, number: int, entry: Inspection, area: Area) -> None:
    """The first row of an inspection stays; a later sheet may repeat it but not say otherwise."""
    row = {
        "area_code": area.area_code,
        "framework": entry.framework or None,
        "start": entry.start,
        "published": entry.published,
        **{part: grade or None for part, grade in entry.judgements},
        "theme": entry.theme or None,
        "source": "ofsted",
    }
    graded = any(grade for _, grade in entry.judgements)
    key = (area.area_code, entry.start, "judged" if graded else f"{entry.framework} {entry.theme}")
    before = found.inspections.setdefault(key, row)
    if before is row:
        return
    differs = [part for part, grade in entry.judgements if (grade or None) != before[part]]
    if differs:
        found.reject(number, entry, f"another sheet says otherwise of the inspection of {entry.start}: {differs[0]}")
    else:
        found.pass_over(number, REPEATED)
