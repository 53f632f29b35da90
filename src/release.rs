//! Writes documents, tables and manifest to a fresh folder, then swaps it in whole. The only module that writes.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::language::LanguageCode;
use crate::letters::composed;
use crate::region::{Hierarchy, RegionIndex};
use crate::sources::Sources;

/// The world failed while something was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The place of the release holds something else.
    #[error("cannot replace `{}`: it is no release of esep (it has no `manifest.json`); choose another `--out`", path.display())]
    NotARelease {
        /// The place.
        path: PathBuf,
    },
    /// The place of the release holds another kind of folder.
    #[error("cannot replace `{}`: it holds {found} and not {wanted}; choose another `--out`", path.display())]
    OfAnotherKind {
        /// The place.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What was to be written.
        wanted: &'static str,
    },
    /// A new project would overwrite something.
    #[error("cannot begin a project in `{}`: the folder is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
}

/// What a folder of a period holds; one kind never takes the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holding {
    /// Reports with their tables.
    Reports,
    /// Sheets of units.
    Sheets,
    /// Workbooks to be filled in.
    Forms,
    /// Workbooks that are sent back.
    Answers,
}

impl Holding {
    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Holding::Reports => "reports",
            Holding::Sheets => "sheets",
            Holding::Forms => "forms",
            Holding::Answers => "answers",
        }
    }
}

/// What was made of what.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// What the folder holds.
    pub holds: Holding,
    /// The program and its version.
    pub program: String,
    /// The period's name in files.
    pub period: String,
    /// Whether all reports of the period are here.
    pub complete: bool,
    /// The documents, by path.
    pub reports: Vec<ReportEntry>,
    /// The files that stand beside documents, by path.
    pub companions: Vec<CompanionEntry>,
    /// The documents that are withheld, by path.
    pub withheld: Vec<WithheldEntry>,
    /// The tables, by path.
    pub tables: Vec<FileEntry>,
    /// The submissions read.
    pub inputs: Vec<FileEntry>,
    /// The specifications read.
    pub specifications: Vec<FileEntry>,
    /// The templates used.
    pub templates: Vec<FileEntry>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportEntry {
    /// Path in the release.
    pub path: String,
    /// `report`, or `reliability` for a protocol.
    pub kind: &'static str,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// How many pages.
    pub pages: usize,
    /// Size in bytes.
    pub size: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// A file beside a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompanionEntry {
    /// Path in the release.
    pub path: String,
    /// `workbook`: the tables of the document.
    pub kind: &'static str,
    /// The path of the document.
    pub of: String,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// Size in bytes.
    pub size: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl CompanionEntry {
    /// The workbook with these bytes beside a document.
    pub fn workbook(report: &ReportEntry, bytes: &[u8]) -> Self {
        Self {
            path: workbook_path(&report.path),
            kind: "workbook",
            of: report.path.clone(),
            region: report.region.clone(),
            language: report.language.clone(),
            size: bytes.len(),
            sha256: sha256(bytes),
        }
    }
}

/// A document that is withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WithheldEntry {
    /// The path that it would have.
    pub path: String,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// The errors that withhold it.
    pub reasons: Vec<WithheldReason>,
}

/// An error that withholds documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WithheldReason {
    /// The name of the rule or check.
    pub rule: String,
    /// The code of the region whose data are in doubt.
    pub region: String,
    /// The period of the data; none when it concerns all of them.
    pub period: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileEntry {
    /// Its path.
    pub path: String,
    /// Size in bytes.
    pub size: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl FileEntry {
    /// Of these bytes.
    pub fn new(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self { path: path.into(), size: bytes.len(), sha256: sha256(bytes) }
    }
}

/// The files that a run read: submissions, specifications, templates.
pub fn entries(sources: &Sources) -> (Vec<FileEntry>, Vec<FileEntry>, Vec<FileEntry>) {
    let inputs = sources.inputs.values().flatten();
    let inputs = inputs.map(|file| FileEntry::new(file.name.as_str(), &file.bytes));
    let receipts = sources.receipts.iter().map(|file| FileEntry::new(file.name.as_str(), &file.bytes));
    let inputs = inputs.chain(receipts).collect();
    let specs = sources.specs.iter().map(|file| FileEntry::new(file.name.as_str(), file.text.as_bytes())).collect();
    let templates = sources.templates.values().map(|file| FileEntry::new(file.name.as_str(), file.text.as_bytes()));
    let assets = sources.assets.iter().map(|file| FileEntry::new(file.name.as_str(), &file.bytes));
    (inputs, specs, templates.chain(assets).collect())
}

/// SHA-256, hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A release being written, beside its place. Dropped before [`Staging::publish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    fresh: PathBuf,
    place: PathBuf,
    holds: Holding,
    published: bool,
}

