//! What one piece of work may take, and why there may be no answer.

use std::time::{Duration, Instant};

use crate::process;

/// What one piece of work may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time of the worker; where the system does not tell it, wall time.
    pub time: Duration,
    /// Wall time: the last resort against a worker that waits for something.
    pub patience: Duration,
    /// Address space of the worker, in bytes; enforced only on Unix.
    pub memory: u64,
    /// The size of the answer, in bytes.
    pub answer: u64,
}

/// Why no answer came.
#[derive(Debug)]
pub enum Failure {
    /// The system did not start a process, or the thread that watches over it.
    Start(std::io::Error),
    /// The work took too much processor time.
    Time,
    /// The worker waited for something and did not go on.
    Patience,
    /// The work took too much memory.
    Memory,
    /// The data nest deeper than the worker can follow.
    Depth,
    /// The worker broke down.
    Broken,
}

/// What a piece of work has taken so far.
pub struct Spent {
    process: u32,
    begun: Instant,
    /// The processor time that the process had taken when the work began; `None` where the system does not tell.
    before: Option<Duration>,
}

impl Spent {
    /// Counts from now on what a process takes.
    pub fn from_now(process: u32) -> Self {
        Self { process, begun: Instant::now(), before: process::processor_time(process) }
    }

    fn processor_time(&self) -> Option<Duration> {
        process::processor_time(self.process)
    }

    /// The bound that has been exceeded; `None` when none has.
    pub fn exceeded(&self, bounds: &Bounds) -> Option<Failure> {
        let wall = self.begun.elapsed();
        let processor = match self.before {
            // A process that has ended tells nothing more, so it counts as if it had taken nothing.
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

    /// How long the clock may wait before it looks again: no bound can be exceeded earlier.
    pub fn pause(&self, bounds: &Bounds) -> Duration {
        const SHORTEST: Duration = Duration::from_millis(5);
        let left = match self.before {
            Some(before) => (before + bounds.time).saturating_sub(self.processor_time().unwrap_or(before)),
            None => bounds.time.saturating_sub(self.begun.elapsed()),
        };
        left.min(bounds.patience.saturating_sub(self.begun.elapsed())).max(SHORTEST)
    }
}
