"""What becomes of every published cell: kept, out of scope or rejected, worked out in SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics.areas import Register
from analytics.catalogue import Catalogue
from data.layouts import ees, lait
from data.reading import Extract
from data.tables import area_rows, as_table, recipe_rows, symbol_rows, wanted_rows

SQL = Path(__file__).parent / "sql"
STEPS = (
    "cell_read", "row_fate", "edition", "cell_fate", "piece", "offered", "observed", "outranked", "cell_kept",
)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """What became of the cells of one extract, and what was noticed."""

    kept: int
    out_of_scope: int
    rejected: int
    superseded: int
    newest_year: int | None
    notes: tuple[str, ...]
    outranked: int = 0


def question(name: str) -> str:
    """SQL of one step."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def stage(
    connection: duckdb.DuckDBPyConnection,
    extracts: list[Extract],
    catalogue: Catalogue,
    register: Register,
    dictionary: dict[str, lait.Measure],
) -> dict[int, Tally]:
    """Takes extracts through every step up to observations; a tally by position in the list comes back."""
    connection.execute(question("staging"))
    for name, rows in _lookups(extracts, catalogue, register).items():
        connection.register(name, rows)
    used = [n for n, each in enumerate(extracts) if each.usable]
    noticed = {n: _load(connection, n, extracts[n], catalogue, register, dictionary) for n in used}
    for step in STEPS:
        connection.execute(question(step))
    return _tallies(connection, extracts, noticed)


def extract_ids(extracts: list[Extract]) -> list[str]:
    """Id of each extract: source, file id and the first eight digits of the checksum; a repeat is numbered."""
    ids: list[str] = []
    for each in extracts:
        place = each.table.layout.key if each.table else f"unrecognised/{Path(each.name).stem}"
        base = f"{place}/{each.sha256[:8]}"
        ids.append(base if base not in ids else f"{base}/{sum(known.startswith(base) for known in ids) + 1}")
    return ids


def _lookups(extracts: list[Extract], catalogue: Catalogue, register: Register) -> dict[str, pa.Table]:
    """What the steps look things up in."""
    ids = extract_ids(extracts)
    read = [
        {
            "number": n,
            "extract": ids[n],
            "layout": each.table.layout.key if each.table else None,
            "sha256": each.sha256,
            # 1,234 beside semicolons may be one and a bit, as on the continent: not read
            "commas_in_thousands": bool(each.sheet and each.sheet.separator != ";"),
            "any_number": each.layout == "lait",  # progress scores fall below zero, and 9.79E-2 is a number there
        }
        for n, each in enumerate(extracts)
    ]
    return {
        "extract_read": as_table(read),
        "symbol": as_table(symbol_rows()),
        "wanted": as_table(wanted_rows(catalogue)),
        "recipe": as_table(recipe_rows(catalogue)),
        "known_area": as_table(area_rows(register)),
    }


def _load(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    extract: Extract,
    catalogue: Catalogue,
    register: Register,
    dictionary: dict[str, lait.Measure],
) -> list[str]:
    if extract.layout == "lait":
        return lait.load(connection, number, extract.table.layout.key, extract.arrow, dictionary, register)
    ends = catalogue.source(extract.table.layout.source).period_end
    return ees.load(connection, number, extract.arrow, extract.table, ends, register)


def _tallies(
    connection: duckdb.DuckDBPyConnection, extracts: list[Extract], noticed: dict[int, list[str]]
) -> dict[int, Tally]:
    """A tally for every extract, those that took no part too."""
    counts = {row[0]: row[1:] for row in connection.execute(question("cell_counts")).fetchall()}
    editions = {row[0]: row[1:] for row in connection.execute(question("edition_place")).fetchall()}
    reasons: dict[int, list[tuple[str, int]]] = {}
    for number, why, cells in connection.execute(question("out_of_scope")).fetchall():
        reasons.setdefault(number, []).append((why, cells))
    for number, note in connection.execute(question("missing_rows")).fetchall():
        noticed[number].append(note)
    outranked = dict(connection.execute(question("outranked_counts")).fetchall())
    tallies = {}
    for n, each in enumerate(extracts):
        newest, edition = editions.get(n, (None, None))
        told = (*each.notes, *noticed.get(n, ()), edition, *_reason_notes(reasons.get(n, [])))
        notes = tuple(note for note in told if note)
        tally = _tally(each, counts.get(n, (0, 0, 0, 0)), newest, notes)
        tallies[n] = replace(tally, outranked=outranked.get(n, 0))
    return tallies


def _tally(each: Extract, counts: tuple[int, ...], newest: int | None, notes: tuple[str, ...]) -> Tally:
    """The tally of one extract; a repeat of another is out of scope as a whole."""
    if not each.usable:
        return Tally(0, each.cells_read, 0, 0, None, notes)
    kept, out_of_scope, rejected, superseded = counts
    return Tally(kept, out_of_scope, rejected + each.cells_uneven, superseded, newest, notes)


def _reason_notes(reasons: list[tuple[str, int]], most: int = 6) -> list[str]:
    """One sentence on what is out of scope and why, the largest reasons first."""
    if not reasons:
        return []
    named = "; ".join(f"{cells:,} {why}" for why, cells in reasons[:most])
    rest = sum(cells for _, cells in reasons[most:])
    return [f"Out of scope: {named}{f'; {rest:,} for other reasons' if rest else ''}."]
