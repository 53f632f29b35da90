//! A release being written, beside its place.
//!
//! Where the system can exchange two folders in one step, the place holds at every moment either all of the old release or all of the new
//! one. Elsewhere the old release steps aside first. A run that is ended between these two steps leaves an empty place, which the next run
//! fills again ([`Shelf::open`]).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::manifest::{FileEntry, Holding, MANIFEST, Manifest, PROGRAM, Standing};
use super::names::{Taken, safe_path};
use super::shelf::Shelf;
use super::{Error, failed, make_folder_of, system, write_new};

/// A release being written. Dropped before [`Staging::publish`], it leaves nothing on the disk.
#[derive(Debug)]
pub struct Staging<'a> {
    shelf: &'a Shelf,
    /// The name of its place.
    name: String,
    period: String,
    holds: Holding,
    fresh: PathBuf,
    /// Whether everything of the period is asked for.
    whole: bool,
    /// The regions whose files this run makes anew; fewer of them may come out than before.
    remade: BTreeSet<String>,
}

impl Shelf {
    /// Begins the folder of a period; `complete` when it will hold everything of the period.
    ///
    /// # Errors
    /// When the place holds something that must not be replaced, or nothing can be written there.
    pub fn begin(&self, period: &str, complete: bool) -> Result<Staging<'_>, Error> {
        self.stage(period, period, self.holds, complete)
    }

    /// Begins the folder of an edition of a period: that of a later one stands beside those before.
    ///
    /// # Errors
    /// Those of [`Shelf::begin`].
    pub fn begin_edition(&self, period: &str, edition: u32, complete: bool) -> Result<Staging<'_>, Error> {
        let name = if edition > 1 { format!("{period}-edition-{edition}") } else { period.to_owned() };
        self.stage(&name, period, self.holds, complete)
    }

    /// Begins the folder for the texts of documents of a period that fail.
    ///
    /// # Errors
    /// Those of [`Shelf::begin`].
    pub fn begin_texts(&self, period: &str) -> Result<Staging<'_>, Error> {
        self.stage(&format!("{period}-failed"), period, self.holds.texts(), true)
    }

    /// Begins the folder for what documents of a period are set from.
    ///
    /// # Errors
    /// Those of [`Shelf::begin`].
    pub fn begin_sources(&self, period: &str) -> Result<Staging<'_>, Error> {
        self.stage(&format!("{period}-sources"), period, self.holds.texts(), true)
    }

    fn stage(&self, name: &str, period: &str, holds: Holding, complete: bool) -> Result<Staging<'_>, Error> {
        let (name, period) = (name.to_owned(), period.to_owned());
        let fresh = PathBuf::new();
        let mut staging = Staging { shelf: self, name, period, holds, fresh, whole: complete, remade: BTreeSet::new() };
        staging.may_replace(complete)?;
        staging.fresh = self.fresh(&staging.name, staging.is_private())?;
        Ok(staging)
    }
}

