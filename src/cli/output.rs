//! What is printed: findings, interpretations and changes as text or JSON. Data go to stdout, all else to stderr.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use esep::dataset::{Change, ChangeKind};
use esep::diagnostic::{self, Diagnostic, FileName, Place, Severity};
use esep::language::Language;
use esep::project::{Computed, Project};
use esep::release::Shelf;
use esep::spec::Specs;
use esep::wording;
use indicatif::{ProgressBar, ProgressStyle};

use super::Stop;
use super::arguments::CheckFormat;

/// Prints findings one by one: a text of them all would take more memory than the findings themselves.
pub fn findings<'a>(
    project: &Project,
    format: CheckFormat,
    language: Option<&Language>,
    mut found: impl Iterator<Item = Cow<'a, Diagnostic>>,
) -> Result<(), Stop> {
    let place =
        |found: &Diagnostic| language.map_or_else(|| found.place.to_string(), |words| wording::place(words, &found.place));
    let mut out = Screen::of(format);
    let written = match format {
        CheckFormat::Text => {
            let mut lines = Lines { project, files: HashMap::new() };
            found.try_for_each(|found| writeln!(out, "{}", diagnostic::render_at(&place(&found), &found, lines.of(&found))))
        }
        CheckFormat::Json => list(&mut out, found.map(|found| json(&found))),
    };
    printed(written.and_then(|()| out.flush()))
}

/// The lines of text files; each file is split only once.
struct Lines<'a> {
    project: &'a Project,
    files: HashMap<FileName, Vec<&'a str>>,
}

impl<'a> Lines<'a> {
    /// The source line of a finding in a text file; `None` for any other place.
    fn of(&mut self, found: &Diagnostic) -> Option<&'a str> {
        let Place::Text { file, span } = &found.place else { return None };
        let apart = || self.project.sources.text(file).map_or_else(Vec::new, |text| text.lines().collect());
        let lines = self.files.entry(file.clone()).or_insert_with(apart);
        lines.get(span.line.checked_sub(1)? as usize).copied()
    }
}

/// Writes JSON objects as one list.
fn list(out: &mut impl Write, objects: impl Iterator<Item = serde_json::Value>) -> std::io::Result<()> {
    let mut first = true;
    for object in objects {
        let text = serde_json::to_string_pretty(&object).expect("plain data").replace('\n', "\n  ");
        write!(out, "{}\n  {text}", if first { "[" } else { "," })?;
        first = false;
    }
    writeln!(out, "{}", if first { "[]" } else { "\n]" })
}

/// Prints how cells were understood where that is not simply what they say.
pub fn interpretations(project: &Project, format: CheckFormat) -> Result<(), Stop> {
    let mut all = project.computed.iter().flat_map(Computed::interpretations);
    let mut out = Screen::of(format);
    let written = match format {
        CheckFormat::Text => all.try_for_each(|found| writeln!(out, "{}: `{}` -> {}", found.place, found.from, found.to)),
        CheckFormat::Json => list(
            &mut out,
            all.map(|found| {
                let mut object = serde_json::json!({ "file": found.place.file().as_str(), "from": found.from, "to": found.to });
                position(&mut object, &found.place);
                object
            }),
        ),
    };
    printed(written.and_then(|()| out.flush()))
}

/// A change as data.
pub fn change_json(specs: &Specs, change: &Change) -> serde_json::Value {
    let dataset = specs.dataset(change.dataset);
    let mut object = serde_json::json!({
        "place": change.place.to_string(),
        "period": specs.period(change.period).id,
        "region": specs.hierarchy.region(change.region).code.as_str(),
        "dataset": dataset.id.as_str(),
        "unit": change.key,
        "title": change.title,
    });
    match &change.kind {
        ChangeKind::Answer { field, before, after, earlier } => {
            object["kind"] = "answer".into();
            object["field"] = dataset.field(*field).id.as_str().into();
            for (key, reason, answer) in [("before", "before_missing", before), ("after", "after_missing", after)] {
                match answer {
                    Ok(text) => object[key] = text.as_str().into(),
                    Err(blank) => object[reason] = blank.name().into(),
                }
            }
            object["earlier"] = earlier.to_string().into();
        }
        ChangeKind::Added => object["kind"] = "added".into(),
        ChangeKind::Removed { later } => {
            object["kind"] = "removed".into();
            object["later"] = later.as_str().into();
        }
    }
    object
}

/// The source line of a finding in a text file; `None` for any other place.
pub fn line<'a>(project: &'a Project, found: &Diagnostic) -> Option<&'a str> {
    match &found.place {
        Place::Text { file, span } => project.sources.line(file, span.line),
        Place::File(_) | Place::Cell { .. } => None,
    }
}