/// What a folder holds by its manifest; `None` where there is none that esep wrote. Manifests of before did not say it.
fn held(place: &Path, wanted: Holding) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(place.join("manifest.json")).ok()?).ok()?;
    let said = manifest.get("holds").and_then(|holds| holds.as_str());
    let reports = manifest.get("reports").map(|_| Holding::Reports.name());
    Some(said.or(reports).unwrap_or(wanted.name()).to_owned())
}

impl Staging {
    /// Begins the release of a period in `out`.
    ///
    /// # Errors
    /// When the place holds something that is no release, or nothing can be written there.
    pub fn begin(out: &Path, period: &str, holds: Holding) -> Result<Self, Error> {
        let place = out.join(period);
        if place.exists() {
            let found = held(&place, holds).ok_or_else(|| Error::NotARelease { path: place.clone() })?;
            if found != holds.name() {
                return Err(Error::OfAnotherKind { path: place, found, wanted: holds.name() });
            }
        }
        let fresh = out.join(format!(".{period}.new-{}", std::process::id()));
        remove(&fresh)?;
        fs::create_dir_all(&fresh).map_err(|source| Error::Write { path: fresh.clone(), source })?;
        Ok(Self { fresh, place, holds, published: false })
    }

    /// Writes a file of the release, which it did not have; `path` uses `/`.
    ///
    /// # Errors
    /// When it cannot be written, or is there already.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.fresh.join(path);
        make_folder(&path)?;
        let fresh = fs::File::create_new(&path).and_then(|mut file| file.write_all(bytes));
        fresh.map_err(|source| Error::Write { path, source })
    }

    /// Publishes the folder with a manifest that lists its files.
    ///
    /// # Errors
    /// When the manifest cannot be written, or the folders cannot be renamed.
    pub fn publish_files(self, period: &str, files: &[FileEntry]) -> Result<PathBuf, Error> {
        let manifest = serde_json::json!({
            "holds": self.holds,
            "program": concat!("esep ", env!("CARGO_PKG_VERSION")),
            "period": period,
            "files": files,
        });
        let json = serde_json::to_string_pretty(&manifest).expect("the manifest is plain data");
        self.write("manifest.json", format!("{json}\n").as_bytes())?;
        self.publish()
    }

    /// Swaps the release in: what stood in its place is gone, nothing half-written is ever seen.
    ///
    /// # Errors
    /// When the folders cannot be renamed.
    pub fn publish(mut self) -> Result<PathBuf, Error> {
        let old = self.fresh.with_extension("old");
        remove(&old)?;
        let renamed = |from: &Path, to: &Path| fs::rename(from, to).map_err(|source| Error::Write { path: to.into(), source });
        if self.place.exists() {
            renamed(&self.place, &old)?;
        }
        if let Err(error) = renamed(&self.fresh, &self.place) {
            // What was there comes back.
            let _ = fs::rename(&old, &self.place);
            return Err(error);
        }
        self.published = true;
        remove(&old)?;
        Ok(self.place.clone())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_dir_all(&self.fresh);
        }
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    fs::remove_dir_all(path).map_err(|source| Error::Write { path: path.into(), source })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    make_folder(path)?;
    fs::write(path, bytes).map_err(|source| Error::Write { path: path.into(), source })
}

/// Makes the folder of a file.
fn make_folder(path: &Path) -> Result<(), Error> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.into(), source })
}

/// Writes files as the folder of a period in `out`, swapped in whole; what esep wrote there before is gone. Of two paths that a file
/// system could take for one, the second gets a number.
///
/// # Errors
/// When the place holds something else, or cannot be written.
pub fn folder(out: &Path, period: &str, holds: Holding, files: &[(String, Vec<u8>)]) -> Result<PathBuf, Error> {
    let staging = Staging::begin(out, period, holds)?;
    let mut taken = Taken::default();
    let mut entries = Vec::new();
    for (path, bytes) in files {
        let path = taken.take(&safe_path(path));
        staging.write(&path, bytes)?;
        entries.push(FileEntry::new(path, bytes));
    }
    staging.publish_files(period, &entries)
}

/// Puts a file in the place of the one before, at once: who looks at it never sees half of it.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    write(&fresh, bytes)?;
    fs::rename(&fresh, path).map_err(|source| Error::Write { path: path.into(), source })
}

