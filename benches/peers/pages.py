"""Sets the same reports with another program.

    python3 pages.py PROGRAM RELEASE RESULTS.csv OUT [--jobs 2] [--language en] [--every N]

PROGRAM is one of

- typst: the Python package, a process for each job, each with a compiler that stays warm
- typst-processes: the same package, but a process for each report, as a command line has it
- typst-command: the program `typst` (TYPST names it), a process for each report
- weasyprint, weasyprint-a: a process for each job, each with its fonts loaded; it declares one standard a file: PDF/UA-1, or PDF/A-3a
- fop: Apache FOP, one run of Java for each job, which stays warm
- fop-processes: Apache FOP, one run of Java for each report, as its command line has it

All but WeasyPrint are told to write PDF/UA-1 and PDF/A-3a at once. The numbers are attached as CSV, but with FOP, which attaches nothing that
PDF/A-3 accepts.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

import jinja2

import charts

HERE = pathlib.Path(__file__).resolve().parent
FONTS = "/usr/share/fonts/truetype/noto"
ONE = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]], ignore_system_fonts=True, pdf_standards=['a-3a', 'ua-1'])"
JARS = "fop-core fop-util fop-events fop xmlgraphics-commons batik-all commons-io commons-logging xml-apis-ext serializer fontbox2 xalan2 xercesImpl"


def templates(escape: bool) -> jinja2.Environment:
    house = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=escape)
    # A text of JSON is a text of Typst and of CSS too, but for the signs that only JSON writes as numbers.
    house.filters["t"] = lambda text: json.dumps(text, ensure_ascii=False)
    house.filters["css"] = lambda text: jinja2.utils.markupsafe.Markup(json.dumps(text, ensure_ascii=False))
    house.filters["uri"] = lambda svg: "data:image/svg+xml," + urllib.parse.quote(svg)
    return house


def drawn(document: dict) -> dict:
    """The document with its charts as SVG and its headings counted."""
    for n, block in enumerate(document["blocks"]):
        block["n"] = n
        if block["kind"] == "bars":
            block["svg"] = charts.bars(block)[0]
        elif block["kind"] == "lines":
            for line in block["lines"]:
                line["svg"] = charts.line(line, block["periods"])[0]
    return document


# What each process has of its own: the compiler, the template, the fonts.
own: dict = {}


def start(program: str, work: str, out: str) -> None:
    own.update(program=program, work=pathlib.Path(work), out=pathlib.Path(out))
    own["templates"] = templates(escape=not program.startswith("typst"))
    if program == "typst":
        import typst

        own["compiler"] = typst.Compiler(root=work, font_paths=[FONTS], ignore_system_fonts=True)
    if program.startswith("weasyprint"):
        from weasyprint.text.fonts import FontConfiguration

        own["fonts"] = FontConfiguration()


def make(document: dict) -> None:
    program, work, out = own["program"], own["work"], own["out"] / f"{document['code']}.pdf"
    if program.startswith("typst"):
        source = own["templates"].get_template("report.typ.j2").render(document)
        if program == "typst":
            own["compiler"].compile(source.encode(), output=str(out), pdf_standards=["a-3a", "ua-1"])
            return
        path = work / f"{document['code']}.typ"
        path.write_text(source)
        if program == "typst-processes":
            command = [sys.executable, "-c", ONE, path, out, FONTS]
        else:
            command = [os.environ.get("TYPST", "typst"), "compile", "--ignore-system-fonts", "--font-path", FONTS, "--pdf-standard", "a-3a,ua-1", path, out]
        subprocess.run(command, check=True)
    elif program.startswith("weasyprint"):
        import weasyprint

        page = own["templates"].get_template("report.html.j2").render(drawn(document))
        numbers = weasyprint.Attachment(string=document["numbers"], name="numbers.csv", description="The numbers of this report", relationship="Data")
        variant = "pdf/a-3a" if program == "weasyprint-a" else "pdf/ua-1"
        weasyprint.HTML(string=page).write_pdf(out, font_config=own["fonts"], pdf_variant=variant, pdf_tags=True, attachments=[numbers])
    else:
        path = work / f"{document['code']}.fo"
        path.write_text(own["templates"].get_template("report.fo.j2").render(drawn(document)))
        if program == "fop-processes":
            subprocess.run(["fop", "-q", "-c", HERE / "templates" / "fop.xml", "-fo", path, "-pdf", out], check=True, stderr=subprocess.DEVNULL)


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("program", "release", "results", "out"):
        arguments.add_argument(name)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--every", type=int, default=1, help="only the first of so many regions of each level")
    arguments.add_argument("--language", default="en")
    given = arguments.parse_args()
    # Only this process reads numbers; the others do without polars.
    import model

    pathlib.Path(given.out).mkdir(parents=True)
    numbers = model.Numbers(pathlib.Path(given.release), pathlib.Path(given.results), given.language)
    documents = model.documents(numbers, given.every)
    # The longest first, so that no process is left alone with one at the end.
    documents.sort(key=lambda document: -len(document["blocks"]))
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(HERE / "templates" / "house.typ", work)
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(given.jobs, context, start, (given.program, work, given.out)) as pool:
            list(pool.map(make, documents))
        if given.program == "fop":
            jars = ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS.split())
            command = ["java", "-cp", jars, HERE / "Fop.java", HERE / "templates" / "fop.xml", given.out]
            files = [pathlib.Path(work) / f"{document['code']}.fo" for document in documents]
            runs = [subprocess.Popen(command + files[job :: given.jobs], stderr=subprocess.DEVNULL) for job in range(given.jobs)]
            if any([run.wait() for run in runs]):
                sys.exit("FOP failed")


if __name__ == "__main__":
    main()
