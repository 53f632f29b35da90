"""What the peers' reports say: one document for each region, made with polars of the numbers that esep has computed.

A document is a list of blocks that each program sets in its own way: headings, texts, tables with header rows, bars, lines. The numbers come
ready-made: nothing is read from the offices' files, checked, computed, compared with withheld numbers or proved here.
"""

import json
import pathlib

import polars


class Numbers:
    """All numbers of all regions and periods, and what they are called."""

    def __init__(self, release: pathlib.Path, rows: pathlib.Path, language: str):
        known = json.loads((release / "results.json").read_text())
        self.language = language
        self.publication = {key: text[language] for key, text in known["publication"].items() if isinstance(text, dict)}
        self.sections = {section["id"]: section["name"][language] for section in known["sections"]}
        self.levels = {level["id"]: level["name"][language] for level in known["levels"]}
        self.indicators = known["indicators"]
        self.regions = {region["code"]: region for region in known["regions"]}
        frame = polars.read_csv(rows, schema_overrides={"region": polars.String, "indicator": polars.String, "period": polars.String})
        self.period = frame["period"].max()
        self.periods = sorted(frame["period"].unique())
        self.earlier = self.periods[self.periods.index(self.period) - 1]
        self.rows = {key: part.to_dicts() for (key,), part in frame.partition_by("region", as_dict=True).items()}
        whole = frame.filter(polars.col("slice").is_null())
        self.wholes = {(row["region"], row["indicator"], row["period"]): row for row in whole.iter_rows(named=True)}

    def name(self, code: str) -> str:
        return self.regions[code]["name"][self.language]

    def below(self, code: str | None) -> list[str]:
        return [region["code"] for region in self.regions.values() if code is not None and region["parent"] == code]

    def whole(self, code: str, indicator: dict, period: str | None = None) -> dict:
        return self.wholes.get((code, indicator["id"], period or self.period), {})


def number(value: float | None, decimals: int = 1) -> str:
    return "x" if value is None else f"{value:.{decimals}f}"


def change(new: float | None, old: float | None) -> str:
    return "x" if new is None or old is None else f"{new - old:+.1f}"


def share(row: dict) -> str:
    return f"{100 * row['answered'] / row['expected']:.1f} %" if row.get("expected") else "x"


def documents(numbers: Numbers, every: int = 1) -> list[dict]:
    """A document for each region; or for one of so many of those that hold others, and of those that hold none."""
    holding = [code for code in numbers.regions if numbers.below(code)]
    others = [code for code in numbers.regions if code not in holding]
    return [document(numbers, code) for code in holding[::every] + others[::every]]