/// Begins a project: writes `files` into an empty or missing folder.
///
/// # Errors
/// When the folder holds something, or cannot be written.
pub fn begin_project(folder: &Path, files: &[(PathBuf, &str)]) -> Result<(), Error> {
    let holds_something = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if holds_something || folder.is_file() {
        return Err(Error::NotEmpty { path: folder.into() });
    }
    for (path, text) in files {
        write(&folder.join(path), text.as_bytes())?;
    }
    Ok(())
}

/// Names that no file system takes for one another, also those that know no capitals or take letters apart.
#[derive(Debug, Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// A path as it is given, or, when it is taken, with a number before the name of the file.
    pub fn take(&mut self, path: &str) -> String {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (&path[..=folder.len()], name));
        let numbered = (2..).map(|number| format!("{folder}({number}) {name}"));
        let mut paths = std::iter::once(path.to_owned()).chain(numbered);
        paths.find(|path| self.0.insert(composed(&path.to_lowercase()).into_owned())).expect("numbers do not end")
    }
}

/// Where documents about regions stand: a folder for every region that holds others, names that sort by code. No two regions
/// have one path, whatever signs their codes and names are made of.
#[derive(Debug)]
pub struct Paths<'a> {
    hierarchy: &'a Hierarchy,
    /// The name of each region in paths, by language.
    names: BTreeMap<&'a LanguageCode, Vec<String>>,
}

impl<'a> Paths<'a> {
    /// In these languages.
    pub fn new(hierarchy: &'a Hierarchy, languages: &'a [LanguageCode]) -> Self {
        let mut order: Vec<RegionIndex> = hierarchy.all().map(|(index, _)| index).collect();
        order.sort_by_key(|&index| &hierarchy.region(index).code);
        let names = languages.iter().map(|language| {
            let mut taken = Taken::default();
            let mut names = vec![String::new(); order.len()];
            for &index in &order {
                let region = hierarchy.region(index);
                names[index.0] = taken.take(&file_name(&format!("{} {}", region.code, region.name.get(language))));
            }
            (language, names)
        });
        Self { hierarchy, names: names.collect() }
    }

    /// A region in names of files.
    fn name(&self, language: &LanguageCode, region: RegionIndex) -> &str {
        self.names.get(language).map_or("", |names| &names[region.0])
    }

    /// Where a region's report stands in the release. `addition` tells a document of another kind from the report.
    pub fn report(&self, language: &LanguageCode, region: RegionIndex, addition: Option<&str>) -> String {
        let holds_others = self.hierarchy.within(region).len() > 1;
        let folders = self.folders(language, region, |index| index != region || holds_others);
        let addition = addition.map_or_else(String::new, |addition| format!(". {}", file_name(addition)));
        format!("{folders}/{}{addition}.pdf", self.name(language, region))
    }

    /// Where the sheet of a unit of a region stands: in a folder for every region below the top.
    pub fn sheet(&self, language: &LanguageCode, region: RegionIndex, unit: &str) -> String {
        format!("{}/{}.pdf", self.folders(language, region, |_| true), file_name(unit))
    }

    /// The name of the workbook that a region's office fills in; names sort by code.
    pub fn form(&self, language: &LanguageCode, region: RegionIndex) -> String {
        format!("{}.xlsx", self.name(language, region))
    }

    /// The folders of a language and, below it, of those regions above and at `region` that have one.
    fn folders(&self, language: &LanguageCode, region: RegionIndex, has_folder: impl Fn(RegionIndex) -> bool) -> String {
        let above = self.hierarchy.upwards(region).filter(|&index| index != self.hierarchy.top() && has_folder(index));
        let mut folders: Vec<&str> = above.map(|index| self.name(language, index)).collect();
        folders.push(language.as_str());
        folders.reverse();
        folders.join("/")
    }
}

/// The path of the workbook beside a document.
pub fn workbook_path(report: &str) -> String {
    format!("{}.xlsx", report.strip_suffix(".pdf").unwrap_or(report))
}

/// A name that every file system takes: no separators, no signs with a meaning of their own, at most 200 bytes.
fn file_name(name: &str) -> String {
    let name = composed(name);
    let safe: String =
        name.chars().map(|letter| if letter.is_control() || r#"/\:*?"<>|"#.contains(letter) { '-' } else { letter }).collect();
    let mut end = safe.len().min(200);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    let name = safe[..end].trim_matches([' ', '.']);
    // Names of devices, which some systems know with any extension.
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |device: &str| stem.strip_prefix(device).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    if name.is_empty() || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT") {
        return format!("-{name}");
    }
    name.to_owned()
}

