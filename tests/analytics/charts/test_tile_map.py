"""What the map of hexagons draws, says and lists; that its specification is built once; colours that letters stand on."""

from __future__ import annotations

import itertools
import json
import math

import pandas as pd
import pytest

from analytics.charts import theme
from analytics.charts.picture import picture_csv, picture_png, picture_svg, whole_spec
from analytics.charts.tile_frame import Marked, places_of, sides_between_regions
from analytics.charts.tile_map import HEXAGON, LEAST, LETTERS, SELECTION, group_picture, map_spec, tile_picture
from analytics.trends import Measure

MEASURE = Measure("cpp_rate", "Children on plans", "per 10,000 children", 1)
NONE = float("nan")
# Two rows: Ash and Bee above in the north, Cot (half a hexagon to the right) below in the south.
TILES = pd.DataFrame(
    {
        "area_code": ["A", "B", "C"],
        "short": ["ASH", "BEE", "COT"],
        "name": ["Ash", "Bee", "Cot"],
        "region": ["North", "North", "South"],
        "col": [0, 1, 0],
        "row": [0, 0, 1],
    }
)
FIGURES = pd.DataFrame({"area_code": ["A", "C"], "value": [43.94, NONE], "status": ["ok", "suppressed"]})


def drawn(tiles=TILES, figures=FIGURES, **given):
    asked = {"measure": MEASURE, "year": 2025, "source": "DfE.", "illustrative": False} | given
    return tile_picture(tiles, figures, **asked)


def part(picture, name: str) -> pd.DataFrame:
    return picture.frame[picture.frame.part == name]


def many(count: int) -> pd.DataFrame:
    """So many authorities in rows of twelve."""
    return pd.DataFrame(
        [
            {"area_code": f"E{n:03d}", "short": f"S{n:02d}", "name": f"Place {n}", "region": f"R{n % 7}"}
            | {"col": n % 12, "row": n // 12}
            for n in range(count)
        ]
    )


def test_a_hexagon_shows_its_shade_its_letter_and_the_reason_of_a_missing_figure() -> None:
    tiles = part(drawn(), "tile").set_index("text")
    assert tiles.fill.to_dict() == {"ASH": theme.shades(1)[0], "BEE": theme.PAPER, "COT": theme.PAPER}
    assert tiles.note.to_dict() == {"ASH": "", "BEE": "-", "COT": "c"}
    assert tiles.told.tolist() == [
        "Ash: 43.9 per 10,000 children",
        "Bee: no figure, - (not listed by the source for this year)",
        "Cot: no figure, c (suppressed to protect children's identity)",
    ]


def test_a_doubtful_figure_is_shaded_and_says_so() -> None:
    doubtful = FIGURES.assign(status=["low_reliability", "suppressed"])
    ash = part(drawn(figures=doubtful), "tile").iloc[0]
    assert (ash.fill, ash.note) == (theme.shades(1)[0], "u")
    assert ash.told == "Ash: 43.9 per 10,000 children, u (low reliability, figure shown)"


def test_who_is_outlined_and_the_key_says_who() -> None:
    picture = drawn(marked=Marked("A", "Ash", ("C", "gone"), "statistical neighbours (2025)"))
    assert part(picture, "tile").ring.tolist() == ["selected", "", "compared"]
    samples = part(picture, "sample")
    assert samples.ring.tolist() == ["", "", "selected", "compared"]
    assert " ".join(part(picture, "key").text) == (
        "43.9 No figure: the letter says why Ash statistical neighbours (2025)"
    )


def test_nobody_outlined_is_not_in_the_key() -> None:
    assert set(part(drawn(), "sample").ring) == {""}


def test_sides_of_regions_are_the_sides_that_two_hexagons_share() -> None:
    sides = list(sides_between_regions(TILES))
    places = places_of(TILES)
    assert len(sides) == 2, "Ash and Cot, Bee and Cot"
    for (x, y, u, v), other in zip(sides, ("A", "B"), strict=True):
        assert math.hypot(x - u, y - v) == pytest.approx(1 / math.sqrt(3)), "as long as a side"
        for code in (other, "C"):
            for end in ((x, y), (u, v)):
                assert math.dist(end, places[code]) == pytest.approx(1 / math.sqrt(3)), "both ends are corners of both"


def test_neighbouring_hexagons_are_one_width_apart_and_none_overlap() -> None:
    places = list(places_of(many(60)).values())
    apart = [math.dist(a, b) for n, a in enumerate(places) for b in places[:n]]
    assert min(apart) == pytest.approx(1)


def test_the_table_has_every_authority_with_its_reason_and_its_region() -> None:
    assert drawn().table.to_numpy().tolist() == [
        ["Ash", "43.9 per 10,000 children", "North"],
        ["Bee", "no figure, - (not listed by the source for this year)", "North"],
        ["Cot", "no figure, c (suppressed to protect children's identity)", "South"],
    ]
    held = drawn().figures
    assert held.value.tolist()[0] == 43.94 and held.status.tolist() == ["ok", "no_row", "suppressed"]


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        pytest.param(FIGURES, "1 shade, 43.9. From low to high: Ash (43.9). No figure for 2 of 3.", id="one figure"),
        pytest.param(FIGURES.assign(value=NONE), "Children on plans, 2025: nobody has a figure.", id="all suppressed"),
        pytest.param(FIGURES[:0], "Children on plans, 2025: nobody has a figure.", id="no rows"),
    ],
)
def test_the_words_for_those_who_cannot_see_it(figures, says: str) -> None:
    picture = drawn(figures=figures)
    assert picture.alt.startswith("Map of 3 hexagons. Each hexagon is one authority, roughly where it lies")
    assert picture.alt.endswith(says)
    assert len(picture_png(picture)) > 1000 and b"<title>" in picture_svg(picture)


