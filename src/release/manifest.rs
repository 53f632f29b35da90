//! The manifest of a folder: what it holds and what that was made of; and what stands in a place, as told by its manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use walkdir::WalkDir;

use super::signature::is_signature;
use crate::digest::sha256;
use crate::language::LanguageCode;
use crate::letters::composed;
use crate::sources::{BinaryFile, Sources, TextFile, is_passed_over};
use crate::spec::offices;

/// The name of the manifest in its folder.
pub const MANIFEST: &str = "manifest.json";
/// The specifications that name units, persons and their addresses.
const OF_PERSONS: [&str; 2] = ["indicator-specs/waivers.yaml", offices::FILE];
/// The program and its version.
pub const PROGRAM: &str = concat!("esep ", env!("CARGO_PKG_VERSION"));

/// What a folder of a period holds; one kind never replaces another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holding {
    /// Reports with their tables, for everybody.
    Reports,
    /// Reports and protocols with their tables, for those who work with the data.
    #[serde(rename = "internal reports")]
    Internal,
    /// Sheets of units.
    Sheets,
    /// Workbooks to be filled in.
    Forms,
    /// Workbooks that are sent back.
    Answers,
    /// What is withheld from releases, and why that is safe.
    #[serde(rename = "withheld numbers")]
    Disclosure,
    /// Packages of a release for offices.
    Deliveries,
    /// Packages as they are sent: mails, folders, a list of commands.
    Outbox,
    /// Mails to offices that have not confirmed.
    Reminders,
    /// The generated texts of reports for everybody that failed, or of all of them, for whoever works on the templates.
    Texts,
    /// The same of documents that are not for everybody.
    #[serde(rename = "private texts")]
    PrivateTexts,
}

impl Holding {
    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Holding::Reports => "reports",
            Holding::Internal => "internal reports",
            Holding::Sheets => "sheets",
            Holding::Forms => "forms",
            Holding::Answers => "answers",
            Holding::Disclosure => "withheld numbers",
            Holding::Deliveries => "deliveries",
            Holding::Outbox => "outbox",
            Holding::Reminders => "reminders",
            Holding::Texts => "texts",
            Holding::PrivateTexts => "private texts",
        }
    }

    /// What is never published: it stands in no folder of releases.
    pub const UNPUBLISHED: [Self; 9] = [
        Holding::Internal,
        Holding::Sheets,
        Holding::Forms,
        Holding::Answers,
        Holding::Disclosure,
        Holding::Deliveries,
        Holding::Outbox,
        Holding::Reminders,
        Holding::PrivateTexts,
    ];

    /// Whether only its owner may read the folder.
    pub fn is_private(self) -> bool {
        self == Holding::Texts || Self::UNPUBLISHED.contains(&self)
    }

    /// What holds the generated texts of the documents of such a folder.
    pub fn texts(self) -> Self {
        if Self::UNPUBLISHED.contains(&self) { Holding::PrivateTexts } else { Holding::Texts }
    }
}

/// What a release holds and what it was made of.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// What the folder holds.
    pub holds: Holding,
    /// The program and its version.
    pub program: String,
    /// For whom it is: `public` or `internal`.
    pub audience: &'static str,
    /// The period's name in files.
    pub period: String,
    /// Which edition of the period; none for what is not for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    /// How far the numbers of the top region have come: `preliminary`, `final`, `corrected`, `revised`, or `later` where nothing is declared of a
    /// later edition; none for what is not for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'static str>,
    /// The day of issue.
    pub issued: String,
    /// Whether all reports of the period are here.
    pub complete: bool,
    /// What is withheld for confidentiality.
    pub confidentiality: ConfidentialityEntry,
    /// The documents, by path.
    pub reports: Vec<ReportEntry>,
    /// The files that stand beside documents, by path.
    pub companions: Vec<CompanionEntry>,
    /// The pages for a browser and what stands beside them, by path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub site: Vec<FileEntry>,
    /// The documents that errors block, by path.
    pub blocked: Vec<BlockedEntry>,
    /// The tables, by path.
    pub tables: Vec<FileEntry>,
    /// The submissions read. `None` for the public: a small file can be guessed from its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<FileEntry>>,
    /// The specifications read.
    pub specifications: Vec<FileEntry>,
    /// The templates used.
    pub templates: Vec<FileEntry>,
    /// The numbers of earlier releases that were taken account of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub published: Vec<FileEntry>,
}

