"""One table of what was measured: `table.py FOLDER`, with `figures.jsonl` of measure.py and the verdicts of veraPDF (`NAME.judged`) in it.

Writes `figures.md` and `figures.csv` there.
"""

import csv
import json
import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
HEADER = ["program", "reports", "pages", "pages a second", "pages a processor second", "reports a second", "wall, s", "processor, s", "peak memory, MB", "PDF/UA-1", "PDF/A-3a"]


def pages(path: pathlib.Path) -> int:
    # pdfinfo also warns of structure that it does not know.
    told = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode(errors="replace")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))


def verdict(name: str, flavour: str) -> str:
    judged = folder / f"{name}.judged"
    if not judged.exists():
        return ""
    lines = judged.read_text().splitlines()
    total = next((int(line.split()[0]) for line in lines if " files, " in line), 0)
    passed = total - sum(line.startswith(f"FAIL {flavour} ") for line in lines)
    return f"{passed} of {total}"


rows = []
for line in (folder / "figures.jsonl").read_text().splitlines():
    figure = json.loads(line)
    name = figure["name"]
    if figure["exit"] != 0:
        rows.append([name, f"failed with {figure['exit']}"] + [""] * (len(HEADER) - 2))
        continue
    made = list((folder / name).rglob("*.pdf"))
    count = sum(map(pages, made))
    rates = [f"{count / figure['wall']:.1f}", f"{count / figure['cpu']:.1f}", f"{len(made) / figure['wall']:.2f}"] if made else [""] * 3
    measured = [f"{figure['wall']:.1f}", f"{figure['cpu']:.1f}", f"{figure['peak_mb']:.0f}"]
    rows.append([name, str(len(made) or ""), str(count or ""), *rates, *measured, verdict(name, "ua1"), verdict(name, "3a")])
with open(folder / "figures.csv", "w", newline="") as file:
    csv.writer(file).writerows([HEADER, *rows])
lines = ["| " + " | ".join(row) + " |" for row in [HEADER, ["---"] + ["--:"] * (len(HEADER) - 1), *rows]]
(folder / "figures.md").write_text("\n".join(lines) + "\n")
print("\n".join(lines))
