"""A stranger's judge of `esep answer`: reads the answers with openpyxl and knows nothing of esep but docs/offices.md and `esep check`.

    python3 tests/judges/answers.py PROGRAM PROJECT WORK

The demonstration is copied into WORK; one office spoils a number and has two comments of its own, one of them by somebody called "esep".
Then there are three rounds of `esep answer`. Between them LibreOffice opens and saves every answer and it is sent back. Before the second
round the office writes something behind a comment of esep, before the third it mends its number. After every round, for every file:

1. the cells that `esep check` names have the colour of their gravest finding; all other cells have the colour that they had at first;
2. each of them has a comment that tells each of its findings once; no other cell has one but the office's own, word by word;
3. there is one list of findings. The workbook opens with it, and no other sheet is selected. It has every finding of the file, with
   its cell and its row, and from the second round on says of all that they remain, and of the mended one that it is fixed;
4. what stands in the cells is what stood there.

`tests/judges/answers.sh` runs it with pinned packages.
"""
import collections
import json
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

program, source, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
project = work / "project"
COLOURS = {"error": "FFFFC7C9", "warning": "FFFFE9B1", "note": "FFDCEBFB"}
GRAVITY = ["error", "warning", "note"]
faults, looked = [], collections.Counter()


def wrong(*what):
    faults.append(what)
    print("WRONG", *what, file=sys.stderr)


def esep(*arguments):
    return subprocess.run([program, *arguments], cwd=project, capture_output=True, text=True)


def colour(cell):
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None


def filled(book):
    """Of every cell by sheet and name: what stands in it, and its colour. Cells with neither are left out."""
    cells = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = None if cell.value is None else str(cell.value).removesuffix(".0")
                if value or colour(cell):
                    cells[sheet.title, cell.coordinate] = (value, colour(cell))
    return cells


def found():
    """The findings of each file, by what the file is called in the inputs."""
    by_file = collections.defaultdict(list)
    for finding in json.loads(esep("check", "--all", "--format", "json", "--language", "ru").stdout):
        if finding["file"].startswith("inputs/") and not finding.get("waived"):
            by_file[finding["file"].removeprefix("inputs/")].append(finding)
    return by_file


def list_of(book):
    """The lists of findings: sheets whose first cell holds what nobody sees."""
    return [sheet for sheet in book.worksheets if str(sheet["A1"].value or "").startswith("esep:")]


def judge(turn, file, answer, before, own, state):
    """Looks at one answer; `before` is what stood in its cells at first, `own` the office's comments."""
    book = openpyxl.load_workbook(answer)
    looked["workbooks"] += 1
    lists = list_of(book)
    if len(lists) != 1:
        return wrong(turn, file, "has", len(lists), "lists of findings")
    listed = lists[0]
    if book.active is not listed:
        wrong(turn, file, "opens with", book.active.title)
    selected = [sheet.title for sheet in book.worksheets if any(view.tabSelected for view in sheet.views.sheetView)]
    if selected != [listed.title]:
        wrong(turn, file, "has these sheets selected:", selected)
    place = lambda finding: (finding["sheet"] or "1", finding["cell"])
    marks, told = {}, collections.Counter()
    for finding in findings.get(file, []):
        if not finding.get("row"):
            told["", "", "", finding["rule"]] += 1
            continue
        sheet, cell = place(finding)
        if not cell and finding["severity"] != "note":
            row = book[sheet][finding["row"]]
            cell = next(cell.coordinate for cell in row if cell.value is not None)
        told[sheet, cell or f"{finding['row']}:{finding['row']}", str(finding["row"]), finding["rule"]] += 1
        if cell:
            marks.setdefault((sheet, cell), []).append(finding)
    # The list.
    rows = [[cell.value for cell in row] for row in listed.iter_rows(min_row=4)]
    open_rows = collections.Counter((row[8] or "", row[9] or "", str(row[1] or ""), row[4]) for row in rows if row[7] == "open")
    if open_rows != told:
        wrong(turn, file, "lists", open_rows - told, "and lacks", told - open_rows)
    for row in rows:
        if row[7] == "open" and row[8] and row[0] != f"{row[8]}!{row[9]}":
            wrong(turn, file, "calls", row[9], "of", row[8], row[0])
    looked["findings"] += len(rows)
    states = collections.Counter(row[2] for row in rows)
    if states != state(len(rows)):
        wrong(turn, file, "says of findings", dict(states))
    # Colours and contents.
    now = {place: what for place, what in filled(book).items() if place[0] != listed.title}
    for where in now.keys() | before.keys() | marks.keys():
        value, fill = now.get(where, (None, None))
        value_before, fill_before = before.get(where, (None, None))
        if value != value_before:
            wrong(turn, file, where, "holds", value, "and held", value_before)
        if where in marks:
            fill_before = COLOURS[min((finding["severity"] for finding in marks[where]), key=GRAVITY.index)]
        if fill != fill_before:
            wrong(turn, file, where, "has the colour", fill, "and should have", fill_before)
    looked["cells"] += len(now)
    # Comments.
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                where, words = (sheet.title, cell.coordinate), cell.comment.text if cell.comment else ""
                for finding in marks.get(where, []):
                    if words.count(finding["message"]) != 1:
                        wrong(turn, file, where, "tells", words.count(finding["message"]), "times:", finding["message"], repr(words))
                if own.get(where, "") not in words:
                    wrong(turn, file, where, "has lost", own[where], repr(words))
                if words and where not in marks and words.strip() != own.get(where):
                    wrong(turn, file, where, "has a comment:", repr(words))
                looked["comments"] += bool(words)


