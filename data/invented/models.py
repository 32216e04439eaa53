"""Six invented practice models, who adopts them and when, and what each truly does: the planted truths."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from data.invented.places import SOURCE, Places

FIRST_YEAR, LAST_YEAR = 2013, 2025
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)

PLANS = ("cpp_rate", "cpp_started_rate")
NEED = ("cin_year_rate", "cin_started_rate", "cin_rate", "cin_ended_rate")
REPEATS = ("rereferral_pct", "cpp_repeat_pct")
CARE = ("cla_rate", "cla_started_rate")
# Half of all authorities use Model E: on plan rates it would spoil the comparators of Models A, B and D as well as its own.
MODEL_E_CHANGES = CARE

CONSTANT, GROWS, NONE, SMALL_ONLY = "constant", "grows over four years", "none", "small authorities only"


@dataclass(frozen=True)
class Truth:
    """What a model truly does to indicators in one group of authorities; `effect` is a share (-0.10 = 10% lower)."""

    model: str
    indicators: tuple[str, ...]
    group: str
    effect: float
    shape: str
    note: str


TRUTHS: tuple[Truth, ...] = (
    Truth("MODEL_A", PLANS, "adopters", -0.10, CONSTANT, "lowers plan rates by a tenth from its start"),
    Truth("MODEL_B", ("cpp_rate", "cin_rate"), "adopters", 0.0, NONE, "does nothing; adopted right after a bad year"),
    Truth("MODEL_C", NEED, "adopters", -0.20, GROWS, "5, 10, 15, then 20% lower; starts spread over five years"),
    Truth("MODEL_D", PLANS, "adopters", -0.25, CONSTANT, "one adopter only"),
    Truth("MODEL_E", MODEL_E_CHANGES, "adopters", -0.15, CONSTANT, "recorded with a date"),
    Truth("MODEL_E", MODEL_E_CHANGES, "alongside", -0.15, CONSTANT, "recorded without a date"),
    Truth("MODEL_E", MODEL_E_CHANGES, "unrecorded", -0.15, CONSTANT, "changed alike, and no register knows"),
    Truth("MODEL_F", REPEATS, "small adopters", -0.25, SMALL_ONLY, "works in its six small authorities"),
    Truth("MODEL_F", REPEATS, "large adopters", 0.0, NONE, "does nothing in its six large authorities"),
)


@dataclass(frozen=True)
class ModelFacts:
    """What the register says of an invented model; expected outcomes are its theory of change, not its truth."""

    letter: str
    origin: str
    description: str
    elements: tuple[str, ...]
    expects: tuple[str, ...]
    said_to_use_share: float | None = None

    @property
    def model(self) -> str:
        return f"MODEL_{self.letter}"


MODELS: tuple[ModelFacts, ...] = (
    ModelFacts(
        "A",
        "invented: a consortium of fifteen authorities",
        "Practitioners and families write one safety plan together.",
        ("shared safety plan", "weekly group supervision"),
        PLANS,
    ),
    ModelFacts(
        "B",
        "invented: bought by authorities after a difficult year",
        "A new front-door form and a training day.",
        ("front-door form", "training day"),
        ("cpp_rate", "cin_rate"),
    ),
    ModelFacts(
        "C",
        "invented: spread from one authority to the next",
        "Family help teams that stay with a family for a year.",
        ("family help teams", "one worker a family", "yearly review of caseloads"),
        NEED,
    ),
    ModelFacts(
        "D",
        "invented: one authority's own design",
        "Specialist workers for adults inside child protection teams.",
        ("adult specialists in the team", "joint visits"),
        PLANS,
    ),
    ModelFacts(
        "E",
        "invented: a widely used approach",
        "A common language of strengths and worries, used far beyond its programme.",
        ("strengths and worries", "family network meetings"),
        MODEL_E_CHANGES,
        said_to_use_share=0.6,
    ),
    ModelFacts(
        "F",
        "invented: tried in six small and six large authorities",
        "A named worker follows each family after closure.",
        ("named worker after closure", "call at three months"),
        REPEATS,
    ),
)


@dataclass(frozen=True)
class Start:
    """A start as a register might give it: the words published, the days it may mean, and the precision."""

    published: str
    low: date
    high: date
    precision: str

    @property
    def first_touched(self) -> int:
        """s: the year (ending 31 March) that holds the earliest day."""
        return year_holding(self.low)

    @property
    def first_exposed(self) -> int:
        """g, first full year: the year holding the latest day if that day is 1 April, else the next."""
        return year_holding(self.high) + (0 if (self.high.month, self.high.day) == (4, 1) else 1)


def year_holding(day: date) -> int:
    """The financial year, named for the 31 March on which it ends, that holds a day."""
    return day.year + (1 if (day.month, day.day) >= (4, 1) else 0)


# The ways a start can be published so that the first full year is g.
START_STYLES: tuple[Callable[[int], Start], ...] = (
    lambda g: Start(f"{g - 1}-04", date(g - 1, 4, 1), date(g - 1, 4, 1), "month"),
    lambda g: Start(f"{g - 2}-09", date(g - 2, 9, 1), date(g - 2, 9, 1), "month"),
    lambda g: Start(f"{g - 1}-04-01", date(g - 1, 4, 1), date(g - 1, 4, 1), "day"),
    lambda g: Start(str(g - 2), date(g - 2, 1, 1), date(g - 2, 12, 31), "year"),
    lambda g: Start(f"{g - 1}-01-15", date(g - 1, 1, 15), date(g - 1, 1, 15), "day"),
)

# First exposed year of each adopter, cohort by cohort.
COHORTS: dict[str, tuple[int, ...]] = {
    "MODEL_A": (2017,) * 5 + (2018,) * 5 + (2019,) * 5,
    "MODEL_B": (2017,) * 3 + (2018,) * 3 + (2019,) * 3,
    "MODEL_C": (2016,) * 2 + (2017,) * 3 + (2018,) * 3 + (2019,) * 2 + (2020,) * 2,
    "MODEL_D": (2018,),
    "MODEL_E": (2018,) * 8,
    "MODEL_F": (2018, 2019) * 6,
}
WIDER_USE_FROM = 2018  # the year from which Model E's other users change
ALONGSIDE, ALONGSIDE_OF_OTHER_ADOPTERS, UNRECORDED = 45, 4, 20


@dataclass(frozen=True)
class Use:
    """One authority's use of a model: position of the authority, group, s, g, and its published start if it has one."""

    authority: int
    model: str
    group: str
    first_touched: int
    first_exposed: int
    start: Start | None = None

    @property
    def recorded(self) -> bool:
        return self.group != "unrecorded"


