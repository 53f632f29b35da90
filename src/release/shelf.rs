//! The folder of releases, held by one run at a time.
//!
//! Files and folders that esep needs only while it writes have names of their own: `.esep-lock`, `.esep-<place>.new-<n>` for a release
//! being written, `.esep-<place>.old-<n>` for what stood in the place before. The run that holds the lock knows that all others of them
//! were left by runs that have ended, and clears them away.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use walkdir::WalkDir;

use super::lock::{Lock, Refusal};
use super::manifest::{Holding, Standing};
use super::{Error, Warning, failed, remove, system, write_new};
use crate::sources::{FOLDERS, MOST_FILES, is_passed_over};

/// The beginning of all names that esep needs only while it writes.
const OWN: &str = ".esep-";

/// A folder in which only this run writes, as long as the value lives.
#[derive(Debug)]
pub struct Shelf {
    pub(super) holds: Holding,
    /// Whether a release may be replaced by one that holds less.
    pub(super) replaces: bool,
    desk: Arc<Desk>,
}

/// Gives up a [`Shelf`] from another thread.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Desk>);

/// What a run has open on the disk.
#[derive(Debug)]
struct Desk {
    folder: PathBuf,
    /// The folders that this run made for it, the outermost first.
    made: Vec<PathBuf>,
    lock: Mutex<Option<Lock>>,
    /// The folders and files that are being written.
    open: Mutex<BTreeSet<PathBuf>>,
    warnings: Mutex<Vec<Warning>>,
    /// Every change of the disk passes this gate; once it is shut, nothing changes any more.
    gate: RwLock<()>,
}

impl Shelf {
    /// Opens the folder `out` for folders that hold `holds`. What earlier runs left is cleared away, and a place that one of them emptied
    /// gets back what stood in it. With `replaces`, a release may be replaced by one that holds less.
    ///
    /// # Errors
    /// When another run writes there, when nothing may be written there, or when the system refuses it.
    pub fn open(out: &Path, project: &Path, holds: Holding, replaces: bool) -> Result<Self, Error> {
        refuse((out, OUT), project, holds.is_private(), holds.name())?;
        let shelf = Self { holds, replaces, desk: Desk::claim(out, out, &format!("{OWN}lock"))? };
        if shelf.desk.is_alone() {
            shelf.desk.tidy()?;
        }
        if !holds.is_private() {
            shelf.desk.warn_of_unpublished();
        }
        Ok(shelf)
    }

    /// Opens the folder of a single file that is written again and again; other runs may write beside this file.
    ///
    /// # Errors
    /// Those of [`Shelf::open`].
    pub fn of_file(path: &Path, project: &Path, holds: Holding) -> Result<Self, Error> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        refuse((folder, OUT), project, holds.is_private(), holds.name())?;
        refuse_inside(folder, path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let shelf = Self { holds, replaces: false, desk: Desk::claim(folder, path, &format!("{OWN}{name}.lock"))? };
        let fresh = beside(path);
        if shelf.desk.is_alone() && fs::symlink_metadata(&fresh).is_ok() {
            if !is_begun_document(&fresh) {
                return Err(Error::Foreign { path: fresh });
            }
            shelf.desk.remove(&fresh);
            shelf.desk.warn(Warning::Cleared { path: fresh });
        }
        Ok(shelf)
    }

    /// Opens a folder for single files, in which other runs may write at the same time, on other machines too: nothing is locked, and nothing that
    /// stands there is cleared away.
    ///
    /// # Errors
    /// When nothing may be written there, or when the system refuses it.
    pub fn shared(out: &Path, project: &Path, holds: Holding) -> Result<Self, Error> {
        refuse((out, OUT), project, holds.is_private(), holds.name())?;
        refuse_inside(out, out)?;
        system::folders(false).recursive(true).create(out).map_err(failed(out))?;
        Ok(Self { holds, replaces: false, desk: Arc::new(Desk::of(out, Vec::new(), None, Vec::new())) })
    }

