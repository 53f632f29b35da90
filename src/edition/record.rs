//! The manifest of a release, read back.

use serde::Deserialize;

use super::Stage;

/// What a manifest tells of a release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Record {
    /// The program and its version.
    pub program: String,
    /// For whom the release is.
    #[serde(default)]
    pub audience: String,
    /// The period.
    pub period: String,
    /// Which edition of the period; 1 where an older program wrote it.
    #[serde(default = "first")]
    pub edition: u32,
    /// Whether all reports of the period are there.
    #[serde(default)]
    pub complete: bool,
    /// The documents.
    #[serde(default)]
    pub reports: Vec<Document>,
    /// The files beside documents.
    #[serde(default)]
    pub companions: Vec<Companion>,
    /// The pages for a browser.
    #[serde(default)]
    pub site: Vec<Listed>,
    /// The tables.
    #[serde(default)]
    pub tables: Vec<Listed>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Document {
    /// Its path.
    pub path: String,
    /// `report` or `reliability`.
    pub kind: String,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// The edition in which it came.
    #[serde(default = "first")]
    pub edition: u32,
    /// How far its numbers had come; none where an older program wrote it.
    pub stage: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Document {
    /// Whether its numbers were preliminary.
    pub fn is_preliminary(&self) -> bool {
        self.stage.as_deref() == Some(Stage::Preliminary.name())
    }
}

/// A file beside a document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Companion {
    /// Its path.
    pub path: String,
    /// The path of the document.
    pub of: String,
    /// The region's code.
    pub region: String,
    /// The language.
    pub language: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// Its path.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

fn first() -> u32 {
    1
}

impl Record {
    /// What a manifest says; `None` where esep did not write it.
    pub fn read(text: &str) -> Option<Self> {
        let record: Self = serde_json::from_str(text).ok()?;
        record.program.starts_with("esep ").then_some(record)
    }

    /// Whether the release is for everybody.
    pub fn is_public(&self) -> bool {
        self.audience == "public"
    }

    /// A document of the release.
    pub fn document(&self, kind: &str, region: &str, language: &str) -> Option<&Document> {
        self.reports.iter().find(|document| document.kind == kind && document.region == region && document.language == language)
    }

    /// The file beside a document.
    pub fn companion(&self, document: &Document) -> Option<&Companion> {
        self.companions.iter().find(|companion| companion.of == document.path)
    }
}
