"""The facts of data/reference on what others found, spent and measured, each row with its source and how sure it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.areas import Register
from analytics.errors import BadFacts, did_you_mean

Row = dict[str, Any]
CONFIDENCES = ("seed", "published", "recalled")
SOURCED = ("source", "source_locator", "confidence")


@dataclass(frozen=True)
class FactTable:
    """One table of facts: its file, its columns in order, and what each of them must be."""

    table: str
    file: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...] = ()  # a number or nothing
    ranges: tuple[str, ...] = ()  # as printed ('29000-33000'); beside it <column>_low and <column>_high
    near_numbers: tuple[str, ...] = ()  # as printed ('about 50'); beside it <column>_number where it is a plain number
    one_of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    key: str = ""


TABLES = (
    FactTable(
        "finding",
        "findings.csv",
        (
            "study", "model", "authority_or_group", "outcome", "design", "estimate", "unit", "ci_low", "ci_high",
            "p_value", "n_treated", "n_comparison", "period", "direction", "significance", "notes", *SOURCED,
        ),
        ("study", "model", "outcome", "design"),
        numbers=("ci_low", "ci_high"),
        near_numbers=("estimate",),
        one_of=(("direction", ("better", "worse", "none", "")),),
    ),
    FactTable(
        "investment",
        "investments.csv",
        ("authority", "model", "item", "year", "amount_gbp", "kind", "notes", *SOURCED),
        ("authority", "model", "item", "kind"),
        ranges=("amount_gbp",),
        one_of=(("kind", ("cost", "funding", "saving claimed")),),
    ),
    FactTable(
        "unit_cost",
        "unit_costs.csv",
        ("item", "category", "unit_cost_gbp", "unit", "price_year", "notes", *SOURCED),
        ("item", "category", "unit"),
        ranges=("unit_cost_gbp",),
    ),
    FactTable(
        "implementation_measure",
        "implementation_measures.csv",
        (
            "measure_id", "authority", "model", "category", "measure", "value", "unit", "n", "period", "target_or_rag",
            "notes", *SOURCED,
        ),
        ("measure_id", "authority", "model", "category", "measure"),
        near_numbers=("value",),
        key="measure_id",
    ),
    FactTable(
        "study_outcome",
        "study_outcomes.csv",
        (
            "number", "domain", "outcome", "unit", "as_the_study_read_it", "status", "eip2_result", "dfe_table",
            "public_panel_note", *SOURCED, "indicator",
        ),
        ("number", "domain", "outcome", "unit"),
        numbers=("number",),
        one_of=(
            ("as_the_study_read_it", ("lower", "higher", "context")),
            ("status", ("reconstruction", "named in seed")),
        ),
        key="number",
    ),
)  # fmt: skip


def read_evidence(
    root: Path, register: Register, models: Iterable[str], indicators: Iterable[str]
) -> dict[str, tuple[Row, ...]]:
    """Rows of every table of facts by the name of the table, as it goes into the warehouse.

    Parameters
    ----------
    root : the folder that holds reference/
    register : authorities, whose codes are added where a row names one
    models, indicators : ids that a row may name

    Raises
    ------
    BadFacts : the first mistake found, with file, line, column and remedy
    """
    if not (root / "reference").is_dir():
        return {}
    known = {"model": tuple(models), "indicator": tuple(indicators)}
    return {each.table: _table(root / "reference" / each.file, each, register, known) for each in TABLES}


def _table(file: Path, table: FactTable, register: Register, known: Mapping[str, tuple[str, ...]]) -> tuple[Row, ...]:
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            heading, *lines = list(csv.reader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise BadFacts(f"{file.name} cannot be read as a table of facts: {error}") from error
    for found in heading:
        if found not in table.columns:
            raise BadFacts(f"{file.name}, heading: no column '{found}' is known.{did_you_mean(found, table.columns)}")
    for column in table.columns:
        if column not in heading:
            raise BadFacts(f"{file.name}, heading: the column '{column}' is missing.")
    rows = [_Line(file, n, heading, fields, table, known).row() for n, fields in enumerate(lines, start=2)]
    _check_key(file, table, rows)
    return tuple(_placed({"line": n} | row, register) for n, row in enumerate(rows, start=1))


@dataclass(frozen=True)
class _Line:
    """One line of a table of facts, checked column by column."""

    file: Path
    number: int
    heading: list[str]
    fields: list[str]
    table: FactTable
    known: Mapping[str, tuple[str, ...]]

    def bad(self, column: str, problem: str) -> BadFacts:
        """The error for a column, to be raised."""
        return BadFacts(f"{self.file.name}, line {self.number}, {column}: {problem}")

    def row(self) -> Row:
        """The line as a row of the warehouse: empty as None, numbers as numbers."""
        if len(self.fields) != len(self.heading):
            raise self.bad("fields", f"{len(self.heading)} columns, but {len(self.fields)} fields. Mend the line.")
        words = dict(zip(self.heading, self.fields, strict=True))
        self._check(words)
        row: Row = {column: words[column] or None for column in self.table.columns}
        row |= {column: self._number(column, words[column]) for column in self.table.numbers}
        for column in self.table.ranges:
            row[f"{column}_low"], row[f"{column}_high"] = self._range(column, words[column])
        return row | {f"{column}_number": _plain_number(words[column]) for column in self.table.near_numbers}

    def _check(self, words: Row) -> None:
        for column in (*self.table.required, *SOURCED):
            if not words[column].strip():
                raise self.bad(column, "is empty: every fact says what it is about and where it is from")
        for column, allowed in (*self.table.one_of, ("confidence", CONFIDENCES)):
            if words[column] not in allowed:
                hint = did_you_mean(words[column], allowed)
                raise self.bad(column, f"'{words[column]}' is none of {', '.join(filter(None, allowed))}.{hint}")
        for model in words.get("model", "").split("/"):
            self._check_known("model", model)
        self._check_known("indicator", words.get("indicator", ""))

    def _check_known(self, column: str, name: str) -> None:
        if name and name not in self.known[column]:
            raise self.bad(column, f"'{name}' is no {column} known here.{did_you_mean(name, self.known[column])}")

    def _number(self, column: str, written: str) -> float | None:
        number = _plain_number(written)
        if written and number is None:
            raise self.bad(column, f"'{written}' is no plain number, such as 1234.5")
        return number

    def _range(self, column: str, written: str) -> tuple[float | None, float | None]:
        """Both ends of a range such as 29000-33000; a plain number is both of its ends."""
        low, _, high = written.partition("-")
        return self._number(column, low), self._number(column, high or low)


def _plain_number(written: str) -> float | None:
    """The number that a text is, None where it is words or nothing."""
    try:
        number = float(written)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _check_key(file: Path, table: FactTable, rows: list[Row]) -> None:
    """A key is given once."""
    keys = [row[table.key] for row in rows] if table.key else []
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise BadFacts(
                f"{file.name}, line {number + 2}, {table.key}: '{key}' stands on line {keys.index(key) + 2} too"
            )


def _placed(row: Row, register: Register) -> Row:
    """The row with the newest code of the authority that it names, where it names exactly one."""
    if "authority" not in row:
        return row
    area = register.by_name.get((row["authority"] or "").lower())
    return row | {"area_code": area.area_code if area and area.kind == "authority" else None}