def document(numbers: Numbers, code: str) -> dict:
    """What the report of one region says. Regions that hold others have a cover, contents, and a part for each indicator."""
    blocks: list[dict] = []

    def heading(level: int, text: str) -> None:
        blocks.append({"kind": "heading", "level": level, "text": text})

    def text(words: str) -> None:
        blocks.append({"kind": "text", "text": words})

    def table(caption: str, header: list[str], rows: list[list[str]], words: int = 1, widths: list[float] | None = None) -> None:
        """`words` is how many columns at the left hold words; the first one names the row."""
        if rows:
            widths = widths or [max(1.2, 5 - len(header) / 5)] * words + [1] * (len(header) - words)
            blocks.append({"kind": "table", "caption": caption, "header": header, "rows": rows, "words": words, "widths": widths})

    period, earlier, name = numbers.period, numbers.earlier, numbers.name(code)
    parent, below = numbers.regions[code]["parent"], numbers.below(code)
    here = {indicator["id"]: numbers.whole(code, indicator) for indicator in numbers.indicators}
    past = {indicator["id"]: numbers.whole(code, indicator, earlier) for indicator in numbers.indicators}
    targets = {indicator["id"]: indicator["targets"].get(period) for indicator in numbers.indicators}
    value = {key: row.get("value") for key, row in here.items()}
    before = {key: row.get("value") for key, row in past.items()}

    heading(1, "Main points")
    changed = {key: value[key] - before[key] for key in value if value[key] is not None and before[key] is not None}
    aimed = [row for row in here.values() if row.get("status")]
    text(
        f"The report has {len(here)} indicators. Compared with {earlier}, {sum(c > 0 for c in changed.values())} rose and "
        f"{sum(c < 0 for c in changed.values())} fell; the others did not change or cannot be compared."
    )
    reached = [row["indicator"] for row in aimed if row["status"] == "reached"]
    text(f"Of {len(aimed)} indicators with a target {len(reached)} have reached it{': ' + ', '.join(reached) if reached else ''}.")
    short = [i for i in numbers.indicators if targets[i["id"]] and value[i["id"]] is not None and value[i["id"]] < targets[i["id"]]]
    short.sort(key=lambda i: (value[i["id"]] - targets[i["id"]]) / targets[i["id"]])
    heading(1, "What comes first")
    for indicator in short[:3]:
        key = indicator["id"]
        text(
            f"{key} {indicator['short'][numbers.language]}: {number(value[key])} % ({here[key]['numerator']} of {here[key]['denominator']}), "
            f"{targets[key] - value[key]:.1f} points short of the target of {targets[key]:.0f} %."
        )

    heading(1, "Where things stand")
    for section, title in numbers.sections.items():
        rows = []
        for indicator in numbers.indicators:
            key = indicator["id"]
            if indicator["section"] == section:
                row = here[key]
                sums = f"{row['numerator']} of {row['denominator']}" if row.get("denominator") is not None else "x"
                rank = f"{row['rank']} / {row['ranked']}" if row.get("rank") else ""
                aim = f"{targets[key]:.1f}" if targets[key] else ""
                rows.append(
                    [f"{key} {indicator['short'][numbers.language]}", sums, number(value[key]), number(before[key])]
                    + [change(value[key], before[key]), aim, row.get("status") or "", rank, share(row)]
                )
        header = ["Indicator", "Sums", period, earlier, "Change", "Target", "Status", "Rank", "Answered"]
        table(f"{title}: {name}, {period}, %", header, rows, widths=[3.6, 1.4, 1, 1, 1, 1, 1.1, 1, 1.2])
    bars = [
        {"label": i["id"], "value": value[i["id"]], "text": number(value[i["id"]]), "target": targets[i["id"]]}
        for i in numbers.indicators
        if value[i["id"]] is not None
    ]
    if bars:
        alt = "; ".join(f"{bar['label']}: {bar['text']} %" for bar in bars)
        caption = f"Values and targets: {name}, {period}, %"
        blocks.append({"kind": "bars", "caption": caption, "alt": f"Bars of values with marks at targets. {alt}.", "bars": bars})
    lines = []
    for indicator in numbers.indicators:
        points = [numbers.whole(code, indicator, p).get("value") for p in numbers.periods]
        if sum(point is not None for point in points) > 1:
            short_name = f"{indicator['id']} {indicator['short'][numbers.language]}"
            alt = ", ".join(f"{p}: {number(point)} %" for p, point in zip(numbers.periods, points))
            lines.append({"title": short_name, "alt": f"{short_name}. {alt}.", "points": points})
    if lines:
        heading(1, "Over time")
        blocks.append({"kind": "lines", "caption": f"From {numbers.periods[0]} to {period}: {name}, %", "periods": numbers.periods, "lines": lines})

    def regions(caption: str, codes: list[str]) -> None:
        rows = [[numbers.name(c)] + [number(numbers.whole(c, i).get("value")) for i in numbers.indicators] for c in codes]
        table(caption, ["Region"] + [i["id"] for i in numbers.indicators], rows, widths=[4] + [1] * len(numbers.indicators))

    heading(1, "Beside others")
    above = [c for c in (parent, "000000000") if c in numbers.regions and c != code]
    if parent is not None:
        regions(f"Regions of {numbers.name(parent)}, {period}, %", numbers.below(parent) + list(dict.fromkeys(above)))
    if below:
        regions(f"Regions below {name}, {period}, %", below)

    heading(1, "What must be done")
    rows = []
    for indicator in short:
        key, row = indicator["id"], here[indicator["id"]]
        lack = targets[key] / 100 * row["denominator"] - row["numerator"]
        last = max(indicator["targets"])
        steps = (indicator["targets"][last] / 100 * row["denominator"] - row["numerator"]) / (int(last) - int(period))
        rows.append(
            [f"{key} {indicator['short'][numbers.language]}", number(value[key]), f"{targets[key]:.1f}", f"{lack:.0f}", f"{100 * (1 - value[key] / targets[key]):.1f}"]
            + [f"{steps:+.1f}", f"{indicator['targets'][last]:.1f}"]
        )
    header = ["Indicator", period, "Target", "Short of it", "Share lacking, %", "Step a year", "Last target"]
    table(f"Gaps to targets: {name}, {period}", header, rows, widths=[4, 1, 1, 1, 1.2, 1, 1])

    slices = {}
    for row in numbers.rows.get(code, []):
        if row["slice"] and row["period"] == period:
            slices.setdefault(row["indicator"], []).append(row)
    names = {(i["id"], s["id"]): (s["name"] or {}).get(numbers.language, s["id"]) for i in numbers.indicators for s in i["slices"]}

    def groups(indicator: dict) -> list[list[str]]:
        return [
            [names.get((indicator["id"], row["slice"]), row["slice"]), number(row["value"]), str(row["numerator"] if row["numerator"] is not None else "x")]
            + [str(row["denominator"] if row["denominator"] is not None else "x"), share(row)]
            for row in slices.get(indicator["id"], [])
        ]

    if below:
        heading(1, "Indicators one by one")
        for indicator in numbers.indicators:
            key = indicator["id"]
            title = f"{key} {indicator['short'][numbers.language]}"
            heading(2, title)
            text(
                f"{indicator['name'][numbers.language]}: {number(value[key])} % in {period}, {number(before[key])} % in {earlier}."
                f" {here[key].get('answered')} of {here[key].get('expected')} answered."
            )
            table(f"{key} by groups", ["Group", "%", "Numerator", "Denominator", "Answered"], groups(indicator), widths=[3, 1, 1, 1, 1])
            rows, bars = [], []
            for c in below:
                row, old = numbers.whole(c, indicator), numbers.whole(c, indicator, earlier)
                v, w = row.get("value"), old.get("value")
                sums = [str(row.get(part)) if row.get(part) is not None else "x" for part in ("numerator", "denominator")]
                rows.append([numbers.name(c), number(v), number(w), change(v, w), *sums, share(row)])
                if v is not None:
                    bars.append({"label": numbers.name(c), "value": v, "text": number(v), "target": targets[key]})
            if bars:
                alt = "; ".join(f"{bar['label']}: {bar['text']} %" for bar in bars)
                blocks.append({"kind": "bars", "caption": f"{key} by region, {period}, %", "alt": f"Bars of values. {alt}.", "bars": bars})
            table(f"{key} by region", ["Region", period, earlier, "Change", "Numerator", "Denominator", "Answered"], rows, widths=[3, 1, 1, 1, 1, 1, 1])
    else:
        heading(1, "Groups")
        rows = [[f"{i['id']} {row[0]}"] + row[1:] for i in numbers.indicators for row in groups(i)]
        table(f"Indicators by groups: {name}, {period}", ["Group", "%", "Numerator", "Denominator", "Answered"], rows, widths=[3, 1, 1, 1, 1])

    heading(1, "Completeness")
    rows = {}
    for indicator in numbers.indicators:
        row = here[indicator["id"]]
        rows.setdefault(indicator["dataset"], [indicator["dataset"], str(row.get("expected") or ""), str(row.get("reported") or ""), share(row)])
    table(f"What was expected and what came: {name}, {period}", ["Dataset", "Expected", "Reported", "Answered"], list(rows.values()), widths=[3, 1, 1, 1])
    if below:
        heading(1, "Methodology")
        for indicator in numbers.indicators:
            heading(2, f"{indicator['id']} {indicator['name'][numbers.language]}")
            text(f"Numerator: {indicator['numerator'][numbers.language]}. Denominator: {indicator['denominator'][numbers.language]}.")
            text("Targets: " + (", ".join(f"{p}: {t:.0f} %" for p, t in indicator["targets"].items()) or "none") + ".")
            if indicator["note"]:
                text(indicator["note"][numbers.language])
    heading(1, "Signs")
    text("x: there is no value: nobody was asked, nobody answered, or it is withheld. A value is the ratio of two sums; percentages are not averaged.")
    records = [[r["period"], r["indicator"], r["slice"] or "", r["numerator"], r["denominator"], r["value"]] for r in numbers.rows.get(code, []) if r["period"] == period]
    table_text = "period,indicator,slice,numerator,denominator,value\n"
    table_text += "".join(",".join("" if cell is None else str(cell) for cell in record) + "\n" for record in records)
    return {
        "code": code,
        "name": name,
        "long": bool(below),
        "language": numbers.language,
        "title": f"{numbers.publication['title']}: {name}, {period}",
        "programme": numbers.publication["title"],
        "publisher": numbers.publication["publisher"],
        "notice": numbers.publication["notice"],
        "period": period,
        "blocks": blocks,
        "numbers": table_text,
    }
