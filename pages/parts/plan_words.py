"""What a plan could show, in the words of the Power planner."""

from __future__ import annotations

import dataclasses

import pandas as pd

from analytics.effect import Indicator
from analytics.power import DRAWS, Plan
from analytics.spec import Specification
from analytics.wording import difference_unit, number_text

SIZE_WORDS = {
    "any": "Of any size",
    "small": "Among the smallest third",
    "middle": "Among the middle third",
    "large": "Among the largest third",
}
METHOD = (
    f"Authorities are drawn at random, {DRAWS:,} times over, and treated as if they had all adopted a model in the same year, "
    "within the latest years that fit. None of them did, so the changes that come out are chance, with the ups and downs and "
    "the memory from year to year that the published figures really have. 2.8 times their standard deviation is the change that "
    "would be seen four times in five at the 5% level. Where adopters begin in different years, or only their neighbours are "
    "compared, a change has to be a little larger to be seen."
)


def planned(outcome: str, years: tuple[int, int]) -> Specification:
    """A specification that holds what a plan needs: the outcome and the years; who is treated is drawn."""
    return Specification.from_dict(
        {
            "outcomes": [outcome],
            "treatment": {"model": "planned"},
            "window": {"first": years[0], "last": years[1]},
        }
    )


def indicator_of(row: pd.Series) -> Indicator:
    """The indicator as charts take it, from its row."""
    return Indicator(**{f.name: row[f.name] for f in dataclasses.fields(Indicator)})


def plan_sentence(plan: Plan, row: pd.Series, adopters: int, before: int, after: int) -> str:
    """What so many adopters would show with so many years."""
    table = plan.table
    mine = table[(table.adopters == adopters) & (table.years_before == before) & (table.years_after == after)]
    if mine.empty:
        return (
            f"There are too few authorities, or too few years of figures, to say what {adopters} adopters with {before} years "
            f"before and {after} after would show. Choose fewer."
        )
    seen = mine.iloc[0]
    who = "1 adopter" if adopters == 1 else f"{adopters} adopters"
    return (
        f"With {who}, {before} years before and {after} after, a change of {number_text(seen.detectable, row.decimals)} "
        f"{difference_unit(row.unit)} ({seen.share:.0%} of the mean of {number_text(plan.mean, row.decimals)}) or more would be "
        "seen four times in five."
    )


def later_sentence(plan: Plan, adopters: int, before: int) -> str:
    """Why more years after can be worse, where they are so here; '' elsewhere."""
    table = plan.table[(plan.table.adopters == adopters) & (plan.table.years_before == before)]
    if table.sort_values("years_after").detectable.is_monotonic_decreasing:
        return ""
    return (
        "More years after do not always help: the further from the years before, the further authorities have drifted apart "
        "by themselves, and the fewer have every figure."
    )
