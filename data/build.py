"""From published files to a warehouse file: read, check, write beside the old one, then switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from analytics.areas import INVENTED, Register, read_register
from analytics.catalogue import Catalogue, read_catalogue
from analytics.errors import PracticeError
from analytics.warehouse import SCHEMA_VERSION
from data import files, tables
from data.layouts import ees, lait
from data.lists import Settled, settled
from data.reading import KINDS, Extract, NothingUsable, endings_passed_over, files_in, read_extracts
from data.staging import Tally, extract_ids, question, stage
from data.tiles import tile_rows

HERE = Path(__file__).parent
SETTINGS = {
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2",
    "preserve_insertion_order": "false",  # every step that minds the order says so; without it both threads work
}  # fmt: skip
PUBLISHED, ILLUSTRATIVE = "published", "illustrative"
AUTHORITIES = "illustrative_authorities.csv"
LISTS = ("neighbours", "ofsted")  # layouts of lists, which hold no figures


class FailedCheck(PracticeError):
    """What was built is not what was read: a fault of this program, never of the data."""


@dataclass(frozen=True)
class Rejection:
    """One rejected cell, or a row of them with one reason."""

    line: int | None
    column: str | None
    value: str | None
    reason: str
    cells: int


@dataclass(frozen=True)
class ExtractReport:
    """One file as it went into the warehouse, or the reason why it did not."""

    extract: str
    found: Extract
    tally: Tally
    rejections: tuple[Rejection, ...] = ()

    @property
    def title(self) -> str:
        """What the file was recognised as."""
        return self.found.table.layout.title if self.found.table else ""


@dataclass(frozen=True)
class BuildReport:
    """One finished build: the file, the kind of data, every file read, and what looks odd but was kept."""

    file: Path
    kind: str
    extracts: tuple[ExtractReport, ...]
    observations: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """What a build is made from: facts, areas, and the files that were found."""

    kind: str
    catalogue: Catalogue
    register: Register
    extracts: list[Extract]
    dictionary: dict[str, lait.Measure] = field(default_factory=dict)

    @property
    def findable(self) -> Register:
        """The areas that a row may be about: in a teaching set the invented ones alone."""
        return self.register.invented() if self.kind == ILLUSTRATIVE else self.register


def build(places: list[Path], target: Path, *, illustrative: bool = False) -> BuildReport:
    """Builds a warehouse from the published files of some folders and makes it the current one.

    Parameters
    ----------
    places : folders (with their subfolders) or files
    target : a folder, which gets a numbered file and the pointer, or a file ending in .duckdb
    illustrative : whether the places hold the invented teaching set

    Raises
    ------
    NothingUsable : with the reason of each file; nothing is touched
    CannotWrite : the target cannot be written; what was there still serves
    """
    material = read_material(places, illustrative=illustrative)
    to_file = target.suffix == ".duckdb" and not target.is_dir()
    folder = target.parent if to_file else target
    with files.sentences_for_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with files.locked(folder), files.workplace(folder) as workplace:
            finished = workplace / "practice.duckdb"
            report = write_warehouse(finished, material)
            if to_file:
                return replace(report, file=files.replace_file(finished, target))
            current = files.make_current(finished, folder)
            files.remove_old(folder)
            return replace(report, file=current)


def read_material(places: list[Path], *, illustrative: bool = False) -> Material:
    """Facts, areas and extracts of a build.

    Raises
    ------
    NothingUsable : no file is one of the tables known, with the reason of each
    """
    register, catalogue = facts(places if illustrative else [])
    found = read_extracts(files_in(places, illustrative=illustrative), catalogue)
    material = material_of(found, catalogue, register, illustrative=illustrative)
    if not any(each.usable for each in material.extracts):
        raise NothingUsable(_why_nothing(places, material.extracts))
    return material


def material_of(
    found: list[Extract], catalogue: Catalogue, register: Register, *, illustrative: bool = False
) -> Material:
    """Material of one kind, with the measures that a dictionary among the extracts describes."""
    extracts = [_of_one_kind(each, illustrative=illustrative) for each in found]
    dictionary = _dictionary(extracts)
    extracts = [_described(each, dictionary) for each in extracts]
    if any(each.usable and each.layout == "lait" for each in extracts):
        catalogue = catalogue.with_indicators(lait.SOURCE, [each.as_indicator() for each in dictionary.values()])
    if illustrative:
        tidy = [each.arrow for each in extracts if each.usable and each.layout == "ees"]
        register = register.with_regions(sorted(set().union(*map(ees.regions_named, tidy))))
    return Material(ILLUSTRATIVE if illustrative else PUBLISHED, catalogue, register, extracts, dictionary)


def _dictionary(extracts: list[Extract]) -> dict[str, lait.Measure]:
    """The dictionary among the extracts; of several the one that describes most of the measures that are there."""
    described = [each.listing for each in extracts if each.layout == "lait" and each.of_use and each.listing]
    tables = [each.arrow for each in extracts if each.usable and each.layout == "lait"]
    named = {name for table in tables for name in pc.unique(table[lait.MEASURE]).to_pylist()}
    return max(described, key=lambda measures: (len(named & measures.keys()), sorted(measures)), default={})


def _described(extract: Extract, dictionary: dict[str, lait.Measure]) -> Extract:
    """The extract, or a refusal where it holds measures that no dictionary describes."""
    if extract.layout != "lait" or not extract.usable or dictionary:
        return extract
    problem = (
        f"{extract.name} holds the measures of the Local Authority Interactive Tool, but their dictionary "
        "(lait_data_dictionary.csv) is not among the files or cannot be used. Put it beside them: without it no "
        "measure has a label or a kind of year."
    )
    return replace(extract, arrow=None, problem=problem)


def write_warehouse(file: Path, material: Material) -> BuildReport:
    """Writes a complete warehouse file and checks it; the report comes back.

    Raises
    ------
    NothingUsable : every figure was rejected, with the first reasons
    """
    connection = duckdb.connect(str(file), config=SETTINGS)
    try:
        reports = fill(connection, material)
        if not any(report.tally.kept for report in reports):
            raise NothingUsable("\n".join(["No figure could be used:", *_first_rejections(connection)]))
        _check(connection, reports)
        connection.execute("checkpoint")  # here a full disk is noticed; in close() it would pass unsaid
        ((observations,),) = connection.execute("select count(*) from observation").fetchall()
        return BuildReport(file, material.kind, reports, observations, tuple(_warnings(connection)))
    finally:
        connection.close()


def fill(connection: duckdb.DuckDBPyConnection, material: Material) -> tuple[ExtractReport, ...]:
    """Makes and fills every table of the warehouse; what became of each file comes back."""
    connection.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
    findable = material.findable
    tallies = stage(connection, material.extracts, material.catalogue, findable, material.dictionary)
    lists = settled(material.extracts, findable)
    listed = [n for n, each in enumerate(material.extracts) if each.cells_read and each.layout in LISTS and each.of_use]
    tallies |= {n: lists.tally(n, material.extracts[n]) for n in listed}
    ids = extract_ids(material.extracts)
    reports = [ExtractReport(ids[n], each, tallies[n]) for n, each in enumerate(material.extracts)]
    _insert_all(connection, material, reports, lists)
    return tuple(replace(each, rejections=_rejections(connection, each)) for each in reports)


def facts(illustrative_places: list[Path]) -> tuple[Register, Catalogue]:
    """The register and the catalogue, with the invented authorities and models of a teaching set where one is built."""
    authorities = [found for place in illustrative_places for found in sorted(place.rglob(AUTHORITIES))]
    if illustrative_places and not authorities:
        looked = ", ".join(str(files.shown(place)) for place in illustrative_places)
        raise NothingUsable(f"No {AUTHORITIES} is in {looked}. Write the teaching set: python -m data illustrative")
    folders = [found for place in illustrative_places for found in sorted(place.rglob("practice_models"))]
    register = read_register(*authorities)
    return register, read_catalogue(model_folders=tuple(folders), register=register)


def is_invented(extract: Extract) -> bool:
    """Whether most codes of a file are those of the teaching set; a stray one is rejected by its line."""
    codes = list(_codes_named(extract))
    return sum(code.startswith(INVENTED) for code in codes) > len(codes) / 2


def _codes_named(extract: Extract) -> Iterator[str]:
    """Codes of authorities, regions and countries as a file writes them."""
    if extract.layout == "ees":
        for column in ("_country_code", "_region_code", "_code"):
            yield from (code for code in pc.unique(extract.arrow[column]).to_pylist() if code)
    elif extract.layout in LISTS:
        yield from (entry.code for entry in extract.listing.entries)


def _of_one_kind(extract: Extract, *, illustrative: bool) -> Extract:
    """The extract, or a refusal where it holds real authorities in a teaching set or the reverse."""
    if not extract.of_use or is_invented(extract) == illustrative:
        return extract
    name = extract.name
    problem = (
        f"{name} holds real authorities: published figures are never mixed with illustrative ones."
        if illustrative
        else f"{name} holds invented authorities: illustrative figures are never mixed with published ones. "
        "Build them by themselves with --illustrative."
    )
    return Extract(extract.file, extract.sha256, extract.bytes, extract.origin, problem=problem)


def _why_nothing(places: list[Path], extracts: list[Extract]) -> str:
    """Reasons why nothing can be built, one a line."""
    looked = ", ".join(str(files.shown(place)) for place in places)
    if not extracts:
        others = endings_passed_over(places)
        there = f" (only files ending in {', '.join(others)})" if others else ""
        return (
            f"No file that is read here is in {looked}{there}. Read are {KINDS}. Put published files there, "
            "fetch them with python -m data download, or name their folder with --from."
        )
    problems = [_why_not(each) for each in extracts]
    opening = "The one file" if len(extracts) == 1 else f"None of the {len(extracts)} files"
    closing = "cannot" if len(extracts) == 1 else "can"
    return "\n".join([f"{opening} in {looked} {closing} be used:", *problems])


def _why_not(extract: Extract) -> str:
    """Why one file gives no figure."""
    if extract.problem:
        return extract.problem
    if extract.same_as:
        return f"{extract.name}: the same content as {extract.same_as.name}"
    return f"{extract.name} ({extract.table.layout.title}) holds no figures by itself. Put tables of figures beside it."


def _insert_all(
    connection: duckdb.DuckDBPyConnection, material: Material, reports: list[ExtractReport], lists: Settled
) -> None:
    """Every table of the warehouse, from the facts and from what was staged."""
    rows = {
        "area": tables.area_rows(material.register),
        "boundary_change": tables.boundary_change_rows(material.register),
        "border": tables.border_rows(material.findable),
        "tile": tile_rows(material.findable),
        "indicator": tables.indicator_rows(material.catalogue),
        "practice_model": tables.practice_model_rows(material.catalogue),
        "adoption": tables.adoption_rows(material.catalogue),
        "extract": [_extract_row(report, material) for report in reports],
        "neighbour": list(lists.neighbours.values()),
        "inspection": list(lists.inspections.values()),
        **{table: list(rows) for table, rows in material.catalogue.evidence.items()},
    }
    for table, content in rows.items():
        _insert(connection, table, content)
    for step in ("observation", *material.catalogue.derivations, "disagreement", "rejected", "indicator_years"):
        connection.execute(question(step))
    _insert(connection, "rejected", [row for report in reports for row in _file_rejections(report)])
    _insert(connection, "rejected", [row for n, each in enumerate(reports) for row in _list_rejections(n, each, lists)])
    _insert(connection, "meta", _meta_rows(connection, material.kind))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tables.Row]) -> None:
    if rows:
        connection.register("incoming", tables.as_table(rows))
        connection.execute(f'insert into "{table}" by name select * from incoming')
        connection.unregister("incoming")


def _extract_row(report: ExtractReport, material: Material) -> tables.Row:
    found, tally = report.found, report.tally
    source = found.table.layout.source if found.table else None
    return {
        "extract": report.extract,
        "source": source,
        "file": found.name,
        "sha256": found.sha256,
        "bytes": found.bytes,
        "retrieved": found.origin.retrieved,
        "released": _released(report, material),
        "next_release": found.origin.next_release or None,
        "newest_year": tally.newest_year,
        "rows_read": found.rows_read,
        "cells_read": found.cells_read,
        "cells_kept": tally.kept,
        "cells_out_of_scope": tally.out_of_scope,
        "cells_rejected": tally.rejected,
        "cells_superseded": tally.superseded,
        "figures_outranked": tally.outranked,
        "note": " ".join((*([f"Not used: {found.problem}"] if found.problem else []), *tally.notes)) or None,
    }


def _released(report: ExtractReport, material: Material) -> str | None:
    """When the file was released: the day noted beside it, else what is known of the release that it ends with."""
    if material.kind == ILLUSTRATIVE:
        return ILLUSTRATIVE
    if report.found.origin.released:
        return report.found.origin.released
    source = material.catalogue.source(report.found.table.layout.source) if report.found.table else None
    return source.released if source and source.released_to == report.tally.newest_year else None


def _file_rejections(report: ExtractReport) -> list[tables.Row]:
    """Rows of `rejected` for what never became a cell: uneven rows, and files that cannot be used."""
    found = report.found
    if found.problem:
        return [_rejection(report, None, found.problem, 0)]
    if not (found.of_use and found.sheet):
        return []
    return [_rejection(report, row.line, row.reason, found.cells_a_row) for row in found.sheet.uneven]


def _list_rejections(number: int, report: ExtractReport, lists: Settled) -> list[tables.Row]:
    """Rows of `rejected` for the entries of a list that cannot be used."""
    return [
        {**_rejection(report, entry.line, reason, 1), "column": entry.column, "value": entry.value}
        for entry, reason in lists.rejected.get(number, ())
    ]


def _rejection(report: ExtractReport, line: int | None, reason: str, cells: int) -> tables.Row:
    return {"extract": report.extract, "line": line, "column": None, "value": None, "reason": reason, "cells": cells}


def _meta_rows(connection: duckdb.DuckDBPyConnection, kind: str) -> list[tables.Row]:
    ((data_as_at, newest_year),) = connection.execute(question("data_as_at")).fetchall()
    built = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    values = {"schema_version": SCHEMA_VERSION, "kind": kind, "built": built}
    values |= {"data_as_at": data_as_at, "newest_year": newest_year}
    return [{"key": key, "value": str(value)} for key, value in values.items() if value is not None]


def _check(connection: duckdb.DuckDBPyConnection, reports: tuple[ExtractReport, ...]) -> None:
    """Nothing lost and nothing that the tables' readers rely on broken."""
    for report in reports:
        found, tally = report.found, report.tally
        if found.cells_read != tally.kept + tally.out_of_scope + tally.rejected:
            raise FailedCheck(f"{found.name}: {found.cells_read} cells read, but {tally} accounted for.")
    broken = connection.execute(question("broken")).fetchall()
    if broken:
        raise FailedCheck("The new warehouse is not as it should be: " + "; ".join(sentence for (sentence,) in broken))


def _warnings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [sentence for (sentence,) in connection.execute(question("implausible")).fetchall()]


def _rejections(connection: duckdb.DuckDBPyConnection, report: ExtractReport) -> tuple[Rejection, ...]:
    found = connection.execute(question("rejections"), {"extract": report.extract}).fetchall()
    return tuple(Rejection(*row) for row in found)


def _first_rejections(connection: duckdb.DuckDBPyConnection, most: int = 10) -> list[str]:
    return [sentence for (sentence,) in connection.execute(question("first_rejections"), {"most": most}).fetchall()]
