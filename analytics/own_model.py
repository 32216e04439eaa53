"""What a neighbour model of the reader's own weighs, as a specification, a sentence and an address hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.background import backgrounds
from analytics.errors import PracticeError, UnknownName, did_you_mean
from analytics.spec import MOST_WEIGHT
from analytics.wording import listed

MOST_SHOWN = 40  # characters of what an address asked for


class BadModel(PracticeError):
    """An own neighbour model that cannot be used, with what would do."""


@dataclass(frozen=True)
class OwnModel:
    """What is weighed, by key of background.toml and above 0, in order of key; and the year, None for the newest common one."""

    weights: tuple[tuple[str, float], ...]
    year: int | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """What is weighed."""
        return tuple(key for key, _ in self.weights)

    def words(self) -> str:
        """'children in low-income families (weight 2) and number of children (weight 1)', the heaviest first."""
        labels = {each.key: each.label for each in backgrounds().offered}
        heaviest = sorted(self.weights, key=lambda pair: -pair[1])
        return listed([f"{labels[key][:1].lower()}{labels[key][1:]} (weight {weight:g})" for key, weight in heaviest])


def own_model(weights: Mapping[str, float], year: int | None = None) -> OwnModel:
    """A model from weights by key; those of 0 are left out.

    Raises
    ------
    UnknownName : a key that background.toml does not have
    BadModel : no weight above 0, or one outside 0 to 5
    """
    known = [each.key for each in backgrounds().offered]
    for key, weight in weights.items():
        if key not in known:
            raise UnknownName("background figure", key, known, where="an own neighbour model")
        if not 0 <= weight <= MOST_WEIGHT:
            raise BadModel(f"The weight of {key} is {weight:g}, outside 0 to {MOST_WEIGHT}.")
    kept = tuple(sorted((key, float(weight)) for key, weight in weights.items() if weight > 0))
    if not kept:
        raise BadModel("Every weight is 0, so nothing tells authorities apart. Give at least one a weight above 0.")
    return OwnModel(kept, year)


def weights_text(weights: Mapping[str, float]) -> str:
    """Weights as an address holds them, those of 0 left out unless all are: 'children:1,low_income:2'."""
    kept = {key: weight for key, weight in weights.items() if weight} or dict(list(weights.items())[:1])
    return ",".join(f"{key}:{weight:g}" for key, weight in kept.items())


def weights_read(text: str, held: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Weights from an address, and a sentence for everything in it that cannot be used.

    Parameters
    ----------
    held : label by key of the figures that can be weighed
    """
    found: dict[str, int] = {}
    trouble = []
    for part in filter(None, text.split(",")):
        key, _, weight = part.partition(":")
        if key not in held:
            near = did_you_mean(key[:MOST_SHOWN], held)
            trouble.append(f"No background figure “{key[:MOST_SHOWN]}” can be weighed with these figures.{near}")
        elif not (weight.isdecimal() and weight.isascii() and int(weight) <= MOST_WEIGHT):
            trouble.append(
                f"The weight “{weight[:MOST_SHOWN]}” of “{held[key]}” is no whole number from 0 to {MOST_WEIGHT}. "
                "It is left out."
            )
        else:
            found[key] = int(weight)
    return found, tuple(trouble)
