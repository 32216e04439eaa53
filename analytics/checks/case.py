"""What a check is given: one outcome of a study, its effect, and ways to ask again with something changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.chance import Judged, judged
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.effect import Effect, Indicator
from analytics.errors import CannotEstimate
from analytics.exposure import Exposure
from analytics.gaps import Gaps
from analytics.inference.permutation import PlaceboEstimates, p_values
from analytics.outcome import OutcomeSample, outcome_sample
from analytics.panel import without_years
from analytics.spec import Specification
from analytics.study import Study
from analytics.wording import difference_unit, listed, number_text, p_text

CHECK_DRAWS = 1999  # placebos of a re-run: p at .05 is then known to about .01
MOST_ENUMERATED = 10_000  # placebos of a re-run that are all taken; more would only cost seconds


@dataclass(frozen=True)
class Case:
    """One outcome as it was judged."""

    study: Study
    one: OutcomeSample
    indicator: Indicator
    effect: Effect
    estimates: PlaceboEstimates = field(repr=False)
    gaps: Gaps = field(repr=False)
    cells: pd.DataFrame = field(repr=False)

    @property
    def specification(self) -> Specification:
        """What was asked."""
        return self.study.specification

    @property
    def alpha(self) -> float:
        """Below which p counts as evidence."""
        return 1 - self.specification.inference.level

    @property
    def p_placebo(self) -> float:
        """p of the estimate by placebos, whichever test the verdict rests on: re-runs are judged in the same way."""
        return float(p_values(self.estimates)[0])

    @property
    def unit(self) -> str:
        """Unit of a difference in the outcome."""
        return difference_unit(self.indicator.unit)

    def number(self, value: float) -> str:
        """A figure of the outcome as text."""
        return number_text(value, self.indicator.decimals)

    def again(self, found: Study) -> Judged:
        """The same outcome of a study that was changed in one thing.

        Raises
        ------
        CannotEstimate : nothing is left to estimate from
        """
        return self.judged(outcome_sample(found, self.one.outcome), found.specification)

    def judged(self, one: OutcomeSample, specification: Specification | None = None) -> Judged:
        """A sample's estimate, judged by fewer placebos than the result: enough to say on which side of a line it falls."""
        asked = specification or self.specification
        fewer = dataclasses.replace(asked.inference, draws=min(asked.inference.draws, CHECK_DRAWS))
        return judged(one, dataclasses.replace(asked, inference=fewer), most=MOST_ENUMERATED)

    def with_base(self, base: str | int) -> Judged:
        """The same by imputation from another base."""
        return self.judged(self.one, self.by_imputation(base))

    def by_imputation(self, base: str | int) -> Specification:
        """The specification with imputation from a base as its estimator, choices that it cannot make left behind."""
        asked = self.specification.estimator
        average = "cells" if isinstance(base, int) else asked.average
        plain = {"average": average, "comparison": "never", "base_period": "varying"}
        estimator = dataclasses.replace(asked, name="imputation", base=base, **plain)
        return dataclasses.replace(self.specification, estimator=estimator)

    def of_adopters(self, exposures: Iterable[Exposure]) -> Study:
        """The study with these adopters, or these dates of them, alone."""
        kept = tuple(exposures)
        codes = {e.area_code for e in kept}
        rows = self.study.treated[self.study.treated.area_code.isin(codes)]
        gone = {e.area_code for e in self.study.exposures} - codes  # not a placebo either: they had the real thing
        return dataclasses.replace(self.study, exposures=kept, treated=rows, partners=self._partners_without(gone))

    def without_comparators(self, codes: Iterable[str]) -> Study:
        """The study without some comparators: compared with nobody, and no placebo."""
        gone = set(codes)
        rows = self.study.comparators[~self.study.comparators.area_code.isin(gone)]
        return dataclasses.replace(self.study, comparators=rows, partners=self._partners_without(gone))

    def _partners_without(self, gone: set[str]) -> dict[str, tuple[str, ...]] | None:
        if self.study.partners is None:
            return None
        kept = {code: tuple(c for c in near if c not in gone) for code, near in self.study.partners.items()}
        return {code: near for code, near in kept.items() if near and code not in gone}

    def without(self, years: Iterable[int]) -> Study:
        """The study without some years."""
        return dataclasses.replace(self.study, panel=without_years(self.study.panel, years))

    @property
    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """N x T each: numerators and denominators of the sample's cells, NaN where none is published."""
        panel, one = self.study.panel, self.one
        held = np.isin(panel.years, one.sample.years)
        return tuple(array[one.outcome][one.rows][:, held] for array in (panel.numerators, panel.denominators))

    @property
    def suppressed(self) -> np.ndarray:
        """N x T, True where the sample's cell is suppressed."""
        panel, one = self.study.panel, self.one
        return (panel.status[one.outcome][one.rows] == "suppressed")[:, np.isin(panel.years, one.sample.years)]

    @property
    def adopters(self) -> tuple[Exposure, ...]:
        """Adopters that this outcome's estimate rests on."""
        used = {self.study.panel.areas[r] for r in self.one.rows[self.one.treated]}
        return tuple(e for e in self.study.exposures if e.area_code in used)

    @property
    def comparators(self) -> tuple[str, ...]:
        """Codes of the comparators that this outcome's estimate rests on."""
        return tuple(self.study.panel.areas[r] for r in self.one.rows[self.one.sample.compared])

    def name_of(self, code: str) -> str:
        """Name of an authority of the panel."""
        return self.study.panel.names[self.study.panel.position[code]]

    def named(self, exposures: Iterable[Exposure]) -> str:
        """Adopters by name, as a sentence lists them."""
        return listed([self.name_of(e.area_code) for e in exposures])

    def figure(self, found: Judged) -> str:
        """A re-run's estimate and p as text."""
        return f"{self.number(found.estimate)} (p {p_text(found.p_value)})"


def same_answer(case: Case, found: Judged) -> bool:
    """Whether a re-run says what the result says: evidence on the same side, or none."""
    if case.p_placebo > case.alpha:
        return found.p_value > case.alpha
    return found.p_value <= case.alpha and np.sign(found.estimate) == np.sign(case.effect.estimate)


def compared(case: Case, name: str, found: dict[str, Judged], *, held: str, failed: str) -> CheckResult:
    """Result by whether every re-run gives the same answer; the sentence lists them.

    Parameters
    ----------
    found : re-runs by what was changed, '' where `held` and `failed` say it
    held, failed : what is said before the figures
    """
    differ = [what for what, each in found.items() if not same_answer(case, each)]
    table = pd.DataFrame([{"changed": what, **dataclasses.asdict(each)} for what, each in found.items()])
    figures = [f"{what} {case.figure(each)}".lstrip() for what, each in found.items()]
    told = f"{'; '.join(figures)}; the result itself is {case.number(case.effect.estimate)} {case.unit}"
    return CheckResult(name, FAILED if differ else HELD, f"{failed if differ else held}: {told}.", table)


def cannot_tell(name: str, why: str) -> CheckResult:
    """A check that could not be made, and why."""
    return CheckResult(name, CANNOT_TELL, why)


__all__ = ["CannotEstimate", "Case", "Judged", "cannot_tell", "compared", "same_answer"]
