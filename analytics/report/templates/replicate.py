"""Works out again, from panel.csv, every figure of effects.csv and event_study.csv, and compares.

    python replicate.py             needs Python 3.10 or later, numpy and pandas, and nothing else
    python replicate.py --all       synthetic difference in differences: every placebo solved anew, not the first 99

Ends with exit code 0 where every figure agrees, 1 where one differs. It is written to be read beside README.md and shares no
line with the program that made the stored figures. A placebo is an assignment of authorities to the adopters' slots (s, g):
s is the first year touched by adoption, g the first year exposed.
"""

import argparse
import functools
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent
AGREE = 1e-8  # largest difference, relative for figures above 1
AGREE_SOLVED = 1e-4  # the same for figures that rest on weights solved anew
TIE = 1e-9  # relative difference below which two estimates are as far from nought as each other
OPEN = 1e-9  # eigenvalue, beside the largest, below which the figures leave a direction open
POWER = 2.8  # standard deviations that are seen four times in five by a 5% test
SOLVED_ANEW = 99  # placebos of synthetic difference in differences, without --all
NUMBERS = {
    "year", "value", "children", "weight", "s", "g", "assignment", "estimate", "response", "interval_low", "interval_high",
    "p_value", "p_smallest", "p_adjusted", "n_treated", "n_comparators", "n_years", "pre_mean", "mde", "placebo_sd",
    "event_time", "band_low", "band_high",
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- what is read


@functools.cache
def table(name):
    """One file of the folder, figures to the last digit."""
    frame = pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False)
    numbers = {c: [float(x) if x else np.nan for x in frame[c]] for c in frame.columns if c in NUMBERS}
    return frame.assign(**numbers)


def settings():
    """What was asked for, as text by key."""
    frame = pd.read_csv(FOLDER / "settings.csv", dtype=str, keep_default_na=False)  # here a value may be text
    return dict(zip(frame["key"], frame["value"], strict=True))


@dataclass(eq=False)
class Case:
    """One outcome: N authorities in T years, of which n hold the slots.

    y : 2 x N x T, the outcome and, second, the real exposure (1 where an adopter is exposed, else 0)
    seen : N x T, True where a figure is used; weight : N; region : N
    slots : n pairs (s, g); adopters : n rows; lag : first and last year after g that make up the effect
    partners : by (s, g), N x N, True where the second is compared with the first; None = everyone without a slot is compared
    """

    codes: list
    years: np.ndarray
    y: np.ndarray
    seen: np.ndarray
    weight: np.ndarray
    region: np.ndarray
    slots: list
    adopters: np.ndarray
    lag: tuple
    partners: dict

    def before(self, slot):
        """T: years before the start of a slot."""
        return self.years < self.slots[slot][0]

    def exposed(self, slot):
        """T: years exposed."""
        return self.years >= self.slots[slot][1]

    def effect(self, slot):
        """T: exposed years that make up the effect."""
        g = self.slots[slot][1]
        return (self.years >= g + self.lag[0]) & (self.years <= g + self.lag[1])

    def compared(self, holders):
        """N: who is compared when these rows hold the slots."""
        if self.partners is None:
            found = np.ones(len(self.codes), dtype=bool)
        else:
            pairs = zip(self.slots, holders, strict=True)
            found = np.any([self.partners[slot][row] for slot, row in pairs], axis=0)
        found[list(holders)] = False
        return found


def case_of(outcome, chosen, only=None):
    """The sample of one outcome, or of those of its authorities that are named."""
    panel = table("panel.csv")
    cells = panel[(panel.outcome == outcome) & (panel.group != "Left out")].sort_values(["area_code", "year"])
    cells = cells if only is None else cells[cells.area_code.isin(only)]
    codes, years = sorted(cells.area_code.unique()), np.sort(cells.year.unique()).astype(int)
    shape = (len(codes), len(years))
    seen = (cells.role != "not used").to_numpy().reshape(shape)
    first = cells.drop_duplicates("area_code")
    held = np.flatnonzero((first.group == "Adopters").to_numpy())
    slots = [(int(s), int(g)) for s, g in first[["s", "g"]].iloc[held].to_numpy()]
    regions = table("authorities.csv").set_index("area_code").region
    by_region = chosen["estimator.year_effects"] == "region"
    value = np.where(seen, cells.value.to_numpy(dtype=float).reshape(shape), 0.0)
    last = chosen.get("treatment.lag_last") or 10_000
    case = Case(
        codes, years, np.stack([value, np.zeros(shape)]), seen, first.weight.to_numpy(dtype=float),
        regions.reindex(codes).to_numpy() if by_region else np.zeros(len(codes)),
        slots, held, (int(chosen["treatment.lag_first"]), int(last)), partners_of(outcome, codes, slots),
    )  # fmt: skip
    for slot, row in enumerate(held):
        case.y[1, row] = case.effect(slot)
    return case


def partners_of(outcome, codes, slots):
    """Who is compared with whom, by slot; None where everyone without a slot is."""
    name = table("outcomes.csv").set_index("outcome").partners.get(outcome)
    if not name:
        return None
    place, found = {code: i for i, code in enumerate(codes)}, {}
    pairs = table("partners.csv")
    pairs = pairs[(pairs.set == name) & pairs.area_code.isin(codes) & pairs.partner.isin(codes)]
    for s, g in set(slots):
        mine = pairs[(pairs.s == s) & (pairs.g == g)]
        found[s, g] = np.zeros((len(codes), len(codes)), dtype=bool)
        found[s, g][mine.area_code.map(place), mine.partner.map(place)] = True
    return found