def starts(model: str) -> list[Start]:
    """The starts of a model's adopters, cohort by cohort, in a mix of precisions."""
    return [START_STYLES[n % len(START_STYLES)](g) for n, g in enumerate(COHORTS[model])]


def adopter(authority: int, model: str, start: Start, group: str = "adopters") -> Use:
    """The use that an authority's published start amounts to."""
    return Use(int(authority), model, group, start.first_touched, start.first_exposed, start)


def unusual(outcome: np.ndarray) -> np.ndarray:
    """How far each year of each authority (rows) stands above its own other years, in standard deviations."""
    return (outcome - outcome.mean(axis=1, keepdims=True)) / outcome.std(axis=1, keepdims=True)


def after_a_bad_year(untreated: Callable[[str], np.ndarray], free: np.ndarray) -> list[Use]:
    """Model B's adopters: for each start, the free authority with the worst year, for itself, right before it.

    `untreated`: see planned_uses; `free` marks who may be chosen, and is updated.
    """
    bad = sum(unusual(untreated(name)) for name in outcomes("MODEL_B"))
    chosen = []
    for start in starts("MODEL_B"):
        worst = np.where(free, bad[:, start.first_touched - 1 - FIRST_YEAR], -np.inf).argmax()
        free[worst] = False
        chosen.append(adopter(worst, "MODEL_B", start))
    return chosen


def planned_uses(places: Places, untreated: Callable[[str], np.ndarray], rng: np.random.Generator) -> list[Use]:
    """Every use of every invented model, recorded or not; no authority is an adopter of two.

    `untreated` gives an indicator as it is without models, authorities x years, relative to the mean of each year.
    """
    free = np.ones(len(places), bool)

    def chosen(when: list[Start], among: np.ndarray) -> np.ndarray:
        members = rng.choice(np.flatnonzero(free & among), len(when), replace=False)
        free[members] = False
        return members

    uses = after_a_bad_year(untreated, free)
    by_size = places.size.argsort().argsort()
    small, large = by_size < len(places) // 3, by_size >= 2 * len(places) // 3
    for model, group, among, which in (
        ("MODEL_D", "adopters", large, slice(None)),
        ("MODEL_F", "small adopters", small, slice(0, 6)),
        ("MODEL_F", "large adopters", large, slice(6, 12)),
        ("MODEL_A", "adopters", free, slice(None)),
        ("MODEL_C", "adopters", free, slice(None)),
        ("MODEL_E", "adopters", free, slice(None)),
    ):
        when = starts(model)[which]
        members = chosen(when, among)
        uses += [adopter(authority, model, start, group) for authority, start in zip(members, when, strict=True)]
    wider = [START_STYLES[0](WIDER_USE_FROM)] * (ALONGSIDE - ALONGSIDE_OF_OTHER_ADOPTERS + UNRECORDED)
    return uses + wider_use(uses, chosen(wider, free), rng)


