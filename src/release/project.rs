//! The folder of a new project: all of its files, or none.
//!
//! The files are written to a folder of their own within the project, and moved out when all are there. If a run is ended while it writes,
//! the next run removes this folder; if it is ended between two moves, the next run moves the rest.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Error, failed, make_folder_of, remove, system, write_new};

/// The folder in which files stand until all are there.
const FRESH: &str = ".esep-new";

/// Begins a project: writes `files` into an empty or missing folder.
///
/// # Errors
/// When the folder holds something, or cannot be written. Nothing is left in it then.
pub fn begin_project(folder: &Path, files: &[(PathBuf, &str)]) -> Result<(), Error> {
    let fresh = folder.join(FRESH);
    let parts: BTreeSet<OsString> = files.iter().filter_map(|(path, _)| path.iter().next()).map(OsString::from).collect();
    let mut standing = names(folder)?;
    if standing.remove(OsStr::new(FRESH)) && !standing.is_empty() && joined(&standing, &names(&fresh)?) == Some(parts) {
        return move_out(&fresh, folder);
    }
    if !standing.is_empty() {
        return Err(Error::NotEmpty { path: folder.into() });
    }
    remove(&fresh).map_err(failed(&fresh))?;
    let missing = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
    let missing: Vec<&Path> = missing.collect();
    let written = files.iter().try_for_each(|(path, text)| write_through(&fresh.join(path), text));
    if written.is_err() {
        // What cannot be removed now is removed by the next run.
        let _ = remove(&fresh);
        missing.into_iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }
    written?;
    move_out(&fresh, folder)
}

/// The names in a folder; empty where there is no folder.
fn names(folder: &Path) -> Result<BTreeSet<OsString>, Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.map_err(failed(folder))?,
    };
    entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>().map_err(failed(folder))
}

/// The names in two folders together; `None` when both have the same name.
fn joined(one: &BTreeSet<OsString>, other: &BTreeSet<OsString>) -> Option<BTreeSet<OsString>> {
    one.is_disjoint(other).then(|| one | other)
}

/// Writes a file through to the disk: a disk may accept what it cannot keep.
fn write_through(path: &Path, text: &str) -> Result<(), Error> {
    make_folder_of(path, false)?;
    write_new(path, text.as_bytes(), false)?;
    File::open(path).and_then(|file| file.sync_all()).map_err(failed(path))
}

/// Moves the finished files to where they belong.
fn move_out(fresh: &Path, folder: &Path) -> Result<(), Error> {
    for name in names(fresh)? {
        let place = folder.join(&name);
        fs::rename(fresh.join(name), &place).map_err(failed(&place))?;
    }
    fs::remove_dir(fresh).map_err(failed(fresh))?;
    system::sync_folder(folder).map_err(failed(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(PathBuf, &'static str)> {
        [("README.md", "a"), ("inputs/2025/b.csv", "b"), ("specs/c.yaml", "c")].map(|(path, text)| (path.into(), text)).into()
    }

    fn all(folder: &Path) -> Vec<String> {
        names(folder).expect("it is there").iter().map(|name| name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_project_begins_where_nothing_is() {
        let folder = tempfile::tempdir().expect("a folder");
        for place in ["empty", "deep/new"] {
            let place = folder.path().join(place);
            if place.ends_with("empty") {
                fs::create_dir(&place).expect("made");
            }
            begin_project(&place, &files()).expect("nothing is there");
            assert_eq!(all(&place), ["README.md", "inputs", "specs"]);
            assert!(matches!(begin_project(&place, &files()), Err(Error::NotEmpty { .. })));
        }
        fs::write(folder.path().join("file"), "").expect("written");
        assert!(matches!(begin_project(&folder.path().join("file"), &files()), Err(Error::Write { .. })));
    }

    #[test]
    fn a_project_that_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = files();
        // No system has such a name.
        files.push(("z".repeat(300).into(), "d"));
        assert!(begin_project(&folder.path().join("deep/new"), &files).is_err());
        assert_eq!(all(folder.path()), [""; 0]);
        assert!(begin_project(folder.path(), &files).is_err());
        assert_eq!(all(folder.path()), [""; 0]);
    }

    #[test]
    fn what_an_interrupted_run_left_is_no_hindrance() {
        let folder = tempfile::tempdir().expect("a folder");
        let fresh = folder.path().join(FRESH);
        fs::create_dir_all(fresh.join("inputs/2025")).expect("made");
        fs::write(fresh.join("inputs/2025/b.csv"), "").expect("half of it is written");
        begin_project(folder.path(), &files()).expect("nothing else is there");
        assert_eq!(fs::read_to_string(folder.path().join("inputs/2025/b.csv")).expect("it is there"), "b");
        // The state between two moves.
        fs::create_dir(&fresh).expect("made");
        fs::rename(folder.path().join("specs"), fresh.join("specs")).expect("moved");
        begin_project(folder.path(), &files()).expect("the rest is moved");
        assert_eq!(all(folder.path()), ["README.md", "inputs", "specs"]);
        // The state after the last move.
        fs::create_dir(&fresh).expect("made");
        begin_project(folder.path(), &files()).expect("all is there");
        assert_eq!(all(folder.path()), ["README.md", "inputs", "specs"]);
        assert!(matches!(begin_project(folder.path(), &files()), Err(Error::NotEmpty { .. })));
    }
}
