"""One outcome of a study: the authorities and cells it can use, and plain descriptions of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, Slots
from analytics.exposure import Exposure
from analytics.inference import rule
from analytics.matching import matches
from analytics.spec import Treatment
from analytics.study import Study
from analytics.wording import counted, listed, span_text


@dataclass(frozen=True)
class OutcomeSample:
    """One outcome of a panel, cut to the authorities that have the figures it needs.

    Attributes
    ----------
    sample : what the estimators read, one outcome; years without any figure are not in it
    rows : N, rows of the panel
    years : years of the panel
    treated : n, rows of the sample
    size : N, children
    left_out : area_code, name, reason
    matches : of the pool matched alone: treated, comparator (codes), rank, distance (in the outcome's unit)
    """

    outcome: int
    sample: Sample
    rows: np.ndarray
    years: np.ndarray
    treated: np.ndarray
    size: np.ndarray
    left_out: pd.DataFrame
    matches: pd.DataFrame | None = None

    @property
    def observed(self) -> np.ndarray:
        """N x the panel's years: True where a figure is used."""
        used = np.zeros((len(self.rows), len(self.years)), dtype=bool)
        used[:, np.isin(self.years, self.sample.years)] = self.sample.observed
        return used

    def only(self, rows: np.ndarray) -> OutcomeSample:
        """The same outcome with these rows of the panel alone; adopters that are not among them leave."""
        kept = np.isin(self.rows, rows)
        place = np.cumsum(kept) - 1
        slots = kept[self.treated]
        whole = self.sample
        partners = whole.partners
        if partners is not None:
            # Kinds are renumbered with the slots that are left.
            still = np.array([k in set(whole.slots.kind[slots].tolist()) for k in range(len(partners))])
            partners = partners[still][:, kept][:, :, kept]
        sample = Sample(
            whole.values[:, kept],
            whole.observed[kept],
            whole.years,
            whole.weights[kept],
            dataclasses.replace(whole.slots, start=whole.slots.start[slots], exposed=whole.slots.exposed[slots]),
            place[self.treated[slots]],
            partners,
            None if whole.strata is None else whole.strata[kept],
        )
        return dataclasses.replace(
            self, sample=sample, rows=self.rows[kept], treated=sample.treated, size=self.size[kept]
        )


def _usable(found: Study, outcome: int) -> np.ndarray:
    """Panel cells (N x T) that hold a figure and do not belong to another model."""
    panel = found.panel
    usable = np.isfinite(panel.values[outcome])
    years = np.array(panel.years)
    for code, year in found.cut_short.items():
        usable[panel.position[code]] &= years < year
    return usable


ALREADY_USING = "already using it"
NOT_WHOLE = "a year without a figure, and only authorities with all of them were asked for"


def _whole_years(usable: np.ndarray) -> np.ndarray:
    """N, True where an authority has a figure in every year in which any has."""
    return usable[:, usable.any(0)].all(1)


def _more_years(found: Study, outcome: int) -> str:
    """What would do where no adopter has a year before and a year after: a wider window, unless no more figures are held."""
    panel = found.panel
    held = np.array(panel.years)[np.isfinite(panel.values[outcome]).any(0)]
    first, last = panel.years[0], panel.years[-1]
    if not len(held) or (held[0] == first and held[-1] == last):
        return "Widen the window."
    return (
        f"The window is {first} to {last}, but figures are held for {held[0]} to {held[-1]} only: choose adopters that "
        "began between those years, or another outcome."
    )


def outcome_sample(found: Study, outcome: int) -> OutcomeSample:
    """Authorities with the figures that one outcome needs (docs/methods.md, Figures), and why others left.

    Raises
    ------
    CannotEstimate : no adopter has a year before and a year after, or no comparator has
    """
    panel, years = found.panel, np.array(found.panel.years)
    usable = _usable(found, outcome)
    whole = _whole_years(usable) if found.specification.window.complete else np.ones(len(usable), dtype=bool)
    left: list[tuple[str, str, str]] = []
    kept: list[Exposure] = []
    for exposure in found.exposures:
        place = panel.position[exposure.area_code]
        reason = _why_not_treated(exposure, usable[place], years, found.specification.treatment) or (
            "" if whole[place] else NOT_WHOLE
        )
        if reason:
            left.append((exposure.area_code, panel.names[panel.position[exposure.area_code]], reason))
        else:
            kept.append(exposure)
    if not kept:
        raise CannotEstimate(
            "no adopter can be followed from before adoption to after. "
            + "; ".join(f"{name}: {reason}" for _, name, reason in left[:3])
            + f". {_more_years(found, outcome)}",
            panel.outcomes[outcome],
        )
    first_start, first_exposed = min(e.start_year for e in kept), min(e.first_exposed_year for e in kept)
    compared, others = set(found.comparators.area_code), []
    for code in found.pool:
        place = panel.position[code]
        cells = usable[place]
        spans = (cells & (years < first_start)).any() and (cells & (years >= first_exposed)).any()
        if spans and whole[place]:
            others.append(code)
        elif code in compared:
            reason = NOT_WHOLE if spans else _why_not_compared(cells, years, first_start, first_exposed)
            left.append((code, panel.names[place], reason))
    if not compared & set(others):
        raise CannotEstimate(
            f"no comparator has figures both before {first_start} and from {first_exposed}.", panel.outcomes[outcome]
        )
    return _cut(found, outcome, kept, others, usable, left)


def _why_not_treated(exposure: Exposure, cells: np.ndarray, years: np.ndarray, treatment: Treatment) -> str:
    first = exposure.first_exposed_year + treatment.lag_first
    last = exposure.first_exposed_year + treatment.lag_last if treatment.lag_last is not None else years[-1]
    if exposure.start_year <= years[0]:
        return f"{ALREADY_USING} in {exposure.start_year}, and no year before is in the window"
    if not (cells & (years < exposure.start_year)).any():
        return f"no figure before {exposure.start_year}, the year in which it began"
    if not (cells & (years >= first) & (years <= last)).any():
        lagged = treatment.lag_first or treatment.lag_last is not None
        until = f" to {last}, the years of the lag asked for" if lagged else ", the first exposed year"
        return f"no figure from {first}{until}"
    return ""


def _why_not_compared(cells: np.ndarray, years: np.ndarray, first_start: int, first_exposed: int) -> str:
    """The side of the adopters' first start on which a comparator has no figure."""
    if not cells.any():
        return "no figure of this outcome"
    if not (cells & (years < first_start)).any():
        return f"no figure before {first_start}, the year in which the first adopter began"
    return f"no figure from {first_exposed} on, the first exposed year"


def _cut(
    found: Study,
    outcome: int,
    kept: list[Exposure],
    others: list[str],
    usable: np.ndarray,
    left: list[tuple[str, str, str]],
) -> OutcomeSample:
    panel, choice = found.panel, found.specification.estimator
    rows = np.array(sorted([panel.position[e.area_code] for e in kept] + [panel.position[c] for c in others]))
    size = panel.size[rows]
    unsized = ~(np.isfinite(size) & (size > 0))  # of no children, an authority would count for nothing unseen
    needs_size = choice.weights == "children" or rule.placebo_pool(found.specification.inference) == "size_matched"
    if needs_size and unsized.any():
        gone = set(rows[unsized].tolist())
        left += [(panel.areas[r], panel.names[r], "number of children not known") for r in rows[unsized]]
        kept = [e for e in kept if panel.position[e.area_code] not in gone]
        rows, size = rows[~unsized], size[~unsized]
        if not kept or len(rows) == len(kept):
            raise CannotEstimate(
                f"the number of children is not known for {'any comparator' if kept else 'any adopter'}. Load population "
                "estimates, or choose inference.name = 'permutation' and estimator.weights = 'authorities'.",
                panel.outcomes[outcome],
            )
    treated = np.searchsorted(rows, [panel.position[e.area_code] for e in kept])
    treatment = found.specification.treatment
    slots = Slots(
        np.array([e.start_year for e in kept]),
        np.array([e.first_exposed_year for e in kept]),
        lag=(treatment.lag_first, treatment.lag_last),
    )
    whole = Sample(
        panel.values[outcome][rows][None],
        usable[rows],
        np.array(panel.years),
        size if choice.weights == "children" else np.ones(len(rows)),
        slots,
        treated,
        strata=np.array([panel.regions[r] for r in rows]) if choice.year_effects == "region" else None,
    )
    whole = dataclasses.replace(whole, partners=_partners(found, rows, whole))
    names = pd.DataFrame(left, columns=["area_code", "name", "reason"])
    one = OutcomeSample(outcome, whole, rows, np.array(panel.years), treated, size, names)
    if found.specification.comparators.pool == "matched":
        one = with_matches(found, one)
    return _with_years_compared(found, _with_own_region(found, one))


def with_matches(found: Study, one: OutcomeSample) -> OutcomeSample:
    """Compared with the authorities nearest in this outcome over the whole path before; adopters without any leave.

    Raises
    ------
    CannotEstimate : no adopter has a match
    """
    panel = found.panel
    codes = [panel.areas[r] for r in one.rows]
    near = matches(one.sample, codes, count=found.specification.comparators.matches)
    alone = [panel.position[code] for code in near.unmatched]
    if len(alone) == len(one.treated):
        raise CannotEstimate(
            "no adopter has three years before its start in common with others to be matched on. Widen the window, or choose "
            "another pool of comparators.",
            panel.outcomes[one.outcome],
        )
    one = dataclasses.replace(one, sample=dataclasses.replace(one.sample, partners=near.partners), matches=near.table)
    if not alone:
        return one
    reason = "no authority with three years before its start in common to be matched with"
    left = pd.DataFrame([(panel.areas[r], panel.names[r], reason) for r in alone], columns=one.left_out.columns)
    kept = one.only(np.setdiff1d(one.rows, alone))
    return dataclasses.replace(kept, left_out=pd.concat([one.left_out, left], ignore_index=True))


def _with_own_region(found: Study, one: OutcomeSample) -> OutcomeSample:
    """Where each region has year effects of its own, adopters without a comparator in their region leave."""
    sample, panel = one.sample, found.panel
    if sample.strata is None:
        return one
    alone = ~np.isin(sample.strata[one.treated], sample.strata[sample.compared])
    if alone.all():
        raise CannotEstimate(
            "no adopter has a comparator in its own region. Set estimator.year_effects = 'common', or choose a wider pool.",
            panel.outcomes[one.outcome],
        )
    gone = one.rows[one.treated[alone]]
    reason = "no comparator in its region"
    left = pd.DataFrame([(panel.areas[r], panel.names[r], reason) for r in gone], columns=one.left_out.columns)
    kept = one.only(np.setdiff1d(one.rows, gone))
    return dataclasses.replace(kept, left_out=pd.concat([one.left_out, left], ignore_index=True))


def _with_years_compared(found: Study, one: OutcomeSample) -> OutcomeSample:
    """Without the years in which no comparator has a figure: they have nothing to be compared with."""
    whole = one.sample
    figures = whole.values[0][whole.observed]
    if np.ptp(figures) == 0:
        raise CannotEstimate(
            f"every figure is the same, {figures[0]:g}, so nothing can be compared. Choose another outcome, or other years.",
            found.panel.outcomes[one.outcome],
        )
    observed = whole.observed & whole.observed[whole.compared].any(0)
    held = observed.any(0)  # an empty year would only leave its year effect undetermined
    sample = dataclasses.replace(
        whole, values=whole.values[:, :, held], observed=observed[:, held], years=whole.years[held]
    )
    return dataclasses.replace(one, sample=sample)


def _partners(found: Study, rows: np.ndarray, sample: Sample) -> np.ndarray | None:
    """J x N x N: who is compared with whom; None where everyone who holds no slot is (see Sample)."""
    if found.partners is None:
        return None
    codes = [found.panel.areas[r] for r in rows]
    near = np.array([[other in found.partners.get(code, ()) for other in codes] for code in codes])
    return np.broadcast_to(near, (len(sample.slots.kinds), *near.shape)).copy()


def pre_mean(sample: Sample) -> float:
    """Mean of the adopters' cells before each one's own start."""
    return float(sample.values[0][_cells_before(sample)].mean())


def pre_years(sample: Sample) -> tuple[int, int]:
    """First and last year of those cells."""
    held = sample.years[_cells_before(sample).any(0)]
    return int(held[0]), int(held[-1])


def _cells_before(sample: Sample) -> np.ndarray:
    """N x T, True for the adopters' cells before each one's own start."""
    cells = np.zeros(sample.observed.shape, dtype=bool)
    for slot, row in enumerate(sample.treated):
        cells[row] = sample.observed[row] & sample.before(sample.slots.kind[slot])
    return cells


MOST_NAMED = 8  # authorities named one by one for one reason
UNCOMPARED = {
    "matched": "matched with no adopter, and so only placebo adopters",
    "statistical_neighbours": "neighbours only of adopters that are not in it",
}


def fell_out(found: Study, one: OutcomeSample) -> str:
    """Who of a study's adopters and comparators this outcome's estimate does without, and why; '' where it has them all."""
    codes = np.array(found.panel.areas, dtype=object)[one.rows]
    reasons = dict(zip(one.left_out.area_code, one.left_out.reason, strict=True))
    parts = []
    for what, frame, used in (
        ("adopter", found.treated, set(codes[one.treated])),
        ("comparator", found.comparators, set(codes[one.sample.compared])),
    ):
        gone = frame[~frame.area_code.isin(used)]
        if len(gone):
            otherwise = UNCOMPARED.get(found.specification.comparators.pool, "not compared")
            why = gone.area_code.map(lambda code, otherwise=otherwise: reasons.get(code, otherwise))
            parts.append(f"{len(used)} of the {counted(len(frame), what)}, without {_by_reason(gone.name, why)}")
    return f"In the estimate are {'; and '.join(parts)}." if parts else ""


def _by_reason(names: pd.Series, reasons: pd.Series) -> str:
    """'Ashmere and Corley (no figure before 2016); 12 others (...)'."""
    groups = names.groupby(reasons, sort=False)
    return "; ".join(
        f"{listed(list(who)) if len(who) <= MOST_NAMED else f'{len(who)} others'} ({reason})" for reason, who in groups
    )


def exposed_mean(sample: Sample) -> float:
    """Mean of the adopters' exposed cells that make up the effect, by the authorities' weights."""
    cells = sample.observed & (sample.exposure > 0)
    return float(
        np.average(sample.values[0][cells], weights=np.broadcast_to(sample.weights[:, None], cells.shape)[cells])
    )


PLACEBO = "Placebos only"  # compared with no adopter, but may stand in for one when chance is judged


def _groups_of_rows(one: OutcomeSample) -> np.ndarray:
    group = np.where(one.sample.compared, "Comparators", PLACEBO).astype(object)
    group[one.treated] = "Adopters"
    return group


def means(one: OutcomeSample) -> pd.DataFrame:
    """Raw mean by year and group, every figure that may be used (years of transition too)."""
    group, sample = _groups_of_rows(one), one.sample
    held, names = np.isin(one.years, sample.years), ("Adopters", "Comparators")
    mean, count = np.full((2, len(one.years)), np.nan), np.zeros((2, len(one.years)), dtype=int)
    for place, name in enumerate(names):
        cells = sample.observed & (group == name)[:, None]
        count[place, held] = cells.sum(0)
        total = (sample.filled[0] * cells).sum(0)
        mean[place, held] = np.where(cells.any(0), total / np.maximum(cells.sum(0), 1), np.nan)
    return pd.DataFrame(
        {
            "year": np.tile(one.years, 2),
            "group": np.repeat(np.array(names, dtype=object), len(one.years)),
            "mean": mean.ravel(),
            "authorities": count.ravel(),
        }
    )


def balance(one: OutcomeSample) -> pd.DataFrame:
    """Adopters beside comparators before the earliest start: level, change a year, size; standardised difference.

    The measures name the years, which are fewer than those before each adopter's own start (see `pre_mean`).
    """
    sample, group = one.sample, _groups_of_rows(one)
    cells = sample.observed & (sample.years < sample.slots.start.min())
    years = sample.years[cells.any(0)]
    count = np.maximum(cells.sum(1), 1)
    level = np.where(cells.any(1), (sample.filled[0] * cells).sum(1) / count, np.nan)
    year = np.where(cells, sample.years, 0).sum(1) / count
    off = np.where(cells, sample.years - year[:, None], 0.0)
    square = (off**2).sum(1)
    slope = np.where(square > 0, (off * sample.filled[0]).sum(1) / np.where(square > 0, square, 1), np.nan)
    measures = {f"Mean in {span_text(years)}, before anyone’s start": level}
    if len(years) > 1:  # one year has no change
        change = "Change from" if len(years) == 2 else "Change a year,"
        measures[f"{change} {span_text(years)}"] = slope
    measures["Children aged 0 to 17"] = one.size
    rows = [{"measure": name} | _difference(values, group) for name, values in measures.items()]
    return pd.DataFrame(rows)


def _difference(values: np.ndarray, group: np.ndarray) -> dict[str, float | None]:
    mine, theirs = (values[(group == g) & np.isfinite(values)] for g in ("Adopters", "Comparators"))
    means = {
        "adopters": float(mine.mean()) if len(mine) else None,
        "comparators": float(theirs.mean()) if len(theirs) else None,
    }
    pooled = np.sqrt((mine.var(ddof=1) + theirs.var(ddof=1)) / 2) if min(len(mine), len(theirs)) > 1 else 0.0
    gap = (means["adopters"] - means["comparators"]) / pooled if pooled > 0 else None
    return means | {"standardised_difference": gap}


def cells_of(found: Study, one: OutcomeSample) -> pd.DataFrame:
    """One row per authority and year of the sample: value, status, group, s, g, whether used."""
    panel, sample = found.panel, one.sample
    n, t = len(one.rows), len(one.years)
    start, exposed = np.full(n, np.nan), np.full(n, np.nan)
    start[one.treated], exposed[one.treated] = sample.slots.start, sample.slots.exposed
    frame = pd.DataFrame(
        {
            "outcome": panel.outcomes[one.outcome],
            "area_code": np.repeat(np.array(panel.areas, dtype=object)[one.rows], t),
            "name": np.repeat(np.array(panel.names, dtype=object)[one.rows], t),
            "group": np.repeat(_groups_of_rows(one), t),
            "year": np.tile(one.years, n),
            "value": panel.values[one.outcome][one.rows].ravel(),
            "status": panel.status[one.outcome][one.rows].ravel(),
            "children": panel.children[one.rows].ravel(),
            "weight": np.repeat(sample.weights, t),
            "s": np.repeat(start, t),
            "g": np.repeat(exposed, t),
        }
    )
    first, last = sample.slots.lag
    after = (frame.year >= frame.g + first) & (frame.year <= frame.g + (np.inf if last is None else last))
    later = np.where(frame.year < frame.g, "transition", np.where(after, "exposed", "outside the lag"))
    adopters = np.where(frame.year < frame.s, "untreated", later)
    role = frame.group.map({"Comparators": "untreated", PLACEBO: "placebo only"}).fillna(pd.Series(adopters))
    frame["role"] = np.where(one.observed.ravel(), role, "not used")
    return frame.astype({"s": "Int64", "g": "Int64"})
