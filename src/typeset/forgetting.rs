//! What Typst remembers while it sets a document. That saves it most of its work, and grows with the document: of a long one it would be a third
//! of all memory.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::process::own_memory;

/// By how much the memory of a process grows, in bytes, before Typst forgets for the first time: most documents take less.
const MUCH: u64 = 40_000_000;

/// By how much it grows further before Typst forgets again. A document that is that large itself is so not set anew all the time.
const MORE: u64 = 2_000_000;

/// How often that is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// Sets a document. When the memory of the process has grown much, and each time that it has grown further, Typst forgets what it has laid out;
/// where it needs that once more, it lays it out once more, so the outcome is the same. Where the system tells no memory or refuses a thread,
/// nothing is forgotten.
pub fn forgetting<T>(set: impl FnOnce() -> T) -> T {
    let own = || own_memory(std::process::id());
    let mut bound = own().map(|before| before + MUCH);
    let has_grown = move || {
        let grown = own().filter(|&now| bound.is_some_and(|bound| now > bound));
        bound = grown.map(|now| now + MORE).or(bound);
        grown.is_some()
    };
    forgetting_when(has_grown, PAUSE, set)
}

/// Sets a document, and lets Typst forget after each pause at which this holds.
pub(super) fn forgetting_when<T>(mut holds: impl FnMut() -> bool + Send, pause: Duration, set: impl FnOnce() -> T) -> T {
    /// What is forgotten may nest as deeply as what is set.
    const STACK: usize = 16 << 20;
    let (working, over) = mpsc::channel::<()>();
    let watch = move || {
        while over.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            if holds() {
                typst::comemo::evict(0);
            }
        }
    };
    thread::scope(|scope| {
        // The watch ends as soon as this is dropped, also where the work breaks down.
        let _working = working;
        let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, watch);
        set()
    })
}