def answers(turn):
    """Answers all; returns the answers by file, as they are called in the answers."""
    folder = project / turn
    said = esep("answer", "--out", turn)
    if said.returncode:
        wrong(turn, said.stderr)
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.xlsx"))}


def saved_by_libreoffice(made):
    """Every answer, opened and saved by LibreOffice, takes the place of what was sent."""
    out = work / "saved"
    for period in {Path(file).parent for file in made}:
        (out / period).mkdir(parents=True, exist_ok=True)
        paths = [str(path) for file, path in made.items() if Path(file).parent == period]
        command = ["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(out / period), *paths], check=True, capture_output=True)
    for file in made:
        sent = project / "inputs" / file
        for twin in [sent, sent.with_suffix("")]:
            if twin.is_file():
                twin.unlink()
        shutil.move(out / file, sent)


for part in ["indicator-specs", "inputs", "report-templates"]:
    if (source / part).exists():
        shutil.copytree(source / part, project / part)
# One office spoils a number, and has two comments.
spoilt = next(file for file in sorted((project / "inputs/2025").glob("*.xlsx")) if file.stem != "register")
book = openpyxl.load_workbook(spoilt)
sheet = next(sheet for sheet in book.worksheets if sheet.max_row > 8)
target = next(cell for row in sheet.iter_rows(min_row=8) for cell in row if isinstance(cell.value, (int, float)) and cell.value > 5 and cell.column > 6)
spoilt_value, target.value = target.value, "a few"
target.comment = Comment("so said the head", "esep")
quiet = sheet.cell(target.row + 1, 2)
quiet.comment = Comment("an old remark", "Office")
own = {str(spoilt.relative_to(project / "inputs")): {(sheet.title, target.coordinate): "so said the head", (sheet.title, quiet.coordinate): "an old remark"}}
place = (sheet.title, target.coordinate)
book.save(spoilt)

before = {}
for turn in ["first", "second", "third"]:
    findings = found()
    made = answers(turn)
    if turn == "first":
        # A file that carries no marks is answered by its twin, which is called `<name>.xlsx`.
        findings = {file if file.endswith("xlsx") else f"{file}.xlsx": list for file, list in findings.items()}
        for file, path in made.items():
            sent = project / "inputs" / file
            before[file] = filled(openpyxl.load_workbook(sent)) if sent.exists() else None
    for file, path in made.items():
        if before[file] is None:
            # The twin itself is the first that openpyxl can read: its cells without marks have no colour.
            book = openpyxl.load_workbook(path)
            before[file] = {place: (value, None) for place, (value, _) in filled(book).items() if value and place[0] not in [sheet.title for sheet in list_of(book)]}
        labels = {"first": "жаңа / новое", "second": "қалды / осталось", "third": "қалды / осталось"}
        fixed = {"түзетілді / исправлено": 1} if turn == "third" and file in own else {}
        state = lambda rows: collections.Counter({labels[turn]: rows - sum(fixed.values()), **fixed})
        judge(turn, file, path, before[file], own.get(file, {}), state)
    missing = findings.keys() - made.keys()
    marked = [file for file in missing if any(finding.get("cell") or finding.get("row") and finding["severity"] != "note" for finding in findings[file])]
    if marked:
        wrong(turn, "no answer for", marked)
    saved_by_libreoffice(made)
    file = str(spoilt.relative_to(project / "inputs"))
    book = openpyxl.load_workbook(project / "inputs" / file)
    if turn == "first":
        noted = (cell for row in book[place[0]].iter_rows() for cell in row if cell.comment)
        cell = next(cell for cell in noted if (place[0], cell.coordinate) not in own[file])
        cell.comment.text += "\nso it is"
        own[file][place[0], cell.coordinate] = "so it is"
    if turn == "second":
        book[place[0]][place[1]].value = spoilt_value
        before[file][place] = (str(spoilt_value), before[file][place][1])
    book.save(project / "inputs" / file)
print(", ".join(f"{count} {what}" for what, count in looked.items()), "looked at;", len(faults), "faults")
sys.exit(1 if faults else 0)
