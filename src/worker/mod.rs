//! Worker processes of this very program: they do the work that may panic, loop or fill the memory, so that the run goes on.
//!
//! A worker is the program itself, started with another command. It gets its kit once, with what all of its work needs; then it reads one
//! request after the other from its input and writes the answers to its output. The waiting side watches how much processor time the worker
//! takes, so that a busy machine gives the same answers as an idle one; the system bounds its memory. What requests and answers mean is up
//! to the rooms that ask and serve.

mod bounds;
mod frame;
mod memory;

mod process;
mod serve;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use serde::Serialize;

pub use bounds::{Bounds, Failure};
pub use frame::Block;
pub use memory::{Memory, Recollection};
use process::{Keeper, Worker};
pub use serve::serve;

/// Workers of one kind: as many as have been asked at once, or as the system lets start.
pub struct Workers {
    program: PathBuf,
    command: &'static str,
    kit: Vec<u8>,
    /// Answers of before; `None` where nothing is remembered.
    recollection: Option<Recollection>,
    bounds: Bounds,
    /// How long a worker keeps memory that it no longer uses.
    keeps: Duration,
    keeper: Mutex<Option<Keeper>>,
    pool: Mutex<Pool>,
    /// Notified whenever a worker becomes idle or is gone.
    changed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Worker>,
    /// How many workers are idle, at work, or about to start; one that has grown and the one that takes its place count as one.
    alive: usize,
}

impl Workers {
    /// Workers of `program`, which is this very program, started with a `command` that [`serve`]s. None is started before there is work.
    pub fn new(program: PathBuf, command: &'static str, bounds: Bounds) -> Self {
        let (kit, keeps) = (Vec::new(), Duration::ZERO);
        let (keeper, pool) = (Mutex::default(), Mutex::default());
        Self { program, command, kit, recollection: None, bounds, keeps, keeper, pool, changed: Condvar::new() }
    }

    /// The same workers, which keep memory that they no longer use for so long. Otherwise they give it back at once: so they take some
    /// 30 MB less, but more time where much is taken again and again.
    pub fn keeping(self, keeps: Duration) -> Self {
        Self { keeps, ..self }
    }

    /// The same workers, with a kit for all of their work. It is sent once, and loading it does not count as work.
    pub fn with_kit(self, kit: Vec<u8>) -> Self {
        Self { kit, ..self }
    }

    /// The same workers, which give answers of before again.
    pub fn remembering(self, memory: Option<Arc<dyn Memory>>) -> Self {
        let recollection = memory.and_then(|memory| Recollection::new(memory, &self.program, self.command));
        Self { recollection, ..self }
    }

    /// What the work may take.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Lets a worker answer a request. A worker that fails is ended, and the next request gets a new one; so does the request after a large
    /// piece of work, of which a worker keeps much memory.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn ask(&self, head: &impl Serialize, body: &[u8]) -> Result<Vec<u8>, Failure> {
        self.exchange(&packed(head), body, 0)
    }

    /// The same, or the answer of before to the same request, and whether it is one. `ground` is what the answer follows from beside the
    /// request: the kit, or the part of it that counts. An answer of before is only kept when it `is_good`. `takes` is about how much memory the work
    /// takes, in bytes, where it is much: for that, too, a worker that keeps some gives way to a new one.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn ask_or_recall(
        &self,
        ground: &str,
        (head, body, takes): (&impl Serialize, &[u8], u64),
        is_good: impl FnOnce(&[u8]) -> bool,
    ) -> Result<(Vec<u8>, bool), Failure> {
        let head = packed(head);
        let known = self.recollection.as_ref().map(|recollection| (recollection, recollection.key(ground, &head, body)));
        if let Some(answer) = known.as_ref().and_then(|(recollection, key)| recollection.recall(key)) {
            return Ok((answer, true));
        }
        let answer = self.exchange(&head, body, takes)?;
        if let Some((recollection, key)) = known.filter(|_| is_good(&answer)) {
            recollection.keep(&key, &answer);
        }
        Ok((answer, false))
    }

    fn exchange(&self, head: &[u8], body: &[u8], takes: u64) -> Result<Vec<u8>, Failure> {
        let mut worker = self.take(takes)?;
        let answer = worker.exchange(&[head, body], &self.bounds);
        self.put_back(answer.is_ok().then_some(worker));
        answer
    }

    /// An idle worker for work that takes about so many bytes of memory, or a new one in its place where it keeps too much for that. Where none can be
    /// started, takes any that is idle or will be; there is none to be had where all have ended.
    fn take(&self, takes: u64) -> Result<Worker, Failure> {
        let mut is_refused = false;
        let mut pool = self.pool();
        loop {
            let idle = pool.idle.pop();
            if idle.is_none() {
                pool.alive += 1;
            }
            drop(pool);
            match idle {
                Some(worker) if is_refused || worker.may_take(takes) => return Ok(worker),
                // It ends before another one starts, so that the two never take memory at once.
                grown_or_none => drop(grown_or_none),
            }
            let failure = match self.start() {
                Ok(worker) => return Ok(worker),
                Err(failure) => failure,
            };
            is_refused = true;
            self.put_back(None);
            pool = self.pool();
            if !matches!(failure, Failure::Start(_)) || pool.alive == 0 {
                return Err(failure);
            }
            let are_all_at_work = |pool: &mut Pool| pool.idle.is_empty() && pool.alive > 0;
            pool = self.changed.wait_while(pool, are_all_at_work).expect("no thread panics while it holds the lock");
        }
    }

    /// Notes that a worker is idle, or gone.
    fn put_back(&self, worker: Option<Worker>) {
        let mut pool = self.pool();
        match worker {
            Some(worker) => pool.idle.push(worker),
            None => pool.alive -= 1,
        }
        drop(pool);
        self.changed.notify_one();
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().expect("no thread panics while it holds the lock")
    }

    /// Starts a worker and gives it its kit.
    fn start(&self) -> Result<Worker, Failure> {
        let mut worker = self.spawn().map_err(Failure::Start)?;
        let bounds = Bounds { time: self.bounds.patience, ..self.bounds };
        worker.exchange(&[&self.kit], &bounds)?;
        worker.mark_fresh();
        Ok(worker)
    }

    fn spawn(&self) -> std::io::Result<Worker> {
        let mut keeper = self.keeper.lock().expect("no thread panics while it holds the lock");
        let keeper = match &mut *keeper {
            Some(keeper) => keeper,
            none => none.insert(Keeper::new()?),
        };
        keeper.start(&self.program, self.command, self.bounds.memory, self.keeps)
    }
}

/// The head of a request as it is sent.
fn packed(head: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(head).expect("heads of requests are plain data")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds =
        Bounds { time: Duration::from_secs(10), patience: Duration::from_secs(60), memory: 1 << 30, answer: 1 << 20 };

    /// How a request to such a program ends.
    fn asked(program: &str) -> Failure {
        Workers::new(program.into(), "work", BOUNDS).ask(&(), b"a body").expect_err("there is no such worker")
    }

    #[test]
    fn a_program_that_is_not_there_starts_no_worker() {
        assert!(matches!(asked("/nowhere/at/all"), Failure::Start(_)));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_is_no_worker_has_no_answer() {
        assert!(matches!(asked("/bin/true"), Failure::Broken));
        assert!(matches!(asked("/bin/echo"), Failure::Broken));
    }
}
