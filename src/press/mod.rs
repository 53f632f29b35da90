//! Gathers what is to be made, makes it on threads, and stores each document as soon as it is set. No two documents have one path.

mod answers;
mod disclosure;
mod forms;
mod orders;
mod reports;
pub mod sheets;
mod site;
mod tables;
mod ways;

use std::collections::BTreeSet;
use std::sync::Mutex;

use jiff::civil::Date;

use crate::diagnostic::{self, Diagnostic, FileName, Place, Rule, Severity, any_error};
use crate::edition::Stage;
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Project, Ready};
use crate::protect::Audience;
use crate::release::{self, FileEntry, Staging};
use crate::report::model::Manuscript;
use crate::shard::{Draft, Made};
use crate::sources::Sources;
use crate::threads;
use crate::typeset::{Document, Failure, Generated, Kit, Setter, Typesetter};

pub use answers::{AnswerOptions, Answers, answers};
pub use disclosure::{Disclosed, disclose};
pub use forms::{FormOptions, Forms, collect};
pub use orders::Orders;
pub use reports::{BuildOptions, Built, Placed, Portion, build, documents, holding, merge, portion, proof};
pub use tables::{left_out, rows};

/// The folder of what Typst reads of all documents, among what they are set from.
const SHARED: &str = "shared";

/// A document, with the workbook beside it.
struct Page {
    document: Document,
    /// The edition in which the document came; `None` for what is no edition.
    edition: Option<u32>,
    /// How far its numbers have come; `None` for what is no edition.
    stage: Option<Stage>,
    /// The path of the workbook and its bytes.
    companion: Option<(String, Vec<u8>)>,
    /// What it was set from, where that is kept: what was generated, and the attached table.
    source: Option<(Generated, String)>,
}

/// Why a document is missing.
enum Refusal {
    /// The document could not be set.
    Failure(Failure),
    /// The workbook beside it could not be made.
    Companion(String),
    /// It was made elsewhere, and cannot be read.
    Unread(release::Error),
}

/// What was made of an order.
struct Printed {
    /// The position of the order.
    order: usize,
    edition: Option<u32>,
    stage: Option<Stage>,
    file: FileEntry,
    pages: usize,
    companion: Option<FileEntry>,
    sources: Vec<FileEntry>,
}

/// What was made of all orders together.
#[derive(Default)]
struct Stack {
    /// What was printed, in the order of paths.
    printed: Vec<Printed>,
    /// Why documents are missing.
    faults: Vec<Diagnostic>,
    /// The generated texts of the missing documents, in the order of their paths.
    texts: Vec<FileEntry>,
    /// What documents were set from, in the order of paths.
    sources: Vec<FileEntry>,
    failed: usize,
    broken: Option<release::Error>,
}

/// Where finished documents go.
trait Tray: Sync {
    /// Takes a document, and the workbook beside it; `turn` counts the documents of the run in their order. Returns what it kept of that which
    /// the document is set from.
    fn take(&self, turn: usize, path: &str, page: Page) -> Result<Vec<FileEntry>, release::Error>;

    /// Takes the generated text of a document that failed, and returns where it can be looked at; `None` where nobody keeps it.
    fn take_text(&self, path: &str, text: &str) -> Result<Option<String>, release::Error>;

    /// Learns that there is no document.
    fn pass(&self, turn: usize) -> Result<(), release::Error>;
}

/// A release being written, beside it the generated texts of what failed, and that which documents are set from, where it is kept.
#[derive(Clone, Copy)]
struct Trays<'a> {
    documents: &'a Staging<'a>,
    failures: &'a Staging<'a>,
    sources: Option<&'a Staging<'a>>,
}

