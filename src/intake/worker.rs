//! Worker processes that read workbooks within bounds: what a file makes the reader do, the run goes on.
//!
//! A worker is the program itself under another command. It takes one file after the other from its input and gives the
//! answer to its output. The side that waits for the answer looks how much processor time the worker takes, so that a machine with
//! other work reads the same files as an idle one; the system keeps the worker to its memory.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::grid::{self, Contents, Fault, Script, Sheet};
use crate::diagnostic::{CauseKind, Rule};
use crate::process;
use crate::sources::{BinaryFile, LARGEST_FILE};

/// The hidden command under which the program is a worker; the bound of memory in bytes follows it.
pub const COMMAND: &str = "read-workbooks";

/// Stands before every message, so that a stray line of output is not taken for one.
const MARK: [u8; 8] = *b"esep-wb1";

/// What the reading of one file may take, and what is kept of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time of the worker; where the system does not tell it, wall time.
    pub time: Duration,
    /// Wall time: the last resort against a worker that waits for something.
    pub patience: Duration,
    /// Address space of the worker, in bytes; kept to on Unix only.
    pub memory: u64,
    /// The file itself, in bytes.
    pub file: u64,
    /// What is handed back of it, in bytes.
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

/// Workers that wait for files. There are as many as files were read at once.
pub struct Workers {
    program: PathBuf,
    bounds: Bounds,
    idle: Mutex<Vec<Worker>>,
    /// Why the system did not let one start.
    refused: OnceLock<std::io::Error>,
}

#[derive(Serialize, Deserialize)]
enum Task {
    Sheets,
    Contents,
}

/// What comes before the bytes of a file.
#[derive(Serialize, Deserialize)]
struct Request<'a> {
    task: Task,
    name: &'a str,
    encoding: &'a str,
    #[serde(borrow)]
    headers: Vec<&'a str>,
    size: u64,
    most: u64,
}

/// A fault on its way.
#[derive(Serialize, Deserialize)]
struct Refusal<'a> {
    /// Its place in the list of rules.
    rule: u8,
    message: &'a str,
    hint: &'a str,
    cause: CauseKind,
}

/// Why no answer came.
enum Failure {
    Start(std::io::Error),
    Time,
    Patience,
    Memory,
    Broken,
}

impl Workers {
    /// Workers of `program`, which is this very program; none is started before there is a file to read.
    pub fn new(program: PathBuf, bounds: Bounds) -> Self {
        Self { program, bounds, idle: Mutex::default(), refused: OnceLock::new() }
    }

    /// Why the system did not let a worker start: then what was read lacks files that nothing is wrong with.
    pub(super) fn refused(&self) -> Option<&std::io::Error> {
        self.refused.get()
    }

    /// What reading may take.
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(super) fn sheets(&self, file: &BinaryFile, script: &Script) -> Result<Vec<Sheet>, Fault> {
        let headers = script.headers.iter().map(String::as_str).collect();
        let answer = self.ask(Task::Sheets, file, script.encoding, headers)?;
        understood(&answer)
    }

    pub(super) fn contents(&self, file: &BinaryFile, encoding: &'static Encoding) -> Result<Contents, Fault> {
        let answer = self.ask(Task::Contents, file, encoding, Vec::new())?;
        understood(&answer)
    }

    /// Has a worker read a file. One that fails is ended, and the next file gets a new one.
    fn ask(&self, task: Task, file: &BinaryFile, encoding: &'static Encoding, headers: Vec<&str>) -> Result<Vec<u8>, Fault> {
        let size = file.bytes.len() as u64;
        if size > self.bounds.file {
            return Err(grid::too_large(size, self.bounds.file));
        }
        let (name, encoding) = (file.name.as_str(), encoding.name());
        let request = Request { task, name, encoding, headers, size, most: self.bounds.answer };
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let worker = idle.map_or_else(|| Worker::start(&self.program, &self.bounds).map_err(Failure::Start), Ok);
        let outcome = worker.and_then(|mut worker| {
            let answer = worker.exchange(&request, &file.bytes, &self.bounds)?;
            if let Ok(mut idle) = self.idle.lock() {
                idle.push(worker);
            }
            Ok(answer)
        });
        outcome.map_err(|failure| match failure {
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
            Failure::Broken => Fault::broken(),
        })
    }
}

