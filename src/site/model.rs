//! What every page is given beside the words of a report: the ways to other pages and to files.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::language::Direction;

/// What surrounds the words of a page. Ways are relative; their signs stand as they are.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Frame {
    /// What the page is about: `start`, `home`, `region`, `indicator`, `data`, `changes`, `methodology` or `sentences`.
    pub here: &'static str,
    /// The way to the folder of the site: empty, or `../` and so on.
    pub root: String,
    /// The way to the folder of the language.
    pub home: String,
    /// The same page in every language of the site.
    pub languages: Vec<LanguageLink>,
    /// Whether there is a page about changes.
    pub changes: bool,
    /// The ways to the pages of regions, by code.
    pub regions: BTreeMap<String, String>,
    /// The indicators, with the ways to their pages.
    pub indicators: Vec<IndicatorLink>,
    /// The way to the picture of who publishes; `None` where the project has none.
    pub emblem: Option<String>,
    /// The files about the region of the page.
    pub downloads: Vec<Download>,
    /// The sign before the decimals.
    pub decimal: char,
    /// The regions with pages, each behind the one that it lies in; on the first page only.
    pub tree: Vec<Branch>,
}

/// A page in a language.
#[derive(Clone, Debug, Serialize)]
pub struct LanguageLink {
    /// The code of the language.
    pub code: String,
    /// What the language calls itself.
    pub name: String,
    /// Which way its words run: `ltr` or `rtl`.
    pub direction: Direction,
    /// The title of the publication in it.
    pub title: String,
    /// The way to the page.
    pub href: String,
    /// Whether this is that page.
    pub here: bool,
}

/// An indicator and the way to its page.
#[derive(Clone, Debug, Serialize)]
pub struct IndicatorLink {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// The way to its page.
    pub href: String,
}

/// A file for readers to take with them.
#[derive(Clone, Debug, Serialize)]
pub struct Download {
    /// `pdf`, `xlsx` or `csv`.
    pub kind: &'static str,
    /// The way to it.
    pub href: String,
    /// What its language calls itself; empty for a table of figures.
    pub language: String,
    /// The code of its language.
    pub code: String,
    /// Its size in words.
    pub size: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// A region in the tree of regions.
#[derive(Clone, Debug, Serialize)]
pub struct Branch {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many regions it lies in.
    pub depth: usize,
}

/// What scripts know: the regions with pages.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    /// The numbers of the indicators, in the order of the values.
    pub indicators: Vec<String>,
    /// The regions.
    pub regions: Vec<KnownRegion>,
}

/// What scripts know of a region.
#[derive(Clone, Debug, Serialize)]
pub struct KnownRegion {
    /// Its code.
    pub code: String,
    /// Its name, with that of the region right above it where there are several above.
    pub name: String,
    /// Its other names, in any language.
    pub other: Vec<String>,
    /// The way to its page from the folder of the language.
    pub page: String,
    /// Its value for each indicator as it stands in the table of regions and indicators, with its marks; empty where the indicator is not
    /// published for it.
    pub values: Vec<String>,
}