@dataclass
class Placebos:
    """Assignments: D x n rows; real : D, True where they are the real adopters; every : all there are, or random draws."""

    rows: np.ndarray
    real: np.ndarray
    every: bool


def placebos_of(name, case):
    """One set of placebos (its assignment 0, the real adopters, left out)."""
    rows = table("placebos.csv")
    rows = rows[(rows.set == name) & (rows.assignment > 0)]
    place = {code: i for i, code in enumerate(case.codes)}
    slots = [f"slot_{k + 1}" for k in range(len(case.slots))]
    found = np.column_stack([rows[slot].map(place).to_numpy() for slot in slots])
    return Placebos(found.astype(int), (rows.real == "True").to_numpy(), bool((rows.how == "every").all()))


# ------------------------------------------------------------------------------------------------------- least squares


def year_equations(y, seen, weight):
    """What the cells say of year effects: right side, K x T, pseudo-inverse of the left, T x T, and directions left open.

    The authority effects are taken out first (Frisch and Waugh): each authority's cells are measured from their own mean, and
    T equations for the year effects are left. y : K x N x T, seen : N x T, weight : N.
    """
    count = np.maximum(seen.sum(1), 1)
    used = seen * weight[:, None]
    left = np.diag(used.sum(0)) - used.T @ (seen / count[:, None])
    mean = (y * seen).sum(2) / count
    right = ((y - mean[:, :, None]) * used).sum(1)
    size, direction = np.linalg.eigh(left)
    closed = size > OPEN * max(size.max(), 1e-300)
    inverse = (direction[:, closed] / size[closed]) @ direction[:, closed].T
    return right, inverse, direction[:, ~closed]


def year_effects(y, seen, weight):
    """K x T year effects of the weighted fit of y on authority and year effects, and the directions left open."""
    right, inverse, open_ = year_equations(y, seen, weight)
    return right @ inverse, open_


def two_way_gaps(case, holders, base_years, meant, each_once=False):
    """2 x F means of the holders' gaps from the fit of authority and year effects to the untreated cells.

    base_years : n x T, the holder's years that enter the fit; meant : n x F x T, the cells of each of the F means. A mean that
    the untreated cells leave open is NaN. With each_once every authority's mean gap counts once, not every cell.
    """
    compared = case.compared(holders)
    top, below, left_open = 0.0, 0.0, np.zeros(meant.shape[1], dtype=bool)
    for region in np.unique(case.region[holders]):
        held = np.flatnonzero(case.region[holders] == region)
        mine = case.seen[holders[held]] & base_years[held]
        others = np.flatnonzero(compared & (case.region == region))
        rows = np.concatenate([holders[held], others])
        level, open_ = year_effects(case.y[:, rows], np.vstack([mine, case.seen[others]]), case.weight[rows])
        count = np.maximum(mine.sum(1), 1)
        y = case.y[:, holders[held]] - level[:, None, :]
        gap = y - ((y * mine).sum(2) / count)[:, :, None]
        taken = meant[held] & (case.seen[holders[held]] & mine.any(1)[:, None])[:, None, :]
        cells = taken.sum(2)
        weight = case.weight[holders[held]][:, None] / (np.maximum(cells, 1) if each_once else 1)
        top = top + np.einsum("kit,ift,if->kf", gap, taken.astype(float), weight)
        below = below + (weight * cells).sum(0)
        pull = np.einsum("ift,if->ft", taken.astype(float), weight)  # how much each mean rests on each year effect
        pull = pull - np.einsum("it,if->ft", mine / count[:, None], weight * cells)
        left_open |= (np.abs(pull @ open_) > 1e-7 * np.abs(pull).max(1, keepdims=True, initial=1e-300)).any(1)
    nothing = left_open | (below <= 0)
    return np.where(nothing, np.nan, top / np.where(below > 0, below, 1))


def coefficients(case, holders, used, label):
    """Regression on authority and year effects and a dummy for each label: 2 x F, NaN where it is left open, and the labels.

    The holders' cells are the rows of a design matrix; authority effects are taken out of it, then year effects.
    used : n x T cells of the holders that are in the regression; label : n x T whole numbers, -1 for no dummy.
    """
    others, (n, years) = np.flatnonzero(case.compared(holders)), label.shape
    mine, rows = case.seen[holders] & used, np.concatenate([holders, others])
    right_y, inverse, _ = year_equations(case.y[:, rows], np.vstack([mine, case.seen[others]]), case.weight[rows])
    names = np.unique(label[label >= 0])
    cells = mine.reshape(-1, 1)
    weight = np.repeat(case.weight[holders], years)[:, None] * cells
    dummy = (label.reshape(-1, 1) == names) & cells
    mean = dummy.reshape(n, years, -1).sum(1) / np.maximum(mine.sum(1), 1)[:, None]
    design = dummy - np.repeat(mean, years, axis=0) * cells
    by_year = (design * weight).reshape(n, years, -1).sum(0)
    left = design.T @ (design * weight) - by_year.T @ inverse @ by_year
    right = (design * weight).T @ case.y[:, holders].reshape(len(case.y), -1).T - by_year.T @ inverse @ right_y.T
    return solved_where_closed(left, right, (design**2 * weight).sum(0)).T, names


