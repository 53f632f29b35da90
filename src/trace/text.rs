//! Traces for people: the definition, the value, then the rows that count and those that do not, with their cells.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::backward::{Goes, Kind};
use super::change::{CLASSES, Difference, Unit};
use super::findings::TracedFinding;
use super::rows::{REASONS, TracedCell, TracedRow};
use super::voice::Voice;
use super::{Definition, Origin, Rule, Trace, TracedCorrection, TracedTerm};
use crate::diagnostic::{quotation, tidy};
use crate::language::Language;
use crate::table::Row;
use crate::value::Amount;

/// A trace as text for a terminal.
pub fn trace(language: &Language, trace: &Trace) -> String {
    let writer = Writer { voice: Voice { language }, is_ratio: trace.definition.denominator_rule.is_some() };
    let mut out = String::new();
    writer.head(&mut out, &trace.number, &trace.definition);
    out.push('\n');
    writer.value(&mut out, &trace.number, trace.why.as_deref());
    if let Some(origin) = &trace.origin {
        writer.origin(&mut out, origin);
    }
    out
}

/// A change as text for a terminal.
pub fn change(language: &Language, change: &Difference) -> String {
    let writer = Writer { voice: Voice { language }, is_ratio: change.definition.denominator_rule.is_some() };
    let mut out = String::new();
    writer.head(&mut out, &change.now, &change.definition);
    out.push('\n');
    for number in [&change.before, &change.now] {
        let _ = write!(out, "{}: ", number.period);
        writer.value(&mut out, number, None);
    }
    writer.classes(&mut out, change);
    out
}

/// What rests on a cell, as text for a terminal.
pub fn goes(language: &Language, goes: &Goes) -> String {
    let writer = Writer { voice: Voice { language }, is_ratio: true };
    let mut out = String::new();
    writer.goes(&mut out, goes);
    out
}

struct Writer<'a> {
    voice: Voice<'a>,
    /// Whether the value is a ratio of two sums.
    is_ratio: bool,
}

