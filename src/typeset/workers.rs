//! Workers that set documents: whatever a template makes the typesetter do, the run goes on.
//!
//! The kit of a worker holds what the typesetter is made of; a request holds the model of one document.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::engine::{Document, Draft, Engine, Failure, Generated, Page, Written, model};
use super::kit::Kit;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Severity, Span};
use crate::digest::sha256;
use crate::language::{Language, LanguageCode};
use crate::report::model::Manuscript;
use crate::sources::{BinaryFile, TextFile};
use crate::threads::alone;
use crate::worker::{self, Block, Memory};

/// The hidden command that starts the program as such a worker; the bound of memory in bytes follows it.
pub const COMMAND: &str = "set-documents";

/// What the making of one document may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time of the worker; where the system does not tell it, wall time.
    pub time: Duration,
    /// Address space of the worker, in bytes; enforced only on Unix.
    pub memory: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(300), memory: 4 << 30 }
    }
}

impl Bounds {
    /// The bound on wall time: on a busy machine, a second of processor time may take many seconds.
    pub fn patience(&self) -> Duration {
        (self.time * 30).max(Duration::from_secs(600))
    }
}

/// How many times as much memory a document takes while it is set as what is written of it.
const TIMES: u64 = 150;

/// The largest document, in bytes.
const LARGEST_ANSWER: u64 = 1 << 30;

/// The kit as it is sent to a worker.
fn packed(kit: Kit<'_>) -> Vec<u8> {
    let signs: BTreeSet<char> = kit.texts.iter().flat_map(|text| text.chars()).collect();
    let templates: Vec<_> = kit.templates.iter().map(|(path, file)| (path, &file.name, &file.text)).collect();
    let assets: Vec<_> = kit.assets.iter().map(|file| (&file.name, Block(file.bytes.clone()))).collect();
    let packed = (kit.languages, templates, kit.folders, assets, signs.into_iter().collect::<String>());
    postcard::to_allocvec(&packed).expect("templates are plain data")
}

/// A kit as a worker receives it.
#[derive(Deserialize)]
struct Unpacked {
    languages: BTreeMap<LanguageCode, Language>,
    templates: Vec<(String, FileName, String)>,
    folders: BTreeSet<String>,
    assets: Vec<(FileName, Block)>,
    /// The signs of all texts, each once.
    signs: String,
}

/// A request to a worker.
#[derive(Serialize, Deserialize)]
enum Request<'a> {
    /// Asks for the faults of the kit.
    Check,
    /// Asks for what would be set of a document; the body is its model.
    Write {
        #[serde(borrow)]
        draft: Draft<'a>,
    },
    /// Asks for the fixed words of a language.
    Labels { language: &'a str },
    /// Asks for the document; the first bytes of the body, as many as told, are what is written of it, and the rest is its table.
    Set {
        #[serde(borrow)]
        draft: Draft<'a>,
        written: u64,
    },
    /// Asks for a page; the body is its model.
    Page {
        #[serde(borrow)]
        page: Page<'a>,
    },
}

/// A finding as it is sent.
#[derive(Serialize, Deserialize)]
struct Finding {
    rule: Rule,
    severity: Severity,
    file: FileName,
    /// Line and column.
    span: Option<(u32, u32)>,
    message: String,
    hint: Option<String>,
}

/// What became of a document: its pages and its bytes; or the findings, and the text that was set.
type Outcome = Result<(u64, Block), (Vec<Finding>, Option<String>)>;

/// What was asked for, such as what would be set of a document or the text of a page; or the findings.
type Asked<T> = Result<T, Vec<Finding>>;

/// Workers that wait for documents.
pub struct Workers {
    workers: Box<worker::Workers>,
    /// A hash of the whole kit, from which pages follow.
    kit: String,
    /// A hash of fonts and pictures, from which a document follows beside what is written of it.
    assets: String,
    pub bounds: Bounds,
    made: AtomicUsize,
    recalled: AtomicUsize,
}

/// How many documents and pages were set, and how many are those of before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that were set.
    pub made: usize,
    /// Those of before.
    pub recalled: usize,
}