    /// Replaces a PDF at once: nobody who looks at it ever sees half of it.
    ///
    /// # Errors
    /// When it cannot be written, or esep did not make what stands there.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        if fs::symlink_metadata(path).is_ok() && !is_own_document(path) {
            return Err(Error::OfAnotherKind {
                path: path.into(),
                found: "something else".into(),
                wanted: "a document of esep".into(),
            });
        }
        let fresh = beside(path);
        let _pass = self.pass();
        self.enter(&fresh);
        let written = write_new(&fresh, bytes, self.holds.is_private()).and_then(|()| {
            let file = fs::File::open(&fresh).and_then(|file| file.sync_all());
            file.and_then(|()| fs::rename(&fresh, path)).map_err(failed(path))
        });
        if written.is_err() {
            self.desk.remove(&fresh);
        }
        self.leave(&fresh);
        written?;
        system::sync_folder(&self.desk.folder).map_err(failed(&self.desk.folder))
    }

    /// Adds a file that stands alone; nothing is replaced by it.
    ///
    /// # Errors
    /// When it cannot be written, or something stands there already.
    pub fn add(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let fresh = beside(path);
        let _pass = self.pass();
        if fs::symlink_metadata(path).is_ok() {
            let there = io::Error::new(io::ErrorKind::AlreadyExists, "there is such a file already, and it is not replaced");
            return Err(failed(path)(there));
        }
        self.enter(&fresh);
        let written = write_new(&fresh, bytes, self.holds.is_private());
        let written = written.and_then(|()| fs::rename(&fresh, path).map_err(failed(path)));
        if written.is_err() {
            self.desk.remove(&fresh);
        }
        self.leave(&fresh);
        written?;
        system::sync_folder(&self.desk.folder).map_err(failed(&self.desk.folder))
    }

    /// What its folders hold.
    pub fn holds(&self) -> Holding {
        self.holds
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.desk.folder
    }

    /// Whether a place has a manifest.
    pub fn has(&self, place: &str) -> bool {
        self.desk.folder.join(place).join("manifest.json").is_file()
    }

    /// A value with which another thread can give the folder up.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.desk))
    }

    /// The warnings so far; each is given once.
    pub fn warnings(&self) -> Vec<Warning> {
        std::mem::take(&mut *held(&self.desk.warnings))
    }

    /// Makes a folder for writing, with the first name that is free.
    pub(super) fn fresh(&self, place: &str, private: bool) -> Result<PathBuf, Error> {
        let _pass = self.pass();
        let mut number = 1_u32;
        loop {
            let path = self.aside(place, "new", number);
            match system::folders(private).create(&path) {
                Ok(()) => {
                    self.enter(&path);
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
                Err(error) => return Err(failed(&path)(error)),
            }
        }
    }

    /// A free name for what stands in a place, until it is removed.
    pub(super) fn old(&self, place: &str) -> PathBuf {
        let mut paths = (1..=u32::MAX).map(|number| self.aside(place, "old", number));
        paths.find(|path| fs::symlink_metadata(path).is_err()).expect("no folder has so many entries")
    }

    fn aside(&self, place: &str, kind: &str, number: u32) -> PathBuf {
        self.desk.folder.join(format!("{OWN}{place}.{kind}-{number}"))
    }

    /// Permits a change of the disk as long as the caller holds the guard. Once the run is asked to end, it waits for ever.
    pub(super) fn pass(&self) -> RwLockReadGuard<'_, ()> {
        self.desk.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what is of no use any more; a warning tells of what cannot be removed.
    pub(super) fn discard(&self, path: &Path) {
        self.desk.remove(path);
        self.leave(path);
    }

    pub(super) fn enter(&self, path: &Path) {
        held(&self.desk.open).insert(path.to_owned());
    }

    pub(super) fn leave(&self, path: &Path) {
        held(&self.desk.open).remove(path);
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let _pass = self.pass();
        self.desk.clear();
    }
}

impl Stopper {
    /// Clears away everything that is not published and lets the folder go. Whoever wants to write after that waits for ever, so the
    /// program must end at once.
    pub fn stop(&self) {
        std::mem::forget(self.0.gate.write().unwrap_or_else(PoisonError::into_inner));
        self.0.clear();
    }
}

impl Desk {
    /// Makes the folder if needed, and takes a lock in it that keeps other runs from writing to `what`.
    fn claim(folder: &Path, what: &Path, lock: &str) -> Result<Arc<Self>, Error> {
        /// Another run may remove the folder, which it has made, before our lock is in it; so it is tried this often.
        const TURNS: usize = 10;
        let path = folder.join(lock);
        let mut warnings = Vec::new();
        let mut turns = 0;
        let (made, lock) = loop {
            let missing = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
            let made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
            system::folders(false).recursive(true).create(folder).map_err(failed(folder))?;
            for above in made.iter().filter_map(|folder| folder.parent()).filter(|above| !above.as_os_str().is_empty()) {
                system::sync_folder(above).map_err(failed(above))?;
            }
            turns += 1;
            match Lock::take(&path) {
                Ok(lock) => break (made, Some(lock)),
                Err(Refusal::Held) => return Err(Error::Held { path: what.into() }),
                Err(Refusal::Foreign) => return Err(Error::Foreign { path }),
                Err(Refusal::Failed(error)) if error.kind() == io::ErrorKind::NotFound && turns < TURNS => {}
                Err(Refusal::Failed(error)) => return Err(failed(&path)(error)),
                Err(Refusal::Unknown) => {
                    warnings.push(Warning::NoLocks { path: folder.into() });
                    break (made, None);
                }
            }
        };
        Ok(Arc::new(Self::of(folder, made.into_iter().rev().collect(), lock, warnings)))
    }

