"""Adopters beside their synthetic selves: by hand, and against loops that fit one authority at a time."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest

from analytics.analysis import analyse
from analytics.chance import estimates_of
from analytics.errors import CannotEstimate
from analytics.estimators import Sample
from analytics.estimators.synthetic_control import in_space, leave_one_donor_out, synthetic_fit
from analytics.inference.permutation import p_values, placebos
from analytics.outcome import outcome_sample
from analytics.report.run_files import run_files
from analytics.spec import Specification
from analytics.study import study
from analytics.synthetic import Synthetic, beside_synthetic, synthetic_of
from analytics.warehouse import Warehouse
from data.build import build
from tests.analytics import brute_force_synthetic as brute_force
from tests.analytics.estimators.test_synthetic_control import PANELS, TREATED, YEARS, sample_of, small
from tests.analytics.small_warehouse import plain

NAMES = np.array([f"Name {i}" for i in range(20)], dtype=object)


def beside(
    sample: Sample, *, draws: int = 60, matched: bool = False, most: int = 100_000
) -> tuple[Synthetic, np.ndarray]:
    """The answer and the placebos' assignments, the real one left out."""
    size = np.arange(len(sample.observed), dtype=float)
    chance = placebos(size, sample.treated, sample.slots, matched=matched, draws=draws, seed=3, most=most)
    others = chance.assignments[~chance.real] if chance.enumerated else chance.assignments
    return beside_synthetic(sample, NAMES[: len(size)], chance), others


def test_one_adopter_by_hand():
    # The adopter is half of the first two others before 2016 (see `small`): 9 in 2016 and 2017, gaps of 3 and 5.
    found, others = beside(small())
    assert found.path.year.tolist() == list(range(2011, 2018)) and found.start == 2016
    assert found.path.event_time.tolist() == [-5, -4, -3, -2, -1, 0, 1]
    assert found.path.synthetic.tolist()[5:] == pytest.approx([9, 9], abs=1e-3)
    assert found.path.gap.tolist()[5:] == pytest.approx([3, 5], abs=1e-3)
    assert found.change.value == pytest.approx(4, abs=1e-3) and found.change.placebos == 3 == len(others)
    first, rest = found.mix("Name 0", 1)
    assert (first.donor, first.donors, rest.donor, rest.donors) == ("Name 1", 1, "", 1)
    assert (first.weight, rest.weight) == pytest.approx((0.5, 0.5), abs=1e-3)
    # Without the first the second alone comes nearest, 10 and 9 when the adopter is at 12 and 14; without the second the first,
    # at 8 and 9, with a grain of the third, which is far above.
    assert first.low == first.high == pytest.approx(3.5, abs=1e-3) and 4.2 < rest.low == rest.high < 4.5
    assert len(found.mix("Name 0", 2)) == 2
    assert found.adopters.name.tolist() == ["Name 0"] and found.adopters.donors[0] == 3
    assert found.enumerated and found.lines.line.nunique() == 3 and set(found.lines.placebo) == set(NAMES[1:4])


def twin_gaps(sample: Sample, slot: int, row: int) -> dict[int, float]:
    """Gap of a row in a slot by years since first exposed, fitted on its own; none where it cannot hold the slot."""
    y, seen, slots = sample.values[0], sample.observed, sample.slots
    before, after = brute_force.years_used(seen, YEARS, sample.treated, slot, slots.start, slots.exposed)
    donors = brute_force.donors_of(seen, sample.treated, range(len(y)), before, after)
    donors = [j for j in donors if j != row]
    if not all(seen[row, t] for t in before) or not any(seen[row, t] for t in after):
        return {}
    x = y[np.ix_(donors, before)]
    w = brute_force.by_nnls(x, y[row, before], 1e-6 * x.var())
    first = slots.exposed[slot]
    return {int(YEARS[t] - first): y[row, t] - w @ y[donors, t] for t in before + after if seen[row, t]}


def twin_line(sample: Sample, assignment: np.ndarray) -> tuple[dict[int, float], float, float]:
    """Mean gap of a group by years since first exposed, the mean over members of their mean gaps after, and the ratio."""
    top, below, change, held = {}, {}, 0.0, 0.0
    for slot, row in enumerate(assignment):
        gaps, weight = twin_gaps(sample, slot, row), sample.weights[row]
        for e, gap in gaps.items():
            top[e], below[e] = top.get(e, 0.0) + weight * gap, below.get(e, 0.0) + weight
        if gaps:
            change += weight * np.mean([gap for e, gap in gaps.items() if e >= 0])
            held += weight
    line = {e: top[e] / below[e] for e in top}
    if not held:
        return line, np.nan, np.nan
    before, after = (
        np.average([line[e] ** 2 for e in part], weights=[below[e] for e in part])
        for part in ([e for e in line if e < 0], [e for e in line if e >= 0])
    )
    return line, change / held, float(np.sqrt(after / before))