def wider_use(adopters: list[Use], others: np.ndarray, rng: np.random.Generator) -> list[Use]:
    """Model E's users outside its programme: unrecorded, or recorded alongside (a few of these adopters of C or F)."""
    also = [use.authority for use in adopters if use.model in ("MODEL_C", "MODEL_F")]
    unrecorded, newcomers = np.split(others, [UNRECORDED])
    alongside = [*rng.choice(also, ALONGSIDE_OF_OTHER_ADOPTERS, replace=False), *newcomers]
    return [
        Use(int(authority), "MODEL_E", group, WIDER_USE_FROM, WIDER_USE_FROM)
        for group, members in (("alongside", alongside), ("unrecorded", unrecorded))
        for authority in members
    ]


def outcomes(model: str) -> list[str]:
    """The indicators that a model's truths are about, each once."""
    return list(dict.fromkeys(name for truth in TRUTHS if truth.model == model for name in truth.indicators))


def effect_path(truth: Truth, use: Use) -> np.ndarray:
    """Share by which a truth changes an indicator, by year 2013 to 2025: from g in full, half of g's from s to g-1."""
    since = YEARS - use.first_exposed
    full = truth.effect * (np.clip((since + 1) / 4, 0.25, 1) if truth.shape == GROWS else np.ones(len(YEARS)))
    return np.where(since >= 0, full, np.where(use.first_touched <= YEARS, full / 2, 0.0))


def planted(truth: Truth, uses: list[Use]) -> list[Use]:
    """The uses that a truth is about."""
    return [use for use in uses if (use.model, use.group) == (truth.model, truth.group)]


def effects(indicator: str, uses: list[Use], n: int) -> np.ndarray:
    """Share by which the models change an indicator, n authorities x years 2013 to 2025; 0 where nothing does."""
    share = np.zeros((n, len(YEARS)))
    for truth in TRUTHS:
        if indicator in truth.indicators:
            for use in planted(truth, uses):
                share[use.authority] += effect_path(truth, use)
    return share


# The register, as files


def model_toml(facts: ModelFacts, uses: list[Use], places: Places) -> str:
    """One model and its recorded users in the form of data/practice_models/<id>.toml."""
    outcomes = ", ".join(f'{{indicator = "{name}", direction = "lower"}}' for name in facts.expects)
    lines = [
        f'model = "{facts.model}"',
        f'name = "Model {facts.letter}"',
        'family = "illustrative"',
        f"origin = {json.dumps(facts.origin)}",
        f"description = {json.dumps(facts.description)}",
        f"elements = {json.dumps(facts.elements)}",
        "contains = []",
        *([f"said_to_use_share = {facts.said_to_use_share}"] if facts.said_to_use_share is not None else []),
        "lag_years = 0",
        f"expected_outcomes = [{outcomes}]",
        *provenance(),
        "illustrative = true",
    ]
    recorded = [use for use in uses if use.model == facts.model and use.recorded]
    for use in sorted(recorded, key=lambda use: (use.group == "alongside", use.authority)):
        lines += ["", *adoption_toml(use, places)]
    return "\n".join(lines) + "\n"


def provenance() -> list[str]:
    """The lines that say where a fact is from."""
    return [f"source = {json.dumps(SOURCE)}", 'source_locator = ""', 'confidence = "illustrative"']


def adoption_toml(use: Use, places: Places) -> list[str]:
    """The lines of one [[adoption]] table; the two days are left out where no date is known."""
    start = use.start
    return [
        "[[adoption]]",
        f"authority = {json.dumps(places.names[use.authority])}",
        f'area_code = "{places.codes[use.authority]}"',
        f'old_code = "{places.old_codes[use.authority]}"',
        f'role = "{"primary" if start else "alongside"}"',
        f'start = "{start.published if start else ""}"',
        *([f"start_low = {start.low}", f"start_high = {start.high}"] if start else []),
        f'precision = "{start.precision if start else "unknown"}"',
        'end = ""',
        f'programme = "{f"illustrative programme {use.model[-1]}" if start else ""}"',
        f"can_treat = {'true' if start else 'false'}",
        f'note = "{"" if start else "in use, start not known"}"',
        *provenance(),
    ]


TRUTH_COLUMNS = "model,indicator,first_exposed_year,effect,shape,authorities,note"


def truths_csv(uses: list[Use], places: Places) -> str:
    """The planted truths, one row a model, indicator, group and first exposed year; codes separated by spaces."""
    lines = [TRUTH_COLUMNS]
    for truth in TRUTHS:
        about = planted(truth, uses)
        for indicator in truth.indicators:
            for g in sorted({use.first_exposed for use in about}):
                cohort = sorted(use.authority for use in about if use.first_exposed == g)
                who = " ".join(places.codes[authority] for authority in cohort)
                note = json.dumps(f"{truth.group}: {truth.note}")
                lines.append(f"{truth.model},{indicator},{g},{truth.effect:.2f},{truth.shape},{who},{note}")
    return "\n".join(lines) + "\n"


def write_models(folder: Path, uses: list[Use], places: Places) -> list[Path]:
    """Writes one TOML a model into a folder and the paths written come back."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for facts in MODELS:
        path = folder / f"illustrative_model_{facts.letter.lower()}.toml"
        path.write_text(model_toml(facts, uses, places), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths
