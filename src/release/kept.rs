//! A folder that esep wrote, read back: nothing of it is used but what its manifest lists, as it was written.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::manifest::{Holding, MANIFEST, Standing};
use super::{Error, failed_reading};
use crate::digest::sha256;

/// The largest manifest that is read; that of a million files is smaller.
const LARGEST_MANIFEST: u64 = 512 << 20;
/// The largest file that may stand beside a listed one, such as its signature.
const LARGEST_BESIDE: u64 = 1 << 20;

/// A folder with a manifest that esep wrote.
#[derive(Debug)]
pub struct Kept {
    place: PathBuf,
    manifest: String,
    standing: Standing,
}

impl Kept {
    /// Opens a folder that holds `wanted`.
    ///
    /// # Errors
    /// When it holds something else, or cannot be read.
    pub fn open(place: &Path, wanted: Holding) -> Result<Self, Error> {
        let absent = |found: &str| Error::NotThere { path: place.into(), wanted: wanted.name(), found: found.to_owned() };
        let path = place.join(MANIFEST);
        let bytes = match plain_file(&path, LARGEST_MANIFEST) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(absent("no `manifest.json`")),
            Err(error) => return Err(failed_reading(&path)(error)),
        };
        let standing = Standing::of(&bytes).ok_or_else(|| absent("a `manifest.json` of something else"))?;
        if let Some(found) = standing.holds.as_deref().filter(|&found| found != wanted.name()) {
            return Err(absent(found));
        }
        let manifest = String::from_utf8(bytes).map_err(|_| absent("a `manifest.json` that is no text"))?;
        Ok(Self { place: place.into(), manifest, standing })
    }

    /// The folder.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// The text of its manifest.
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// The period that it is of.
    pub fn period(&self) -> Option<&str> {
        self.standing.period.as_deref()
    }

    /// Whether it holds all there is of the period.
    pub fn is_complete(&self) -> bool {
        self.standing.complete
    }

    /// The bytes of a file that the manifest lists.
    ///
    /// # Errors
    /// When it is not listed, is gone or is not what was written.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, Error> {
        let changed = |fault| Error::Changed { path: self.place.clone(), file: file.to_owned(), fault };
        let (size, hash) = self.standing.files.get(file).ok_or_else(|| changed("is not in its manifest"))?;
        if !stays_inside(file) {
            return Err(changed("leads out of it"));
        }
        let path = self.place.join(file);
        let bytes = plain_file(&path, *size).map_err(failed_reading(&path))?.ok_or_else(|| changed("is gone or too large"))?;
        if bytes.len() as u64 == *size && sha256(&bytes) == *hash { Ok(bytes) } else { Err(changed("is not what was written")) }
    }

    /// The bytes of a small file that others put beside those that are listed; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn beside(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.place.join(file);
        if !stays_inside(file) {
            return Ok(None);
        }
        plain_file(&path, LARGEST_BESIDE).map_err(failed_reading(&path))
    }
}

/// Whether a path has names only, and none that lead upwards.
fn stays_inside(file: &str) -> bool {
    !file.contains('\\') && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The bytes of a file of at most `most` bytes; `None` where there is none, or it is larger. What is no file is never opened.
fn plain_file(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() && found.len() <= most => {
            let mut bytes = Vec::new();
            File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
            Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
        }
        Ok(_) => Ok(None),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{FileEntry, Shelf};

    fn kept(folder: &Path) -> Kept {
        let shelf = Shelf::open(folder, Path::new("no project"), Holding::Reports, false).expect("nobody else writes there");
        let staging = shelf.begin("2025", true).expect("begins");
        staging.write("ru/a.pdf", b"one").expect("writes");
        let entries = [FileEntry::new("ru/a.pdf", b"one"), FileEntry::new("../b.pdf", b"two")];
        // What a stranger may have written into a manifest.
        let place = staging.publish_files(&entries[..1], true).expect("swaps");
        let text = fs::read_to_string(place.join(MANIFEST)).expect("it is there");
        let more = serde_json::to_string(&entries[1]).expect("plain data");
        fs::write(place.join(MANIFEST), text.replacen("\"files\": [", &format!("\"files\": [{more},"), 1)).expect("written");
        Kept::open(&place, Holding::Reports).expect("esep wrote it")
    }

    #[test]
    fn a_file_is_read_only_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = kept(folder.path());
        assert_eq!(kept.read("ru/a.pdf").expect("as written"), b"one");
        fs::write(folder.path().join("b.pdf"), "two").expect("written");
        for (file, fault) in [("../b.pdf", "leads out of it"), ("c.pdf", "is not in its manifest")] {
            let message = kept.read(file).expect_err("it is not read").to_string();
            assert!(message.contains(fault), "{message}");
        }
        fs::write(folder.path().join("2025/ru/a.pdf"), "own").expect("written");
        let message = kept.read("ru/a.pdf").expect_err("somebody wrote").to_string();
        assert!(message.contains("is not what was written"), "{message}");
    }

    #[test]
    fn a_folder_of_another_kind_is_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        kept(folder.path());
        let message = Kept::open(&folder.path().join("2025"), Holding::Sheets).expect_err("no sheets").to_string();
        assert!(message.contains("expected sheets that esep wrote there, found reports"), "{message}");
        let message = Kept::open(folder.path(), Holding::Sheets).expect_err("nothing").to_string();
        assert!(message.contains("found no `manifest.json`"), "{message}");
    }
}