@pytest.mark.parametrize("panel", PANELS)
def test_several_adopters_equal_a_loop_over_groups(panel):
    sample = sample_of(**PANELS[panel], outcomes=1)
    found, others = beside(sample)
    mine, change, ratio = twin_line(sample, TREATED)
    assert found.path.event_time.tolist() == sorted(mine) and found.start is None
    assert found.path.gap.tolist() == pytest.approx([mine[e] for e in sorted(mine)], abs=1e-6)
    assert found.change.value == pytest.approx(change, abs=1e-6)
    theirs = [twin_line(sample, row) for row in others]
    theirs = [each for each in theirs if np.isfinite(each[1])]
    far = sum(abs(value) >= abs(change) for _, value, _ in theirs)
    assert (found.change.as_large, found.change.placebos) == (far, len(theirs))
    assert found.change.p == (1 + far) / (1 + len(theirs))
    assert found.ratio.value == pytest.approx(ratio, rel=1e-5)
    assert found.ratio.as_large == sum(each >= ratio for *_, each in theirs)
    for row in found.path.itertuples():
        here = [line[row.event_time] for line, *_ in theirs if row.event_time in line]
        assert (row.lowest, row.highest) == pytest.approx((min(here), max(here)), abs=1e-6)
        # A placebo may keep the only adopter with that year in its slot: the same gap but for how it was solved.
        assert row.as_far == sum(abs(gap) >= abs(row.gap) - 1e-6 for gap in here)
    drawn = found.lines.set_index(["line", "event_time"]).gap
    assert drawn.to_dict() == pytest.approx(
        {(d, e): gap for d, (line, *_) in enumerate(theirs) for e, gap in line.items()}, abs=1e-6
    )


def test_only_years_that_half_of_the_adopters_have_are_drawn():
    # First exposed 2017, 2017, 2018, 2018 with figures 2011 to 2021: 7 years before is 2011 for two, 4 years after 2021 for two.
    sample = sample_of(**PANELS["balanced"], outcomes=1)
    found, _ = beside(sample)
    assert found.path.n_treated.tolist() == [2, 4, 4, 4, 4, 4, 1, 4, 4, 4, 4, 2]
    assert found.drawn.event_time.tolist() == found.path.event_time.tolist()
    four = found.adopters.iloc[[0, 1, 2, 3, 3]]  # of five adopters, two are under half
    assert dataclasses.replace(found, adopters=four).drawn.event_time.tolist() == list(range(-6, 4))


def test_levels_are_means_of_the_adopters_with_a_gap():
    sample = sample_of(**PANELS["missing and weighted"], outcomes=1)
    found, _ = beside(sample)
    for row in found.path.itertuples():
        cells = []
        for slot, authority in enumerate(TREATED):
            if row.event_time in twin_gaps(sample, slot, authority):
                year = list(YEARS).index(row.event_time + sample.slots.exposed[slot])
                cells.append((sample.values[0, authority, year], sample.weights[authority]))
        values, weights = zip(*cells, strict=True)
        assert row.n_treated == len(cells)
        assert row.actual == pytest.approx(np.average(values, weights=weights))
        assert row.actual - row.synthetic == pytest.approx(row.gap)


def test_each_adopter_is_placed_among_all_comparators_as_its_own_fit_is():
    sample = sample_of(**PANELS["cells missing"], outcomes=1)
    found, _ = beside(sample)
    for slot, row in enumerate(found.adopters.itertuples()):
        fit, space, without = synthetic_fit(sample, slot), in_space(sample, slot), leave_one_donor_out(sample, slot)
        assert (row.mean_gap, row.rmspe_before, row.ratio) == pytest.approx((fit.mean_gap, fit.rmspe_before, fit.ratio))
        assert (row.place, row.out_of) == (fit.ratio_rank, len(space.rows))
        assert (row.low, row.high) == (without.mean_gap.min(), without.mean_gap.max())
        mine = found.weights[found.weights.adopter == row.name]
        assert mine.donor.tolist() == NAMES[fit.weights.donor].tolist()
        assert mine.weight.sum() == pytest.approx(1, abs=1e-4)


