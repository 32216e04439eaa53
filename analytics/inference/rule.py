"""Which inference when: the choice by rule, shown to the reader."""

from __future__ import annotations

from analytics.spec import Inference

SENTENCES = {
    "size_matched": (
        "Chance is judged by placebo adopters: the same start years given to authorities of similar size that are in the "
        "comparison, thousands of times over. No standard error is used."
    ),
    "permutation": (
        "Chance is judged by placebo adopters drawn from all authorities in the comparison, whatever their size. "
        "Small authorities vary more, so this rejects too often where the adopters are small."
    ),
}


def chosen(inference: Inference) -> str:
    """Name of the inference: as asked for, or size-matched permutation, which held its size at every number treated."""
    return "size_matched" if inference.name == "by_rule" else inference.name
