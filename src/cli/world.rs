//! What a run needs from the system: threads, processes that read workbooks and set documents, and a folder to write in, which is given up
//! when somebody asks the program to end.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use esep::grid::{self, COMMAND, Reader, Workers};
use esep::process;
use esep::release::{self, Cache, Shelf};
use esep::typeset::{Bounds, Typesetter};
use esep::worker::{Memory, Recollection};

use super::arguments::Arguments;
use super::{Stop, say};

/// Runs a command. Where a library panics because the system refused it a thread, that is reported as such.
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
    // What was being written is cleared away while the panic unwinds.
    let outcome = panic::catch_unwind(AssertUnwindSafe(command));
    outcome.unwrap_or_else(|breakdown| match refused.get() {
        Some(reason) => Err(no_threads(reason)),
        None => panic::resume_unwind(breakdown),
    })
}

/// What the system said, when a panic comes from a thread that could not be started (as `std::thread::Scope::spawn` words it).
fn refusal(breakdown: &PanicHookInfo<'_>) -> Option<String> {
    let message = breakdown.payload().downcast_ref::<String>()?;
    let system = message.strip_prefix("failed to spawn thread: ")?;
    // `Os { …, message: "…" }`
    Some(system.split('"').nth(1).unwrap_or(system).to_owned())
}

/// Starts the program once more, in the place of this process, with an allocator that soon gives back what is no longer used. mimalloc takes its
/// settings from the environment when it starts; told nothing, it waits a second each time, and keeps some 30 MB more than all numbers take.
/// Comes back where it was told before, and where the system does not let the program start: the work is the same then, and takes more memory.
#[cfg(all(unix, feature = "mimalloc"))]
pub fn spare_memory() {
    use std::os::unix::process::CommandExt;
    use std::sync::atomic::AtomicBool;
    /// In milliseconds. Given back at once, it would take 2 % more processor time.
    const DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10");
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    if let (None, Some(name)) = (std::env::var_os(DELAY.0), arguments.next()) {
        let _ = Command::new(program).arg0(name).args(arguments).envs([DELAY]).exec();
        // For the program to be started, a broken pipe was made to end this process; going on, it is told of one again.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGPIPE, Arc::new(AtomicBool::new(false)));
    }
}

/// Other allocators, and other systems, keep what they keep.
#[cfg(not(all(unix, feature = "mimalloc")))]
pub fn spare_memory() {}

/// The reader of workbooks. It uses worker processes, so that no file can take the run down.
pub fn reader(arguments: &Arguments) -> Result<Reader, Stop> {
    let usual = grid::Bounds::default();
    let time = seconds(arguments.file_seconds).unwrap_or(usual.time);
    let bounds = grid::Bounds {
        time,
        // On a busy machine, a second of processor time may take many seconds.
        patience: usual.patience.max(time * 30),
        memory: arguments.file_memory.map_or(usual.memory, |megabytes| megabytes.clamp(64, 1 << 20) << 20),
        inputs: arguments.inputs_memory.map_or(usual.inputs, |megabytes| megabytes.clamp(1, 1 << 30) << 20),
        ..usual
    };
    let threads = start_threads()?;
    // Where the system does not tell where the program lies, this process reads the workbooks itself.
    let Some(program) = process::program() else { return Ok(Reader::InProcess) };
    start_workers(&program, threads, bounds.memory)?;
    Ok(Reader::Workers(Workers::new(program, bounds).remembering(memory(arguments)?)))
}

/// Seconds from the command line as a time within usable limits; `None` for what is no number.
fn seconds(given: Option<f32>) -> Option<Duration> {
    given.filter(|seconds| seconds.is_finite()).map(|seconds| Duration::from_secs_f32(seconds.clamp(0.1, 86_400.0)))
}

/// The setter of documents. It uses worker processes, so that no template can take the run down.
pub fn typesetter(arguments: &Arguments) -> Result<Typesetter, Stop> {
    let usual = Bounds::default();
    let bounds = Bounds {
        time: seconds(arguments.document_seconds).unwrap_or(usual.time),
        memory: arguments.document_memory.map_or(usual.memory, |megabytes| megabytes.clamp(1, 1 << 20) << 20),
    };
    // Where the system does not tell where the program lies, this process sets the documents itself.
    let memory = memory(arguments)?;
    Ok(process::program().map_or(Typesetter::InProcess, |program| Typesetter::Workers { program, bounds, memory }))
}