/// A finding as data.
fn json(found: &Diagnostic) -> serde_json::Value {
    let mut object = serde_json::json!({
        "severity": found.severity.name(),
        "rule": found.name(),
        "file": found.place.file().as_str(),
        "message": found.told(),
        "hint": found.hint,
    });
    if found.count > 1 {
        object["count"] = found.count.into();
    }
    let concern = &found.concern;
    if !concern.regions.is_empty() {
        object["regions"] = concern.regions.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into();
    }
    for (key, value) in [("period", &concern.period), ("dataset", &concern.dataset), ("unit", &concern.unit)] {
        if let Some(value) = value {
            object[key] = value.as_ref().into();
        }
    }
    if !concern.fields.is_empty() {
        object["fields"] = concern.fields.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into();
    }
    if let Some(waived) = &found.waived {
        object["waived"] = waived.as_str().into();
    }
    position(&mut object, &found.place);
    object
}

/// Adds the position of a place in its file.
fn position(object: &mut serde_json::Value, place: &Place) {
    match place {
        Place::File(_) => {}
        Place::Text { span, .. } => {
            object["line"] = span.line.into();
            object["column"] = span.column.into();
        }
        Place::Cell { sheet, row, column, .. } => {
            object["sheet"] = sheet.as_ref().into();
            object["row"] = (row + 1).into();
            object["cell"] = column.map(|column| diagnostic::cell_name(*row, column)).into();
        }
    }
}

/// `2 errors, 1 warning`.
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity, diagnostics.iter().filter(|found| found.severity == severity).map(|found| found.count).sum()))
        .filter(|(_, count): &(_, usize)| *count > 0)
        .map(|(severity, count)| counted(count, severity.name()))
        .collect();
    if parts.is_empty() { "nothing found".into() } else { parts.join(", ") }
}

/// `1 report`, `2 reports`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The word that goes with a count: `is` with one, `are` with others.
pub fn agreeing<'a>(count: usize, one: &'a str, more: &'a str) -> &'a str {
    if count == 1 { one } else { more }
}

/// Prints data; it is no fault when the reader stops early (`| head`).
pub fn print(text: &str) -> Result<(), Stop> {
    let mut out = Screen::of_data();
    printed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

fn printed(written: std::io::Result<()>) -> Result<(), Stop> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Stop::CannotRun(format!("cannot write to stdout: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a line for the person at the screen; it is no fault when nobody reads it.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", shown(text));
}

/// A text that cannot steer the terminal: signs that would are written out as in JSON.
fn shown(text: &str) -> Cow<'_, str> {
    let is_hidden = |letter: char| diagnostic::steers(letter) && !matches!(letter, '\n' | '\t');
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Stdout. Texts, and data on a terminal, are printed as [`shown`] gives them; data elsewhere are printed as they are.
pub struct Screen {
    out: BufWriter<StdoutLock<'static>>,
    is_raw: bool,
}

impl Screen {
    fn of_words() -> Self {
        Self { out: BufWriter::new(std::io::stdout().lock()), is_raw: false }
    }

    fn of_data() -> Self {
        Self { is_raw: !std::io::stdout().is_terminal(), ..Self::of_words() }
    }

    fn of(format: CheckFormat) -> Self {
        match format {
            CheckFormat::Text => Self::of_words(),
            CheckFormat::Json => Self::of_data(),
        }
    }
}

impl Write for Screen {
    /// The formatter hands over whole letters at a time.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) if !self.is_raw => self.out.write_all(shown(text).as_bytes())?,
            Ok(_) | Err(_) => self.out.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// A bar on a terminal, a line now and then elsewhere.
pub struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    what: &'static str,
    said: AtomicUsize,
}

impl Progress {
    /// `what` names the things that are made, in the plural.
    pub fn new(quiet: bool, what: &'static str) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let template = format!("{{wide_bar}} {{pos}}/{{len}} {what}, {{eta}} left");
            ProgressBar::new(0).with_style(ProgressStyle::with_template(&template).expect("the template is fixed"))
        });
        Self { bar, quiet, what, said: AtomicUsize::new(0) }
    }

    pub fn step(&self, done: usize, all: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        } else if !self.quiet {
            // A line at every tenth part.
            let tenth = done * 10 / all.max(1);
            if all >= 20 && self.said.fetch_max(tenth, Ordering::Relaxed) < tenth {
                say(&format!("{done} of {all} {}", self.what));
            }
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Where data go: the screen, or a new file for its owner alone.
pub enum Paper<'a> {
    /// The screen.
    Screen(Screen),
    /// A file, written when all is there.
    File(&'a Shelf, &'a Path, Vec<u8>),
}

impl<'a> Paper<'a> {
    /// The screen.
    pub fn screen() -> Self {
        Self::Screen(Screen::of_data())
    }

    /// A new file on a shelf.
    pub fn file(shelf: &'a Shelf, path: &'a Path) -> Self {
        Self::File(shelf, path, Vec::new())
    }

    /// Writes a text.
    pub fn write(&mut self, text: &str) -> Result<(), Stop> {
        match self {
            Self::Screen(out) => printed(out.write_all(text.as_bytes())),
            Self::File(_, _, bytes) => {
                bytes.extend_from_slice(text.as_bytes());
                Ok(())
            }
        }
    }

    /// Ends the work.
    pub fn end(self) -> Result<(), Stop> {
        match self {
            Self::Screen(mut out) => printed(out.flush()),
            Self::File(shelf, path, bytes) => Ok(shelf.add(path, &bytes)?),
        }
    }
}
