"""python -m tests.benchmarks.size_table [--panels 400] [--rerun 2000] [--draws 999]: how often each test rejects a true null.

152 authorities x 13 years without any effect; errors AR(1) .7 with variance 36 + 1.2e6 / children, or 4 + 5e6 / children
where it says strong; adopters at random, or from the 40 smallest or largest; dates 2016 to 2019 in turn; two-way fixed effects.
Beside ours stand the figures on which the rule in analytics/inference/rule.py rests (2,000 panels of the same kind; their
spread of sizes and their strong variance were not recorded, so those rows are of a kind and not the same). A row in which a
test of the rule rejects over 8% is run again with more panels.

The adopters are rows 0 to n - 1 of every panel and the sizes are dealt anew, which is the same as drawing adopters at random and
lets all panels be outcomes of one sample; only the tests that read sizes go panel by panel.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from dataclasses import dataclass

import numpy as np

from analytics.estimators import Sample, Slots
from analytics.inference.cluster import cluster_inference
from analytics.inference.ferman_pinto import ferman_pinto
from analytics.inference.permutation import TIE, Placebos, placebos
from analytics.inference.regression import regression
from analytics.inference.rule import chosen
from analytics.inference.studentised import scores
from analytics.inference.wild_bootstrap import wild_restricted
from analytics.spec import Inference

AUTHORITIES, YEARS, CORRELATION, LEVEL = 152, np.arange(2013, 2026), 0.7, 0.05
FIRST_START, DATES = 2016, 4
NARROW = 40  # the smallest, or the largest, that all-small and all-large adopters come from
MEDIAN_CHILDREN, SPREAD = 60_000, 0.65  # of the lognormal that sizes are drawn from: like English authorities'
USUAL, STRONG = (36.0, 1.2e6), (4.0, 5e6)
SUSPECT = 0.08
METHODS = ("cr1", "cr2", "cr3", "wild", "permutation", "permutation_t", "size_matched", "ferman_pinto")


@dataclass(frozen=True)
class Row:
    """One kind of panel and what was found before, % rejected by each of METHODS."""

    label: str
    treated: int
    among: str
    variance: tuple[float, float]
    before: tuple[float, ...]


ROWS = (
    Row("1", 1, "all", USUAL, (86, 86, 86, 0, 4.8, 4.8, 5.6, 6.6)),
    Row("2", 2, "all", USUAL, (36, 1.0, 20, 0, 5.5, 4.6, 5.2, 5.5)),
    Row("5", 5, "all", USUAL, (14, 4.0, 7.8, 5.4, 4.2, 4.4, 4.5, 4.3)),
    Row("10", 10, "all", USUAL, (8.0, 4.4, 6.2, 4.8, 5.0, 4.9, 4.6, 4.0)),
    Row("15", 15, "all", USUAL, (7.3, 5.1, 5.8, 5.0, 5.4, 4.6, 5.2, 4.2)),
    Row("10 small", 10, "small", USUAL, (9.0, 5.0, 6.2, 5.2, 8.5, 5.0, 5.4, 4.8)),
    Row("10 small, strong", 10, "small", STRONG, (7.5, 4.0, 5.4, 4.4, 11.5, 4.7, 5.0, 4.2)),
    Row("10 large, strong", 10, "large", STRONG, (8.2, 4.1, 6.2, 4.6, 0.5, 4.5, 3.9, 4.3)),
)


def sizes(row: Row, panels: int, rng: np.random.Generator) -> np.ndarray:
    """panels x N children, the adopters' first."""
    drawn = np.sort(rng.lognormal(np.log(MEDIAN_CHILDREN), SPREAD, (panels, AUTHORITIES)), axis=1)
    eligible = {
        "all": np.ones(AUTHORITIES),
        "small": np.arange(AUTHORITIES) < NARROW,
        "large": np.arange(AUTHORITIES) >= AUTHORITIES - NARROW,
    }[row.among]
    who = np.where(eligible, 0, 2) + rng.random((panels, AUTHORITIES))
    return np.take_along_axis(drawn, who.argsort(1), axis=1)


