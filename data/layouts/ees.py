"""The tidy CSV layout of explore education statistics: one row an area, a year and a choice of filters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analytics.areas import Identity, Register
from analytics.catalogue import Catalogue, FileLayout, Where
from analytics.periods import UnreadablePeriod, period
from data.layouts.recognise import Recognised
from data.layouts.sheet import Sheet

SQL = Path(__file__).parents[1] / "sql"
UNDER = {
    "level": "geographic_level", "country_code": "country_code", "country_name": "country_name",
    "region_code": "region_code", "region_name": "region_name", "old_code": "old_la_code", "code": "new_la_code",
    "name": "la_name", "label": "time_period",
}  # fmt: skip


def filter_key(chosen: Iterable[tuple[str, str]]) -> str:
    """Filter columns with one wanted value each, as rows and indicators name them alike."""
    return " | ".join(f"{column} = {value.strip().lower()}" for column, value in sorted(chosen))


def wanted_key(where: Where) -> str:
    """The filter key of the rows that an indicator reads."""
    return filter_key((column, names[0]) for column, names in where)


def former_values(catalogue: Catalogue, layout: FileLayout) -> dict[str, dict[str, str]]:
    """Filter column -> value as it was once called -> value as it is called now, in lower case."""
    former: dict[str, dict[str, str]] = {column: {} for column in layout.filters}
    for indicator in catalogue.indicators.values():
        if (indicator.source, indicator.file) == (layout.source, layout.file):
            for column, (now, *before) in (*indicator.where, *indicator.denominator_where):
                former[column] |= {name.strip().lower(): now.strip().lower() for name in before}
    return former


def as_arrow(sheet: Sheet, table: Recognised, former: dict[str, dict[str, str]]) -> pa.Table:
    """The sheet as text columns: place and time under fixed names with a leading underscore, then the figures."""
    by_name = dict(zip(table.names, map(pa.array, zip(*sheet.rows, strict=True)), strict=True)) if sheet.rows else {}
    empty = pa.array([], pa.string())
    columns = {"_line": pa.array(sheet.lines, pa.int64())}
    columns |= {f"_{name}": pc.utf8_trim_whitespace(by_name.get(under, empty)) for name, under in UNDER.items()}
    columns["_filters"] = _filter_keys(by_name, table.layout, former, len(sheet.rows))
    return pa.table(columns | {name: by_name.get(name, empty) for name in table.figures})


def _filter_keys(
    by_name: dict[str, pa.Array], layout: FileLayout, former: dict[str, dict[str, str]], rows: int
) -> pa.Array:
    """The filter key of each row."""
    if not layout.filters or not rows:
        return pa.array([""] * rows, pa.string())
    encoded = {column: by_name[column].dictionary_encode() for column in sorted(layout.filters)}
    named = [
        pa.array([_named(column, value, former) for value in coded.dictionary.to_pylist()]).take(coded.indices)
        for column, coded in encoded.items()
    ]
    return pc.binary_join_element_wise(*named, " | ")


def _named(column: str, value: str, former: dict[str, dict[str, str]]) -> str:
    lowered = value.strip().lower()
    return f"{column} = {former[column].get(lowered, lowered)}"


def load(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    sheet: pa.Table,
    table: Recognised,
    ends: str,
    register: Register,
) -> list[str]:
    """Puts rows and cells of a sheet into `published_row` and `published_cell`; what was noticed comes back.

    Parameters
    ----------
    number : of the extract in this build
    ends : month and day on which the source's years end
    """
    connection.register("sheet", sheet)
    found, notes = _findings(_asked(connection, "identities"), register)
    connection.register("finding", found)
    connection.register("dated", _dates([label for (label,) in _asked(connection, "labels")], ends))
    given = {"number": number, "layout": table.layout.key}
    connection.execute(_question("rows"), given)
    connection.execute(_question("cells"), given)
    for name in ("sheet", "finding", "dated"):
        connection.unregister(name)
    return notes


def regions_named(sheet: pa.Table) -> set[tuple[str, str, str]]:
    """Code, name and kind of the regions and countries that a sheet names."""
    regions = zip(sheet["_region_code"].to_pylist(), sheet["_region_name"].to_pylist(), strict=True)
    countries = zip(sheet["_country_code"].to_pylist(), sheet["_country_name"].to_pylist(), strict=True)
    kinds = (("region", set(regions)), ("england", set(countries)))
    return {(code, name, kind) for kind, pairs in kinds for code, name in pairs if code}


def _findings(rows: list[tuple[str, ...]], register: Register) -> tuple[pa.Table, list[str]]:
    """Which area each distinct identity is, and the notes on how it was told."""
    found = [register.find(Identity(*row)) for row in rows]
    columns = {name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(Identity.__annotations__)}
    for name in ("area_code", "problem", "passed_over"):
        columns[name] = pa.array([getattr(each, name) for each in found], pa.string())
    return pa.table(columns), sorted({each.note for each in found if each.note})


def _dates(labels: list[str], ends: str) -> pa.Table:
    """The period of each distinct label, or why it is none."""
    schema = {
        "label": pa.string(),
        "year": pa.int32(),
        "period_end": pa.date32(),
        "finality": pa.int32(),
        "problem": pa.string(),
    }
    return pa.Table.from_pylist([_dated(label, ends) for label in labels], pa.schema(schema.items()))


def _dated(label: str, ends: str) -> dict[str, object]:
    try:
        found = period(label, ends)
    except UnreadablePeriod as error:
        return {"label": label, "problem": str(error)}
    return {"label": label, "year": found.year, "period_end": found.end, "finality": found.finality}


def _question(name: str) -> str:
    return (SQL / f"ees_{name}.sql").read_text(encoding="utf-8")


def _asked(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, ...]]:
    return connection.execute(_question(name)).fetchall()
