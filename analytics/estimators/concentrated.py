"""Least squares on authority and year effects for many assignments at once.

Authority effects are concentrated out, so one authority in one role adds a T x T matrix M, a T-vector R = M y and a few
scalars to the normal equations of the year effects l. An assignment of authorities to slots changes only the rows
it names, so its equations are those of "everyone a comparator" plus n differences:

    M(pi) l = R(pi),    estimate = (sum of A + C' l) / (H - C' M(pi)^+ C  or  H)

where A, C, H are the slot's own sums (see imputation.py and two_way.py). M(pi) does not depend on the outcome, only on
which cells are observed and the weights: it is solved once per distinct pattern, and every outcome is then a gather.
Where each assignment has comparators of its own (partners), or years have effects of their own in each region (strata),
the equations are summed over the comparators and one system is solved a region.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample

CHUNK = 4096  # assignments at a time: keeps the T x T systems of one chunk within a processor's cache


def within(used: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """N x T x T: w (diag(u) - u u' / n), what one authority adds to the normal equations of the year effects."""
    used = used.astype(float)
    n = np.maximum(used.sum(1), 1)
    eye = np.eye(used.shape[1])
    return weights[:, None, None] * (eye * used[:, :, None] - used[:, :, None] * used[:, None, :] / n[:, None, None])


@dataclass(frozen=True)
class Role:
    """What each authority adds when it holds one kind of slot, for F quantities.

    Attributes
    ----------
    used : N x T, cells that fit the effects
    own : K x F x N (A), year : F x N x T (C), base : F x N (H)
    """

    used: np.ndarray
    own: np.ndarray
    year: np.ndarray
    base: np.ndarray


@dataclass(frozen=True)
class Concentrated:
    """F quantities of K outcomes under any assignment.

    Attributes
    ----------
    regression : True where H - C' M^+ C divides (a regression coefficient), False where H does (a mean)
    """

    sample: Sample
    roles: tuple[Role, ...]
    regression: bool

    @functools.cached_property
    def _as_comparator(self) -> np.ndarray:
        return within(self.sample.observed, self.sample.weights)

    @functools.cached_property
    def _differences(self) -> tuple[np.ndarray, np.ndarray]:
        """J x N x T x T and K x J x N x T: what changes when an authority leaves the comparators for a slot."""
        matrices = np.stack([within(r.used, self.sample.weights) for r in self.roles]) - self._as_comparator
        return matrices, np.einsum("jnst,knt->kjns", matrices, self.sample.filled)

    @functools.cached_property
    def _all(self) -> tuple[np.ndarray, np.ndarray]:
        """T x T and K x T: the equations with everyone a comparator."""
        matrices = self._as_comparator
        return matrices.sum(0), np.einsum("nst,knt->ks", matrices, self.sample.filled)

    @functools.cached_property
    def _pattern(self) -> np.ndarray:
        """N: authorities with the same observed cells and weight add the same matrices."""
        key = np.column_stack([self.sample.observed, self.sample.weights])
        return np.unique(key, axis=0, return_inverse=True)[1].ravel()

    def _solved(self, assignments: np.ndarray) -> np.ndarray:
        """U x T x F: M(pi)^+ C(pi) of each assignment."""
        kind = self.sample.slots.kind
        matrices = self._all[0] + sum(self._differences[0][q, assignments[:, k]] for k, q in enumerate(kind))
        right = sum(np.moveaxis(self.roles[q].year[:, assignments[:, k]], 0, 2) for k, q in enumerate(kind))
        return _solution(matrices, right)

    def quantities(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x F x D: each quantity under each assignment; NaN where not identified.

        Parameters
        ----------
        assignments : D x n authorities, one a slot
        comparators : D x N, who is compared under each assignment; None = everyone who holds no slot
        """
        assignments = np.asarray(assignments)
        alike = comparators is None and self.sample.strata is None
        chunks = []
        for a in range(0, len(assignments), CHUNK):
            part = assignments[a : a + CHUNK]
            if alike:
                chunks.append(self._chunk(part))
            else:
                chunks.append(self._by_group(part, None if comparators is None else comparators[a : a + CHUNK]))
        return np.concatenate(chunks, axis=2)

    def _by_group(self, assignments: np.ndarray, comparators: np.ndarray | None) -> np.ndarray:
        """Quantities of assignments with comparators or year effects of their own."""
        if comparators is None:
            comparators = np.ones((len(assignments), len(self.sample.observed)), dtype=bool)
            np.put_along_axis(comparators, assignments, False, axis=1)
        kind = self.sample.slots.kind
        top = sum(self.roles[q].own[:, :, assignments[:, k]] for k, q in enumerate(kind))
        below = sum(self.roles[q].base[:, assignments[:, k]] for k, q in enumerate(kind))
        for members in self.sample.groups:
            inside = members[assignments]
            holds = inside.any(1)  # a group without a slot's holder adds nothing
            if holds.any():
                over, under = self._of_group(assignments[holds], inside[holds], comparators[holds] & members)
                top[:, :, holds] += over
                below[:, holds] -= under
        return _ratio(top, below)

    def _of_group(self, assignments: np.ndarray, inside: np.ndarray, compared: np.ndarray):
        """K x F x D: R' M^+ C, and F x D: C' M^+ C where that divides, of the slots and comparators of one group."""
        compared, kind = compared.astype(float), self.sample.slots.kind
        held = [(q, assignments[:, k], inside[:, [k]]) for k, q in enumerate(kind)]
        right = compared @ self._rights[0] + sum(self._rights[1 + q][rows] * here for q, rows, here in held)
        year = sum(self._years[q][rows] * here for q, rows, here in held)
        quantities, years = self.roles[0].year.shape[0], self.sample.observed.shape[1]
        year = year.reshape(len(assignments), quantities, years)
        solved = self._solved_by_count(compared, held, year)
        over = np.matmul(right.reshape(len(assignments), -1, years), solved).transpose(1, 2, 0)
        under = np.einsum("dft,dtf->fd", year, solved) if self.regression else 0.0
        return over, under

    def _solved_by_count(
        self, compared: np.ndarray, held: list[tuple[int, np.ndarray, np.ndarray]], year: np.ndarray
    ) -> np.ndarray:
        """D x T x F: M^+ C, solved once for all assignments with as many authorities of each pattern in each part.

        Parameters
        ----------
        compared : D x N, 1 for the comparators; held : of each slot its kind, D holders, and D x 1 whether they are of the group
        """
        pattern, matrices = self._pattern, self._matrices_by_pattern
        counts = compared @ np.eye(pattern.max() + 1)[pattern]
        marks = np.random.default_rng(0).integers(0, 2**63, matrices.shape[:2], dtype=np.uint64)
        # See _chunk.
        key = counts.astype(np.uint64) @ marks[0] + sum(
            marks[1 + q][pattern[rows]] * here[:, 0] for q, rows, here in held
        )
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        summed = np.tensordot(counts[first], matrices[0], 1)
        for q, rows, here in held:
            summed += matrices[1 + q, pattern[rows[first]]] * here[first, :, None]
        return _solution(summed, np.moveaxis(year[first], 1, 2))[which]

    @functools.cached_property
    def _matrices_by_pattern(self) -> np.ndarray:
        """(1 + J) x P x T x T: what an authority of each pattern adds as a comparator, then in each kind of slot."""
        first = np.unique(self._pattern, return_index=True)[1]
        own = self._as_comparator[first]
        return np.stack([own, *(own + each[first] for each in self._differences[0])])

    @functools.cached_property
    def _rights(self) -> list[np.ndarray]:
        """1 + J of N x (K T): what each authority adds to the right-hand sides as a comparator, then in each kind of slot."""
        n, own = len(self.sample.observed), self._right_of_each
        changes = self._differences[1]
        return [own, *(own + np.moveaxis(changes[:, q], 0, 1).reshape(n, -1) for q in range(len(self.roles)))]

    @functools.cached_property
    def _years(self) -> list[np.ndarray]:
        """J of N x (F T): what each authority adds to C in each kind of slot."""
        return [np.moveaxis(r.year, 0, 1).reshape(len(self.sample.observed), -1) for r in self.roles]

    @functools.cached_property
    def _right_of_each(self) -> np.ndarray:
        """N x (K T): what each authority adds to the right-hand sides as a comparator."""
        return np.einsum("nst,knt->nks", self._as_comparator, self.sample.filled).reshape(len(self.sample.observed), -1)

    def _chunk(self, assignments: np.ndarray) -> np.ndarray:
        if not self._pattern.any():
            return self._one_pattern(assignments, self._solved(assignments[:1])[0])
        # Assignments that give each kind of slot as many authorities of each pattern have the same equations. They are
        # told apart by a sum of random 64-bit numbers: two that differ share one with a chance below 1e-11.
        marks = np.random.default_rng(0).integers(0, 2**63, (len(self.roles), self._pattern.max() + 1), dtype=np.uint64)
        key = marks[self.sample.slots.kind, self._pattern[assignments]].sum(1)
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        solved = self._solved(assignments[first])
        if len(first) == 1:
            return self._one_pattern(assignments, solved[0])
        return self._many_patterns(assignments, solved[which])

    def _one_pattern(self, assignments: np.ndarray, solved: np.ndarray) -> np.ndarray:
        """Every authority alike: what it adds is one number, so an assignment is a sum of n gathered numbers."""
        kind, (_, changes) = self.sample.slots.kind, self._differences
        top = (self._all[1] @ solved)[:, :, None]
        below = np.zeros((solved.shape[1], len(assignments)))
        adds = [r.own + np.einsum("knt,tf->kfn", changes[:, q], solved) for q, r in enumerate(self.roles)]
        for k, q in enumerate(kind):
            top = top + adds[q][:, :, assignments[:, k]]
            below += self.roles[q].base[:, assignments[:, k]]
            if self.regression:
                below -= np.einsum("fdt,tf->fd", self.roles[q].year[:, assignments[:, k]], solved)
        return _ratio(top, below)

    def _many_patterns(self, assignments: np.ndarray, solved: np.ndarray) -> np.ndarray:
        kind, (_, changes) = self.sample.slots.kind, self._differences
        right = self._all[1][:, None, :]
        top, below, year = 0.0, 0.0, 0.0
        for k, q in enumerate(kind):
            rows = assignments[:, k]
            right = right + changes[:, q, rows]
            top = top + self.roles[q].own[:, :, rows]
            below = below + self.roles[q].base[:, rows]
            year = year + self.roles[q].year[:, rows]
        if self.regression:
            below = below - np.einsum("fdt,dtf->fd", year, solved)
        return _ratio(top + np.einsum("kdt,dtf->kfd", right, solved), below)

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D: the first quantity under each assignment."""
        return self.quantities(assignments, comparators)[:, 0]


def _solution(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """D x T x F: M^+ C; NaN where C is not in the range of M."""
    years = matrices.shape[1]
    # M has the constant vector as its null space, and a year without a cell: adding both back makes the system
    # regular, the answer the same.
    level = np.maximum(np.trace(matrices, axis1=1, axis2=2), 1e-12)[:, None, None] / years**2
    empty = np.einsum("dtt->dt", matrices) <= 0
    try:
        solved = np.linalg.solve(matrices + level + np.eye(years) * empty[:, None, :], right)
    except np.linalg.LinAlgError:
        solved = np.full_like(right, np.nan)
    return _where_identified(matrices, right, solved)


def _where_identified(matrices: np.ndarray, right: np.ndarray, solved: np.ndarray) -> np.ndarray:
    """Solutions that solve their system; by pseudo-inverse where it is singular, NaN where it has none."""
    size = np.abs(right).max(axis=1, keepdims=True, initial=0.0) + 1e-300

    def wrong(found: np.ndarray) -> np.ndarray:
        return ~(np.abs(matrices @ found - right).max(axis=1, keepdims=True) <= 1e-7 * size).all(axis=1)

    again = wrong(solved).any(axis=1)
    if again.any():
        # A year without an untreated cell has no year effect: a quantity that needs it is not identified.
        solved[again] = np.linalg.pinv(matrices[again], hermitian=True) @ right[again]
        none = np.abs(matrices[again] @ solved[again] - right[again]).max(1, keepdims=True) > 1e-7 * size[again]
        solved[again] = np.where(none, np.nan, solved[again])
    return solved


def _ratio(top: np.ndarray, below: np.ndarray) -> np.ndarray:
    below = np.broadcast_to(below, top.shape[1:])
    positive = below > 1e-9 * max(float(np.max(below, initial=0.0)), 1e-300)
    return np.where(positive, top / np.where(positive, below, 1.0), np.nan)
