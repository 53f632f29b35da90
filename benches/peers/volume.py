#!/usr/bin/env python3
"""Many rows: esep beside pandas, polars and DuckDB. Wall time, processor time and peak memory of each, in a process of its own.

    python3 volume.py workbooks ESEP            20 workbooks x 1,000 units x 60 fields x 3 periods
    python3 volume.py sums ESEP [MILLIONS…]     0.5, 1 and 2 million units in CSV files: 14 indicators by 4 breakdowns, on 3 levels

`workbooks`: esep reads, types, checks and computes; polars reads the same cells with its fastest reader (calamine) and does nothing with them.
`sums`: all read the same files and make the same sums: numerator and denominator of 14 indicators, for the whole and for the groups of 4 fields,
for each of 50 districts, 5 regions and the country. That all of them made the same sums is checked. esep also looks for duplicate keys, checks
each cell, compares and ranks. The others are told the type of each column.

Folders stand in TMPDIR; PER_FILE=200000 rows stand in a file, since esep takes no more than 1,024 MB for one; INPUTS_MEMORY=4096 is the bound
that esep is given for what is read, in MB. Packages are those of requirements.txt.
"""

import json
import os
import pathlib
import sys
import tempfile

import intake
import measure

INDICATORS, PER_FILE = 14, int(os.environ.get("PER_FILE", 200_000))
FIELDS = {f"group_{n}": [f"{letter}{n}" for letter in "abcde"[: n + 2]] for n in range(4)}
FLAGS = [f"flag_{n}" for n in range(INDICATORS)]

READ_WORKBOOKS = """
import sys, pathlib, concurrent.futures, polars
files = sorted(pathlib.Path(sys.argv[1]).rglob("*.xlsx"))
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    rows = sum(pool.map(lambda path: polars.read_excel(path, engine="calamine").height, files))
assert rows == 60000, rows
"""

# Each prints one line of JSON: [indicator, region, group field or "", group or "", numerator, denominator] for each sum.
COMMON = """
import sys, json, pathlib
files = sorted(map(str, pathlib.Path(sys.argv[1]).glob("*.csv")))
flags, fields = [f"flag_{n}" for n in range(14)], [f"group_{n}" for n in range(4)]
sums = {}
def add(field, group, district, flag, numerator, denominator):
    for region in (district[9] + district[11:], district[9], "0"):
        key = (flag, region, field, group)
        old = sums.get(key, (0, 0))
        sums[key] = (old[0] + int(numerator), old[1] + int(denominator))
"""
END = """
json.dump([[*key, *value] for key, value in sorted(sums.items())], open(sys.argv[2], "w"))
"""
PANDAS = COMMON + """
import pandas
kinds = {"Number": "str", "District": "category"} | {f: "category" for f in fields + flags}
frame = pandas.concat([pandas.read_csv(f, dtype=kinds, usecols=list(kinds)) for f in files], ignore_index=True)
frame["District"] = frame["District"].astype("category")
for flag in flags:
    frame[flag + "_yes"] = (frame[flag] == "yes").astype("int32")
    frame[flag + "_all"] = frame[flag].notna().astype("int32")
columns = [flag + part for flag in flags for part in ("_yes", "_all")]
for field in [""] + fields:
    by = ["District"] + ([field] if field else [])
    for key, row in frame.groupby(by, observed=True)[columns].sum().iterrows():
        district, group = key if field else (key, "")
        for flag in flags:
            add(field, group, district, flag, row[flag + "_yes"], row[flag + "_all"])
""" + END
POLARS = COMMON + """
import polars
kinds = {"Number": polars.String, "District": polars.String} | {f: polars.String for f in fields + flags}
frame = polars.scan_csv(files, schema_overrides=kinds).select(list(kinds))
parts = [e for flag in flags for e in ((polars.col(flag) == "yes").sum().alias(flag + "_yes"), polars.col(flag).count().alias(flag + "_all"))]
tables = polars.collect_all([frame.group_by(["District"] + ([field] if field else [])).agg(parts) for field in [""] + fields])
for field, table in zip([""] + fields, tables):
    for row in table.iter_rows(named=True):
        for flag in flags:
            add(field, row[field] if field else "", row["District"], flag, row[flag + "_yes"], row[flag + "_all"])
""" + END
DUCKDB = COMMON + """
import duckdb
duckdb.sql("SET threads = 2; SET enable_progress_bar = false")
names = ["District", *fields, *flags]
parts = ", ".join(f"count(*) FILTER (WHERE {flag} = 'yes'), count({flag})" for flag in flags)
sets = ", ".join("(District" + (f", {field}" if field else "") + ")" for field in [""] + fields)
query = f'''SELECT District, {", ".join(fields)}, {parts} FROM read_csv($files, header = true, all_varchar = true)
    GROUP BY GROUPING SETS ({sets})'''
for row in duckdb.execute(query, {"files": files}).fetchall():
    field = next((field for field, group in zip(fields, row[1:5]) if group is not None), "")
    group = next((group for group in row[1:5] if group is not None), "")
    for n, flag in enumerate(flags):
        add(field, group, row[0], flag, row[5 + 2 * n], row[6 + 2 * n])
""" + END