impl Tray for Trays<'_> {
    fn take(&self, _turn: usize, path: &str, page: Page) -> Result<Vec<FileEntry>, release::Error> {
        self.documents.write(path, &page.document.bytes)?;
        page.companion.map_or(Ok(()), |(path, bytes)| self.documents.write(&path, &bytes))?;
        let (Some(tray), Some((generated, table))) = (self.sources, page.source) else { return Ok(Vec::new()) };
        let Generated { text, model } = generated;
        let folder = path.strip_suffix(".pdf").unwrap_or(path);
        let files = [("report.typ", text), ("data.json", model), ("data.csv", table)];
        let files = files.map(|(name, text)| (format!("{folder}/{name}"), text));
        keep(tray, files.iter().map(|(path, text)| (path.clone(), text.as_bytes())))
    }

    fn take_text(&self, path: &str, text: &str) -> Result<Option<String>, release::Error> {
        self.failures.write(path, text.as_bytes())?;
        Ok(Some(format!("{}/{path}", self.failures.name())))
    }

    fn pass(&self, _turn: usize) -> Result<(), release::Error> {
        Ok(())
    }
}

/// The archive of a part. Whoever joins the parts makes again what failed, so nobody keeps its text here.
impl Tray for Draft<'_> {
    fn take(&self, turn: usize, path: &str, page: Page) -> Result<Vec<FileEntry>, release::Error> {
        let Page { document: Document { bytes, pages }, edition, companion, .. } = page;
        let document = Made { path: path.to_owned(), bytes, pages: Some(pages), edition, ground: None };
        let beside = companion.map(|(path, bytes)| Made { path, bytes, ..Made::default() });
        self.put(turn, std::iter::once(document).chain(beside).collect()).map(|()| Vec::new())
    }

    fn take_text(&self, _path: &str, _text: &str) -> Result<Option<String>, release::Error> {
        Ok(None)
    }

    fn pass(&self, turn: usize) -> Result<(), release::Error> {
        self.put(turn, Vec::new())
    }
}

/// What makes the documents of a run.
struct Press<'a, T: Tray> {
    jobs: usize,
    tray: &'a T,
}

