"""Adopters beside their synthetic selves: the paths, placebo adopters in their place, and who the mixes are made of.

The placebos are those that judge chance in the analysis itself. Where several adopt, a placebo is a group of as many authorities,
one in each adopter's slot, and its line the mean of their gaps: one authority's gap swings more than a mean of several, so
alone it would be no measure of what chance does to the adopters' line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.chance import placebos_of
from analytics.errors import CannotEstimate
from analytics.estimators import Sample
from analytics.estimators.slot_years import SlotYears, may_hold, never_treated
from analytics.estimators.synthetic_control import SMALLEST_WEIGHT, SyntheticControl, leave_one_donor_out
from analytics.inference import rule
from analytics.inference.permutation import TIE, Placebos
from analytics.outcome import outcome_sample
from analytics.study import Study

ESTIMATOR = "synthetic_control"
MOST_LINES = 100  # placebos drawn; every one counts, but more could not be told apart


@dataclass(frozen=True)
class Placed:
    """A statistic of the adopters among those of the placebos.

    Attributes
    ----------
    value : of the adopters
    as_large : placebos at least as far from zero, out of `placebos`
    p : share as far, the adopters counted once
    """

    value: float
    as_large: int
    placebos: int
    p: float


@dataclass(frozen=True)
class Part:
    """A part of a mix: a donor, or '' and how many together; low and high are the adopter's mean gap without any one of them,
    NaN where nobody else is left."""

    donor: str
    donors: int
    weight: float
    low: float
    high: float


@dataclass(frozen=True)
class Synthetic:
    """One outcome's adopters beside their synthetic selves, in the outcome's unit.

    Attributes
    ----------
    path : a row a year used: event_time (years since first exposed), year (none where adopters differ in theirs), actual,
        synthetic, gap (means of the adopters, weighted as the estimate is), n_treated; lowest, highest (of the placebos'
        gaps), as_far (placebos with a gap as far from zero)
    start : first year touched, None where adopters differ
    lines : up to 100 of the placebos: columns line (a number each), placebo (names), event_time, gap
    change : mean gap after the start, on which the verdict rests
    ratio : root mean square of the line after the start over the same before, years weighted by the adopters in them
    before : that root mean square of the lines before, the adopters' first, then every placebo's
    adopters : columns name, years_before, donors (who may be in the mix), mean_gap, rmspe_before, rmspe_after, ratio,
        place, out_of, low, high. `place` is that of the ratio among all comparators put in the slot, 1 the largest; low
        and high are the mean gaps without any one of the mix, NaN where nobody else is left
    weights : columns adopter, donor, weight, without (the adopter's mean gap from a mix fitted without that donor)
    without : columns donor, change (of all adopters, that donor in no mix), in order of change
    enumerated : whether the placebos are all there are
    similar_size : whether they are of authorities near the adopters in number of children
    """

    path: pd.DataFrame
    start: int | None
    lines: pd.DataFrame = field(repr=False)
    change: Placed
    ratio: Placed
    before: np.ndarray = field(repr=False)
    adopters: pd.DataFrame
    weights: pd.DataFrame = field(repr=False)
    without: pd.DataFrame = field(repr=False)
    enumerated: bool
    similar_size: bool

    @property
    def drawn(self) -> pd.DataFrame:
        """The path from the first to the last year that at least half of the adopters have: one or two of many must not
        look like a fall or rise of all."""
        half = np.flatnonzero(2 * self.path.n_treated >= len(self.adopters))
        return self.path.iloc[half[0] : half[-1] + 1].reset_index(drop=True)

    def follows(self, within: float) -> tuple[bool, int]:
        """Whether the adopters' line keeps within a distance of zero before the start, and how many placebos' lines do."""
        near = self.before < within
        return bool(near[0]), int(near[1:].sum())

    def mix(self, adopter: str, most: int) -> list[Part]:
        """The largest parts of one adopter's mix, then the rest as one part."""
        mine = self.weights[self.weights.adopter == adopter]
        rows = list(mine[["donor", "weight", "without"]].itertuples(index=False, name=None))
        parts = [Part(donor, 1, weight, without, without) for donor, weight, without in rows[:most]]
        _, weights, without = zip(*rows[most:], strict=True) if rows[most:] else ((), (), ())
        return parts + ([Part("", len(weights), sum(weights), min(without), max(without))] if weights else [])


def synthetic_of(found: Study, outcome: str) -> Synthetic:
    """One outcome of a study beside its synthetic selves.

    Raises
    ------
    CannotEstimate : no adopter has a synthetic self
    """
    one = outcome_sample(found, found.specification.outcomes.index(outcome))
    names = np.array([found.panel.names[row] for row in one.rows], dtype=object)
    inference = found.specification.inference
    similar = rule.placebo_pool(inference) == "size_matched"
    return beside_synthetic(one.sample, names, placebos_of(one, inference, ESTIMATOR), similar_size=similar)


def beside_synthetic(sample: Sample, names: np.ndarray, chance: Placebos, *, similar_size: bool = False) -> Synthetic:
    """The same from a sample, the names of its N authorities and the placebos that judge it.

    Raises
    ------
    CannotEstimate : no adopter has a synthetic self
    """
    slots = _slots(sample)
    if not any(np.isfinite(slot.mean[row]) for slot, row in zip(slots, sample.treated, strict=True)):
        raise CannotEstimate("No adopter has a mix of other authorities that can stand beside it.")
    times = _times(sample, slots)
    real = _lines(sample, slots, times, sample.treated[None])
    others = chance.assignments[~chance.real] if chance.enumerated else chance.assignments
    itself = int(chance.real.sum()) if chance.enumerated else 1
    placebo = _lines(sample, slots, times, others)
    judged = np.isfinite(placebo.change)
    others, placebo = others[judged], placebo.only(judged)
    weights = _weights(sample, slots, names)
    return Synthetic(
        _path(sample, slots, times, real, placebo),
        int(sample.slots.kinds[0, 0]) if len(sample.slots.kinds) == 1 else None,
        _shown(times, others, placebo, names),
        _placed(real.change[0], placebo.change, itself),
        _placed(real.ratio[0], placebo.ratio, itself),
        np.append(real.before, placebo.before),
        _adopters(sample, slots, names, weights),
        weights,
        _without(sample, slots, names, weights),
        chance.enumerated,
        similar_size,
    )


@dataclass(frozen=True)
class _Slot:
    """What every authority's gap would be in one adopter's slot.

    Attributes
    ----------
    years : used; first : the slot's first exposed year
    gaps : N x T, NaN outside the years used and where an authority cannot hold the slot; mean : N, over the years after
    """

    years: SlotYears
    first: int
    gaps: np.ndarray
    mean: np.ndarray

    def size(self, rows: np.ndarray | int, years: np.ndarray) -> np.ndarray:
        """Root mean square gap of rows over some years (T, True where meant)."""
        return np.sqrt(_mean(self.gaps[rows][..., years] ** 2))


def _slots(sample: Sample) -> list[_Slot]:
    """n, one an adopter; adopters with the same years share their table."""
    fit = SyntheticControl(sample)
    found: list[_Slot | None] = [None] * sample.slots.count
    for years in fit.years:
        everyone = np.arange(len(sample.observed))
        allowed = fit.donors_of(years, everyone)
        held = np.flatnonzero(may_hold(sample, years) & allowed.any(1))
        gaps = np.full(sample.observed.shape, np.nan)
        if len(held):
            gaps[held] = np.where(years.used, fit.gaps(years, 0, held, allowed[held]), np.nan)
        for slot in np.flatnonzero(years.slots):
            found[slot] = _Slot(years, int(sample.slots.exposed[slot]), gaps, _mean(gaps[:, years.after]))
    return found


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of the last axis over what is there; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(-1)
    return np.where(count > 0, np.where(there, values, 0.0).sum(-1) / np.maximum(count, 1), np.nan)


def _root_mean_square(gaps: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """D: of D x E gaps by the weight behind each; NaN where there is none."""
    total = weight.sum(1)
    square = (weight * np.where(weight > 0, gaps, 0.0) ** 2).sum(1)
    return np.where(total > 0, np.sqrt(square / np.where(total > 0, total, 1.0)), np.nan)


def _times(sample: Sample, slots: list[_Slot]) -> np.ndarray:
    """Years since first exposed that some adopter's estimate uses."""
    return np.unique(np.concatenate([sample.years[slot.years.used] - slot.first for slot in slots]))


@dataclass(frozen=True)
class _Lines:
    """D x E gaps, the mean of each assignment's holders, and D figures of them."""

    gaps: np.ndarray
    change: np.ndarray
    before: np.ndarray
    ratio: np.ndarray

    def only(self, kept: np.ndarray) -> _Lines:
        return _Lines(self.gaps[kept], self.change[kept], self.before[kept], self.ratio[kept])


def _lines(sample: Sample, slots: list[_Slot], times: np.ndarray, assignments: np.ndarray) -> _Lines:
    """Lines of D x n assignments."""
    top, below = np.zeros((len(assignments), len(times))), np.zeros((len(assignments), len(times)))
    change, held = np.zeros(len(assignments)), np.zeros(len(assignments))
    for slot, rows in zip(slots, assignments.T, strict=True):
        used = slot.years.used
        at = np.searchsorted(times, sample.years[used] - slot.first)
        gaps, weight = slot.gaps[rows][:, used], sample.weights[rows]
        there = np.isfinite(gaps)
        top[:, at] += np.where(there, weight[:, None] * gaps, 0.0)
        below[:, at] += weight[:, None] * there
        told = np.isfinite(slot.mean[rows])
        change += np.where(told, weight * slot.mean[rows], 0.0)
        held += weight * told
    gaps = np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)
    before, after = (_root_mean_square(gaps[:, part], below[:, part]) for part in (times < 0, times >= 0))
    ratio = np.divide(after, before, out=np.full(len(gaps), np.inf), where=before > 0)
    return _Lines(gaps, np.where(held > 0, change / np.where(held > 0, held, 1.0), np.nan), before, ratio)


def _placed(value: float, placebo: np.ndarray, itself: int) -> Placed:
    """The adopters' statistic among the placebos'.

    Parameters
    ----------
    itself : how many assignments are the adopters' own
    """
    far = int((np.abs(placebo) >= abs(value) * TIE).sum())
    return Placed(float(value), far, len(placebo), (itself + far) / (itself + len(placebo)))


def _path(sample: Sample, slots: list[_Slot], times: np.ndarray, real: _Lines, placebo: _Lines) -> pd.DataFrame:
    top, below, count = np.zeros(len(times)), np.zeros(len(times)), np.zeros(len(times), dtype=int)
    for slot, row in zip(slots, sample.treated, strict=True):
        there = np.isfinite(slot.gaps[row])
        at = np.searchsorted(times, sample.years[there] - slot.first)
        top[at] += sample.weights[row] * sample.values[0, row, there]
        below[at] += sample.weights[row]
        count[at] += 1
    gap, actual = real.gaps[0], np.where(count > 0, top / np.where(count > 0, below, 1.0), np.nan)
    theirs = np.isfinite(placebo.gaps)
    return pd.DataFrame(
        {
            "event_time": times,
            "year": pd.array(times + slots[0].first if len(sample.slots.kinds) == 1 else [None] * len(times), "Int64"),
            "actual": actual,
            "synthetic": actual - gap,
            "gap": gap,
            "n_treated": count,
            "lowest": _end(np.where(theirs, placebo.gaps, np.inf).min(0, initial=np.inf)),
            "highest": _end(np.where(theirs, placebo.gaps, -np.inf).max(0, initial=-np.inf)),
            "as_far": (theirs & (np.abs(placebo.gaps) >= np.abs(gap) * TIE)).sum(0),
        }
    )[count > 0].reset_index(drop=True)


def _end(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _shown(times: np.ndarray, assignments: np.ndarray, placebo: _Lines, names: np.ndarray) -> pd.DataFrame:
    """Lines to draw: all, or as many evenly spread over them."""
    some = np.unique(np.linspace(0, len(assignments) - 1, min(MOST_LINES, len(assignments))).round().astype(int))
    called = ["; ".join(names[assignments[d]]) for d in some]
    frame = pd.DataFrame(
        {
            "line": np.repeat(np.arange(len(some)), len(times)),
            "placebo": np.repeat(np.array(called, dtype=object), len(times)),
            "event_time": np.tile(times, len(some)),
            "gap": placebo.gaps[some].ravel(),
        }
    )
    return frame.dropna(ignore_index=True)


def _adopters(sample: Sample, slots: list[_Slot], names: np.ndarray, weights: pd.DataFrame) -> pd.DataFrame:
    """One row an adopter that has a synthetic self."""
    fit, rows = SyntheticControl(sample), []
    for slot, row in zip(slots, sample.treated, strict=True):
        if not np.isfinite(slot.mean[row]):
            continue
        theirs = np.append(row, np.flatnonzero(never_treated(sample) & np.isfinite(slot.mean)))
        before, after = slot.size(theirs, slot.years.before), slot.size(theirs, slot.years.after)
        ratio = np.divide(after, before, out=np.full(len(theirs), np.inf), where=before > 0)
        without = weights.without[weights.adopter == names[row]]
        rows.append(
            {
                "name": names[row],
                "years_before": int(slot.years.before.sum()),
                "donors": int(fit.donors_of(slot.years, np.array([row])).sum()),
                "mean_gap": slot.mean[row],
                "rmspe_before": before[0],
                "rmspe_after": after[0],
                "ratio": ratio[0],
                "place": int((ratio >= ratio[0] * TIE).sum()),
                "out_of": len(theirs),
                "low": without.min(),
                "high": without.max(),
            }
        )
    return pd.DataFrame(rows)


def _weights(sample: Sample, slots: list[_Slot], names: np.ndarray) -> pd.DataFrame:
    """Who each adopter's mix is made of, largest first."""
    fit, parts = SyntheticControl(sample), []
    for place, (slot, row) in enumerate(zip(slots, sample.treated, strict=True)):
        if not np.isfinite(slot.mean[row]):
            continue
        share = fit.weights(slot.years, 0, np.array([row]), fit.donors_of(slot.years, np.array([row])))[0]
        donors = np.argsort(-share, kind="stable")
        donors = donors[share[donors] > SMALLEST_WEIGHT]
        gone = leave_one_donor_out(sample, place).groupby("donor").mean_gap.first()
        parts.append(
            pd.DataFrame(
                {
                    "adopter": names[row],
                    "donor": names[donors],
                    "weight": share[donors],
                    "without": gone.reindex(donors).to_numpy(dtype=float),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _without(sample: Sample, slots: list[_Slot], names: np.ndarray, weights: pd.DataFrame) -> pd.DataFrame:
    """The change of all adopters with each donor in no mix; a donor that is an adopter's only one stays in that mix."""
    held = {names[row]: (sample.weights[row], slot.mean[row]) for slot, row in zip(slots, sample.treated, strict=True)}
    held = {name: each for name, each in held.items() if np.isfinite(each[1])}
    total = sum(weight for weight, _ in held.values())
    change = sum(weight * mean for weight, mean in held.values()) / total
    moved = weights.dropna(subset="without")
    weight, mean = (moved.adopter.map({name: each[k] for name, each in held.items()}) for k in (0, 1))
    moves = (weight * (moved.without - mean) / total).groupby(moved.donor).sum()
    return (change + moves).rename("change").sort_values().reset_index()
