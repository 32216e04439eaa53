"""Sun and Abraham (2021): effects of each cohort at each event time in one regression, averaged by cohort shares.

The regression has authority and year effects and a dummy for every cohort (s, g) in every one of its years but s - 1; years
s to g - 1 leave the panel. As a cohort has a dummy for all its years, its authorities tell nothing of the comparators' year
effects: the coefficient of a cohort in year t is the difference between t and s - 1 in the year effects fitted to the cohort
alone, less the same in those fitted to the comparators alone, on any panel and with any weights.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from analytics.estimators.event_study import event_times_but_base
from analytics.estimators.membership import Membership, in_chunks
from analytics.estimators.registry import refuse_base, register
from analytics.estimators.sample import Sample
from analytics.estimators.year_effects import year_effects


@dataclass(frozen=True)
class SunAbraham:
    """Interaction-weighted means under any assignment.

    A mean over cohorts weights each by its observed authorities (their weights) in the cells meant. A coefficient that is not
    identified, because nothing links the year to s - 1 in the cohort or among the comparators, is not in the mean.
    """

    sample: Sample

    @functools.cached_property
    def times(self) -> np.ndarray:
        """E event times with a coefficient."""
        return event_times_but_base(self.sample)

    @functools.cached_property
    def _cells(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Each kind's N x T cells in the panel, and N x T of them with a dummy."""
        found = []
        for kind, (start, _) in enumerate(self.sample.slots.kinds):
            used = self.sample.observed & (self.sample.before(kind) | self.sample.exposed_years(kind))
            found.append((used, used & (self.sample.years != start - 1)))
        return found

    def _cohort(self, some: Membership, kind: int) -> tuple[np.ndarray, np.ndarray]:
        """D x K x T year effects of the holders of a kind of slot, and D x T x T: between which they can be compared."""
        used, rows = self._cells[kind][0], some.rows(kind)
        if rows.shape[1] == 1:  # one authority by itself: its figures are its year effects
            seen = used[rows[:, 0]]
            return self.sample.filled[:, rows[:, 0]].swapaxes(0, 1), seen[:, :, None] & seen[:, None, :]
        holders = functools.partial(some.over_holders, kind)
        return year_effects(self.sample.filled, used, self.sample.weights, holders)

    def _means(self, some: Membership, meant: np.ndarray) -> np.ndarray:
        """K x F x D means over sets of cells (F x J x T, True where meant)."""
        sample = self.sample
        theirs, linked = year_effects(sample.filled, sample.observed, sample.weights, some.over_compared)
        top = np.zeros((len(some.compared), len(sample.values), len(meant)))
        below = np.zeros((len(some.compared), len(meant)))
        for kind, (start, _) in enumerate(sample.slots.kinds):
            base = np.flatnonzero(sample.years == start - 1)
            if not len(base):
                continue
            own, own_linked = self._cohort(some, kind)
            gap = (own - own[..., base]) - (theirs - theirs[..., base])
            identified = own_linked[..., base[0]] & linked[..., base[0]]
            weight = some.over_holders(kind, self._cells[kind][1] * sample.weights[:, None]) * identified
            top += (gap * weight[:, None]) @ meant[:, kind].T
            below += weight @ meant[:, kind].T
        below = below[:, None]
        return np.moveaxis(np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan), 0, 2)

    def _over(self, meant: np.ndarray, assignments: np.ndarray, comparators: np.ndarray | None) -> np.ndarray:
        parts = [self._means(some, meant.astype(float)) for some in in_chunks(self.sample, assignments, comparators)]
        return np.concatenate(parts, axis=2)

    def quantities(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x E x D: mean over cohorts at each event time of `times`; NaN where none is identified.

        Parameters
        ----------
        assignments : D x n rows of authorities, one a slot
        comparators : D x N, who is compared under each assignment; None = everyone who holds no slot
        """
        event_time = self.sample.years - self.sample.slots.kinds[:, 1:]
        return self._over(event_time == self.times[:, None, None], assignments, comparators)

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D: mean over exposed cells, each cohort and year by its observed adopters; NaN where none is identified."""
        after = np.array([self.sample.after(kind) for kind in range(len(self.sample.slots.kinds))])
        return self._over(after[None], assignments, comparators)[:, 0]


@register("sun_abraham")
def sun_abraham(sample: Sample, *, base: str | int = "all_pre") -> SunAbraham:
    """Cohort effects of a saturated regression against s - 1; their mean over exposed cells."""
    refuse_base("sun_abraham", base)
    return SunAbraham(sample)
