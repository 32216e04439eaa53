"""Years in which the synthetic estimators compare, and who has figures for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample

ENOUGH_COMPARATORS = 0.5  # share with a figure for a year to be used: one bare year must not cost every donor
FEWEST_BEFORE = 5  # years before; with fewer a synthetic authority is exploratory (docs/methods.md, Checks)


@dataclass(frozen=True)
class SlotYears:
    """Years used for slots whose adopters have the same years.

    Attributes
    ----------
    slots : n, True for the slots meant
    before, after : T, years used before the start, and exposed years used
    """

    slots: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @property
    def used(self) -> np.ndarray:
        """T: years used, before or after."""
        return self.before | self.after

    @property
    def exploratory(self) -> bool:
        """Whether there are too few years before to trust a fit."""
        return int(self.before.sum()) < FEWEST_BEFORE


def never_treated(sample: Sample) -> np.ndarray:
    """N: True for authorities that hold no slot in fact. Donors come from these alone, whoever the placebo is."""
    untreated = np.ones(len(sample.observed), dtype=bool)
    untreated[sample.treated] = False
    return untreated


def slot_years(sample: Sample) -> tuple[SlotYears, ...]:
    """Slots by the years used: those in which the adopter, and at least half of the comparators, have a figure."""
    told = sample.observed[never_treated(sample)].mean(0) >= ENOUGH_COMPARATORS
    found: dict[bytes, SlotYears] = {}
    for slot, row in enumerate(sample.treated):
        kind, used = sample.slots.kind[slot], sample.observed[row] & told
        before, after = used & sample.before(kind), used & sample.after(kind)
        key = before.tobytes() + after.tobytes() + bytes([kind])
        same = found.setdefault(key, SlotYears(np.zeros(sample.slots.count, dtype=bool), before, after))
        same.slots[slot] = True
    return tuple(found.values())


def complete(sample: Sample, years: SlotYears) -> np.ndarray:
    """N: True for authorities with a figure in every year used; none where a slot has no year before, or none after."""
    if not (years.before.any() and years.after.any()):
        return np.zeros(len(sample.observed), dtype=bool)
    return sample.observed[:, years.used].all(1)


def donors(sample: Sample, years: SlotYears) -> np.ndarray:
    """N: True for authorities that may be part of a synthetic one: never treated, a figure in every year used."""
    return never_treated(sample) & complete(sample, years)


def may_hold(sample: Sample, years: SlotYears) -> np.ndarray:
    """N: True for authorities that can take a slot: a figure in every year used before, and in one after."""
    before = sample.observed[:, years.before].all(1) if years.before.any() else np.zeros(len(sample.observed), bool)
    return before & sample.observed[:, years.after].any(1)