def solved_where_closed(left, right, size):
    """Solution of left b = right, NaN for the unknowns that it leaves open; size is what nothing is nothing beside."""
    scale = np.sqrt(np.where(np.diag(left) > OPEN * size, np.diag(left), np.inf))
    none = ~np.isfinite(scale)
    unit = left / scale[:, None] / scale
    unit[none, none] = 1.0
    value, vector = np.linalg.eigh((unit + unit.T) / 2)
    closed = value > OPEN
    found = (vector[:, closed] / value[closed]) @ (vector[:, closed].T @ (right / scale[:, None])) / scale[:, None]
    open_ = none | ((vector[:, ~closed] ** 2).sum(1) > OPEN)
    return np.where(open_[:, None], np.nan, found)


# --------------------------------------------------------------------------------------------------------- estimators
# Each answers for any holders of the slots (n rows): 2 figures, for the outcome and for the real exposure as an outcome.


def imputation(case, holders, chosen):
    """Mean gap over exposed cells; the base all years before, all but the last of them, or one year alone."""
    base, slots = chosen["estimator.base"], range(len(case.slots))
    if base not in ("all_pre", "donut"):
        return change_beside_comparators(case, holders, since_one_year(case, int(base)))
    used = np.array([case.before(k) & ((case.years != case.slots[k][0] - 1) | (base == "all_pre")) for k in slots])
    meant = np.array([case.effect(k) for k in slots])[:, None]
    return two_way_gaps(case, holders, used, meant, chosen["estimator.average"] == "authorities")[:, 0]


def change_beside_comparators(case, holders, changes):
    """Weighted mean over holders of their own change less the comparators' mean change.

    changes : slot, 2 x N change of every authority, N True where it has the figures for it.
    """
    compared, top, below = case.compared(holders), np.zeros(2), 0.0
    for slot, change, held in changes:
        row = holders[slot]
        weight = case.weight * (compared & held & (case.region == case.region[row]))
        if held[row] and weight.any():
            top = top + case.weight[row] * (change[:, row] - change @ weight / weight.sum())
            below += case.weight[row]
    return top / below if below > 0 else np.full(2, np.nan)


@functools.cache
def since_one_year(case, years_before):
    """Each exposed year less the year s - k, of those observed in both."""
    changes = []
    for slot, (s, _) in enumerate(case.slots):
        for b in np.flatnonzero(case.years == s - years_before):
            for t in np.flatnonzero(case.effect(slot)):
                changes.append((slot, case.y[:, :, t] - case.y[:, :, b], case.seen[:, t] & case.seen[:, b]))
    return changes


@functools.cache
def mean_after_less_before(case):
    """Mean over exposed years less mean over years before, of those with a figure in each."""
    changes = []
    for slot in range(len(case.slots)):
        after, before = (case.seen & years for years in (case.effect(slot), case.before(slot)))
        means = [(case.y * cells).sum(2) / np.maximum(cells.sum(1), 1) for cells in (after, before)]
        changes.append((slot, means[0] - means[1], after.any(1) & before.any(1)))
    return changes


def two_by_two(case, holders, chosen):
    """Mean after less mean before, less the same for the comparators."""
    return change_beside_comparators(case, holders, mean_after_less_before(case))


def two_way(case, holders, chosen):
    """Coefficient of exposure beside authority and year effects."""
    compared, top, below, most = case.compared(holders), np.zeros(2), 0.0, 0.0
    for region in np.unique(case.region[holders]):
        inside = case.region == region
        rows = np.concatenate([holders[inside[holders]], np.flatnonzero(compared & inside)])
        exposed, seen = np.zeros((len(rows), len(case.years))), case.seen[rows].copy()
        for place, slot in enumerate(np.flatnonzero(inside[holders])):
            exposed[place] = case.effect(slot)
            seen[place] &= case.effect(slot) | case.before(slot)
        effects, _ = year_effects(exposed[None], seen, case.weight[rows])
        left = (exposed - effects[0]) * seen
        left = (left - (left.sum(1) / np.maximum(seen.sum(1), 1))[:, None]) * seen * case.weight[rows][:, None]
        top, below = top + (left * case.y[:, rows]).sum((1, 2)), below + (left * exposed).sum()
        most += (exposed * seen * case.weight[rows][:, None]).sum()
    return top / below if below > OPEN * most else np.full(2, np.nan)


@functools.cache
def cohort_changes(case):
    """For each cohort and exposed year: slots, 2 x N change since s - 1, N weight of those observed in both, slots not begun."""
    changes = []
    for pair in sorted(set(case.slots)):
        slots = [k for k, other in enumerate(case.slots) if other == pair]
        for b in np.flatnonzero(case.years == pair[0] - 1):
            for t in np.flatnonzero(case.effect(slots[0])):
                later = [k for k, (s, _) in enumerate(case.slots) if s > case.years[t]]
                both = case.seen[:, t] & case.seen[:, b]
                changes.append((slots, (case.y[:, :, t] - case.y[:, :, b]) * both, both * case.weight, later))
    return changes