impl Writer<'_> {
    fn label(&self, key: &str) -> &str {
        self.voice.label(key)
    }

    /// What a number is.
    fn head(&self, out: &mut String, number: &Row, definition: &Definition) {
        let slice =
            if number.slice.is_empty() { String::new() } else { format!(", {} ({})", definition.slice_name, number.slice) };
        let Row { indicator, region, region_name, period, .. } = number;
        let _ = writeln!(out, "{indicator} {}: {region_name} ({region}), {period}{slice}", definition.name);
        let _ = writeln!(out, "  {}", definition.wording);
        if let Some(rule) = &definition.numerator_rule {
            self.rule(out, self.label("numerator"), rule);
        }
        if let Some(part) = definition.part.map(|part| &definition.part_rules[part]) {
            self.rule(out, self.label("numerator"), part);
        }
        if let Some(rule) = &definition.denominator_rule {
            self.rule(out, self.label("denominator"), rule);
        }
        self.terms(out, &definition.terms);
    }

    /// The numbers that the value is made of.
    fn terms(&self, out: &mut String, terms: &[TracedTerm]) {
        for term in terms {
            let weight = if term.weight == "1" { String::new() } else { format!("{} × ", term.weight) };
            let slice = if term.slice.is_empty() { String::new() } else { format!(" ({})", term.slice) };
            let TracedTerm { indicator, name, region, region_name, period, .. } = term;
            let value = term.value.as_deref().unwrap_or(self.label("trace_no_value"));
            let side = self.label(term.side);
            let _ = writeln!(out, "  {side}: {weight}{indicator} {name}{slice}, {region_name} ({region}), {period}: {value}");
        }
    }

    /// What something adds to the numerator and, where there is one, to the denominator.
    fn sums(&self, numerator: String, denominator: String) -> String {
        if self.is_ratio { format!("{numerator} / {denominator}") } else { numerator }
    }

    fn amount(&self, amount: Amount) -> String {
        self.voice.language.amount(amount)
    }

    fn count(&self, count: u64) -> String {
        self.voice.language.whole(i128::from(count))
    }

    /// How a side is counted.
    fn rule(&self, out: &mut String, side: &str, rule: &Rule) {
        let _ = writeln!(out, "  {side}: {} ({})", rule.name, rule.dataset_name);
        for (label, words) in [("trace_of_those", &rule.population), ("trace_where", &rule.filter), ("trace_adds", &rule.sum)] {
            if !words.is_empty() {
                let _ = writeln!(out, "    {}: {words}", self.label(label));
            }
        }
    }

    /// The value, its sums and its coverage.
    fn value(&self, out: &mut String, number: &Row, why: Option<&str>) {
        let value = self.voice.value(number);
        let sums = match (number.numerator, number.denominator) {
            // A total is its sum.
            (None, None) | (Some(_), None) if number.value.is_some() || number.numerator.is_none() => String::new(),
            (numerator, denominator) => {
                let told = |sum: Option<Amount>| sum.map_or_else(|| "?".to_owned(), |sum| self.amount(sum));
                format!(" = {} / {}", told(numerator), told(denominator))
            }
        };
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let _ = writeln!(out, "{value}{sums}{why}");
        let own = (number.expected, number.reported, number.answered, number.unregistered);
        let other =
            (number.numerator_expected, number.numerator_reported, number.numerator_answered, number.numerator_unregistered);
        let is_of_two = other.1.is_some();
        for (side, coverage) in [("denominator", own), ("numerator", other)] {
            let (expected, reported, answered, unregistered) = coverage;
            let figures = [
                ("expected", expected),
                ("reported", reported),
                ("answered", answered),
                ("trace_unregistered", unregistered.filter(|more| *more > 0)),
            ];
            let told: Vec<String> = figures
                .into_iter()
                .filter_map(|(label, figure)| Some(format!("{}: {}", self.label(label), self.count(figure?.into()))))
                .collect();
            if !told.is_empty() {
                let side = if is_of_two { format!("{}. ", self.label(side)) } else { String::new() };
                let _ = writeln!(out, "  {side}{}", told.join("; "));
            }
        }
    }

    fn origin(&self, out: &mut String, origin: &Origin) {
        let blocking: Vec<&TracedFinding> = origin.findings.iter().filter(|found| found.blocks).collect();
        if !blocking.is_empty() {
            let _ = writeln!(out, "\n{}: {}", self.label("trace_blocks"), blocking.len());
            blocking.iter().for_each(|found| self.finding(out, found));
        }
        let of = |reason: Option<&str>| origin.rows.iter().filter(move |row| row.left_out == reason).collect::<Vec<&TracedRow>>();
        self.list(out, self.label("trace_counted"), &of(None));
        for reason in REASONS {
            let heading = format!("{} ({})", self.label("trace_left_out"), self.voice.of("trace_reason", reason));
            self.list(out, &heading, &of(Some(reason)));
        }
        if !origin.below.is_empty() {
            let _ = writeln!(out, "\n{}", self.label("trace_below"));
            for sums in &origin.below {
                let _ = writeln!(
                    out,
                    "  {} {}: {}",
                    sums.region,
                    sums.name,
                    self.sums(self.amount(sums.numerator), self.amount(sums.denominator))
                );
            }
        }
        let others: Vec<&TracedFinding> = origin.findings.iter().filter(|found| !found.blocks).collect();
        if !others.is_empty() {
            let _ = writeln!(out, "\n{}: {}", self.label("trace_findings"), others.len());
            others.iter().for_each(|found| self.finding(out, found));
        }
        if !origin.corrections.is_empty() {
            let _ = writeln!(out, "\n{}: {}", self.label("trace_corrections"), origin.corrections.len());
            origin.corrections.iter().for_each(|found| self.correction(out, found));
        }
    }

    fn finding(&self, out: &mut String, found: &TracedFinding) {
        let severity = self.voice.of("severity", found.severity);
        let _ = writeln!(out, "  {severity} {}, {}: {}", found.rule, tidy(&found.place), found.message);
        if let Some(waived) = &found.waived {
            let _ = writeln!(out, "    {}: {}", self.label("trace_waived"), tidy(waived));
        } else if let Some(hint) = &found.hint {
            let _ = writeln!(out, "    {hint}");
        }
    }

    fn correction(&self, out: &mut String, found: &TracedCorrection) {
        let place = self.place(&found.file, &found.sheet, found.row, found.cell.as_deref());
        let kind = self.voice.of("trace_corrections", found.kind);
        let answers = match (&found.name, &found.before, &found.after) {
            (Some(field), Some(before), Some(after)) => format!(", {field}: {} → {}", quotation(before), quotation(after)),
            _ => String::new(),
        };
        let other = found.other.as_ref().map_or_else(String::new, |other| format!(" ({})", tidy(other)));
        let _ = writeln!(out, "  {place}: {}: {kind}{answers}{other}", tidy(&found.unit));
    }

    /// Some rows under a heading, with what they add.
    fn list(&self, out: &mut String, heading: &str, rows: &[&TracedRow]) {
        if rows.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{heading}: {}", rows.len());
        for row in rows {
            let sums = if row.left_out.is_none() {
                format!("  {}", self.sums(self.amount(row.numerator), self.amount(row.denominator)))
            } else {
                String::new()
            };
            let instead = match &row.instead {
                Some(file) => format!(" ({})", self.voice.with("trace_instead", "file", &tidy(file))),
                None => String::new(),
            };
            let _ = writeln!(out, "  {}: {}{sums}{instead}", self.row(row), tidy(&row.unit));
            let cells: Vec<String> = row.cells.iter().map(|cell| self.cell(cell)).collect();
            if !cells.is_empty() {
                let _ = writeln!(out, "    {}", cells.join("; "));
            }
        }
    }

    fn row(&self, row: &TracedRow) -> String {
        if row.file.is_empty() { row.region.clone() } else { self.place(&row.file, &row.sheet, row.row, None) }
    }

    fn place(&self, file: &str, sheet: &str, row: u32, cell: Option<&str>) -> String {
        let sheet =
            if sheet.is_empty() { String::new() } else { format!(", {}", self.voice.with("place_sheet", "sheet", &tidy(sheet))) };
        let within = match cell {
            Some(cell) => self.voice.with("place_cell", "cell", cell),
            None => self.voice.with("place_row", "row", &row.to_string()),
        };
        format!("{}{sheet}, {within}", tidy(file))
    }

    fn cell(&self, cell: &TracedCell) -> String {
        let place = cell.cell.as_deref().unwrap_or(self.label("trace_no_column"));
        let stood = match &cell.stood {
            Some(stood) => format!(", {}", self.voice.with("trace_stood", "stood", stood)),
            None => String::new(),
        };
        format!("{}: {} ({place}{stood})", cell.name, tidy(&cell.words))
    }

    fn classes(&self, out: &mut String, change: &Difference) {
        let signed = |sum: Amount| self.voice.language.signed(sum.ratio(), sum.places);
        let none = (Amount::default(), Amount::default());
        let (numerator, denominator) =
            change.classes.iter().fold(none, |sums, class| (sums.0 + class.numerator, sums.1 + class.denominator));
        let _ = writeln!(out, "\n{}: {}", self.label("trace_difference"), self.sums(signed(numerator), signed(denominator)));
        for class in &change.classes {
            let name = self.voice.of("trace_change", class.class);
            let _ = writeln!(
                out,
                "  {name}: {}; {}",
                self.count(class.units as u64),
                self.sums(signed(class.numerator), signed(class.denominator))
            );
        }
        for class in CLASSES.iter().filter(|class| **class != "same") {
            let units: Vec<&Unit> = change.units.iter().filter(|unit| unit.class == *class).collect();
            if units.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{}: {}", self.voice.of("trace_change", class), units.len());
            for unit in units {
                let _ = writeln!(out, "  {}  {}", tidy(&unit.unit), self.sums(signed(unit.numerator), signed(unit.denominator)));
                for (period, row) in [(&change.before.period, &unit.before), (&change.now.period, &unit.now)] {
                    let Some(row) = row else { continue };
                    let reason =
                        row.left_out.map_or_else(String::new, |reason| format!(", {}", self.voice.of("trace_reason", reason)));
                    let differing = |cell: &&TracedCell| unit.differs(&cell.field);
                    let cells: Vec<String> = row.cells.iter().filter(differing).map(|cell| self.cell(cell)).collect();
                    let cells = if cells.is_empty() { String::new() } else { format!(": {}", cells.join("; ")) };
                    let _ = writeln!(out, "    {period}: {}{reason}{cells}", self.row(row));
                }
            }
        }
    }

    fn goes(&self, out: &mut String, goes: &Goes) {
        let place = self.voice.of("trace_kind", goes.kind.name());
        let told: BTreeSet<&str> = goes.numbers.iter().map(|number| number.period.as_str()).collect();
        let is_of_several = told.len() > 1 || goes.periods.len() > 1;
        let _ = writeln!(out, "{}: {place}", tidy(&goes.place));
        if let Some(cell) = &goes.cell {
            let _ = writeln!(out, "  {}", self.cell(cell));
        }
        if let Some(note) = &goes.note {
            let _ = writeln!(out, "  {}", tidy(note));
        }
        if matches!(goes.kind, Kind::Cell | Kind::Row) {
            for row in &goes.rows {
                let reason =
                    row.left_out.map_or_else(String::new, |reason| format!(": {}", self.voice.of("trace_reason", reason)));
                let _ = writeln!(out, "  {}: {} ({}){reason}", self.row(row), tidy(&row.unit), row.region);
            }
        } else if !goes.rows.is_empty() {
            let _ = writeln!(out, "  {}: {}", self.label("trace_rows"), goes.rows.len());
        }
        if goes.numbers.is_empty() {
            let _ = writeln!(out, "\n{}", self.label("trace_no_number"));
        } else {
            let _ = writeln!(out, "\n{}: {}", self.label("trace_numbers"), goes.count());
            for number in &goes.numbers {
                let slice =
                    if number.slice.is_empty() { String::new() } else { format!(", {} ({})", number.slice_name, number.slice) };
                let period = if is_of_several { format!("{}, ", number.period) } else { String::new() };
                let _ = writeln!(out, "  {period}{}{slice}: {}", number.indicator, number.regions.join(", "));
            }
        }
        for (holds, label) in [(goes.moves, "trace_moves"), (goes.renames, "trace_renames")] {
            if holds {
                let _ = writeln!(out, "{}", self.label(label));
            }
        }
        if !goes.documents.is_empty() {
            let _ = writeln!(out, "\n{}: {}", self.label("trace_documents"), goes.documents.len());
            for document in &goes.documents {
                let period = if is_of_several { format!("{}/", document.period) } else { String::new() };
                let _ = writeln!(out, "  {period}{}", document.path);
                let _ = writeln!(out, "    {}: {}", self.label("indicator"), document.indicators.join(", "));
            }
            let _ = writeln!(out, "{}", self.label("trace_tables"));
            let _ = writeln!(out, "{}", self.label("trace_beside"));
        }
    }
}
