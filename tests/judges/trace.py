"""A stranger's judge of `esep trace`: opens the cells that traces name, applies the printed rules, and compares with `results.csv`.

    python3 tests/judges/trace.py PROGRAM PROJECT RELEASE [SEED]

RELEASE is the folder of a period that `esep build` made. Of its documents 20 are chosen by chance (SEED); for each, every number of
its region is traced. It knows nothing of esep but docs/trace.md, and reads cells with openpyxl and the csv module alone; LibreOffice
(`soffice`) turns .ods into .xlsx first, since openpyxl cannot read it. `tests/judges/trace.sh` runs it with pinned packages.
"""
import csv
import json
import operator
import random
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import openpyxl

program, project, release, seed = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int((sys.argv[4:] or [1])[0])
BLANKS = ["not-applicable", "refused", "not-reported"]  # the gravest first
COMPARE = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
books, found = {}, {"documents": 0, "numbers": 0, "cells": 0, "interpreted": 0, "wrong": 0}


def wrong(*what):
    found["wrong"] += 1
    print("WRONG", *what, file=sys.stderr)


def sheet(file, name):
    """The cells of a sheet: a function of `H17`."""
    if file not in books:
        path = project / file
        if path.suffix == ".csv":
            data = path.read_bytes()
            text = data.decode("utf-8-sig") if data[:3] == b"\xef\xbb\xbf" else data.decode("cp1251")
            books[file] = {"": list(csv.reader(text.splitlines(), delimiter=max(";,\t", key=text.count)))}
        else:
            if path.suffix == ".ods":
                folder = tempfile.mkdtemp()
                subprocess.run(["soffice", "--headless", "--convert-to", "xlsx", "--outdir", folder, path], check=True, capture_output=True)
                path = Path(folder) / (path.stem + ".xlsx")
            books[file] = openpyxl.load_workbook(path, data_only=True)
    return books[file][name]


def raw(row, cell):
    """What stands in a cell, as text."""
    cells = sheet(row["file"], row["sheet"])
    if isinstance(cells, list):
        line, column = openpyxl.utils.cell.coordinate_from_string(cell)[::-1]
        column = openpyxl.utils.column_index_from_string(column) - 1
        value = cells[line - 1][column] if column < len(cells[line - 1]) else None
    else:
        value = cells[cell].value
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def answer(row, cell, words):
    """What a cell says: a category's id, a flag, a number, or a reason for no answer in a set of one."""
    told = {cell["missing"]} if cell["missing"] else cell["understood"]
    if cell["cell"] is None:
        return told
    text, field = raw(row, cell["cell"]), words["fields"][row["dataset"]][cell["field"]]
    found["cells"] += 1
    plain = " ".join(text.lower().split()).replace("ё", "е")
    fits = lambda known: plain in [word.replace("ё", "е") for word in known]
    own = next(({reason} for reason, known in words["blanks"].items() if fits(known)), None)
    if own is None:
        known = words["flags"] if field["kind"] == "flag" else field["values"]
        own = next((name for name, known in known.items() if fits(known)), None)
    if own is None and field["kind"] == "count" and plain.isdecimal():
        own = str(int(plain))
    if own is None and field["kind"] == "decimal" and re.fullmatch(r"\d+([.,]\d+)?", plain):
        own = told if Decimal(plain.replace(",", ".")) == Decimal(told) else plain
    if own is None and cell["stood"] is not None and cell["stood"] == text:
        found["interpreted"] += 1  # esep says that it took more from this text than it says
        own = told
    if own != told:
        wrong(row["file"], row["sheet"], cell["cell"], repr(text), "read as", own, "told as", told)
    return own if isinstance(own, set) else int(own) if field["kind"] == "count" else Decimal(own) if field["kind"] == "decimal" else own == "true" if field["kind"] == "flag" else own


def gravest(sets):
    return {min((reason for one in sets for reason in one), key=BLANKS.index)}


def total(rule, says):
    values = [says[field] for _, field in rule["terms"]]
    blanks = [value for value in values if isinstance(value, set)]
    return gravest(blanks) if blanks else rule["constant"] + sum(sign * value for (sign, _), value in zip(rule["terms"], values))


def holds(rule, says):
    """True, false, or the reason why that is open."""
    for kind, decides in (("all", False), ("any", True)):
        if kind in rule:
            parts = [holds(part, says) for part in rule[kind]]
            opened = [part for part in parts if isinstance(part, set)]
            return decides if decides in [part for part in parts if not isinstance(part, set)] else gravest(opened) if opened else not decides
    if "not" in rule:
        inner = holds(rule["not"], says)
        return inner if isinstance(inner, set) else not inner
    if "field" in rule:
        value = says[rule["field"]]
        return value if isinstance(value, set) else value == rule["is"] if "is" in rule else value in rule["one_of"]
    sides = [total(rule[side], says) for side in ("left", "right")]
    blanks = [side for side in sides if isinstance(side, set)]
    return gravest(blanks) if blanks else COMPARE[rule["compare"]](*sides)


