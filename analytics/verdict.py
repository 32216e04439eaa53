"""The verdict: evidence of a change, no clear change, or cannot tell; by one decision table (docs/methods.md, The verdict)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.checks.result import CANNOT_TELL as UNSETTLED
from analytics.checks.result import FAILED, CheckResult
from analytics.wording import difference_unit, number_text, p_text

EVIDENCE, NO_CLEAR_CHANGE, CANNOT_TELL = "evidence", "no_clear_change", "cannot_tell"
HEADINGS = {
    EVIDENCE: "Evidence of a change",
    NO_CLEAR_CHANGE: "No clear change",
    CANNOT_TELL: "Cannot tell",
}
MOST_NAMED = 3  # checks named in a verdict; the page lists all


@dataclass(frozen=True)
class Verdict:
    """One of three words, with its heading and the sentence that a committee reads."""

    word: str
    heading: str
    sentence: str


@dataclass(frozen=True)
class Evidence:
    """What the decision is made from, effects in the outcome's unit.

    Attributes
    ----------
    p_value : adjusted where outcomes were tested together
    smallest_effect : D, the smallest effect of interest; smallest_named, whether the specification names it
    """

    estimate: float
    interval: tuple[float, float] | None
    p_value: float
    p_smallest: float
    minimum_detectable: float
    smallest_effect: float
    level: float
    unit: str
    decimals: int
    polarity: str
    smallest_named: bool = True


def _one_side(evidence: Evidence) -> bool:
    return evidence.interval is not None and evidence.interval[0] * evidence.interval[1] > 0


def _better_or_worse(evidence: Evidence) -> str:
    """A sentence only where the indicator has a polarity and the interval is on one side of zero, else ''."""
    if evidence.polarity == "none" or not _one_side(evidence):
        return ""
    good = (evidence.estimate > 0) == (evidence.polarity == "higher")
    return f" For this indicator {evidence.polarity} is better, so this is a change for the {'better' if good else 'worse'}."


def _amount(value: float, evidence: Evidence) -> str:
    return f"{number_text(value, evidence.decimals)} {difference_unit(evidence.unit)}"


def verdict_of(evidence: Evidence, checks: Sequence[CheckResult]) -> Verdict:
    """Decide by the table: what cannot tell comes first, then evidence, then whether a change would have been seen.

    Only checks that bear on the verdict count; sensitivities and diagnostics are shown beside it.
    """
    checks = [c for c in checks if c.bears_on_verdict]
    alpha = 1 - evidence.level
    failed = [c for c in checks if c.verdict == FAILED and c.decisive]
    if evidence.p_smallest > alpha:
        return _verdict(
            CANNOT_TELL,
            f"Even the most extreme result possible here has p {p_text(evidence.p_smallest)}: too few authorities to tell chance "
            "from change.",
        )
    if failed:
        many = "A check" if len(failed) == 1 else f"{len(failed)} checks"
        return _verdict(CANNOT_TELL, f"{many} failed. " + " ".join(c.sentence for c in failed))
    doubts = _doubts(checks)
    if evidence.p_value <= alpha:
        return _verdict(EVIDENCE, _care(checks) + _evidence_sentence(evidence) + doubts)
    if evidence.minimum_detectable <= evidence.smallest_effect:
        seen = _amount(evidence.minimum_detectable, evidence)
        return _verdict(
            NO_CLEAR_CHANGE,
            f"{_care(checks)}No clear change, and one of {seen} would have been seen four times in five."
            f"{_still_possible(evidence)}{doubts}",
        )
    return _verdict(CANNOT_TELL, f"{_missed_sentence(evidence)}{_failures(checks)}")


def _missed_sentence(evidence: Evidence) -> str:
    """What could have been missed: the smallest change that matters is smaller than the smallest that would have been seen."""
    seen, matters = (number_text(x, evidence.decimals) for x in (evidence.minimum_detectable, evidence.smallest_effect))
    unit = difference_unit(evidence.unit)
    said = f"No clear change was seen, but only one of {seen} {unit} or more could be relied on to show."
    if evidence.smallest_effect == 0:  # a mean of 0 before has no share that would matter
        return f"{said} How small a change would matter has not been said, and the adopters' mean before, 0, does not tell."
    if seen == matters:  # apart by less than the outcome's decimals show
        matters = f"just under {matters}"
    named = "" if evidence.smallest_named else " (a fifth of the adopters’ mean before, as none was named)"
    return f"{said} One of {matters}{named} would matter, and could have been missed."


def _evidence_sentence(evidence: Evidence) -> str:
    way = "higher" if evidence.estimate > 0 else "lower"
    between = ""
    if evidence.interval is not None:
        change, low, high = (number_text(v, evidence.decimals) for v in (evidence.estimate, *evidence.interval))
        between = f" (a change of {change}, {evidence.level:.0%} interval {low} to {high})"
    return (
        f"After adoption it was {_amount(abs(evidence.estimate), evidence)} {way} than the comparators' path would "
        f"suggest{between}.{_better_or_worse(evidence)} That is more than chance would usually give; it does not say why."
    )


def _care(checks: Sequence[CheckResult]) -> str:
    """What stands before the finding where checks that could have overturned it could not tell; '' where all held."""
    unsettled = [c for c in checks if c.decisive and c.verdict == UNSETTLED]
    if not unsettled:
        return ""
    if len(unsettled) == 1:
        return "Read this with care: a check that could overturn it cannot tell. "
    return f"Read this with care: {len(unsettled)} checks that could overturn it cannot tell. "


def _still_possible(evidence: Evidence) -> str:
    """Said where the interval reaches a change that would matter: one so large would usually, not always, have been seen."""
    if evidence.interval is None or evidence.smallest_effect == 0:
        return ""
    far = max(evidence.interval, key=abs)
    if abs(far) < evidence.smallest_effect:
        return ""
    way = "rise" if far > 0 else "fall"
    return (
        f" A {way} of up to {_amount(abs(far), evidence)} still fits these figures, and one of "
        f"{number_text(evidence.smallest_effect, evidence.decimals)} would matter."
    )


def _doubts(checks: Sequence[CheckResult]) -> str:
    """Names the checks that failed without deciding the verdict, and those that could not tell; '' where all held."""
    return _failures(checks) + _counted([c for c in checks if c.verdict == UNSETTLED], "cannot tell")


def _failures(checks: Sequence[CheckResult]) -> str:
    return _counted([c for c in checks if c.verdict == FAILED and not c.decisive], "failed")


def _counted(checks: Sequence[CheckResult], said: str) -> str:
    """How many checks say so and which, '' where none does."""
    if not checks:
        return ""
    many = f"{len(checks)} checks" if len(checks) > 1 else "One check"
    return f" {many} {said}: {_names(checks)}."


def _names(checks: Sequence[CheckResult]) -> str:
    """The checks that matter most by name, the rest by number."""
    foremost = sorted(checks, key=lambda c: not c.decisive)
    named = [_as_part_of_a_sentence(c.name) for c in foremost[:MOST_NAMED]]
    more = len(checks) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _as_part_of_a_sentence(name: str) -> str:
    return name if name[1:2].isupper() else name[0].lower() + name[1:]


def _verdict(word: str, sentence: str) -> Verdict:
    return Verdict(word, HEADINGS[word], sentence)
