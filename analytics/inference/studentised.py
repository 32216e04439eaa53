"""Studentised permutation: placebo adopters judged by the estimate over its own clustered error, not by the estimate alone.

Dividing by the error makes adopters that vary more than the rest comparable with placebos that vary less (DiCiccio and
Romano 2017), so the placebos may come from the whole pool whatever the adopters' size. The error is CR1 of the placebo's own
regression; its factor is the same for all, so t is the estimate over the root of the sum of squared scores.

Where every authority has the same cells and weight the regression is the same under every assignment: an authority in a slot
adds fixed numbers, and the sum of squares is expanded in them. Otherwise each assignment has its own year effects.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analytics.inference.inversion import studentised_interval
from analytics.inference.permutation import TIE, Placebos
from analytics.inference.regression import Design, Regression, projections, pseudo_inverse

NOUGHT = 1e-20  # a squared t below this is rounding
CHUNK = 1024
MOST_AT_ONCE = 300_000  # scores at a time where each assignment has year effects of its own: what a cache holds


@dataclass(frozen=True)
class Scores:
    """Estimates and sums of squared scores under each assignment: K x D each, NaN where not identified."""

    estimates: np.ndarray
    squares: np.ndarray

    @property
    def squared_t(self) -> np.ndarray:
        """K x D: t^2 up to CR1's factor; infinite where the scores are nought but for rounding."""
        with np.errstate(divide="ignore", invalid="ignore"):
            some = self.squares > 1e-18 * self.estimates**2
            ratio = self.estimates**2 / np.where(some, self.squares, 1.0)
        return np.where(np.isfinite(self.squares), np.where(some, ratio, np.inf), np.nan)


def _alike(form: Regression) -> bool:
    """Whether every authority has the same cells and weight."""
    same = (form.cells == form.cells[0]).all() and (form.weights == form.weights[0]).all()
    return bool(same and (form.used == form.used[:, :1]).all())


