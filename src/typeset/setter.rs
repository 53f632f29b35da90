//! Sets the documents of a run, in this process or in workers that keep to bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::slice;
use std::sync::Arc;

use jiff::civil::Date;

use super::engine::{Document, Draft, Engine, Failure, Generated, Page, model};
use super::kit::Kit;
use super::workers::{Bounds, Tally, Workers};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule};
use crate::language::LanguageCode;
use crate::report::model::Manuscript;
use crate::sources::TextFile;
use crate::worker::{self, Memory};

/// How documents are set.
#[derive(Clone, Debug, Default)]
pub enum Typesetter {
    /// By this process itself: for tests, and for programs that trust the templates. A template that loops or fills the memory takes the
    /// process with it.
    #[default]
    InProcess,
    /// By worker processes, which keep to bounds of time and memory whatever a template makes them do.
    Workers {
        /// The path of this very program.
        program: PathBuf,
        /// What one document may take.
        bounds: Bounds,
        /// Where documents of before are kept; `None` where nothing is remembered.
        memory: Option<Arc<dyn Memory>>,
    },
}

/// Sets the documents of a run.
pub enum Setter {
    /// This process sets them.
    InProcess(Box<Engine>),
    /// Worker processes set them.
    Workers(Workers),
}

impl Typesetter {
    /// Loads what documents are set with, and reports its faults; also when loading takes more than it may.
    ///
    /// # Errors
    /// When the system does not let a worker start.
    pub fn prepare(&self, kit: Kit<'_>, diagnostics: &mut Vec<Diagnostic>) -> io::Result<Setter> {
        match self {
            Typesetter::InProcess => {
                let engine = kit.engine();
                kit.check(&engine, diagnostics);
                Ok(Setter::InProcess(Box::new(engine)))
            }
            Typesetter::Workers { program, bounds, memory } => {
                let workers = |kit: Kit<'_>| Workers::new(program.clone(), *bounds, kit).remembering(memory.clone());
                let all = workers(kit);
                match all.check() {
                    Ok(found) => diagnostics.extend(found),
                    Err(worker::Failure::Start(error)) => return Err(error),
                    Err(failure) => {
                        diagnostics.push(unusable(kit, &failure, bounds, |part| workers(part).check().is_err()));
                    }
                }
                Ok(Setter::Workers(all))
            }
        }
    }
}

/// The finding that templates cannot be loaded; `fails` tells whether loading a part of the kit fails too.
fn unusable(kit: Kit<'_>, failure: &worker::Failure, bounds: &Bounds, fails: impl Fn(Kit<'_>) -> bool) -> Diagnostic {
    let file = guilty(kit, fails);
    let (message, hint) = words(failure, bounds, "load this", &format!("`{file}`"));
    Diagnostic::new(Rule::InvalidTemplate, Place::File(file), message).hint(hint)
}

/// The file that makes the loading fail by itself; the folder where it takes several files.
fn guilty(kit: Kit<'_>, fails: impl Fn(Kit<'_>) -> bool) -> FileName {
    let (languages, templates, folders) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let nothing = Kit { languages: &languages, templates: &templates, folders: &folders, assets: &[], texts: &[] };
    if fails(nothing) {
        return FileName::new("report-templates");
    }
    if fails(Kit { languages: kit.languages, ..nothing }) {
        return FileName::new("report-templates/languages");
    }
    let alone = |(path, file): &(&String, &TextFile)| {
        let templates = BTreeMap::from([((*path).clone(), (*file).clone())]);
        fails(Kit { languages: kit.languages, templates: &templates, ..nothing })
    };
    let template = || kit.templates.iter().find(alone).map(|(_, file)| file.name.clone());
    let asset = || kit.assets.iter().find(|file| fails(Kit { assets: slice::from_ref(*file), ..nothing }));
    let file = template().or_else(|| asset().map(|file| file.name.clone()));
    file.unwrap_or_else(|| FileName::new("report-templates"))
}

impl Setter {
    /// Sets a document; `document` is its path or name for messages, `csv` is attached where the template says so, and `date` is the day in
    /// its metadata.
    ///
    /// # Errors
    /// The faults of the templates, or that the document took more than it may.
    pub fn set<M: Manuscript>(&self, document: &str, manuscript: &M, csv: &str, date: Date) -> Result<Document, Failure> {
        match self {
            Setter::InProcess(engine) => engine.typeset(manuscript, csv, date),
            Setter::Workers(workers) => workers
                .set(manuscript, csv, date)
                .unwrap_or_else(|failure| Err(broken(document, manuscript, (&failure, &workers.bounds)))),
        }
    }

