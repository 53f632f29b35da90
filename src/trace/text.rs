//! A trace for people: the definition, the value, then the rows that count and those that do not, with their cells.

use std::fmt::Write;

use super::{Rule, Trace, TracedCell, TracedRow};
use crate::diagnostic::tidy;

/// The trace as text for a terminal.
pub fn text(trace: &Trace) -> String {
    let mut out = String::new();
    let slice = if trace.slice.is_empty() { String::new() } else { format!(", {}", trace.slice) };
    let _ =
        writeln!(out, "{} {}: {} ({}), {}{slice}", trace.indicator, trace.name, trace.region_name, trace.region, trace.period);
    for (side, rule) in [("numerator", &trace.numerator_rule), ("denominator", &trace.denominator_rule)] {
        out.push_str(&definition(side, rule));
    }
    out.push('\n');
    out.push_str(&value(trace));
    let (counted, left): (Vec<&TracedRow>, Vec<&TracedRow>) = trace.rows.iter().partition(|row| row.left_out.is_none());
    list(&mut out, "counted", &counted);
    // Each reason has its list, in the order in which the reasons first occur.
    let mut reasons: Vec<&str> = Vec::new();
    for reason in left.iter().filter_map(|row| row.left_out) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    for reason in reasons {
        let rows: Vec<&TracedRow> = left.iter().copied().filter(|row| row.left_out == Some(reason)).collect();
        list(&mut out, &format!("left out, {}", words(reason)), &rows);
    }
    if !trace.below.is_empty() {
        out.push_str("\nby region\n");
        for sums in &trace.below {
            let _ = writeln!(out, "  {} {}: {} / {}", sums.region, sums.name, sums.numerator, sums.denominator);
        }
    }
    out
}

/// How a side is counted.
fn definition(side: &str, rule: &Rule) -> String {
    let mut text = format!("  {side}: {} ({})\n", rule.name, rule.dataset);
    for (name, words) in [("of those where", &rule.population), ("counted where", &rule.filter), ("each adds", &rule.sum)] {
        if !words.is_empty() {
            let _ = writeln!(text, "    {name}: {words}");
        }
    }
    text
}

fn value(trace: &Trace) -> String {
    let sum = |sum: Option<i64>| sum.map_or_else(|| "?".to_owned(), |sum| sum.to_string());
    let value = match (&trace.value, trace.missing) {
        (Some(value), _) => value.clone(),
        (None, reason) => format!("no value ({})", words(reason.unwrap_or_default())),
    };
    let expected = trace.expected.map_or_else(String::new, |expected| format!(" of {expected} expected"));
    format!(
        "{value} = {} / {}; {}{expected} reported, {} answered\n",
        sum(trace.numerator),
        sum(trace.denominator),
        trace.reported,
        trace.answered
    )
}

/// A reason as words.
fn words(reason: &str) -> String {
    reason.replace('_', " ")
}

/// Some rows under a heading, with what they add.
fn list(out: &mut String, heading: &str, rows: &[&TracedRow]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}: {}", rows.len());
    for row in rows {
        let sheet = if row.sheet.is_empty() { String::new() } else { format!(", sheet `{}`", tidy(&row.sheet)) };
        let sums = if row.left_out.is_none() { format!(" {} / {}", row.numerator, row.denominator) } else { String::new() };
        let _ = writeln!(out, "  {}{sheet}, row {}: {}{sums}", tidy(&row.file), row.row, tidy(&row.unit));
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        if !cells.is_empty() {
            let _ = writeln!(out, "    {}", cells.join("; "));
        }
    }
}

fn cell(cell: &TracedCell) -> String {
    let place = cell.cell.as_deref().unwrap_or("no column");
    let stood = cell.stood.as_ref().map_or_else(String::new, |stood| format!(", where `{stood}` stands"));
    format!("{} = {} ({place}{stood})", cell.field, tidy(&cell.understood))
}
