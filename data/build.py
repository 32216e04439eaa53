"""From published files to a warehouse file: read, check, write beside the old one, then switch."""

from __future__ import annotations

from dataclasses import dataclass
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
from data.reading import Extract, files_in, read_extracts
from data.staging import Tally, extract_ids, question, stage

HERE = Path(__file__).parent
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2"}
PUBLISHED, ILLUSTRATIVE = "published", "illustrative"


class NothingUsable(PracticeError):
    """No file that was found holds a figure that can be used."""


class FailedCheck(PracticeError):
    """What was built is not what was read: a fault of this program, never of the data."""


@dataclass(frozen=True)
class ExtractReport:
    """One file as it went into the warehouse, or the reason why it did not."""

    extract: str
    found: Extract
    tally: Tally

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
    folder = target.parent if target.suffix == ".duckdb" else target
    with files.sentences_for_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with files.locked(folder), files.workplace(folder) as workplace:
            finished = workplace / "practice.duckdb"
            report = write_warehouse(finished, material)
            if target.suffix == ".duckdb":
                return _placed(report, files.replace_file(finished, target))
            current = files.make_current(finished, folder)
            files.remove_old(folder)
            return _placed(report, current)


def read_material(places: list[Path], *, illustrative: bool = False) -> Material:
    """Facts, areas and extracts of a build.

    Raises
    ------
    NothingUsable : no file is one of the tables known, with the reason of each
    """
    register, catalogue = _facts(places if illustrative else [])
    found = read_extracts(files_in(places, illustrative=illustrative), catalogue)
    extracts = [_of_one_kind(each, illustrative=illustrative) for each in found]
    if illustrative:
        named = set().union(*(ees.regions_named(each.arrow) for each in extracts if each.usable))
        register = register.with_regions(sorted(named))
    if not any(each.usable for each in extracts):
        raise NothingUsable(_why_nothing(places, extracts))
    return Material(ILLUSTRATIVE if illustrative else PUBLISHED, catalogue, register, extracts)


def write_warehouse(file: Path, material: Material) -> BuildReport:
    """Writes a complete warehouse file and checks it; the report comes back."""
    connection = duckdb.connect(str(file), config=SETTINGS)
    try:
        connection.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
        tallies = stage(connection, material.extracts, material.catalogue, material.register)
        ids = extract_ids(material.extracts)
        reports = tuple(
            ExtractReport(ids[n], each, tallies[n]) for n, each in enumerate(material.extracts)
        )
        _fill(connection, material, reports)
        if not any(report.tally.kept for report in reports):
            raise NothingUsable("No figure could be used.\n" + "\n".join(_first_rejections(connection)))
        _check(connection, reports)
        ((observations,),) = connection.execute("select count(*) from observation").fetchall()
        return BuildReport(file, material.kind, reports, observations, tuple(_warnings(connection)))
    finally:
        connection.close()


def _placed(report: BuildReport, file: Path) -> BuildReport:
    return BuildReport(file, report.kind, report.extracts, report.observations, report.warnings)


def _facts(illustrative_places: list[Path]) -> tuple[Register, Catalogue]:
    """The register and the catalogue, with the invented authorities and models of a teaching set where one is built."""
    authorities = [file for place in illustrative_places for file in sorted(place.rglob("illustrative_authorities.csv"))]
    folders = [folder for place in illustrative_places for folder in sorted(place.rglob("practice_models"))]
    register = read_register(*authorities)
    return register, read_catalogue(model_folders=tuple(folders), register=register)


def _of_one_kind(extract: Extract, *, illustrative: bool) -> Extract:
    """The extract, or a refusal where it holds real authorities in a teaching set or the reverse."""
    if not extract.usable:
        return extract
    codes = [code for code in pc.unique(extract.arrow["_code"]).to_pylist() if code]
    strangers = [code for code in codes if code.startswith(INVENTED) != illustrative]
    if not strangers:
        return extract
    return Extract(extract.file, extract.sha256, extract.bytes, extract.retrieved, problem=_stranger(extract, strangers[0], illustrative))


def _stranger(extract: Extract, code: str, illustrative: bool) -> str:
    if illustrative:
        return f"{extract.file.name} holds real authorities ({code}): published figures are never mixed with illustrative ones."
    return (
        f"{extract.file.name} holds invented authorities ({code}): illustrative figures are never mixed with published ones. "
        "Build them by themselves with --illustrative."
    )


def _why_nothing(places: list[Path], extracts: list[Extract]) -> str:
    """Reasons why nothing can be built, one a line."""
    looked = ", ".join(str(place) for place in places)
    if not extracts:
        return f"No .csv file in {looked}. Put published files there, or name their folder with --from."
    return "\n".join([f"None of the {len(extracts)} files in {looked} can be used:", *(each.problem for each in extracts)])


def _fill(connection: duckdb.DuckDBPyConnection, material: Material, reports: tuple[ExtractReport, ...]) -> None:
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
        "file": found.file.name,
        "sha256": found.sha256,
        "bytes": found.bytes,
        "retrieved": found.retrieved,
        "released": material.catalogue.source(source).released if source else None,
        "newest_year": tally.newest_year,
        "rows_read": found.sheet.rows_read if found.sheet else 0,
        "cells_read": found.cells_read,
        "cells_kept": tally.kept,
        "cells_out_of_scope": tally.out_of_scope,
        "cells_rejected": tally.rejected,
        "cells_superseded": tally.superseded,
        "note": " ".join((*([f"Not used: {found.problem}"] if found.problem else []), *tally.notes)) or None,
    }


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
    values = {"schema_version": SCHEMA_VERSION, "kind": kind, "built": built, "data_as_at": data_as_at, "newest_year": newest_year}
    return [{"key": key, "value": str(value)} for key, value in values.items() if value is not None]


def _check(connection: duckdb.DuckDBPyConnection, reports: tuple[ExtractReport, ...]) -> None:
    """Nothing lost and nothing that the tables' readers rely on broken."""
    for report in reports:
        found, tally = report.found, report.tally
        if found.cells_read != tally.kept + tally.out_of_scope + tally.rejected:
            raise FailedCheck(f"{found.file.name}: {found.cells_read} cells read, but {tally} accounted for.")
    broken = connection.execute(question("broken")).fetchall()
    if broken:
        raise FailedCheck("The new warehouse is not as it should be: " + "; ".join(sentence for (sentence,) in broken))


def _warnings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [sentence for (sentence,) in connection.execute(question("implausible")).fetchall()]


def _first_rejections(connection: duckdb.DuckDBPyConnection, most: int = 10) -> list[str]:
    return [sentence for (sentence,) in connection.execute(question("first_rejections"), {"most": most}).fetchall()]
