"""Ofsted's inspections of the invented authorities: days, judgements and visits, in the layout of its workbook.

The published history begins in 2018. This one reaches back to 2013, so that most adopters have a judgement in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.invented.models import Use
from data.invented.ods import Rows
from data.invented.places import Places
from data.layouts.ofsted import CODE, GRADES, JUDGEMENTS, NAME, PUBLISHED, THEME

AS_AT = date(2025, 3, 31)
YEAR_BEGAN = date(2024, 4, 1)
FIRST_ROUND = (date(2013, 11, 4), date(2016, 10, 31))  # the first inspection of every authority but Model B's adopters
NEW_FRAMEWORK = date(2018, 1, 1)
CARE_LEAVERS_JUDGED = date(2023, 1, 1)
PAUSE, PAUSED_FOR = (date(2020, 3, 16), date(2021, 4, 5)), timedelta(weeks=56)  # no inspections in the first COVID year
DAYS_BETWEEN = (1_100, 2_000)  # three to five and a half years between two inspections, as in the published history
WEEKS_TO_REPORT = (6, 10)

OUTSTANDING, GOOD, REQUIRES_IMPROVEMENT, INADEQUATE = JUDGED = GRADES[:4]
# Shares of the grades at a first inspection, and after each grade, in the order of JUDGED. Round figures of about the
# size that the published history shows.
FIRST = (0.05, 0.37, 0.40, 0.18)
AFTER = {
    OUTSTANDING: (0.80, 0.15, 0.05, 0.00),
    GOOD: (0.30, 0.50, 0.10, 0.10),
    REQUIRES_IMPROVEMENT: (0.05, 0.45, 0.32, 0.18),
    INADEQUATE: (0.00, 0.40, 0.45, 0.15),
}
AFTER_A_BAD_YEAR = (0, 0, 0.4, 0.6)
ONE_STEP_OFF = (0.12, 0.76, 0.12)  # shares of the other judgements a grade above, at and below the overall one

VISITED = 0.25  # of the authorities without an inspection in the year, by a focused visit
THEMES = (
    "Front door",
    "Children in need/subject to a plan",
    "Children in care",
    "Care leavers",
    "Achieving permanence",
)


@dataclass(frozen=True)
class Inspected:
    """One inspection or visit: judgements in the order of the layout, '' where none was made."""

    authority: int
    kind: str
    start: date
    published: date
    judgements: tuple[str, ...] = ("",) * len(JUDGEMENTS)
    theme: str = ""

    @property
    def overall(self) -> str:
        return self.judgements[0]


def monday(day: date) -> date:
    """The Monday of a day's week: inspections begin on Mondays."""
    return day - timedelta(days=day.weekday())


def some_monday(first: date, last: date, rng: np.random.Generator) -> date:
    """A Monday drawn between two days."""
    return monday(first + timedelta(days=int(rng.integers(7, (last - first).days))))


def inspection_days(first: date, rng: np.random.Generator) -> list[date]:
    """The first day and those that follow until the day of the workbook."""
    days = [first]
    while True:
        day = monday(days[-1] + timedelta(days=int(rng.integers(*DAYS_BETWEEN))))
        if PAUSE[0] <= day < PAUSE[1]:
            day += PAUSED_FOR
        if day > AS_AT:
            return days
        days.append(day)


def bad_year(use: Use) -> tuple[date, date]:
    """Days in the year before the start, the bad one, on which an inspection can still report inside that year."""
    return date(use.first_touched - 2, 5, 1), date(use.first_touched - 2, 12, 31)


def judgements(overall: str, day: date, rng: np.random.Generator) -> tuple[str, ...]:
    """The overall grade, the leaders' the same, and the others at most a step from it; care leavers' from 2023.

    Where one of them is inadequate, so is the overall one.
    """
    steps = rng.choice((-1, 0, 1), len(JUDGEMENTS) - 2, p=ONE_STEP_OFF)
    worst = INADEQUATE if overall == INADEQUATE else REQUIRES_IMPROVEMENT
    others = [JUDGED[n] for n in np.clip(JUDGED.index(overall) + steps, 0, JUDGED.index(worst))]
    if day < CARE_LEAVERS_JUDGED:
        others[-1] = ""
    return (overall, overall, *others)


def kind_of(day: date, before: str) -> str:
    """The kind of an inspection: short where the grade before was good."""
    if day < NEW_FRAMEWORK:
        return "Single Inspection Framework"
    return f"ILACS {'Short' if before in (OUTSTANDING, GOOD) else 'Standard'} Inspection"


