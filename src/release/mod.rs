//! Writes documents, tables and manifest to a fresh folder, then swaps it in whole. The only module that writes.
//!
//! - [`Shelf`] is the folder of releases. One run holds it alone (`lock`), clears away what earlier runs left, and gives the folder up
//!   cleanly when asked to end.
//! - [`Staging`] is a release being written, beside its place. It is compared with its manifest, written through to the disk, and then
//!   exchanged with what stands in its place.
//! - Only what esep made, as its `manifest` tells, is ever replaced.
//! - Every file system takes the `names`, and none takes two of them for one.
//! - Two of them are `compare`d, file by file and number by number.
//! - A single large file is `begun` under another name; several runs may do so at once.
//! - What stands alone, a signature or a pair of keys, is written `aside`; what somebody received is only looked at (`look`).
//! - A new `project` has all of its files, or none.

mod aside;
mod begun;
mod cache;
mod compare;
mod kept;
mod lock;
mod look;
mod manifest;
mod names;
mod project;
mod shelf;
mod signature;
mod staging;
mod system;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use aside::{put_keys, put_signature};
pub use begun::Begun;
pub use cache::Cache;
pub use compare::{Comparison, NoSnapshot, Snapshot};
pub use kept::Kept;
pub use look::{Folder, Found, look, small};
pub use manifest::{
    BlockedEntry, BlockedReason, CompanionEntry, ConfidentialityEntry, FileEntry, Holding, MANIFEST, Manifest, PROGRAM, Read,
    ReportEntry, Standing,
};
pub use names::{Paths, Taken, distinct, page_names, safe_path, workbook_path};
pub use project::begin_project;
pub use shelf::{Shelf, Stopper};
pub use signature::{SIGNATURE, is_signature, signature_of};
pub use staging::{NewFile, Staging, folder};

use crate::diagnostic::list_some;

