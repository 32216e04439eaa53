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
    bears_on_verdict : False for a sensitivity or a diagnostic: it is shown, and no verdict turns on it
    """

    name: str
    verdict: str
    sentence: str
    table: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    decisive: bool = False
    bears_on_verdict: bool = field(default=True, kw_only=True)