def callaway_santanna(case, holders, chosen):
    """Mean over cohorts and exposed years, by number treated, of the change since s - 1 beside the comparators'."""
    compared, top, below = case.compared(holders), np.zeros(2), 0.0
    for slots, change, weight, later in cohort_changes(case):
        members, others = holders[slots], compared.copy()
        if chosen["estimator.comparison"] == "not_yet":
            others[holders[later]] = True
        mine, theirs = weight[members], weight * others
        if mine.any() and theirs.any():
            number = case.weight[members].sum()
            apart = change[:, members] @ mine / mine.sum() - change @ theirs / theirs.sum()
            top, below = top + number * apart, below + number
    return top / below if below > 0 else np.full(2, np.nan)


def mean_coefficient(case, holders, by_cohort):
    """Mean of regression coefficients over the cells of the effect: a dummy an event time, or one a cohort and event time."""
    slots = range(len(case.slots))
    used = np.array([case.before(k) | case.exposed(k) for k in slots])
    event = np.array([case.years - case.slots[k][1] for k in slots]) + 1000
    kind = np.array([sorted(set(case.slots)).index(pair) for pair in case.slots])[:, None]
    label = event + 10_000 * kind if by_cohort else event
    reference = np.array([case.years == case.slots[k][0] - 1 for k in slots])
    label = np.where(used & ~reference & case.seen[holders], label, -1)
    found, names = coefficients(case, holders, used, label)
    meant = case.seen[holders] & np.array([case.effect(k) for k in slots])
    cells = np.array([((label == name) & meant).sum(1) @ case.weight[holders] for name in names])
    told = np.isfinite(found).all(0) & (cells > 0)
    return found[:, told] @ cells[told] / cells[told].sum() if told.any() else np.full(2, np.nan)


def event_study(case, holders, chosen):
    """Regression on event-time dummies, s - 1 the reference; the mean from first exposure on."""
    return mean_coefficient(case, holders, by_cohort=False)


def sun_abraham(case, holders, chosen):
    """Regression with a dummy for each cohort in each of its years but s - 1; the mean over exposed cells."""
    return mean_coefficient(case, holders, by_cohort=True)


LEAST_SQUARES = {f.__name__: f for f in (imputation, two_by_two, two_way, callaway_santanna, event_study, sun_abraham)}


# ------------------------------------------------------------------------------------------------ synthetic comparators


def simplex(columns, target, ridge):
    """Weights, none negative, that sum to one and minimise mean((columns w - target)^2) + ridge x sum(w^2).

    With weights that sum to one the gap is (columns - target) w. Non-negative least squares of those columns on nothing, with
    one equation "they sum to one", has an answer in the same direction (Lawson and Hanson's active set, written out).
    """
    rows, size = columns.shape
    gap = columns - target[:, None]
    gram = gap.T @ gap / rows + ridge * np.eye(size)
    level = max(np.trace(gram) / size, 1e-300)
    gram, right = gram / level + 1.0, np.ones(size)
    found, held = np.zeros(size), np.zeros(size, dtype=bool)
    for _ in range(20 * size):
        slope = right - gram @ found
        slope[held] = -np.inf
        if held.all() or slope.max() <= 1e-13:
            break
        held[slope.argmax()] = True
        while True:
            best = np.zeros(size)
            best[held] = np.linalg.solve(gram[np.ix_(held, held)], right[held])
            below = held & (best <= 0)
            if not below.any():
                break
            share = np.min(found[below] / (found[below] - best[below]))
            found = found + share * (best - found)
            held &= found > 1e-15
            found[~held] = 0.0
        found = best
    return found / found.sum()


@functools.cache
def years_of_slots(case):
    """Slots with the same years: (slots, years before, years after); a year needs a figure for the adopter and half of others."""
    others = np.ones(len(case.codes), dtype=bool)
    others[case.adopters] = False
    told, found = case.seen[others].mean(0) >= 0.5, {}
    for slot, row in enumerate(case.adopters):
        before, after = (case.seen[row] & told & years for years in (case.before(slot), case.effect(slot)))
        found.setdefault((case.slots[slot], before.tobytes(), after.tobytes()), ([], before, after))[0].append(slot)
    return list(found.values()), others


def whole(case, before, after):
    """N: True for authorities with a figure in every year used."""
    return (
        case.seen[:, before | after].all(1) if before.any() and after.any() else np.zeros(len(case.codes), dtype=bool)
    )


def synthetic_control(case, holders, given=None):
    """Mean gap of the holders from their synthetic selves; weights solved anew unless given by slot (n x N)."""
    top, below = 0.0, 0.0
    for place, (slots, _, after) in enumerate(years_of_slots(case)[0]):
        for slot in slots:
            row = int(holders[slot])
            weight = solved_weight(case, place, row) if given is None else given[slot]
            after_seen = after & case.seen[row]
            if weight is not None and after_seen.any():
                gap = (case.y[0, row] - weight @ case.y[0])[after_seen].mean()
                top, below = top + case.weight[row] * gap, below + case.weight[row]
    return top / below if below > 0 else np.nan


@functools.cache
def solved_weight(case, place, row):
    """N weights of one authority's synthetic self in one group of slots; None where it has none."""
    groups, never = years_of_slots(case)
    slots, before, after = groups[place]
    donors = never & whole(case, before, after)
    donors[row] = False
    if case.partners is not None:
        donors &= case.partners[case.slots[slots[0]]][row]
    if not (before.any() and case.seen[row, before].all() and donors.any()):
        return None
    paths, weight = case.y[0, donors][:, before], np.zeros(len(case.codes))
    weight[donors] = simplex(paths.T, case.y[0, row, before], 1e-6 * paths.var())
    return weight


