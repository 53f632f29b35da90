//! The editions of a period: what is out, and how a later release differs from it. What is out is told by the releases in `published/`.

mod approval;
mod ledger;
mod list;
mod record;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::sources::{Sources, TextFile};
use crate::spec::EditionKind;

pub use approval::{Approvals, Standing, hashes};
pub use ledger::{Difference, Field, Key, Kind, Ledger, seals};
pub use list::{LIST, list};
pub use record::{Companion, Document, Listed, Record};

/// The editions of a period: those that are out, and the numbers of the release that is being made.
#[derive(Debug, Default)]
pub struct Editions {
    /// Those that are out, the first one first.
    out: Vec<Edition>,
    /// For each later edition, by its number, the numbers that differ from the edition before, by region.
    changes: BTreeMap<u32, BTreeMap<String, Vec<Difference>>>,
}

/// An edition that is out.
#[derive(Debug, Default)]
struct Edition {
    number: u32,
    numbers: Ledger,
    /// What its manifest tells; `None` where only its table was kept.
    record: Option<Record>,
}

impl Editions {
    /// The editions of a period, with a release for everybody that tells these numbers.
    pub fn new(sources: &Sources, period: &str, made: &Ledger) -> Self {
        let edition = |(number, file): (u32, &TextFile)| Edition {
            number,
            numbers: Ledger::read(&file.text, period).unwrap_or_default(),
            record: record(sources, folder(file)),
        };
        let out: Vec<Edition> = of_period(sources, period).into_iter().map(edition).collect();
        let last = out.last().map_or(0, |edition| edition.number);
        let tables: Vec<(u32, &Ledger)> =
            out.iter().map(|edition| (edition.number, &edition.numbers)).chain([(last + 1, made)]).collect();
        let changes = tables.windows(2).map(|pair| (pair[1].0, by_region(pair[0].1.differences(pair[1].1)))).collect();
        Self { out, changes }
    }

    /// The number of the last edition that is out; 0 when none is.
    pub fn last(&self) -> u32 {
        self.out.last().map_or(0, |edition| edition.number)
    }

    /// The number of the edition that is being made, should it differ from the last one that is out.
    pub fn next(&self) -> u32 {
        self.last() + 1
    }

    /// A document of the last edition that is out, with the file beside it.
    pub fn document(&self, kind: &str, region: &str, language: &str) -> Option<(&Document, Option<&Companion>)> {
        let record = self.out.last()?.record.as_ref()?;
        let document = record.document(kind, region, language)?;
        Some((document, record.companion(document)))
    }

    /// The document that one of a later edition replaces, and the number of the edition in which that came.
    pub fn replaced(&self, edition: u32, kind: &str, region: &str, language: &str) -> Option<&Document> {
        let before = self.out.iter().rev().find(|before| before.number < edition)?;
        before.record.as_ref()?.document(kind, region, language)
    }

    /// The numbers of a region in which an edition differs from the one before.
    pub fn changes(&self, edition: u32, region: &str) -> &[Difference] {
        self.changes.get(&edition).and_then(|changes| changes.get(region)).map_or(&[], Vec::as_slice)
    }

    /// Whether the numbers of the release that is being made differ from those of the last one that is out.
    pub fn has_new_numbers(&self) -> bool {
        self.changes.get(&self.next()).is_some_and(|changes| !changes.is_empty())
    }
}

/// The tables of the editions of a period that are out, each with its number, the first one first. Tables that say of no edition count on.
fn of_period<'a>(sources: &'a Sources, period: &str) -> Vec<(u32, &'a TextFile)> {
    let edition = |file: &'a TextFile| {
        let record = record(sources, folder(file));
        // The table of a release of another period tells of this one too, where somebody put it together by hand.
        let is_of_period = record.as_ref().is_none_or(|record| record.period == period);
        let has_numbers = || Ledger::read(&file.text, period).is_some_and(|numbers| !numbers.is_empty());
        (is_of_period && has_numbers()).then(|| (record.map_or(1, |record| record.edition), file))
    };
    let mut out: Vec<(u32, &TextFile)> = sources.published.iter().filter_map(edition).collect();
    out.sort_by(|left, right| (left.0, folder(left.1)).cmp(&(right.0, folder(right.1))));
    let mut last = 0;
    for (number, _) in &mut out {
        *number = (*number).max(last + 1);
        last = *number;
    }
    out
}

/// The manifests below `published/` that esep did not write, or that somebody changed: nothing is known of the documents of these releases.
pub fn unread(sources: &Sources) -> Vec<Diagnostic> {
    let found = |file: &TextFile| {
        let message = "expected the manifest of a release; what the release holds beside its numbers is not known";
        Diagnostic::new(Rule::PassedOver, Place::File(file.name.clone()), message)
            .hint("copy `manifest.json` from the release as it is; else every document of the next edition is new")
    };
    sources.editions.iter().filter(|file| Record::read(&file.text).is_none()).map(found).collect()
}

/// The manifest of the release for everybody in a folder below `published/`.
fn record(sources: &Sources, place: &str) -> Option<Record> {
    let file = sources.editions.iter().find(|file| folder(file) == place)?;
    Record::read(&file.text).filter(Record::is_public)
}

/// How far numbers have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// They may change, since they are not approved or the programme says so.
    Preliminary,
    /// They count, and came first.
    Final,
    /// They count, and are those of a later edition.
    Later(Option<EditionKind>),
}

impl Stage {
    /// The stage of numbers that came with an edition; `kind` is what the programme declares of it.
    pub fn of(is_preliminary: bool, edition: u32, kind: Option<EditionKind>) -> Self {
        match (is_preliminary, edition) {
            (true, _) => Self::Preliminary,
            (false, ..=1) => Self::Final,
            (false, _) => Self::Later(kind),
        }
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preliminary => "preliminary",
            Self::Final => "final",
            Self::Later(Some(EditionKind::Correction)) => "corrected",
            Self::Later(Some(EditionKind::Revision)) => "revised",
            Self::Later(None) => "later",
        }
    }
}

fn folder(file: &TextFile) -> &str {
    file.name.as_str().rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn by_region(differences: Vec<Difference>) -> BTreeMap<String, Vec<Difference>> {
    let mut all: BTreeMap<String, Vec<Difference>> = BTreeMap::new();
    for difference in differences {
        all.entry(difference.key.region.clone()).or_default().push(difference);
    }
    all
}
