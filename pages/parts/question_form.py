"""The choices that make up one specification, in plain words; the precise terms stand behind them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.neighbours import LEAST_CLOSE, OWN
from analytics.own_model import OwnModel
from analytics.spec import MOST_DRAWS, MOST_MATCHES, REGION_EFFECTS, Specification
from analytics.terms import choices_of
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import Amounts, Number, OneOf, SomeOf, Years, YesNo
from pages.parts.figures import asked
from pages.parts.own_model import model_if_chosen
from pages.parts.pickers import FIRST_INDICATOR, area_labels, indicator_labels, usual_years

ANY_PROGRAMME = "any"
UNNAMED_POOL = "never_adopters"  # stands in until the first authority is named
NEAR = "statistical_neighbours"
ROLES = {
    "primary": "It was the main model",
    "alongside": "It ran alongside another",
    "developing": "It was being developed",
}
EXPOSURE = {
    "first_full_year": "The first full year after the start",
    "year_of_start": "The year of the start",
    "majority": "The first year with the model for more than half of it",
}
TRANSITION = {"drop": "Left out", "keep": "Counted as not yet exposed"}
VINTAGES = {"2021": "2021 model", "2025": "2025 model"}
OWN_WORDS = "My own model"
CLOSE = {
    "extremely close": "Extremely close",
    "very close": "Very close or closer",
    "close": "Close or closer",
    "somewhat close": "Somewhat close or closer",
    "not close": "Every neighbour named, close or not",
}
VINTAGE_HELP = "The Department for Education names ten authorities nearest to each; it chose them again in 2025."
INVENTED_LISTS = " The lists here are invented."
CLOSE_HELP = (
    "The Department’s own words. Where it leaves fewer than five to compare with, the next closest are taken in."
)
OTHER_MODELS = {"drop": "Leave it out from then", "keep": "Keep it in"}
AVERAGES = {"cells": "Every year of every adopter counts the same", "authorities": "Each adopter counts once"}
YEAR_EFFECTS = {"common": "Common to all of England", "region": "Apart for each region"}
COMPARISONS = {"never": "Those that never adopted it", "not_yet": "Also those that had not yet"}
BASE_PERIODS = {"varying": "The year before each year", "universal": "The last year before the start"}
BASES = {
    "all_pre": "All years before (recommended)",
    "donut": "All years before but the last",
    "1": "1 year before",
    "2": "2 years before",
    "3": "3 years before",
}
WEIGHTS = {"authorities": "Each authority counts the same", "children": "By number of children"}


# Choices that some estimators make, what they are elsewhere, and which estimators make them.
OF_SOME = {
    "base": "all_pre",
    "average": "cells",
    "year_effects": "common",
    "comparison": "never",
    "base_period": "varying",
}
ESTIMATORS_OF = {
    "base": ("imputation",),
    "average": ("imputation",),
    "year_effects": REGION_EFFECTS,
    "comparison": ("callaway_santanna",),
    "base_period": ("callaway_santanna",),
}
BASES_OF_MANY = ("all_pre", "donut")


@dataclass(frozen=True)
class QuestionForm:
    """Every choice of the Impact page, by the key it has in the address."""

    model: OneOf
    programme: OneOf
    outcomes: SomeOf
    roles: SomeOf
    exposure: OneOf
    transition: OneOf
    pool: OneOf
    vintage: OneOf
    least_close: OneOf
    named: SomeOf
    other_models: OneOf
    years: Years
    without: SomeOf
    smallest: Number
    each: Amounts
    estimator: OneOf
    base: OneOf
    average: OneOf
    year_effects: OneOf
    comparison: OneOf
    base_period: OneOf
    weights: OneOf
    matches: Number
    complete: YesNo
    lag_first: Number
    lag_last: Number
    inference: OneOf
    family: OneOf
    draws: Number
    seed: Number
    level: OneOf
    own: OwnModel | None = None

    def specification(self, address: Address) -> Specification:
        """What the choices ask for; every one settled and held in the address."""
        chosen = {name: getattr(self, name).settle(address) for name in self.__dataclass_fields__ if name != "own"}
        first, last = chosen["years"]
        listed = chosen["pool"] == "listed" and bool(chosen["named"])
        estimator = {key: chosen[key] if self.asks(key, chosen) else usual for key, usual in OF_SOME.items()}
        base = estimator["base"]
        programme = "" if chosen["programme"] == ANY_PROGRAMME else chosen["programme"]
        return Specification.from_dict(
            {
                "title": self._title(chosen),
                "outcomes": list(chosen["outcomes"]),
                "treatment": {
                    "model": chosen["model"],
                    "programme": programme,
                    "roles": list(chosen["roles"]),
                    "exposure": chosen["exposure"],
                    "transition": chosen["transition"],
                    "lag_first": int(chosen["lag_first"]),
                    "lag_last": None if chosen["lag_last"] is None else int(chosen["lag_last"]),
                },
                "comparators": {
                    "pool": "listed" if listed else UNNAMED_POOL if chosen["pool"] == "listed" else chosen["pool"],
                    "neighbour_model": chosen["vintage"],
                    "least_close": chosen["least_close"],
                    "other_models": chosen["other_models"],
                    "authorities": list(chosen["named"]) if listed else [],
                    "matches": int(chosen["matches"]),
                    **self._own_keys(chosen["vintage"]),
                },
                "window": {
                    "first": first,
                    "last": last,
                    "without": sorted(map(int, chosen["without"])),
                    "complete": chosen["complete"],
                },
                "estimator": estimator
                | {
                    "name": chosen["estimator"],
                    "base": int(base) if base.isdecimal() else base,
                    "weights": chosen["weights"],
                    "smallest_effect": chosen["smallest"],
                    "smallest_effects": self._by_outcome(chosen),
                },
                "inference": {
                    "name": chosen["inference"],
                    "draws": int(chosen["draws"]),
                    "seed": int(chosen["seed"]),
                    "level": float(chosen["level"]),
                    "family": chosen["family"],
                },
            },
            where="the choices on this page",
        )

    def asks(self, key: str, chosen: dict) -> bool:
        """Whether a choice of some estimators is one of the estimator chosen."""
        if key == "average" and chosen["base"] not in BASES_OF_MANY:
            return False
        return chosen["estimator"] in ESTIMATORS_OF[key]

    def drawn_for(self, address: Address) -> list[OneOf]:
        """The choices that the estimator chosen makes."""
        chosen = {"estimator": self.estimator.settle(address), "base": self.base.settle(address)}
        return [getattr(self, key) for key in OF_SOME if self.asks(key, chosen)]

    def matches_them(self, address: Address) -> bool:
        """Whether the comparators are matched on their years before."""
        return self.pool.settle(address) == "matched"

    def names_them(self, address: Address) -> bool:
        """Whether the comparators are named by hand."""
        return self.pool.settle(address) == "listed"

    def takes_neighbours(self, address: Address) -> bool:
        """Whether the comparators are the adopters' statistical neighbours."""
        return self.pool.settle(address) == NEAR

    def waiting(self, address: Address) -> str:
        """What is still to be chosen before anything can be compared; '' for nothing."""
        if self.names_them(address) and not self.named.settle(address):
            return "Name at least one authority to compare with."
        return ""

    def _own_keys(self, vintage: str) -> dict[str, object]:
        """Weights and year of the reader's own neighbour model, where that is chosen."""
        if vintage != OWN or self.own is None:
            return {}
        return {"own_weights": dict(self.own.weights), "own_year": self.own.year}

    def takes_own(self, address: Address) -> bool:
        """Whether the neighbours are those of the reader's own model."""
        return self.takes_neighbours(address) and self.vintage.settle(address) == OWN

    def _by_outcome(self, chosen: dict) -> dict[str, float]:
        """Smallest changes that would matter, where there are several outcomes with units of their own."""
        several = len(chosen["outcomes"]) > 1
        return {o: amount for o, amount in chosen["each"].items() if several and o in chosen["outcomes"]}

    def draw_smallest(self, address: Address) -> None:
        """A box for the smallest change that would matter, or one for each of several outcomes."""
        outcomes = self.outcomes.settle(address)
        if len(outcomes) == 1:
            self.smallest.draw(address)
            return
        with st.expander(self.each.label, expanded=True):  # a protocol is refused without one
            labels = {o: self.outcomes.options[o] for o in outcomes}
            self.each.draw(address, labels, otherwise=self.smallest.settle(address))

    def _title(self, chosen: dict) -> str:
        programme = "" if chosen["programme"] == ANY_PROGRAMME else f", {chosen['programme']}"
        outcomes = ", ".join(self.outcomes.options[o] for o in chosen["outcomes"])
        return f"{self.model.options[chosen['model']]}{programme}: {outcomes}"