def test_the_change_without_a_donor_equals_a_panel_without_it():
    sample = sample_of(**PANELS["missing and weighted"], outcomes=1)
    found, _ = beside(sample)
    assert found.without.change.is_monotonic_increasing and len(found.without) >= 3
    for row in found.without.itertuples():
        observed = sample.observed.copy()
        observed[list(NAMES).index(row.donor)] = False
        other, _ = beside(dataclasses.replace(sample, observed=observed))
        # A year needs half of the comparators: one fewer must not change which years are used.
        assert other.path.n_treated.tolist() == found.path.n_treated.tolist()
        assert row.change == pytest.approx(other.change.value, abs=1e-6)


def test_of_many_placebos_a_hundred_are_drawn_and_all_count():
    found, others = beside(sample_of(**PANELS["balanced"], outcomes=1), draws=250)
    assert found.change.placebos == len(others) == 250 and found.lines.line.nunique() == 100
    assert len(found.before) == 251 and not found.enumerated


def test_the_adopters_own_order_is_no_placebo():
    # Four slots of which two share their years: of a pool of five there are 120 assignments, two of them the real one.
    sample = sample_of(**PANELS["balanced"], outcomes=1)
    kept = np.array([2, 5, 8, 11, 14, 15, 16])
    few = Sample(sample.values[:, kept], sample.observed[kept], YEARS, np.ones(7), sample.slots, np.arange(4))
    found, others = beside(few)
    assert found.enumerated and found.change.placebos == len(others) == 7 * 6 * 5 * 4 - 2
    assert found.change.p == (2 + found.change.as_large) / (7 * 6 * 5 * 4)


def test_nobody_to_mix_is_a_sentence():
    observed = np.ones((4, 7), bool)
    observed[1:, :5] = False
    with pytest.raises(CannotEstimate, match="No adopter has a mix"):
        beside(small(observed))


def specification(model: str, **more: object) -> Specification:
    return Specification.from_dict(
        {
            "outcomes": ["cpp_rate"],
            "treatment": {"model": model},
            "estimator": {"name": "synthetic_control"},
            "inference": {"draws": 499},
        }
        | more
    )


@pytest.fixture(scope="module")
def published(extracts, tmp_path_factory) -> Warehouse:
    return Warehouse(build([extracts / "ees"], tmp_path_factory.mktemp("published")).file)


@pytest.mark.parametrize(("model", "adopters"), [("FSP", 1), ("FSM", 10)])
def test_the_placebos_are_those_that_judge_the_published_result(published, model, adopters):
    found = study(specification(model), published)
    judged = estimates_of([outcome_sample(found, 0)], found.specification)[0]
    beside_it = synthetic_of(found, "cpp_rate")
    assert len(beside_it.adopters) == adopters
    assert beside_it.change.value == pytest.approx(judged.real[0], abs=1e-9)
    assert beside_it.change.p == p_values(judged)[0]
    assert beside_it.change.placebos == judged.placebo.shape[1] - (1 if judged.enumerated else 0)


def test_files_of_a_run_hold_the_lines_and_the_mixes(tmp_path):
    small_one = plain(tmp_path / "w.duckdb", adopters=1, comparators=8)
    window = {"window": {"first": 2013, "last": 2020}}
    analysis = analyse(specification("M", **window), small_one.ready())
    files = run_files(analysis)
    lines, mixes = (pd.read_csv(io.StringIO(files[f"{name}.csv"])) for name in ("synthetic", "synthetic_weights"))
    found = synthetic_of(analysis.study, "cpp_rate")
    own = lines[lines.line == -1]
    assert own.year.tolist() == list(range(2013, 2021)) and set(own.authorities) == {"adopters"}
    assert own.gap.tolist() == pytest.approx((own.actual - own.synthetic).tolist())
    assert lines.line.nunique() == 1 + found.change.placebos
    assert mixes.weight.sum() == pytest.approx(1, abs=1e-4) and set(mixes.adopter) == {"Name A1"}
    assert set(lines.standing) == {"exploratory"} and set(mixes.figures) == {"published"}
    plain_one = dataclasses.replace(
        analysis.specification, estimator=dataclasses.replace(analysis.specification.estimator, name="imputation")
    )
    study = dataclasses.replace(analysis.study, specification=plain_one)
    assert "synthetic.csv" not in run_files(dataclasses.replace(analysis, study=study))
