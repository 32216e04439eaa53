"""One indicator in every authority, worked out once for a warehouse, an indicator and a year, and its pictures."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics.charts.funnel import funnel_picture
from analytics.charts.picture import Picture
from analytics.charts.strip import strip_picture
from analytics.charts.tile_frame import Marked
from analytics.charts.tile_map import SELECTION, group_picture, tile_picture
from analytics.everywhere import Everywhere, everywhere
from analytics.everywhere_answer import funnel_words, missing_words, model_of, role_of
from analytics.everywhere_tables import sortable, wider_table
from analytics.sets import ComparatorSet
from analytics.strips import strip_of, strips_by_model, strips_by_year
from analytics.warehouse import Warehouse
from pages.parts.chart_frame import chosen_in
from pages.parts.figures import asked, illustrative_word, indicator_board, key_of, sources, surroundings
from pages.parts.pickers import AREA, area_labels
from pages.parts.source_note import source_line

Kept = Picture | pd.DataFrame
MOST_KEPT = 128  # indicators and years, some 100 kilobytes each
MOST_SHOWN = 512  # charts and tables of them
NOT_BY_MODEL, EVERY_MODEL = "none", "all"  # what is shown by practice model, beside the models themselves
MAP, MAPS = "map", "maps"  # maps: how many the session has had
YEARS_SHOWN = 6
TODAY = "Authorities that have ended since are in the table and not on the map; those that came later are on it without a figure."
CAVEAT = (
    "Authorities that chose a model differ in other ways too: this shows where they stand, not what the model did. "
    "The Impact page compares before and after."
)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _everywhere(build: str, indicator: str, year: int, _row: pd.Series, _figures: Warehouse) -> Everywhere:
    board, register = indicator_board(_figures, indicator), surroundings(_figures).register
    return everywhere(board, _row, year, known_areas(_figures), register)


def everywhere_in(figures: Warehouse, indicator: pd.Series, year: int) -> Everywhere:
    """One indicator in one year in every authority; shared, so never to be written to."""
    return _everywhere(key_of(figures), indicator.indicator, year, indicator, figures)


@st.cache_resource(max_entries=8, show_spinner=False)
def _known_areas(build: str, _figures: Warehouse) -> frozenset[str]:
    return frozenset(asked(_figures, "areas").area_code)


def known_areas(figures: Warehouse) -> frozenset[str]:
    """Codes of areas that have any figure."""
    return _known_areas(key_of(figures), figures)


def by_model_choices(figures: Warehouse) -> dict[str, str]:
    """What can be shown by practice model, in words."""
    return _by_model_choices(key_of(figures), figures)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_model_choices(build: str, _figures: Warehouse) -> dict[str, str]:
    models = asked(_figures, "practice_models")
    used = models[models.authorities > 0]
    named = zip(used.model, used.name, strict=True)
    return {NOT_BY_MODEL: "No: the figures alone", EVERY_MODEL: "Every practice model"} | dict(named)


def map_key(area_code: str) -> str:
    """What the map is called; another name once the authority was chosen elsewhere, so that no press is left over in it.

    A press that is left over would make the same hexagon, pressed again, look unchanged.
    """
    number = st.session_state.get(MAPS, 0)
    if chosen_in(f"{MAP}{number}", SELECTION, "code") not in ("", area_code):
        number += 1
    st.session_state[MAPS] = number
    return f"{MAP}{number}"


def chosen_on_map(figures: Warehouse, key: str) -> None:
    """Make the authority whose hexagon was pressed the one that every page shows."""
    code = chosen_in(key, SELECTION, "code")
    if code in area_labels(figures):
        st.session_state[AREA] = code


@st.cache_resource(max_entries=MOST_SHOWN, show_spinner=False)
def _kept(build: str, what: str, asked_for: tuple[str, ...], codes: tuple[str, ...], _shown: Shown) -> Kept:
    return getattr(_shown, what)()


class Shown:
    """Charts and tables of one indicator in one year, for one authority beside one set; each made once and shared."""

    def __init__(
        self, figures: Warehouse, found: Everywhere, indicator: pd.Series, area: pd.Series, near: ComparatorSet, by: str
    ) -> None:
        self.figures, self.found, self.area, self.near, self.by = figures, found, area, near, by
        self.indicator = indicator
        self.source = source_line(figures, indicator.source, found.as_at)
        self.model = by_model_choices(figures)[by]

    @property
    def _told(self) -> Mapping[str, object]:
        return {"source": self.source, "illustrative": self.figures.illustrative}

    def _once(self, what: str) -> Kept:
        year, area, near = str(self.found.year), self.area.area_code, self.near
        key = (self.indicator.indicator, year, area, near.name, self.by)
        return _kept(key_of(self.figures), what, key, near.codes, self)

    def map(self) -> Picture:
        """The map, by figure or by practice model."""
        return self._once("_map")

    def strip(self) -> Picture:
        """Every authority on one line, or a line a practice model."""
        return self._once("_strip")

    def years(self) -> Picture:
        """A line a year."""
        return self._once("_years")

    def funnel(self) -> Picture:
        """Figures by size with limits; only where the indicator has a funnel."""
        return self._once("_funnel")

    def table(self) -> pd.DataFrame:
        """A row an authority, to be sorted."""
        return self._once("_table")

    def wider(self) -> pd.DataFrame:
        """Regions and the whole country, as text."""
        return self._once("_wider")

    def _map(self) -> Picture:
        found, tiles = self.found, asked(self.figures, "tiles")
        marked = Marked(self.area.area_code, self.area["name"], self.near.codes, self.near.name)
        if self.by == NOT_BY_MODEL:
            values = found.authorities
            frame = pd.DataFrame({"area_code": values.code, "value": values.value, "status": values.status})
            return tile_picture(tiles, frame, measure=found.measure, year=found.year, marked=marked, **self._told)
        if self.by == EVERY_MODEL:
            groups = {code: model_of(uses) for code, uses in found.uses.items()}
            title, what = f"Which practice models are recorded by {found.year}?", "Practice model"
        else:
            groups = {code: role_of(use) for code, use in found.recorded_with(self.by).items()}
            title, what = f"{self.model}: where is it recorded by {found.year}?", "How it is used"
        return group_picture(
            tiles,
            groups,
            title=title,
            subtitle="Each hexagon is one authority. The register holds what has been published or told; others may use a model.",
            what=what,
            source="Source: register of practice models.",
            stem=f"map {what} {found.year}",
            illustrative=self.figures.illustrative,
            marked=marked,
        )

    @property
    def not_on_map(self) -> str:
        """That some authorities of the year are not there today, '' where all are."""
        return "" if set(self.found.authorities.code) <= set(asked(self.figures, "tiles").area_code) else TODAY

    def _strip(self) -> Picture:
        measure, year = self.found.measure, self.found.year
        if self.by == NOT_BY_MODEL:
            strips, title = (strip_of(self.found, self.near),), f"where does {self.area['name']} stand, {year}?"
        else:
            every = self.by == EVERY_MODEL
            strips = strips_by_model(self.found, "" if every else self.by)
            title = f"where do users of {'each practice model' if every else self.model} stand, {year}?"
        return self._strips(strips, f"{measure.label}: {title}", f"strip {measure.indicator} {year} {self.by}")

    def _years(self) -> Picture:
        measure = self.found.measure
        board = indicator_board(self.figures, measure.indicator)
        strips = strips_by_year(board, self.found, self.near, known_areas(self.figures), most=YEARS_SHOWN)
        return self._strips(strips, f"{measure.label}: how has the spread moved?", f"years {measure.indicator}")

    def _strips(self, strips: tuple, title: str, stem: str) -> Picture:
        return strip_picture(
            strips,
            self.found.measure,
            chosen=self.area.area_code,
            name=self.area["name"],
            near=self.near,
            title=title,
            period=self.found.period,
            note=missing_words(self.found) if len(strips) == 1 else "",
            stem=stem,
            **self._told,
        )

    def _table(self) -> pd.DataFrame:
        return sortable(self.found, self.near.codes, self.area.area_code)

    def _wider(self) -> pd.DataFrame:
        return wider_table(self.found)

    @property
    def funnel_sentence(self) -> str:
        """What the funnel shows."""
        return illustrative_word(self.figures, funnel_words(self.found, self.area.area_code, self.area["name"]))

    def _funnel(self) -> Picture:
        return funnel_picture(
            self.found,
            chosen=self.area.area_code,
            name=self.area["name"],
            near=self.near,
            size=size_words(self.indicator),
            sentence=self.funnel_sentence,
            **self._told,
        )


def size_words(indicator: pd.Series) -> str:
    """What an indicator is counted over."""
    known = sources().get(indicator.source)
    named = {each.indicator: each.denominator_label for each in known.indicators} if known else {}
    usual = "What the percentage is of" if indicator.unit == "%" else "Children aged 0 to 17"
    return named.get(indicator.indicator) or usual
