"""The register of authorities, regions and England: which area a published row is about."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from analytics.errors import BadFacts, did_you_mean

REFERENCE = Path(__file__).parent.parent / "data" / "reference"
INVENTED = "X"  # first letter of every code of the illustrative teaching set
JOINT_RETURN = "one figure for two authorities cannot be given to either"
BORDER_KINDS = ("land", "water")
OTHER_LEVELS = (  # of the open data standard of explore education statistics; none is read here
    "local authority district", "parliamentary constituency", "ward", "school", "institution", "provider", "sponsor",
    "multi-academy trust", "mat", "opportunity area", "rsc region", "local enterprise partnership",
    "local skills improvement plan area", "mayoral combined authority", "english devolved area", "police force area",
    "planning area",
)  # fmt: skip


@dataclass(frozen=True)
class Area:
    """One authority, region or country under its newest code."""

    area_code: str
    old_code: str
    name: str
    kind: str
    region_code: str = ""
    region: str = ""
    type: str = ""
    from_year: int | None = None
    to_year: int | None = None
    former_codes: tuple[str, ...] = ()
    children_thousand: float | None = None

    @property
    def invented(self) -> bool:
        """Whether it belongs to the illustrative teaching set."""
        return self.area_code.startswith(INVENTED)

    def existed(self, year: int) -> bool:
        """Whether there could be figures for these boundaries in the year ending 31 March."""
        return (self.from_year or year) <= year <= (self.to_year or year)


@dataclass(frozen=True)
class BoundaryChange:
    """One pair of codes before and after; `year` is the first (ending 31 March) with figures for the new boundaries."""

    old_code: str
    new_code: str
    year: int
    kind: str
    note: str


@dataclass(frozen=True)
class Border:
    """One pair of authorities whose boundaries meet; `water` where they meet only in a tidal river or an estuary."""

    area_code: str
    other_code: str
    kind: str


@dataclass(frozen=True)
class Identity:
    """What one published row says of the area it is about, as written."""

    level: str
    country_code: str = ""
    region_code: str = ""
    old_code: str = ""
    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class Finding:
    """The area that a row is about, or why there is none; a row that is passed over is no mistake of the file."""

    area_code: str | None = None
    problem: str | None = None
    passed_over: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Register:
    """Every area known, and how codes lead to it."""

    areas: tuple[Area, ...]
    changes: tuple[BoundaryChange, ...] = field(default=())
    borders: tuple[Border, ...] = field(default=())

    @cached_property
    def by_code(self) -> dict[str, Area]:
        """Area by any ONS code that it has had."""
        return {code: area for area in self.areas for code in (area.area_code, *area.former_codes)}

    @cached_property
    def by_old_code(self) -> dict[str, Area]:
        """Authority by three-digit code."""
        return {area.old_code: area for area in self.areas if area.old_code and area.kind == "authority"}

    @cached_property
    def by_number(self) -> dict[str, Area]:
        """Area by the number of the Local Authority Interactive Tool, which counts regions and England on from 970."""
        return {area.old_code: area for area in self.areas if area.old_code}

    @cached_property
    def by_name(self) -> dict[str, Area]:
        """Area by name in lower case; where two areas shared a name, the one that still exists."""
        in_order = sorted(self.areas, key=lambda area: area.to_year or 9999)
        return {area.name.lower(): area for area in in_order}

    def newest_code(self, code: str) -> str:
        """The newest code of the same boundaries; the code itself where the register does not know it."""
        area = self.by_code.get(code)
        return area.area_code if area else code

    def find(self, row: Identity) -> Finding:
        """The area of a published row, or the sentence that says why it cannot be told."""
        match level := row.level.strip().lower():
            case "national":
                return self._by_area_code(row.country_code, "england")
            case "regional":
                return self._by_area_code(row.region_code, "region")
            case "local authority":
                return self._authority(row)
        if not any((level, row.country_code, row.region_code, row.old_code, row.code, row.name)):
            return Finding(passed_over="in a blank line")
        if level in OTHER_LEVELS:
            return Finding(passed_over=f"of geographic level '{row.level}', which is not read")
        hint = did_you_mean(level, ("National", "Regional", "Local authority"))
        return Finding(problem=f"geographic level '{row.level}' is not known.{hint}")

    def find_number(self, number: str, name: str) -> Finding:
        """The area of a number of the tool, or the sentence that says why it cannot be told."""
        area = self.by_number.get(number.strip())
        named = self.by_name.get(name.strip().lower())
        if area is None:
            hint = f" {named.name} is {named.old_code}." if named and named.old_code else ""
            return Finding(problem=f"number '{number}' is no authority or region of the register.{hint}")
        if named and named.old_code != area.old_code and named.name != area.name:
            return Finding(problem=f"number {number} is {area.name} but the name is {named.name}: correct one of them")
        return Finding(area.area_code)

    def with_regions(self, found: Iterable[tuple[str, str, str]]) -> Register:
        """The register with regions and countries (code, name, kind) added that it did not know."""
        new = {code: Area(code, "", name, kind) for code, name, kind in found if code and code not in self.by_code}
        by_name = {area.name: area.area_code for area in new.values() if area.kind == "region"}
        known = (replace(a, region_code=a.region_code or by_name.get(a.region, "")) for a in self.areas)
        return replace(self, areas=(*known, *new.values()))

    def invented(self) -> Register:
        """The register of the teaching set alone, in which no real authority is found."""
        return replace(self, areas=tuple(area for area in self.areas if area.invented), borders=())

    def _by_area_code(self, code: str, kind: str) -> Finding:
        area = self.by_code.get(code.strip())
        if area and area.kind == kind:
            return Finding(area.area_code)
        return Finding(problem=f"'{code}' is no code of a {'country' if kind == 'england' else kind} in the register")

    def _authority(self, row: Identity) -> Finding:
        code, old_code = row.code.strip(), row.old_code.strip()
        if re.search(r"[/&;,+]", code + old_code):
            return Finding(problem=JOINT_RETURN)
        by_code, by_old_code = self.by_code.get(code), self.by_old_code.get(old_code)
        if by_code and by_code.kind == "authority":
            return self._agreed(by_code, by_old_code, row)
        if by_old_code:
            said = f"Code '{code}' is not in the register" if code else "No ONS code"
            note = f"{said}: read as {by_old_code.name} from its three-digit code {old_code}."
            return Finding(by_old_code.area_code, note=note)
        return Finding(problem=self._unknown(row))

    def _agreed(self, area: Area, by_old_code: Area | None, row: Identity) -> Finding:
        """The area, unless its two codes belong to different authorities."""
        if by_old_code is None or by_old_code.old_code == area.old_code:
            return Finding(area.area_code)
        return Finding(
            problem=f"code {row.code} is {area.name} but three-digit code {row.old_code} is {by_old_code.name}: "
            "correct one of them"
        )

    def _unknown(self, row: Identity) -> str:
        """Sentence for an authority that neither code knows, with the nearest name or code."""
        near = self.by_name.get(row.name.strip().lower())
        hint = f" {near.name} is {near.area_code}." if near else did_you_mean(row.name, (a.name for a in self.areas))
        asked = row.code or row.old_code or row.name
        return f"authority code '{asked}' is not in the register (data/reference/authorities.csv).{hint}"


def read_register(*authority_files: Path) -> Register:
    """The register of data/reference, with the authorities of further files in the same columns.

    Raises
    ------
    BadFacts : a row that cannot be used, with file and line
    """
    regions = _regions()
    region_codes = {area.name: area.area_code for area in regions if area.kind == "region"}
    changes = read_changes()
    rows = [row for file in (REFERENCE / "authorities.csv", *authority_files) for row in _rows(file)]
    authorities = _authorities(rows, changes, region_codes)
    borders = read_borders({area.area_code: area.name for area in authorities})
    return Register((*authorities, *regions), tuple(changes), tuple(borders))


def read_changes() -> list[BoundaryChange]:
    """One row per pair of codes, before and after."""
    return [
        BoundaryChange(old, new, _first_year(row["date"]), row["kind"], row["note"])
        for row in _rows(REFERENCE / "boundary_changes.csv")
        for old in row["from_codes"].split("|")
        for new in row["to_codes"].split("|")
    ]


def read_borders(names: dict[str, str], file: Path = REFERENCE / "borders.csv") -> list[Border]:
    """One row per pair of authorities whose boundaries meet, each pair once.

    Parameters
    ----------
    names : name of each authority by its newest code
    file : a list in the columns of data/reference/borders.csv

    Raises
    ------
    BadFacts : a row that cannot be used, with file and line
    """
    found: dict[tuple[str, str], Border] = {}
    for line, row in enumerate(_rows(file), start=2):
        pair = (row["area_code"], row["other_code"])
        problem = f"{' and '.join(pair)} are listed twice" if pair in found else _wrong_border(row, names)
        if problem:
            raise BadFacts(f"{file}, line {line}: {problem}. Mend the line.")
        found[pair] = Border(*pair, row["kind"])
    return list(found.values())


def _wrong_border(row: dict[str, str], names: dict[str, str]) -> str | None:
    """What is wrong with one row of the list of borders, if anything."""
    for code, name in ((row["area_code"], row["name"]), (row["other_code"], row["other_name"])):
        if code not in names:
            newest = next((f"; {name} is {known}" for known in names if names[known] == name), "")
            return f"'{code}' is no authority's newest code{newest}"
        if names[code] != name:
            return f"{code} is {names[code]}, not {name}"
    if row["area_code"] >= row["other_code"]:
        return f"the lower code comes first, and {row['area_code']} is not below {row['other_code']}"
    if row["kind"] not in BORDER_KINDS:
        return f"kind '{row['kind']}' is none of {', '.join(BORDER_KINDS)}"
    return None


def _first_year(day: str) -> int:
    """First year ending 31 March with figures for boundaries that began on a day (ISO)."""
    year, month = (int(part) for part in day.split("-")[:2])
    return year + (month >= 4)


def _regions() -> list[Area]:
    return [
        Area(row["area_code"], row["old_code"], row["name"], row["kind"]) for row in _rows(REFERENCE / "regions.csv")
    ]


def _authorities(rows: list[dict[str, str]], changes: list[BoundaryChange], regions: dict[str, str]) -> list[Area]:
    """One area per authority under its newest code; rows of former codes are folded into it."""
    newest = {change.old_code: change.new_code for change in changes if change.kind == "recode"}
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        grouped.setdefault(newest.get(row["area_code"], row["area_code"]), []).append(row)
    former = {new: tuple(old for old, to in newest.items() if to == new) for new in grouped}
    return [_authority(code, found, former[code], regions) for code, found in grouped.items()]


def _authority(code: str, rows: list[dict[str, str]], former: tuple[str, ...], regions: dict[str, str]) -> Area:
    """One authority from the rows of all its codes; it has always existed if one of them has no first year."""
    row = next((row for row in rows if row["area_code"] == code), rows[0])
    firsts, lasts = ([r[key] for r in rows] for key in ("first_year", "last_year"))
    return Area(
        area_code=code,
        old_code=row["old_code"],
        name=row["name"],
        kind="authority",
        region_code=regions.get(row["region"], ""),
        region=row["region"],
        type=row["type"],
        from_year=min(map(int, firsts)) if all(firsts) else None,
        to_year=max(map(int, lasts)) if all(lasts) else None,
        former_codes=former,
        children_thousand=float(row["children_thousand"]) if row["children_thousand"] else None,
    )


def _rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV of facts, by heading."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFacts(f"{file} cannot be read as a list of areas: {error}") from error
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise BadFacts(f"{file}, line {line}: {len(row)} headings, but another number of fields. Mend the line.")
    return rows
