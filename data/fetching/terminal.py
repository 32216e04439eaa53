"""A download as a person follows it in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from data.download import Step

SECONDS_BETWEEN = 0.1
WIDTH = 100


class TerminalLine:
    """One line that is written over while a file comes, and one that stays for each table fetched.

    Of tables that are not fetched the command tells at the end, together, so that its first sentence is on all of them.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.is_terminal, self._written = stream, stream.isatty(), 0.0

    def __enter__(self) -> TerminalLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def show(self, step: Step) -> None:
        """Shows a step."""
        if step.settled:
            self._clear()
            if step.way:
                print(f"{step.number} of {step.of}  {step.settled}", file=self.stream, flush=True)
        elif self.is_terminal and time.monotonic() - self._written >= SECONDS_BETWEEN:
            self._written = time.monotonic()
            print(f"\r{progress_sentence(step)[:WIDTH]:<{WIDTH}}", end="", file=self.stream, flush=True)

    def _clear(self) -> None:
        if self.is_terminal:
            print(f"\r{'':<{WIDTH}}\r", end="", file=self.stream, flush=True)


def progress_sentence(step: Step) -> str:
    """How far one file has come."""
    of = f" of {megabytes(step.total)}" if step.total else ""
    return f"{step.number} of {step.of}  {megabytes(step.bytes)}{of} MB  {step.title} ({step.way})"


def megabytes(count: int) -> str:
    """Bytes as megabytes with one decimal, two below a tenth."""
    return f"{count / 1e6:.1f}" if count >= 100_000 else f"{count / 1e6:.2f}"
