"""The Local Authority Interactive Tool: every measure in one long Parquet file, and the dictionary that describes them."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.areas import Register
from analytics.catalogue import LAIT_MEASURE, LAIT_VALUE, Indicator
from analytics.errors import BadExtract
from analytics.periods import UnreadablePeriod, period
from data.layouts.sheet import Sheet
from data.layouts.text import FETCH_AGAIN

SQL = Path(__file__).parents[1] / "sql"
SOURCE, MEASURES, DICTIONARY = "lait", "measures", "dictionary"
MEASURE, YEAR, PLACE, VALUE, NUMBER = LAIT_MEASURE, "Years", "LA and Regions", LAIT_VALUE, "LA Number"
TEXTS = (MEASURE, YEAR, PLACE, VALUE)
COLUMNS = (*TEXTS, NUMBER)
PARQUET_END = b"PAR1"
DECIMALS = 1  # where the dictionary leaves them out, the tool itself shows one
POLARITY = {"High": "higher", "Low": "lower"}
NO_ANSWER = ("", "NA", "-")
ENDS = {  # the dictionary's kind of year -> month and day on which it ends
    "Financial Year": "03-31", "Annual": "03-31", "Academic Year": "08-31", "Calendar Year": "12-31",
    "Annual (end of Sept)": "09-30", "Annual - January": "01-31",
}  # fmt: skip
STRAY_YEAR = "'0' is no year: a stray label of the published file"


@dataclass(frozen=True)
class Measure:
    """One measure as the dictionary describes it."""

    name: str
    label: str
    topics: tuple[str, ...]
    unit: str
    decimals: int
    polarity: str
    definition: str
    method: str
    year_type: str
    next_due: str

    @property
    def indicator(self) -> str:
        """Id of the measure in the warehouse."""
        return f"{SOURCE}:{self.name}"

    def as_indicator(self) -> Indicator:
        """The measure as any other indicator, under the tool's own words."""
        return Indicator(
            indicator=self.indicator,
            source=SOURCE,
            file=MEASURES,
            label=self.label,
            theme=self.topics[0],
            unit=self.unit,
            decimals=self.decimals,
            polarity=self.polarity,
            definition=self.definition,
            caveat=self.method,
            headline=False,
            value=VALUE,
            numerator=None,
            numerator_label="",
            denominator=(),
            denominator_label="",
            per=1.0,
            where=((MEASURE, (self.name,)),),
            denominator_where=(),
            next_due=self.next_due,
        )


def is_measures(content: bytes) -> bool:
    """Whether a Parquet file has the columns of the measures."""
    try:
        return set(COLUMNS) <= set(pq.read_schema(io.BytesIO(content)).names)
    except (pa.ArrowInvalid, OSError):
        return False


def read_measures(name: str, content: bytes) -> pa.Table:
    """Rows of the measures as text, each with its line (the heading being 1).

    Raises
    ------
    BadExtract : no Parquet file that can be read, or one without the columns of the tool
    """
    if not content.endswith(PARQUET_END):
        raise BadExtract(f"{name} is a Parquet file that was cut short: its end is missing. {FETCH_AGAIN}")
    try:
        table = pq.read_table(io.BytesIO(content), read_dictionary=list(TEXTS))
    except (pa.ArrowException, OSError) as error:
        raise BadExtract(f"{name} is a damaged Parquet file: its columns cannot be read. {FETCH_AGAIN}") from error
    missing = [column for column in COLUMNS if column not in table.column_names]
    if missing:
        raise BadExtract(
            f"{name} is a Parquet file without the columns {', '.join(missing)} of the Local Authority Interactive "
            f"Tool. It has: {', '.join(table.column_names[:12])}. Save another table as .csv."
        )
    lines = pa.array(range(2, table.num_rows + 2), pa.int64())
    texts = {column: _as_text(name, column, table[column]) for column in TEXTS}
    return pa.table({"_line": lines} | texts | {NUMBER: table[NUMBER]})


