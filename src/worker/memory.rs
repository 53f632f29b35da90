//! Answers that were given before. An answer follows from the program, what it has of its kit, and the request, so it need not be worked out
//! twice; the same holds for a value that takes long to find.

use std::fmt::Debug;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::digest::{sha256, sha256_of_value};
use crate::process;

/// Where answers are kept from one run to the next. Keeping fails in silence: the answer is then worked out again.
pub trait Memory: Debug + Send + Sync {
    /// The answer that was kept under a key, to the byte.
    fn recall(&self, key: &str) -> Option<Vec<u8>>;

    /// Keeps an answer.
    fn keep(&self, key: &str, answer: &[u8]);
}

/// The answers of one kind in a memory.
#[derive(Clone, Debug)]
pub struct Recollection {
    memory: Arc<dyn Memory>,
    /// The program and the kind of work, from which all answers follow.
    program: String,
}

impl Recollection {
    /// The memory of one kind of work of a program; `None` where the system does not tell one program file from another.
    pub fn new(memory: Arc<dyn Memory>, program: &Path, work: &str) -> Option<Self> {
        let program = format!("{} {work}", process::make(program)?);
        Some(Self { memory, program })
    }

    /// The key of a request; `ground` is what its answer follows from besides.
    pub(super) fn key(&self, ground: &str, head: &[u8], body: &[u8]) -> String {
        sha256(format!("{} {} {} {}", self.program, sha256(ground.as_bytes()), sha256(head), sha256(body)).as_bytes())
    }

    /// The value that was found before for the same ground, from which it follows, if it still `fits`; else the one that is found now.
    pub fn value<T: Serialize + DeserializeOwned>(
        &self,
        ground: &impl Hash,
        fits: impl FnOnce(&T) -> bool,
        find: impl FnOnce() -> T,
    ) -> T {
        let key = sha256(format!("{} {}", self.program, sha256_of_value(ground)).as_bytes());
        let known = self.recall(&key).and_then(|answer| postcard::from_bytes(&answer).ok());
        known.filter(fits).unwrap_or_else(|| {
            let found = find();
            self.keep(&key, &postcard::to_allocvec(&found).expect("what is remembered is plain data"));
            found
        })
    }

    pub(super) fn recall(&self, key: &str) -> Option<Vec<u8>> {
        self.memory.recall(key)
    }

    pub(super) fn keep(&self, key: &str, answer: &[u8]) {
        self.memory.keep(key, answer);
    }
}