def history(authority: int, bought: Use | None, rng: np.random.Generator) -> list[Inspected]:
    """The inspections of one authority, oldest first; `bought` is its use of Model B, which a poor judgement came before."""
    first = some_monday(*(bad_year(bought) if bought else FIRST_ROUND), rng)
    found, shares = [], AFTER_A_BAD_YEAR if bought else FIRST
    for day in inspection_days(first, rng):
        overall = str(rng.choice(JUDGED, p=shares))
        reported = day + timedelta(weeks=int(rng.integers(*WEEKS_TO_REPORT)))
        kind = kind_of(day, found[-1].overall if found else "")
        found.append(Inspected(authority, kind, day, reported, judgements(overall, day, rng)))
        shares = AFTER[overall]
    return found


def histories(places: Places, uses: list[Use], rng: np.random.Generator) -> list[list[Inspected]]:
    """The inspections of every authority, in the order of the authorities."""
    bought = {use.authority: use for use in uses if use.model == "MODEL_B"}
    return [history(authority, bought.get(authority), rng) for authority in range(len(places))]


def visits(all_inspected: list[list[Inspected]], rng: np.random.Generator) -> list[Inspected]:
    """Visits of the last year, without a judgement: to monitor where it is inadequate, else to look at one theme."""
    found = []
    for inspected in all_inspected:
        newest = inspected[-1]
        monitored = newest.overall == INADEQUATE
        if newest.start < YEAR_BEGAN and (monitored or rng.random() < VISITED):
            day = some_monday(YEAR_BEGAN, AS_AT, rng) + timedelta(days=1)
            kind = "LA Monitoring visit" if monitored else "ILACS Focused Visit"
            theme = str(rng.choice(THEMES))
            found.append(Inspected(newest.authority, kind, day, day + timedelta(weeks=4), theme=theme))
    return found


# The workbook

LINK = "Illustrative, no web page"
TITLE = "Illustrative: local authority inspection"
NOTE = "This worksheet contains one table. Every authority, day and judgement in it is invented."


def workbook(places: Places, uses: list[Use], rng: np.random.Generator) -> dict[str, Rows]:
    """Sheets of Ofsted's workbook by name: judgements in force, the visits of the year, and the history."""
    all_inspected = histories(places, uses, rng)
    recent = [each for inspected in all_inspected for each in inspected if each.start >= YEAR_BEGAN]
    in_year = sorted([*recent, *visits(all_inspected, rng)], key=lambda each: (each.authority, each.start))
    return {
        "Cover": [[f"{TITLE} outcomes as at 31 March 2025", ""], ["Status:", "Invented, in the layout of Ofsted"]],
        "Inspections_as_at_31_March": sheet_in_force(places, [inspected[-1] for inspected in all_inspected]),
        "In-year_inspections": sheet_in_year(places, in_year),
        "Inspection_history": sheet_history(places, [each for inspected in all_inspected for each in inspected]),
    }


def sheet_in_force(places: Places, newest: list[Inspected]) -> Rows:
    """The newest judgements of every authority; this sheet does not say by what kind of inspection."""
    heading = ["Web link", CODE, NAME, "Ofsted region", "Inspection date", PUBLISHED, *JUDGEMENTS.values()]
    rows = [[*about(places, each), each.start, each.published, *each.judgements] for each in newest]
    return [[f"{TITLE} judgements as at 31 March 2025"], [NOTE], heading, *rows]


def sheet_in_year(places: Places, in_year: list[Inspected]) -> Rows:
    """Inspections and visits from April 2024 to March 2025."""
    heading = ["Web link", CODE, NAME, "Region", "Inspection/Visit date", PUBLISHED, "Inspection/Visit type"]
    rows = [
        [*about(places, each), each.start, each.published, each.kind, *each.judgements, each.theme] for each in in_year
    ]
    return [[f"{TITLE} in-year activity 2024-25"], [NOTE], [*heading, *JUDGEMENTS.values(), THEME], *rows]


def sheet_history(places: Places, inspected: list[Inspected]) -> Rows:
    """Every inspection, by authority and day."""
    heading = ["Web link", CODE, NAME, "Local authority status", "Ofsted region", "Inspection date", PUBLISHED]
    rows = []
    for each in inspected:
        link, code, name, region = about(places, each)
        rows.append([link, code, name, "Current", region, each.start, each.published, each.kind, *each.judgements])
    return [[f"{TITLE} history 2013-2025"], [NOTE], [*heading, "Inspection type", *JUDGEMENTS.values()], *rows]


def about(places: Places, each: Inspected) -> list[str]:
    """Link, code, name and region of the authority."""
    region = places.region_names[places.region[each.authority]]
    return [LINK, places.codes[each.authority], places.names[each.authority], region]
