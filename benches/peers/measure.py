"""Runs a command and tells what it took, with all processes that it started: wall time, processor time, peak memory.

    python3 measure.py NAME FIGURES.jsonl -- COMMAND…

Memory is the sum of the proportional set sizes (PSS) of all its processes at one moment, so that pages which they share count once; it is
looked at ten times a second, and the largest sum is kept. Processor time is that of all processes which were waited for. One line of JSON is
added to FIGURES.jsonl, for a command that fails too.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import threading
import time


def below(root: int) -> list[str]:
    """A process and all processes that it started, directly or not."""
    found, open_ = [], [str(root)]
    while open_:
        process = open_.pop()
        found.append(process)
        try:
            # A thread names the processes that it started.
            for thread in os.listdir(f"/proc/{process}/task"):
                open_ += pathlib.Path(f"/proc/{process}/task/{thread}/children").read_text().split()
        except OSError:
            continue
    return found


def pss(process: str) -> int:
    """The proportional set size of a process in kB; none when it has ended."""
    try:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command: list[str], **options) -> dict:
    """Seconds of wall time and of processors, peak memory in MB, and the exit code."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, **options)
    peak, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            peak[0] = max(peak[0], sum(map(pss, below(process.pid))))

    watcher = threading.Thread(target=look)
    watcher.start()
    code = process.wait()
    wall = time.perf_counter() - start
    ended.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": round(wall, 3), "cpu": round(cpu, 3), "peak_mb": round(peak[0] / 1000, 1), "exit": code}


if __name__ == "__main__":
    name, figures, command = sys.argv[1], sys.argv[2], sys.argv[4:]
    figure = {"name": name, **run(command)}
    with open(figures, "a") as file:
        file.write(json.dumps(figure) + "\n")
    print(figure, file=sys.stderr)
    sys.exit(0 if figure["exit"] == 0 else 1)
