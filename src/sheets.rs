//! A page for every unit: its own answers beside its region. Sheets go to the units themselves and are never part of a release.
//!
//! They are many: each is written as soon as it is set, and nothing of it is kept but its line in the manifest.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

use crate::compute::Results;
use crate::diagnostic::{self, Diagnostic, Rule, any_error};
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::pipeline::{self, Computed, Error, Project};
use crate::region::RegionIndex;
use crate::release::{self, FileEntry, Paths, Shelf, Staging, Taken};
use crate::report::Material;
use crate::report::model::SHEET;
use crate::report::unit::{self, Units};
use crate::sources::Sources;
use crate::typeset::{self, Document, Failure, Kit, Setter, Typesetter};

/// Which sheets to make. An empty list asks for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Units of these regions and of all that lies within them.
    pub regions: Vec<RegionIndex>,
    /// Units with these keys.
    pub keys: Vec<String>,
    /// Languages.
    pub languages: Vec<LanguageCode>,
}

/// What to make, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which sheets.
    pub selection: Selection,
    /// How many are set at once.
    pub jobs: usize,
    /// Who sets them.
    pub typesetter: Typesetter,
}

/// What came of it.
#[derive(Debug)]
pub struct Made {
    /// Where the sheets stand; `None` when there are none.
    pub place: Option<PathBuf>,
    /// Why those made are not published, where those of before are more.
    pub kept: Option<release::Error>,
    /// How many there are.
    pub sheets: usize,
    /// How many pages they have together.
    pub pages: usize,
    /// Why sheets are missing.
    pub diagnostics: Vec<Diagnostic>,
}

/// The units that sheets are made for: those of a period, or of the last one in which any reported. `None` when the programme names
/// no dataset.
pub fn units<'a>(project: &'a Project, computed: &'a Computed, period: Option<PeriodIndex>) -> Option<Units<'a>> {
    let Computed { specs, data, .. } = computed;
    let dataset = specs.sheets?;
    let period = period.or(data.latest_of(dataset)).unwrap_or(PeriodIndex(0));
    Some(Units::new(specs, period, dataset, data, &project.diagnostics))
}

/// One sheet to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    row: usize,
    language: LanguageCode,
    path: String,
}

/// The sheets asked for, in the order of languages, regions and keys; no two have paths that a file system could take for one.
fn orders(computed: &Computed, units: &Units<'_>, selection: &Selection) -> Vec<Order> {
    let specs = &computed.specs;
    let wanted = |row: &usize| {
        let lies = |&outer: &RegionIndex| specs.hierarchy.contains(outer, units.region(*row));
        (selection.regions.is_empty() || selection.regions.iter().any(lies))
            && (selection.keys.is_empty() || selection.keys.contains(&units.key(*row)))
    };
    // Who has no key cannot be sent anything. Paths do not depend on the choice.
    let mut rows: Vec<usize> = (0..units.len()).filter(|&row| units.is_named(row)).collect();
    rows.sort_by_cached_key(|&row| (units.region(row), units.key(row), row));
    let languages = if selection.languages.is_empty() { &specs.programme.publish } else { &selection.languages };
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let mut taken = Taken::default();
    let mut orders = Vec::new();
    for language in languages {
        for &row in &rows {
            let (key, title) = (units.key(row), units.title(row));
            let name = if title == key { key } else { format!("{key} {title}") };
            let path = taken.take(&paths.sheet(language, units.region(row), &name));
            if wanted(&row) {
                orders.push(Order { row, language: language.clone(), path });
            }
        }
    }
    orders
}

