//! One worker process: it is started, asked within bounds, and ended.

use std::io::{Error, Read, Result, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use super::bounds::{Bounds, Failure, Spent};
use super::frame::{receive, send};
use crate::process::{own_memory, processor_time};

/// Starts processes on a thread that lives as long as the keeper. On some systems a process that ends with its parent ends with the
/// parent's thread that started it.
pub struct Keeper {
    orders: SyncSender<Command>,
    started: Receiver<Result<Child>>,
}

impl Keeper {
    /// # Errors
    /// When the system refuses the thread.
    pub fn new() -> Result<Self> {
        let (orders, commands) = mpsc::sync_channel::<Command>(0);
        let (give, started) = mpsc::sync_channel(0);
        let start = move || {
            for mut command in commands {
                if give.send(command.spawn()).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("keeper".into()).spawn(start)?;
        Ok(Self { orders, started })
    }

    /// Starts a worker with a bound of memory in bytes. `keeps` is how long it keeps memory that it no longer uses.
    pub fn start(&self, program: &Path, command: &str, memory: u64, keeps: Duration) -> Result<Worker> {
        let mut order = Command::new(program);
        order
            .arg(command)
            .arg(memory.to_string())
            .env("MIMALLOC_ARENA_RESERVE", RESERVE)
            .env("MIMALLOC_PURGE_DELAY", keeps.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.orders.send(order).map_err(Error::other)?;
        let mut process = self.started.recv().map_err(Error::other)??;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            unreachable!("both were asked for");
        };
        Ok(Worker { process, input: Some(input), output, fresh: None })
    }
}

/// How much address space the allocator of a worker reserves at a time. Untold, it reserves more than the whole bound, and then not even the
/// stack can grow.
const RESERVE: &str = "32MiB";

/// A process that waits for work.
pub struct Worker {
    process: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    /// The memory that it had with its kit and without work, in bytes; `None` where the system does not tell.
    fresh: Option<u64>,
}

impl Worker {
    /// Sends messages and waits for the answer, within bounds. After a failure the process cannot be used again.
    pub fn exchange(&mut self, messages: &[&[u8]], bounds: &Bounds) -> std::result::Result<Vec<u8>, Failure> {
        let Self { process, input, output, .. } = self;
        let spent = Spent::from_now(process.id());
        let (done, waiting) = mpsc::channel::<()>();
        // The clock runs on a thread of its own. When it ends the process, the pipes close, and so the exchange ends too.
        let clock = move || {
            loop {
                let exceeded = spent.exceeded(bounds);
                if exceeded.is_some() {
                    let _ = process.kill();
                    return exceeded;
                }
                if waiting.recv_timeout(spent.pause(bounds)) != Err(RecvTimeoutError::Timeout) {
                    // An answer after the bound does not count, however seldom the clock looks.
                    return spent.exceeded(bounds);
                }
            }
        };
        let (answer, exceeded) = thread::scope(|scope| {
            let clock = thread::Builder::new().spawn_scoped(scope, clock).map_err(Failure::Start)?;
            let answer = send_all(input.as_mut(), messages).and_then(|()| receive(output, bounds.answer));
            drop(done);
            Ok((answer, clock.join().unwrap_or(Some(Failure::Broken))))
        })?;
        match (answer, exceeded) {
            (_, Some(failure)) => Err(failure),
            (Ok(answer), None) => Ok(answer),
            (Err(_), None) => Err(self.last_words()),
        }
    }

    /// Notes that it has its kit, and no work yet.
    pub fn mark_fresh(&mut self) {
        self.fresh = own_memory(self.process.id());
    }

    /// Whether it may take on work that takes about so many bytes of memory; otherwise a new one is better, since what this one keeps comes on top.
    pub fn may_take(&self, takes: u64) -> bool {
        let id = self.process.id();
        let keeps = self.fresh.zip(own_memory(id)).map(|(before, now)| now.saturating_sub(before));
        keeps.is_none_or(|keeps| is_little(keeps, takes, processor_time(id).unwrap_or_default()))
    }

    /// Ends the process and tells why it failed.
    fn last_words(&mut self) -> Failure {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let mut words = Vec::new();
        if let Some(errors) = self.process.stderr.take() {
            // The process no longer writes, and what it wrote fits into the pipe.
            let _ = errors.take(1 << 16).read_to_end(&mut words);
        }
        let has_said = |text: &str| memchr::memmem::find(&words, text.as_bytes()).is_some();
        match () {
            () if has_said("memory allocation of") => Failure::Memory,
            () if has_said("has overflowed its stack") => Failure::Depth,
            () => Failure::Broken,
        }
    }
}

/// Whether what a worker keeps, in bytes, is little beside work that takes about so many bytes. Where neither it has worked long nor the work is large,
/// it is: to start another worker takes time, too.
fn is_little(keeps: u64, takes: u64, worked: Duration) -> bool {
    /// What a worker may keep.
    const MUCH: u64 = 32_000_000;
    /// What it may keep and take together.
    const MOST: u64 = 96_000_000;
    /// What it may keep before any work.
    const LITTLE: u64 = 4_000_000;
    const LONG: Duration = Duration::from_secs(1);
    let may_keep = MOST.saturating_sub(takes).clamp(LITTLE, MUCH);
    keeps <= may_keep || may_keep == MUCH && worked < LONG
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn send_all(input: Option<&mut ChildStdin>, messages: &[&[u8]]) -> Result<()> {
    let input = input.ok_or_else(super::frame::nonsense)?;
    messages.iter().try_for_each(|message| send(input, message))?;
    input.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_keeps_less_before_large_work() {
        const MB: u64 = 1_000_000;
        let (short, long) = (Duration::from_millis(900), Duration::from_secs(1));
        assert!(is_little(32 * MB, 0, long) && !is_little(33 * MB, 0, long));
        assert!(is_little(33 * MB, 64 * MB, short), "it has hardly begun, and the work is no larger than others");
        assert!(is_little(6 * MB, 90 * MB, short) && !is_little(7 * MB, 90 * MB, short));
        assert!(is_little(4 * MB, 900 * MB, long), "a new one would not be smaller");
    }
}
