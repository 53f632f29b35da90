//! Leads a line that the templates made back to the template line that made it.

use std::collections::BTreeMap;

use crate::diagnostic::{FileName, Span};
use crate::sources::TextFile;

/// Beginnings shorter than this occur in many lines.
const SHORTEST: usize = 6;

/// The beginnings of all template lines, up to their first tag.
pub struct Origins(Vec<Line>);

struct Line {
    file: FileName,
    number: u32,
    beginning: String,
}

impl Origins {
    /// The beginnings in the templates that minijinja fills in.
    pub fn new(templates: &BTreeMap<String, TextFile>) -> Self {
        let files = templates.iter().filter(|(path, _)| path.ends_with(".j2")).map(|(_, file)| file);
        let lines = files.flat_map(|file| {
            file.text.lines().zip(1..).map(|(line, number)| {
                let end = ["{{", "{%", "{#"].iter().filter_map(|tag| line.find(tag)).min().unwrap_or(line.len());
                Line { file: file.name.clone(), number, beginning: line[..end].to_owned() }
            })
        });
        Self(lines.filter(|line| line.beginning.trim().chars().count() >= SHORTEST).collect())
    }

    /// The template line whose beginning fits the line `made` best. `column` is that of the fault, from 1; a fault in what a tag made is
    /// placed at the tag.
    pub fn of(&self, made: &str, column: u32) -> Option<(FileName, Span)> {
        let fitting = self.0.iter().filter(|line| made.starts_with(&line.beginning));
        let line = fitting.max_by_key(|line| line.beginning.len())?;
        let tag = line.beginning.chars().count() as u32 + 1;
        Some((line.file.clone(), Span { line: line.number, column: column.min(tag) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_leads_back() {
        let text = "#heading(level: 1)[{{ labels.plan }}]\n#heading(level: 2)[Words]\n{% if a %}x{% endif %}\n";
        let file = TextFile { name: FileName::new("report-templates/a/report.typ.j2"), text: text.to_owned() };
        let origins = Origins::new(&BTreeMap::from([("a/report.typ.j2".to_owned(), file)]));
        let place = |made, column| origins.of(made, column).map(|(_, span)| (span.line, span.column));
        assert_eq!(place("#heading(level: 1)[What to do]", 24), Some((1, 20)));
        assert_eq!(place("#heading(level: 2)[Words]", 3), Some((2, 3)));
        assert_eq!(place("x", 1), None);
    }
}