def test_the_words_name_both_ends_and_the_chosen_one() -> None:
    tiles = many(20)
    figures = pd.DataFrame({"area_code": tiles.area_code, "value": [float(n) for n in range(20)], "status": "ok"})
    said = drawn(tiles, figures, marked=Marked("E004", "Place 4")).alt
    assert "5 shades, 0.0 to 3.0; 4.0 to 7.0; 8.0 to 11.0; 12.0 to 15.0; 16.0 to 19.0." in said
    assert "Lowest: Place 0 (0.0), Place 1 (1.0) and Place 2 (2.0)." in said
    assert "Highest: Place 19 (19.0), Place 18 (18.0) and Place 17 (17.0)." in said
    assert "Place 4 (4.0): shade 2 of 5 from the lowest. Every authority has a figure." in said


def test_the_chosen_one_without_a_figure_is_said() -> None:
    assert "Cot has no figure." in drawn(marked=Marked("C", "Cot")).alt


def test_figures_of_authorities_without_a_hexagon_are_left_out() -> None:
    more = pd.concat([FIGURES, pd.DataFrame({"area_code": ["E10000006"], "value": [900.0], "status": ["ok"]})])
    assert drawn(figures=more).table.equals(drawn().table)


def test_the_specification_is_built_once_and_holds_no_figure() -> None:
    one, other = drawn(), drawn(figures=FIGURES.assign(value=[61.2, NONE]), year=2024)
    assert one.spec is other.spec
    assert "43.9" not in json.dumps(one.spec)


def test_a_click_can_be_read_by_name() -> None:
    (chosen,) = drawn().spec["params"]
    assert chosen["name"] == SELECTION and chosen["select"]["fields"] == ["code"]
    assert part(drawn(), "tile").code.tolist() == ["A", "B", "C"]


def texts(spec: dict) -> list[dict]:
    return [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]


def test_letters_are_14_pixels_and_never_below_9() -> None:
    assert {mark["fontSize"] for mark in texts(drawn().spec)} == {14}
    assert {mark["fontSize"] for mark in texts(drawn(hexagon=5).spec)} == {9}
    assert HEXAGON / 3 == 14 and round(LEAST / 3) == 9


def test_it_keeps_its_own_size_on_a_page_and_in_a_file() -> None:
    picture = drawn(many(60), FIGURES)
    assert picture.own_width
    assert 12.5 * HEXAGON <= picture.spec["width"] <= 13 * HEXAGON, "twelve across, half a hexagon, and the edges"
    whole = whole_spec(picture)
    assert (whole["width"], whole["height"]) == (picture.spec["width"], picture.spec["height"])