def project(folder: pathlib.Path, millions: float) -> None:
    """A project of one dataset of units with 14 flags and 4 fields to break down by, and its CSV files."""
    import numpy
    import polars

    intake.make(folder, periods=[])
    fields = "\n".join(f"  - {{ id: {flag}, type: flag, name: {{ en: {flag} }} }}" for flag in FLAGS)
    for field, groups in FIELDS.items():
        values = ", ".join(f"{{ id: {group}, name: {{ en: {group} }} }}" for group in groups)
        fields += f"\n  - {{ id: {field}, type: category, name: {{ en: {field} }}, values: [{values}] }}"
    dataset = folder / "indicator-specs" / "datasets" / "units.yaml"
    dataset.write_text(
        f"""
id: units
name: {{ en: Units }}
unit: units
key: [number]
region: district
level: district
title: number
fields:
  - {{ id: number, type: code, name: {{ en: Number }}, required: true }}
  - {{ id: district, type: region, name: {{ en: District }}, required: true }}
{fields}
"""
    )
    for n, flag in enumerate(FLAGS):
        (folder / "indicator-specs" / "indicators" / f"{n + 1}.yaml").write_text(
            f"""
id: "{n + 1}"
section: all
name: {{ en: Share of units with {flag} }}
short: {{ en: "{flag}" }}
dataset: units
numerator: {{ name: {{ en: units with {flag} }}, count: rows, where: {{ {flag}: yes }} }}
denominator: {{ name: {{ en: all units }}, count: rows }}
breakdowns: [{", ".join(FIELDS)}]
direction: up
"""
        )
    inputs = folder / "inputs" / "2025"
    inputs.mkdir(parents=True)
    districts = numpy.array([f"District {o}-{d}" for o in range(1, 6) for d in range(10)])
    random, rows = numpy.random.default_rng(1), int(millions * 1e6)
    for file, first in enumerate(range(0, rows, PER_FILE)):
        count = min(PER_FILE, rows - first)
        columns = {"Number": [f"{n:09}" for n in range(first, first + count)], "District": districts[random.integers(0, 50, count)]}
        # One answer in thirty is left out.
        columns |= {flag: numpy.array(["yes", "no", ""])[random.choice(3, count, p=[0.5, 0.467, 0.033])] for flag in FLAGS}
        columns |= {field: numpy.array(groups)[random.integers(0, len(groups), count)] for field, groups in FIELDS.items()}
        frame = polars.DataFrame(columns)
        frame.with_columns(polars.when(polars.col(polars.String) != "").then(polars.col(polars.String)).name.keep()).write_csv(inputs / f"{file:03}.csv")


def of_esep(text: str) -> list:
    """The sums of `esep results`, in the shape of the others'."""
    import csv
    import io

    sums = []
    for row in csv.DictReader(io.StringIO(text)):
        field, _, group = row["slice"].partition("=")
        if not row["slice"] or group:
            sums.append([FLAGS[int(row["indicator"]) - 1], row["region"].rstrip(), field, group, int(row["numerator"] or 0), int(row["denominator"] or 0)])
    return sorted(sums)


def line(name: str, what: str, figure: dict) -> None:
    failed = "" if figure["exit"] == 0 else f"   exit {figure['exit']}"
    print(f"{what:>12}  {name:16} {figure['wall']:8.2f} s wall {figure['cpu']:8.2f} s processor {figure['peak_mb']:8.0f} MB{failed}", flush=True)


def workbooks(esep: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        intake.make(pathlib.Path(folder), periods=["2023", "2024", "2025"])
        log = open(os.devnull, "w")
        line("esep check", "60 workbooks", measure.run([esep, "check", "--quiet", "--project", folder], stdout=log))
        line("esep results", "60 workbooks", measure.run([esep, "results", "--quiet", "--project", folder], stdout=log))
        line("polars, calamine", "60 workbooks", measure.run([sys.executable, "-c", READ_WORKBOOKS, f"{folder}/inputs"]))


def sums(esep: str, millions: list[float]) -> None:
    for size in millions:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            project(folder, size)
            inputs, made = str(folder / "inputs" / "2025"), {}
            with open(folder / "esep.csv", "w") as file:
                command = [esep, "results", "--project", name, "--inputs-memory", os.environ.get("INPUTS_MEMORY", "4096")]
                figure = measure.run(command, stdout=file, stderr=open(folder / "esep.log", "w"))
            line("esep results", f"{size:g} million", figure)
            if figure["exit"] == 0:
                made["esep"] = of_esep((folder / "esep.csv").read_text())
            else:
                print("    " + "\n    ".join((folder / "esep.log").read_text().splitlines()[:8]))
            for peer, program in (("polars", POLARS), ("DuckDB", DUCKDB), ("pandas", PANDAS)):
                result = folder / f"{peer}.json"
                figure = measure.run([sys.executable, "-c", program, inputs, str(result)], env={**os.environ, "POLARS_MAX_THREADS": "2"})
                line(peer, f"{size:g} million", figure)
                if result.exists():
                    made[peer] = json.loads(result.read_text())
            first = next(iter(made.values()))
            differ = [peer for peer, rows in made.items() if sorted(map(list, rows)) != sorted(map(list, first))]
            print(f"    {len(first)} sums, the same from {', '.join(made)}" if not differ else f"    not the same sums: {differ}", flush=True)
            if differ:
                sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["workbooks"]:
        workbooks(str(pathlib.Path(sys.argv[2]).resolve()))
    elif sys.argv[1:2] == ["sums"]:
        sums(str(pathlib.Path(sys.argv[2]).resolve()), [float(size) for size in sys.argv[3:]] or [0.5, 1, 2])
    else:
        sys.exit(__doc__)
