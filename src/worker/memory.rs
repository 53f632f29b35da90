//! Answers that were given before. An answer follows from the program, the kit and the request, so it need not be worked out twice.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use crate::digest::sha256;
use crate::process;

/// Where answers are kept from one run to the next. Keeping fails in silence: the answer is then worked out again.
pub trait Memory: Debug + Send + Sync {
    /// The answer that was kept under a key, to the byte.
    fn recall(&self, key: &str) -> Option<Vec<u8>>;

    /// Keeps an answer.
    fn keep(&self, key: &str, answer: &[u8]);
}

/// The answers of the workers of one kind in a memory.
pub(super) struct Recollection {
    memory: Arc<dyn Memory>,
    /// What all answers follow from besides the request.
    ground: String,
}

impl Recollection {
    /// The memory of workers of a program with a kit; `None` where the system does not tell one program file from another.
    pub fn new(memory: Arc<dyn Memory>, (program, command): (&Path, &str), kit: &[u8]) -> Option<Self> {
        let ground = format!("{} {command} {}", process::make(program)?, sha256(kit));
        Some(Self { memory, ground })
    }

    /// The key of a request.
    pub fn key(&self, head: &[u8], body: &[u8]) -> String {
        sha256(format!("{} {} {}", self.ground, sha256(head), sha256(body)).as_bytes())
    }

    pub fn recall(&self, key: &str) -> Option<Vec<u8>> {
        self.memory.recall(key)
    }

    pub fn keep(&self, key: &str, answer: &[u8]) {
        self.memory.keep(key, answer);
    }
}
