#!/usr/bin/env python3
"""Intake beside pandas and polars: 20 workbooks x 1,000 organisations x 60 fields, all in one run, side by side.

    pip install pandas polars fastexcel python-calamine xlsxwriter
    cargo build --profile dist
    python3 benches/peers/intake.py target/dist/esep

esep reads the workbooks, finds headers and regions, types every cell, looks for duplicates and prints what it found. The others
read the same cells into data frames with their fastest reader (calamine) and turn the counts into integers: they check
nothing. Each is a process of its own, start included; rounds go round the programs, and the best and the median are printed.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

FILES, ROWS, COUNTS = 20, 1000, 54

READ = """
import sys, pathlib, concurrent.futures
files, threads = sorted(pathlib.Path(sys.argv[1]).glob("*.xlsx")), int(sys.argv[2])
"""
PANDAS = READ + """
import pandas
def read(path):
    frame = pandas.read_excel(path, engine="calamine", dtype={"Number": str})
    counts = [name for name in frame.columns if name.startswith("Count ")]
    frame[counts] = frame[counts].astype("int64")
    return len(frame)
if threads == 1:
    rows = sum(map(read, files))
else:
    with concurrent.futures.ProcessPoolExecutor(threads) as pool: rows = sum(pool.map(read, files))
assert rows == 20000, rows
"""
POLARS = READ + """
import polars
def read(path):
    frame = polars.read_excel(path, engine="calamine", schema_overrides={"Number": polars.String})
    frame = frame.with_columns(polars.col("^Count .*$").cast(polars.Int64))
    return frame.height
if threads == 1:
    rows = sum(map(read, files))
else:
    with concurrent.futures.ThreadPoolExecutor(threads) as pool: rows = sum(pool.map(read, files))
assert rows == 20000, rows
"""


def make(project: pathlib.Path, periods: list[str] = ["2025"]) -> None:
    """A project of one dataset with 60 fields, and its workbooks for each period."""
    import xlsxwriter

    fields = [f"  - {{ id: count_{n}, type: count, name: {{ en: Count {n} }} }}" for n in range(COUNTS)]
    districts = [(f"{o}{d}", f"District {o}-{d}") for o in range(1, 6) for d in range(10)]
    files = {
        "programme.yaml": """
title: { en: Intake }
publisher: { en: Nobody }
source: { en: invented }
languages: [en]
levels:
  - { id: country, name: { en: Country }, plural: { en: Countries } }
  - { id: region, name: { en: Region }, plural: { en: Regions } }
  - { id: district, name: { en: District }, plural: { en: Districts } }
periods:
"""
        + "".join(f'  - {{ id: "{y}", name: {{ en: "{y}" }}, within: {{ en: in {y} }}, date: {y}-10-05 }}\n' for y in periods or ["2025"])
        + """
sections: [{ id: all, name: { en: All } }]
units: { units: { en: { one: unit, other: units } } }
thresholds: { small_denominator: 10, low_coverage: 80, near_target: 5 }
""",
        "regions.yaml": "regions:\n  - { code: '0', level: country, name: { en: Country } }\n"
        + "".join(f"  - {{ code: '{o}', level: region, parent: '0', name: {{ en: Region {o} }} }}\n" for o in range(1, 6))
        + "".join(f"  - {{ code: '{c}', level: district, parent: '{c[0]}', name: {{ en: {n} }} }}\n" for c, n in districts),
        "datasets/units.yaml": """
id: units
name: { en: Units }
unit: units
key: [number]
region: district
level: district
title: name
fields:
  - { id: number, type: code, name: { en: Number }, required: true }
  - { id: name, type: text, name: { en: Name }, required: true }
  - { id: region, type: region, name: { en: Region }, required: true }
  - { id: district, type: region, within: region, name: { en: District }, required: true }
  - { id: active, type: flag, name: { en: Active } }
  - id: kind
    type: category
    name: { en: Kind }
    values: [{ id: large, name: { en: Large } }, { id: small, name: { en: Small } }]
"""
        + "\n".join(fields)
        + "\n",
        "indicators/1.yaml": """
id: "1"
section: all
name: { en: Share }
short: { en: Share }
dataset: units
numerator: { name: { en: active units }, count: rows, where: { active: yes } }
denominator: { name: { en: all units }, count: rows }
direction: up
""",
    }
    for name, text in files.items():
        path = project / "indicator-specs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    headers = ["Number", "Name", "Region", "District", "Active", "Kind"] + [f"Count {n}" for n in range(COUNTS)]
    for period in periods:
        inputs = project / "inputs" / period
        inputs.mkdir(parents=True)
        for file in range(FILES):
            book = xlsxwriter.Workbook(inputs / f"{file:02}.xlsx")
            sheet = book.add_worksheet("Units")
            sheet.write_row(0, 0, headers)
            for row in range(1, ROWS + 1):
                code, district = districts[(file * 7 + row) % len(districts)]
                words = [f"{file:02}{row:05}", f"Unit {row} of file {file}", f"Region {code[0]}", district]
                words += ["yes" if row % 3 else "no", "Large" if row % 2 else "Small"]
                sheet.write_row(row, 0, words)
                sheet.write_row(row, len(words), [(row * (n + 3)) % 997 for n in range(COUNTS)])
            book.close()


def main() -> None:
    esep, rounds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        make(project)
        inputs = str(project / "inputs" / "2025")
        programs = {}
        for threads in (1, 2):
            own = {"RAYON_NUM_THREADS": str(threads), "POLARS_MAX_THREADS": str(threads)}
            programs["esep check", threads] = ([str(esep), "check", "--quiet", "--cache-size", "0", "--project", folder], own)
            programs["pandas", threads] = ([sys.executable, "-c", PANDAS, inputs, str(threads)], own)
            programs["polars", threads] = ([sys.executable, "-c", POLARS, inputs, str(threads)], own)
        times = {name: [] for name in programs}
        for _ in range(rounds):
            for name, (command, own) in programs.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, env={**os.environ, **own}, stdout=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - start)
        print(f"{FILES} workbooks x {ROWS} rows x {COUNTS + 6} columns, {rounds} rounds, seconds")
        for (name, threads), took in times.items():
            print(f"{name:12} {threads} thread{'s' if threads > 1 else ' '}  best {min(took):.2f}  median {statistics.median(took):.2f}")


if __name__ == "__main__":
    main()
