//! A release made on more machines than one: each makes a part and leaves it as one archive; the archives are joined to the release that one
//! machine would have made, to the byte.
//!
//! - A [`Share`] says which part a machine makes.
//! - A part is a function of what was [`Asked`] and of its [`Stamp`]: program, files and findings. Parts are joined only where both are equal.
//! - A [`Draft`] is an archive being written; [`Opened`] are archives that came, judged, and [`Parts`] is what the release takes from them.
//!
//! Which documents there are, how they are divided and where they stand is decided in `press`. Nothing in an archive names a place to write to:
//! what it holds is looked up by the paths that the release has anyway.

mod draft;
mod fault;
mod parts;

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, render};
use crate::digest::sha256;
use crate::process;
use crate::release::{FileEntry, Holding, PROGRAM, Read};
use crate::sources::Sources;
pub use draft::{Draft, Made};
pub use fault::Fault;
pub use parts::{Opened, Parts, Taken, open};

/// The name of the manifest in an archive.
const MANIFEST: &str = "shard.json";
/// The first file of every archive, for people who open one.
const README: &str = "esep-shard.txt";
/// A release has at most so many parts.
const MOST: u32 = 100_000;

/// Which part of a release a machine makes. Invariant: the number is at least 1, and at most that of all parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Share {
    number: u32,
    of: u32,
}

impl Share {
    /// Which part it is, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many parts there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether the thing at a position belongs to the part: things are dealt out one by one, so that all parts have as many.
    pub fn holds(self, position: usize) -> bool {
        position % self.of as usize == self.number as usize - 1
    }
}

impl TryFrom<(u32, u32)> for Share {
    type Error = String;

    fn try_from((number, of): (u32, u32)) -> Result<Self, String> {
        let is_one = of <= MOST && (1..=of).contains(&number);
        is_one.then_some(Self { number, of }).ok_or_else(|| {
            format!("expected the number of a part and how many there are, such as `1/3`, at most {MOST}; found `{number}/{of}`")
        })
    }
}

impl From<Share> for (u32, u32) {
    fn from(share: Share) -> Self {
        (share.number, share.of)
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let numbers: (u32, u32) = numbers
            .ok_or_else(|| format!("expected the number of a part and how many there are, such as `1/3`; found `{text}`"))?;
        numbers.try_into()
    }
}

/// What is made in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Reports for everybody.
    Reports,
    /// Reports for those who work with the data.
    Internal,
    /// Sheets of units.
    Sheets,
}

impl What {
    /// What the folder of the whole holds.
    pub fn holding(self) -> Holding {
        match self {
            What::Reports => Holding::Reports,
            What::Internal => Holding::Internal,
            What::Sheets => Holding::Sheets,
        }
    }

    /// What stands before `shard` in the names of archives.
    fn word(self) -> &'static str {
        match self {
            What::Reports => "",
            What::Internal => "internal-",
            What::Sheets => "sheets-",
        }
    }
}

/// What was asked for, as the command line names it. All parts of a release are asked for alike, and so is the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What is made.
    pub what: What,
    /// The period's name in files.
    pub period: String,
    /// Codes of regions.
    pub regions: Vec<String>,
    /// Names of levels.
    pub levels: Vec<String>,
    /// Codes of languages.
    pub languages: Vec<String>,
    /// Keys of units.
    pub units: Vec<String>,
    /// The day printed on reports.
    pub date: Option<String>,
    /// Whether pages for a browser are made too.
    pub site: bool,
}

impl Asked {
    /// The name of the archive of a part.
    pub fn name(&self, share: Share) -> String {
        format!("{}-{}shard-{}-of-{}.zip", self.period, self.what.word(), share.number, share.of)
    }
}

/// What a part follows from besides what was asked for. It is the same on every machine that has the same program and the same project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The program: its version, and the hash of its file.
    program: String,
    /// A short hash for each file of the project, over its path and its contents: it names no file.
    files: BTreeSet<String>,
    /// The hash of all findings: what a machine could not read in its bounds of time and memory is among them.
    findings: String,
}

impl Stamp {
    /// The stamp of what this program makes of a project.
    pub fn new(sources: &Sources, findings: &[Diagnostic]) -> Self {
        let program = process::program().and_then(|path| process::fingerprint(&path));
        let findings: String = findings.iter().map(|found| render(found, None)).collect();
        Self {
            program: format!("{PROGRAM} {}", program.unwrap_or_default()),
            files: files(sources).iter().map(mark).collect(),
            findings: sha256(findings.as_bytes()),
        }
    }
}

/// All files of a project.
fn files(sources: &Sources) -> Vec<FileEntry> {
    let Read { inputs, specifications, templates, published } = Read::new(sources, false);
    let editions = sources.editions.iter().map(|file| FileEntry::new(file.name.as_str(), file.text.as_bytes()));
    [inputs, specifications, templates, published].into_iter().flatten().chain(editions).collect()
}

/// The short hash of a file.
fn mark(file: &FileEntry) -> String {
    sha256(format!("{} {} {}", file.sha256, file.size, file.path).as_bytes())[..16].to_owned()
}

/// What an archive says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    share: Share,
    asked: Asked,
    stamp: Stamp,
    /// The files, in the order in which they were made.
    pieces: Vec<Piece>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Its path in the release.
    path: String,
    size: u64,
    sha256: String,
    /// How many pages a document has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pages: Option<usize>,
    /// The edition in which a document came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edition: Option<u32>,
    /// What a page for a browser follows from besides the stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ground: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_of_at_least_as_many() {
        let share: Share = "2/3".parse().expect("it is one");
        assert_eq!((share.number(), share.of()), (2, 3));
        for text in ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "1/100001", "a/b"] {
            assert!(text.parse::<Share>().is_err_and(|message| message.contains("such as `1/3`")), "{text}");
        }
    }

    #[test]
    fn every_position_belongs_to_one_part() {
        let shares: Vec<Share> = (1..=3).map(|number| (number, 3).try_into().expect("it is one")).collect();
        for position in 0..10 {
            assert_eq!(shares.iter().filter(|share| share.holds(position)).count(), 1);
        }
        assert!(shares[0].holds(0), "the first part begins");
    }
}