    fn of(folder: &Path, made: Vec<PathBuf>, lock: Option<Lock>, warnings: Vec<Warning>) -> Self {
        let (lock, warnings) = (Mutex::new(lock), Mutex::new(warnings));
        Self { folder: folder.into(), made, lock, open: Mutex::default(), warnings, gate: RwLock::default() }
    }

    fn is_alone(&self) -> bool {
        held(&self.lock).is_some()
    }

    /// Clears away what earlier runs left, and warns of it. What only has such a name, and was not written by esep, stays.
    fn tidy(&self) -> Result<(), Error> {
        let mut left: Vec<(PathBuf, Left)> = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed(&self.folder))? {
            let path = entry.map_err(failed(&self.folder))?.path();
            left.extend(Left::of(&path).map(|kind| (path, kind)));
        }
        left.sort();
        for (path, kind) in left {
            match kind {
                Left::Old(_) | Left::New if !is_own(&path) => self.warn(Warning::Foreign { path }),
                Left::Old(place) if fs::symlink_metadata(self.folder.join(&place)).is_err() => {
                    let place = self.folder.join(place);
                    fs::rename(&path, &place).map_err(failed(&place))?;
                    system::sync_folder(&self.folder).map_err(failed(&self.folder))?;
                    self.warn(Warning::Recovered { path: place });
                }
                Left::Old(_) | Left::New => {
                    self.remove(&path);
                    self.warn(Warning::Cleared { path });
                }
            }
        }
        Ok(())
    }

    fn warn_of_unpublished(&self) {
        let folders = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for folder in folders(&self.folder).filter(|folder| Left::of(folder).is_none()) {
            let held = folders(&folder).filter_map(|inside| Standing::read(&inside)?.holds);
            let held = held.collect::<BTreeSet<String>>();
            let what: Vec<&str> = held.iter().map(String::as_str).filter(|&holds| holds != Holding::Reports.name()).collect();
            if !what.is_empty() {
                self.warn(Warning::UnpublishedInside { path: folder, what: what.join(", ") });
            }
        }
    }

    fn warn(&self, warning: Warning) {
        held(&self.warnings).push(warning);
    }

    fn remove(&self, path: &Path) {
        if let Err(source) = remove(path) {
            self.warn(Warning::NotRemoved { path: path.into(), source });
        }
    }

    /// Removes everything that is not published, and lets the folder go.
    fn clear(&self) {
        for path in std::mem::take(&mut *held(&self.open)) {
            self.remove(&path);
        }
        drop(held(&self.lock).take());
        // Folders that are not empty stay.
        self.made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// What a run left that was ended.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// What stood in this place; it is looked at before `New`.
    Old(String),
    /// A release being written, or what was exchanged with it.
    New,
}

impl Left {
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        match name.strip_prefix(OWN) {
            Some(own) => {
                let (rest, number) = own.rsplit_once('-').filter(|(_, number)| is_number(number))?;
                let old = rest.strip_suffix(".old").map(|place| Left::Old(place.to_owned()));
                old.or(rest.ends_with(".new").then_some(Left::New)).filter(|_| number != "0" && is_folder(path))
            }
            None => Self::of_before(path, name.strip_prefix('.')?),
        }
    }

    /// The same by the names that older versions used. Other programs may use such names too, so the contents are looked at.
    fn of_before(path: &Path, name: &str) -> Option<Self> {
        if let Some(place) = name.strip_suffix(".old") {
            return Standing::read(path).map(|_| Left::Old(place.to_owned()));
        }
        let (_, process) = name.rsplit_once(".new-")?;
        (is_number(process) && is_folder(path) && is_own(path)).then_some(Left::New)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a folder holds only what esep writes: a release with its manifest, or a part of one.
fn is_own(folder: &Path) -> bool {
    let is_whole = Standing::read(folder).is_some();
    is_whole || WalkDir::new(folder).into_iter().all(|entry| entry.is_ok_and(|entry| is_written(&entry)))
}

/// The endings of the files that esep writes.
const WRITTEN: [&str; 20] = [
    "pdf", "xlsx", "xlsm", "csv", "jj", "json", "typ", "html", "css", "js", "svg", "png", "jpg", "jpeg", "ttf", "otf", "zip",
    "eml", "batch", "minisig",
];

/// Whether something is a folder, a file of a kind that esep writes, or a file that systems put everywhere.
fn is_written(entry: &walkdir::DirEntry) -> bool {
    let ending = entry.path().extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_known = WRITTEN.contains(&ending);
    entry.file_type().is_dir()
        || entry.file_type().is_file() && (is_known || is_passed_over(&entry.file_name().to_string_lossy()))
}

/// Whether a folder stands there, and not a link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Locks a mutex that is never poisoned, since no thread panics while it holds it.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path at which a file is written before it gets its name.
pub(super) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{OWN}{name}.new"))
}

