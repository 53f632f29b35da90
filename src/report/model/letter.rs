//! The model of the covering letter of a package, and of the page that leads to its files.

use serde::Serialize;

use super::{FrontMatter, Manuscript};

/// The folder with the templates of letters.
pub const LETTER: &str = "letter";

/// Everything that the letter of a package says.
#[derive(Debug, Serialize)]
pub struct Letter {
    /// The front matter that every document has; its region is the office.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// The name of the office.
    pub office: String,
    /// What the package is, a paragraph each.
    pub lead: Vec<String>,
    /// What is inside; many files of a kind stand on one line.
    pub contents: Vec<LetterLine>,
    /// Every file.
    pub files: Vec<LetterLine>,
    /// What has changed since the last edition; empty for the first.
    pub changes: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Whom to ask.
    pub ask: Option<String>,
    /// The languages of the page, where there are several.
    pub languages: Vec<LetterLanguage>,
}

/// A file of a package, or many of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct LetterLine {
    /// The path of the file in the package; empty for many.
    pub path: String,
    /// The name of the file, or how many there are.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Its size, in words.
    pub size: String,
}

/// A page of the package in a language.
#[derive(Clone, Debug, Serialize)]
pub struct LetterLanguage {
    /// The language's code.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// The path of the page.
    pub path: String,
    /// Whether it is this page.
    pub here: bool,
}

impl Manuscript for Letter {
    fn folder(&self) -> &str {
        LETTER
    }

    fn front(&self) -> &FrontMatter {
        &self.front
    }
}