impl Staging<'_> {
    /// Says what was asked for: everything of the period, though errors may block some of it, or else everything of the regions `remade`.
    /// What stands in the place and is of neither is never lost.
    pub fn asked(mut self, everything: bool, remade: BTreeSet<String>) -> Self {
        (self.whole, self.remade) = (everything, remade);
        self
    }

    /// Writes a new file of the release; `path` uses `/`.
    ///
    /// # Errors
    /// When it cannot be written, or is there already.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.fresh.join(path);
        let _pass = self.shelf.pass();
        make_folder_of(&path, self.is_private())?;
        write_new(&path, bytes, self.is_private())
    }

    /// Writes the manifest of what was written.
    ///
    /// # Errors
    /// When it cannot be written, or is there already.
    pub fn write_manifest(&self, manifest: &Manifest) -> Result<(), Error> {
        let json = serde_json::to_string_pretty(manifest).expect("the manifest is plain data");
        self.write(MANIFEST, format!("{json}\n").as_bytes())
    }

    /// The name of the place, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Publishes the folder with a manifest that lists `files`; `complete` when they are everything of the period.
    ///
    /// # Errors
    /// Those of [`Staging::publish`].
    pub fn publish_files(self, files: &[FileEntry], complete: bool) -> Result<PathBuf, Error> {
        self.publish_telling(files, complete, serde_json::Map::new())
    }

    /// The same; the manifest tells `more`, by key.
    ///
    /// # Errors
    /// Those of [`Staging::publish`].
    pub fn publish_telling(
        self,
        files: &[FileEntry],
        complete: bool,
        more: serde_json::Map<String, serde_json::Value>,
    ) -> Result<PathBuf, Error> {
        let mut manifest = serde_json::json!({
            "holds": self.holds,
            "program": PROGRAM,
            "period": self.period,
            "complete": complete,
            "files": files,
        });
        manifest.as_object_mut().expect("it is an object").extend(more);
        let json = serde_json::to_string_pretty(&manifest).expect("the manifest is plain data");
        self.write(MANIFEST, format!("{json}\n").as_bytes())?;
        self.publish()
    }

    /// Publishes the folder with these files; without any, removes what was published before.
    ///
    /// # Errors
    /// Those of [`Staging::publish`].
    pub fn publish_if_any(self, files: &[FileEntry]) -> Result<(), Error> {
        if files.is_empty() { self.withdraw() } else { self.publish_files(files, true).map(drop) }
    }

    /// Swaps the release in. What stood in its place is gone, and nobody ever sees anything half-written.
    ///
    /// # Errors
    /// When the files differ from the manifest, what stands in the place must not be replaced, or the folders cannot be exchanged.
    pub fn publish(mut self) -> Result<PathBuf, Error> {
        let made = self.settle()?;
        // Somebody may have put something else in the place in the meantime.
        let standing = self.may_replace(made.complete)?;
        let place = self.place();
        // Part of a period takes the place of the same part only.
        if let Some(standing) = standing.filter(|_| !self.whole && !self.shelf.replaces) {
            let files: Vec<String> = standing.beyond(&made, &self.remade).map(str::to_owned).collect();
            if !files.is_empty() {
                return Err(Error::OfOthers { path: place, files });
            }
        }
        let _pass = self.shelf.pass();
        let old = self.swap(&place)?;
        system::sync_folder(self.shelf.folder()).map_err(failed(self.shelf.folder()))?;
        let fresh = std::mem::take(&mut self.fresh);
        self.shelf.discard(old.as_ref().unwrap_or(&fresh));
        Ok(place)
    }

    /// Removes what stands in the place.
    fn withdraw(self) -> Result<(), Error> {
        let place = self.place();
        let _pass = self.shelf.pass();
        if Standing::read(&place).is_some() {
            // It is removed as a part of the fresh folder, so nobody sees half of it.
            fs::rename(&place, self.fresh.join("old")).map_err(failed(&place))?;
        }
        Ok(())
    }

    /// The path at which the release will stand.
    fn place(&self) -> PathBuf {
        self.shelf.folder().join(&self.name)
    }

    fn is_private(&self) -> bool {
        self.holds.is_private() || self.shelf.holds.is_private()
    }

    /// Checks that what stands in the place may be replaced by this release, and returns it.
    fn may_replace(&self, complete: bool) -> Result<Option<Standing>, Error> {
        let path = self.place();
        let Ok(found) = fs::symlink_metadata(&path) else { return Ok(None) };
        let standing = if found.is_dir() { Standing::look(&path) } else { Ok(None) };
        let standing = standing.map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        let standing = standing.ok_or_else(|| Error::NotARelease { path: path.clone() })?;
        let wanted = self.holds.name();
        if let Some(found) = standing.holds.as_deref().filter(|&found| found != wanted) {
            return Err(Error::OfAnotherKind { path, found: found.into(), wanted: wanted.into() });
        }
        // On a system that ignores capitals, two periods may have one folder.
        if let Some(found) = standing.period.as_deref().filter(|&found| found != self.period) {
            let of = |period: &str| format!("the period `{period}`");
            return Err(Error::OfAnotherKind { found: of(found), wanted: of(&self.period), path });
        }
        if self.shelf.replaces {
            return Ok(Some(standing));
        }
        let files = standing.strangers(&path);
        if !files.is_empty() {
            return Err(Error::Strangers { path, files });
        }
        if standing.complete && !complete {
            return Err(Error::LessComplete { path, what: wanted });
        }
        Ok(Some(standing))
    }

    /// Compares the folder with its manifest and writes it through to the disk; returns what the manifest says.
    fn settle(&self) -> Result<Standing, Error> {
        let torn = |difference| Error::Torn { path: self.place(), difference };
        let standing = Standing::read(&self.fresh).ok_or_else(|| torn("it has none".into()))?;
        let read = |path: &Path| {
            let _pass = self.shelf.pass();
            let mut bytes = Vec::new();
            let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes).and_then(|_| file.sync_all()));
            read.map(|()| bytes).map_err(failed(path))
        };
        if let Some(difference) = standing.difference(&self.fresh, read)? {
            return Err(torn(difference));
        }
        for folder in WalkDir::new(&self.fresh).into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
            let _pass = self.shelf.pass();
            system::sync_folder(folder.path()).map_err(failed(folder.path()))?;
        }
        Ok(standing)
    }

    /// Puts the fresh folder in its place; returns where the old one is now.
    fn swap(&self, place: &Path) -> Result<Option<PathBuf>, Error> {
        if fs::symlink_metadata(place).is_err() {
            fs::rename(&self.fresh, place).map_err(failed(place))?;
            return Ok(None);
        }
        if system::exchange(&self.fresh, place).map_err(failed(place))? {
            return Ok(Some(self.fresh.clone()));
        }
        self.swap_in_two_steps(place).map(Some)
    }

    /// Swaps where the system cannot exchange folders: the old one steps aside, and comes back if the new one cannot be moved.
    fn swap_in_two_steps(&self, place: &Path) -> Result<PathBuf, Error> {
        let old = self.shelf.old(&self.name);
        fs::rename(place, &old).map_err(failed(place))?;
        if let Err(error) = fs::rename(&self.fresh, place) {
            let _ = fs::rename(&old, place);
            return Err(failed(place)(error));
        }
        Ok(old)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.fresh.as_os_str().is_empty() {
            let _pass = self.shelf.pass();
            self.shelf.discard(&self.fresh);
        }
    }
}

