//! Answers of workers, kept from one run to the next: files by the hash of what they follow from. All of it may be deleted at any time.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use walkdir::WalkDir;

use super::system;
use crate::digest::sha256;
use crate::worker::Memory;

/// What a file that is being written is called; a run that was killed leaves it.
const UNFINISHED: &str = "unfinished-";
/// Nobody writes for so long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many digits stand before each answer: those of its hash.
const DIGITS: usize = 64;

/// A folder of answers. Answers tell of the contents of submissions, so the folder is for its owner alone.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// The number of the next file that is written.
    next: AtomicU64,
}

impl Cache {
    /// A cache in a folder, which is made once there is something to keep. What was not used for the longest time goes until the rest has at most
    /// `most` bytes.
    pub fn open(folder: impl Into<PathBuf>, most: u64) -> Self {
        let cache = Self { folder: folder.into(), next: AtomicU64::new(0) };
        cache.tidy(most);
        cache
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(&key[..2]).join(&key[2..])
    }

    /// Removes what is too old, and what killed runs left. Another run may do the same at once: what is gone is gone.
    fn tidy(&self, most: u64) {
        let now = SystemTime::now();
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in WalkDir::new(&self.folder).min_depth(1).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
            let Ok(facts) = entry.metadata() else { continue };
            let Ok(used) = facts.modified() else { continue };
            let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
            if !is_unfinished {
                files.push((used, facts.len(), entry.into_path()));
            } else if now.duration_since(used).is_ok_and(|age| age > STALE) {
                let _ = fs::remove_file(entry.path());
            }
        }
        files.sort();
        let mut size: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, own, path) in files {
            if size <= most {
                break;
            }
            let _ = fs::remove_file(path);
            size -= own;
        }
    }

    /// Writes a file under another name first, so that nobody reads half of one.
    fn write(&self, path: &Path, answer: &[u8]) -> std::io::Result<()> {
        let folder = path.parent().expect("it lies in a folder");
        system::folders(true).recursive(true).create(folder)?;
        let own = self.next.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!("{UNFINISHED}{}-{own}", std::process::id()));
        let _ = fs::remove_file(&unfinished);
        let written = system::create_file(&unfinished, true)
            .and_then(|mut file| {
                file.write_all(sha256(answer).as_bytes())?;
                file.write_all(answer)
            })
            .and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }
}

impl Memory for Cache {
    fn recall(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut bytes = fs::read(&path).ok()?;
        let answer = bytes.get(DIGITS..)?;
        if bytes[..DIGITS] != *sha256(answer).as_bytes() {
            let _ = fs::remove_file(&path);
            return None;
        }
        // Whether that can be noted or not, the answer is what it is.
        let _ = File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        bytes.drain(..DIGITS);
        Some(bytes)
    }

    fn keep(&self, key: &str, answer: &[u8]) {
        let _ = self.write(&self.path(key), answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 3] = ["aa11", "aa22", "bb33"];

    fn opened(folder: &Path, most: u64) -> Cache {
        Cache::open(folder.join("cache"), most)
    }

    #[test]
    fn an_answer_is_recalled_to_the_byte_or_not_at_all() {
        let folder = tempfile::tempdir().expect("there is room");
        let cache = opened(folder.path(), u64::MAX);
        assert_eq!(cache.recall(KEYS[0]), None);
        cache.keep(KEYS[0], b"an answer");
        cache.keep(KEYS[1], b"");
        assert_eq!(cache.recall(KEYS[0]).as_deref(), Some(&b"an answer"[..]));
        assert_eq!(cache.recall(KEYS[1]).as_deref(), Some(&b""[..]));
        for damaged in [&b"half"[..], b"", &[b'0'; 80]] {
            fs::write(cache.path(KEYS[0]), damaged).expect("it can be written");
            assert_eq!(cache.recall(KEYS[0]), None, "a damaged answer is none");
        }
        cache.keep(KEYS[0], b"another");
        assert_eq!(cache.recall(KEYS[0]).as_deref(), Some(&b"another"[..]));
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let folder = tempfile::tempdir().expect("there is room");
        let cache = opened(folder.path(), u64::MAX);
        for (key, age) in KEYS.into_iter().zip([30, 20, 10]) {
            cache.keep(key, &[0; 100]);
            let file = File::options().write(true).open(cache.path(key)).expect("it is there");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("it can be set");
        }
        assert!(cache.recall(KEYS[0]).is_some(), "it is used now");
        let cache = opened(folder.path(), 400);
        assert_eq!(KEYS.map(|key| cache.recall(key).is_some()), [true, false, true]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_keeps_nothing() {
        let folder = tempfile::tempdir().expect("there is room");
        fs::write(folder.path().join("cache"), "a file").expect("it can be written");
        let cache = opened(folder.path(), u64::MAX);
        cache.keep(KEYS[0], b"an answer");
        assert_eq!(cache.recall(KEYS[0]), None);
    }
}