impl<T: Tray> Press<'_, T> {
    /// Makes and stores the documents of the orders at these positions, `jobs` of them at once. `done` is called after each, from any thread.
    fn print<O: Sync>(
        &self,
        (orders, positions): (&Orders<O>, &[usize]),
        make: impl Fn(&str, &O) -> Result<Page, Refusal> + Sync,
        done: impl Fn(usize, usize) + Sync,
    ) -> Result<Stack, Error> {
        let stack = Mutex::new(Stack::default());
        let locked = || stack.lock().expect("no thread panics while it holds the lock");
        let turns: Vec<usize> = (0..positions.len()).collect();
        let started = threads::for_each(&turns, self.jobs, |&turn| {
            // Where something cannot be written (such as on a full disk), the rest is not tried.
            if locked().broken.is_some() {
                return;
            }
            let position = positions[turn];
            let (path, order) = orders.at(position);
            let outcome = self.store((turn, position), path, make(path, order));
            let mut stack = locked();
            match outcome {
                Ok(Ok(mut printed)) => {
                    stack.sources.append(&mut printed.sources);
                    stack.printed.push(printed);
                }
                Ok(Err((faults, text))) => {
                    stack.failed += 1;
                    stack.faults.extend(faults);
                    stack.texts.extend(text);
                }
                Err(error) => stack.broken = Some(error),
            }
            done(stack.printed.len() + stack.failed, positions.len());
        });
        started.map_err(Error::Start)?;
        let mut stack = stack.into_inner().expect("no thread panicked");
        if let Some(error) = stack.broken.take() {
            return Err(error.into());
        }
        stack.printed.sort_by(|left, right| left.file.path.cmp(&right.file.path));
        stack.texts.sort_by(|left, right| left.path.cmp(&right.path));
        stack.sources.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(stack)
    }

    /// Stores what was made of an order. A fault becomes a finding, and the other orders go on.
    fn store(
        &self,
        (turn, order): (usize, usize),
        path: &str,
        made: Result<Page, Refusal>,
    ) -> Result<Result<Printed, Fault>, release::Error> {
        let page = match made {
            Ok(page) => page,
            Err(Refusal::Unread(error)) => return Err(error),
            Err(refusal) => {
                self.tray.pass(turn)?;
                return self.fault(refusal, path).map(Err);
            }
        };
        let Page { document, edition, stage, companion, .. } = &page;
        let companion = companion.as_ref().map(|(path, bytes)| FileEntry::new(path.clone(), bytes));
        let file = FileEntry::new(path, &document.bytes);
        let printed =
            Printed { order, edition: *edition, stage: *stage, file, pages: document.pages, companion, sources: Vec::new() };
        let sources = self.tray.take(turn, path, page)?;
        Ok(Ok(Printed { sources, ..printed }))
    }

    /// Why a document is missing. Its generated text, which the places of the findings are in, is stored with the failures.
    fn fault(&self, refusal: Refusal, path: &str) -> Result<Fault, release::Error> {
        let Failure { mut diagnostics, generated } = match refusal {
            Refusal::Failure(failure) => failure,
            Refusal::Companion(reason) => return Ok((vec![failed(path, reason)], None)),
            Refusal::Unread(error) => return Err(error),
        };
        // A finding that the typesetter broke down is about the document as a whole.
        if diagnostics.iter().any(|found| found.rule == Rule::FailedReport) {
            return Ok((diagnostics, None));
        }
        let mut summary = failed(path, "this report could not be made");
        let mut entry = None;
        if let Some(text) = generated {
            let path = format!("{}.typ", path.strip_suffix(".pdf").unwrap_or(path));
            if let Some(shown) = self.tray.take_text(&path, &text)? {
                summary = summary
                    .hint(format!("places in `report.typ` are those of `{shown}`, which stands beside the folder of the period"));
                entry = Some(FileEntry::new(path, text.as_bytes()));
            }
        }
        diagnostics.push(summary);
        Ok((diagnostics, entry))
    }
}

/// Stores files.
fn keep<'a>(tray: &Staging<'_>, files: impl IntoIterator<Item = (String, &'a [u8])>) -> Result<Vec<FileEntry>, release::Error> {
    let keep = |(path, bytes): (String, &[u8])| {
        tray.write(&path, bytes)?;
        Ok(FileEntry::new(path, bytes))
    };
    files.into_iter().map(keep).collect()
}

/// What a document is set from: what is generated, and the table that is attached to it.
fn source<M: Manuscript>(
    setter: &Setter,
    (path, day): (&str, Date),
    manuscript: &M,
    table: impl FnOnce() -> String,
) -> Result<(Generated, String), Refusal> {
    let generated = setter.generated(path, manuscript, day).map_err(Refusal::Failure)?;
    Ok((generated, table()))
}

/// Publishes what documents in these languages are set from, with what all of them read, and returns the name of the folder; takes away that of
/// before where nothing is kept.
fn publish_sources(
    tray: Staging<'_>,
    mut files: Vec<FileEntry>,
    (sources, setter, languages): (&Sources, &Setter, BTreeSet<&LanguageCode>),
) -> Result<Option<String>, Error> {
    let is_kept = !files.is_empty();
    if is_kept {
        files.extend(keep(&tray, shared(sources))?);
        for language in languages {
            let labels = setter.labels(language).map_err(Error::Start)?;
            files.extend(keep(&tray, [(format!("{SHARED}/labels.{language}.json"), labels.as_bytes())])?);
        }
    }
    let name = is_kept.then(|| tray.name().to_owned());
    tray.publish_if_any(&files)?;
    Ok(name)
}