/// A file to be published, for the office of a region or for nobody in particular.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its path in the folder.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The code of the region.
    pub region: Option<String>,
}

/// Publishes files as the folder of a period, which replaces what esep wrote there before. Where a file system could take two paths for
/// one, the second gets a number. `complete` when the files are everything of the period; else `remade` are the regions of which they are
/// everything.
///
/// # Errors
/// When the place holds something else, or cannot be written.
pub fn folder(
    shelf: &Shelf,
    period: &str,
    files: &[NewFile],
    complete: bool,
    remade: BTreeSet<String>,
) -> Result<PathBuf, Error> {
    let staging = shelf.begin(period, complete)?.asked(complete, remade);
    let mut taken = Taken::default();
    let mut entries = Vec::new();
    for NewFile { path, bytes, region } in files {
        let path = taken.take(&safe_path(path));
        staging.write(&path, bytes)?;
        entries.push(FileEntry::new(path, bytes).of(region.as_deref()));
    }
    staging.publish_files(&entries, complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Warning;

    /// A shelf for reports in a folder, in which nobody else writes.
    fn shelf(folder: &Path) -> Shelf {
        Shelf::open(folder, Path::new("no project"), Holding::Reports, false).expect("nobody else writes there")
    }

    /// Publishes a release of one file.
    fn publish(shelf: &Shelf, file: &str, complete: bool) -> Result<PathBuf, Error> {
        let staging = shelf.begin("2025", complete)?;
        staging.write(file, file.as_bytes())?;
        staging.publish_files(&[FileEntry::new(file, file.as_bytes())], complete)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("entry").file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_release_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("deep/out");
        let shelf = shelf(&out);
        let staging = shelf.begin("2025", true).expect("begins");
        staging.write("ru/a.pdf", b"one").expect("writes");
        assert!(!out.join("2025").exists());
        staging.publish_files(&[FileEntry::new("ru/a.pdf", b"one")], true).expect("swaps");
        assert_eq!(fs::read(out.join("2025/ru/a.pdf")).expect("is there"), b"one");
        let staging = shelf.begin("2025", true).expect("begins again");
        staging.write("ru/b.pdf", b"two").expect("writes");
        drop(staging);
        publish(&shelf, "c.pdf", true).expect("swaps");
        drop(shelf);
        assert_eq!(names(&out), ["2025"]);
        assert_eq!(names(&out.join("2025")), ["c.pdf", "manifest.json"]);
    }

    #[test]
    fn a_folder_that_was_made_for_nothing_goes_again() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(shelf(&folder.path().join("deep/out")));
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn what_esep_did_not_make_is_never_replaced() {
        for manifest in [None, Some("[]"), Some("{}"), Some("{\"program\": \"webpack 5\", \"files\": []}"), Some("no JSON")] {
            let folder = tempfile::tempdir().expect("a folder");
            fs::create_dir_all(folder.path().join("2025/precious")).expect("made");
            if let Some(manifest) = manifest {
                fs::write(folder.path().join("2025/manifest.json"), manifest).expect("written");
            }
            let mut shelf = shelf(folder.path());
            shelf.replaces = true;
            assert!(matches!(shelf.begin("2025", true), Err(Error::NotARelease { .. })), "{manifest:?}");
        }
    }

    #[test]
    fn files_that_somebody_put_into_a_release_are_not_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        publish(&shelf, "a.pdf", true).expect("swaps");
        fs::write(folder.path().join("2025/.DS_Store"), "what systems put there").expect("written");
        publish(&shelf, "a.pdf", true).expect("swaps");
        fs::write(folder.path().join("2025/letter.docx"), "mine").expect("written");
        let message = publish(&shelf, "a.pdf", true).expect_err("it would be lost").to_string();
        assert!(message.contains("files that esep did not put there: `letter.docx`"), "{message}");
        drop(shelf);
        let shelf =
            Shelf::open(folder.path(), Path::new("no project"), Holding::Reports, true).expect("nobody else writes there");
        publish(&shelf, "a.pdf", true).expect("it may go");
    }

    #[test]
    fn less_takes_the_place_of_more_only_where_it_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        publish(&shelf, "some.pdf", false).expect("swaps");
        publish(&shelf, "some.pdf", false).expect("the same may be made again");
        let message = publish(&shelf, "others.pdf", false).expect_err("some would be gone").to_string();
        assert!(message.contains("does not make: `some.pdf`") && message.contains("--replace"), "{message}");
        assert_eq!(names(&folder.path().join("2025")), ["manifest.json", "some.pdf"]);
        publish(&shelf, "all.pdf", true).expect("swaps");
        assert!(matches!(publish(&shelf, "some.pdf", false), Err(Error::LessComplete { .. })));
        // Only after it had begun did the release turn out to be incomplete.
        let staging = shelf.begin("2025", true).expect("begins");
        assert!(matches!(staging.publish_files(&[], false), Err(Error::LessComplete { .. })));
        assert_eq!(names(&folder.path().join("2025")), ["all.pdf", "manifest.json"]);
    }

    #[test]
    fn one_kind_or_period_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().expect("a folder");
        publish(&shelf(folder.path()), "a.pdf", true).expect("swaps");
        let mut sheets = shelf(folder.path());
        sheets.holds = Holding::Sheets;
        let message = sheets.begin("2025", true).expect_err("no sheets stand there").to_string();
        assert!(message.contains("it holds reports and not sheets"), "{message}");
        drop(sheets);
        // On a disk that takes both names for one, the folder would be found under the other name.
        fs::rename(folder.path().join("2025"), folder.path().join("2025a")).expect("renamed");
        let message = shelf(folder.path()).begin("2025a", true).expect_err("another period").to_string();
        assert!(message.contains("it holds the period `2025` and not the period `2025a`"), "{message}");
    }

    #[test]
    fn a_folder_that_is_not_what_was_written_is_not_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        let entry = [FileEntry::new("a.pdf", b"one")];
        for (change, expected) in
            [("b.pdf", "it holds `b.pdf`, which was not written"), ("a.pdf", "`a.pdf` is not what was written")]
        {
            let staging = shelf.begin("2025", true).expect("begins");
            staging.write("a.pdf", b"one").expect("writes");
            fs::write(staging.fresh.join(change), "two").expect("somebody writes");
            let message = staging.publish_files(&entry, true).expect_err("it is torn").to_string();
            assert!(message.contains(expected), "{message}");
        }
        let staging = shelf.begin("2025", true).expect("begins");
        assert!(matches!(staging.publish_files(&entry, true), Err(Error::Torn { .. })));
        assert!(!folder.path().join("2025").exists());
    }

    #[test]
    fn without_an_exchange_the_old_one_steps_aside_and_comes_back_if_it_must() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        let place = publish(&shelf, "old.pdf", true).expect("swaps");
        let staging = shelf.begin("2025", true).expect("begins");
        staging.write("new.pdf", b"new").expect("writes");
        let old = staging.swap_in_two_steps(&place).expect("swaps");
        assert!(place.join("new.pdf").exists() && old.join("old.pdf").exists());
        fs::remove_dir_all(&place).and_then(|()| fs::rename(&old, &place)).expect("back");
        // The fresh one is gone by now.
        assert!(matches!(staging.swap_in_two_steps(&place), Err(Error::Write { .. })));
        assert!(place.join("old.pdf").exists());
    }

    #[test]
    fn what_runs_before_left_is_mended_and_cleared_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path();
        for left in [".esep-2025.old-1", ".2025.old"] {
            publish(&shelf(out), "old.pdf", true).expect("swaps");
            fs::rename(out.join("2025"), out.join(left)).expect("ended between two steps");
            fs::create_dir_all(out.join(".esep-2025.new-1/ru")).expect("made");
            fs::create_dir_all(out.join(".2025.new-4711/ru")).expect("made by esep of before");
            fs::write(out.join(".2025.new-4711/ru/a.pdf"), "half").expect("written");
            fs::write(out.join(".esep-lock"), "").expect("written");
            let shelf = shelf(out);
            let told = shelf.warnings();
            let is_recovered = |told: &&Warning| matches!(told, Warning::Recovered { .. });
            let is_cleared = |told: &&Warning| matches!(told, Warning::Cleared { .. });
            assert_eq!(told.iter().filter(is_recovered).count(), 1, "{told:?}");
            assert_eq!(told.iter().filter(is_cleared).count(), told.len() - 1, "{told:?}");
            drop(shelf);
            assert_eq!(names(out), ["2025"]);
            assert!(out.join("2025/old.pdf").exists());
        }
        for foreign in [".esep-notes", ".2026.new-1", ".2026.old"] {
            fs::create_dir_all(out.join(foreign)).expect("made");
            fs::write(out.join(foreign).join("mine.txt"), "mine").expect("written");
        }
        drop(shelf(out));
        assert_eq!(names(out), [".2026.new-1", ".2026.old", ".esep-notes", "2025"]);
    }

    #[test]
    fn what_only_has_a_name_of_esep_stays_and_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path();
        for foreign in [".esep-2025.new-1", ".esep-2026.old-1"] {
            fs::create_dir_all(out.join(foreign)).expect("made");
            fs::write(out.join(foreign).join("letter.docx"), "mine").expect("written");
        }
        let shelf = shelf(out);
        let warnings = shelf.warnings();
        assert!(matches!(warnings.as_slice(), [Warning::Foreign { .. }, Warning::Foreign { .. }]), "{warnings:?}");
        publish(&shelf, "a.pdf", true).expect("it has names enough");
        drop(shelf);
        assert_eq!(names(out), [".esep-2025.new-1", ".esep-2026.old-1", "2025"]);
        fs::write(out.join(".esep-lock"), "mine").expect("written");
        let refused = Shelf::open(out, Path::new("no project"), Holding::Reports, false);
        assert!(matches!(refused, Err(Error::Foreign { .. })));
        fs::write(out.join(".esep-watch.pdf.new"), "mine").expect("written");
        let refused = Shelf::of_file(&out.join("watch.pdf"), Path::new("no project"), Holding::Reports);
        assert!(matches!(refused, Err(Error::Foreign { .. })));
        assert_eq!(fs::read_to_string(out.join(".esep-watch.pdf.new")).expect("it is there"), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_release_that_cannot_be_read_is_called_so() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        let place = publish(&shelf, "a.pdf", true).expect("swaps");
        let manifest = place.join("manifest.json");
        fs::set_permissions(&manifest, fs::Permissions::from_mode(0o000)).expect("set");
        // Who may do everything reads it all the same.
        if fs::read(&manifest).is_err() {
            let message = publish(&shelf, "a.pdf", true).expect_err("nobody knows what it is").to_string();
            assert!(message.contains("what stands there cannot be read: Permission denied"), "{message}");
        }
    }

    #[test]
    fn one_run_writes_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = shelf(folder.path());
        let second = Shelf::open(folder.path(), Path::new("no project"), Holding::Reports, false);
        let message = second.expect_err("the first one writes").to_string();
        assert!(message.starts_with("another esep is writing in `"), "{message}");
        drop(first);
        shelf(folder.path());
    }

    #[test]
    fn a_run_that_is_asked_to_end_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path());
        let staging = shelf.begin("2025", true).expect("begins");
        staging.write("a.pdf", b"one").expect("writes");
        shelf.stopper().stop();
        assert_eq!(names(folder.path()), Vec::<String>::new());
        // Whoever passes now waits for ever.
        std::mem::forget(staging);
        std::mem::forget(shelf);
    }

    #[cfg(unix)]
    #[test]
    fn what_tells_of_units_is_for_its_owner_and_stands_in_no_folder_of_releases() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let open = |out: &str| Shelf::open(&folder.path().join(out), Path::new("no project"), Holding::Sheets, false);
        let sheets = open("private").expect("nobody else writes there");
        let place = publish(&sheets, "ru/a.pdf", true).expect("swaps");
        let mode = |path: &str| fs::metadata(place.join(path)).expect("there").permissions().mode() & 0o777;
        assert_eq!(["", "ru", "ru/a.pdf", "manifest.json"].map(mode), [0o700, 0o700, 0o600, 0o600]);
        publish(&shelf(&folder.path().join("out")), "a.pdf", true).expect("swaps");
        for out in ["out", "out/sheets", "out/2025", "out/2025/sheets"] {
            assert!(matches!(open(out), Err(Error::AmongReleases { .. })), "{out}");
        }
        fs::rename(folder.path().join("private"), folder.path().join("out/sheets")).expect("as esep of before had it");
        let warnings = shelf(&folder.path().join("out")).warnings();
        assert!(matches!(warnings.as_slice(), [Warning::UnpublishedInside { what, .. }] if what == "sheets"), "{warnings:?}");
    }

    #[test]
    fn nothing_is_written_where_a_project_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("inputs/2025")).expect("made");
        for out in ["inputs", "inputs/2025", "inputs/new/deep", "new/../inputs/out", "inputs/2025/../out"] {
            let opened = Shelf::open(&folder.path().join(out), folder.path(), Holding::Reports, false);
            assert!(matches!(opened, Err(Error::InsideTheProject { folder: "inputs", .. })), "{out}");
        }
        Shelf::open(&folder.path().join("inputs/../out"), folder.path(), Holding::Reports, false).expect("beside it");
    }

    #[cfg(unix)]
    #[test]
    fn what_links_of_a_project_lead_to_is_read_too() {
        use std::os::unix::fs::symlink;
        let (project, away) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::create_dir_all(project.path().join("inputs")).expect("made");
        symlink(away.path(), project.path().join("inputs/2025")).expect("linked");
        symlink("..", project.path().join("inputs/loop")).expect("linked");
        let open = |out: &Path| Shelf::open(out, project.path(), Holding::Reports, false);
        assert!(matches!(open(&away.path().join("out")), Err(Error::InsideTheProject { .. })));
        open(&project.path().join("out")).expect("a link to what holds the project is not read");
        // The same holds for a link behind a link, before and after the folder exists.
        let far = tempfile::tempdir().expect("a folder");
        symlink(far.path().join("later"), away.path().join("north")).expect("linked");
        symlink(away.path().join("later"), project.path().join("report-templates")).expect("linked");
        for out in [far.path().join("later/out"), away.path().join("later"), away.path().join("later/out")] {
            assert!(matches!(open(&out), Err(Error::InsideTheProject { .. })), "{}", out.display());
            assert!(!out.exists());
        }
        open(&far.path().join("out")).expect("nothing leads there");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_release_makes_no_folder_of_releases() {
        let folder = tempfile::tempdir().expect("a folder");
        publish(&shelf(&folder.path().join("out")), "a.pdf", true).expect("swaps");
        std::os::unix::fs::symlink("out/2025", folder.path().join("latest")).expect("linked");
        let open = |out: &str| Shelf::open(&folder.path().join(out), folder.path(), Holding::Sheets, false);
        open("private/sheets").expect("the release does not stand there");
        assert!(matches!(open("latest/sheets"), Err(Error::AmongReleases { .. })));
    }
}
