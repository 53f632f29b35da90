//! Gathers what is to be made, makes it on threads, and stores each document as soon as it is set; never two on one path.

mod answers;
mod forms;
mod orders;
mod reports;
pub mod sheets;
mod tables;

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Severity, any_error};
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Project};
use crate::release::{self, FileEntry, Staging};
use crate::sources::Sources;
use crate::typeset::{self, Document, Engine, Failure, Watch};

pub use answers::{Answers, answers};
pub use forms::{FormOptions, Forms, collect};
pub use orders::Orders;
pub use reports::{BuildOptions, Built, build, proof};
pub use tables::{left_out, rows};

/// A document, and the workbook that stands beside it.
struct Made {
    document: Document,
    /// The path of the workbook and its bytes.
    companion: Option<(String, Vec<u8>)>,
}

/// Why a document is missing.
enum Refusal {
    /// It could not be set.
    Failure(Failure),
    /// What stands beside it could not be made.
    Companion(String),
}

/// What was made of an order.
struct Printed {
    /// The position of the order.
    order: usize,
    file: FileEntry,
    pages: usize,
    companion: Option<FileEntry>,
}

/// What was made of all orders.
#[derive(Default)]
struct Stack {
    /// In the order of their paths.
    printed: Vec<Printed>,
    /// Why others are missing.
    faults: Vec<Diagnostic>,
    /// The generated texts of those, in the order of their paths.
    texts: Vec<FileEntry>,
    failed: usize,
    broken: Option<release::Error>,
}

/// Where documents go, and the generated texts of those that failed.
#[derive(Clone, Copy)]
struct Trays<'a> {
    documents: &'a Staging<'a>,
    failures: &'a Staging<'a>,
}

/// What sets the documents of a run.
struct Press<'a> {
    watch: &'a Watch,
    jobs: usize,
    trays: Trays<'a>,
}

impl Press<'_> {
    /// Makes and stores the documents of all orders, as many at once as there are jobs. `done` is called after each, from any thread.
    fn print<T: Sync>(
        &self,
        orders: &Orders<T>,
        make: impl Fn(&T) -> Result<Made, Refusal> + Sync,
        done: impl Fn(usize, usize) + Sync,
    ) -> Result<Stack, Error> {
        let stack = Mutex::new(Stack::default());
        let locked = || stack.lock().expect("no thread panics while it holds the lock");
        let positions: Vec<usize> = (0..orders.len()).collect();
        let started = typeset::for_each(&positions, self.jobs, |&position| {
            // Where the disk is full, the others need not be tried.
            if locked().broken.is_some() {
                return;
            }
            let (path, order) = orders.at(position);
            let making = self.watch.begin(path);
            let outcome = self.store(position, path, make(order));
            drop(making);
            let mut stack = locked();
            match outcome {
                Ok(Ok(printed)) => stack.printed.push(printed),
                Ok(Err((faults, text))) => {
                    stack.failed += 1;
                    stack.faults.extend(faults);
                    stack.texts.extend(text);
                }
                Err(error) => stack.broken = Some(error),
            }
            done(stack.printed.len() + stack.failed, orders.len());
        });
        started.map_err(Error::Start)?;
        let mut stack = stack.into_inner().expect("no thread panicked");
        if let Some(error) = stack.broken.take() {
            return Err(error.into());
        }
        stack.printed.sort_by(|left, right| left.file.path.cmp(&right.file.path));
        stack.texts.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(stack)
    }

    /// Stores what was made of an order; a fault is named, and the others go on.
    fn store(&self, order: usize, path: &str, made: Result<Made, Refusal>) -> Result<Result<Printed, Fault>, release::Error> {
        let Made { document, companion } = match made {
            Ok(made) => made,
            Err(Refusal::Companion(reason)) => return Ok(Err((vec![failed(path, reason)], None))),
            Err(Refusal::Failure(failure)) => return self.fault(failure, path).map(Err),
        };
        self.trays.documents.write(path, &document.bytes)?;
        let store = |(path, bytes): (String, Vec<u8>)| {
            self.trays.documents.write(&path, &bytes)?;
            Ok::<_, release::Error>(FileEntry::new(path, &bytes))
        };
        let companion = companion.map(store).transpose()?;
        Ok(Ok(Printed { order, file: FileEntry::new(path, &document.bytes), pages: document.pages, companion }))
    }

    /// Why the document of a path is missing; the text that its places are in stands among the failures.
    fn fault(&self, failure: Failure, path: &str) -> Result<Fault, release::Error> {
        let mut diagnostics = failure.diagnostics;
        let mut summary = failed(path, "this report could not be made");
        let mut entry = None;
        if let Some(text) = failure.generated {
            let failures = self.trays.failures;
            let path = format!("{}.typ", path.strip_suffix(".pdf").unwrap_or(path));
            failures.write(&path, text.as_bytes())?;
            let shown = format!("{}/{path}", failures.name());
            summary = summary
                .hint(format!("places in `report.typ` are those of `{shown}`, which stands beside the folder of the period"));
            entry = Some(FileEntry::new(path, text.as_bytes()));
        }
        diagnostics.push(summary);
        Ok((diagnostics, entry))
    }
}

/// Why a document is missing, and its generated text.
type Fault = (Vec<Diagnostic>, Option<FileEntry>);

fn failed(path: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::FailedReport, Place::File(FileName::new(path)), message)
}

/// The typesetter for documents in these languages whose templates stand in `folders`.
fn engine<'a>(
    project: &Project,
    computed: &'a Computed,
    folders: &BTreeSet<String>,
    languages: impl IntoIterator<Item = &'a LanguageCode>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Engine {
    let Sources { templates, assets, .. } = &project.sources;
    let texts: Vec<&str> = languages.into_iter().flat_map(|code| texts(computed, code)).collect();
    typeset::prepare(&computed.languages, templates, folders, assets, &texts, diagnostics)
}

/// The words and names that documents in a language are made of.
fn texts<'a>(computed: &'a Computed, code: &'a LanguageCode) -> impl Iterator<Item = &'a str> {
    let words = computed.languages.get(code).into_iter().flat_map(|language| language.labels.values());
    words.map(String::as_str).chain(computed.specs.names(code))
}

/// What work on a template needs: the project as far as it was computed, the last period with data, and the templates of `folders`
/// for documents in a language.
fn bench<'a>(
    project: &'a Project,
    language: &'a LanguageCode,
    folders: impl Fn(&Computed, PeriodIndex) -> BTreeSet<String>,
) -> Result<(&'a Computed, PeriodIndex, Engine), Failure> {
    let failed = |diagnostics| Failure { diagnostics, generated: None };
    let stops = |found: &&Diagnostic| found.severity == Severity::Error && !found.place.file().as_str().starts_with("inputs");
    let mut faults: Vec<Diagnostic> = project.diagnostics.iter().filter(stops).cloned().collect();
    let Some(computed) = &project.computed else { return Err(failed(faults)) };
    let Some(period) = computed.latest() else { return Err(failed(project.diagnostics.clone())) };
    let engine = engine(project, computed, &folders(computed, period), [language], &mut faults);
    if any_error(&faults) { Err(failed(faults)) } else { Ok((computed, period, engine)) }
}
