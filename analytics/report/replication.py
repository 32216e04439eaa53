"""The replication bundle: figures, placebos, results, and two scripts that work the results out again on their own."""

from __future__ import annotations

from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

from analytics import chance
from analytics.analysis import Analysis, Result
from analytics.errors import PracticeError
from analytics.estimators.synthetic_control import SyntheticControl
from analytics.estimators.synthetic_did import SyntheticDid
from analytics.gaps import gaps_of
from analytics.inference import rule
from analytics.inference.permutation import Placebos
from analytics.outcome import OutcomeSample, outcome_sample
from analytics.protocol import UNREGISTERED, Standing
from analytics.report.citation import citation, suggested_citation
from analytics.report.run_files import csv_text, run_files, zipped
from analytics.spec import Specification
from analytics.warehouse import Warehouse

TEMPLATES = Path(__file__).parent / "templates"
SYNTHETIC = ("synthetic_control", "synthetic_did")

ESTIMATORS = {
    "imputation": (
        "Imputation: authority and year effects are fitted to untreated cells (comparators in every year, adopters before s). "
        "A gap is a figure less its authority and year effect; the estimate is the mean gap over exposed cells."
    ),
    "two_by_two": (
        "Two by two: each adopter's mean after less its mean before, less the same for the comparators, averaged over adopters."
    ),
    "two_way": "Two-way fixed effects: the coefficient of exposure beside authority and year effects.",
    "callaway_santanna": (
        "Callaway and Sant'Anna: each cohort's mean change since s - 1 less the comparators', averaged over cohorts and exposed "
        "years by number treated."
    ),
    "event_study": (
        "Event-study regression: a dummy for every year since first exposure but s - 1; the mean coefficient from 0 on."
    ),
    "sun_abraham": (
        "Sun and Abraham: a dummy for every cohort in every year but s - 1; the mean coefficient over exposed cells."
    ),
    "synthetic_control": (
        "Synthetic control: each adopter less the mix of comparators nearest to it before; the mean gap over exposed years."
    ),
    "synthetic_did": (
        "Synthetic difference in differences: weights for comparators and years before; cohorts averaged by exposed cells."
    ),
}
# Files that some bundles have: what one row is, what the file is, and its columns where it has any.
SOME_FILES = {
    "protocol.toml": ("", "the specification as it was saved before its results were shown", ""),
    "partners.csv": (
        "set, start, authority, partner",
        "whom each authority is compared with when it holds a place",
        "`set`, named in `outcomes.csv`; `s` and `g` of the place; `area_code` that holds it; `partner`, an authority that it is "
        "then compared with.",
    ),
    "weights.csv": (
        "outcome, adopters, member",
        "weights of comparators, and of years, for the real adopters",
        "`adopters`: codes of the adopters that share the weights; `kind`: authority or year; `member`: code or year; `weight`.",
    ),
    "placebo_estimates.csv": (
        "outcome, set, assignment",
        "estimate of every placebo, whose weights are its own",
        "`estimate` in the outcome's unit; `response`: the same with real exposure (1 where an adopter is exposed, else 0) as "
        "the outcome; `set` and `assignment` as in `placebos.csv`.",
    ),
    "synthetic.csv": (
        "outcome, line, event_time, year",
        "paths of the adopters and their synthetic selves, and gaps of placebos, as drawn on the page",
        "`line`: -1 the adopters, from 0 on placebos drawn; `authorities`: who holds the places; `year`; `event_time`: years "
        "since first exposed; `actual`, `synthetic` and `gap` in the outcome's unit.",
    ),
    "synthetic_weights.csv": (
        "outcome, adopter, donor",
        "who makes up each synthetic self, and the change without that authority",
        "`adopter`; `donor`: an authority in its mix; `weight`: its share; "
        "`change_without`: the adopter's mean gap where the mix is found again without the donor.",
    ),
}