def _recommending(kind: str, value: str) -> dict[str, str]:
    """What may be chosen, one of it recommended."""
    words = choices_of(kind)
    return {**words, value: f"{words[value]} (recommended)"}


def models_with_dates(figures: Warehouse) -> pd.DataFrame:
    """Practice models with at least one adopter whose start is dated, as the warehouse lists them."""
    models = asked(figures, "practice_models")
    models = models[models.dated_authorities > 0]
    # Invented figures hold none of the real adopters: there, only the invented models can be asked about.
    return models[models.illustrative].sort_values("name") if figures.illustrative else models


def _programmes(figures: Warehouse, model: str) -> dict[str, str]:
    register = asked(figures, "adoptions")
    rows = register[(register.model == model) & register.can_treat & register.start_low.notna()]
    counts = rows[rows.programme.fillna("") != ""].groupby("programme").area_code.nunique()
    named = {
        programme: f"{programme} ({n} adopters)" if n > 1 else f"{programme} (1 adopter)"
        for programme, n in counts.items()
    }
    return {ANY_PROGRAMME: "Every adopter with a recorded start"} | named


def neighbour_models(figures: Warehouse) -> dict[str, str]:
    """Words by model of the statistical neighbours that these figures hold."""
    held = set(asked(figures, "neighbour_models").model)
    return {model: words for model, words in VINTAGES.items() if model in held}


