"""What a check answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

HELD, FAILED, CANNOT_TELL = "held", "failed", "cannot_tell"
WORDS = {HELD: "held", FAILED: "failed", CANNOT_TELL: "cannot tell"}


@dataclass(frozen=True)
class CheckResult:
    """Name, result (held, failed or cannot_tell), one sentence, and the figures behind it.

    Attributes
    ----------
    decisive : whether a failure alone makes the verdict "cannot tell"; any other failure is named beside the verdict
    """

    name: str
    verdict: str
    sentence: str
    table: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    decisive: bool = False
