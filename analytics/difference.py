"""Where a specification differs from the one that a protocol fixed, key by key, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.protocol import Protocol, number_words
from analytics.spec import Specification
from analytics.terms import choices_of

KEY_WORDS = {
    "outcomes": "Outcomes",
    "treatment.model": "Practice model",
    "treatment.programme": "Programme",
    "treatment.authorities": "Adopters named",
    "treatment.starts": "Their starts",
    "treatment.roles": "Counted as adopters in the role",
    "treatment.exposure": "First exposed year",
    "treatment.transition": "Years from the start until then",
    "treatment.lag_first": "First year of the lag window",
    "treatment.lag_last": "Last year of the lag window",
    "comparators.pool": "Compared with",
    "comparators.neighbour_model": "Model of statistical neighbours",
    "comparators.least_close": "How close at least",
    "comparators.other_models": "Figures under another model",
    "comparators.authorities": "Comparators named",
    "comparators.matches": "Matches for each adopter",
    "comparators.own_weights": "Weight in the own neighbour model",
    "comparators.own_year": "Year of the own neighbour model",
    "window.first": "First year",
    "window.last": "Last year",
    "window.without": "Years left out",
    "window.complete": "Only authorities with every year",
    "estimator.name": "Estimator",
    "estimator.base": "Years before that count",
    "estimator.weights": "How authorities count",
    "estimator.smallest_effects": "Smallest change of interest",
    "estimator.average": "Averaged over",
    "estimator.year_effects": "Year effects",
    "estimator.comparison": "Compared with adopters to come",
    "estimator.base_period": "Base period",
    "inference.name": "How chance is judged",
    "inference.draws": "Placebo draws",
    "inference.seed": "Seed of the draws",
    "inference.level": "Level of intervals",
    "inference.family": "Several outcomes are judged",
}
CHOSEN = {  # keys whose values the glossary names
    "comparators.pool": "pool",
    "estimator.name": "estimator",
    "inference.name": "inference",
    "inference.family": "family",
}
BY_NAME = ("smallest_effect", "smallest_effects", "own_weights")  # told apart by outcome or by background figure
NAMED_BY_ID = ("outcomes", "treatment.model", "treatment.programme")  # ids, which are not words with underscores


def difference(protocol: Protocol, specification: Specification) -> pd.DataFrame:
    """Where a specification differs from a protocol's: key, what it is in words, protocol, this; no row where it does not."""
    mine, theirs = _flat(specification), _flat(protocol.specification)
    keys = [key for key in dict.fromkeys([*theirs, *mine]) if mine.get(key) != theirs.get(key)]
    rows = [(k, _key_words(k), _value_words(k, theirs.get(k)), _value_words(k, mine.get(k))) for k in keys]
    return pd.DataFrame(rows, columns=["key", "what", "protocol", "this"])


def difference_lines(protocol: Protocol, specification: Specification) -> list[str]:
    """The same as lines of text."""
    return [
        f"{row.key} ({row.what[0].lower()}{row.what[1:]}): in the protocol {row.protocol}; here {row.this}"
        for row in difference(protocol, specification).itertuples()
    ]


def nearest(protocols: Sequence[Protocol], specification: Specification) -> Protocol | None:
    """The protocol that differs least from a specification, its primary outcome among its outcomes; of several the last saved."""
    of_outcome = [p for p in reversed(protocols) if p.primary in specification.outcomes]
    return min(of_outcome, key=lambda p: len(difference(p, specification)), default=None)


def _flat(specification: Specification) -> dict[str, object]:
    """What decides the numbers by dotted key; a key at its usual value has that value."""
    whole, decides = specification.to_dict(), specification.deciding
    flat = {"outcomes": decides["outcomes"]}
    for table in ("treatment", "comparators", "window", "estimator", "inference"):
        unused = set() if table != "comparators" else set(whole[table]) - set(decides[table])
        flat |= {f"{table}.{k}": v for k, v in whole[table].items() if k not in unused and k not in BY_NAME}
    flat |= {f"comparators.own_weights.{k}": w for k, w in decides["comparators"].get("own_weights", {}).items()}
    return flat | {f"estimator.smallest_effects.{o}": specification.smallest_effect(o) for o in specification.outcomes}


def _key_words(key: str) -> str:
    table, _, rest = key.partition(".")
    name, _, outcome = rest.partition(".")
    words = KEY_WORDS[f"{table}.{name}" if name else table]
    return f"{words}, {outcome}" if outcome else words


def _value_words(key: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value_words(key, v) for v in value) or "none"
    if key in CHOSEN and value:
        return choices_of(CHOSEN[key])[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_words(value)
    return (value if key in NAMED_BY_ID else str(value).replace("_", " ")) if value else "not named"
