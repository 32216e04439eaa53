"""python tests/benchmarks/readers.py WAREHOUSE: a committee room's load on the Directors' pages, over the websocket.

Readers think for ten seconds on average between two choices, as people do (engineering.md measures at that pace). The
generator shares the machine's processors with the app, so its own share is printed: what it took, the app did not have.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks.pages import app

READERS, THINKING, SECONDS = 60, 10.0, 60.0
PAGES = ("trends", "profile", "neighbours", "authorities")
ARRIVING = 10.0  # seconds over which they come in: a room does not sit down at once


@dataclass
class Seen:
    """What the readers saw: seconds of first runs and of reruns by page, and what went wrong."""

    first: list[float] = field(default_factory=list)
    later: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Visitor:
    """One session of one page that keeps choosing another authority."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self.socket, self.page, self.page_hash, self.box = socket, page, "", None

    async def run(self, *, choice: str | None = None) -> tuple[float, str]:
        """Seconds to the end of the script's run, and the words of an error that it showed."""
        request = BackMsg()
        state = request.rerun_script
        state.page_script_hash, state.page_name = self.page_hash, "" if self.page_hash else self.page
        if choice is not None:
            one = state.widget_states.widgets.add()
            one.id, one.string_value = self.box.id, choice
        start, wrong = time.perf_counter(), ""
        await self.socket.send(request.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.socket.recv(), 60))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "delta":
                element = message.delta.new_element
                if element.WhichOneof("type") == "selectbox" and element.selectbox.label == "Authority":
                    self.box = element.selectbox
                elif element.WhichOneof("type") == "exception":
                    wrong = element.exception.message or element.exception.type
            elif kind == "script_finished":
                return time.perf_counter() - start, wrong


async def _visit(port: int, page: str, seen: Seen, until: float, wait: float) -> None:
    await asyncio.sleep(wait)
    address = f"ws://localhost:{port}/_stcore/stream"
    given = {"subprotocols": ["streamlit"], "max_size": None, "compression": None, "origin": f"http://localhost:{port}"}
    try:
        async with connect(address, **given) as socket:
            visitor = Visitor(socket, page)
            took, wrong = await visitor.run()
            seen.first.append(took)
            while time.perf_counter() < until and not wrong:
                await asyncio.sleep(random.expovariate(1 / THINKING))
                choice = random.choice(visitor.box.options) if visitor.box else None
                took, wrong = await visitor.run(choice=choice)
                seen.later.setdefault(page, []).append(took)
            if wrong:
                seen.wrong.append(f"{page}: {wrong}")
    except Exception as error:
        seen.wrong.append(f"{page}: {type(error).__name__} {error}")


async def _room(port: int) -> Seen:
    seen, until = Seen(), time.perf_counter() + ARRIVING + SECONDS
    visits = [_visit(port, PAGES[n % len(PAGES)], seen, until, ARRIVING * n / READERS) for n in range(READERS)]
    await asyncio.gather(*visits)
    return seen


def main(database: Path) -> None:
    """Print a line a page, and the whole."""
    random.seed(1)
    with app(database) as (port, process):
        asyncio.run(_warmed(port))
        own, server, start = _processor(psutil.Process()), _processor(process), time.perf_counter()
        seen = asyncio.run(_room(port))
        took = time.perf_counter() - start
        own, server = (
            after - before for after, before in ((_processor(psutil.Process()), own), (_processor(process), server))
        )
        memory = process.memory_info().rss / 2**20
    print(
        f"{READERS} readers, {THINKING:.0f} s of thought between choices, {took:.0f} s; milliseconds to a finished run"
    )
    print(f"  {'page':24}{'reruns':>8}{'p50':>8}{'p95':>8}{'worst':>8}")
    everything = np.concatenate([np.array(each) for each in seen.later.values()])
    for name, found in [*seen.later.items(), ("all pages", everything), ("first runs", seen.first)]:
        p50, p95, worst = np.quantile(found, [0.5, 0.95, 1]) * 1000
        print(f"  {name:24}{len(found):>8}{p50:>8.0f}{p95:>8.0f}{worst:>8.0f}")
    print(f"  errors {len(seen.wrong)}{''.join(f'; {each}' for each in seen.wrong[:3])}")
    print(
        f"  processor: app {server / took:.0%} of one, the generator of this load {own / took:.0%} of one; "
        f"memory of the app {memory:.0f} MiB"
    )


async def _warmed(port: int) -> None:
    """The first visit of each page pays for imports and for the figures that are then held."""
    for page in PAGES:
        await _visit(port, page, Seen(), 0.0, 0.0)


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main(Path(sys.argv[1]))
