"""Speed, measured: amem beside its peers and the matrix-product peak of the same machine, in one run.

``python book/bench.py`` writes book/results/bench/<machine>.json. Every contender works in a process of its own, so
that its peak memory is its own; rounds are interleaved, so that a machine that drifts does so for all; the best round
counts. Speeds are fractions of the peak (useful floating-point operations per second over those of a large matrix
product), so they can be compared across machines. Nothing here is a test.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from contenders import Contender, Row, Task, clusters, in_context, memories, spherical

ROUNDS = 5


def matrix_product(queries: int) -> Task:
    left, right = torch.ones(2048, 2048), torch.ones(2048, 2048)
    return lambda: left @ right


PEAK = Row("matrix product", "", 2 * 2048**3, [Contender("torch", matrix_product, 1)])
ROWS = [*memories.ROWS, *spherical.ROWS, *clusters.ROWS, *in_context.ROWS]


def perform(row: int, contender: int) -> None:
    """Do one contender's work in this process and print its seconds and extra bytes; one round a line read."""
    chosen = [PEAK, *ROWS][row].contenders[contender]
    chosen.prepare(min(chosen.queries, 100))()
    task = chosen.prepare(chosen.queries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in sys.stdin:
        start = time.perf_counter()
        task()
        seconds = time.perf_counter() - start
        extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        print(json.dumps({"seconds": seconds, "extra_bytes": extra}), flush=True)


def measure(rounds: int) -> dict[str, object]:
    """All rows and the peak, interleaved round by round."""
    rows = [PEAK, *ROWS]
    workers = {
        (r, c): subprocess.Popen(
            [sys.executable, __file__, "--perform", str(r), str(c)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for r, row in enumerate(rows)
        for c in range(len(row.contenders))
    }
    best: dict[tuple[int, int], dict[str, float]] = {}
    try:
        for number in range(rounds):
            for key, worker in workers.items():
                assert worker.stdin and worker.stdout
                print(file=worker.stdin, flush=True)
                line = json.loads(worker.stdout.readline())
                best[key] = {
                    name: min(value, best[key][name]) if name == "seconds" and key in best else value
                    for name, value in line.items()
                }
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    finally:
        for worker in workers.values():
            worker.terminate()
    apart = {(r, c): difference(row, c) for r, row in enumerate(ROWS, start=1) for c in range(len(row.contenders))}
    peak = PEAK.operations / best[0, 0]["seconds"]
    results: list[dict[str, object]] = []
    for r, row in enumerate(ROWS, start=1):
        first = best[r, 0]["seconds"] / row.contenders[0].queries
        for c, contender in enumerate(row.contenders):
            per_query = best[r, c]["seconds"] / contender.queries
            results.append(
                {
                    "row": row.title,
                    "contender": contender.name,
                    "queries": contender.queries,
                    "seconds_per_query": per_query,
                    "of_peak": row.operations / per_query / peak,
                    "extra_megabytes": best[r, c]["extra_bytes"] / 1e6,
                    "amem_times_faster": per_query / first,
                    "apart": apart[r, c],
                }
            )
    return {
        "machine": platform.machine(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "peak_gigaflops": peak / 1e9,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "rounds": rounds,
        "rows": {row.title: row.says for row in ROWS},
        "results": results,
    }


def difference(row: Row, contender: int) -> float | None:
    """How far a contender's answers to a hundred queries are from amem's, over the largest of those."""
    if not row.same:
        return None
    ours, theirs = (np.asarray(row.contenders[c].prepare(100)(), dtype=float) for c in (0, contender))
    return float(np.abs(theirs - ours).max() / np.abs(ours).max())


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--perform", nargs=2, type=int, metavar=("ROW", "CONTENDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.perform:
        return perform(*arguments.perform)
    report = measure(ROUNDS)
    name = "-".join("".join(c if c.isalnum() else " " for c in str(report["processor"])).lower().split())
    path = Path(__file__).parent / "results" / "bench" / f"{name}-{report['cores']}-cores.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for result in report["results"]:  # type: ignore[union-attr]
        print(
            f"{result['row']:<20} {result['contender']:<38} {result['of_peak']:9.3g} of peak"
            f" {result['extra_megabytes']:9.1f} MB  amem {result['amem_times_faster']:.3g}x faster"
        )
    print(path)


if __name__ == "__main__":
    main()