def bundle_name(analysis: Analysis) -> str:
    """Name of the bundle's folder: replication-<hash>, or illustrative-replication-<hash>."""
    return ("illustrative-" if analysis.study.illustrative else "") + f"replication-{analysis.specification.hash}"


class _Sets:
    """Tables that several outcomes may share, each kept once under a name of its own."""

    def __init__(self, letter: str) -> None:
        self.letter, self.names, self.tables = letter, {}, []

    def named(self, key: tuple, table: pd.DataFrame) -> str:
        """Name of a table, the one given before to the same key."""
        if key not in self.names:
            self.names[key] = f"{self.letter}{len(self.names) + 1}"
            self.tables.append(table.assign(set=self.names[key])[["set", *table.columns]])
        return self.names[key]

    def together(self) -> pd.DataFrame:
        """All of them, one under the other."""
        return pd.concat(self.tables, ignore_index=True)


def _placebo_set(sets: _Sets, one: OutcomeSample, found: Placebos, codes: np.ndarray) -> str:
    """Name of one set of assignments: the real adopters as assignment 0, then the placebos."""
    rows = one.rows[np.vstack([one.treated[None], found.assignments])]
    real = np.concatenate([[True], found.real])
    frame = pd.DataFrame(
        {
            "assignment": np.arange(len(rows)),
            "real": real,
            "how": "every" if found.enumerated else "drawn",
            **{f"slot_{k + 1}": codes[column] for k, column in enumerate(rows.T)},
        }
    )
    return sets.named((one.rows.tobytes(), rows.tobytes(), rows.shape), frame)


def _partner_set(sets: _Sets, one: OutcomeSample, codes: np.ndarray) -> str:
    """Name of who is compared with whom; '' where everyone who holds no slot is."""
    partners = one.sample.partners
    if partners is None:
        return ""
    kind, holder, other = np.nonzero(partners)
    kinds = one.sample.slots.kinds
    frame = pd.DataFrame(
        {
            "s": kinds[kind, 0],
            "g": kinds[kind, 1],
            "area_code": codes[one.rows[holder]],
            "partner": codes[one.rows[other]],
        }
    )
    return sets.named((one.rows.tobytes(), partners.tobytes(), kinds.tobytes()), frame)


def _samples(analysis: Analysis) -> list[OutcomeSample]:
    """The sample of each result, cut again from the study."""
    outcomes = analysis.specification.outcomes
    return [outcome_sample(analysis.study, outcomes.index(r.indicator.indicator)) for r in analysis.results]