/// The world failed while something was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was written before cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another run writes there.
    #[error("another esep is writing in `{}`; wait until it has ended, or choose another `--out`", path.display())]
    Held {
        /// The folder, or the file.
        path: PathBuf,
    },
    /// The next run would read what this one writes.
    #[error("cannot write in `{}`: it lies in `{folder}`, which is read; choose another `{option}`", path.display())]
    InsideTheProject {
        /// The folder to write in.
        path: PathBuf,
        /// The option that names it.
        option: &'static str,
        /// The project's folder.
        folder: &'static str,
    },
    /// What is never published would stand where releases are published.
    #[error(
        "cannot write {what} in `{}`: `{}` is a folder of releases, which are published, and {what} never are; choose another `{option}`",
        path.display(), folder.display()
    )]
    AmongReleases {
        /// Where it would stand.
        path: PathBuf,
        /// The option that names it.
        option: &'static str,
        /// The folder of releases.
        folder: PathBuf,
        /// What was to be written.
        what: &'static str,
    },
    /// Reports for everybody would stand where a folder holds what is never published.
    #[error(
        "cannot write reports in `{}`: `{}` holds {what}, which are never published; choose another `--out`",
        path.display(), folder.display()
    )]
    AmongUnpublished {
        /// The folder of releases.
        path: PathBuf,
        /// The folder that is never published.
        folder: PathBuf,
        /// What it holds.
        what: String,
    },
    /// A folder in which answers are kept, and removed again, holds something else.
    #[error("cannot keep answers in `{}`: {why}; choose an empty folder for `--cache`", path.display())]
    NoCache {
        /// The folder.
        path: PathBuf,
        /// What it is, or holds.
        why: String,
    },
    /// A single file would be changed within a release.
    #[error("cannot write `{}`: it lies in `{}`, which is written as a whole; choose another `--out`", path.display(), release.display())]
    InsideARelease {
        /// The file.
        path: PathBuf,
        /// The release.
        release: PathBuf,
    },
    /// Something else has a name that esep needs while it writes.
    #[error("cannot write beside `{}`: it has a name that esep gives to its own, and esep did not make it; move it elsewhere", path.display())]
    Foreign {
        /// The file or folder with this name.
        path: PathBuf,
    },
    /// The system does not tell what stands in the place of the release.
    #[error("cannot replace `{}`: what stands there cannot be read: {source}; see to it that it can, or choose another `--out`", path.display())]
    Unreadable {
        /// The place.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something that esep did not make stands in the place of the release.
    #[error("cannot replace `{}`: it is no release of esep (it has no `manifest.json` that esep wrote); choose another `--out`", path.display())]
    NotARelease {
        /// The place.
        path: PathBuf,
    },
    /// The place holds a folder of another kind or another period.
    #[error("cannot replace `{}`: it holds {found} and not {wanted}; choose another `--out`", path.display())]
    OfAnotherKind {
        /// The place.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What was to be written.
        wanted: String,
    },
    /// Somebody has put files into the release.
    #[error(
        "cannot replace `{}`: it holds files that esep did not put there: {}; move them elsewhere, or let them go with `--replace`",
        path.display(), list_some(files)
    )]
    Strangers {
        /// The place.
        path: PathBuf,
        /// Their paths in it.
        files: Vec<String>,
    },
    /// The place holds files that nobody asked this run for.
    #[error(
        "`{}` stays as it is: it holds files that this run does not make: {}; choose another `--out`, or let them go with `--replace`",
        path.display(), list_some(files)
    )]
    OfOthers {
        /// The place.
        path: PathBuf,
        /// Their paths in it.
        files: Vec<String>,
    },
    /// The place holds more than this run would put there.
    #[error(
        "`{}` stays as it is: it holds all {what} of its period, and this run does not make all of them; choose another `--out`, or let these take their place with `--replace`",
        path.display()
    )]
    LessComplete {
        /// The place.
        path: PathBuf,
        /// What it holds.
        what: &'static str,
    },
    /// The files on the disk are not the ones that were written.
    #[error("nothing is published: the folder made for `{}` does not agree with its manifest: {difference}", path.display())]
    Torn {
        /// The place.
        path: PathBuf,
        /// How it differs.
        difference: String,
    },
    /// Two files have one path.
    #[error("`{path}` and `{first}` are one file for some systems; change the code or the name of one of the regions")]
    SamePath {
        /// The path of one file.
        path: String,
        /// The path of the other file.
        first: String,
    },
    /// There is no such folder of esep to be read.
    #[error("cannot read `{}`: expected {wanted} that esep wrote there, found {found}", path.display())]
    NotThere {
        /// The folder.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// A file is not what was written.
    #[error("cannot use `{}`: `{file}` {fault}; make the folder anew", path.display())]
    Changed {
        /// The folder.
        path: PathBuf,
        /// The path of the file in it.
        file: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A new project would overwrite something.
    #[error("cannot begin a project in `{}`: the folder is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
}

/// What a person should know although the run went well.
#[derive(Debug, thiserror::Error)]
pub enum Warning {
    /// Something of no use is still there.
    #[error("cannot remove `{}`, which is of no use any more: {source}; remove it by hand", path.display())]
    NotRemoved {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An earlier run was ended while it wrote; what it left is cleared away.
    #[error("a run before was interrupted while it wrote; `{}`, which it left, is removed", path.display())]
    Cleared {
        /// What it left.
        path: PathBuf,
    },
    /// Something looks like a remnant of an earlier run, but esep did not write it.
    #[error("`{}` has a name that esep gives to what it writes, but holds what esep does not write; it stays, move it elsewhere", path.display())]
    Foreign {
        /// The file or folder with this name.
        path: PathBuf,
    },
    /// An earlier run was ended while it published; its place has got back what stood there.
    #[error("a run before was interrupted while it published; what stood in `{}` before stands there again", path.display())]
    Recovered {
        /// The place.
        path: PathBuf,
    },
    /// The disk has no locks, so other runs can write at the same time.
    #[error("the disk of `{}` knows no locks; see to it that no other esep writes there now", path.display())]
    NoLocks {
        /// The folder of releases.
        path: PathBuf,
    },
    /// A folder that is never published stands among releases.
    #[error("`{}` holds {what}, which are never published, and lies in a folder of releases, which are; move it elsewhere", path.display())]
    UnpublishedInside {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        what: String,
    },
}

/// The error for what the system says of a path.
fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Write { path: path.into(), source }
}

/// The error for what the system says of a path that is read.
fn failed_reading(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Read { path: path.into(), source }
}

/// Makes the folder of a file.
fn make_folder_of(path: &Path, private: bool) -> Result<(), Error> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    system::folders(private).recursive(true).create(folder).map_err(failed(folder))
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, bytes: &[u8], private: bool) -> Result<(), Error> {
    system::create_file(path, private).and_then(|mut file| file.write_all(bytes)).map_err(failed(path))
}

/// Removes a file, a link, or a folder with everything in it; it is no fault when nothing is there.
fn remove(path: &Path) -> io::Result<()> {
    let outcome = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