    /// What would be set of a document; the arguments are those of [`Setter::set`].
    ///
    /// # Errors
    /// Those of [`Setter::set`].
    pub fn generated<M: Manuscript>(&self, document: &str, manuscript: &M, date: Date) -> Result<Generated, Failure> {
        match self {
            Setter::InProcess(engine) => {
                engine.written(&Draft::new(manuscript, date), &model(manuscript)).map(|written| written.generated)
            }
            Setter::Workers(workers) => workers
                .generated(manuscript, date)
                .unwrap_or_else(|failure| Err(broken(document, manuscript, (&failure, &workers.bounds)))),
        }
    }
}

impl Setter {
    /// The fixed words of a language as its documents say them, as JSON.
    ///
    /// # Errors
    /// When no worker can tell them.
    pub fn labels(&self, language: &LanguageCode) -> io::Result<String> {
        match self {
            Setter::InProcess(engine) => Ok(engine.labels(language).to_owned()),
            Setter::Workers(workers) => workers
                .labels(language)
                .map_err(|failure| io::Error::other(words(&failure, &workers.bounds, "tell fixed words", "").0)),
        }
    }

    /// How many documents and pages were set, and how many are those of before.
    pub fn tally(&self) -> Tally {
        match self {
            Setter::InProcess(_) => Tally::default(),
            Setter::Workers(workers) => workers.tally(),
        }
    }

    /// Fills in a page; `path` is its path for messages, `model` is what its template knows, as JSON.
    ///
    /// # Errors
    /// The faults of the templates, or that the page took more than it may.
    pub fn page(&self, path: &str, page: &Page<'_>, model: &str) -> Result<String, Failure> {
        match self {
            Setter::InProcess(engine) => engine.page(page, model),
            Setter::Workers(workers) => workers.page(page, model).unwrap_or_else(|failure| {
                let place = format!("`report-templates/{}` and in what it includes", page.template);
                let (message, hint) = words(&failure, &workers.bounds, "make this page", &place);
                let found = Diagnostic::new(Rule::FailedReport, Place::File(FileName::new(path)), message).hint(hint);
                Err(Failure { diagnostics: vec![found], generated: None })
            }),
        }
    }
}

/// The failure of a document that gave no answer.
fn broken<M: Manuscript>(document: &str, manuscript: &M, (failure, bounds): (&worker::Failure, &Bounds)) -> Failure {
    let place = format!("`report-templates/{}/` and in what it includes", manuscript.folder());
    let (message, hint) = words(failure, bounds, "make this document", &place);
    let found = Diagnostic::new(Rule::FailedReport, Place::File(FileName::new(document)), message).hint(hint);
    Failure { diagnostics: vec![found], generated: None }
}

/// The message and the hint for work that gave no answer: `act` is the work, `place` is where its fault may lie.
fn words(failure: &worker::Failure, bounds: &Bounds, act: &str, place: &str) -> (String, String) {
    match failure {
        worker::Failure::Start(error) => (
            format!("cannot start the process that makes documents: {error}"),
            "let the program have more processes and memory, or end other programs".to_owned(),
        ),
        worker::Failure::Time => (
            format!("expected to {act} within {} s of processor time, found that it takes more", bounds.time.as_secs_f32()),
            format!("look for a loop without an end in {place}; or raise the bound with `--document-seconds`"),
        ),
        worker::Failure::Patience => (
            format!(
                "expected to {act} within {} s, found that the process which does it stands still",
                bounds.patience().as_secs_f32()
            ),
            "run the program again when the machine has less other work".to_owned(),
        ),
        worker::Failure::Memory => (
            format!("expected to {act} within {} MB of memory, found that it takes more", bounds.memory >> 20),
            format!(
                "look for a text or a list that grows without an end in {place}; or raise the bound with `--document-memory`"
            ),
        ),
        worker::Failure::Depth => (
            format!("expected to {act}, found that something nests too deep"),
            format!("look for what lies within itself thousands of times in {place}"),
        ),
        worker::Failure::Broken => (
            format!("expected to {act}, found that the typesetter broke down"),
            format!("look at what was changed last in {place}"),
        ),
    }
}
