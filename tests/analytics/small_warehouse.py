"""A warehouse of a few invented authorities, written row by row, so that every answer can be worked by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analytics.warehouse import SCHEMA_VERSION, Warehouse

SCHEMA = Path(__file__).parents[2] / "data" / "schema.sql"


class SmallWarehouse:
    """Collects rows, then writes them as a warehouse file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.connection = duckdb.connect(str(file))
        self.connection.begin()  # one commit at the end: row by row would take seconds
        self.connection.execute(SCHEMA.read_text(encoding="utf-8"))
        self.put("meta", key="schema_version", value=SCHEMA_VERSION)
        self.put("meta", key="kind", value="published")
        self.put("meta", key="built", value="2026-01-01T00:00:00Z")

    def put(self, table: str, **row: object) -> None:
        columns = ", ".join(f'"{c}"' for c in row)
        marks = ", ".join("?" for _ in row)
        self.connection.execute(f'insert into "{table}" ({columns}) values ({marks})', list(row.values()))

    def indicator(self, name: str = "cpp_rate", *, unit: str = "per 10,000 children", polarity: str = "none") -> None:
        self.put(
            "indicator",
            indicator=name,
            label=f"Label of {name}",
            theme="Plans",
            unit=unit,
            decimals=1,
            polarity=polarity,
            definition="A definition.",
            source="test",
            headline=True,
            first_year=2013,
            last_year=2020,
        )

    def area(
        self, code: str, *, region: str = "North", old: str = "", former: str = "", thousand: float = 50.0
    ) -> None:
        self.put(
            "area",
            area_code=code,
            old_code=old or f"o{code}",
            name=f"Name {code}",
            kind="authority",
            region=region,
            region_code=region,
            type="unitary authority",
            former_codes=former,
            children_thousand=thousand,
        )

    def figures(
        self, code: str, values: dict[int, float | str], *, indicator: str = "cpp_rate", base: float = 10_000.0
    ) -> None:
        """One observation a year: a number, or a status in words."""
        for year, value in values.items():
            known = not isinstance(value, str)
            self.put(
                "observation",
                area_code=code,
                year=year,
                indicator=indicator,
                value=value if known else None,
                status="ok" if known else value,
                numerator=value * base / 10_000 if known else None,
                denominator=base,
                period_label=str(year),
                period_end=f"{year}-03-31",
                source="test",
                extract="test",
            )

    def children(self, code: str, number: float, years: range = range(2012, 2021)) -> None:
        for year in years:
            self.put(
                "observation",
                area_code=code,
                year=year,
                indicator="children_0_17",
                value=number,
                status="ok",
                period_label=str(year),
                period_end=f"{year}-06-30",
                source="test",
                extract="test",
            )

    def model(self, model: str, *, contains: str = "", said: float | None = None) -> None:
        self.put(
            "practice_model",
            model=model,
            name=f"Model {model}",
            contains=contains,
            said_to_use_share=said,
            illustrative=False,
        )

    def adoption(
        self,
        code: str,
        model: str,
        start: str | None = None,
        *,
        until: str | None = None,
        role: str = "primary",
        programme: str = "",
        can_treat: bool | None = None,
        prior_use: str = "",
    ) -> None:
        self.put(
            "adoption",
            area_code=code,
            model=model,
            role=role,
            start_low=start,
            start_high=until or start,
            precision="day" if start else "unknown",
            programme=programme,
            can_treat=start is not None if can_treat is None else can_treat,
            prior_use=prior_use,
            confidence="published",
            note="",
            source="test",
        )

    def border(self, code: str, other: str) -> None:
        self.put("border", area_code=min(code, other), other_code=max(code, other), kind="land")

    def neighbour(self, code: str, other: str, rank: int, closeness: str = "close") -> None:
        self.put("neighbour", model="2021", area_code=code, neighbour_code=other, rank=rank, closeness=closeness)

    def ready(self) -> Warehouse:
        self.connection.commit()
        self.connection.close()
        return Warehouse(self.file)


def plain(file: Path, *, adopters: int = 1, comparators: int = 5, years: range = range(2013, 2021)) -> SmallWarehouse:
    """Model M adopted on 1 April 2016 (so s = g = 2017) by A1.., compared with C1..; rates 40 + authority + year."""
    made = SmallWarehouse(file)
    made.indicator()
    made.indicator("children_0_17", unit="children")
    made.model("M")
    codes = [f"A{i}" for i in range(1, adopters + 1)] + [f"C{i}" for i in range(1, comparators + 1)]
    for place, code in enumerate(codes):
        made.area(code)
        made.children(code, 20_000 + 5_000 * place)
        made.figures(code, {y: 40 + 3 * place + (y - 2013) + 0.1 * ((place * 7 + y * 3) % 5) for y in years})
    for i in range(1, adopters + 1):
        made.adoption(f"A{i}", "M", "2016-04-01")
    return made
