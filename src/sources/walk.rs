//! All files below a folder of the project with their bytes: within bounds, also behind links, and never a pipe or a device.

use std::collections::BTreeMap;
use std::fs::FileType;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Error, LARGEST_FILE, LARGEST_PROJECT, MOST_FILES, is_passed_over, largest};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, list_some};
use crate::letters::composed;

/// Files with their contents, and how many other files were passed over.
pub type Files = (Vec<(FileName, Vec<u8>)>, usize);

/// All files below `root/folder` that are wanted, also behind links, in the order of their paths. Hidden files and lock files are no
/// submissions, and only counted. What is neither a file nor a folder is never opened: a pipe would keep the reader waiting without end.
///
/// # Errors
/// When the system refuses what reading takes.
pub fn files(
    root: &Path,
    folder: &str,
    wanted: fn(&FileName) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Files, Error> {
    let top = root.join(folder);
    if top.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok((Vec::new(), 0));
    }
    let home = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let mut gate = Gate { root, home, hidden: BTreeMap::new(), behind: Vec::new() };
    let mut basket = Basket { root, folder, wanted, found: Vec::new(), size: 0 };
    let walk = WalkDir::new(&top).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| gate.lets(entry));
    for (count, entry) in walk.enumerate() {
        if count == MOST_FILES {
            let message = format!("expected at most {MOST_FILES} files in this folder, found more");
            diagnostics.push(
                Diagnostic::new(Rule::BoundExceeded, Place::File(name(root, &top)), message)
                    .hint("look for links that lead to folders with many files, or to each other"),
            );
            break;
        }
        let more = match entry {
            Ok(entry) => basket.take(&entry, diagnostics)?,
            Err(error) if error.io_error().is_some_and(is_scarcity) => {
                return Err(Error::Read { path: error.path().unwrap_or(&top).into(), source: error.into() });
            }
            Err(error) => {
                let path = error.path().unwrap_or(&top);
                diagnostics.push(unreadable(name(root, path), why(root, path, &error)));
                true
            }
        };
        if !more {
            break;
        }
    }
    let mut found = basket.found;
    let Gate { hidden, behind, .. } = gate;
    diagnostics.extend(behind);
    let passed = hidden.values().map(Vec::len).sum();
    diagnostics.extend(hidden.into_iter().map(|(folder, names)| passed_over(folder, &names)));
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    let alike = found.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    diagnostics.extend(alike.map(|pair| twice(pair[1].0.clone(), &pair[0].0, "two whose names look the same")));
    Ok((found, passed))
}

/// Decides which entries a walk enters.
struct Gate<'a> {
    root: &'a Path,
    /// The path of the project, without links.
    home: PathBuf,
    /// The names that were passed over, by folder.
    hidden: BTreeMap<FileName, Vec<String>>,
    /// Findings about links.
    behind: Vec<Diagnostic>,
}

impl Gate<'_> {
    fn lets(&mut self, entry: &DirEntry) -> bool {
        let own = entry.file_name().to_string_lossy();
        if let (true, Some(folder)) = (entry.depth() > 0 && is_passed_over(&own), entry.path().parent()) {
            self.hidden.entry(name(self.root, folder)).or_default().push(own.into_owned());
            return false;
        }
        if !entry.path_is_symlink() {
            return true;
        }
        let Ok(target) = entry.path().canonicalize() else { return true };
        let (holds_the_project, is_outside) = (self.home.starts_with(&target), !target.starts_with(&self.home));
        let own = name(self.root, entry.path());
        if holds_the_project {
            self.behind.push(unreadable(own, "this link leads to a folder that holds the project; it is not read"));
        } else if is_outside {
            let message = format!("this link leads out of the project, to `{}`", target.display());
            self.behind.push(Diagnostic::new(Rule::OutsideLink, Place::File(own), message));
        }
        !holds_the_project
    }
}

/// The files read so far.
struct Basket<'a> {
    root: &'a Path,
    folder: &'a str,
    wanted: fn(&FileName) -> bool,
    found: Vec<(FileName, Vec<u8>)>,
    /// How many bytes they have together.
    size: u64,
}

