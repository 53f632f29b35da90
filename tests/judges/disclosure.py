"""Judge a release given as a JJ file, see disclosure.sh.

A cell of weight 1 is printed unless it is withheld (u small, m for others); one of weight 0 is printed nowhere, is hidden
without cost, and if it is small (u) must not follow either.
"""
import argparse
import collections
import concurrent.futures
import itertools
import multiprocessing
import os
import sys
import tempfile

from pytauargus import HiTaSCtrl
from pytauargus._tauargus import audit_jj

Cell = collections.namedtuple("Cell", "value weight status low high lpl upl spl")
Equation = collections.namedtuple("Equation", "rhs terms")  # terms: [(cell, coefficient)]

LONGEST_LINE = 4094  # audit_jj reads lines into 4096 bytes
TOLERANCE = 1e-6


def refuse(message):
    print(f"no verdict: {message}")
    sys.exit(2)


def read(path):
    """The cells and equations of a JJ file. Refuses a file that contradicts itself."""
    with open(path) as f:
        lines = iter(f.read().splitlines())
    if next(lines).strip() != "0":
        refuse("the first line must be 0")
    cells, equations = [], []
    for i in range(int(next(lines))):
        index, value, weight, status, *numbers = next(lines).split()
        cell = Cell(float(value), int(weight), status, *map(float, numbers))
        if int(index) != i:
            refuse(f"cell {i} is numbered {index}")
        if cell.status not in ("s", "z", "u", "m"):
            refuse(f"cell {i} has the status {status}")
        if cell.weight not in (0, 1):
            refuse(f"cell {i} has the weight {weight}")
        if cell.weight == 0 and cell.status not in ("u", "m"):
            refuse(f"cell {i} costs nothing, but is published")
        if not cell.low <= cell.value - cell.lpl <= cell.value + cell.upl <= cell.high:
            refuse(f"cell {i}: the bounds leave no room for the protection levels")
        cells.append(cell)
    for e in range(int(next(lines))):
        rhs, _n, _colon, *words = next(lines).split()
        terms = [(int(c), int(k.strip("()"))) for c, k in zip(words[::2], words[1::2])]
        if len(terms) != int(_n):
            refuse(f"equation {e} does not have {_n} terms")
        total = sum(k * cells[c].value for c, k in terms)
        if abs(total - float(rhs)) > TOLERANCE * max(1, *(abs(cells[c].value) for c, _ in terms)):
            refuse(f"equation {e} does not hold: {total} is not {rhs}")
        equations.append(Equation(float(rhs), terms))
    return cells, equations


def components(cells, equations, free):
    """The parts of the system that hang together through the free cells; the others are known numbers.

    Yields (cells, equations); the equations contain free cells only.
    """
    parent = {c: c for c in free}

    def root(c):
        while parent[c] != c:
            parent[c] = parent[parent[c]]
            c = parent[c]
        return c

    reduced = []
    for e in equations:
        unknown = [(c, k) for c, k in e.terms if c in parent]
        if unknown:
            known = sum(k * cells[c].value for c, k in e.terms if c not in parent)
            reduced.append(Equation(e.rhs - known, unknown))
            for c, _ in unknown:
                parent[root(c)] = root(unknown[0][0])
    members, sums = collections.defaultdict(list), collections.defaultdict(list)
    for c in free:
        members[root(c)].append(c)
    for e in reduced:
        sums[root(e.terms[0][0])].append(e)
    return [(members[r], sums[r]) for r in members]


def write(path, cells, part, status):
    """Write one component as a JJ file; cell i of the file is part[0][i]."""
    numbers, equations = part
    place = {c: i for i, c in enumerate(numbers)}
    lines = ["0", str(len(numbers))]
    for i, c in enumerate(numbers):
        x = cells[c]
        lines.append(f"{i} {x.value:.10g} {x.weight} {status(x)} {x.low:.10g} {x.high:.10g} {x.lpl:.10g} {x.upl:.10g} {x.spl:.10g}")
    lines.append(str(len(equations)))
    for e in equations:
        lines.append(f"{e.rhs:.10g} {len(e.terms)} : " + " ".join(f"{place[c]} ({k})" for c, k in e.terms))
    with open(path, "w") as f:
        f.write("\n".join(lines) + "\n")
    return max(map(len, lines))