def synthetic_did(case, holders, given=None):
    """Synthetic difference in differences; weights solved anew unless given by cohort (N of authorities, T of years)."""
    groups, never = years_of_slots(case)
    top, below, y = 0.0, 0.0, case.y[0]
    compared = case.compared(holders)
    for place, (slots, before, after) in enumerate(groups):
        full = whole(case, before, after)
        donors, mine = never & full & compared, holders[slots][full[holders[slots]]]
        if not (donors.any() and len(mine)):
            continue
        share = case.weight[mine] / case.weight[mine].sum()
        if given is None:
            w, u = did_weights(y, share @ y[mine], donors, before, after, len(mine))
        else:
            w, u = given[place][0], given[place][1][before]
        change = share @ (y[mine][:, after].mean(1) - y[mine][:, before] @ u)
        change -= w @ (y[:, after].mean(1) - y[:, before] @ u)
        cells = case.weight[mine].sum() * after.sum()
        top, below = top + cells * change, below + cells
    return top / below if below > 0 else np.nan


def did_weights(y, path, donors, before, after, adopters):
    """Weights of authorities (N) and of the years before."""
    paths = y[donors][:, before]
    changes = np.diff(paths, axis=1)
    noise = changes.std(ddof=1) if changes.size > 1 else 0.0
    ridge = np.sqrt(adopters * after.sum()) * noise**2
    w = np.zeros(len(y))
    w[donors] = simplex((paths - paths.mean(1, keepdims=True)).T, path[before] - path[before].mean(), ridge)
    # Each authority's own level drops out of year weights that sum to one; the comparators' mean of each year is the intercept.
    level = np.column_stack([paths, y[donors][:, after].mean(1)]) - paths.mean(1, keepdims=True)
    level = level - level.mean(0)
    small = (1e-6 * noise) ** 2
    small += 1e-9 * ((level[:, :-1] ** 2).mean(0).sum() / paths.shape[1] + small)
    return w, simplex(level[:, :-1], level[:, -1], small)


SYNTHETIC = {"synthetic_control": synthetic_control, "synthetic_did": synthetic_did}


def stored_weights(case, outcome):
    """Weights of the real adopters from weights.csv: for each cohort or adopter, N of authorities and T of years."""
    rows, groups = table("weights.csv"), years_of_slots(case)[0]
    rows, found = rows[rows.outcome == outcome], {}
    for adopters, part in rows.groupby("adopters"):
        by = {kind: dict(zip(each.member, each.weight, strict=True)) for kind, each in part.groupby("kind")}
        authorities = np.array([by["authority"].get(code, 0.0) for code in case.codes])
        found[adopters] = (authorities, np.array([by.get("year", {}).get(str(year), 0.0) for year in case.years]))
    if "year" in set(rows.kind):
        cohorts = [" ".join(case.codes[case.adopters[k]] for k in slots) for slots, _, _ in groups]
        return [found.get(name) for name in cohorts]
    return [found[case.codes[row]][0] if case.codes[row] in found else None for row in case.adopters]


# ------------------------------------------------------------------------------------------------------------- chance


def p_value(b, placebo, every):
    """Share of placebos as far from nought as the estimate, the real one counted once."""
    far = (np.abs(placebo) >= abs(b) * (1 - TIE)).sum()
    return far / len(placebo) if every else (1 + far) / (1 + len(placebo))


def interval(b, placebo, response, every, level):
    """Smallest interval holding each constant effect x with p(x) > 1 - level; NaN where it has no end.

    Were the effect x, a placebo that takes in exposed cells would show x c less: p(x) counts |b_pi - x c_pi| >= |b - x|.
    p changes at the x where a placebo is exactly as far; from the outermost inwards, the first with p > 1 - level is an end.
    """
    one = 0 if every else 1
    enough = (1 - level) * (len(placebo) + one) * (1 + 1e-12)

    def as_far(x):
        near = 1e-11 * max(np.abs(placebo).max(), abs(b), abs(x))
        return one + (np.abs(placebo - x * response) >= abs(b - x) - near).sum()

    def at_infinity(sign):
        with_it, against = np.abs(response - 1) < TIE, np.abs(response + 1) < TIE
        far = (np.abs(response) > 1 + TIE).sum() + (with_it & (sign * (placebo - b) <= TIE * abs(b))).sum()
        return one + far + (against & (sign * (placebo + b) >= -TIE * abs(b))).sum()

    if max(at_infinity(1), at_infinity(-1)) > enough:
        return np.nan, np.nan
    inner, outer = np.abs(response - 1) >= TIE, np.abs(response + 1) >= TIE
    ends = np.concatenate(
        [((placebo - b)[inner] / (response - 1)[inner]), (placebo + b)[outer] / (response + 1)[outer], [b]]
    )
    ends = np.sort(ends)
    return next(x for x in ends if as_far(x) > enough), next(x for x in ends[::-1] if as_far(x) > enough)


def spread(placebo, chance, usable):
    """Standard deviation over placebos, the real adopters left out."""
    others = placebo[~chance.real[usable]] if chance.every else placebo
    return others.std(ddof=1)


def estimates(case, chance, name, chosen):
    """Estimate; those of the placebos that can be estimated, theirs with the exposure as the outcome, and which they are."""
    real = LEAST_SQUARES[name](case, case.adopters, chosen)[0]
    both = np.array([LEAST_SQUARES[name](case, rows, chosen) for rows in chance.rows])
    usable = np.isfinite(both).all(1)
    return real, both[usable, 0], both[usable, 1], usable


