"""Two-way fixed effects: the coefficient of exposure beside authority and year effects.

A familiar figure and a diagnostic: with staggered starts it compares adopters with earlier adopters, so it is never the
primary estimate. Years of transition leave the panel.
"""

from __future__ import annotations

import numpy as np

from analytics.estimators.concentrated import Concentrated, Role, within
from analytics.estimators.registry import Prepared, register
from analytics.estimators.sample import Sample


@register("two_way")
def two_way(sample: Sample) -> Prepared:
    """Coefficient of exposure in the regression on authority and year effects, weighted."""
    roles = []
    for kind in range(len(sample.slots.kinds)):
        after = sample.after(kind)
        used = sample.observed & (sample.before(kind) | after)
        exposed = np.einsum("nst,t->ns", within(used, sample.weights), after.astype(float))
        own = np.einsum("ns,kns->kn", exposed, sample.filled)
        roles.append(Role(used, own[:, None], -exposed[None], (exposed @ after.astype(float))[None]))
    return Concentrated(sample, tuple(roles), regression=True)
