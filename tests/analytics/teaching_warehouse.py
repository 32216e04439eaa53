"""The teaching set of a seed, answering as its warehouse would: a build takes seconds, this a twentieth of one."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.catalogue import POPULATION, POPULATION_INDICATOR, Catalogue, Indicator, read_catalogue
from analytics.warehouse import Warehouse
from data.illustrative import TeachingSet, drawn
from data.invented import counts
from data.invented.extracts import Extracts, Sheet
from data.invented.inspections import histories
from data.invented.models import YEARS, Use
from data.invented.places import FIRST_MID_YEAR, LAST_MID_YEAR, SOURCE
from data.tables import symbol_rows

STATUS = {row["symbol"]: row["status"] for row in symbol_rows()}
FIGURES = ("value", "status", "numerator", "denominator")
UNCHANGING = ("indicators", "practice_models", "boundary_changes", "borders", "all_areas")


@functools.cache
def _catalogue() -> Catalogue:
    return read_catalogue()


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with text as plain objects: on a few hundred rows a third faster to ask than Arrow's."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("str"), object))


def unchanging(built: Warehouse) -> dict[str, pd.DataFrame]:
    """Answers of a warehouse built from the teaching set of any seed that are those of every seed, but for areas' sizes."""
    return {question: _plain(built.ask(question)) for question in UNCHANGING}


def _sheets(teaching: TeachingSet, seed: int) -> list[Sheet]:
    """The files that a truth is about, in the order in which they are drawn; later ones change no figure of theirs."""
    rng = np.random.default_rng([seed, 1])
    extracts = Extracts(teaching.places, teaching.series, teaching.without_model, rng)
    looked_after = counts.care(teaching.series, teaching.places.children)
    first = [extracts.need(), extracts.referrals(), extracts.plan_starts(), extracts.open_plans()]
    return [*first, extracts.care(looked_after), extracts.population()]


