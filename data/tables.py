"""The facts as Arrow tables, one for each table of the warehouse that is filled from them."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from analytics.areas import REFERENCE, Register
from analytics.catalogue import (
    LAIT,
    LAIT_MEASURE,
    LAIT_VALUE,
    POPULATION,
    POPULATION_INDICATOR,
    Adoption,
    Catalogue,
    Indicator,
)
from analytics.rates import YEARS_BEFORE
from data.layouts.ees import wanted_key

Row = dict[str, Any]


def area_rows(register: Register) -> list[Row]:
    """One row per area under its newest code."""
    return [
        {
            "area_code": area.area_code,
            "old_code": area.old_code or None,
            "name": area.name,
            "kind": area.kind,
            "region_code": area.region_code or None,
            "region": area.region or None,
            "type": area.type or None,
            "from_year": area.from_year,
            "to_year": area.to_year,
            "former_codes": " ".join(area.former_codes) or None,
            "children_thousand": area.children_thousand,
        }
        for area in register.areas
    ]


def boundary_change_rows(register: Register) -> list[Row]:
    """One row per pair of codes, before and after."""
    return [vars(change) for change in register.changes]


def border_rows(register: Register) -> list[Row]:
    """One row per pair of authorities whose boundaries meet, each pair once."""
    return [vars(border) for border in register.borders]


def indicator_rows(catalogue: Catalogue) -> list[Row]:
    """One row per indicator, whether or not it has a figure."""
    return [
        {
            **{key: getattr(each, key) for key in ("indicator", "label", "theme", "unit", "decimals", "polarity")},
            "definition": each.definition,
            "caveat": each.caveat or None,
            "source": each.source,
            "numerator": each.numerator_label or None,
            "denominator": each.denominator_label or None,
            "headline": each.headline,
            "next_due": each.next_due or None,
        }
        for each in catalogue.indicators.values()
    ]


def practice_model_rows(catalogue: Catalogue) -> list[Row]:
    """One row per practice model."""
    same = ("model", "name", "family", "origin", "description", "evaluations", "said_to_use_share", "lag_years")
    sourced = ("said_to_use_source", "source", "source_locator", "confidence", "illustrative")
    expected = ("expected_outcomes_unmeasured", "expected_outcomes_source", "lag_source")
    return [
        {
            **{key: getattr(model, key) for key in (*same, *sourced)},
            **{key: getattr(model, key) or None for key in expected},
            "elements": "; ".join(model.elements),
            "contains": " ".join(model.contains) or None,
            "expected_outcomes": json.dumps([vars(outcome) for outcome in model.expected_outcomes]),
        }
        for model in catalogue.models
    ]


def adoption_rows(catalogue: Catalogue) -> list[Row]:
    """One row per row of the register of adoptions, under the newest code."""
    return [_adoption_row(row, catalogue.register) for row in catalogue.adoptions]


def _adoption_row(adoption: Adoption, register: Register) -> Row:
    row = {key: value for key, value in vars(adoption).items() if key not in ("authority", "old_code")}
    blank_as_none = {key: row[key] or None for key in ("start", "end", "programme", "prior_use", "note")}
    return row | blank_as_none | {"area_code": register.newest_code(adoption.area_code)}


def symbol_rows() -> list[Row]:
    """One row per published symbol, in lower case, and the status that it means."""
    with (REFERENCE / "symbols.csv").open(encoding="utf-8", newline="") as handle:
        return [{"symbol": row["symbol"].lower(), "status": row["status"]} for row in csv.DictReader(handle)]


def recipe_rows(catalogue: Catalogue) -> list[Row]:
    """One row per indicator and provider (1 its own file, 2 the Interactive Tool): what drives it, and how it is made."""
    own = [
        {
            "indicator": each.indicator,
            "provider": 1,
            "source": each.source,
            "driver": "value" if each.value else "numerator",
            "denominators": len(each.denominator),
            "per": each.per,
        }
        for each in catalogue.indicators.values()
        if not each.derived
    ]
    printed = {"provider": 2, "source": LAIT.split("/")[0], "driver": "value", "denominators": 0, "per": 1.0}
    return own + [{"indicator": each.indicator} | printed for each in catalogue.indicators.values() if each.lait]


def wanted_rows(catalogue: Catalogue) -> list[Row]:
    """One row per indicator, provider, part and column: which cells play that part, and how many years later."""
    return list(itertools.chain.from_iterable(_wanted(each, catalogue) for each in catalogue.indicators.values()))


def _wanted(indicator: Indicator, catalogue: Catalogue) -> Iterable[Row]:
    rows, base = wanted_key(indicator.where), wanted_key(indicator.denominator_where)
    if indicator.value:
        yield _part(indicator, "value", indicator, indicator.value, rows)
    if indicator.numerator:
        yield _part(indicator, "numerator", indicator, indicator.numerator, rows)
    for column in indicator.denominator:
        if column == POPULATION:
            people = catalogue.indicators[POPULATION_INDICATOR]
            yield _part(indicator, "denominator", people, people.value, wanted_key(people.where), YEARS_BEFORE)
        else:
            yield _part(indicator, "denominator", indicator, column, base)
    if indicator.lait:
        measure = wanted_key(((LAIT_MEASURE, (indicator.lait,)),))
        yield _part(indicator, "value", indicator, LAIT_VALUE, measure) | {"provider": 2, "layout": LAIT}


def _part(
    indicator: Indicator, part: str, read_from: Indicator, column: str | None, filters: str, years_later: int = 0
) -> Row:
    return {
        "indicator": indicator.indicator,
        "provider": 1,
        "part": part,
        "layout": f"{read_from.source}/{read_from.file}",
        "column": column,
        "filters": filters,
        "years_later": years_later,
    }


def as_table(rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table."""
    return pa.Table.from_pylist(rows)