def null_panels(row: Row, panels: int, rng: np.random.Generator) -> tuple[Sample, np.ndarray]:
    """Panels without an effect as outcomes of one sample, and the sizes of each."""
    size = sizes(row, panels, rng)
    noise = rng.normal(size=(panels, AUTHORITIES, len(YEARS)))
    for t in range(1, len(YEARS)):
        noise[..., t] = CORRELATION * noise[..., t - 1] + np.sqrt(1 - CORRELATION**2) * noise[..., t]
    values = noise * np.sqrt(row.variance[0] + row.variance[1] / size)[:, :, None]
    start = FIRST_START + np.arange(row.treated) % DATES
    every = np.ones((AUTHORITIES, len(YEARS)), bool)
    return Sample(values, every, YEARS, np.ones(AUTHORITIES), Slots(start, start), np.arange(row.treated)), size


def _share_as_far(real: np.ndarray, placebo: np.ndarray, chance: Placebos) -> np.ndarray:
    itself = 0 if chance.enumerated else 1
    return (itself + (placebo >= real[:, None] * TIE).sum(1)) / (itself + placebo.shape[1])


def p_values(row: Row, panels: int, draws: int, seed: int) -> dict[str, np.ndarray]:
    """p of every panel by every method."""
    rng = np.random.default_rng(seed)
    sample, size = null_panels(row, panels, rng)
    form = regression("two_way", sample)
    design = form.design()
    found = {kind: cluster_inference(design, kind=kind).p_values for kind in ("cr1", "cr2", "cr3")}
    found["wild"] = wild_restricted(design, draws=draws, seed=seed).p_values()
    slots, treated = sample.slots, sample.treated
    pool = placebos(size[0], treated, slots, matched=False, draws=draws, seed=seed)
    chance, real = scores(form, pool.assignments), scores(form, treated[None])
    found["permutation"] = _share_as_far(np.abs(real.estimates[:, 0]), np.abs(chance.estimates), pool)
    found["permutation_t"] = _share_as_far(real.squared_t[:, 0], chance.squared_t, pool)
    found |= {"size_matched": np.empty(panels), "ferman_pinto": np.empty(panels)}
    for k in range(panels):
        one = dataclasses.replace(sample, values=sample.values[[k]])
        near = placebos(size[k], treated, slots, matched=True, draws=draws, seed=seed + k)
        apart = scores(dataclasses.replace(form, values=one.values), near.assignments).estimates
        found["size_matched"][k] = _share_as_far(np.abs(design.estimate[[k]]), np.abs(apart), near)[0]
        found["ferman_pinto"][k] = ferman_pinto("two_way", one, size[k], draws=draws, seed=seed + k).p_values[0]
    return found


def rejected(row: Row, panels: int, draws: int, seed: int) -> np.ndarray:
    """Share of panels that each of METHODS rejects at 5%."""
    found = p_values(row, panels, draws, seed)
    return np.array([(found[name] <= LEVEL).mean() for name in METHODS])


def line(row: Row, share: np.ndarray, panels: int, seconds: float) -> str:
    """Ours / before of every method; a star where they differ by more than three standard errors of the two counts."""
    cells = []
    for ours, before in zip(100 * share, row.before, strict=True):
        error = np.sqrt(max(before, 0.5) * (100 - before) * (1 / panels + 1 / 2000))
        cells.append(f"{ours:5.1f} /{before:5.1f}{'*' if abs(ours - before) > 3 * error else ' '}")
    return f"{row.label:17}{panels:6}" + "".join(f"{c:>15}" for c in cells) + f"{seconds:8.0f} s"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description="How often each test rejects a true null at 5%.")
    asked.add_argument("--panels", type=int, default=400)
    asked.add_argument("--rerun", type=int, default=2000)
    asked.add_argument("--draws", type=int, default=999)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    print("% of null panels rejected at 5%: ours / the figures of the rule")
    print(f"{'adopters':17}{'panels':>6}" + "".join(f"{name:>15}" for name in METHODS))
    for row in ROWS:
        rule = chosen(Inference(), "two_way", row.treated)
        in_rule = np.isin(METHODS, [rule.first, *rule.beside])
        for panels in (given.panels, given.rerun):
            start = time.perf_counter()
            share = rejected(row, panels, given.draws, given.seed)
            print(line(row, share, panels, time.perf_counter() - start), flush=True)
            if (share[in_rule] <= SUSPECT).all():
                break


if __name__ == "__main__":
    main()
