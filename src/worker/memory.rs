//! Answers that were given before. An answer follows from the program, what it has of its kit, and the request, so it need not be worked out
//! twice.

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
    /// The program and its command, from which all answers follow.
    program: String,
}

impl Recollection {
    /// The memory of workers of a program; `None` where the system does not tell one program file from another.
    pub fn new(memory: Arc<dyn Memory>, program: &Path, command: &str) -> Option<Self> {
        let program = format!("{} {command}", process::make(program)?);
        Some(Self { memory, program })
    }

    /// The key of a request; `ground` is what its answer follows from besides.
    pub fn key(&self, ground: &str, head: &[u8], body: &[u8]) -> String {
        sha256(format!("{} {} {} {}", self.program, sha256(ground.as_bytes()), sha256(head), sha256(body)).as_bytes())
    }

    pub fn recall(&self, key: &str) -> Option<Vec<u8>> {
        self.memory.recall(key)
    }

    pub fn keep(&self, key: &str, answer: &[u8]) {
        self.memory.keep(key, answer);
    }
}