def amount(rule, says):
    """What a row adds to a side: a number, `None` outside of the population, or the reason for no answer."""
    for part, outside in ((rule["population_rule"], None), (rule["filter_rule"], 0)):
        inside = holds(part, says)
        if inside is not True:
            return inside if isinstance(inside, set) else outside
    return 1 if rule["sum_rule"] is None else total(rule["sum_rule"], says)


def judge(trace):
    """The sums and the coverages of a number, from its cells alone."""
    rules = {"denominator": trace["denominator_rule"], "numerator": trace["numerator_rule"]}
    together = rules["numerator"]["dataset"] == rules["denominator"]["dataset"]
    sums = {"numerator": 0, "denominator": 0}
    coverage = {side: dict.fromkeys(("expected", "reported", "answered", "unregistered"), 0) for side in rules}
    for row in trace["rows"]:
        own = [side for side in rules if rules[side]["dataset"] == row["dataset"]]
        if row["standing"] == "silent":
            coverage["denominator" if together else own[0]]["expected"] += 1
        if row["standing"] in (None, "silent"):
            continue
        says = {cell["field"]: answer(row, cell, trace["vocabulary"]) for cell in row["cells"]}
        if trace["group"]:
            group = says.get(trace["group"][0], {"not-reported"})
            if (None if isinstance(group, set) else group) != trace["group"][1]:
                continue
        adds = {side: amount(rules[side], says) for side in own}
        parts = [amount(part, says) for part in trace["part_rules"]] if "numerator" in own and isinstance(adds["numerator"], (int, Decimal)) else []
        blanks = [value for value in [*adds.values(), *parts] if isinstance(value, set)]
        if {"not-applicable"} in blanks:
            continue
        if all(value is None for value in adds.values()):
            continue
        covered = adds["denominator"] is not None if "denominator" in own else True
        side, left = own[0], bool(blanks) or row["left_out"] == "other_side_missing"
        if covered and row["standing"] == "listed":
            coverage[side]["expected"] += 1
            coverage[side]["reported"] += 1
            coverage[side]["answered"] += not left
        coverage[side]["unregistered"] += covered and row["standing"] == "unlisted" and not left
        if not left:
            sums["denominator"] += adds.get("denominator") or 0
            sums["numerator"] += (parts[trace["part"]] if trace["part"] is not None and parts else adds.get("numerator")) or 0
    return sums, coverage


def rounded(numerator, denominator, per, decimals):
    # Sums have at most six decimals.
    numerator, denominator = int(numerator * 10**6), int(denominator * 10**6)
    scaled, half = abs(numerator) * per * 10**decimals * 2, denominator * 2
    digits = str((scaled + denominator) // half).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return "-" + text if numerator < 0 and int(digits) else text


told = {}
for line in csv.DictReader(next(release.glob("results*.csv")).open(encoding="utf-8")):
    told[line["indicator"], line["region"], line["slice"].lstrip("'")] = line
manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
reports = [report for report in manifest["reports"] if report["kind"] == "report"]
for report in random.Random(seed).sample(reports, min(20, len(reports))):
    found["documents"] += 1
    command = [program, "--project", project, "trace", "--all", "--region", report["region"], "--period", manifest["period"], "--format", "json"]
    for line in subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.splitlines():
        trace = json.loads(line, parse_float=Decimal)
        number = told[trace["indicator"], trace["region"], trace["slice"]]
        found["numbers"] += 1
        sums, coverage = judge(trace)
        name = (trace["indicator"], trace["region"], trace["slice"])
        value = number["value"] and rounded(sums["numerator"], sums["denominator"], int(number["per"]), len(number["value"].partition(".")[2]))
        for what, own, theirs in [
            *((side, sums[side], number[side]) for side in sums),
            ("value", value, number["value"]),
            *((key, coverage["denominator"][key], number[key]) for key in coverage["denominator"]),
            *((f"numerator_{key}", coverage["numerator"][key], number[f"numerator_{key}"]) for key in coverage["numerator"]),
        ]:
            if theirs != "" and str(own) != theirs and not (isinstance(own, Decimal) and own == Decimal(theirs)):
                wrong(*name, what, "from the cells", own, "in results.csv", theirs)
print(", ".join(f"{count} {what}" for what, count in found.items()))
sys.exit(found["wrong"] > 0)