/// What Typst reads of all documents: templates, fonts and pictures.
fn shared(sources: &Sources) -> impl Iterator<Item = (String, &[u8])> {
    let templates = sources.templates.iter().filter(|(path, _)| path.ends_with(".typ"));
    let templates = templates.map(|(path, file)| (path.as_str(), file.text.as_bytes()));
    let assets =
        sources.assets.iter().map(|file| (file.name.as_str().trim_start_matches("report-templates/"), file.bytes.as_slice()));
    templates.chain(assets).map(|(path, bytes)| (format!("{SHARED}/{path}"), bytes))
}

/// Why a document is missing, with its generated text.
type Fault = (Vec<Diagnostic>, Option<FileEntry>);

fn failed(path: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::FailedReport, Place::File(FileName::new(path)), message)
}

/// What documents are set with: the templates of a project, and a typesetter.
#[derive(Clone, Copy)]
struct Shop<'a> {
    ready: &'a Ready<'a>,
    typesetter: &'a Typesetter,
}

impl<'a> Shop<'a> {
    /// A setter for documents in these languages whose templates stand in `folders`. Faults of the templates are reported.
    fn setter(
        self,
        folders: &BTreeSet<String>,
        languages: impl IntoIterator<Item = &'a LanguageCode>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> std::io::Result<Setter> {
        let Sources { templates, assets, .. } = &self.ready.project.sources;
        let computed = self.ready.computed;
        let languages: BTreeSet<&LanguageCode> = languages.into_iter().collect();
        let texts: Vec<&str> = languages.into_iter().flat_map(|code| texts(computed, code)).collect();
        let kit = Kit { languages: &computed.languages, templates, folders, assets, texts: &texts };
        self.typesetter.prepare(kit, diagnostics)
    }
}

/// A setter for documents in these languages whose templates stand in `folders`. Faults of the templates are reported.
///
/// # Errors
/// When the system does not let a worker start.
pub fn setter<'a>(
    ready: &'a Ready<'a>,
    typesetter: &'a Typesetter,
    folders: &BTreeSet<String>,
    languages: impl IntoIterator<Item = &'a LanguageCode>,
    diagnostics: &mut Vec<Diagnostic>,
) -> std::io::Result<Setter> {
    Shop { ready, typesetter }.setter(folders, languages, diagnostics)
}

/// The words and names that documents in a language may contain.
fn texts<'a>(computed: &'a Computed, code: &'a LanguageCode) -> impl Iterator<Item = &'a str> {
    let words = computed.languages.get(code).into_iter().flat_map(|language| language.labels.values());
    words.map(String::as_str).chain(computed.specs.names(code))
}

/// What work on a template needs: the computed project, the last period with data, and a setter with the templates of `folders` for
/// documents for an audience in a language.
fn bench<'a>(
    project: &'a Project,
    typesetter: &'a Typesetter,
    (audience, language): (Audience, &'a LanguageCode),
    folders: impl Fn(&Computed, PeriodIndex) -> BTreeSet<String>,
) -> Result<(Ready<'a>, PeriodIndex, Setter), Failure> {
    let failed = |diagnostics| Failure { diagnostics, generated: None };
    let stops = |found: &&Diagnostic| found.severity == Severity::Error && !found.place.file().as_str().starts_with("inputs");
    let mut faults: Vec<Diagnostic> = project.diagnostics.iter().filter(stops).cloned().collect();
    let Some(ready) = project.ready(audience) else { return Err(failed(faults)) };
    faults.extend(ready.published.refusals().cloned());
    let Some(period) = ready.computed.latest() else { return Err(failed(project.diagnostics.clone())) };
    let setter = Shop { ready: &ready, typesetter }.setter(&folders(ready.computed, period), [language], &mut faults);
    match setter {
        Ok(setter) if !any_error(&faults) => Ok((ready, period, setter)),
        Ok(_) => {
            // A phrase that cannot be read was found before.
            diagnostic::sort(&mut faults);
            Err(failed(faults))
        }
        Err(error) => Err(failed(vec![self::failed("report-templates", Error::Start(error).to_string())])),
    }
}
