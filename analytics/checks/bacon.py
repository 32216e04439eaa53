"""Which comparisons make up the two-way figure, and how many take an earlier adopter for a comparator?

With staggered starts the two-way coefficient is a weighted mean of every 2x2 comparison between groups that adopted at different
times (Goodman-Bacon 2021). Those that compare adopters with authorities already exposed take the latter's own effect, as
far as it still grows, off the answer. Exact where every authority has a figure in every year and a weight that is the same
in all years.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.checks.case import Case
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.estimators.sample import Sample
from analytics.wording import counted, number_text

NAME = "Comparisons behind the two-way figure"
# At a tenth of the weight, earlier adopters' effects must still be growing by ten times an effect to hide all of it; the
# same share is the most that may be suppressed (suppression.py).
MOST_ALREADY_EXPOSED = 0.10
MOST_LEFT_OUT = 0.10  # share of cells: beyond it the complete authorities need not speak for the rest
NEVER, NOT_YET, ALREADY, ALWAYS = "never exposed", "not yet exposed", "exposed earlier", "exposed throughout"


@dataclass(frozen=True)
class Decomposition:
    """The 2x2 comparisons of the authorities that have a figure in every year.

    Attributes
    ----------
    comparisons : one row a 2x2, columns comparator (one of NEVER, NOT_YET, ALREADY, ALWAYS), exposed_from, compared_from
        (first exposed year of the comparators, empty if never), weight (0-1, sum 1), estimate
    coefficient : the two-way coefficient of these authorities, from the regression
    authorities, adopters : how many are in it
    left_out, adopters_left_out, cells_left_out : those lacking a year, and the figures they do have
    transition_cells : figures between start and first exposed year, which count as not yet exposed here
    """

    comparisons: pd.DataFrame
    coefficient: float
    authorities: int
    adopters: int
    left_out: int
    adopters_left_out: int
    cells_left_out: int
    transition_cells: int

    @property
    def by_comparator(self) -> pd.DataFrame:
        """Weight and mean estimate of each kind of comparator, rows comparator, heaviest first."""
        rows = self.comparisons.assign(part=self.comparisons.weight * self.comparisons.estimate)
        sums = rows.groupby("comparator")[["weight", "part"]].sum()
        return sums.assign(estimate=sums.part / sums.weight)[["weight", "estimate"]].sort_values(
            "weight", ascending=False
        )

    @property
    def already_exposed(self) -> float:
        """Share (0-1) of the weight on comparators that are themselves exposed."""
        return float(self.comparisons.weight[self._exposed].sum())

    @property
    def clean(self) -> float:
        """Mean of the other comparisons; NaN where there are none."""
        kept = self.comparisons[~self._exposed]
        return float(np.average(kept.estimate, weights=kept.weight)) if len(kept) else float("nan")

    @property
    def _exposed(self) -> pd.Series:
        return self.comparisons.comparator.isin([ALREADY, ALWAYS])


def _first_exposed(sample: Sample) -> np.ndarray:
    """N: how many of the years come before an authority's first exposed year (T for those never exposed)."""
    first = np.full(len(sample.observed), len(sample.years))
    first[sample.treated] = (sample.years[None] < sample.slots.exposed[:, None]).sum(1)
    return first


def two_way_coefficient(values: np.ndarray, exposed: np.ndarray, weights: np.ndarray) -> float:
    """Coefficient of `exposed` beside authority and year effects; N x T values without a gap, N weights."""
    within = exposed - exposed.mean(1, keepdims=True)
    within = within - np.average(within, axis=0, weights=weights)
    weighted = weights[:, None] * within
    return float((weighted * values).sum() / (weighted * exposed).sum())


def _groups(values: np.ndarray, first: np.ndarray, weights: np.ndarray) -> list[tuple[int, float, np.ndarray]]:
    """First exposed place in time, share of the weight, and mean path (T) of each group that adopted together."""
    found = []
    for place in np.unique(first):
        members = first == place
        mean = np.average(values[members], axis=0, weights=weights[members])
        found.append((int(place), float(weights[members].sum() / weights.sum()), mean))
    return found


def _two_by_twos(values: np.ndarray, first: np.ndarray, weights: np.ndarray) -> Iterator[tuple]:
    """(comparator, place exposed from, comparator's place, weight before scaling, estimate) of each comparison."""
    years = values.shape[1]
    groups = _groups(values, first, weights)
    for a, (early, share_early, path_early) in enumerate(groups):
        for late, share_late, path_late in groups[a + 1 :]:
            gap, pair = path_early - path_late, share_early * share_late
            until_late = (late - early) / years  # share of the time in which only the earlier group is exposed
            middle = gap[early:late].mean()
            if early > 0:
                kind = NEVER if late == years else NOT_YET
                yield kind, early, late, pair * until_late * early / years, middle - gap[:early].mean()
            if late < years:
                kind = ALREADY if early > 0 else ALWAYS
                weight = pair * until_late * (years - late) / years
                yield kind, late, early, weight, -(gap[late:].mean() - middle)


