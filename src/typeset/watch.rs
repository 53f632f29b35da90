//! What the making of a document may take. Nothing inside a process stops a template that goes on for ever, so somebody outside of the
//! work looks at it, and ends the program with the name of the document.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Weak};
use std::time::{Duration, Instant};

use crate::process::{self, memory};

/// What the making of documents may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time of one document; where the system does not tell it, wall time.
    pub time: Duration,
    /// Memory in bytes by which the program grows while documents are made; kept to where the system tells it.
    pub memory: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(300), memory: 4 << 30 }
    }
}

/// Which documents are being made.
#[derive(Debug, Default)]
pub struct Watch {
    running: Mutex<BTreeMap<u64, Running>>,
    next: AtomicU64,
}

#[derive(Debug)]
struct Running {
    document: String,
    begun: Instant,
    /// The thread, as the system calls it, and its processor time before.
    thread: Option<(String, Duration)>,
}

/// Why the program cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overrun {
    /// A document takes too long.
    #[error("expected to make `{document}` within {} s of processor time, found that it takes more", bound.as_secs_f32())]
    Time {
        /// Its path or its name.
        document: String,
        /// What it may take.
        bound: Duration,
    },
    /// The documents that are being made take too much memory.
    #[error("expected to make {} within {} MB of memory, found that it takes more", crate::diagnostic::list(documents), bound >> 20)]
    Memory {
        /// Their paths or names.
        documents: Vec<String>,
        /// What they may take.
        bound: u64,
    },
}

/// How often the watch looks. Memory grows by some megabytes in so much time.
const PAUSE: Duration = Duration::from_millis(20);

impl Watch {
    /// Notes that this thread makes a document, until what is given back is dropped.
    #[must_use]
    pub fn begin(&self, document: impl Into<String>) -> Making<'_> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let thread = process::own_thread().and_then(|thread| process::processor_time(&thread).map(|before| (thread, before)));
        let running = Running { document: document.into(), begun: Instant::now(), thread };
        if let Ok(mut all) = self.running.lock() {
            all.insert(number, running);
        }
        Making { watch: self, number }
    }

    /// Looks until documents take more than they may, and tells which; `None` when nobody makes documents any more.
    pub fn overrun(watch: &Weak<Watch>, bounds: Bounds) -> Option<Overrun> {
        let mut before = memory();
        loop {
            std::thread::sleep(PAUSE);
            let watch = watch.upgrade()?;
            let running = watch.running.lock().ok()?;
            if running.is_empty() {
                // What was read before is no document's.
                before = memory();
                continue;
            }
            if let Some(slow) = running.values().find(|running| running.time() > bounds.time) {
                return Some(Overrun::Time { document: slow.document.clone(), bound: bounds.time });
            }
            let grown = memory().zip(before).map_or(0, |(now, before)| now.saturating_sub(before));
            if grown > bounds.memory {
                let documents = running.values().map(|running| running.document.clone()).collect();
                return Some(Overrun::Memory { documents, bound: bounds.memory });
            }
        }
    }
}

impl Running {
    /// What it has taken so far.
    fn time(&self) -> Duration {
        match &self.thread {
            Some((thread, before)) => process::processor_time(thread).map_or(Duration::ZERO, |now| now.saturating_sub(*before)),
            None => self.begun.elapsed(),
        }
    }
}

/// A document that is being made.
#[derive(Debug)]
pub struct Making<'a> {
    watch: &'a Watch,
    number: u64,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.watch.running.lock() {
            all.remove(&self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_document_that_goes_on_is_named_and_one_that_ended_is_not() {
        let watch = Arc::new(Watch::default());
        drop(watch.begin("ended.pdf"));
        let bounds = Bounds { time: Duration::from_millis(50), ..Bounds::default() };
        let overrun = std::thread::scope(|scope| {
            let looking = scope.spawn(|| Watch::overrun(&Arc::downgrade(&watch), bounds));
            let _making = watch.begin("endless.pdf");
            let mut turns = 0_u64;
            while !looking.is_finished() {
                turns = std::hint::black_box(turns + 1);
            }
            looking.join().expect("it does not panic")
        });
        assert_eq!(overrun, Some(Overrun::Time { document: "endless.pdf".into(), bound: bounds.time }));
    }

    #[test]
    fn documents_that_take_much_memory_are_named() {
        // Where the system does not tell, nothing is kept to.
        if memory().is_none() {
            return;
        }
        let watch = Arc::new(Watch::default());
        let bounds = Bounds { memory: 0, ..Bounds::default() };
        let overrun = std::thread::scope(|scope| {
            let looking = scope.spawn(|| Watch::overrun(&Arc::downgrade(&watch), bounds));
            let _making = watch.begin("large.pdf");
            let mut held = Vec::new();
            while !looking.is_finished() {
                held.push(std::hint::black_box(vec![1_u8; 1 << 16]));
                std::thread::sleep(Duration::from_millis(1));
            }
            looking.join().expect("it does not panic")
        });
        assert_eq!(overrun, Some(Overrun::Memory { documents: vec!["large.pdf".into()], bound: 0 }));
    }

    #[test]
    fn without_anybody_who_makes_documents_nobody_looks() {
        let watch = Arc::downgrade(&Arc::new(Watch::default()));
        assert_eq!(Watch::overrun(&watch, Bounds::default()), None);
    }
}