def stored_estimates(outcome, set_):
    """The same, of a synthetic estimator, as stored: each placebo has weights of its own."""
    rows = table("placebo_estimates.csv")
    rows = rows[(rows.outcome == outcome) & (rows.set == set_)].sort_values("assignment")
    real, both = rows.estimate.iloc[0], rows[["estimate", "response"]].to_numpy(dtype=float)[1:]
    usable = np.isfinite(both).all(1)
    return real, both[usable, 0], both[usable, 1], usable


def gaps(case, chance, level):
    """Event times, mean gap at each, half-width of the band over all of them at once, and how many adopters each rests on."""
    slots = range(len(case.slots))
    base = np.array([case.before(k) for k in slots])
    event = np.array([case.years - g for _, g in case.slots])
    meant = np.array([case.before(k) | case.exposed(k) for k in slots])
    times = np.unique(event[meant])
    cells = meant[:, None] & (event[:, None] == times[:, None])
    real = two_way_gaps(case, case.adopters, base, cells)[0]
    count = (cells & case.seen[case.adopters][:, None]).any(2).sum(0)
    placebo = np.array([two_way_gaps(case, rows, base, cells)[0] for rows in chance.rows]).T
    held = np.isfinite(real) & (count > 0)
    return times[held], real[held], band(real[held], placebo[held], chance, level), count[held]


def band(real, placebo, chance, level):
    """E half-widths: c standard deviations, c the level's quantile of the largest |gap| / standard deviation of a placebo."""
    others = placebo[:, ~chance.real] if chance.every else placebo
    sd = np.array([varying(row[np.isfinite(row)]) for row in others])
    scaled = np.abs(placebo) / sd[:, None]
    largest = np.where(np.isfinite(scaled), scaled, -np.inf).max(0, initial=-np.inf)
    largest = largest[np.isfinite(largest)]
    if not len(largest):
        return np.full(len(real), np.nan)
    if not chance.every:
        largest = np.append(largest, np.nanmax(np.abs(real) / sd))
    place = int(np.ceil(level * len(largest) - 1e-9)) - 1
    return np.sort(largest)[min(place, len(largest) - 1)] * sd


def varying(figures):
    """Standard deviation; NaN where there are not two figures that differ."""
    varies = len(figures) > 1 and np.ptp(figures) > 1e-12 * max(1, np.abs(figures).max())
    return figures.std(ddof=1) if varies else np.nan


def stacked(case, name):
    """The regression behind an error clustered by authority: y, design, authority and weight of each row, and c."""
    compared, slots, rows = case.compared(case.adopters), range(len(case.slots)), []
    holds, kinds = dict(zip(case.adopters, slots, strict=True)), sorted(set(case.slots))
    if (
        name == "two_by_two"
    ):  # one row an authority and kind of slot: its change; a column effect and a mark for adopters
        changes = mean_after_less_before(case)
        for place, pair in enumerate(kinds):
            _, change, held = changes[case.slots.index(pair)]
            members = [row for row, k in holds.items() if case.slots[k] == pair]
            for i in np.flatnonzero(held & (compared | np.isin(np.arange(len(held)), members))):
                rows.append((i, place, place if i in members else -1, i in members, change[0, i]))
    else:
        for i in np.flatnonzero(compared | np.isin(np.arange(len(compared)), case.adopters)):
            label, effect = labels_of(case, holds[i], name) if i in holds else (np.full(len(case.years), -1), None)
            used = case.seen[i] & (case.before(holds[i]) | effect) if i in holds else case.seen[i]
            for t in np.flatnonzero(used):
                rows.append((i, t, label[t], i in holds and effect[t], case.y[0, i, t]))
    who, when, label, counts, y = (np.array(column) for column in zip(*rows, strict=True))
    names = np.unique(label[label >= 0])
    columns = [when[:, None] == np.unique(when), label[:, None] == names]
    columns = columns if name == "two_by_two" else [who[:, None] == np.unique(who), *columns]
    share = ((label[:, None] == names) & counts[:, None]).T @ case.weight[who]
    design = np.concatenate(columns, axis=1).astype(float)
    return y, design, who, case.weight[who], np.append(np.zeros(design.shape[1] - len(names)), share / share.sum())


def labels_of(case, slot, name):
    """T: which dummy each year of a slot has, -1 for none; and T, the years that make up the effect."""
    effect, before, event = case.effect(slot), case.before(slot), case.years - case.slots[slot][1] + 1000
    if name == "two_way":
        return np.where(effect, 0, -1), effect
    last = case.years == case.years[before].max(initial=-1)
    return np.where((before & ~last) | effect, event, -1), effect


