"""Invented statistical neighbours: the nearest in the background drawn, in the two published layouts."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pytest

from data.illustrative import drawn
from data.invented.neighbours import (
    NEED,
    SHARES_2021,
    SHARES_2025,
    WORDS_2021,
    WORDS_2025,
    Near,
    nearest,
    neighbour_lists,
)

OLDER, NEWER = "illustrative_statistical_neighbour_groupings_april_2021.csv", "illustrative_sn_model_2025_wide.csv"
# The headings of the files that the Department published in April 2021 and May 2025.
HEADING_2021 = "LA num,LA Name,LA number,GOInd,GOReg," + ",".join(f"SN{n},SNP" for n in range(1, 11)) + ","
HEADING_2025 = "old_la_code,la_name,region_ind,region_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11))


def lists(seed: int = 1) -> dict[str, str]:
    teaching = drawn(seed)
    return neighbour_lists(teaching.places, teaching.series, np.random.default_rng([seed, 2]))


def pairs(text: str, first: int) -> dict[str, list[tuple[str, str]]]:
    """Neighbours with their words by code, from a list whose pairs begin at a column."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    return {
        row[0]: list(zip(row[first : first + 20 : 2], row[first + 1 : first + 21 : 2], strict=True)) for row in rows
    }


@pytest.fixture(scope="module")
def older() -> dict[str, list[tuple[str, str]]]:
    return pairs(lists()[OLDER], 5)


@pytest.fixture(scope="module")
def newer() -> dict[str, list[tuple[str, str]]]:
    return pairs(lists()[NEWER], 4)


def test_the_nearest_come_first_and_nobody_is_their_own():
    line = np.arange(12.0)[:, None]  # twelve authorities in a row, one step apart
    near = nearest(line)
    assert near.positions[0].tolist() == list(range(1, 11))
    assert near.distances[0].tolist() == [float(n) for n in range(1, 11)]
    assert near.positions[5, :2].tolist() == [4, 6]  # both one step away: by position
    assert not (near.positions == np.arange(12)[:, None]).any()


def test_each_word_has_its_share_of_all_distances():
    near = Near(np.zeros((2, 5), int), np.array([[1.0, 3, 5, 7, 9], [2, 4, 6, 8, 10]]))
    assert near.words(("near", "middling", "far"), (0.2, 0.5, 0.3)).tolist() == [
        ["near", "middling", "middling", "middling", "far"],
        ["near", "middling", "middling", "far", "far"],
    ]


@pytest.mark.parametrize(("name", "heading"), [(OLDER, HEADING_2021), (NEWER, HEADING_2025)])
def test_the_layout_is_the_published_one(name, heading):
    text = lists()[name]
    assert text.startswith("\ufeff")
    assert "\r" not in text
    lines = text.removeprefix("\ufeff").splitlines()
    assert lines[0] == heading
    assert len(lines) == 151
    assert all(line.endswith(",") == (name == OLDER) for line in lines)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_authority_has_ten_others(seed):
    codes = set(drawn(seed).places.old_codes)
    for name, first in ((OLDER, 5), (NEWER, 4)):
        found = pairs(lists(seed)[name], first)
        assert found.keys() == codes
        for code, near in found.items():
            named = {other for other, _ in near}
            assert len(named) == 10
            assert named <= codes - {code}


@pytest.mark.parametrize(
    ("vintage", "words", "shares"), [("older", WORDS_2021, SHARES_2021), ("newer", WORDS_2025, SHARES_2025)]
)
def test_the_words_have_about_the_published_shares_and_grow_no_nearer_down_the_list(vintage, words, shares, request):
    found = request.getfixturevalue(vintage)
    counted = Counter(word for near in found.values() for _, word in near)
    assert sum(shares) == pytest.approx(1)
    for word, share in zip(words, shares, strict=True):
        assert counted[word] / 1500 == pytest.approx(share, abs=0.002)
    for near in found.values():
        places = [words.index(word) for _, word in near]
        assert places == sorted(places)


def test_some_authorities_are_mostly_like_no_other_and_most_have_no_distant_neighbour(older):
    distant = [sum(word == "Not Close" for _, word in near) for near in older.values()]
    assert sum(count >= 6 for count in distant) >= 5  # 8 of 156 in the published list
    assert sum(count == 0 for count in distant) > 110  # 137 of 156


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_about_half_of_a_list_is_the_same_four_years_on(seed):
    then, now = pairs(lists(seed)[OLDER], 5), pairs(lists(seed)[NEWER], 4)
    same = [len({other for other, _ in then[code]} & {other for other, _ in now[code]}) for code in then]
    assert 4.5 < np.mean(same) < 6.5  # 5.6 in the published lists
    assert min(same) < 10


def test_neighbours_are_alike_in_need_and_size(older):
    teaching = drawn()
    places, draws = teaching.places, teaching.series.draws
    at = {code: position for position, code in enumerate(places.old_codes)}
    need = np.mean([draws.lasting[draws.indicators.index(name)] for name in NEED], axis=0)
    for figure in (need, np.log(places.size)):
        beside = [np.mean([figure[at[other]] for other, _ in near]) for near in older.values()]
        own = [figure[at[code]] for code in older]
        assert np.corrcoef(own, beside)[0, 1] > 0.4