/// A process that waits for files.
struct Worker {
    process: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Worker {
    fn start(program: &PathBuf, bounds: &Bounds) -> std::io::Result<Self> {
        let mut process = Command::new(program)
            .arg(COMMAND)
            .arg(bounds.memory.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            unreachable!("both were asked for");
        };
        Ok(Self { process, input: Some(input), output })
    }

    /// Sends a file and waits for the answer, no longer than is bound. After a failure the process is of no use.
    fn exchange(&mut self, request: &Request<'_>, bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Failure> {
        let Self { process, input, output } = self;
        let spent = Spent::from_now(process.id());
        let (done, waiting) = mpsc::channel::<()>();
        let (answer, exceeded) = thread::scope(|scope| {
            // The clock runs beside; when it ends the process, the pipes close and the exchange ends too.
            let clock = scope.spawn(move || {
                loop {
                    let exceeded = spent.exceeded(bounds);
                    if exceeded.is_some() {
                        let _ = process.kill();
                        return exceeded;
                    }
                    if waiting.recv_timeout(spent.pause(bounds)) != Err(mpsc::RecvTimeoutError::Timeout) {
                        // An answer that comes too late is none, however often the clock looks.
                        return spent.exceeded(bounds);
                    }
                }
            });
            let answer = send(input.as_mut(), request, bytes).and_then(|()| receive(output, bounds.answer));
            drop(done);
            (answer, clock.join().unwrap_or(Some(Failure::Broken)))
        });
        match (answer, exceeded) {
            (_, Some(failure)) => Err(failure),
            (Ok(answer), None) => Ok(answer),
            (Err(_), None) => Err(self.last_words()),
        }
    }

    /// Ends the process and tells why it failed.
    fn last_words(&mut self) -> Failure {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let mut words = Vec::new();
        if let Some(errors) = self.process.stderr.take() {
            // Nobody writes any more; what was written fits into the pipe.
            let _ = errors.take(1 << 16).read_to_end(&mut words);
        }
        if memchr::memmem::find(&words, b"memory allocation of").is_some() { Failure::Memory } else { Failure::Broken }
    }
}

/// What a file has taken.
struct Spent {
    process: u32,
    begun: Instant,
    /// The processor time of the process before; `None` where the system does not tell it.
    before: Option<Duration>,
}

impl Spent {
    fn from_now(process: u32) -> Self {
        Self { process, begun: Instant::now(), before: process::processor_time(&process.to_string()) }
    }

    fn processor_time(&self) -> Option<Duration> {
        process::processor_time(&self.process.to_string())
    }

    /// The bound that is exceeded.
    fn exceeded(&self, bounds: &Bounds) -> Option<Failure> {
        let wall = self.begun.elapsed();
        let processor = match self.before {
            // A process that has ended tells nothing more.
            Some(before) => self.processor_time().unwrap_or(before).saturating_sub(before),
            None => wall,
        };
        if processor > bounds.time {
            Some(Failure::Time)
        } else if wall > bounds.patience {
            Some(Failure::Patience)
        } else {
            None
        }
    }