class TeachingWarehouse:
    """Answers from one draw of the teaching set, before any file, to the questions that an analysis asks.

    Parameters
    ----------
    seed : of the draw
    unchanging : answers that no seed changes, from `unchanging`
    """

    illustrative = True

    def __init__(self, seed: int, unchanging: Mapping[str, pd.DataFrame]) -> None:
        self.teaching = drawn(seed)
        self.edition = f"teaching set of seed {seed}"
        self.sheets = _sheets(self.teaching, seed)
        drawn_anew = {
            "children": self._children(),
            "adoptions": self._adoptions(),
            "inspections": self._inspections(seed),
            "all_areas": self._all_areas(unchanging["all_areas"]),
        }
        self._answers = {**unchanging, **{question: _plain(answer) for question, answer in drawn_anew.items()}}

    def ask(self, question: str, /, **values: object) -> pd.DataFrame:
        """As `Warehouse.ask`."""
        if question == "panel_cells":
            cells = pd.concat([self._cells(name) for name in values["indicators"]], ignore_index=True)
            return cells[cells.year.between(values["first"], values["last"])]
        if question == "region_counts":
            return pd.concat([self._region_counts(name) for name in values["indicators"]], ignore_index=True)
        if question == "hidden_parts":  # of the outcomes asked here none is a share of a whole
            return pd.DataFrame({"indicator": [], "area_code": [], "year": [], "hidden": [], "rest": []})
        return self._answers[question]

    def _column(self, indicator: Indicator, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers and statuses that an indicator reads from a column, areas (total, regions, authorities) x years."""
        layout = _catalogue().files[f"{indicator.source}/{indicator.file}"]
        sheet = next(s for s in self.sheets if {*layout.columns, *layout.filters} <= {*s.cells, *s.kinds})
        wanted = tuple(names[0] for _, names in indicator.where)
        text = np.atleast_3d(sheet.cells[column])[:, :, list(zip(*sheet.kinds.values(), strict=True)).index(wanted)]
        printed, place = np.unique(text, return_inverse=True)
        status = np.array([STATUS.get(each, "ok") for each in printed], dtype=object)
        number = np.array([float(each) if each not in STATUS else np.nan for each in printed])
        return number[place].reshape(text.shape), status[place].reshape(text.shape)

    def _figures(self, name: str) -> dict[str, np.ndarray]:
        """Value, status, numerator and denominator, areas x years."""
        indicator, people = _catalogue().indicators[name], _catalogue().indicators[POPULATION_INDICATOR]
        (below,) = indicator.denominator
        numerator, status = self._column(indicator, indicator.numerator)
        denominator, _ = self._column(people, people.value) if below == POPULATION else self._column(indicator, below)
        value = numerator * indicator.per / denominator
        if indicator.value:
            value, status = self._column(indicator, indicator.value)
        return dict(zip(FIGURES, (value, status, numerator, denominator), strict=True))

    def _cells(self, name: str) -> pd.DataFrame:
        codes = np.array(self.teaching.places.codes)
        local = {key: array[-len(codes) :].ravel() for key, array in self._figures(name).items()}
        where = {"area_code": np.repeat(codes, len(YEARS)), "year": np.tile(YEARS, len(codes))}
        return pd.DataFrame({"indicator": name} | where | local)

    def _region_counts(self, name: str) -> pd.DataFrame:
        regions = np.array(self.teaching.places.region_names)
        published = self._figures(name)["numerator"][1 : 1 + len(regions)].ravel()
        where = {"region": np.repeat(regions, len(YEARS)), "year": np.tile(YEARS, len(regions))}
        return pd.DataFrame({"indicator": name} | where | {"numerator": published}).sort_values(["region", "year"])

    def _children(self) -> pd.DataFrame:
        places, years = self.teaching.places, np.arange(FIRST_MID_YEAR, LAST_MID_YEAR + 1)
        where = {"area_code": np.repeat(places.codes, len(years)), "year": np.tile(years, len(places))}
        return pd.DataFrame(where | {"children": places.children.ravel().astype(float)})

    def _all_areas(self, areas: pd.DataFrame) -> pd.DataFrame:
        """The areas of another seed with the types and sizes of this one."""
        places = self.teaching.places
        areas = areas.set_index("area_code")
        areas.loc[list(places.codes), "type"] = places.types
        areas.loc[list(places.codes), "children_thousand"] = np.rint(places.size / 1000)
        return areas.reset_index()

    def _inspections(self, seed: int) -> pd.DataFrame:
        """Those with a judgement: an analysis asks for no others."""
        places = self.teaching.places
        inspected = histories(places, self.teaching.uses, np.random.default_rng([seed, 3]))
        rows = [
            (places.codes[each.authority], each.kind, each.start, each.published, each.overall)
            for history in inspected
            for each in history
        ]
        frame = pd.DataFrame(rows, columns=["area_code", "framework", "start", "published", "overall"])
        return frame.astype({"start": "datetime64[us]", "published": "datetime64[us]"})

    def _adoptions(self) -> pd.DataFrame:
        """The invented register; of the real one, which a warehouse holds as well, no authority is in the figures."""
        rows = pd.DataFrame([self._adoption(use) for use in self.teaching.uses if use.recorded])
        return rows.sort_values(["model", "start_low", "area_code"], ignore_index=True)

    def _adoption(self, use: Use) -> dict[str, object]:
        places, start = self.teaching.places, use.start
        return {
            "area_code": places.codes[use.authority],
            "name": places.names[use.authority],
            "region_code": places.region_codes[places.region[use.authority]],
            "model": use.model,
            "model_name": use.model.replace("MODEL_", "Model "),
            "role": "primary" if start else "alongside",
            "start_low": pd.Timestamp(start.low) if start else pd.NaT,
            "start_high": pd.Timestamp(start.high) if start else pd.NaT,
            "precision": start.precision if start else "unknown",
            "end": "",
            "programme": f"illustrative programme {use.model[-1]}" if start else "",
            "can_treat": start is not None,
            "confidence": "illustrative",
            "note": "" if start else "in use, start not known",
            "prior_use": "",
            "source": SOURCE,
        }
