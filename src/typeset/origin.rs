//! Leads a line that the templates made back to the template line that made it.

use std::collections::BTreeMap;

use crate::diagnostic::{FileName, Span};
use crate::sources::TextFile;

/// Beginnings shorter than this occur in many lines; such a line must be the made one to the letter.
const SHORTEST: usize = 6;

/// All template lines, as what stands in them beside tags.
pub struct Origins(Vec<Line>);

struct Line {
    file: FileName,
    number: u32,
    /// The texts before, between and behind its tags; the first one is its beginning.
    texts: Vec<String>,
}

impl Line {
    /// How well a line that was made fits: whether all of its texts stand in it, and how long they are. `None` where its beginning is
    /// another one.
    fn fit(&self, made: &str) -> Option<(bool, usize)> {
        let (beginning, others) = self.texts.split_first()?;
        let mut rest = made.strip_prefix(beginning.as_str())?;
        let mut length = beginning.len();
        let is_long = beginning.trim().chars().count() >= SHORTEST;
        for (left, text) in others.iter().enumerate().map(|(at, text)| (others.len() - 1 - at, text)) {
            let at = if left == 0 && !text.is_empty() {
                rest.ends_with(text.as_str()).then(|| rest.len() - text.len())
            } else {
                rest.find(text.as_str())
            };
            // What stands within a condition may be missing.
            let Some(at) = at else { return is_long.then_some((false, beginning.len())) };
            rest = &rest[at + text.len()..];
            length += text.len();
        }
        let is_whole = !others.is_empty() || rest.is_empty();
        (is_long || is_whole && length > 0 && others.is_empty()).then_some((is_whole, length))
    }
}

/// The texts of a template line beside its tags.
fn texts(line: &str) -> Vec<String> {
    const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let mut texts = Vec::new();
    let mut rest = line;
    loop {
        let tag = TAGS.iter().filter_map(|(open, close)| Some((rest.find(open)?, *close))).min();
        let Some((at, close)) = tag else { break };
        texts.push(rest[..at].to_owned());
        let Some(end) = rest[at..].find(close) else { return texts };
        rest = &rest[at + end + close.len()..];
    }
    texts.push(rest.to_owned());
    texts
}

impl Origins {
    /// The lines of the templates that minijinja fills in.
    pub fn new(templates: &BTreeMap<String, TextFile>) -> Self {
        let files = templates.iter().filter(|(path, _)| path.ends_with(".j2")).map(|(_, file)| file);
        let lines = files.flat_map(|file| {
            file.text.lines().zip(1..).map(|(line, number)| Line { file: file.name.clone(), number, texts: texts(line) })
        });
        Self(lines.filter(|line| line.texts.iter().any(|text| !text.trim().is_empty())).collect())
    }

    /// The template line that fits the line `made` best; among equal ones, one of `own`, the template of the document. `column` is that of
    /// the fault, from 1; a fault in what a tag made is placed at the tag.
    pub fn of(&self, made: &str, column: u32, own: &str) -> Option<(FileName, Span)> {
        let fitting = self.0.iter().rev().filter_map(|line| Some((line.fit(made)?, line.file.as_str().ends_with(own), line)));
        let (_, _, line) = fitting.max_by_key(|(fit, is_own, _)| (*fit, *is_own))?;
        let tag = line.texts[0].chars().count() as u32 + 1;
        Some((line.file.clone(), Span { line: line.number, column: column.min(tag) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_fits_best_leads_back() {
        let file = |name: &str, text: &str| {
            let path = format!("report-templates/{name}");
            (name.to_owned(), TextFile { name: FileName::new(path), text: text.to_owned() })
        };
        let text = "#heading(level: 1)[{{ labels.plan }}]\n#heading(level: 2)[Words]\n{% if a %}x{% endif %}\n\
                    #heading(level: 1)[{{ labels.plan }} #bogus]\n#foo\n";
        let other = file("b/report.typ.j2", "#heading(level: 1)[{{ labels.other }}]\n");
        let origins = Origins::new(&BTreeMap::from([file("a/report.typ.j2", text), other]));
        let place = |made, column| origins.of(made, column, "a/report.typ.j2").map(|(_, span)| (span.line, span.column));
        assert_eq!(place("#heading(level: 1)[What to do #bogus]", 32), Some((4, 20)));
        assert_eq!(place("#foo", 2), Some((5, 2)));
        assert_eq!(place("#heading(level: 1)[What to do]", 24), Some((1, 20)));
        assert_eq!(place("#heading(level: 2)[Words]", 3), Some((2, 3)));
        assert_eq!(place("x", 1), None);
    }
}