def clustered(case, name, kind, level):
    """p and interval of c'beta by CR2 (Bell and McCaffrey's degrees of freedom) or CR3 (number of authorities less one).

    Written out with every dummy in the design X, rows times the root of their weight: X = U S V', hat matrix U U'.
    """
    y, design, who, weight, c = stacked(case, name)
    root = np.sqrt(weight)
    left, size, right = np.linalg.svd(design * root[:, None], full_matrices=False)
    kept = size > 1e-10 * size.max()
    left, pull = left[:, kept], left[:, kept] @ (right[kept] @ c / size[kept])
    y = y * root
    estimate, residual = pull @ y, y - left @ (left.T @ y)
    authorities, scores, own, spread = np.unique(who), [], [], []
    for i in authorities:
        rows = who == i
        value, vector = np.linalg.eigh(np.eye(rows.sum()) - left[rows] @ left[rows].T)
        power = np.where(value > OPEN, np.abs(value) ** (-0.5 if kind == "cr2" else -1.0), 0.0)
        g = vector @ (power * (vector.T @ pull[rows]))
        scores.append(g @ residual[rows])
        own.append(g @ g)
        spread.append(left[rows].T @ g)
    count = len(authorities)
    error = np.sqrt(np.square(scores).sum() * (1.0 if kind == "cr2" else (count - 1) / count))
    moments = np.diag(own) - np.array(spread) @ np.array(spread).T
    df = np.trace(moments) ** 2 / (moments**2).sum() if kind == "cr2" else count - 1.0
    wide = t_quantile(level, df) * error
    return t_two_sided(abs(estimate) / error, df), estimate - wide, estimate + wide


def t_two_sided(t, df):
    """Chance of |T| >= t for Student's t: the incomplete beta function at df / (df + t^2), by its continued fraction."""
    x, a, b = df / (df + t * t), df / 2, 0.5
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * fraction(b, a, 1 - x) / b
    return front * fraction(a, b, x) / a


def fraction(a, b, x):
    """Continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), from its far end inwards."""
    value = 1.0
    for m in range(300, 0, -1):
        odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1))
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        value = 1 + odd / (1 + even / value)
    return 1 / value


def t_quantile(level, df):
    """t that |T| stays below with this chance, by halving."""
    low, high = 0.0, 1.0
    while t_two_sided(high, df) > 1 - level:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_two_sided(middle, df) > 1 - level else (low, middle)
    return (low + high) / 2


