"""Several outcomes at once: p-values adjusted so that the family as a whole keeps its level."""

from __future__ import annotations

import numpy as np

from analytics.inference.permutation import TIE


def holm(p: np.ndarray) -> np.ndarray:
    """Step-down Bonferroni: family-wise error under any dependence (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _in_order(np.minimum(steps, 1), order)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Step-up false discovery rate (Benjamini and Hochberg 1995).

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _in_order(np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1), order)


def max_t(real: np.ndarray, placebo: np.ndarray, spread: np.ndarray, *, enumerated: bool) -> np.ndarray:
    """Step-down max-t (Westfall and Young 1993): keeps the dependence between outcomes that share placebos.

    Parameters
    ----------
    real : K estimates; placebo : K x D of the same placebos; spread : K placebo standard deviations
    """
    t, chance = np.abs(real) / spread, np.abs(placebo) / spread[:, None]
    order = np.argsort(-t, kind="stable")
    extra = 0 if enumerated else 1
    found = np.empty(len(t))
    for step in range(len(order)):
        largest = chance[order[step:]].max(axis=0)
        found[step] = (extra + (largest >= t[order[step]] * TIE).sum()) / (extra + placebo.shape[1])
    return _in_order(np.minimum(np.maximum.accumulate(found), 1), order)


def _in_order(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    back = np.empty(len(values))
    back[order] = values
    return back
