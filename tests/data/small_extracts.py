"""Published tables of a few rows, written by hand in the published layouts."""

from __future__ import annotations

from pathlib import Path

PLACE_AND_TIME = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
FIGURES = {
    "b1": "category,Anypoint_episodes,Anypoint_child,Started_episodes,Started_child,Ended_episodes,Ended_child,"
    "At31_episodes,awaiting_assessment",
    "d3": "category,CPP_start,CPP_subsequent,CPP_subsequent_percent",
    "population": "age_group,population_estimate",
    "rates": "population_type,population_estimate,children_count,rate_per_10000",
    "stability": "cla_group,placement_stability,children_count,children_percent",
}
FILTER = {
    "b1": "Children in Need",
    "d3": "Child Protection Plans which are a second or subsequent plan",
    "population": "Children aged 0 to 17 years",
}
AREAS = {
    "England": "National,E92000001,England,,,,,",
    "London": "Regional,E92000001,England,E12000007,London,,,",
    "Outer London": "Regional,E92000001,England,E13000002,Outer London,,,",
    "Brent": "Local authority,E92000001,England,E13000002,Outer London,304,E09000005,Brent",
    "Ealing": "Local authority,E92000001,England,E13000002,Outer London,307,E09000009,Ealing",
    "Dorset": "Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset",
    "Cumbria": "Local authority,E92000001,England,E12000002,North West,909,E10000006,Cumbria",
    "North Yorkshire": "Local authority,E92000001,England,E12000003,Yorkshire,815,E06000065,North Yorkshire",
    "old North Yorkshire": "Local authority,E92000001,England,E12000003,Yorkshire,815,E10000023,North Yorkshire",
}


def line(table: str, year: object, area: str, *figures: object) -> str:
    """One line: an area by the name above (or the whole of its eight fields), a year, and the figures."""
    level, rest = AREAS.get(area, area).split(",", 1)
    shown = [FILTER[table], *figures] if table in FILTER else list(figures)
    return ",".join([str(year), "Reporting year", level, rest, *map(str, shown)])


def text(table: str, *lines: str) -> str:
    """A whole file."""
    return "\n".join([f"{PLACE_AND_TIME},{FIGURES[table]}", *lines]) + "\n"


def b1(year: object, area: str, children: object) -> str:
    """A line of B1 with one figure of interest, children in need at any point; the others are 100."""
    return line("b1", year, area, 100, children, 100, 100, 100, 100, 100, 100)


def written(folder: Path, **tables: str) -> Path:
    """The folder, with a file for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder
