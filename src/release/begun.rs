//! A single file that is written piece by piece, under another name until it is whole. Several runs, on several machines, may write the same
//! file at once: each writes its own, and the last one stays.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::shelf::Shelf;
use super::{Error, failed, system};

/// What stands behind the name of a file that is being written, before a number.
const UNFINISHED: &str = ".unfinished-";
/// Nobody writes for so long without a pause: what a killed run left is removed after this time.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many bytes tell whether esep wrote a file.
const HEAD: u64 = 64;

/// A file being written. Dropped before [`Begun::publish`], it leaves nothing on the disk.
#[derive(Debug)]
pub struct Begun<'a> {
    shelf: &'a Shelf,
    place: PathBuf,
    fresh: PathBuf,
    file: BufWriter<File>,
    is_published: bool,
}

impl Shelf {
    /// Begins a file; `is_own` tells from the first bytes of what stands in its place whether esep wrote it.
    ///
    /// # Errors
    /// When something else stands in its place, or nothing can be written.
    pub fn begin_file(&self, name: &str, is_own: impl Fn(&[u8]) -> bool) -> Result<Begun<'_>, Error> {
        let place = self.folder().join(name);
        if fs::symlink_metadata(&place).is_ok() && !head(&place).is_some_and(|head| is_own(&head)) {
            let (found, wanted) = ("something else".to_owned(), "what esep wrote".to_owned());
            return Err(Error::OfAnotherKind { path: place, found, wanted });
        }
        let _pass = self.pass();
        self.tidy(name);
        let mut number = 1_u32;
        loop {
            let fresh = self.folder().join(format!("{name}{UNFINISHED}{number}"));
            match system::create_file(&fresh, self.holds().is_private()) {
                Ok(file) => {
                    self.enter(&fresh);
                    return Ok(Begun { shelf: self, place, fresh, file: BufWriter::new(file), is_published: false });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
                Err(error) => return Err(failed(&fresh)(error)),
            }
        }
    }

    /// Removes what killed runs left of a file.
    fn tidy(&self, name: &str) {
        let left = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&format!("{name}{UNFINISHED}"));
        for entry in fs::read_dir(self.folder()).into_iter().flatten().flatten().filter(left) {
            let written = entry.metadata().and_then(|facts| facts.modified()).ok();
            let age = written.and_then(|written| SystemTime::now().duration_since(written).ok());
            if age.is_some_and(|age| age > STALE) {
                // Another run may do the same at once.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The first bytes of a file; `None` for what is no file.
fn head(path: &Path) -> Option<Vec<u8>> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(head)
}

impl Begun<'_> {
    /// Where the file will stand.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Puts the file in its place, written through to the disk.
    ///
    /// # Errors
    /// When that fails; nothing is left then.
    pub fn publish(mut self) -> Result<PathBuf, Error> {
        let _pass = self.shelf.pass();
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        written.and_then(|()| fs::rename(&self.fresh, &self.place)).map_err(failed(&self.place))?;
        self.is_published = true;
        self.shelf.leave(&self.fresh);
        system::sync_folder(self.shelf.folder()).map_err(failed(self.shelf.folder()))?;
        Ok(self.place.clone())
    }
}

impl Write for Begun<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _pass = self.shelf.pass();
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let _pass = self.shelf.pass();
        self.file.flush()
    }
}

impl Seek for Begun<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let _pass = self.shelf.pass();
        self.file.seek(to)
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.is_published {
            let _pass = self.shelf.pass();
            self.shelf.discard(&self.fresh);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Holding;

    fn shelf(folder: &Path) -> Shelf {
        Shelf::shared(folder, Path::new("no project"), Holding::Reports).expect("nothing forbids it")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("entry").file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_two_runs_write_at_once_is_that_of_the_last_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (shelf(folder.path()), shelf(folder.path()));
        let mut first = one.begin_file("a.zip", |_| true).expect("begins");
        let mut second = other.begin_file("a.zip", |_| true).expect("begins too");
        first.write_all(b"first").and_then(|()| second.write_all(b"second")).expect("both are written");
        assert_eq!(names(folder.path()), ["a.zip.unfinished-1", "a.zip.unfinished-2"]);
        second.publish().expect("it is moved");
        assert_eq!(fs::read(folder.path().join("a.zip")).expect("is there"), b"second");
        first.publish().expect("it is moved");
        assert_eq!(fs::read(folder.path().join("a.zip")).expect("is there"), b"first");
        drop(one.begin_file("a.zip", |head| head == b"first").expect("esep wrote it"));
        assert_eq!(names(folder.path()), ["a.zip"]);
        assert!(matches!(one.begin_file("a.zip", |_| false), Err(Error::OfAnotherKind { .. })));
        let begun = one.begin_file("b.zip", |_| true).expect("begins");
        one.stopper().stop();
        assert_eq!(names(folder.path()), ["a.zip"], "a run that is asked to end leaves nothing");
        // Whoever passes now waits for ever.
        std::mem::forget(begun);
        std::mem::forget(one);
    }

    #[test]
    fn what_killed_runs_left_goes_after_a_day() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, hours) in [("a.zip.unfinished-1", 25), ("a.zip.unfinished-2", 1), ("b.zip.unfinished-1", 25)] {
            let file = File::create(folder.path().join(name)).expect("made");
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).expect("it can be set");
        }
        drop(shelf(folder.path()).begin_file("a.zip", |_| true).expect("begins"));
        assert_eq!(names(folder.path()), ["a.zip.unfinished-2", "b.zip.unfinished-1"]);
    }
}