/// Typesets the sheets and swaps them in as the folder of their period on the shelf. `done` is called after each, from any thread.
///
/// # Errors
/// When something cannot be written, or nothing can work.
pub fn make(
    project: &Project,
    computed: &Computed,
    units: &Units<'_>,
    options: &Options,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Made, Error> {
    let Sources { templates, assets, .. } = &project.sources;
    let specs = &computed.specs;
    let mut diagnostics = Vec::new();
    let orders = orders(computed, units, &options.selection);
    let folders = [SHEET.to_owned()].into();
    let written: BTreeSet<&LanguageCode> = orders.iter().map(|order| &order.language).collect();
    let texts = pipeline::texts(computed, written);
    let kit = Kit { languages: &computed.languages, templates, folders: &folders, assets, texts: &texts };
    let setter = options.typesetter.prepare(kit, &mut diagnostics).map_err(Error::Start)?;
    if orders.is_empty() || any_error(&diagnostics) {
        return Ok(Made { place: None, kept: None, sheets: 0, pages: 0, diagnostics });
    }
    let press = Press { computed, setter: &setter, units, results: computed.told() };
    let id = &specs.programme.periods[units.period.0].id;
    let whole = options.selection == Selection::default();
    let staging = shelf.begin(id, whole)?;
    let failures = shelf.begin_texts(id)?;
    let Stack { entries, pages, faults, texts, .. } = press.print_all(&orders, options.jobs, (&staging, &failures), done)?;
    failures.publish_if_any(&texts)?;
    diagnostics.extend(faults);
    diagnostic::sort(&mut diagnostics);
    // What is wrong comes first, then which sheets are missing for it.
    diagnostics.sort_by_key(|found| found.rule == Rule::FailedReport);
    let mut made = Made { place: None, kept: None, sheets: entries.len(), pages, diagnostics };
    if !entries.is_empty() {
        match staging.publish_files(&entries, whole && made.diagnostics.is_empty()) {
            Err(kept @ release::Error::LessComplete { .. }) if !made.diagnostics.is_empty() => made.kept = Some(kept),
            outcome => made.place = Some(outcome?),
        }
    }
    Ok(made)
}

/// Typesets the sheet of one unit, for somebody who works on its template; `None` when no unit has that key.
///
/// # Errors
/// All that is wrong with specifications and templates.
pub fn proof(
    project: &Project,
    typesetter: &Typesetter,
    key: &str,
    language: &LanguageCode,
) -> Result<Option<Document>, Failure> {
    let (computed, _, setter) = pipeline::bench(project, typesetter, language, |_, _| [SHEET.to_owned()].into())?;
    let Some(units) = units(project, computed, None) else { return Ok(None) };
    let Some(row) = (0..units.len()).find(|&row| units.key(row) == key) else { return Ok(None) };
    let press = Press { computed, setter: &setter, units: &units, results: computed.told() };
    typeset::alone(|| press.set(key, row, language).map(Some))
}

/// What threads have made so far.
#[derive(Default)]
struct Stack {
    entries: Vec<FileEntry>,
    pages: usize,
    failed: usize,
    faults: Vec<Diagnostic>,
    /// The generated texts of those that failed.
    texts: Vec<FileEntry>,
    broken: Option<release::Error>,
}

/// A sheet's line in the manifest and its pages, or why there is none.
type Printed = Result<(FileEntry, usize), pipeline::Fault>;

/// What every sheet of a run needs.
struct Press<'a> {
    computed: &'a Computed,
    setter: &'a Setter,
    units: &'a Units<'a>,
    results: Cow<'a, Results>,
}

impl Press<'_> {
    /// Writes and sets the sheet of a path.
    fn set(&self, path: &str, row: usize, language: &LanguageCode) -> Result<Document, Failure> {
        let Computed { specs, languages, .. } = self.computed;
        let period = self.units.period;
        let material = Material { specs, results: self.results.as_ref(), period, date: None };
        let sheet = unit::write(material, self.units, &languages[language], row);
        self.setter.set(path, &sheet, "", specs.programme.periods[period.0].issued)
    }

    /// Sets and stores sheets, as many at once as there are jobs; in the order of their paths.
    fn print_all(
        &self,
        orders: &[Order],
        jobs: usize,
        to: (&Staging<'_>, &Staging<'_>),
        done: impl Fn(usize, usize) + Sync,
    ) -> Result<Stack, Error> {
        let stack = Mutex::new(Stack::default());
        let locked = || stack.lock().expect("no thread panics while it holds the lock");
        let started = typeset::for_each(orders, jobs, |order| {
            // Where the disk is full, the others need not be tried.
            if locked().broken.is_some() {
                return;
            }
            let outcome = self.print(order, to);
            let mut stack = locked();
            match outcome {
                Ok(Ok((entry, pages))) => {
                    stack.entries.push(entry);
                    stack.pages += pages;
                }
                Ok(Err((faults, text))) => {
                    stack.failed += 1;
                    stack.faults.extend(faults);
                    stack.texts.extend(text);
                }
                Err(error) => stack.broken = Some(error),
            }
            done(stack.entries.len() + stack.failed, orders.len());
        });
        started.map_err(Error::Start)?;
        let mut stack = stack.into_inner().expect("no thread panicked");
        if let Some(error) = stack.broken.take() {
            return Err(error.into());
        }
        stack.entries.sort_by(|left, right| left.path.cmp(&right.path));
        stack.texts.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(stack)
    }

    fn print(&self, order: &Order, (staging, failures): (&Staging<'_>, &Staging<'_>)) -> Result<Printed, release::Error> {
        match self.set(&order.path, order.row, &order.language) {
            Ok(document) => {
                staging.write(&order.path, &document.bytes)?;
                Ok(Ok((FileEntry::new(order.path.as_str(), &document.bytes), document.pages)))
            }
            Err(failure) => pipeline::fault(failure, &order.path, failures).map(Err),
        }
    }
}
