"""Building: the whole command in a process of its own, its time and its largest memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 3


def measured(*arguments: str) -> tuple[float, float]:
    """Shortest wall time (seconds) and largest resident memory (MiB) of `python -m data ...` over some runs."""
    seconds, memory = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "data", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        memory.append(used.ru_maxrss / 1024)
        if status:
            raise SystemExit(f"python -m data {' '.join(arguments)} failed:\n{process.stderr.read().decode()}")
        process.stderr.close()
        process.returncode = 0
    return min(seconds), max(memory)


def csv_floor(folder: Path) -> float:
    """Seconds that the csv module takes to read the same files into lists and do nothing with them: a floor."""
    import csv

    start = time.perf_counter()
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as text:
            for _ in csv.reader(text):
                pass
    return time.perf_counter() - start


def main(extracts: Path | None) -> None:
    """Print a line a build."""
    print(f"Building, python -m data in a process of its own, shortest of {RUNS}")
    with tempfile.TemporaryDirectory() as made:
        if extracts is None:
            print("  the eight published files were not timed: PRACTICE_EXTRACTS is not set")
        else:
            seconds, memory = measured("build", "--from", str(extracts / "ees"), "--to", f"{made}/published")
            floor = csv_floor(extracts / "ees")
            print(
                f"  {seconds:6.2f} s {memory:6.0f} MiB  the eight published files (reading them alone: {floor:.2f} s)"
            )
            seconds, memory = measured("build", "--from", str(extracts), "--to", f"{made}/whole")
            print(
                f"  {seconds:6.2f} s {memory:6.0f} MiB  everything: the eight, the Interactive Tool, neighbours, inspections"
            )
        drawn = f"{made}/drawn"
        seconds, memory = measured("illustrative", "--to", drawn)
        print(f"  {seconds:6.2f} s {memory:6.0f} MiB  writing the illustrative extracts")
        seconds, memory = measured("build", "--illustrative", "--from", drawn, "--to", f"{made}/illustrative")
        print(f"  {seconds:6.2f} s {memory:6.0f} MiB  building the illustrative warehouse")
        seconds, memory = measured("build", "--help")
        print(f"  {seconds:6.2f} s {memory:6.0f} MiB  starting Python and printing the help: the part that is not ours")


if __name__ == "__main__":
    main(Path(os.environ["PRACTICE_EXTRACTS"]) if os.environ.get("PRACTICE_EXTRACTS") else None)
