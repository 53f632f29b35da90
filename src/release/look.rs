//! Files that somebody received and wants to know about: they are only looked at, within bounds, and no link is followed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::letters::composed;
use crate::sources::MOST_FILES;

/// What stands at a path.
#[derive(Debug)]
pub enum Found {
    /// A file, open for reading.
    File(File),
    /// A folder.
    Folder(Folder),
}

/// The files of a folder, at any depth.
#[derive(Debug)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// The size of each file, by its path with `/` between names.
    pub files: BTreeMap<String, u64>,
    /// The paths of what is neither a file nor a folder.
    pub strange: Vec<String>,
    /// The paths of folders that hold nothing.
    pub empty: Vec<String>,
    /// Where each file lies: some systems return names with marks parted from their letters.
    places: BTreeMap<String, PathBuf>,
}

impl Folder {
    /// Opens a file of the folder.
    ///
    /// # Errors
    /// When it is not there, or the system refuses it.
    pub fn open(&self, path: &str) -> io::Result<File> {
        File::open(self.places.get(path).ok_or(ErrorKind::NotFound)?)
    }
}

/// What stands at a path. Pipes and devices are refused: opening a pipe would wait without end.
///
/// # Errors
/// When nothing is there, when the system refuses it, or when a folder holds too many files.
pub fn look(path: &Path) -> io::Result<Found> {
    let found = fs::metadata(path)?;
    if found.is_file() {
        return Ok(Found::File(File::open(path)?));
    }
    if !found.is_dir() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is neither a file nor a folder"));
    }
    let mut folder =
        Folder { path: path.into(), files: BTreeMap::new(), strange: Vec::new(), empty: Vec::new(), places: BTreeMap::new() };
    for (count, entry) in WalkDir::new(path).min_depth(1).sort_by_file_name().into_iter().enumerate() {
        if count == MOST_FILES {
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it holds more than {MOST_FILES} files")));
        }
        let entry = entry?;
        let inside = entry.path().strip_prefix(path).unwrap_or(entry.path());
        let names: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let name = composed(&names.join("/")).into_owned();
        match entry.file_type() {
            kind if kind.is_dir() && fs::read_dir(entry.path())?.next().is_none() => folder.empty.push(name),
            kind if kind.is_dir() => {}
            kind if kind.is_file() => {
                folder.files.insert(name.clone(), entry.metadata()?.len());
                // Of two names in one form the second is strange.
                if folder.places.insert(name.clone(), entry.into_path()).is_some() {
                    folder.strange.push(name);
                }
            }
            _ => folder.strange.push(name),
        }
    }
    Ok(Found::Folder(folder))
}

/// The bytes of a small file beside another; `None` where there is none.
///
/// # Errors
/// When the system refuses it, or it is larger than `most` bytes.
pub fn small(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {most} bytes")));
    }
    Ok(Some(bytes))
}
