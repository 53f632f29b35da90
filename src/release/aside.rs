//! Signatures beside the files that they are of, and pairs of keys. Whole or not at all; a key is never overwritten.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::look::small;
use super::shelf::{OUT, beside, refuse};
use super::signature::signature_of;
use super::{Error, failed, system};

/// How every signature begins.
const BEGINNING: &[u8] = b"untrusted comment:";
/// The most bytes of a signature.
const LARGEST: u64 = 1 << 16;

/// Puts a signature beside a file, in the place of an earlier one. Returns where it stands.
///
/// # Errors
/// When it cannot be written, or something stands there that is no signature.
pub fn put_signature(of: &Path, text: &str) -> Result<PathBuf, Error> {
    let path = signature_of(of);
    if fs::symlink_metadata(&path).is_ok() && !is_earlier(&path).map_err(failed(&path))? {
        return Err(there(&path, "what stands there is no signature, and is not replaced"));
    }
    let fresh = beside(&path);
    // What an ended run left.
    fs::remove_file(&fresh)
        .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(failed(&fresh)(error)) })?;
    let written = put(&fresh, text, false).and_then(|()| fs::rename(&fresh, &path).map_err(failed(&path)));
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    system::sync_folder(folder).map_err(failed(folder))?;
    Ok(path)
}

/// Puts a pair of keys into a folder: the secret one for its owner alone. Both or none; nothing is overwritten. Returns where they stand:
/// the public one first.
///
/// # Errors
/// When one of them is there already, or cannot be written, and when the folder belongs to a release.
pub fn put_keys(folder: &Path, project: &Path, public: (&str, &str), secret: (&str, &str)) -> Result<[PathBuf; 2], Error> {
    refuse((folder, OUT), project, true, "secret keys")?;
    let paths = [public.0, secret.0].map(|name| folder.join(name));
    if let Some(path) = paths.iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        return Err(there(path, "there is such a file already, and a key is never overwritten"));
    }
    system::folders(true).recursive(true).create(folder).map_err(failed(folder))?;
    put(&paths[1], secret.1, true)?;
    let written = put(&paths[0], public.1, false);
    if written.is_err() {
        // Half a pair is of no use.
        let _ = fs::remove_file(&paths[1]);
    }
    written.map(|()| paths)
}

/// Whether a signature stands there.
fn is_earlier(path: &Path) -> io::Result<bool> {
    Ok(small(path, LARGEST)?.is_some_and(|bytes| bytes.starts_with(BEGINNING)))
}

/// Writes a file that is not there yet through to the disk. Some disks know no second name for a file, so it has its own from the
/// beginning, and is removed again when it cannot be written whole.
fn put(path: &Path, text: &str, private: bool) -> Result<(), Error> {
    let mut file = system::create_file(path, private).map_err(failed(path))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written.map_err(failed(path))
}

fn there(path: &Path, why: &'static str) -> Error {
    failed(path)(io::Error::new(ErrorKind::AlreadyExists, why))
}
