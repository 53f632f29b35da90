//! Workers that read files: whatever a file makes the reader do, the run goes on.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::archive::Contents;
use super::fault::{Fault, too_large};
use super::file;
use super::sheet::Sheet;
use super::text::Script;
use crate::diagnostic::{CauseKind, Rule};
use crate::sources::{BinaryFile, LARGEST_FILE};
use crate::spec::excerpt::Pattern;
use crate::worker::{self, Failure, Memory};

/// The hidden command that starts the program as such a worker; the bound of memory in bytes follows it.
pub const COMMAND: &str = "read-workbooks";

/// How long a worker keeps memory that it no longer uses: longer than it takes to get the next file.
const KEPT: Duration = Duration::from_secs(1);

/// What the reading of one file may take, and how much of all files is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time of the worker; where the system does not tell it, wall time.
    pub time: Duration,
    /// Wall time: the last resort against a worker that waits for something.
    pub patience: Duration,
    /// Address space of the worker, in bytes; enforced only on Unix.
    pub memory: u64,
    /// The file itself, in bytes.
    pub file: u64,
    /// What the worker hands back of the file, in bytes.
    pub answer: u64,
    /// What is kept of all files together, in bytes.
    pub inputs: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(20),
            patience: Duration::from_secs(600),
            memory: 1 << 30,
            file: LARGEST_FILE,
            answer: 256 << 20,
            inputs: 4 << 30,
        }
    }
}

/// Workers that wait for files: as many as files have ever been read at once.
pub struct Workers {
    workers: Box<worker::Workers>,
    bounds: Bounds,
    /// The system's error, when a worker could not be started.
    refused: OnceLock<std::io::Error>,
}

#[derive(Serialize, Deserialize)]
enum Task {
    Sheets,
    Contents,
}

/// The head of a request; the bytes of the file follow.
#[derive(Serialize, Deserialize)]
struct Request<'a> {
    task: Task,
    name: &'a str,
    encoding: &'a str,
    #[serde(borrow)]
    headers: Vec<&'a str>,
    /// Patterns of headers that no dataset needs, folded.
    #[serde(borrow)]
    ignored: Vec<&'a str>,
    most: u64,
}

/// A fault as it is sent back.
#[derive(Serialize, Deserialize)]
struct Refusal<'a> {
    rule: Rule,
    message: &'a str,
    hint: &'a str,
    cause: CauseKind,
    line: Option<u32>,
}

impl Workers {
    /// Workers of `program`, which is this very program. None is started before there is a file to read.
    pub fn new(program: PathBuf, bounds: Bounds) -> Self {
        let Bounds { time, patience, memory, answer, .. } = bounds;
        let workers = worker::Workers::new(program, COMMAND, worker::Bounds { time, patience, memory, answer }).keeping(KEPT);
        Self { workers: Box::new(workers), bounds, refused: OnceLock::new() }
    }

    /// The same workers, which give answers of before again.
    pub fn remembering(self, memory: Option<Arc<dyn Memory>>) -> Self {
        Self { workers: Box::new(self.workers.remembering(memory)), ..self }
    }

    /// The system's error, when a worker could not be started: then files that may be fine are lacking.
    pub(super) fn refused(&self) -> Option<&std::io::Error> {
        self.refused.get()
    }