impl Workers {
    /// Workers of `program`, which is this very program; none is started before there is a request.
    pub fn new(program: PathBuf, bounds: Bounds, kit: Kit<'_>) -> Self {
        let Bounds { time, memory } = bounds;
        let of_one = worker::Bounds { time, patience: bounds.patience(), memory, answer: LARGEST_ANSWER };
        let assets: String = kit.assets.iter().map(|file| format!("{} {}\n", sha256(&file.bytes), file.name)).collect();
        let packed = packed(kit);
        let (kit, assets) = (sha256(&packed), sha256(assets.as_bytes()));
        let workers = Box::new(worker::Workers::new(program, COMMAND, of_one).with_kit(packed));
        Self { workers, kit, assets, bounds, made: AtomicUsize::new(0), recalled: AtomicUsize::new(0) }
    }

    /// The same workers, which give answers of before again.
    pub fn remembering(self, memory: Option<Arc<dyn Memory>>) -> Self {
        Self { workers: Box::new(self.workers.remembering(memory)), ..self }
    }

    /// How many documents and pages were set, and how many are those of before.
    pub fn tally(&self) -> Tally {
        Tally { made: self.made.load(Ordering::Relaxed), recalled: self.recalled.load(Ordering::Relaxed) }
    }

    /// An answer to a request that follows from `ground`, an outcome whose success begins with a zero. `takes` is about how much memory the work takes.
    fn ask(&self, ground: &str, (request, body, takes): (&Request<'_>, &[u8], u64)) -> Result<Vec<u8>, worker::Failure> {
        let (answer, is_recalled) =
            self.workers.ask_or_recall(ground, (request, body, takes), |answer| answer.starts_with(&[0]))?;
        let count = if is_recalled { &self.recalled } else { &self.made };
        count.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    /// The faults of the kit.
    pub fn check(&self) -> Result<Vec<Diagnostic>, worker::Failure> {
        let (answer, _) = self.workers.ask_or_recall(&self.kit, (&Request::Check, &[], 0), |_| true)?;
        let findings: Vec<Finding> = understood(&answer)?;
        Ok(findings.into_iter().map(Finding::diagnostic).collect())
    }

    /// Lets a worker write what would be set of a document.
    pub fn generated<M: Manuscript>(&self, manuscript: &M, date: Date) -> Result<Result<Generated, Failure>, worker::Failure> {
        let written = self.write(&Draft::new(manuscript, date), manuscript)?;
        Ok(written.map(|written| written.generated))
    }

    fn write<M: Manuscript>(&self, draft: &Draft<'_>, manuscript: &M) -> Result<Result<Written, Failure>, worker::Failure> {
        let answer = self.workers.ask(&Request::Write { draft: *draft }, model(manuscript).as_bytes())?;
        let outcome: Asked<Written> = understood(&answer)?;
        Ok(outcome.map_err(failure))
    }

    /// The fixed words of a language as its documents say them, as JSON.
    pub fn labels(&self, language: &LanguageCode) -> Result<String, worker::Failure> {
        understood(&self.workers.ask(&Request::Labels { language: language.as_str() }, &[])?)
    }

    /// Lets a worker fill in a page.
    pub fn page(&self, page: &Page<'_>, model: &str) -> Result<Result<String, Failure>, worker::Failure> {
        let answer = self.ask(&self.kit, (&Request::Page { page: *page }, model.as_bytes(), 0))?;
        let outcome: Asked<String> = understood(&answer)?;
        Ok(outcome.map_err(failure))
    }

    /// Lets a worker set a document, unless one was set before of which all was the same that is set.
    pub fn set<M: Manuscript>(
        &self,
        manuscript: &M,
        csv: &str,
        date: Date,
    ) -> Result<Result<Document, Failure>, worker::Failure> {
        let draft = Draft::new(manuscript, date);
        let written = match self.write(&draft, manuscript)? {
            Ok(written) => written,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut body = postcard::to_allocvec(&written).expect("texts are plain data");
        let written = body.len() as u64;
        body.extend_from_slice(csv.as_bytes());
        let answer = self.ask(&self.assets, (&Request::Set { draft, written }, &body, written * TIMES))?;
        let outcome: Outcome = understood(&answer)?;
        Ok(match outcome {
            Ok((pages, bytes)) => Ok(Document { bytes: bytes.0, pages: pages as usize }),
            Err((findings, generated)) => {
                Err(Failure { diagnostics: findings.into_iter().map(Finding::diagnostic).collect(), generated })
            }
        })
    }
}

/// A failure that is told by findings alone.
fn failure(findings: Vec<Finding>) -> Failure {
    Failure { diagnostics: findings.into_iter().map(Finding::diagnostic).collect(), generated: None }
}

/// The contents of an answer.
fn understood<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, worker::Failure> {
    postcard::from_bytes(answer).map_err(|_| worker::Failure::Broken)
}

/// Works as a worker: takes a kit from `input`, then documents, and writes answers to `output` until no more come.
///
/// # Errors
/// When the other side is gone, or sends something that makes no sense.
pub fn serve(memory: u64, input: impl Read + Send, output: impl Write + Send) -> io::Result<()> {
    let serve = || {
        worker::serve(memory, input, output, |kit| {
            let bench = Bench::new(&kit)?;
            Ok(move |head: &[u8], body: Vec<u8>| bench.answer(head, &body))
        })
    };
    alone(serve)
}

/// What a worker makes of its kit.
struct Bench {
    engine: Engine,
    languages: BTreeMap<LanguageCode, Language>,
    templates: BTreeMap<String, TextFile>,
    folders: BTreeSet<String>,
    assets: Vec<BinaryFile>,
    signs: String,
}

impl Bench {
    fn new(kit: &[u8]) -> io::Result<Self> {
        let Unpacked { languages, templates, folders, assets, signs } = postcard::from_bytes(kit).map_err(|_| nonsense())?;
        let templates = templates.into_iter().map(|(path, name, text)| (path, TextFile { name, text })).collect();
        let assets: Vec<BinaryFile> = assets.into_iter().map(|(name, Block(bytes))| BinaryFile { name, bytes }).collect();
        let engine = Engine::new(&languages, &templates, &assets);
        Ok(Self { engine, languages, templates, folders, assets, signs })
    }

    fn answer(&self, head: &[u8], body: &[u8]) -> io::Result<Vec<u8>> {
        let request: Request<'_> = postcard::from_bytes(head).map_err(|_| nonsense())?;
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| nonsense());
        let answer = match request {
            Request::Check => postcard::to_allocvec(&self.check()),
            Request::Write { draft } => postcard::to_allocvec(&asked(self.engine.written(&draft, text(body)?))),
            Request::Labels { language } => postcard::to_allocvec(self.engine.labels(&LanguageCode::new(language))),
            Request::Page { page } => postcard::to_allocvec(&asked(self.engine.page(&page, text(body)?))),
            Request::Set { draft, written } => {
                let (written, csv) = body.split_at_checked(written as usize).ok_or_else(nonsense)?;
                let written: Written = postcard::from_bytes(written).map_err(|_| nonsense())?;
                postcard::to_allocvec(&self.set(&draft, &written, text(csv)?))
            }
        };
        answer.map_err(|_| nonsense())
    }

    fn check(&self) -> Vec<Finding> {
        let Self { languages, templates, folders, assets, .. } = self;
        let mut found = Vec::new();
        Kit { languages, templates, folders, assets, texts: &[&self.signs] }.check(&self.engine, &mut found);
        found.iter().map(Finding::of).collect()
    }

    fn set(&self, draft: &Draft<'_>, written: &Written, csv: &str) -> Outcome {
        match self.engine.set(draft, written, csv) {
            Ok(document) => Ok((document.pages as u64, Block(document.bytes))),
            Err(Failure { diagnostics, generated }) => Err((diagnostics.iter().map(Finding::of).collect(), generated)),
        }
    }
}

/// An outcome as it is sent.
fn asked<T>(outcome: Result<T, Failure>) -> Asked<T> {
    outcome.map_err(|failure| failure.diagnostics.iter().map(Finding::of).collect())
}

/// The error when a request makes no sense.
fn nonsense() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

impl Finding {
    fn of(found: &Diagnostic) -> Self {
        let (file, span) = match &found.place {
            Place::File(file) | Place::Cell { file, .. } => (file, None),
            Place::Text { file, span } => (file, Some((span.line, span.column))),
        };
        Self {
            rule: found.rule,
            severity: found.severity,
            file: file.clone(),
            span,
            message: found.message.clone(),
            hint: found.hint.as_deref().map(str::to_owned),
        }
    }

    fn diagnostic(self) -> Diagnostic {
        let place = match self.span {
            Some((line, column)) => Place::Text { file: self.file, span: Span { line, column } },
            None => Place::File(self.file),
        };
        let mut found = Diagnostic::new(self.rule, place, self.message).maybe_hint(self.hint);
        found.severity = self.severity;
        found
    }
}
