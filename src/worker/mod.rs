//! Worker processes of this very program: work that may panic, loop or fill the memory is done by one of them, and the run goes on.
//!
//! A worker is the program itself under another command. It gets its kit once, what all of its work needs; then it takes one
//! request after the other from its input and gives the answer to its output. The side that waits for the answer looks how much
//! processor time the worker takes, so that a machine with other work answers the same as an idle one; the system keeps the worker
//! to its memory. What requests and answers mean is known to the rooms that ask and to those that serve.

mod bounds;
mod frame;

mod process;
mod serve;

use std::path::PathBuf;
use std::sync::Mutex;

use serde::Serialize;

pub use bounds::{Bounds, Failure};
use process::{Keeper, Worker};
pub use serve::serve;

/// Workers of one kind. There are as many as were asked at once.
pub struct Workers {
    program: PathBuf,
    command: &'static str,
    kit: Vec<u8>,
    bounds: Bounds,
    keeper: Mutex<Option<Keeper>>,
    idle: Mutex<Vec<Worker>>,
}

impl Workers {
    /// Workers of `program`, which is this very program, under a `command` that [`serve`]s; none is started before there is work.
    pub fn new(program: PathBuf, command: &'static str, bounds: Bounds) -> Self {
        Self { program, command, kit: Vec::new(), bounds, keeper: Mutex::default(), idle: Mutex::default() }
    }

    /// The same, each with what all of its work needs. It is sent once, and what a worker makes of it is not counted as work.
    pub fn with_kit(self, kit: Vec<u8>) -> Self {
        Self { kit, ..self }
    }

    /// What the work may take.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Has a worker answer a request. One that fails is ended, and the next request gets a new one.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn ask(&self, head: &impl Serialize, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let head = postcard::to_allocvec(head).map_err(|_| Failure::Broken)?;
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut worker = idle.map_or_else(|| self.start(), Ok)?;
        let answer = worker.exchange(&[&head, body], &self.bounds)?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(worker);
        }
        Ok(answer)
    }

    /// A new worker that has its kit.
    fn start(&self) -> Result<Worker, Failure> {
        let started = {
            let mut keeper = self.keeper.lock().map_err(|_| Failure::Broken)?;
            let keeper = match &mut *keeper {
                Some(keeper) => keeper,
                none => none.insert(Keeper::new().map_err(Failure::Start)?),
            };
            keeper.start(&self.program, self.command, self.bounds.memory)
        };
        let mut worker = started.map_err(Failure::Start)?;
        let whole = Bounds { time: self.bounds.patience, ..self.bounds };
        worker.exchange(&[&self.kit], &whole)?;
        Ok(worker)
    }
}