/// Where answers of workers are kept; `None` where nothing is to be kept.
pub fn memory(arguments: &Arguments) -> Result<Option<Arc<dyn Memory>>, Stop> {
    /// In MB.
    const USUAL: u64 = 2048;
    let most = arguments.cache_size.unwrap_or(USUAL);
    if most == 0 {
        return Ok(None);
    }
    let (project, most) = (&arguments.project, most.min(1 << 30) << 20);
    let usual = || Ok(Cache::open(project.join("private/cache"), most));
    Ok(Some(Arc::new(arguments.cache.as_ref().map_or_else(usual, |folder| Cache::chosen(folder, project, most))?)))
}

/// What was found to be withheld before; `None` where nothing is to be kept.
pub fn recollection(arguments: &Arguments) -> Result<Option<Recollection>, Stop> {
    let memory = memory(arguments)?;
    Ok(memory.zip(process::program()).and_then(|(memory, program)| Recollection::new(memory, &program, "withhold")))
}

/// How many documents are made at once.
pub fn jobs(chosen: Option<usize>) -> usize {
    chosen.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Starts the threads that are always there; returns how many there are.
fn start_threads() -> Result<usize, Stop> {
    rayon::ThreadPoolBuilder::new().build_global().map_err(|error| no_threads(&error))?;
    Ok(rayon::current_num_threads())
}

fn no_threads(error: &dyn std::fmt::Display) -> Stop {
    Stop::CannotRun(format!("cannot start threads: {error}; let the program have more threads, or end other programs"))
}

/// Tries whether the system allows as many workers as will read at once, with two threads for each and some open files: starts them and ends
/// them. So a refusal is reported before anything is read.
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
    /// Files that are open besides: folders that are walked through, files that are read and written.
    const MORE_FILES: usize = 24;
    let files = process::hold_open(program, MORE_FILES)?;
    let (keep, over) = mpsc::channel::<()>();
    let over = Arc::new(Mutex::new(over));
    let (mut threads, mut workers) = (Vec::new(), Vec::new());
    let mut thread = || {
        let over = Arc::clone(&over);
        std::thread::Builder::new().spawn(move || over.lock().map(|over| over.recv()).is_ok()).map(|thread| threads.push(thread))
    };
    // One more thread looks after the workers.
    let started = thread().and_then(|()| {
        (0..count).try_for_each(|_| {
            // One that waits for the worker, and one with a clock.
            thread()?;
            thread()?;
            let mut command = Command::new(program);
            command.arg(COMMAND).arg(memory.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            workers.push(command.spawn()?);
            Ok(())
        })
    });
    drop((files, keep));
    threads.into_iter().for_each(|thread| drop(thread.join()));
    // The workers end on their own when there is nothing to read.
    let ended = workers.into_iter().map(|worker: Child| worker.wait_with_output().map(|output| output.status));
    let ended = ended.collect::<std::io::Result<Vec<ExitStatus>>>();
    started.and(ended)
}

/// A folder to write in, which is given up at once when somebody asks the program to end (SIGINT, SIGTERM).
#[cfg(unix)]
pub fn shelf(open: impl FnOnce() -> Result<Shelf, release::Error>) -> Result<Shelf, Stop> {
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::{flag, iterator::Signals, low_level::emulate_default_handler};

    let failed = |error: std::io::Error| Stop::CannotRun(format!("cannot wait for signals: {error}"));
    // A second signal ends the program without waiting; the next run then clears away what is left.
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
            // The program ends by the signal itself, so that the shell sees which one it was.
            let _ = emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait).map_err(|error| no_threads(&error))?;
    Ok(shelf)
}

/// A folder to write in. What is left when the program is ended is cleared away by the next run.
#[cfg(not(unix))]
pub fn shelf(open: impl FnOnce() -> Result<Shelf, release::Error>) -> Result<Shelf, Stop> {
    Ok(open()?)
}
