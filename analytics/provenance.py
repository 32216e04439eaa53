"""What goes with figures that are taken away, whatever file they are in: how to cite them, the way back, the licence."""

from __future__ import annotations

from dataclasses import dataclass

ILLUSTRATIVE = "Illustrative: invented authorities and figures."


@dataclass(frozen=True)
class Provenance:
    """Where figures that are taken away come from.

    Attributes
    ----------
    program : name and version of the program
    figures : which figures it read, and when they were built
    link : address of the view that they were taken from
    licence : what may be done with them
    data_as_at : newest day of the figures in the warehouse, in words
    built : when the warehouse was built, as it says (ISO)
    """

    program: str = ""
    figures: str = ""
    link: str = ""
    licence: str = ""
    data_as_at: str = ""
    built: str = ""

    def cited(self, title: str = "") -> str:
        """One sentence or two to cite a chart or table of some title by; '' where nothing is known.

        >>> Provenance("Practice Compared, version 1", "Published figures (practice-1.duckdb)").cited("Who pays?")
        'Practice Compared, version 1: Who pays. Published figures (practice-1.duckdb).'
        """
        named = ": ".join(filter(None, (self.program, title.rstrip(".?"))))
        return f"{named}. {self.figures}." if self.program else ""