/// What is withheld for confidentiality, over all periods that the release tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ConfidentialityEntry {
    /// How many counts of persons there are.
    pub counts: usize,
    /// How many of these are withheld. How many for their own sake is not told: where all are, a sum of two of them may tell both.
    pub withheld: usize,
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
    /// The edition in which it came; none for what is not for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    /// How far its numbers have come, as of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'static str>,
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
    /// The entry of the workbook beside a document.
    pub fn workbook(report: &ReportEntry, workbook: FileEntry) -> Self {
        Self {
            path: workbook.path,
            kind: "workbook",
            of: report.path.clone(),
            region: report.region.clone(),
            language: report.language.clone(),
            size: workbook.size,
            sha256: workbook.sha256,
        }
    }
}

/// A document that errors block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockedEntry {
    /// The path that it would have.
    pub path: String,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// The errors that block it.
    pub reasons: Vec<BlockedReason>,
}

/// An error that blocks documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockedReason {
    /// The name of the rule or check.
    pub rule: String,
    /// The code of the region whose data are in doubt.
    pub region: String,
    /// The period of the data; none when all periods are concerned.
    pub period: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileEntry {
    /// Its path.
    pub path: String,
    /// The code of the region whose office it is for; `None` for a file that is about no region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its language, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Size in bytes.
    pub size: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl FileEntry {
    /// The entry of a file with these bytes.
    pub fn new(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self { path: path.into(), region: None, language: None, size: bytes.len(), sha256: sha256(bytes) }
    }

    /// The same, for the office of a region.
    pub fn of(self, region: Option<&str>) -> Self {
        Self { region: region.map(str::to_owned), ..self }
    }

    /// The same, in a language.
    pub fn written_in(self, language: &LanguageCode) -> Self {
        Self { language: Some(language.as_str().to_owned()), ..self }
    }
}

/// The files that a run read.
pub struct Read {
    /// Submissions, and the record of when they came.
    pub inputs: Vec<FileEntry>,
    /// Specifications.
    pub specifications: Vec<FileEntry>,
    /// Templates, fonts and pictures.
    pub templates: Vec<FileEntry>,
    /// The numbers of earlier releases.
    pub published: Vec<FileEntry>,
}

impl Read {
    /// The entries of what was read, as far as the public may know it if it is for the public: waivers name units and persons, offices have
    /// addresses, and whoever guesses one could tell by the hash.
    pub fn new(sources: &Sources, is_public: bool) -> Self {
        let text = |file: &TextFile| FileEntry::new(file.name.as_str(), file.text.as_bytes());
        let bytes = |file: &BinaryFile| FileEntry::new(file.name.as_str(), &file.bytes);
        let of_persons = |file: &TextFile| OF_PERSONS.iter().any(|path| file.is_yaml_of(path));
        Self {
            inputs: sources.inputs.values().flatten().chain(&sources.receipts).map(bytes).collect(),
            specifications: sources.specs.iter().filter(|file| !is_public || !of_persons(file)).map(text).collect(),
            templates: sources.templates.values().map(text).chain(sources.assets.iter().map(bytes)).collect(),
            published: sources.published.iter().map(text).collect(),
        }
    }
}

/// What stands in a place, as told by a manifest that esep wrote.
#[derive(Debug)]
pub struct Standing {
    /// What the folder holds; older manifests say so for reports only.
    pub holds: Option<String>,
    /// The period.
    pub period: Option<String>,
    /// Whether the manifest says that all there is of the period is there.
    pub complete: bool,
    /// Size and SHA-256 of each file that the manifest lists, by path.
    pub(super) files: BTreeMap<String, (u64, String)>,
    /// The documents among them, each with its region; what lies beside documents follows from them.
    documents: BTreeMap<String, Option<String>>,
    /// The documents that errors block.
    blocked: BTreeSet<String>,
}

impl Standing {
    /// What the manifest in a folder says; `None` where esep wrote none, or it cannot be read.
    pub fn read(place: &Path) -> Option<Self> {
        Self::look(place).ok().flatten()
    }

    /// What the manifest in a folder says; `None` where esep wrote none.
    ///
    /// # Errors
    /// When the system does not let it be read.
    pub fn look(place: &Path) -> io::Result<Option<Self>> {
        let path = place.join(MANIFEST);
        let bytes = match fs::symlink_metadata(&path) {
            // Only files are opened: opening a pipe would wait without end.
            Ok(found) if found.is_file() => fs::read(path)?,
            Ok(_) => return Ok(None),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Self::of(&bytes))
    }

    /// What the text of a manifest says; `None` where esep did not write it.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let manifest: Value = serde_json::from_slice(bytes).ok()?;
        let text = |key: &str| manifest.get(key).and_then(Value::as_str).map(str::to_owned);
        let list = |key: &str| manifest.get(key).and_then(Value::as_array);
        let lists = ["reports", "companions", "site", "tables", "files"].map(list);
        let of = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let documents = [list("reports"), list("files")].into_iter().flatten().flatten();
        let is_ours = text("program")?.starts_with("esep ") && lists.iter().any(Option::is_some);
        let reports = lists[0].map(|_| Holding::Reports.name().to_owned());
        is_ours.then(|| Self {
            holds: text("holds").or(reports),
            period: text("period"),
            complete: manifest.get("complete").and_then(Value::as_bool).unwrap_or(false),
            files: lists.into_iter().flatten().flatten().filter_map(listed).collect(),
            documents: documents.filter_map(|entry| Some((of(entry, "path")?, of(entry, "region")))).collect(),
            blocked: list("blocked").into_iter().flatten().filter_map(|entry| of(entry, "path")).collect(),
        })
    }

    /// The documents that another folder would not hold in its place, apart from those that errors block there and those of the regions `remade`.
    pub fn beyond<'a>(&'a self, made: &'a Self, remade: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
        let is_made = |path: &String| made.files.contains_key(path) || made.blocked.contains(path);
        let lost = self
            .documents
            .iter()
            .filter(move |(path, region)| !is_made(path) && !region.as_ref().is_some_and(|region| remade.contains(region)));
        lost.map(|(path, _)| path.as_str())
    }

    /// Size and SHA-256 of each file that the manifest lists, by path.
    pub fn listed(&self) -> &BTreeMap<String, (u64, String)> {
        &self.files
    }

    /// Whether a file is the signature of a file of the folder.
    fn signs(&self, name: &str) -> bool {
        is_signature(name, |file| self.files.contains_key(file))
    }

    /// The files in the folder that the manifest does not list, apart from signatures and files that systems put everywhere.
    pub fn strangers(&self, place: &Path) -> Vec<String> {
        let own = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            // Releases of older versions held the texts of failed reports.
            self.files.contains_key(path)
                || path == MANIFEST
                || self.signs(path)
                || is_passed_over(name)
                || path.ends_with(".typ")
        };
        files(place).map(|(path, _)| path).filter(|path| !own(path)).collect()
    }

    /// How a folder differs from its manifest; `None` when it does not. `read` gives the bytes of a file.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn difference<E>(&self, folder: &Path, read: impl Fn(&Path) -> Result<Vec<u8>, E>) -> Result<Option<String>, E> {
        let mut missing = self.files.clone();
        for (name, path) in files(folder) {
            let bytes = read(&path)?;
            match missing.remove(&name) {
                Some((size, hash)) if bytes.len() as u64 == size && sha256(&bytes) == hash => {}
                Some(_) => return Ok(Some(format!("`{name}` is not what was written"))),
                None if name == MANIFEST || self.signs(&name) => {}
                None => return Ok(Some(format!("it holds `{name}`, which was not written"))),
            }
        }
        Ok(missing.into_keys().next().map(|name| format!("`{name}` is gone")))
    }
}

/// A file in the manifest: its path, and its size and SHA-256.
fn listed(entry: &Value) -> Option<(String, (u64, String))> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    Some((text("path")?, (entry.get("size")?.as_u64()?, text("sha256")?)))
}

/// Everything below a folder that is not a folder: its path with `/` between names, and where it lies. What cannot be listed is left out.
fn files(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().flatten().filter(|entry| !entry.file_type().is_dir());
    entries.map(move |entry| {
        let inside = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let names: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        // Some systems return names with marks parted from their letters.
        (composed(&names.join("/")).into_owned(), entry.path().to_owned())
    })
}