/// Whether a file is a PDF that esep made.
fn is_own_document(path: &Path) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    is_file
        && fs::read(path)
            .is_ok_and(|bytes| bytes.starts_with(b"%PDF-") && memchr::memmem::find(&bytes, b"/Creator(esep ").is_some())
}

/// Whether a file may be the beginning of a PDF.
fn is_begun_document(path: &Path) -> bool {
    const BEGINNING: &[u8] = b"%PDF-";
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    is_file && fs::read(path).is_ok_and(|bytes| bytes.iter().zip(BEGINNING).all(|(byte, begun)| byte == begun))
}

/// The option that names a folder to write in.
pub(super) const OUT: &str = "--out";

/// Refuses folders that are read; for what is never published, also folders of releases, and the other way round. `option` names the folder.
pub(super) fn refuse(
    (out, option): (&Path, &'static str),
    project: &Path,
    is_private: bool,
    what: &'static str,
) -> Result<(), Error> {
    let (place, home) = (resolved(out), resolved(project));
    for folder in FOLDERS {
        let lies_in = |read: &PathBuf| {
            place.starts_with(resolved(read))
                || place.ancestors().any(|above| same_file::is_same_file(above, read).unwrap_or(false))
        };
        // A folder that does not exist yet will be read once it does.
        if read_through(&project.join(folder), &home).iter().any(lies_in) {
            return Err(Error::InsideTheProject { path: out.into(), option, folder });
        }
    }
    // Folders far above have nothing to do with this one.
    let near = place.ancestors().enumerate().filter(|(steps, above)| *steps < 2 || above.starts_with(&home));
    let unpublished = Holding::UNPUBLISHED.map(Holding::name);
    for (steps, folder) in near {
        // Farther up, a link such as `latest` to a release publishes nothing of what is written here.
        let mut standing = standing_in(folder, steps == 0);
        if is_private && standing.any(|held| held == Holding::Reports.name()) {
            return Err(Error::AmongReleases { path: out.into(), option, folder: folder.into(), what });
        }
        if !is_private && let Some(what) = standing.find(|held| unpublished.contains(&held.as_str())) {
            return Err(Error::AmongUnpublished { path: out.into(), folder: folder.into(), what });
        }
    }
    Ok(())
}

/// Refuses to write `what` in a folder that lies in a release.
fn refuse_inside(folder: &Path, what: &Path) -> Result<(), Error> {
    match resolved(folder).ancestors().find(|above| Standing::read(above).is_some()) {
        Some(release) => Err(Error::InsideARelease { path: what.into(), release: release.into() }),
        None => Ok(()),
    }
}

/// A folder that is read, and the places that links in it lead to; links to folders that hold the project do not count.
fn read_through(folder: &Path, home: &Path) -> Vec<PathBuf> {
    let leads_above = |path: &Path| path.is_symlink() && home.starts_with(resolved(path));
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let walk = walk.filter_entry(|entry| !leads_above(entry.path())).take(MOST_FILES);
    // A link to nothing cannot be entered.
    let paths = walk.filter_map(|entry| match entry {
        Ok(entry) => Some(entry.into_path()),
        Err(error) => error.path().map(Path::to_owned),
    });
    let links = paths.filter(|path| path != folder && path.is_symlink());
    std::iter::once(folder.to_owned()).chain(links).filter(|path| !leads_above(path)).collect()
}

/// What a folder holds, and what the folders in it hold, as their manifests tell; `links` says whether links in it are followed.
fn standing_in(folder: &Path, links: bool) -> impl Iterator<Item = String> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    let inside = inside.filter(move |entry| links || entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    let folders = std::iter::once(folder.to_owned()).chain(inside.map(|entry| entry.path()));
    folders.filter_map(|folder| Standing::read(&folder)?.holds)
}

/// A path without links and `..`, whether anything is there or not.
fn resolved(path: &Path) -> PathBuf {
    /// As many links as systems follow.
    const MOST_LINKS: usize = 40;
    followed(path, MOST_LINKS)
}

fn followed(path: &Path, most: usize) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = absolute.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, mut known)) = known else { return absolute };
    for part in absolute.strip_prefix(above).unwrap_or(Path::new("")).components() {
        match part {
            Component::ParentDir => drop(known.pop()),
            part => known.push(part),
        }
        // What exists is resolved already, so this is a link to something that does not exist.
        if let (Ok(target), 1..) = (known.read_link(), most) {
            known.pop();
            known = followed(&known.join(target), most - 1);
        }
    }
    known
}
