"""What goes with figures that are taken away, whatever file they are in: how to cite them, the way back, the licence."""

from __future__ import annotations

from dataclasses import dataclass

ILLUSTRATIVE = "Illustrative: invented authorities and figures."


@dataclass(frozen=True)
class Provenance:
    """Where figures that are taken away come from.

    Attributes
    ----------
    citation : one sentence to cite them by
    link : address of the view that they were taken from
    licence : what may be done with them
    data_as_at : newest day of the figures in the warehouse, in words
    built : when the warehouse was built, as it says (ISO)
    """

    citation: str = ""
    link: str = ""
    licence: str = ""
    data_as_at: str = ""
    built: str = ""
