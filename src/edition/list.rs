//! The list of all editions, which goes with every release: by it, whoever has an older one sees that a later one is out.

use serde::Serialize;

use super::{Record, folder, of_period};
use crate::digest::sha256;
use crate::period::PeriodIndex;
use crate::sources::Sources;
use crate::spec::{EditionKind, Specs};

/// The name of the list in a release.
pub const LIST: &str = "editions.json";

#[derive(Serialize)]
struct List<'a> {
    programme: &'a str,
    editions: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    period: &'a str,
    edition: u32,
    /// `first`, `correction`, `revision`; `later` where nothing is declared.
    kind: &'static str,
    /// The day of issue.
    issued: String,
    /// SHA-256 of `results.csv`, hexadecimal.
    numbers: String,
    /// SHA-256 of `manifest.json`; none where only the numbers were kept, and of the release itself.
    manifest: Option<String>,
}

/// The list: every edition that is out, and the one being made with its number and its table.
pub fn list(specs: &Specs, sources: &Sources, (made, number, csv): (PeriodIndex, u32, &str)) -> String {
    let mut editions = Vec::new();
    for period in specs.periods() {
        for (edition, file) in of_period(sources, &specs.period(period).id) {
            let manifest = sources.editions.iter().find(|record| folder(record) == folder(file));
            let manifest = manifest.filter(|record| Record::read(&record.text).is_some());
            editions.push(entry(specs, (period, edition), &file.text, manifest.map(|record| sha256(record.text.as_bytes()))));
        }
    }
    let is_made = |entry: &Entry<'_>| entry.period == specs.period(made).id && entry.edition == number;
    if !editions.iter().any(is_made) {
        editions.push(entry(specs, (made, number), csv, None));
    }
    editions.sort_by(|left, right| (left.period, left.edition).cmp(&(right.period, right.edition)));
    let programme = specs.programme.title.get(&specs.programme.publish[0]);
    let text = serde_json::to_string_pretty(&List { programme, editions }).expect("plain data are written to memory");
    format!("{text}\n")
}

fn entry<'a>(specs: &'a Specs, (period, edition): (PeriodIndex, u32), csv: &str, manifest: Option<String>) -> Entry<'a> {
    let declared = specs.programme.edition(period, edition);
    let period = specs.period(period);
    Entry {
        period: &period.id,
        edition,
        kind: match declared.map(|declared| declared.kind) {
            Some(EditionKind::Correction) => "correction",
            Some(EditionKind::Revision) => "revision",
            None if edition == 1 => "first",
            None => "later",
        },
        issued: declared.and_then(|declared| declared.issued).unwrap_or(period.issued).to_string(),
        numbers: sha256(csv.as_bytes()),
        manifest,
    }
}
