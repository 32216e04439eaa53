"""Specification: everything that one analysis depends on; the one input of page, command line, deep link and report."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from analytics.errors import BadSpecification, UnknownName, did_you_mean, why_unread
from analytics.neighbours import CLOSENESS, LEAST_CLOSE, MODELS, OWN
from analytics.wording import counted

ROLES = ("primary", "alongside", "developing")
EXPOSURE_RULES = ("first_full_year", "year_of_start", "majority")
TRANSITIONS = ("drop", "keep")
POOLS = ("never_adopters", "statistical_neighbours", "region", "matched", "listed")
ESTIMATORS = (
    "imputation",
    "callaway_santanna",
    "two_by_two",
    "two_way",
    "event_study",
    "sun_abraham",
    "synthetic_control",
    "synthetic_did",
)
REGION_EFFECTS = ("imputation", "two_by_two", "two_way")  # estimators that can give each region its own year effects
BASES = ("all_pre", "donut")
INFERENCES = ("by_rule", "size_matched", "permutation", "permutation_t", "ferman_pinto", "cr2", "cr3", "wild")
FAMILIES = ("max_t", "holm", "bh", "none")
MOST_DRAWS = 100_000
MOST_YEARS_BEFORE = 100
MOST_MATCHES = 50
MOST_WEIGHT = 5  # of a background figure in an own neighbour model
FIRST_YEAR, LAST_YEAR = 1990, 2100  # of any published figure that could be read
# Keys that came after the first protocols could be saved: at their usual value they leave a hash as it was.
LATER_KEYS = (
    ("treatment", "lag_first", 0),
    ("treatment", "lag_last", None),
    ("comparators", "own_weights", None),
    ("comparators", "own_year", None),
    ("window", "complete", False),
    ("estimator", "average", "cells"),
    ("estimator", "year_effects", "common"),
    ("estimator", "comparison", "never"),
    ("estimator", "base_period", "varying"),
)
KIND_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


SMALLEST = 'outcomes = ["cpp_rate"]\n[treatment]\nprogramme = "EIP1"'
ALLOWED = {  # words that a key may have
    "treatment.roles": ROLES,
    "treatment.exposure": EXPOSURE_RULES,
    "treatment.transition": TRANSITIONS,
    "comparators.pool": POOLS,
    "comparators.neighbour_model": (*MODELS, OWN),
    "comparators.least_close": CLOSENESS,
    "comparators.other_models": ("drop", "keep"),
    "estimator.name": ESTIMATORS,
    "estimator.weights": ("authorities", "children"),
    "estimator.average": ("cells", "authorities"),
    "estimator.year_effects": ("common", "region"),
    "estimator.comparison": ("never", "not_yet"),
    "estimator.base_period": ("varying", "universal"),
    "inference.name": INFERENCES,
    "inference.family": FAMILIES,
}


def _one_of(key: str, value: object) -> None:
    allowed = ALLOWED[key]
    if value not in allowed:
        near = did_you_mean(str(value), allowed)
        raise BadSpecification(f"{key} = '{value}' cannot be used.{near} It may be: {', '.join(allowed)}.")


@dataclass(frozen=True)
class Treatment:
    """Who is treated: adopters of a model, of a programme, or a named list with start dates."""

    model: str = ""
    programme: str = ""
    authorities: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("primary",)
    exposure: str = "first_full_year"
    transition: str = "drop"
    lag_first: int = 0  # years after the first exposed one from which, and up to which, figures make up the effect
    lag_last: int | None = None

    def __post_init__(self) -> None:
        if self.lag_first < 0 or (self.lag_last is not None and self.lag_last < self.lag_first):
            raise BadSpecification(
                f"treatment.lag_first = {self.lag_first} and lag_last = {self.lag_last} leave no year. "
                "Count from 0, the first exposed year; lag_last is left out for all later years."
            )
        for role in self.roles:
            _one_of("treatment.roles", role)
        _one_of("treatment.exposure", self.exposure)
        _one_of("treatment.transition", self.transition)
        if not self.roles:
            raise BadSpecification(f"treatment.roles is empty. Name at least one of: {', '.join(ROLES)}.")
        if not (self.model or self.programme or self.authorities):
            raise BadSpecification(
                "treatment names nobody. Give a model, a programme, or authorities with their starts."
            )
        if len(set(self.authorities)) != len(self.authorities):
            raise BadSpecification("treatment.authorities names an authority twice. Keep one of each.")
        if self.is_named_list and len(self.starts) != len(self.authorities):
            raise BadSpecification(
                f"treatment.authorities has {counted(len(self.authorities), 'code')} and treatment.starts "
                f"{counted(len(self.starts), 'date')}. "
                "A named list needs one start for each authority, in the same order."
            )
        if self.starts and not self.is_named_list:
            raise BadSpecification(
                "treatment.starts is for a named list. With a model or programme the register dates."
            )

    @property
    def is_named_list(self) -> bool:
        """Whether the authorities are named by hand, with dates, and the register names nobody."""
        return bool(self.authorities) and not (self.model or self.programme)


@dataclass(frozen=True)
class Comparators:
    """Which authorities the treated are compared with."""

    pool: str = "never_adopters"
    neighbour_model: str = "2021"
    least_close: str = LEAST_CLOSE
    other_models: str = "drop"
    authorities: tuple[str, ...] = ()
    matches: int = 5  # of the pool matched: how many each adopter has
    own_weights: Mapping[str, float] = field(
        default_factory=dict, hash=False
    )  # by key of data/reference/background.toml
    own_year: int | None = None  # of those figures; left out for the newest year that has them all

    def __post_init__(self) -> None:
        _one_of("comparators.pool", self.pool)
        _one_of("comparators.neighbour_model", self.neighbour_model)
        _one_of("comparators.least_close", self.least_close)
        _one_of("comparators.other_models", self.other_models)
        if not 1 <= self.matches <= MOST_MATCHES:
            raise BadSpecification(f"comparators.matches = {self.matches} is outside 1 to {MOST_MATCHES}. 5 is usual.")
        self._check_own()
        if self.pool == "listed" and not self.authorities:
            raise BadSpecification("comparators.pool = 'listed' needs comparators.authorities, a list of codes.")
        if self.pool != "listed" and self.authorities:
            raise BadSpecification(
                f"comparators.authorities is used only with pool = 'listed'; here the pool is '{self.pool}'."
            )

    def _check_own(self) -> None:
        """Refuse an own neighbour model without weights, and weights that no own model uses."""
        if self.neighbour_model != OWN:
            if self.own_weights or self.own_year is not None:
                raise BadSpecification(
                    "comparators.own_weights and own_year are used only with neighbour_model = 'own'; here it is "
                    f"'{self.neighbour_model}'."
                )
            return
        for key, weight in self.own_weights.items():
            if not 0 <= weight <= MOST_WEIGHT:
                raise BadSpecification(f"comparators.own_weights.{key} = {weight:g} is outside 0 to {MOST_WEIGHT}.")
        if not any(self.own_weights.values()):
            raise BadSpecification(
                "comparators.neighbour_model = 'own' needs comparators.own_weights with a weight above 0, such as "
                "{low_income = 2, children = 1}. Keys: data/reference/background.toml."
            )
        if self.own_year is not None and not FIRST_YEAR <= self.own_year <= LAST_YEAR:
            raise BadSpecification(f"comparators.own_year = {self.own_year} is outside {FIRST_YEAR} to {LAST_YEAR}.")


@dataclass(frozen=True)
class Window:
    """Years (ending 31 March) that are read, and those of them left out."""

    first: int = 2013
    last: int = 2025
    without: tuple[int, ...] = ()
    complete: bool = False  # only authorities with a figure in every year

    def __post_init__(self) -> None:
        for name, year in (("first", self.first), ("last", self.last)):
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise BadSpecification(f"window.{name} = {year} is outside {FIRST_YEAR} to {LAST_YEAR}.")
        if self.first >= self.last:
            raise BadSpecification(
                f"window.first = {self.first} is not before window.last = {self.last}. Give at least two years."
            )

    @property
    def years(self) -> tuple[int, ...]:
        """Years that are read, in order."""
        return tuple(y for y in range(self.first, self.last + 1) if y not in self.without)


@dataclass(frozen=True)
class Estimator:
    """How the effect is estimated."""

    name: str = "imputation"
    base: str | int = "all_pre"
    weights: str = "authorities"
    smallest_effect: float | None = None
    smallest_effects: Mapping[str, float] = field(default_factory=dict, hash=False)  # by outcome; goes before the one
    average: str = "cells"
    year_effects: str = "common"
    comparison: str = "never"
    base_period: str = "varying"

    def __post_init__(self) -> None:
        _one_of("estimator.name", self.name)
        _one_of("estimator.weights", self.weights)
        _one_of("estimator.average", self.average)
        _one_of("estimator.year_effects", self.year_effects)
        _one_of("estimator.comparison", self.comparison)
        _one_of("estimator.base_period", self.base_period)
        whole = isinstance(self.base, int) and not isinstance(self.base, bool)
        if self.base not in BASES and not (whole and 1 <= self.base <= MOST_YEARS_BEFORE):
            raise BadSpecification(
                f"estimator.base = '{self.base}' cannot be used. It may be 'all_pre', 'donut' (all earlier years but the "
                f"last) or a number of years before, 1 to {MOST_YEARS_BEFORE}."
            )
        self._only_for("base", "all_pre", ("imputation",))
        self._only_for("average", "cells", ("imputation",))
        self._only_for("year_effects", "common", REGION_EFFECTS)
        self._only_for("comparison", "never", ("callaway_santanna",))
        self._only_for("base_period", "varying", ("callaway_santanna",))
        if self.average == "authorities" and whole:
            raise BadSpecification("estimator.average = 'authorities' needs base = 'all_pre' or 'donut'.")
        if self.smallest_effect is not None and not 0 < self.smallest_effect < float("inf"):
            raise BadSpecification("estimator.smallest_effect must be above 0, in the outcome's unit.")
        for outcome, amount in self.smallest_effects.items():
            if not 0 < amount < float("inf"):
                raise BadSpecification(f"estimator.smallest_effects.{outcome} must be above 0, in the outcome's unit.")

    def _only_for(self, key: str, usual: object, estimators: tuple[str, ...]) -> None:
        """Refuse a choice that this estimator does not make, rather than pass over it."""
        chosen = getattr(self, key)
        if chosen != usual and self.name not in estimators:
            raise BadSpecification(
                f"estimator.{key} = {chosen!r} is for {', '.join(estimators)}; {self.name} does not use it. "
                f"Leave it out, or write {usual!r}."
            )


@dataclass(frozen=True)
class Inference:
    """How chance is judged."""

    name: str = "by_rule"
    draws: int = 9999
    seed: int = 1
    level: float = 0.95
    family: str = "max_t"

    def __post_init__(self) -> None:
        _one_of("inference.name", self.name)
        _one_of("inference.family", self.family)
        if not 99 <= self.draws <= MOST_DRAWS:
            raise BadSpecification(f"inference.draws = {self.draws} is outside 99 to {MOST_DRAWS:,}. 9999 is usual.")
        if not 0.5 <= self.level < 1:
            raise BadSpecification(f"inference.level = {self.level} is outside 0.5 to 1. 0.95 is usual.")
        if self.seed < 0:
            raise BadSpecification("inference.seed must be 0 or more.")


@dataclass(frozen=True)
class Specification:
    """One analysis, complete: equal specifications give equal numbers from the same warehouse."""

    outcomes: tuple[str, ...]
    treatment: Treatment
    title: str = ""
    comparators: Comparators = field(default_factory=Comparators)
    window: Window = field(default_factory=Window)
    estimator: Estimator = field(default_factory=Estimator)
    inference: Inference = field(default_factory=Inference)

    def __post_init__(self) -> None:
        if not self.outcomes:
            raise BadSpecification("outcomes is empty. Name at least one indicator, such as 'cpp_rate'.")
        if len(set(self.outcomes)) != len(self.outcomes):
            raise BadSpecification("outcomes names an indicator twice. Keep one of each.")

    @classmethod
    def from_dict(cls, given: Mapping[str, object], *, where: str = "the specification") -> Specification:
        """Specification from nested mappings as TOML gives them; every mistake named by its key."""
        found = _filled(cls, given, path="", where=where)
        for outcome in found.estimator.smallest_effects:
            if outcome not in found.outcomes:
                near = did_you_mean(outcome, found.outcomes)
                raise BadSpecification(
                    f"{where}: estimator.smallest_effects names '{outcome}', which is not among the outcomes.{near}"
                )
        return found

    @classmethod
    def from_toml(cls, text: str, *, where: str = "the specification") -> Specification:
        """Specification from TOML text."""
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadSpecification(f"{where} is not TOML: {error}.") from error
        return cls.from_dict(given, where=where)

    @classmethod
    def from_file(cls, file: Path) -> Specification:
        """Specification from a TOML file."""
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise BadSpecification(f"There is no file {file}.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise BadSpecification(why_unread(file, error)) from error
        return cls.from_toml(text, where=str(file))

    def to_dict(self) -> dict[str, object]:
        """Nested plain values, every default written out, keys without a value left out."""
        return _plain(self)

    def to_toml(self) -> str:
        """TOML with every default written out; `from_toml` gives the same specification back."""
        return tomli_w.dumps(self.to_dict())

    def smallest_effect(self, outcome: str) -> float | None:
        """Smallest effect of interest of one outcome, in its unit; None where none is named."""
        return self.estimator.smallest_effects.get(outcome, self.estimator.smallest_effect)

    @property
    def deciding(self) -> dict[str, object]:
        """Nested plain values of all that decides the numbers, without the title and keys that go unused."""
        decides = {k: v for k, v in self.to_dict().items() if k != "title"}
        weights = {k: w for k, w in decides["comparators"].get("own_weights", {}).items() if w}  # 0 leaves a figure out
        decides["comparators"] = decides["comparators"] | ({"own_weights": weights} if weights else {})
        if self.comparators.pool != "statistical_neighbours":  # then none of these keys decides anything
            unused = ("neighbour_model", "least_close", "own_weights", "own_year")
            decides["comparators"] = {k: v for k, v in decides["comparators"].items() if k not in unused}
        if self.comparators.pool != "matched":
            decides["comparators"].pop("matches")
        for table, key, usual in LATER_KEYS:
            if decides[table].get(key) == usual:
                decides[table].pop(key, None)
        decides["estimator"] = dict(sorted((decides["estimator"] | self._smallest_effects).items()))
        return {
            k: {n: v for n, v in t.items() if v is not None} if isinstance(t, dict) else t for k, t in decides.items()
        }

    @property
    def _smallest_effects(self) -> dict[str, object]:
        """Both keys in the one spelling that is hashed: a number where every outcome has the same, else by outcome."""
        named = {outcome: self.smallest_effect(outcome) for outcome in self.outcomes}
        if len(set(named.values())) == 1:
            return {"smallest_effect": named[self.outcomes[0]], "smallest_effects": None}
        return {
            "smallest_effect": None,
            "smallest_effects": {o: amount for o, amount in sorted(named.items()) if amount is not None},
        }

    @property
    def questions(self) -> tuple[str, ...]:
        """For each outcome a hash of all that decides its estimate: neither what would matter nor how chance is judged.

        Whoever has seen an estimate has seen it, whatever was said afterwards to matter.
        """
        asked = {k: v for k, v in self.deciding.items() if k not in ("outcomes", "inference")}
        unseen = ("smallest_effect", "smallest_effects")
        asked["estimator"] = {k: v for k, v in asked["estimator"].items() if k not in unseen}
        return tuple(
            hashlib.sha256(tomli_w.dumps({"outcome": outcome} | asked).encode()).hexdigest()
            for outcome in self.outcomes
        )

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all that decides the numbers."""
        return hashlib.sha256(tomli_w.dumps(self.deciding).encode()).hexdigest()

    @property
    def hash(self) -> str:
        """First twelve digits of the digest: what a specification is called."""
        return self.digest[:12]


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        pairs = ((f.name, _plain(getattr(value, f.name))) for f in dataclasses.fields(value))
        return {name: plain for name, plain in sorted(pairs) if plain is not None}
    if isinstance(value, Mapping):
        return dict(sorted(value.items())) or None  # an empty table says nothing
    return list(value) if isinstance(value, tuple) else value