def _as_text(name: str, column: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text, which it is in the published file; a copy that someone saved may hold numbers."""
    if pa.types.is_dictionary(values.type) or pa.types.is_string(values.type):
        return values
    try:
        return values.cast(pa.string())
    except pa.ArrowException as error:
        raise BadExtract(f"{name}, column {column}: holds {values.type}, not text. {FETCH_AGAIN}") from error


def read_dictionary(sheet: Sheet) -> dict[str, Measure]:
    """Measures by short name.

    A measure that the tool shows under two topics stands twice and is one measure.

    Raises
    ------
    BadExtract : a row that is not whole, a measure described twice, or a word that is not known
    """
    if sheet.uneven:
        row = sheet.uneven[0]
        raise BadExtract(f"{sheet.file}, line {row.line}: {row.reason}. {FETCH_AGAIN}")
    found: dict[str, Measure] = {}
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        measure = _measure(sheet.file, line, dict(zip(sheet.headings, map(str.strip, row), strict=True)))
        same = next((each for name, each in found.items() if name.lower() == measure.name.lower()), None)
        found[measure.name if same is None else same.name] = _joined(sheet.file, line, same, measure)
    return found


def _measure(file: str, line: int, row: dict[str, str]) -> Measure:
    """One row of the dictionary."""
    name, year_type, places = row["Measure_short"], row["Year_Type"], row["dps"]
    if not name:
        raise BadExtract(f"{file}, line {line}: Measure_short is empty. {FETCH_AGAIN}")
    if year_type not in ENDS:
        raise BadExtract(f"{file}, line {line}: Year_Type '{year_type}' of {name} is none of {', '.join(ENDS)}.")
    if places not in NO_ANSWER and not places.isdigit():
        raise BadExtract(f"{file}, line {line}: dps '{places}' of {name} is no number of decimals.")
    return Measure(
        name=name,
        label=row["Chart_title"],
        topics=(row["Topic"],),
        unit=_unit(row["y_axis_name"]),
        decimals=int(places) if places.isdigit() else DECIMALS,
        polarity=POLARITY.get(row["Polarity"], "none"),
        definition=row["Description"],
        method="" if row["Methodology"] in NO_ANSWER else row["Methodology"],
        year_type=year_type,
        next_due=_day_or_words(row["Next Update"]),
    )


def _day_or_words(written: str) -> str:
    """A day that a workbook counted from 30 December 1899 as ISO; words as they are."""
    if written.isdigit() and len(written) == 5:
        return (date(1899, 12, 30) + timedelta(days=int(written))).isoformat()
    return "" if written in NO_ANSWER else written


def _unit(axis: str) -> str:
    """The unit that an axis names: 'Rate per 10,000' and '% of referrals' in the words of the other indicators."""
    if axis.startswith("%"):
        return "%"
    return axis[len("Rate ") :] if axis.startswith("Rate per ") else axis


def _joined(file: str, line: int, first: Measure | None, again: Measure) -> Measure:
    """The measure with the topics of both rows, unless they say different things of it."""
    if first is None:
        return again
    if again.topics[0] in first.topics:
        raise BadExtract(
            f"{file}, line {line}: '{again.name}' is described twice under '{again.topics[0]}'. Keep one of the rows."
        )
    if (first.polarity, first.year_type) != (again.polarity, again.year_type):
        raise BadExtract(
            f"{file}, line {line}: '{again.name}' has another polarity or kind of year than under "
            f"'{first.topics[0]}'. Keep one of the rows."
        )
    return replace(first, topics=(*first.topics, *again.topics))


def load(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    layout: str,
    measures: pa.Table,
    dictionary: dict[str, Measure],
    register: Register,
) -> list[str]:
    """Puts rows and cells of the measures into `published_row` and `published_cell`; what was noticed comes back."""
    connection.register("lait", measures)
    connection.register("place", _places(_asked(connection, "places"), register))
    connection.register("dated", _dates(_asked(connection, "labels"), dictionary))
    given = {"number": number, "layout": layout}
    for step in ("rows", "cells"):
        connection.execute(_question(step), given)
    for name in ("lait", "place", "dated"):
        connection.unregister(name)
    return []


def _places(rows: list[tuple[str, str]], register: Register) -> pa.Table:
    """Which area each distinct number and name is."""
    found = [register.find_number(number, name) for number, name in rows]
    return pa.table(
        {
            "number": pa.array([number for number, _ in rows], pa.string()),
            "name": pa.array([name for _, name in rows], pa.string()),
            "area_code": pa.array([each.area_code for each in found], pa.string()),
            "problem": pa.array([each.problem for each in found], pa.string()),
        }
    )


def _dates(rows: list[tuple[str, str]], dictionary: dict[str, Measure]) -> pa.Table:
    """The period of each distinct measure and label, or why it is none."""
    schema = {
        "measure": pa.string(),
        "label": pa.string(),
        "year": pa.int32(),
        "period_end": pa.date32(),
        "finality": pa.int32(),
        "column": pa.string(),
        "problem": pa.string(),
    }
    return pa.Table.from_pylist(
        [{"measure": measure, "label": label} | _dated(dictionary.get(measure), label) for measure, label in rows],
        pa.schema(schema.items()),
    )


def _dated(measure: Measure | None, label: str) -> dict[str, object]:
    if measure is None:
        return {"column": MEASURE, "problem": "this measure is not in the dictionary"}
    if label.strip() == "0":
        return {"column": YEAR, "problem": STRAY_YEAR}
    try:
        found = period(label, ENDS[measure.year_type], rolling=measure.year_type == "Calendar Year")
    except UnreadablePeriod as error:
        return {"column": YEAR, "problem": str(error)}
    return {"year": found.year, "period_end": found.end, "finality": found.finality}


def _question(name: str) -> str:
    return (SQL / f"lait_{name}.sql").read_text(encoding="utf-8")


def _asked(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    return connection.execute(_question(name)).fetchall()