def decomposition(sample: Sample, compared: np.ndarray | None = None) -> Decomposition | None:
    """The comparisons of a sample's first outcome; None where too few authorities are complete to compare any.

    Parameters
    ----------
    compared : N, True for the comparators of the real adopters; None = everyone else
    """
    first, years = _first_exposed(sample), len(sample.years)
    adopter = np.isin(np.arange(len(first)), sample.treated)
    member = np.ones_like(adopter) if compared is None else adopter | compared
    kept = member & sample.observed.all(1)
    values, weights, first_kept = sample.values[0][kept], sample.weights[kept], first[kept]
    rows = list(_two_by_twos(values, first_kept, weights)) if kept.any() else []
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=["comparator", "exposed_from", "compared_from", "weight", "estimate"])
    label = pd.Series([*sample.years.tolist(), None], dtype="Int64")
    table = table.assign(
        exposed_from=label[table.exposed_from].array,
        compared_from=label[table.compared_from].array,
        weight=table.weight / table.weight.sum(),
    )
    exposed = (np.arange(years) >= first_kept[:, None]).astype(float)
    return Decomposition(
        table,
        two_way_coefficient(values, exposed, weights),
        int(kept.sum()),
        int((kept & adopter).sum()),
        int((member & ~kept).sum()),
        int((adopter & ~kept).sum()),
        int(sample.observed[member & ~kept].sum()),
        _transition_cells(sample, kept),
    )


def _transition_cells(sample: Sample, kept: np.ndarray) -> int:
    start, exposed = sample.slots.start[:, None], sample.slots.exposed[:, None]
    between = (sample.years >= start) & (sample.years < exposed)
    return int((between & kept[sample.treated][:, None]).sum())


def bacon(
    sample: Sample, *, of_estimate: bool, decimals: int, unit: str, compared: np.ndarray | None = None
) -> CheckResult:
    """Result by the share of the two-way figure's weight that rests on comparators already exposed.

    Parameters
    ----------
    of_estimate : whether two_way is the study's estimator; otherwise the result describes a figure that no verdict
        rests on, and bears on none
    compared : see `decomposition`
    """
    found = decomposition(sample, compared)
    if found is None:
        return CheckResult(
            NAME,
            CANNOT_TELL,
            "Too few authorities have a figure in every year to take the two-way figure apart.",
            bears_on_verdict=of_estimate,
        )
    verdict, sentence = _judged(found, decimals, unit)
    cells = found.cells_left_out + found.authorities * len(sample.years)
    sentence = f"{sentence}{_whom(found)}"
    if found.adopters_left_out or found.cells_left_out > MOST_LEFT_OUT * cells:
        verdict, sentence = CANNOT_TELL, f"{sentence} With them, other comparisons may count for more."
    return CheckResult(NAME, verdict, sentence, found.comparisons, bears_on_verdict=of_estimate)


def _judged(found: Decomposition, decimals: int, unit: str) -> tuple[str, str]:
    share = found.already_exposed
    if share == 0:
        return HELD, "No comparison in the two-way figure takes an authority already exposed for a comparator."
    percent = "Under 1%" if share < 0.005 else f"{share:.0%}"
    told = f"{percent} of the two-way figure compares adopters with authorities that were already exposed themselves"
    if not np.isfinite(found.clean):
        return FAILED, f"{told}."
    amounts = (
        f"without those comparisons it would be {number_text(found.clean, decimals)}, "
        f"with them it is {number_text(found.coefficient, decimals)} {unit}".rstrip()
    )
    turned = found.clean * found.coefficient < 0
    verdict = FAILED if share > MOST_ALREADY_EXPOSED or turned else HELD
    return verdict, f"{told}; {amounts}."


def _whom(found: Decomposition) -> str:
    """Who was left out so that every authority has every year, and what became of years of transition."""
    said = ""
    if found.left_out:
        others = "1 other authority" if found.left_out == 1 else f"{found.left_out} other authorities"
        if found.adopters_left_out:
            others += (
                f" ({counted(found.adopters_left_out, 'adopter')} among them)"
                if found.left_out > 1
                else " (an adopter)"
            )
        said += (
            f" Only the {found.authorities} authorities with a figure in every year can be taken apart; {others} "
            f"with {counted(found.cells_left_out, 'figure')} could not be."
        )
    if found.transition_cells:
        counts = "counts" if found.transition_cells == 1 else "count"
        said += (
            f" {counted(found.transition_cells, 'figure')} from years of transition {counts} as not yet exposed here."
        )
    return said


@check(NAME, place=80)
def bacon_of(case: Case) -> CheckResult | None:
    """Result for a case; None where no adopter began later than another, so that nothing forbidden can be compared."""
    of_estimate = case.specification.estimator.name == "two_way"
    if len(case.one.sample.slots.kinds) == 1 and not of_estimate:
        return None
    sample = case.one.sample
    return bacon(
        sample,
        of_estimate=of_estimate,
        decimals=case.indicator.decimals,
        unit=case.unit,
        compared=sample.compared,
    )
