"""Which inference when: chosen by the number treated and the estimator, shown to the reader, and open to being overridden.

The numbers of adopters at which the rule changes come from simulated panels without an effect: a test belongs first where it
rejects about as often as it says (python -m tests.benchmarks.size_table).
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.errors import BadSpecification
from analytics.inference.regression import regression_names
from analytics.spec import Inference
from analytics.terms import choices_of

FEW, MANY = 5, 10  # treated: under FEW no standard error; from MANY a clustered one comes first
NEEDS_REGRESSION = ("permutation_t", "wild", "cr2", "cr3")

# For members and officers: what was done, in one or two sentences.
SENTENCES = {
    "size_matched": (
        "Chance is judged by placebo adopters: the same start years given to authorities of similar size that are in the "
        "comparison, thousands of times over. No standard error is used."
    ),
    "permutation": (
        "Chance is judged by placebo adopters drawn from all authorities in the comparison, whatever their size. "
        "Small authorities vary more, so this rejects too often where the adopters are small."
    ),
    "permutation_t": (
        "Chance is judged by placebo adopters drawn from all authorities in the comparison, each change measured against "
        "how much its own authorities vary, so that small and large ones can be compared."
    ),
    "ferman_pinto": (
        "Chance is judged by putting comparators in the adopters' place, their changes scaled to what is usual for "
        "authorities of the adopters' size."
    ),
    "cr2": (
        "Chance is judged by how much authorities vary around the fitted change, with a correction for how few adopted. "
        "Figures of one authority in different years count as one piece of evidence, not several."
    ),
    "cr3": (
        "Chance is judged by how much the estimate moves as each authority in turn is left out. "
        "With under ten adopters this rejects too often."
    ),
    "wild": (
        "Chance is judged by imagining no change at all: what is left over for each authority is turned up or down at random, "
        "thousands of times over, and the change estimated again. With under five adopters this almost never finds one."
    ),
}

# For researchers: the formula and where it is from.
DETAILS = {
    "size_matched": (
        "Randomisation test on the estimate b. Placebos give each slot (s, g) to one of the 41 authorities nearest in children, "
        "no authority twice; p = (1 + #{|b_pi| >= |b|}) / (1 + draws), or the share where all are enumerated. Interval by "
        "inversion for a constant effect. Rejects 4 to 6% of true nulls at a nominal 5% with 1 to 15 adopters."
    ),
    "permutation": (
        "Randomisation test on the estimate b, placebos drawn from the whole pool; p and interval as for size-matched placebos. "
        "Where variance falls with size and the adopters are all small it rejected 8.5 to 11.5% of true nulls, all large 0.5%."
    ),
    "permutation_t": (
        "Randomisation test on |b| / se, se clustered by authority (CR1) in each placebo's own regression (DiCiccio and Romano "
        "2017; MacKinnon and Webb 2020); placebos from the whole pool. Interval by inversion: each placebo accepts where a "
        "quartic in the effect is not negative."
    ),
    "ferman_pinto": (
        "Ferman and Pinto (2019): Q_jk of comparator j in slot k times sqrt(v(m_k) / v(m_j)), v(m) = A + B / m fitted to Q^2 by "
        "least squares, negative coefficients set to 0; p = share of |sum Q / H| >= |b|. No interval."
    ),
    "cr2": (
        "b -/+ t se with V = sum (a_i' (I - H_ii)^-1/2 r_i)^2 over authorities and Satterthwaite degrees of freedom "
        "(tr G)^2 / tr(G G) (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018). H holds the authority and year effects."
    ),
    "cr3": (
        "b -/+ t se with V = (N - 1) / N sum (a_i' (I - H_ii)^-1 r_i)^2 over authorities, t with N - 1 degrees of freedom: close "
        "to the cluster jackknife (MacKinnon, Nielsen and Webb 2023)."
    ),
    "wild": (
        "Wild cluster restricted bootstrap (Cameron, Gelbach and Miller 2008): residuals under no effect times one Rademacher "
        "weight an authority (Webb's six points under 10 adopters), t with CR1; p = (1 + #{|t*| >= |t|}) / (1 + draws). Interval "
        "by inversion."
    ),
}


@dataclass(frozen=True)
class Choice:
    """The inference of one outcome.

    Attributes
    ----------
    first : the method whose p and interval are the result's
    beside : methods shown next to it; they can fall on the other side of 5%, and the first decides
    overridden : whether the specification asked for another first method than the rule's
    sentence : why, for a reader
    """

    first: str
    beside: tuple[str, ...]
    overridden: bool
    sentence: str


def _by_rule(estimator: str, n_treated: int, *, by_region: bool) -> tuple[str, ...]:
    """The rule's methods, the first first."""
    if by_region:  # the regressions of the other tests have one effect a year
        return ("size_matched",)
    if n_treated < FEW:
        return ("size_matched", "ferman_pinto")
    if estimator not in regression_names():
        return ("size_matched",)
    if n_treated < MANY:
        return ("size_matched", "permutation_t", "cr2")
    return ("cr2", "wild", "size_matched")


def _why(estimator: str, n_treated: int, *, by_region: bool) -> str:
    adopters = "1 adopter" if n_treated == 1 else f"{n_treated} adopters"
    if n_treated < FEW:
        return f"With {adopters} no standard error can be trusted, so placebo adopters of similar size judge chance."
    if by_region or estimator not in regression_names():
        return f"With {adopters} and this estimator, placebo adopters of similar size judge chance."
    if n_treated < MANY:
        return (
            f"With {adopters} placebo adopters of similar size judge chance. Two other tests stand beside: they can fall on the "
            "other side of 5%, and the first decides."
        )
    return f"With {adopters} a standard error clustered by authority and corrected for few adopters is close enough."


def chosen(inference: Inference, estimator: str, n_treated: int, *, by_region: bool = False) -> Choice:
    """The methods for an estimator with this many treated authorities, by rule or as asked for.

    Parameters
    ----------
    by_region : whether years have effects of their own in each region

    Raises
    ------
    BadSpecification : the method asked for needs a regression and the estimator is none
    """
    by_rule = _by_rule(estimator, n_treated, by_region=by_region)
    if inference.name in ("by_rule", by_rule[0]):
        return Choice(by_rule[0], by_rule[1:], False, _why(estimator, n_treated, by_region=by_region))
    if by_region and inference.name not in ("permutation", "size_matched"):
        raise BadSpecification(
            f"inference.name = '{inference.name}' cannot be used where years have effects of their own in each region. "
            "Choose 'by_rule', or set estimator.year_effects = 'common'."
        )
    if inference.name in NEEDS_REGRESSION and estimator not in regression_names():
        raise BadSpecification(
            f"inference.name = '{inference.name}' is for a regression and {estimator} is none. Choose 'by_rule' or "
            f"'size_matched', or one of these estimators: {', '.join(regression_names())}."
        )
    return Choice(
        inference.name,
        tuple(name for name in by_rule if name != inference.name),
        True,
        f"Chosen by hand. The rule for this estimator and number of adopters is “{choices_of('inference')[by_rule[0]]}”, shown "
        "beside.",
    )


def placebo_pool(inference: Inference) -> str:
    """Which placebos give the spread, the smallest detectable effect and the bands, whichever method comes first."""
    return "permutation" if inference.name == "permutation" else "size_matched"
