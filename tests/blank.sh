#!/bin/sh
# How much paper stays blank at the ends of pages: the share of the text area below the last line, on average over all pages but covers, by
# kind of report (its number of pages tells which). Needs poppler-utils and python3.
#
#     tests/blank.sh out/2025
set -eu
folder=${1:?"the folder of a release"}
python3 - "$folder" <<'PYTHON'
import collections, pathlib, subprocess, sys

RESOLUTION = 20  # dots an inch
TOP, BOTTOM = 21 / 25.4, (297 - 19) / 25.4  # the text area, in inches

def pages(path):
    """Each page as rows of grey values."""
    raw = subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-gray", str(path)], capture_output=True, check=True).stdout
    at = 0
    while at < len(raw):
        head, size, depth, rest = raw[at:].split(b"\n", 3)
        width, height = map(int, size.split())
        start = len(raw) - len(rest)
        yield [raw[start + row * width : start + (row + 1) * width] for row in range(height)]
        at = start + width * height

def blank(rows):
    first, last = round(TOP * RESOLUTION), round(BOTTOM * RESOLUTION)
    inked = [row for row in range(first, last) if min(rows[row]) < 200]
    return (last - 1 - (inked[-1] if inked else first)) / (last - first)

kinds = collections.defaultdict(list)
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.pdf")):
    shares = [blank(rows) for rows in pages(path)]
    # A report without a cover is short.
    kinds["short" if len(shares) <= 8 else "long"].append(shares if len(shares) <= 8 else shares[1:])
for kind, reports in sorted(kinds.items()):
    shares = [share for report in reports for share in report]
    ends = [report[-1] for report in reports]
    full = sum(share > 0.3 for share in shares)
    print(f"{kind}: {len(reports)} reports, {len(shares)} pages, {100 * sum(shares) / len(shares):.1f} % blank,"
          f" {full} pages more than 30 %; without last pages"
          f" {100 * (sum(shares) - sum(ends)) / max(1, len(shares) - len(ends)):.1f} %")
PYTHON
