"""Classes of a map: about as many in each, what reads alike together, and what has no figure nowhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.shading import shades_of

NONE = float("nan")


@pytest.mark.parametrize(
    ("values", "decimals", "place", "labels"),
    [
        pytest.param(
            range(10), 0, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4], ("0 to 1", "2 to 3", "4 to 5", "6 to 7", "8 to 9"),
            id="two in each of five",
        ),
        pytest.param([3.0, NONE, 1.0], 0, [1, -1, 0], ("1", "3"), id="fewer figures than classes"),
        pytest.param([7.04, 6.96, 7.0], 1, [0, 0, 0], ("7.0",), id="all read alike"),
        pytest.param([NONE, NONE], 1, [-1, -1], (), id="nobody has a figure"),
        pytest.param([], 1, [], (), id="nobody at all"),
        pytest.param([-2.0, 0.0, 1500.0], 0, [0, 1, 2], ("−2", "0", "1,500"), id="below zero and thousands"),
        pytest.param([0, 0, 0, 0, 0, 0, 0, 0, 5, 9], 0, [0] * 8 + [1, 1], ("0", "5 to 9"), id="most of them zero"),
    ],
)  # fmt: skip
def test_classes_workable_by_hand(values, decimals, place, labels) -> None:
    found = shades_of(np.array(list(values), dtype=float), decimals)
    assert found.place.tolist() == place
    assert found.labels == labels


@given(st.lists(st.one_of(st.none(), st.floats(-1e4, 1e4)), max_size=60), st.integers(0, 3), st.integers(1, 7))
def test_classes_keep_the_order_and_never_part_what_reads_alike(values, decimals, most) -> None:
    numbers = np.array([NONE if v is None else v for v in values], dtype=float)
    found = shades_of(numbers, decimals, most=most)
    pairs = sorted((round(v, decimals), k) for v, k in zip(numbers, found.place, strict=True) if np.isfinite(v))
    assert [k for _, k in pairs] == sorted(k for _, k in pairs)
    assert len({v for v, _ in pairs}) == len({(v, k) for v, k in pairs})
    assert sorted({k for _, k in pairs}) == list(range(len(found.labels))) and len(found.labels) <= most
    assert all(k == -1 for v, k in zip(numbers, found.place, strict=True) if not np.isfinite(v))