/// A path of such names; the ending of the file stays.
fn safe_path(path: &str) -> String {
    let (path, ending) = match path.rsplit_once('.') {
        Some((path, ending)) if ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            (path, Some(ending))
        }
        Some(_) | None => (path, None),
    };
    let safe: Vec<String> = path.split('/').map(file_name).collect();
    ending.map_or_else(|| safe.join("/"), |ending| format!("{}.{ending}", safe.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe_everywhere() {
        assert_eq!(file_name("01/2 г. «A»: B?"), "01-2 г. «A»- B-");
        assert_eq!(file_name("..\\evil."), "-evil");
        assert_eq!(file_name(".."), "-");
        assert_eq!(file_name("con"), "-con");
        assert_eq!(file_name("COM1.x"), "-COM1.x");
        assert_eq!(file_name("CONTENTS"), "CONTENTS");
        assert!(file_name(&"ә".repeat(300)).len() <= 200);
    }

    #[test]
    fn a_release_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        let staging = Staging::begin(&out, "2025", Holding::Reports).expect("begins");
        staging.write("ru/a.pdf", b"one").expect("writes");
        assert!(!out.join("2025").exists());
        staging.write("manifest.json", br#"{"holds": "reports"}"#).expect("writes");
        staging.publish().expect("swaps");
        assert_eq!(fs::read(out.join("2025/ru/a.pdf")).expect("is there"), b"one");

        let another = Staging::begin(&out, "2025", Holding::Sheets).expect_err("no sheets stand there").to_string();
        assert!(another.contains("it holds reports and not sheets"), "{another}");
        let staging = Staging::begin(&out, "2025", Holding::Reports).expect("begins again");
        staging.write("ru/b.pdf", b"two").expect("writes");
        drop(staging);
        assert!(out.join("2025/ru/a.pdf").exists());
        let names: Vec<_> = fs::read_dir(&out).expect("listed").map(|entry| entry.expect("entry").file_name()).collect();
        assert_eq!(names, ["2025"]);
    }

    #[test]
    fn a_foreign_folder_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("2025/precious")).expect("made");
        assert!(matches!(Staging::begin(folder.path(), "2025", Holding::Reports), Err(Error::NotARelease { .. })));
    }

    #[test]
    fn a_release_that_cannot_be_swapped_in_leaves_the_one_of_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let begin = || Staging::begin(folder.path(), "2025", Holding::Reports).expect("begins");
        let staging = begin();
        staging.write("manifest.json", br#"{"holds": "reports"}"#).expect("writes");
        staging.publish().expect("swaps");
        let staging = begin();
        // Somebody takes the fresh folder away in the last moment.
        fs::remove_dir_all(&staging.fresh).expect("removed");
        assert!(matches!(staging.publish(), Err(Error::Write { .. })));
        assert!(folder.path().join("2025/manifest.json").exists());
    }

    #[test]
    fn no_file_of_a_release_is_written_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let staging = Staging::begin(folder.path(), "2025", Holding::Reports).expect("begins");
        staging.write("ru/a.pdf", b"one").expect("writes");
        assert!(matches!(staging.write("ru/a.pdf", b"two"), Err(Error::Write { .. })));
    }

    #[test]
    fn no_two_files_have_names_that_a_system_takes_for_one() {
        let mut taken = Taken::default();
        let paths = ["a/Й.pdf", "a/и\u{306}.pdf", "a/b.pdf", "A/B.pdf", "A/B.pdf", "b.pdf"];
        let expected = ["a/Й.pdf", "a/(2) и\u{306}.pdf", "a/b.pdf", "A/(2) B.pdf", "A/(3) B.pdf", "b.pdf"];
        assert_eq!(paths.map(|path| taken.take(path)), expected);
    }

    #[test]
    fn a_path_keeps_its_ending() {
        let long = format!("{}.xlsx", "ә".repeat(200));
        let safe = safe_path(&format!("2025-11-03/{long}"));
        assert!(safe.starts_with("2025-11-03/ә") && safe.ends_with("ә.xlsx") && safe.len() < 255, "{safe}");
        assert_eq!(safe_path("a:b/con.csv.xlsx"), "a-b/-con.csv.xlsx");
        assert_eq!(safe_path("v1.2/north"), "v1.2/north");
    }
}