impl Basket<'_> {
    /// Reads the file at an entry; returns whether the walk may go on.
    fn take(&mut self, entry: &DirEntry, diagnostics: &mut Vec<Diagnostic>) -> Result<bool, Error> {
        let name = name(self.root, entry.path());
        match entry.file_type() {
            kind if kind.is_dir() => {}
            kind if entry.depth() == 0 => {
                diagnostics.push(unreadable(name, format!("expected a folder, found {}", called(kind))));
            }
            kind if kind.is_file() && !(self.wanted)(&name) => {}
            kind if kind.is_file() => return self.read(entry, name, diagnostics),
            kind => diagnostics.push(unreadable(name, format!("expected a file or a folder, found {}", called(kind)))),
        }
        Ok(true)
    }

    fn read(&mut self, entry: &DirEntry, name: FileName, diagnostics: &mut Vec<Diagnostic>) -> Result<bool, Error> {
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        if size > LARGEST_FILE {
            diagnostics.push(too_large(name, size));
            return Ok(true);
        }
        match read_bounded(entry.path()) {
            Ok(bytes) if bytes.len() as u64 > LARGEST_FILE => diagnostics.push(too_large(name, bytes.len() as u64)),
            Ok(bytes) if self.size + bytes.len() as u64 > LARGEST_PROJECT => {
                diagnostics.push(self.full(&name));
                return Ok(false);
            }
            Ok(bytes) => {
                self.size += bytes.len() as u64;
                self.found.push((name, bytes));
            }
            Err(source) if is_scarcity(&source) => return Err(Error::Read { path: entry.path().into(), source }),
            Err(error) => diagnostics.push(unreadable(name, format!("cannot read this: {error}"))),
        }
        Ok(true)
    }

    /// The finding that the files are too large together, so that no more are read.
    fn full(&self, next: &FileName) -> Diagnostic {
        let message = format!("expected files of at most {} MB in this folder, found more", LARGEST_PROJECT >> 20);
        let sizes = self.found.iter().map(|(name, bytes)| (name, bytes.len()));
        Diagnostic::new(Rule::BoundExceeded, Place::File(FileName::new(self.folder)), message).hint(format!(
            "take out what is no submission; `{next}` and the files behind it are not read; the largest before it are {}",
            largest(sizes)
        ))
    }
}

/// Whether the system lacks open files or memory, which is no fault of any file.
pub(super) fn is_scarcity(error: &std::io::Error) -> bool {
    // `ENOMEM`, `ENFILE`, `EMFILE`, and the codes for these on Windows.
    const SCARCE: [i32; 3] = if cfg!(windows) { [4, 8, 14] } else { [12, 23, 24] };
    error.raw_os_error().is_some_and(|code| SCARCE.contains(&code))
}

/// The bytes of a file, at most one more than is allowed: some files do not tell their size.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn unreadable(name: FileName, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::UnreadableFile, Place::File(name), message)
        .hint("check the permissions, or take the file out of the project")
        .because(CauseKind::UnreadableFile, Vec::new())
}

/// Why a walk ends at a path.
fn why(root: &Path, path: &Path, error: &walkdir::Error) -> String {
    if let Some(ancestor) = error.loop_ancestor() {
        return format!("this link leads back to `{}`, in which it lies", name(root, ancestor));
    }
    let target = path.read_link().ok().filter(|_| !path.exists());
    match (target, error.io_error()) {
        (Some(target), _) => format!("this link leads to `{}`, where nothing is", target.display()),
        (None, Some(error)) => format!("cannot read this: {error}"),
        (None, None) => "cannot read this".to_owned(),
    }
}

/// What a thing on the disk is called in a message.
fn called(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_file() { "a file" } else { "something else" }
}

fn too_large(name: FileName, size: u64) -> Diagnostic {
    let message = format!("expected a file of at most {} MB, found one of {} MB", LARGEST_FILE >> 20, size.div_ceil(1 << 20));
    Diagnostic::new(Rule::BoundExceeded, Place::File(name), message)
        .hint("copy the table alone into a new workbook, and save it as .xlsx")
        .because(CauseKind::TooLarge, Vec::new())
}

pub(super) fn twice(name: FileName, first: &FileName, what: &str) -> Diagnostic {
    Diagnostic::new(Rule::DuplicateName, Place::File(name), format!("expected one file, found {what}"))
        .hint(format!("the first one is `{first}`; take one of them out"))
}

/// The finding that files of a folder or an archive are passed over.
pub fn passed_over(place: FileName, names: &[String]) -> Diagnostic {
    let (files, are) =
        if names.len() == 1 { ("a lock file or hidden file", "is") } else { ("lock files and hidden files", "are") };
    Diagnostic::new(Rule::PassedOver, Place::File(place), format!("{files} {are} not read: {}", list_some(names)))
        .because(CauseKind::HiddenFiles, vec![("found", Fact::Text(names.join(", ")))])
}

/// A path in the project. Some systems part marks from letters in names; here every letter and its marks are one sign.
pub(super) fn name(root: &Path, path: &Path) -> FileName {
    FileName::new(&*composed(&slashed(path.strip_prefix(root).unwrap_or(path))))
}

pub(super) fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
