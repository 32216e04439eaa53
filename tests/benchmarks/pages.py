"""Pages: reruns of a running app over its websocket, as a browser asks for them, one reader at a time."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from analytics.board import board_of
from analytics.finding import index_of
from analytics.warehouse import open_warehouse

ROOT = Path(__file__).parents[2]
RERUNS = 40


class Reader:
    """One session of one page."""

    def __init__(self, port: int, page: str, query: str = "") -> None:
        self.socket = connect(
            f"ws://localhost:{port}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,
            origin=f"http://localhost:{port}",
        )
        self.query, self.page_hash = query, ""
        self.elements: dict[str, object] = {}
        self.first = self.run(page_name=page)

    def run(self, *, page_name: str = "", widget: tuple[str, str] | None = None) -> float:
        """Seconds from the request to the end of the script's run."""
        request = BackMsg()
        state = request.rerun_script
        state.query_string, state.page_script_hash, state.page_name = self.query, self.page_hash, page_name
        if widget:
            one = state.widget_states.widgets.add()
            one.id, one.string_value = widget
        start = time.perf_counter()
        self.socket.send(request.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.socket.recv(timeout=60))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "selectbox":
                box = message.delta.new_element.selectbox
                self.elements[box.label] = box
            elif kind == "script_finished":
                return time.perf_counter() - start

    def close(self) -> None:
        """Leave."""
        self.socket.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("localhost", 0))
        return held.getsockname()[1]


@contextlib.contextmanager
def app(database: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Port and process of the app on a warehouse."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"PRACTICE_DATABASE": str(database)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def reruns(port: int, page: str, *, label: str | None, query: str = "") -> tuple[float, np.ndarray]:
    """First run, and reruns of a page, each with another choice of the named list where there is one (seconds)."""
    reader = Reader(port, page, query)
    box = reader.elements[label] if label else None
    found = []
    for n in range(RERUNS):
        choice = (box.id, box.options[n % len(box.options)]) if box else None
        found.append(reader.run(widget=choice))
    reader.close()
    return reader.first, np.array(found)


FOUR_MORE = "more=cpp_repeat_pct,cla_rate,rereferral_pct,cin_rate"
PAGES = (
    ("", None, ""),
    ("trends", "Authority", ""),
    ("trends", "Indicator", ""),
    ("trends", "Authority", FOUR_MORE),
    ("profile", "Authority", ""),
    ("profile", "Beside", ""),
    ("neighbours", "Authority", ""),
    ("authorities", "Authority", ""),
    ("authorities", "Indicator", ""),
    ("impact", None, ""),
    ("data", None, ""),
)


def main(database: Path) -> None:
    """Print a line a page."""
    with app(database) as (port, process):
        print("Pages, one reader over the websocket, milliseconds from request to finished run")
        print(f"  {'page':56}{'first run':>10}{'p50':>8}{'p95':>8}")
        Reader(port, "").close()  # the first visit of a fresh server pays for its imports
        for page, label, query in PAGES:
            first, later = reruns(port, page, label=label, query=query)
            many = ", four small charts" if query else ""
            words = f"{page or 'start'}{many}{f', another {label.lower()} each time' if label else ', the same again'}"
            p50, p95 = np.quantile(later, [0.5, 0.95]) * 1000
            print(f"  {words:56}{first * 1000:>10.0f}{p50:>8.0f}{p95:>8.0f}")
        print(f"  memory of the app {process.memory_info().rss / 2**20:.0f} MiB")
    _questions(database)


def _questions(database: Path) -> None:
    """Finding an indicator by its words, and the questions that a new choice asks of the warehouse."""
    figures = open_warehouse(database)
    rows, areas = figures.ask("indicators"), figures.ask("all_areas")
    index = index_of(rows)
    shown = {
        f"finding among {len(rows)} indicators": lambda: index.find("re-referal"),
        "figures of one indicator": lambda: board_of(figures, rows[rows.indicator == "cpp_rate"], areas),
        "question board_cells": lambda: figures.ask("board_cells", indicators=["cpp_rate", "children_0_17"]),
        "question neighbours": lambda: figures.ask("neighbours", model="2025"),
        "question tiles": lambda: figures.ask("tiles"),
    }
    for words, asked in shown.items():
        took = []
        for _ in range(RERUNS):
            start = time.perf_counter()
            asked()
            took.append(time.perf_counter() - start)
        p50, p95 = np.quantile(took, [0.5, 0.95]) * 1000
        print(f"  {words:56}{'':>10}{p50:>8.1f}{p95:>8.1f}")
    figures.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
