"""From published files to a warehouse file: read, check, write beside the old one, then switch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from analytics.areas import INVENTED, Register, read_register
from analytics.catalogue import Catalogue, read_catalogue
from analytics.errors import PracticeError
from analytics.warehouse import SCHEMA_VERSION
from data import files, tables
from data.layouts import ees
from data.reading import Extract, NothingUsable, files_in, read_extracts
from data.staging import Tally, extract_ids, question, stage

HERE = Path(__file__).parent
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2"}
PUBLISHED, ILLUSTRATIVE = "published", "illustrative"
AUTHORITIES = "illustrative_authorities.csv"


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
    extracts = [_of_one_kind(each, illustrative=illustrative) for each in found]
    if illustrative:
        named = set().union(*(ees.regions_named(each.arrow) for each in extracts if each.usable))
        register = register.with_regions(sorted(named))
    if not any(each.usable for each in extracts):
        raise NothingUsable(_why_nothing(places, extracts))
    return Material(ILLUSTRATIVE if illustrative else PUBLISHED, catalogue, register, extracts)


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
    findable = material.register.invented() if material.kind == ILLUSTRATIVE else material.register
    tallies = stage(connection, material.extracts, material.catalogue, findable)
    ids = extract_ids(material.extracts)
    reports = [ExtractReport(ids[n], each, tallies[n]) for n, each in enumerate(material.extracts)]
    _insert_all(connection, material, reports)
    return tuple(replace(each, rejections=_rejections(connection, each)) for each in reports)


def facts(illustrative_places: list[Path]) -> tuple[Register, Catalogue]:
    """The register and the catalogue, with the invented authorities and models of a teaching set where one is built."""
    authorities = [found for place in illustrative_places for found in sorted(place.rglob(AUTHORITIES))]
    if illustrative_places and not authorities:
        looked = ", ".join(map(str, illustrative_places))
        raise NothingUsable(f"No {AUTHORITIES} is in {looked}. Write the teaching set: python -m data illustrative")
    folders = [found for place in illustrative_places for found in sorted(place.rglob("practice_models"))]
    register = read_register(*authorities)
    return register, read_catalogue(model_folders=tuple(folders), register=register)


def is_invented(extract: Extract) -> bool:
    """Whether most codes of a file are those of the teaching set; a stray one is rejected by its line."""
    named = (pc.unique(extract.arrow[column]).to_pylist() for column in ("_country_code", "_region_code", "_code"))
    codes = [code for column in named for code in column if code]
    return sum(code.startswith(INVENTED) for code in codes) > len(codes) / 2


def _of_one_kind(extract: Extract, *, illustrative: bool) -> Extract:
    """The extract, or a refusal where it holds real authorities in a teaching set or the reverse."""
    if not extract.usable or is_invented(extract) == illustrative:
        return extract
    name = extract.name
    problem = (
        f"{name} holds real authorities: published figures are never mixed with illustrative ones."
        if illustrative
        else f"{name} holds invented authorities: illustrative figures are never mixed with published ones. "
        "Build them by themselves with --illustrative."
    )
    return Extract(extract.file, extract.sha256, extract.bytes, extract.retrieved, problem=problem)


def _why_nothing(places: list[Path], extracts: list[Extract]) -> str:
    """Reasons why nothing can be built, one a line."""
    looked = ", ".join(str(place) for place in places)
    if not extracts:
        return f"No .csv file is in {looked}. Put published files there as .csv, or name their folder with --from."
    problems = [each.problem or f"{each.name}: the same content as {each.same_as}" for each in extracts]
    opening = "The one file" if len(extracts) == 1 else f"None of the {len(extracts)} files"
    closing = "cannot" if len(extracts) == 1 else "can"
    return "\n".join([f"{opening} in {looked} {closing} be used:", *problems])


def _insert_all(connection: duckdb.DuckDBPyConnection, material: Material, reports: list[ExtractReport]) -> None:
    """Every table of the warehouse, from the facts and from what was staged."""
    rows = {
        "area": tables.area_rows(material.register),
        "boundary_change": tables.boundary_change_rows(material.register),
        "indicator": tables.indicator_rows(material.catalogue),
        "practice_model": tables.practice_model_rows(material.catalogue),
        "adoption": tables.adoption_rows(material.catalogue),
        "extract": [_extract_row(report, material) for report in reports],
    }
    for table, content in rows.items():
        _insert(connection, table, content)
    for step in ("observation", "rejected", "indicator_years"):
        connection.execute(question(step))
    _insert(connection, "rejected", [row for report in reports for row in _file_rejections(report)])
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
        "retrieved": found.retrieved,
        "released": _released(report, material),
        "newest_year": tally.newest_year,
        "rows_read": found.sheet.rows_read if found.sheet else 0,
        "cells_read": found.cells_read,
        "cells_kept": tally.kept,
        "cells_out_of_scope": tally.out_of_scope,
        "cells_rejected": tally.rejected,
        "cells_superseded": tally.superseded,
        "note": " ".join((*([f"Not used: {found.problem}"] if found.problem else []), *tally.notes)) or None,
    }


def _released(report: ExtractReport, material: Material) -> str | None:
    """When the file was released, where that is known of the release that it ends with."""
    if material.kind == ILLUSTRATIVE:
        return ILLUSTRATIVE
    source = material.catalogue.source(report.found.table.layout.source) if report.found.table else None
    return source.released if source and source.released_to == report.tally.newest_year else None


def _file_rejections(report: ExtractReport) -> list[tables.Row]:
    """Rows of `rejected` for what never became a cell: uneven rows, and files that cannot be used."""
    found = report.found
    if found.problem:
        return [_rejection(report, None, found.problem, 0)]
    if not found.usable:
        return []
    return [_rejection(report, row.line, row.reason, len(found.table.figures)) for row in found.sheet.uneven]


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