def _outcomes(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """outcomes.csv with the sets that it names: placebos.csv, and partners.csv and placebo_estimates.csv where there are any."""
    specification, samples = analysis.specification, _samples(analysis)
    codes = np.array(analysis.study.panel.areas, dtype=object)
    family = chance.family_of(samples, specification)
    sets, partners, rows, solved = _Sets("p"), _Sets("c"), [], []
    for place, (result, one) in enumerate(zip(analysis.results, samples, strict=True)):
        used = [(one, specification.estimator.name), (one, "imputation")]
        used += [(family.samples[place], specification.estimator.name)] if family.samples else []
        found = [chance.placebos_of(sample, specification.inference, name) for sample, name in used]
        names = [_placebo_set(sets, sample, each, codes) for (sample, _), each in zip(used, found, strict=True)]
        _refuse_if_cut_short(result, one, specification)
        if specification.estimator.name in SYNTHETIC:
            for k in range(0, len(used), 2):  # the estimates' own, and the family's where it has others
                solved.append(_placebo_estimates(result, used[k][0], found[k], names[k], specification))
        effect = result.effect
        rows.append(
            {
                "outcome": result.indicator.indicator,
                "label": result.indicator.label,
                "unit": result.indicator.unit,
                "method": effect.method,
                "placebo_sd": effect.placebo_sd,
                "placebos": names[0],
                "gap_placebos": names[1],
                "family": family.name,
                "family_placebos": names[2] if family.samples else "",
                "partners": _partner_set(partners, one, codes),
            }
        )
    tables = {"outcomes.csv": pd.DataFrame(rows), "placebos.csv": sets.together()}
    if partners.tables:
        tables["partners.csv"] = partners.together()
    if solved:
        estimates = pd.concat(solved, ignore_index=True)
        tables["placebo_estimates.csv"] = estimates.drop_duplicates(["outcome", "set", "assignment"])
        tables["weights.csv"] = _weights(analysis, samples, codes)
    return tables


def _refuse_if_cut_short(result: Result, one: OutcomeSample, specification: Specification) -> None:
    """Raise where an analysis was made by fewer placebos than its specification says, as a survey of many outcomes is."""
    whole = gaps_of(one, specification.inference).table(specification.inference.level)
    if whole.shape != result.event_study.shape or not np.allclose(whole, result.event_study, equal_nan=True):
        raise PracticeError(
            "This analysis was made with fewer placebos than its specification asks for. Run it whole first."
        )


def _placebo_estimates(
    result: Result, one: OutcomeSample, found: Placebos, name: str, specification: Specification
) -> pd.DataFrame:
    """Estimate and response (see PlaceboEstimates) of the real adopters, assignment 0, and of every placebo."""
    fit = chance.estimator_of(chance.with_exposure(one.sample), specification)
    real = fit.estimates(one.treated[None], found.real_comparators)
    both = np.concatenate([real, fit.estimates(found.assignments, found.comparators)], axis=1)
    return pd.DataFrame(
        {
            "outcome": result.indicator.indicator,
            "set": name,
            "assignment": np.arange(both.shape[1]),
            "estimate": both[0],
            "response": both[1],
        }
    )


def _weights(analysis: Analysis, samples: list[OutcomeSample], codes: np.ndarray) -> pd.DataFrame:
    """outcome, adopters, kind, member, weight: of the comparators, and of the years before, for the real adopters."""
    of = _control_weights if analysis.specification.estimator.name == "synthetic_control" else _did_weights
    parts = [
        of(one, codes[one.rows]).assign(outcome=result.indicator.indicator)
        for result, one in zip(analysis.results, samples, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)[["outcome", "adopters", "kind", "member", "weight"]]


def _members(adopters: str, kind: str, members: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    held = weights > 0
    return pd.DataFrame({"adopters": adopters, "kind": kind, "member": members[held], "weight": weights[held]})


def _control_weights(one: OutcomeSample, codes: np.ndarray) -> pd.DataFrame:
    fit, parts = SyntheticControl(one.sample), []
    for years in fit.years:
        rows = one.treated[years.slots]
        weights = fit.weights(years, 0, rows, fit.donors_of(years, rows))
        parts += [_members(codes[row], "authority", codes, w) for row, w in zip(rows, weights, strict=True)]
    return pd.concat(parts, ignore_index=True)


def _did_weights(one: OutcomeSample, codes: np.ndarray) -> pd.DataFrame:
    fit, parts = SyntheticDid(one.sample), []
    compared = one.sample.comparators_of(one.treated[None])
    for cohort in fit.cohorts:
        found = fit.cohort_fit(cohort, 0, one.treated[None], compared)
        adopters = " ".join(codes[one.treated[cohort.slots]])
        parts.append(_members(adopters, "authority", codes, found.authorities[0]))
        parts.append(_members(adopters, "year", one.sample.years[cohort.before], found.years[0]))
    return pd.concat(parts, ignore_index=True)


def _authorities(analysis: Analysis) -> pd.DataFrame:
    """area_code, name, region, children (mean over the window) of every authority with a figure."""
    panel = analysis.study.panel
    return pd.DataFrame(
        {"area_code": panel.areas, "name": panel.names, "region": panel.regions, "children": panel.size}
    )


def _settings(specification: Specification) -> pd.DataFrame:
    """key, value: the specification in rows, such as estimator.name, imputation; lists are joined by spaces."""
    rows = []
    for table, keys in specification.to_dict().items():
        for key, value in keys.items() if isinstance(keys, dict) else [("", keys)]:
            text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
            rows.append((f"{table}.{key}".rstrip("."), text))
    return pd.DataFrame(rows, columns=["key", "value"])


def _readme(analysis: Analysis, files: dict[str, str]) -> str:
    """README.md of the bundle."""
    specification, study = analysis.specification, analysis.study
    extra = {name: words for name, words in SOME_FILES.items() if name in files}
    mark = "**Illustrative: every authority, model and figure in this folder is invented.**\n\n"
    labels = "; ".join(result.indicator.label for result in analysis.results)
    slow = specification.estimator.name == "synthetic_did"
    return Template((TEMPLATES / "README.md").read_text(encoding="utf-8")).substitute(
        title=f"Replication: {specification.title or 'did outcomes change after adoption?'}",
        mark=mark if study.illustrative else "",
        question=(
            f"In {len(study.treated)} authorities that adopted, did these figures change, compared with {len(study.comparators)} "
            f"that did not? {labels}."
        ),
        answer=" ".join(f"{r.indicator.label}: {r.verdict.heading.lower()}." for r in analysis.results),
        hash=specification.hash,
        edition=study.edition,
        time=(
            "`replicate.py` solves the first 99 placebos anew, and all of them with `--all`, which takes minutes."
            if slow
            else "Every placebo is estimated anew: seconds to a few minutes for each outcome."
        ),
        files="".join(f"| `{name}` | {row} | {what} |\n" for name, (row, what, _) in extra.items()),
        columns="".join(f"\n### {name}\n\n{columns}\n" for name, (*_, columns) in extra.items() if columns),
        estimator=ESTIMATORS[specification.estimator.name],
        chance="\n\n".join(rule.DETAILS[method] for method in dict.fromkeys(r.effect.method for r in analysis.results)),
        cite=suggested_citation(analysis),
    )


def replication_files(analysis: Analysis, warehouse: Warehouse, standing: Standing = UNREGISTERED) -> dict[str, str]:
    """Text of each file of the bundle, by name.

    Raises
    ------
    PracticeError : the analysis was not made whole, or not on this warehouse
    """
    if warehouse.edition != analysis.study.edition:
        raise PracticeError(
            f"The analysis was made on {analysis.study.edition} and the warehouse is now {warehouse.edition}. Run it again first."
        )
    marks = {"standing": standing.word, "figures": "illustrative" if analysis.study.illustrative else "published"}
    tables = _outcomes(analysis)
    tables |= {"authorities.csv": _authorities(analysis), "settings.csv": _settings(analysis.specification)}
    files = run_files(analysis, standing) | {name: csv_text(table.assign(**marks)) for name, table in tables.items()}
    files["CITATION.txt"] = citation(analysis, warehouse)
    files["README.md"] = _readme(analysis, files)
    for script in ("replicate.py", "replicate.R"):
        files[script] = (TEMPLATES / script).read_text(encoding="utf-8")
    return files


def replication_zip(analysis: Analysis, warehouse: Warehouse, standing: Standing = UNREGISTERED) -> bytes:
    """The bundle as a zip of one folder; equal analyses give equal bytes."""
    folder, files = bundle_name(analysis), replication_files(analysis, warehouse, standing)
    return zipped({f"{folder}/{name}": text for name, text in sorted(files.items())})


def write_replication(analysis: Analysis, warehouse: Warehouse, file: Path, standing: Standing = UNREGISTERED) -> None:
    """The bundle as a file, whose folder is made if need be.

    Raises
    ------
    PracticeError : it cannot be written there, or see `replication_files`
    """
    content = replication_zip(analysis, warehouse, standing)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise PracticeError(f"Cannot write {file}: {error.strerror}. Name another file with --out.") from error
