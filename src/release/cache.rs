//! Answers of workers, kept from one run to the next: files by the hash of what they follow from. All of it may be deleted at any time.

use std::fs::{self, File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::shelf::refuse;
use super::{Error, system};
use crate::digest::sha256;
use crate::worker::Memory;

/// What a file that is being written is called; a run that was killed leaves it.
const UNFINISHED: &str = "unfinished-";
/// Nobody writes for so long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many digits stand before each answer: those of the hash of its key and itself.
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
    /// `most` bytes. Nothing is removed but what a cache has made.
    pub fn open(folder: impl Into<PathBuf>, most: u64) -> Self {
        // Machines that share the folder may give their processes the same number.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let cache = Self { folder: folder.into(), next: AtomicU64::new(since.as_nanos() as u64) };
        cache.tidy(most);
        cache
    }

    /// The same in a folder that somebody has chosen.
    ///
    /// # Errors
    /// When the folder is read, lies among releases, or holds other files and nothing of a cache.
    pub fn chosen(folder: &Path, project: &Path, most: u64) -> Result<Self, Error> {
        refuse((folder, "--cache"), project, true, "answers of offices")?;
        if folder.is_file() {
            return Err(Error::NoCache { path: folder.into(), why: "it is a file".to_owned() });
        }
        let (own, other): (Vec<String>, Vec<String>) = names(folder).partition(|name| is_shelf(name) || is_unfinished(name));
        // Systems leave hidden files of their own.
        if let (true, Some(other)) = (own.is_empty(), other.into_iter().filter(|name| !name.starts_with('.')).min()) {
            let why = format!("it holds `{other}`, which esep did not put there");
            return Err(Error::NoCache { path: folder.into(), why });
        }
        Ok(Self::open(folder, most))
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(&key[..2]).join(&key[2..])
    }

    /// Removes what is too old, and what killed runs left. Another run may do the same at once: what is gone is gone.
    fn tidy(&self, most: u64) {
        let now = SystemTime::now();
        let used = |path: &Path| {
            let facts = fs::symlink_metadata(path).ok().filter(Metadata::is_file)?;
            Some((facts.modified().ok()?, facts.len()))
        };
        for path in names(&self.folder).filter(|name| is_unfinished(name)).map(|name| self.folder.join(name)) {
            if used(&path).is_some_and(|(used, _)| now.duration_since(used).is_ok_and(|age| age > STALE)) {
                let _ = fs::remove_file(path);
            }
        }
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for shelf in names(&self.folder).filter(|name| is_shelf(name)).map(|name| self.folder.join(name)) {
            for path in names(&shelf).filter(|name| is_answer(name)).map(|name| shelf.join(name)) {
                files.extend(used(&path).map(|(used, size)| (used, size, path)));
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
    fn write(&self, key: &str, answer: &[u8]) -> std::io::Result<()> {
        let path = &self.path(key);
        let folder = path.parent().expect("it lies in a folder");
        system::folders(true).recursive(true).create(folder)?;
        let own = self.next.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!("{UNFINISHED}{}-{own}", std::process::id()));
        let _ = fs::remove_file(&unfinished);
        let written = system::create_file(&unfinished, true)
            .and_then(|mut file| {
                file.write_all(seal(key, answer).as_bytes())?;
                file.write_all(answer)
            })
            .and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }
}

/// The hash that stands before an answer: of what it answers, too.
fn seal(key: &str, answer: &[u8]) -> String {
    sha256(&[key.as_bytes(), answer].concat())
}

/// The names in a folder.
fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Whether a name is that of a folder of answers: the first two digits of their keys.
fn is_shelf(name: &str) -> bool {
    name.len() == 2 && is_hexadecimal(name)
}

/// Whether a name is that of an answer: the other digits of its key.
fn is_answer(name: &str) -> bool {
    name.len() == DIGITS - 2 && is_hexadecimal(name)
}

fn is_hexadecimal(name: &str) -> bool {
    name.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a name is that of a file that is being written: with the numbers of a process and of a file.
fn is_unfinished(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let numbers = name.strip_prefix(UNFINISHED).and_then(|numbers| numbers.split_once('-'));
    numbers.is_some_and(|(process, file)| is_number(process) && is_number(file))
}

impl Memory for Cache {
    fn recall(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut bytes = fs::read(&path).ok()?;
        let answer = bytes.get(DIGITS..)?;
        if bytes[..DIGITS] != *seal(key, answer).as_bytes() {
            let _ = fs::remove_file(&path);
            return None;
        }
        // Whether that can be noted or not, the answer is what it is.
        let _ = File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        bytes.drain(..DIGITS);
        Some(bytes)
    }

    fn keep(&self, key: &str, answer: &[u8]) {
        let _ = self.write(key, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(folder: &Path, most: u64) -> Cache {
        Cache::open(folder.join("cache"), most)
    }

    /// Three keys, two of them in one folder.
    fn keys() -> [String; 3] {
        ["aa1", "aa2", "bb3"].map(|start| format!("{start:0<DIGITS$}"))
    }

    #[test]
    fn an_answer_is_recalled_to_the_byte_or_not_at_all() {
        let folder = tempfile::tempdir().expect("there is room");
        let cache = opened(folder.path(), u64::MAX);
        assert_eq!(cache.recall(&keys()[0]), None);
        cache.keep(&keys()[0], b"an answer");
        cache.keep(&keys()[1], b"");
        assert_eq!(cache.recall(&keys()[0]).as_deref(), Some(&b"an answer"[..]));
        assert_eq!(cache.recall(&keys()[1]).as_deref(), Some(&b""[..]));
        for damaged in [&b"half"[..], b"", &[b'0'; 80]] {
            fs::write(cache.path(&keys()[0]), damaged).expect("it can be written");
            assert_eq!(cache.recall(&keys()[0]), None, "a damaged answer is none");
        }
        cache.keep(&keys()[0], b"another");
        assert_eq!(cache.recall(&keys()[0]).as_deref(), Some(&b"another"[..]));
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let folder = tempfile::tempdir().expect("there is room");
        let cache = opened(folder.path(), u64::MAX);
        for (key, age) in keys().iter().zip([30, 20, 10]) {
            cache.keep(key, &[0; 100]);
            let file = File::options().write(true).open(cache.path(key)).expect("it is there");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("it can be set");
        }
        assert!(cache.recall(&keys()[0]).is_some(), "it is used now");
        let cache = opened(folder.path(), 400);
        assert_eq!(keys().map(|key| cache.recall(&key).is_some()), [true, false, true]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_keeps_nothing() {
        let folder = tempfile::tempdir().expect("there is room");
        fs::write(folder.path().join("cache"), "a file").expect("it can be written");
        let cache = opened(folder.path(), u64::MAX);
        cache.keep(&keys()[0], b"an answer");
        assert_eq!(cache.recall(&keys()[0]), None);
    }

    #[test]
    fn nothing_is_removed_but_what_a_cache_has_made() {
        let folder = tempfile::tempdir().expect("there is room");
        let cache = opened(folder.path(), u64::MAX);
        cache.keep(&keys()[0], &[0; 100]);
        let others = ["unfinished-letter.docx", "aa/list.xlsx", "2023/return.xlsx", "aa/deep/ab", "ab"];
        for other in others.map(|name| cache.folder.join(name)) {
            fs::create_dir_all(other.parent().expect("a folder")).expect("it can be made");
            fs::write(&other, [0; 1000]).expect("it can be written");
            let file = File::options().write(true).open(&other).expect("it is there");
            file.set_modified(SystemTime::now() - 2 * STALE).expect("it can be set");
        }
        let cache = opened(folder.path(), 1);
        assert_eq!(cache.recall(&keys()[0]), None);
        assert!(others.iter().all(|name| cache.folder.join(name).is_file()));
    }

    #[test]
    fn a_folder_of_other_files_is_no_cache() {
        let folder = tempfile::tempdir().expect("there is room");
        let refused =
            |place: &str| Cache::chosen(&folder.path().join(place), folder.path(), 1).err().map(|error| error.to_string());
        for place in ["archive/2023/return.xlsx", "inputs/2025/north.xlsx", "hidden/.system"] {
            let file = folder.path().join(place);
            fs::create_dir_all(file.parent().expect("a folder")).expect("it can be made");
            fs::write(file, "theirs").expect("it can be written");
        }
        let words = |place: &str| refused(place).unwrap_or_default().replace(&format!("{}/", folder.path().display()), "");
        let other = "cannot keep answers in `archive`: it holds `2023`, which esep did not put there; choose an empty folder for `--cache`";
        assert_eq!(words("archive"), other);
        for place in ["inputs", "inputs/2025", "inputs/new", "indicator-specs/cache"] {
            assert!(words(place).ends_with("which is read; choose another `--cache`"), "{place}");
        }
        assert_eq!(refused("hidden"), None);
        assert_eq!(refused("new"), None);
    }
}