def adjusted(p, family, together):
    """p of several outcomes tested together: step-down max-t (together : b, placebos, sd, every), Holm or Benjamini-Hochberg."""
    p, found = np.asarray(p), np.empty(len(p))
    if family == "none":
        return p
    if family == "max_t":
        t = np.array([abs(b) / sd for b, _, sd, _ in together])
        chance = np.array([np.abs(placebo) / sd for _, placebo, sd, _ in together])
        order, one = np.argsort(-t, kind="stable"), 0 if together[0][3] else 1
        largest = [chance[order[k:]].max(0) >= t[order[k]] * (1 - TIE) for k in range(len(p))]
        steps = [(one + far.sum()) / (one + chance.shape[1]) for far in largest]
        found[order] = np.minimum(np.maximum.accumulate(steps), 1)
        return found
    order = np.argsort(p, kind="stable")
    if family == "holm":
        found[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    else:
        steps = p[order] * len(p) / np.arange(1, len(p) + 1)
        found[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
    return found


# --------------------------------------------------------------------------------------------------------- comparison


class Comparison:
    """Stored figures beside those worked out here."""

    def __init__(self):
        self.rows = []

    def add(self, outcome, figure, stored, here, agree=AGREE):
        """One pair; no figure on both sides agrees."""
        stored, here = float(stored), float(here)
        both = np.isnan(stored) and np.isnan(here)
        apart = 0.0 if both else abs(stored - here) / max(1.0, abs(stored)) if np.isfinite(stored + here) else np.inf
        self.rows.append((outcome, figure, stored, here, apart, "" if apart <= agree else "DIFFERS"))

    def say(self):
        """Prints the table and returns the exit code."""
        frame = pd.DataFrame(self.rows, columns=["outcome", "figure", "stored", "here", "difference", ""])
        print(frame.to_string(index=False, float_format=lambda x: f"{x:.10g}"))
        wrong = int((frame[""] != "").sum())
        print(f"\n{len(frame)} figures compared; largest difference {frame.difference.max():.2g}.")
        print(f"{wrong} differ: the folder is not as it was made." if wrong else "All agree.")
        return 1 if wrong else 0


def compare_effect(said, outcome, case, chosen, found, stored, method):
    """Estimate, placebo spread, p and interval of one outcome against effects.csv, outcomes.csv and tests.csv."""
    real, placebo, _, usable, chance = found
    sd = spread(placebo, chance, usable)
    said.add(outcome, "estimate", stored.estimate, real)
    said.add(outcome, "placebo standard deviation", stored.placebo_sd, sd)
    said.add(outcome, "smallest change seen (mde)", stored.mde, POWER * sd)
    smallest = chance.real[usable].sum() / len(placebo) if chance.every else 1 / (1 + len(placebo))
    said.add(outcome, "p_smallest", stored.p_smallest, smallest)
    answers = compare_tests(said, outcome, case, chosen, found)
    if method not in answers:
        return stored.p_value, sd
    for figure, here in zip(("p_value", "interval_low", "interval_high"), answers[method], strict=True):
        said.add(outcome, figure, stored[figure], here)
    return answers[method][0], sd


def compare_tests(said, outcome, case, chosen, found):
    """p, low and high of each test in tests.csv that is worked out here: by the placebos of this folder, CR2 and CR3."""
    real, placebo, response, _, chance = found
    level, answers, rows = float(chosen["inference.level"]), {}, table("tests.csv")
    by_placebos = "permutation" if chosen["inference.name"] == "permutation" else "size_matched"
    for _, row in rows[rows.outcome == outcome].iterrows():
        if row.method == by_placebos:
            p = p_value(real, placebo, chance.every)
            answers[row.method] = (p, *interval(real, placebo, response, chance.every, level))
        elif row.method in ("cr2", "cr3"):
            answers[row.method] = clustered(case, chosen["estimator.name"], row.method, level)
        else:
            print(f"{outcome}: {row.method} is not worked out here.")
            continue
        for figure, here in zip(("p_value", "interval_low", "interval_high"), answers[row.method], strict=True):
            said.add(outcome, f"{row.method}: {figure}", row[figure], here)
    return answers


def compare_sample(said, outcome, case, stored):
    """How many, and the adopters' mean before."""
    compared = case.compared(case.adopters)
    before = np.array([case.seen[row] & case.before(slot) for slot, row in enumerate(case.adopters)])
    said.add(outcome, "n_treated", stored.n_treated, len(case.adopters))
    said.add(outcome, "n_comparators", stored.n_comparators, compared.sum())
    said.add(outcome, "n_years", stored.n_years, case.seen[compared].any(0).sum())
    said.add(outcome, "pre_mean", stored.pre_mean, case.y[0][case.adopters][before].mean())


def compare_gaps(said, outcome, case, chance, level):
    """Gaps by event time, and their band, against event_study.csv."""
    rows = table("event_study.csv")
    rows = rows[rows.outcome == outcome].set_index("event_time")
    times, real, width, count = gaps(case, chance, level)
    said.add(outcome, "number of event times", len(rows), len(times))
    for e, gap, half, n in zip(times, real, width, count, strict=True):
        stored = rows.loc[e] if e in rows.index else pd.Series(np.nan, index=rows.columns)
        for figure, here in (("estimate", gap), ("band_low", gap - half), ("band_high", gap + half), ("n_treated", n)):
            said.add(outcome, f"gap at {e}: {figure}", stored[figure], here)


def compare_synthetic(said, outcome, case, name, chance, placebo, most):
    """The estimate from stored weights, and again from weights solved here; the first placebos solved here too."""
    solve, weights = SYNTHETIC[name], stored_weights(case, outcome)
    real = solve(case, case.adopters, weights)
    said.add(outcome, "estimate, weights solved here", real, solve(case, case.adopters), AGREE_SOLVED)
    largest, at = 0.0, (0.0, 0.0)
    for stored, rows in zip(placebo[:most], chance[:most], strict=True):
        here = solve(case, rows)
        if not abs(here - stored) <= largest:
            largest, at = abs(here - stored), (stored, here)
    said.add(outcome, f"furthest of {min(most, len(placebo))} placebos solved here", *at, AGREE_SOLVED)
    return real


def main():
    """Exit code: 0 every figure agrees, 1 one differs."""
    options = argparse.ArgumentParser(description="Works out the figures of this folder again and compares.")
    options.add_argument("--all", action="store_true", help="synthetic difference in differences: solve every placebo")
    everything, chosen, said = options.parse_args().all, settings(), Comparison()
    effects, outcomes = (table(name).set_index("outcome") for name in ("effects.csv", "outcomes.csv"))
    effects = effects.assign(placebo_sd=outcomes.placebo_sd)
    name, level, p, together = chosen["estimator.name"], float(chosen["inference.level"]), [], []
    most = 10**9 if everything or name == "synthetic_control" else SOLVED_ANEW
    common = common_authorities(outcomes.index)
    for outcome, row in outcomes.iterrows():
        print(f"{outcome} ...", flush=True)
        case = case_of(outcome, chosen)
        chance = placebos_of(row.placebos, case)
        if name in SYNTHETIC:
            found = (*stored_estimates(outcome, row.placebos), chance)
            real = compare_synthetic(said, outcome, case, name, chance.rows[found[3]], found[1], most)
            found = (real, *found[1:])
        else:
            found = (*estimates(case, chance, name, chosen), chance)
        compare_sample(said, outcome, case, effects.loc[outcome])
        one, sd = compare_effect(said, outcome, case, chosen, found, effects.loc[outcome], row.method)
        p.append(one)
        compare_gaps(said, outcome, case, placebos_of(row.gap_placebos, case), level)
        if row.family == "max_t":
            together.append(on_common_pool(outcome, row, common, chosen, name, found, sd))
    together = adjusted(p, outcomes.family.iloc[0], together)
    for outcome, alone, here in zip(outcomes.index, p, together, strict=True):
        said.add(outcome, "p_adjusted", effects.loc[outcome].p_adjusted, max(alone, here))
    return said.say()


def common_authorities(outcomes):
    """Authorities that every outcome has."""
    panel = table("panel.csv")
    panel = panel[panel.group != "Left out"]
    return set.intersection(*(set(panel.area_code[panel.outcome == outcome]) for outcome in outcomes))


def on_common_pool(outcome, row, common, chosen, name, found, sd):
    """b, placebos, their standard deviation and whether they are all there are, from the authorities every outcome has."""
    if row.family_placebos == row.placebos:
        return found[0], found[1], sd, found[4].every
    case = case_of(outcome, chosen, common)
    chance = placebos_of(row.family_placebos, case)
    again = (
        stored_estimates(outcome, row.family_placebos) if name in SYNTHETIC else estimates(case, chance, name, chosen)
    )
    return again[0], again[1], spread(again[1], chance, again[3]), chance.every


if __name__ == "__main__":
    sys.exit(main())
