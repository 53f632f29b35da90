//! What a run needs from the system: threads, processes that read workbooks and set documents, a folder to write in that it gives up when somebody
//! asks the program to end.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use esep::grid::{self, COMMAND, Reader, Workers};
use esep::process;
use esep::release::{self, Shelf};
use esep::typeset::{Bounds, Typesetter};

use super::arguments::Arguments;
use super::{Stop, say};

/// Runs a command. Libraries break down where the system refuses them a thread; that is told as what it is.
pub fn guarded(command: impl FnOnce() -> Result<(), Stop>) -> Result<(), Stop> {
    let refused: Arc<OnceLock<String>> = Arc::default();
    let (known, usual) = (Arc::clone(&refused), panic::take_hook());
    panic::set_hook(Box::new(move |breakdown| {
        if let Some(reason) = refusal(breakdown) {
            let _ = known.set(reason);
        } else if known.get().is_none() {
            usual(breakdown);
        }
    }));
    // What was being written is cleared away on the way here.
    let outcome = panic::catch_unwind(AssertUnwindSafe(command));
    outcome.unwrap_or_else(|breakdown| match refused.get() {
        Some(reason) => Err(no_threads(reason)),
        None => panic::resume_unwind(breakdown),
    })
}

/// What the system says, when a breakdown is that of a thread which it did not start: so says `std::thread::Scope::spawn`.
fn refusal(breakdown: &PanicHookInfo<'_>) -> Option<String> {
    let message = breakdown.payload().downcast_ref::<String>()?;
    let system = message.strip_prefix("failed to spawn thread: ")?;
    // `Os { …, message: "…" }`
    Some(system.split('"').nth(1).unwrap_or(system).to_owned())
}

/// What reads the workbooks: worker processes, so that no file can take the run down with it.
pub fn reader(arguments: &Arguments) -> Result<Reader, Stop> {
    let usual = grid::Bounds::default();
    let time = seconds(arguments.file_seconds).unwrap_or(usual.time);
    let bounds = grid::Bounds {
        time,
        // On a machine with much other work, a second of processor time may take many.
        patience: usual.patience.max(time * 30),
        memory: arguments.file_memory.map_or(usual.memory, |megabytes| megabytes.clamp(64, 1 << 20) << 20),
        inputs: arguments.inputs_memory.map_or(usual.inputs, |megabytes| megabytes.clamp(1, 1 << 30) << 20),
        ..usual
    };
    let threads = start_threads()?;
    // On a system that does not tell where the program lies, it reads the workbooks itself.
    let Some(program) = program() else { return Ok(Reader::InProcess) };
    start_workers(&program, threads, bounds.memory)?;
    Ok(Reader::Workers(Workers::new(program, bounds)))
}

/// Seconds of a command line as a time that can be waited.
fn seconds(given: Option<f32>) -> Option<Duration> {
    given.filter(|seconds| seconds.is_finite()).map(|seconds| Duration::from_secs_f32(seconds.clamp(0.1, 86_400.0)))
}

/// What sets the documents: worker processes, so that no template can take the run down with it.
pub fn typesetter(arguments: &Arguments) -> Typesetter {
    let usual = Bounds::default();
    let bounds = Bounds {
        time: seconds(arguments.document_seconds).unwrap_or(usual.time),
        memory: arguments.document_memory.map_or(usual.memory, |megabytes| megabytes.clamp(1, 1 << 20) << 20),
    };
    // On a system that does not tell where the program lies, it sets the documents itself.
    program().map_or(Typesetter::InProcess, |program| Typesetter::Workers { program, bounds })
}

/// How many documents are made at once.
pub fn jobs(chosen: Option<usize>) -> usize {
    chosen.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Where this very program lies. Linux keeps it under a name of its own, also when the file was replaced or removed meanwhile.
fn program() -> Option<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && running.exists() { Some(running.to_owned()) } else { std::env::current_exe().ok() }
}

/// Starts the threads that work in all stages; gives how many there are.
fn start_threads() -> Result<usize, Stop> {
    rayon::ThreadPoolBuilder::new().build_global().map_err(|error| no_threads(&error))?;
    Ok(rayon::current_num_threads())
}

fn no_threads(error: &dyn std::fmt::Display) -> Stop {
    Stop::CannotRun(format!("cannot start threads: {error}; let the program have more threads, or end other programs"))
}

/// Starts as many workers as read at once, with a thread for each and some open files besides, and ends them: what the system
/// refuses is told before anything is read.
fn start_workers(program: &Path, count: usize, memory: u64) -> Result<(), Stop> {
    let refused = |error| {
        Stop::CannotRun(format!(
            "cannot start the processes that read workbooks: {error}; let the program have more processes, threads and open files, \
             or end other programs"
        ))
    };
    let ended = try_workers(program, count, memory).map_err(refused)?;
    match ended.into_iter().find(|status| !status.success()) {
        None => Ok(()),
        Some(status) => Err(Stop::CannotRun(format!("the processes that read workbooks do not run: {status}"))),
    }
}

fn try_workers(program: &Path, count: usize, memory: u64) -> std::io::Result<Vec<ExitStatus>> {
    /// Folders that are walked through, files that are read and written.
    const MORE_FILES: usize = 24;
    let files = process::hold_open(program, MORE_FILES)?;
    let (keep, over) = mpsc::channel::<()>();
    let over = Arc::new(Mutex::new(over));
    let (mut threads, mut workers) = (Vec::new(), Vec::new());
    let mut thread = || {
        let over = Arc::clone(&over);
        std::thread::Builder::new().spawn(move || over.lock().map(|over| over.recv()).is_ok()).map(|thread| threads.push(thread))
    };
    // One more keeps the workers.
    let started = thread().and_then(|()| {
        (0..count).try_for_each(|_| {
            thread()?;
            let mut command = Command::new(program);
            command.arg(COMMAND).arg(memory.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            workers.push(command.spawn()?);
            Ok(())
        })
    });
    drop((files, keep));
    threads.into_iter().for_each(|thread| drop(thread.join()));
    // With nothing to read they end on their own.
    let ended = workers.into_iter().map(|worker: Child| worker.wait_with_output().map(|output| output.status));
    let ended = ended.collect::<std::io::Result<Vec<ExitStatus>>>();
    started.and(ended)
}

/// A folder to write in, given up at once when somebody asks the program to end (SIGINT, SIGTERM).
#[cfg(unix)]
pub fn shelf(open: impl FnOnce() -> Result<Shelf, release::Error>) -> Result<Shelf, Stop> {
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::{flag, iterator::Signals, low_level::emulate_default_handler};

    let failed = |error: std::io::Error| Stop::CannotRun(format!("cannot wait for signals: {error}"));
    // Whoever asks twice does not want to wait: then the next run clears away what is left.
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_default(signal, Arc::clone(&asked)).map_err(failed)?;
        flag::register(signal, Arc::clone(&asked)).map_err(failed)?;
    }
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    let shelf = open()?;
    let stopper = shelf.stopper();
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            stopper.stop();
            say("esep: asked to end; what was being made is cleared away");
            // The shell sees that the program was ended, and by which signal.
            let _ = emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait).map_err(|error| no_threads(&error))?;
    Ok(shelf)
}

/// A folder to write in. What is left when the program is ended, the next run clears away.
#[cfg(not(unix))]
pub fn shelf(open: impl FnOnce() -> Result<Shelf, release::Error>) -> Result<Shelf, Stop> {
    Ok(open()?)
}