@functools.cache
def _kinds(cls: type) -> dict[str, type]:
    """What each key of a dataclass holds."""
    return typing.get_type_hints(cls)


def _filled(cls: type, given: object, *, path: str, where: str):
    """Instance of a dataclass from a mapping; unknown keys, missing keys and wrong types are named."""
    if not isinstance(given, Mapping):
        raise BadSpecification(f"{where}: [{path.rstrip('.')}] should be a table of keys.")
    kinds = _kinds(cls)
    for key in given:
        if key not in kinds:
            raise BadSpecification(
                f"{where}: no key '{path}{key}'.{did_you_mean(key, kinds)} Known: {', '.join(sorted(kinds))}."
            )
    for item in dataclasses.fields(cls):
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if required and item.name not in given:
            raise BadSpecification(
                f"{where}: the key '{path}{item.name}' is missing. The smallest that will do:\n{SMALLEST}"
            )
    values = {k: _as_kind(v, kinds[k], key=path + k, where=where) for k, v in given.items() if v is not None}
    try:
        return cls(**values)
    except BadSpecification as error:
        raise BadSpecification(f"{where}: {error}") if where not in str(error) else error from None


def _as_kind(value: object, kind: type, *, key: str, where: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _filled(kind, value, path=f"{key}.", where=where)
    if typing.get_origin(kind) is tuple:
        member = typing.get_args(kind)[0]
        if not isinstance(value, list | tuple):
            raise BadSpecification(f"{where}: {key} should be a list, such as {key} = [...].")
        return tuple(_as_kind(v, member, key=key, where=where) for v in value)
    if typing.get_origin(kind) is Mapping:
        if not isinstance(value, Mapping):
            raise BadSpecification(f"{where}: {key} should be a table, such as [{key}].")
        member = typing.get_args(kind)[1]
        return {str(k): _as_kind(v, member, key=f"{key}.{k}", where=where) for k, v in value.items()}
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        kinds = [k for k in typing.get_args(kind) if k is not type(None)]
    else:
        kinds = [kind]
    for wanted in kinds:
        if wanted is str and isinstance(value, datetime.date):
            return value.isoformat()
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)):
            return value
    words = " or ".join(KIND_WORDS[wanted] for wanted in kinds)
    if key in ALLOWED:
        words = f"one of these words: {', '.join(ALLOWED[key])}"
    raise BadSpecification(f"{where}: {key} = {value!r} should be {words}.")


def check_names(
    specification: Specification,
    *,
    indicators: Mapping[str, str],
    models: Mapping[str, str],
    programmes: Iterable[str],
) -> None:
    """Raise `UnknownName`, with the nearest known name, where an outcome, model or programme is not known.

    Parameters
    ----------
    indicators, models : what each is called, by id
    """
    for outcome in specification.outcomes:
        if outcome not in set(indicators):
            raise UnknownName("indicator", outcome, indicators, called=indicators)
    if specification.treatment.model and specification.treatment.model not in set(models):
        raise UnknownName("practice model", specification.treatment.model, models, called=models)
    if specification.treatment.programme and specification.treatment.programme not in set(programmes):
        raise UnknownName("programme", specification.treatment.programme, programmes)