def audit(cells, part):
    """What can be learnt about every cell of a component of hidden cells: {cell: (least, greatest)}."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "audit.jj")
        if write(path, cells, part, lambda cell: "m") > LONGEST_LINE:
            raise RuntimeError("an equation has too many withheld cells for audit_jj")
        return {part[0][row["cell"]]: (row["min"] + 0.0, row["max"] + 0.0) for row in audit_jj(path)}


def unsafe(cell, least, greatest):
    # audit_jj's own flag ignores SPL and looks at the width only where LPL is asked for.
    slack = TOLERANCE * max(1, abs(cell.value))
    return (cell.value - least < cell.lpl - slack or greatest - cell.value < cell.upl - slack
            or greatest - least < cell.spl - slack)


def primaries(cells, numbers):
    return {c for c in numbers if cells[c].status == "u"}


def given(cells, numbers):
    """What is not published in any case: the small counts, and what is printed nowhere."""
    return {c for c in numbers if cells[c].status == "u" or cells[c].weight == 0}


def count(cells, numbers):
    """How many of these cells would be printed."""
    return sum(cells[c].weight for c in numbers)


def suppress(cells, part, minutes):
    """full_jj on one component: (the cells that it withholds, the least number proven)."""
    chosen = given(cells, part[0])
    with tempfile.TemporaryDirectory() as folder:
        path, answer = os.path.join(folder, "in.jj"), os.path.join(folder, "out")
        # What is printed nowhere is hidden without cost; `m` is no status for full_jj.
        write(path, cells, part, lambda cell: "u" if cell.status == "u" or cell.weight == 0 else "s")
        solver = HiTaSCtrl()
        code = solver.full_jj(path, answer, minutes, "", folder + "/")
        if code > 1:
            raise RuntimeError(f"full_jj: {solver.error_string(code)}")
        with open(answer) as f:
            chosen |= {part[0][int(line)] for line in f}
        with open(os.path.join(folder, "FullJJ.log")) as f:
            bounds = [line for line in f if line.startswith("Objectvalues")][-1]
    return chosen, count(cells, chosen) if code == 0 else int(bounds.split()[1])


def is_safe(pool, cells, equations, hidden):
    """Audits what is hidden, and prints what follows from the rest."""
    found = {}
    for answer in pool.map(audit, itertools.repeat(cells), components(cells, equations, hidden)):
        found |= answer
    bad = [i for i in hidden if unsafe(cells[i], *found[i])]
    exact = sum(high - low < TOLERANCE for c, (low, high) in found.items() if cells[c].weight)
    print(f"unsafe: {len(bad)}; withheld and known exactly: {exact}", flush=True)
    for i in bad:
        print("  cell {}: {:g} lies in [{:g}, {:g}]".format(i, cells[i].value, *found[i]))
    return not bad


def compare(pool, cells, equations, a):
    """Our pattern against the optimum, component by component: (ratio at least, ratio at most)."""
    free = [i for i, c in enumerate(cells) if c.status != "z"]
    parts = [part for part in components(cells, equations, free) if primaries(cells, part[0])]
    jobs = [pool.submit(suppress, cells, part, a.minutes) for part in parts]
    ours = best = bound = 0
    differing = []
    for part, job in zip(parts, jobs):
        chosen, least = job.result()
        withheld = {c for c in part[0] if cells[c].status in "um"}
        own, other = count(cells, withheld), count(cells, chosen)
        small = count(cells, primaries(cells, part[0]))
        ratio = f"{own / least:.3f}" if least else "-"
        print(f"component of {len(part[0])} cells, {small} of them small and printed: withheld {own}, optimum "
              + (f"{least}" if least == other else f"{least} to {other}") + f", ratio {ratio}", flush=True)
        ours, best, bound = ours + own, best + other, bound + least
        differing += [(c, "ours") for c in withheld - chosen if cells[c].weight]
        differing += [(c, "optimum") for c in chosen - withheld if cells[c].weight]
    if a.differences:
        with open(a.differences, "w") as f:
            f.writelines(f"{c} {whose}\n" for c, whose in sorted(differing))
    if not bound:
        return 1, 1
    print(f"all: withheld {ours}, optimum {bound} to {best}, ratio {ours / best:.3f} to {ours / bound:.3f}")
    return ours / best, ours / bound


def main():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("--minutes", type=int, default=5, help="for the optimum of one component")
    p.add_argument("--ratio", type=float, default=1.3, help="withheld / optimum allowed")
    p.add_argument("--differences", metavar="FILE", help="where to write the cells that only one of the two withholds")
    a = p.parse_args()

    cells, equations = read(a.file)
    hidden = [i for i, c in enumerate(cells) if c.status in "um"]
    print(f"{len(cells)} cells, {len(equations)} equations; of {count(cells, range(len(cells)))} printed cells withheld: "
          f"{count(cells, hidden)}, {count(cells, primaries(cells, hidden))} of them for their own sake", flush=True)
    # A process for each component: the solver keeps global state.
    with concurrent.futures.ProcessPoolExecutor(
            os.cpu_count(), multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        safe = is_safe(pool, cells, equations, hidden)
        try:
            least, most = compare(pool, cells, equations, a)
        except RuntimeError as e:
            print(f"no optimum: {e}")
            return 2 if safe else 1
    if not safe or least > a.ratio:
        return 1
    if most > a.ratio:
        refuse("the optimum is not known closely enough")
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception as e:
        refuse(f"{type(e).__name__}: {e}")
    sys.exit(code)