def test_the_key_never_covers_a_hexagon() -> None:
    for count in (3, 30, 144):
        picture = drawn(many(count), FIGURES)
        tiles, keys = part(picture, "tile"), picture.frame[picture.frame.part.isin(["key", "heading", "sample"])]
        across = picture.spec["width"] / HEXAGON
        assert keys.x.min() > 0 and keys.x.max() + 4.5 < across + 0.1, "room for words"
        beside = tiles[tiles.y < keys.y.max() + 0.9]
        assert beside.empty or beside.x.max() + 0.5 < keys.x.min(), count


def test_invented_figures_are_marked_and_said_to_be_in_blocks() -> None:
    picture = drawn(illustrative=True)
    assert theme.MARK_WORD in json.dumps(picture.spec)
    assert "by invented region, in blocks" in picture.subtitle and "roughly where it lies" not in picture.alt
    assert b"Illustrative" in picture_csv(picture)


# --- groups ----------------------------------------------------------------------------------------------------------


def grouped(groups: dict[str, str], tiles=TILES):
    return group_picture(
        tiles, groups, title="Who uses what?", subtitle="", what="Practice model", source="", stem="m",
        illustrative=False,
    )  # fmt: skip


def test_a_group_has_a_colour_and_a_letter_the_largest_first() -> None:
    picture = grouped({"A": "Zeal", "B": "Zeal", "C": "Calm", "gone": "Calm"})
    tiles = part(picture, "tile")
    assert tiles.note.tolist() == ["A", "A", "B"]
    assert tiles.fill.tolist() == [theme.GROUPS[0], theme.GROUPS[0], theme.GROUPS[1]]
    assert part(picture, "key").text.tolist() == ["A: Zeal (2)", "B: Calm (1)"]
    assert picture.alt.endswith("Practice model: A: Zeal (2); B: Calm (1) authorities.")


def test_nobody_recorded_is_white_and_counted() -> None:
    picture = grouped({"A": "Calm", "B": ""})
    assert part(picture, "tile").fill.tolist() == [theme.GROUPS[0], theme.PAPER, theme.PAPER]
    assert part(picture, "key").text.tolist() == ["A: Calm (1)", "None recorded (2)"]
    assert picture.table["Practice model"].tolist() == ["Calm", "None recorded", "None recorded"]


def test_more_groups_than_colours_share_one_and_keep_their_names_in_the_table() -> None:
    tiles = many(9)
    picture = grouped({code: f"Model {n}" for n, code in enumerate(tiles.area_code)}, tiles)
    assert part(picture, "tile").note.tolist() == [*LETTERS, "O", "O", "O"]
    assert part(picture, "key").text.tolist()[-1] == "O: another (3)"
    assert picture.table["Practice model"].tolist() == [f"Model {n}" for n in range(9)]


def test_no_group_at_all() -> None:
    assert grouped({}).alt.endswith("Practice model: None recorded (3) authorities.")


# --- colours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", [*theme.SHADES, *theme.GROUPS, theme.RULE, theme.PAPER])
def test_letters_read_on_every_ground(ground: str) -> None:
    text = theme.PAPER if theme.takes_light_letters(ground) else theme.BLACK
    assert theme.contrast(text, ground) >= 4.5


def test_shades_grow_darker_and_differ_from_the_next() -> None:
    for count in range(1, 6):
        light = [theme.contrast(shade, theme.BLACK) for shade in theme.shades(count)]
        assert light == sorted(light, reverse=True) and len(set(light)) == count
        assert all(a / b >= 1.3 for a, b in itertools.pairwise(light))


def test_outlines_show_on_every_ground() -> None:
    for ground in (*theme.SHADES, *theme.GROUPS, theme.RULE, theme.PAPER):
        assert max(theme.contrast(theme.INK, ground), theme.contrast(theme.PAPER, ground)) >= 3, "one ring of the two"
    assert theme.contrast(theme.MUTED, theme.PAPER) >= 3, "the thin outline of a light hexagon"


def test_the_specification_of_one_size_is_kept() -> None:
    assert map_spec(across=14.0, down=20.0, hexagon=42, illustrative=False) is map_spec(
        across=14.0, down=20.0, hexagon=42, illustrative=False
    )