    /// How long to wait before the clock looks again: no bound is exceeded earlier.
    fn pause(&self, bounds: &Bounds) -> Duration {
        const SHORTEST: Duration = Duration::from_millis(5);
        let left = match self.before {
            Some(before) => (before + bounds.time).saturating_sub(self.processor_time().unwrap_or(before)),
            None => bounds.time.saturating_sub(self.begun.elapsed()),
        };
        left.min(bounds.patience.saturating_sub(self.begun.elapsed())).max(SHORTEST)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Nothing of sense came back.
fn nonsense() -> std::io::Error {
    std::io::ErrorKind::InvalidData.into()
}

fn send(input: Option<&mut ChildStdin>, request: &Request<'_>, bytes: &[u8]) -> std::io::Result<()> {
    let input = input.ok_or_else(nonsense)?;
    let head = postcard::to_allocvec(request).map_err(|_| nonsense())?;
    input.write_all(&frame(head.len() as u64))?;
    input.write_all(&head)?;
    input.write_all(bytes)?;
    input.flush()
}

fn frame(length: u64) -> [u8; 16] {
    let mut frame = [0; 16];
    frame[..8].copy_from_slice(&MARK);
    frame[8..].copy_from_slice(&length.to_le_bytes());
    frame
}

/// A message of at most `most` bytes.
fn receive(source: &mut impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut head = [0; 16];
    source.read_exact(&mut head)?;
    let (mark, length) = head.split_at(8);
    let length = u64::from_le_bytes(length.try_into().map_err(|_| nonsense())?);
    if mark != MARK || length > most {
        return Err(nonsense());
    }
    let mut message = vec![0; usize::try_from(length).map_err(|_| nonsense())?];
    source.read_exact(&mut message)?;
    Ok(message)
}

/// The meaning of an answer.
fn understood<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, Fault> {
    let answer: Result<T, Refusal<'_>> = postcard::from_bytes(answer).map_err(|_| Fault::broken())?;
    answer.map_err(|refusal| Fault {
        rule: Rule::ALL.get(usize::from(refusal.rule)).copied().unwrap_or(Rule::NotASpreadsheet),
        message: refusal.message.to_owned(),
        hint: refusal.hint.to_owned(),
        cause: refusal.cause,
    })
}

/// The life of a worker: reads files from `input` and writes answers to `output` until there are no more.
///
/// # Errors
/// When the other side is gone or says what has no sense.
pub fn serve(memory: u64, mut input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    // A file that breaks the reader is reported to the other side, not to the terminal.
    std::panic::set_hook(Box::new(|_| {}));
    restrict(memory)?;
    loop {
        let head = match receive(&mut input, 1 << 24) {
            Ok(head) => head,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let request: Request<'_> = postcard::from_bytes(&head).map_err(|_| nonsense())?;
        let mut bytes = vec![0; usize::try_from(request.size).map_err(|_| nonsense())?];
        input.read_exact(&mut bytes)?;
        let encoding = Encoding::for_label(request.encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let answer = match request.task {
            Task::Sheets => {
                let script = Script { encoding, headers: request.headers.iter().map(|&header| header.to_owned()).collect() };
                answer(&grid::sheets(request.name, &bytes, &script), request.most)
            }
            Task::Contents => answer(&grid::contents(&bytes, encoding), request.most),
        }?;
        output.write_all(&frame(answer.len() as u64))?;
        output.write_all(&answer)?;
        output.flush()?;
    }
}

fn answer<T: Serialize>(outcome: &Result<T, Fault>, most: u64) -> std::io::Result<Vec<u8>> {
    let encode = |outcome: Result<&T, &Fault>| {
        let outcome = outcome.map_err(|fault| Refusal {
            rule: Rule::ALL.iter().position(|rule| *rule == fault.rule).unwrap_or_default() as u8,
            message: &fault.message,
            hint: &fault.hint,
            cause: fault.cause,
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

/// Keeps this process to so many bytes of address space, and from leaving a copy of it on the disk when it breaks down.
#[cfg(unix)]
fn restrict(memory: u64) -> std::io::Result<()> {
    use rlimit::Resource;
    let (_, hardest) = Resource::AS.get()?;
    let memory = memory.min(hardest);
    // Some systems have no such bound; the bound of time remains.
    let _ = Resource::AS.set(memory, memory);
    let _ = Resource::CORE.set(0, 0);
    Ok(())
}

/// Keeps this process to so many bytes of address space, where the system can.
#[cfg(not(unix))]
fn restrict(_memory: u64) -> std::io::Result<()> {
    Ok(())
}
