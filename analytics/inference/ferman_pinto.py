"""Chance with very few adopters, when small authorities vary more (Ferman and Pinto 2019).

Each comparator j is put in slot k among the comparators alone; Q_jk, what it would add there, is rescaled to the variance of an
authority of the adopter's size, v(m) = A + B / m fitted to Q^2 over the comparators:

    the placebo is  sum over slots of  Q_jk sqrt(v(m_k) / v(m_j)) / H,     j drawn for each slot with replacement

In the two-way form with every cell, Q_jk is j's outcome, demeaned among comparators, times slot k's demeaned path, and H the
sum of squared demeaned treatment. Q_jk / H is taken as slot k's share times the estimate that j alone gives in that slot, which
is the same there and serves every estimator, missing cells and weights. The shares sum to N / (N - n), not 1: demeaning
treatment over all takes n / N of it off H, which leaves the test a little on the safe side.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, Slots, prepared
from analytics.inference.permutation import TIE
from analytics.inference.regression import regression


@dataclass(frozen=True)
class FermanPinto:
    """Chance of K outcomes.

    Attributes
    ----------
    p_values : K, the share of draws at least as far from nought as the estimate (0 where none is: say "below
        smallest_p"; NaN without an estimate)
    variance : K x J x 2, A and B of v(m) = A + B / m for each distinct (s, g), in the outcome's squared unit
    smallest_p : one over the number of draws, or of comparators with a single adopter
    draws : how many there were
    """

    p_values: np.ndarray
    variance: np.ndarray
    smallest_p: float
    draws: int


def fitted_variance(squares: np.ndarray, size: np.ndarray) -> np.ndarray:
    """... x 2: A and B of squares = A + B / size by least squares; a negative one set to 0 and the other fitted alone."""
    columns = np.column_stack([np.ones(len(size)), 1 / size])
    flat = squares.reshape(-1, len(size))
    both = np.linalg.lstsq(columns, flat.T, rcond=None)[0].T
    alone = (flat @ columns) / (columns**2).sum(0)
    fit = np.where(both[:, [1]] < 0, alone * [1, 0], np.where(both[:, [0]] < 0, alone * [0, 1], both))
    return fit.reshape(*squares.shape[:-1], 2)


def _share(name: str, sample: Sample) -> np.ndarray:
    """n: what each slot's own gap counts in a placebo (module docstring)."""
    treated = sample.treated
    kinds = range(len(sample.slots.kinds))
    before, after = (np.stack([f(q) for q in kinds])[sample.slots.kind] for f in (sample.before, sample.after))
    exposed = (sample.observed[treated] & after).sum(1)
    weight = sample.weights[treated]
    if name == "two_way":
        # Sum of the slot's squared demeaned exposure, over that of the whole regression.
        used = exposed + (sample.observed[treated] & before).sum(1)
        square = exposed * (used - exposed) / np.maximum(used, 1)
        return weight * square * regression("two_way", sample).design().inverse_information[0, 0]
    # Two by two averages adopters; every other estimator the exposed cells.
    cells = weight * (exposed > 0) if name == "two_by_two" else weight * exposed
    return cells / cells.sum() / (1 - weight.sum() / sample.weights.sum())


def _gaps(name: str, sample: Sample, others: np.ndarray, options: dict) -> np.ndarray:
    """K x J x N0: the estimate were a comparator the only adopter, in a slot of each kind, against all comparators.

    Against the others alone it is larger by their share of the weight, which is taken off.
    """
    found = []
    weights = sample.weights[others]
    for start, exposed in sample.slots.kinds:
        alone = dataclasses.replace(
            sample,
            values=sample.values[:, others],
            observed=sample.observed[others],
            weights=weights,
            slots=Slots(np.array([start]), np.array([exposed])),
            treated=np.array([0]),
        )
        found.append(prepared(name, alone, **options).estimates(np.arange(len(others))[:, None]))
    return np.stack(found, 1) * (1 - weights / weights.sum())


def ferman_pinto(
    name: str,
    sample: Sample,
    size: np.ndarray,
    *,
    draws: int,
    seed: int,
    **options: object,
) -> FermanPinto:
    """Share of rescaled placebos at least as far from nought as the named estimator's estimate, of every outcome.

    Parameters
    ----------
    size : N, children in each authority
    draws : placebos, comparators drawn with replacement by default_rng(seed); with one adopter all comparators, once

    Raises
    ------
    CannotEstimate : a size is not known, or fewer than three comparators have the figures
    """
    others = np.setdiff1d(np.arange(len(size)), sample.treated)
    if not (np.isfinite(size) & (size > 0)).all():
        raise CannotEstimate(
            "Ferman and Pinto's test needs the number of children of every authority in the comparison. Load population "
            "estimates, or choose inference.name = 'permutation'."
        )
    gaps = _gaps(name, sample, others, options)
    told = np.isfinite(gaps).all((0, 1))
    gaps, others = gaps[..., told], others[told]
    if len(others) < 3:
        raise CannotEstimate(
            f"Ferman and Pinto's test fits a variance to comparators, and {len(others)} can be put in the adopters' place. "
            "Widen the comparators or the window."
        )
    variance = fitted_variance(gaps**2, size[others])
    kind, count = sample.slots.kind, sample.slots.count
    every = np.arange(len(others))[:, None]
    picks = every if count == 1 else np.random.default_rng(seed).integers(0, len(others), (draws, count))
    placebo = 0.0
    for slot, share in enumerate(_share(name, sample)):
        fit = variance[:, kind[slot]]
        mine = fit @ [1, 1 / size[sample.treated[slot]]]
        theirs = fit[:, :1] + fit[:, 1:] / size[others]
        ratio = np.where(theirs > 0, mine[:, None] / np.where(theirs > 0, theirs, 1.0), 1.0)
        placebo = placebo + (share * gaps[:, kind[slot]] * np.sqrt(ratio))[:, picks[:, slot]]
    real = prepared(name, sample, **options).estimates(sample.treated[None])[:, 0]
    far = np.abs(placebo) >= np.abs(real)[:, None] * TIE
    share = np.where(np.isfinite(real), far.mean(1), np.nan)
    return FermanPinto(share, variance, 1 / len(picks), len(picks))