def question_form(figures: Warehouse, address: Address) -> QuestionForm:
    """The choices that these figures allow; the model is settled first, because the programmes depend on it."""
    models = models_with_dates(figures)
    named = dict(zip(models.model, models.name, strict=True))
    model = OneOf("model", "Practice model", named, default=next(iter(named)))
    programmes = _programmes(figures, model.settle(address))
    labels, (first, last) = indicator_labels(figures), usual_years(figures)
    outcome = FIRST_INDICATOR if FIRST_INDICATOR in labels else next(iter(labels))
    vintages, placed = neighbour_models(figures), model_if_chosen(address, figures)
    vintages |= {OWN: OWN_WORDS} if placed else {}
    pools = {pool: words for pool, words in choices_of("pool").items() if vintages or pool != NEAR}
    vintage_help = VINTAGE_HELP + (INVENTED_LISTS if figures.illustrative else "")
    vintages = vintages or VINTAGES  # not asked about where none are held, and still in the link
    return QuestionForm(
        model=model,
        programme=OneOf("programme", "Which adopters", programmes, default=ANY_PROGRAMME, quiet=True),
        outcomes=SomeOf("outcomes", "Outcomes", labels, default=(outcome,), least=1),
        roles=SomeOf("roles", "Counted as adopters where", ROLES, default=("primary",), few=True, least=1),
        exposure=OneOf("exposure", "First exposed year", EXPOSURE, default="first_full_year"),
        transition=OneOf("transition", "Years from the start until then", TRANSITION, default="drop"),
        pool=OneOf("pool", "Compare with", pools, default="never_adopters"),
        vintage=OneOf(
            "neighbours", "Neighbours by which model", vintages, default=next(iter(vintages)), help=vintage_help
        ),
        least_close=OneOf("close", "How close at least", CLOSE, default=LEAST_CLOSE, help=CLOSE_HELP),
        named=SomeOf("named", "Authorities to compare with", area_labels(figures), default=()),
        other_models=OneOf("other", "Where an authority takes up another model", OTHER_MODELS, default="drop"),
        years=Years("window", "Years compared", first, last),
        without=SomeOf("without", "Years left out", {str(y): str(y) for y in range(first, last + 1)}, default=()),
        smallest=Number(
            "smallest",
            "Smallest change that would matter, in the outcome’s unit",
            None,
            0.01,
            100_000.0,
            0.1,
            help="Left empty, a fifth of the adopters’ mean before is used.",
        ),
        each=Amounts("each", "Smallest change that would matter, by outcome", 0.01, 100_000.0, 0.1),
        estimator=OneOf(
            "estimator", "How the change is estimated", _recommending("estimator", "imputation"), default="imputation"
        ),
        base=OneOf("base", "Compared with which years before", BASES, default="all_pre"),
        average=OneOf("average", "How an adopter with more years counts", AVERAGES, default="cells"),
        year_effects=OneOf("year_effects", "What happened to everyone in a year", YEAR_EFFECTS, default="common"),
        comparison=OneOf("comparison", "Compared with", COMPARISONS, default="never"),
        base_period=OneOf("base_period", "Years before are measured from", BASE_PERIODS, default="varying"),
        matches=Number("matches", "How many matches for each adopter", 5, 1, MOST_MATCHES, 1),
        complete=YesNo("complete", "Only authorities with a figure in every year", default=False),
        lag_first=Number(
            "lag_first", "First year of the effect, counted from the first exposed year as 0", 0, 0, 12, 1
        ),
        lag_last=Number("lag_last", "Last year of the effect (empty = to the end)", None, 0, 12, 1),
        weights=OneOf("weights", "How authorities count", WEIGHTS, default="authorities"),
        inference=OneOf("inference", "How chance is judged", _recommending("inference", "by_rule"), default="by_rule"),
        family=OneOf("family", "Several outcomes are judged", choices_of("family"), default="max_t"),
        draws=Number("draws", "Placebo draws", 9999, 99, MOST_DRAWS, 100),
        seed=Number("seed", "Seed of the draws", 1, 0, 1_000_000, 1),
        level=OneOf("level", "Level of intervals", {"0.9": "90%", "0.95": "95%", "0.99": "99%"}, default="0.95"),
        own=placed.model if placed else None,
    )