def scores(form: Regression, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Scores:
    """Estimate and sum of squared scores of every outcome under each assignment.

    Parameters
    ----------
    assignments : D x n authorities, one a slot
    comparators : D x N, which authorities each assignment is compared with (adopters in it are not); None for all
    """
    assignments = np.asarray(assignments)
    if comparators is None and _alike(form):
        return _fixed(form, assignments)
    base, found = _base(form), []
    at_once = min(max(MOST_AT_ONCE // form.values[:, :, 0].size, 1), CHUNK)
    for first in range(0, len(assignments), at_once):
        part = slice(first, first + at_once)
        kept = np.ones((len(assignments[part]), len(form.weights))) if comparators is None else 1.0 * comparators[part]
        np.put_along_axis(kept, assignments[part], 0.0, axis=1)
        found.append(_own_years(form, assignments[part], kept, base))
    return Scores(*(np.concatenate(parts).T for parts in zip(*found, strict=True)))


@dataclass(frozen=True)
class _Rows:
    """What authority i adds in each role, as T-vectors to multiply y_i by; role 0 a comparator's, q + 1 that of kind q.

    score of i in role q = w a_q' y_i - w o_q,    o_q = E_q R + F_q A

    R (years) and A (regressors) are sums over authorities of M y and x' M y, so o_q too is a sum of such products.

    Attributes
    ----------
    pull : (J + 1) x T, w a_q
    everyone : (J + 1) x T, what a comparator adds to each o_q
    change : J x (J + 1) x T, what it adds more in a slot of each kind
    """

    pull: np.ndarray
    everyone: np.ndarray
    change: np.ndarray


def _rows(form: Regression, design: Design) -> _Rows:
    weight, kinds = form.weights[0], len(form.paths)
    used = np.concatenate([form.cells[:1], form.used[:, 0]])
    paths = np.concatenate([np.zeros((1, *form.paths.shape[1:])), form.paths]) * used[:, None]
    within = projections(used, absorbed=form.absorbed)
    marked = paths @ within
    slope = weight * np.tensordot(np.bincount(form.kind, minlength=kinds), marked[1:], 1) @ design.year_inverse  # L'
    toward = design.inverse_information @ design.combination
    pull = np.einsum("qst,qs->qt", within, np.einsum("p,qpt->qt", toward, paths) - toward @ slope)
    onto = np.einsum("qt,qpt->qp", pull, paths - slope) @ design.inverse_information  # F
    year = pull @ design.year_inverse - onto @ slope  # E
    change = np.einsum("rs,jst->jrt", year, within[1:] - within[0]) + np.einsum("rp,jpt->jrt", onto, marked[1:])
    return _Rows(weight * pull, weight * year @ within[0], weight * change)


def _table(form: Regression, rows: _Rows) -> tuple[np.ndarray, np.ndarray]:
    """J N x C K: what a slot's holder adds to the C sums of K outcomes; C x K: what the sums are without adopters.

    The sums: o_q of each role (J + 1), w a_q' y over each role's members (J + 1), and the squares of the latter (1).
    """
    kinds, authorities, outcomes = len(form.paths), len(form.weights), len(form.values)
    own = np.einsum("qt,knt->qnk", rows.pull, form.values)
    table = np.zeros((kinds, authorities, 2 * kinds + 3, outcomes))
    table[:, :, : kinds + 1] = np.einsum("jrt,knt->jnrk", rows.change, form.values, optimize=True)
    table[:, :, kinds + 1] = -own[0]
    for j in range(kinds):
        table[j, :, kinds + 2 + j] = own[1 + j]
    table[:, :, -1] = own[1:] ** 2 - own[0] ** 2
    start = np.zeros((2 * kinds + 3, outcomes))
    start[: kinds + 1] = rows.everyone @ form.values.sum(1).T
    start[kinds + 1], start[-1] = own[0].sum(0), (own[0] ** 2).sum(0)
    return table.reshape(kinds * authorities, -1), start


def _fixed(form: Regression, assignments: np.ndarray) -> Scores:
    """One regression serves every assignment: an assignment is a sum of n rows of a table."""
    outcomes, kinds, authorities = len(form.values), len(form.paths), len(form.weights)
    design = form.design(assignments[0])
    if not np.isfinite(design.pull).all():
        nothing = np.full((outcomes, len(assignments)), np.nan)
        return Scores(nothing, nothing)
    table, start = _table(form, _rows(form, design))
    number = np.bincount(form.kind, minlength=kinds)
    members = np.concatenate([[authorities - len(form.kind)], number])[:, None] * form.weights[0] ** 2
    estimates, squares = np.empty((2, len(assignments), outcomes))
    for first in range(0, len(assignments), CHUNK):
        chunk = assignments[first : first + CHUNK]
        which, ends = (chunk + form.kind * authorities).ravel(), np.arange(len(chunk) + 1) * chunk.shape[1]
        picks = sparse.csr_array((np.ones(len(which)), which, ends), shape=(len(chunk), len(table)))
        sums = (picks @ table).reshape(len(chunk), -1, outcomes)
        sums += start
        offset, total = sums[:, : kinds + 1], sums[:, kinds + 1 : -1]
        place = slice(first, first + len(chunk))
        estimates[place] = total.sum(1)
        offset_squares = np.einsum("dqk,dqk->dk", offset * members, offset)
        squares[place] = sums[:, -1] + offset_squares - 2 * form.weights[0] * np.einsum("dqk,dqk->dk", offset, total)
    return Scores(estimates.T, np.maximum(squares, 0.0).T)


@dataclass(frozen=True)
class _Base:
    """What a comparator adds: N x T x T weighted projection, N x T x K its product with the figures, and the figures."""

    form: Regression
    within: np.ndarray
    pulled: np.ndarray
    figures: np.ndarray

    def scores(self, pull: np.ndarray, effects: np.ndarray) -> np.ndarray:
        """D x K x N: w pull' M_i (effects - y_i) of D pulls (D x T) and year effects (D x K x T).

        Cells of a projection are products of ones, so a sum over T x T of them is two sums over T.
        """
        cells, count = self.form.cells.astype(float), np.maximum(self.form.cells.sum(1), 1)
        found = (effects * pull[:, None]) @ cells.T
        if self.form.absorbed:
            found -= (effects @ cells.T) * (pull @ cells.T / count)[:, None]
        found *= self.form.weights
        flat = self.pulled.transpose(1, 2, 0).reshape(len(cells.T), -1)
        return found - (pull @ flat).reshape(found.shape)


def _base(form: Regression) -> _Base:
    within = projections(form.cells, absorbed=form.absorbed) * form.weights[:, None, None]
    figures = np.ascontiguousarray(form.values.transpose(1, 2, 0))
    return _Base(form, within, within @ figures, figures)


@dataclass(frozen=True)
class _Sums:
    """Normal equations of D assignments: system D x T x T, right D x T x K, marked D x P x T, own D x P x K,
    information D x P x P, size D (the regressors' squares); and of each slot its projection (weighted), path and outcome."""

    system: np.ndarray
    right: np.ndarray
    marked: np.ndarray
    own: np.ndarray
    information: np.ndarray
    size: np.ndarray
    slots: list[tuple[np.ndarray, np.ndarray, np.ndarray]]


def _sums(form: Regression, assignments: np.ndarray, kept: np.ndarray, base: _Base) -> _Sums:
    system, right = (np.tensordot(kept, part, 1) for part in (base.within, base.pulled))
    marked, own, information, size, slots = 0.0, 0.0, 0.0, 0.0, []
    for k, q in enumerate(form.kind):
        rows = assignments[:, k]
        used = form.used[q, rows]
        within = projections(used, absorbed=form.absorbed) * form.weights[rows, None, None]
        path, outcome = form.paths[q] * used[:, None], base.figures[rows]
        pulled = path @ within
        system, right, marked = system + within, right + within @ outcome, marked + pulled
        own, information = own + pulled @ outcome, information + pulled @ path.swapaxes(1, 2)
        size = size + form.weights[rows] * (path**2).sum(2).max(1)
        slots.append((within, path, outcome))
    return _Sums(system, right, marked, own, information, size, slots)


def _own_years(
    form: Regression, assignments: np.ndarray, kept: np.ndarray, base: _Base
) -> tuple[np.ndarray, np.ndarray]:
    """D x K estimates and sums of squared scores, each assignment with year effects of its own.

    Parameters
    ----------
    kept : D x N, 1 for the comparators of each assignment
    """
    sums = _sums(form, assignments, kept, base)
    inverse = pseudo_inverse(sums.system)
    slope, effects = inverse @ sums.marked.swapaxes(1, 2), inverse @ sums.right
    information = sums.information - sums.marked @ slope
    chosen = form.combination(assignments)[:, :, None]
    invert = pseudo_inverse(information, sums.size)
    toward = invert @ chosen
    told = (np.abs(information @ toward - chosen).max((1, 2)) <= 1e-6) & chosen.any((1, 2))
    coefficients = invert @ (sums.own - sums.marked @ effects)
    effects = effects - slope @ coefficients
    pull = slope @ toward  # D x T x 1: a comparator's a is minus its projection of this
    theirs = base.scores(pull[:, :, 0], np.ascontiguousarray(effects.swapaxes(1, 2)))
    squares = (theirs**2 @ kept[:, :, None])[:, :, 0]
    for within, path, outcome in sums.slots:
        ahead = path.swapaxes(1, 2) @ toward - pull
        mine = ahead.swapaxes(1, 2) @ within @ (outcome - effects - path.swapaxes(1, 2) @ coefficients)
        squares += mine[:, 0] ** 2
    hidden = np.where(told, 0.0, np.nan)[:, None]
    return (chosen * coefficients).sum(1) + hidden, squares + hidden


@dataclass(frozen=True)
class StudentisedPermutation:
    """Placebo distribution of t for K outcomes.

    Attributes
    ----------
    real : K estimates b; error : K, the root of the sum of squared scores (CR1 without its factor)
    squared_t : K x D of the placebos
    enumerated : whether the placebos are all there are, the real assignment among them
    struck : placebos that could not be estimated
    """

    real: np.ndarray
    error: np.ndarray
    squared_t: np.ndarray
    enumerated: bool
    struck: int

    @property
    def p_values(self) -> np.ndarray:
        """K: share of placebos whose |t| is at least the adopters' (the real one counted once); NaN without an estimate."""
        squares = Scores(self.real[:, None], self.error[:, None] ** 2)
        far = (self.squared_t >= squares.squared_t * TIE**2 - NOUGHT).sum(1)
        itself = 0 if self.enumerated else 1
        return np.where(np.isfinite(self.real), (itself + far) / (itself + self.squared_t.shape[1]), np.nan)


def studentised(
    form: Regression,
    chance: Placebos,
    *,
    comparators: np.ndarray | None = None,
    real_comparators: np.ndarray | None = None,
) -> StudentisedPermutation:
    """t of the real adopters beside every placebo's, for every outcome.

    Parameters
    ----------
    chance : placebos drawn from the whole pool, whatever their size
    comparators : D x N of the placebos, see `scores`; real_comparators : N, of the real adopters
    """
    design = form.design(comparators=real_comparators)
    return _beside(design, _error(design), scores(form, chance.assignments, comparators), chance)


def _error(design: Design) -> np.ndarray:
    """K: root of the sum of squared scores."""
    return np.sqrt((design.scores(design.pull) ** 2).sum(1))


def _beside(design: Design, error: np.ndarray, found: Scores, chance: Placebos) -> StudentisedPermutation:
    """The real regression beside the placebos that could be estimated."""
    usable = np.isfinite(found.squares).all(0)
    return StudentisedPermutation(
        design.estimate, error, found.squared_t[:, usable], chance.enumerated, int((~usable).sum())
    )


def studentised_test(
    form: Regression,
    chance: Placebos,
    *,
    level: float,
    comparators: np.ndarray | None = None,
    real_comparators: np.ndarray | None = None,
) -> tuple[StudentisedPermutation, list[tuple[float, float] | None]]:
    """What `studentised` gives, and the effects of each outcome that it does not reject at 1 - level; None without an end.

    Under a constant effect x a placebo's estimate is b_pi - x c_pi, c_pi its estimate of the real exposure, and its squared
    error a quadratic in x, whose middle term comes from the sum of outcome and exposure.
    """
    design = form.design(comparators=real_comparators)
    error = _error(design)
    usual = np.where(error > 0, error, 1.0)
    scaled = form.values / usual[:, None, None]
    stacked = np.concatenate([scaled, scaled + form.exposure, form.exposure[None]])
    found = scores(dataclasses.replace(form, values=stacked), chance.assignments, comparators)
    count = len(scaled)
    real = _beside(design, error, Scores(found.estimates[:count], found.squares[:count]), chance)
    # The real assignment among the placebos is as far as itself at every effect: counted, not solved.
    others = np.isfinite(found.squares).all(0) & ~chance.real
    b, both = found.estimates[:count, others], found.squares[count : 2 * count, others]
    c, plain, response = found.estimates[-1, others], found.squares[:count, others], found.squares[-1, others]
    cross = (both - plain - response) / 2
    itself, centre = int(chance.real.sum()) + (not chance.enumerated), design.estimate / usual
    intervals = []
    for k, middle in enumerate(centre):  # x = middle + y, in units of the error
        top = np.stack([b[k] - middle * c, -c], 1)
        flat = plain[k] - 2 * middle * cross[k] + middle**2 * response
        below = np.stack([flat, 2 * (middle * response - cross[k]), response], 1)
        if not np.isfinite(middle):
            intervals.append(None)
            continue
        intervals.append(
            studentised_interval(float(design.estimate[k]), float(usual[k]), top, below, itself=itself, level=level)
        )
    return real, intervals
