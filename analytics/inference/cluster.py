"""Standard errors clustered by authority, and the degrees of freedom they deserve.

    V = sum over authorities of (w a_i' A_i r_i)^2,   A_i = (I - H_ii)^-power

with a_i and r_i as in regression.py. Power 0 is CR1 (times N/(N-1) x (n-1)/(n-k), k = years + regressors), 1/2 is CR2
(Bell and McCaffrey 2002; no factor), 1 is CR3 (times (N-1)/N, near the jackknife). H is the hat matrix of the whole regression,
authority and year effects in it, after each authority's rows are multiplied by the root of its weight:

    I - H_ii = M_i - w M_i S^+ M_i - w x~_i' Q^+ x~_i        (the authority's own level is taken off by M_i)

Eigenvalues below 1e-9 are left out (pseudo-inverse), which is how an absorbed level, or an adopter without a twin, is
met. Authorities with the same cells, weight and path share it, so it is solved once for each distinct path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.inference.regression import SINGULAR, Design

POWERS = {"cr1": 0.0, "cr2": 0.5, "cr3": 1.0}


@dataclass(frozen=True)
class ClusterInference:
    """Estimates with errors clustered by authority.

    Attributes
    ----------
    estimate : K, se : K, in the outcome's unit; df : K, degrees of freedom of t
    """

    kind: str
    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray

    @property
    def p_values(self) -> np.ndarray:
        """K: two-sided, of no effect; NaN where the error is nought."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.se > 0, np.abs(self.estimate) / self.se, np.nan)
        return 2 * stats.t.sf(t, self.df)

    def interval(self, level: float) -> np.ndarray:
        """K x 2: b -/+ t se."""
        wide = stats.t.ppf((1 + level) / 2, self.df) * self.se
        return np.stack([self.estimate - wide, self.estimate + wide], 1)


def _distinct(design: Design) -> tuple[np.ndarray, np.ndarray]:
    """First authority of each distinct (cells, weight, path), and N: which of them each authority is."""
    paths = design.regressors.swapaxes(0, 1).reshape(len(design.weights), -1)
    key = np.column_stack([design.used, design.weights, paths])
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return first, which.ravel()


def adjusted_pull(design: Design, power: float) -> np.ndarray:
    """N x T: (I - H_ii)^-power a_i."""
    if power == 0:
        return design.pull
    first, which = _distinct(design)
    within, weights = design.within[first], design.weights[first, None, None]
    regressors = design.residual_regressors[:, first]
    leverage = within @ design.year_inverse @ within
    leverage = leverage + np.einsum("pns,pq,qnt->nst", regressors, design.inverse_information, regressors)
    values, vectors = np.linalg.eigh(within - weights * leverage)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(values > SINGULAR, np.abs(values) ** -power, 0.0)
    along = np.einsum("nst,ns->nt", vectors, design.pull[first])
    return np.einsum("nst,nt->ns", vectors, scale * along)[which]


def bell_mccaffrey(design: Design, pull: np.ndarray) -> float:
    """Degrees of freedom that match the first two moments of V when errors are alike and independent.

    (tr G)^2 / tr(G G), G_ij = a_i' A_i (I - H)_ij A_j a_j (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018).
    """
    year = pull * design.weights[:, None]
    own = np.einsum("nt,pnt->np", year, design.residual_regressors)
    spread = np.diag((year * pull).sum(1)) - year @ design.year_inverse @ year.T
    spread -= own @ design.inverse_information @ own.T
    square = (spread**2).sum()
    return float(np.trace(spread) ** 2 / square) if square > 0 else np.nan


def small_sample_factor(design: Design, kind: str) -> float:
    """What the sum of squared scores is multiplied by."""
    authorities, cells = design.n_authorities, design.n_cells
    if kind == "cr1":
        return authorities / (authorities - 1) * (cells - 1) / (cells - design.n_parameters)
    return 1.0 if kind == "cr2" else (authorities - 1) / authorities


def cluster_inference(design: Design, *, kind: str = "cr2") -> ClusterInference:
    """Estimate, standard error and degrees of freedom of every outcome.

    Parameters
    ----------
    kind : "cr1" or "cr3" with N - 1 degrees of freedom, "cr2" with Bell and McCaffrey's

    Returns
    -------
    ClusterInference; NaN where the estimate is not identified
    """
    pull = adjusted_pull(design, POWERS[kind]) if np.isfinite(design.pull).all() else design.pull
    variance = small_sample_factor(design, kind) * (design.scores(pull) ** 2).sum(1)
    df = bell_mccaffrey(design, pull) if kind == "cr2" else design.n_authorities - 1.0
    return ClusterInference(kind, design.estimate, np.sqrt(variance), np.full(len(variance), df))