    /// The bounds on reading.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(super) fn sheets(&self, file: &BinaryFile, script: &Script) -> Result<Vec<Sheet>, Fault> {
        // In an order of their own, so that the same question is asked in every run.
        let headers: BTreeSet<_> = script.headers.iter().map(String::as_str).collect();
        let headers = headers.into_iter().collect();
        let ignored = script.ignored.iter().map(Pattern::text).collect();
        let answer = self.ask(Task::Sheets, file, script.encoding, (headers, ignored))?;
        understood(&answer)
    }

    pub(super) fn contents(&self, file: &BinaryFile, encoding: &'static Encoding) -> Result<Contents, Fault> {
        let answer = self.ask(Task::Contents, file, encoding, (Vec::new(), Vec::new()))?;
        understood(&answer)
    }

    /// Lets a worker read a file, and gives its answer.
    fn ask(
        &self,
        task: Task,
        file: &BinaryFile,
        encoding: &'static Encoding,
        (headers, ignored): (Vec<&str>, Vec<&str>),
    ) -> Result<Vec<u8>, Fault> {
        let size = file.bytes.len() as u64;
        if size > self.bounds.file {
            return Err(too_large(size, self.bounds.file));
        }
        let (name, encoding) = (file.name.as_str(), encoding.name());
        let request = Request { task, name, encoding, headers, ignored, most: self.bounds.answer };
        // What a file holds follows from its bytes alone.
        let answer = self.workers.ask_or_recall("", (&request, &file.bytes, 0), |_| true);
        answer.map(|(answer, _)| answer).map_err(|failure| self.fault(failure))
    }

    /// The fault of a file that gave no answer.
    fn fault(&self, failure: Failure) -> Fault {
        match failure {
            Failure::Start(error) => {
                let _ = self.refused.set(error);
                Fault::broken()
            }
            Failure::Time => Fault::bound(format!(
                "expected to read this within {} s of processor time, found that it takes more",
                self.bounds.time.as_secs_f32()
            )),
            Failure::Patience => Fault::bound(format!(
                "expected to read this within {} s, found that the process which reads it stands still",
                self.bounds.patience.as_secs_f32()
            )),
            Failure::Memory => {
                let megabytes = self.bounds.memory >> 20;
                Fault::bound(format!("expected to read this within {megabytes} MB of memory, found that it takes more"))
            }
            Failure::Depth | Failure::Broken => Fault::broken(),
        }
    }
}

/// The contents of an answer.
fn understood<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, Fault> {
    let answer: Result<T, Refusal<'_>> = postcard::from_bytes(answer).map_err(|_| Fault::broken())?;
    answer.map_err(|refusal| Fault {
        rule: refusal.rule,
        message: refusal.message.to_owned(),
        hint: refusal.hint.to_owned(),
        cause: refusal.cause,
        line: refusal.line,
    })
}

/// Works as a worker: reads files from `input` and writes answers to `output` until no more come.
///
/// # Errors
/// When the other side is gone, or sends something that makes no sense.
pub fn serve(memory: u64, input: impl Read, output: impl Write) -> std::io::Result<()> {
    worker::serve(memory, input, output, |_| Ok(|head: &[u8], bytes: Vec<u8>| read(head, &bytes)))
}

/// The answer to a request.
fn read(head: &[u8], bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let request: Request<'_> = postcard::from_bytes(head).map_err(|_| nonsense())?;
    let encoding = Encoding::for_label(request.encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    match request.task {
        Task::Sheets => {
            let headers = Arc::new(request.headers.iter().map(|&header| header.to_owned()).collect());
            let ignored = request.ignored.iter().map(|&pattern| Pattern::folded(pattern.to_owned())).collect();
            let script = Script { encoding, headers, ignored };
            answer(&file::sheets(request.name, bytes, &script), request.most)
        }
        Task::Contents => answer(&file::contents(bytes, encoding), request.most),
    }
}

/// The error when a request makes no sense.
fn nonsense() -> std::io::Error {
    std::io::ErrorKind::InvalidData.into()
}

fn answer<T: Serialize>(outcome: &Result<T, Fault>, most: u64) -> std::io::Result<Vec<u8>> {
    let encode = |outcome: Result<&T, &Fault>| {
        let outcome = outcome.map_err(|fault| Refusal {
            rule: fault.rule,
            message: &fault.message,
            hint: &fault.hint,
            cause: fault.cause,
            line: fault.line,
        });
        postcard::to_allocvec(&outcome).map_err(|_| nonsense())
    };
    let answer = encode(outcome.as_ref())?;
    if answer.len() as u64 <= most {
        return Ok(answer);
    }
    let fault = Fault::bound(format!("expected at most {} MB of cells, found {} MB", most >> 20, answer.len() >> 20));
    encode(Err(&fault))
}
