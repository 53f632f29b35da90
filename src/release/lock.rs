//! A lock that one process holds; the system lets it go with the process, however that ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use same_file::Handle;

/// A locked file of this process; the file is removed when the lock is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// The system holds the lock as long as this is open.
    _file: Handle,
}

/// Why there is no lock.
#[derive(Debug)]
pub enum Refusal {
    /// Another process holds it.
    Held,
    /// This disk has no locks.
    Unknown,
    /// Something else has the name: a lock is a file that holds nothing.
    Foreign,
    /// The file cannot be made.
    Failed(io::Error),
}

/// How often the file may vanish before the lock is taken: each time another process has just finished.
const MOST_TURNS: usize = 100;

impl Lock {
    /// Takes the lock, or says at once why not.
    pub fn take(path: &Path) -> Result<Self, Refusal> {
        for _ in 0..MOST_TURNS {
            if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() || found.len() > 0) {
                return Err(Refusal::Foreign);
            }
            let file = File::options().read(true).write(true).create(true).truncate(false).open(path).map_err(Refusal::Failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(Refusal::Held),
                Err(TryLockError::Error(error)) if has_no_locks(&error) => {
                    let _ = fs::remove_file(path);
                    return Err(Refusal::Unknown);
                }
                Err(TryLockError::Error(error)) => return Err(Refusal::Failed(error)),
            }
            // The process that held the lock removes its file; then the file that we have locked is not the one that others find under the
            // name.
            let own = Handle::from_file(file).map_err(Refusal::Failed)?;
            match Handle::from_path(path) {
                Ok(named) if named == own => return Ok(Self { path: path.into(), _file: own }),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Refusal::Failed(error)),
            }
        }
        Err(Refusal::Held)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn has_no_locks(error: &io::Error) -> bool {
    /// `ENOLCK`, from a network server that has no locks.
    const NO_LOCKS: i32 = 37;
    error.kind() == ErrorKind::Unsupported || cfg!(target_os = "linux") && error.raw_os_error() == Some(NO_LOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_lock_is_not_taken_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        fs::write(&path, "mine").expect("written");
        assert!(matches!(Lock::take(&path), Err(Refusal::Foreign)));
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "mine");
        let taken = folder.path().join("folder");
        fs::create_dir(&taken).expect("made");
        assert!(matches!(Lock::take(&taken), Err(Refusal::Foreign)));
    }

    #[test]
    fn a_lock_is_held_by_one_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        let first = Lock::take(&path).expect("nobody holds it");
        assert!(matches!(Lock::take(&path), Err(Refusal::Held)));
        drop(first);
        assert!(!path.exists());
        fs::write(&path, "").expect("what a process left that was ended");
        drop(Lock::take(&path).expect("nobody holds it"));
        assert!(!path.exists());
    }
}
