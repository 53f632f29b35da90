//! A release that stands as it would be made is not made again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use esep::deliver::verify::{Trust, judge};
use esep::digest::sha256;
use esep::process;
use esep::project::Project;
use esep::release::{Holding, Kept, MANIFEST, ReportEntry, small};
use esep::shard::{Asked, Stamp};
use esep::worker::Memory;
use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::world::memory;

/// The most bytes of a manifest.
const MOST: u64 = 1 << 30;

/// What is known of a release that was made of the same: by this program, of the same files, with the same findings, when the same was asked for.
pub struct Standing {
    memory: Arc<dyn Memory>,
    key: String,
    place: PathBuf,
}

/// How a release was made.
#[derive(Serialize, Deserialize)]
struct Made {
    /// The hash of its manifest, which has those of its files.
    manifest: String,
    /// What was told of it.
    told: Vec<String>,
}

impl Standing {
    /// What is known of what stands at a place; `None` where nothing is remembered.
    pub fn new(arguments: &Arguments, asked: &Asked, project: &Project, place: PathBuf) -> Option<Self> {
        let memory = memory(arguments).ok()??;
        // Where the system does not tell one program file from another, nothing is remembered.
        let program = process::make(&process::program()?)?;
        let followed = (program, Stamp::new(&project.sources, &project.diagnostics), asked);
        let key = sha256(serde_json::to_string(&followed).expect("plain data").as_bytes());
        Some(Self { memory, key, place })
    }

    /// What was told when the release that stands there was made; `None` when there is another one, or some file of it is not as it was made.
    pub fn told(&self) -> Option<Vec<String>> {
        let made: Made = serde_json::from_slice(&self.memory.recall(&self.key)?).ok()?;
        let is_same = made.manifest == manifest(&self.place)?;
        let is_whole = || judge(&self.place, &Trust::default()).is_ok_and(|verdict| verdict.is_whole());
        (is_same && is_whole()).then_some(made.told)
    }

    /// Remembers the release that was made, and what was told of it.
    pub fn keep(&self, told: &[String]) {
        let Some(manifest) = manifest(&self.place) else { return };
        let made = Made { manifest, told: told.to_vec() };
        self.memory.keep(&self.key, &serde_json::to_vec(&made).expect("plain data"));
    }
}

/// The kind, region and language of each report of the release that stands at a place; none where there is no release.
pub fn reports(place: &Path, holds: Holding) -> BTreeSet<[String; 3]> {
    let manifest = Kept::open(place, holds).ok().and_then(|kept| serde_json::from_str(kept.manifest()).ok());
    let manifest: serde_json::Value = manifest.unwrap_or_default();
    let reports = manifest["reports"].as_array().into_iter().flatten();
    let text = |report: &serde_json::Value, key: &str| report[key].as_str().map(str::to_owned);
    reports.filter_map(|report| Some([text(report, "kind")?, text(report, "region")?, text(report, "language")?])).collect()
}

/// Whether a report is of a kind, a region and a language.
pub fn is(report: &ReportEntry, other: &[String; 3]) -> bool {
    let [kind, region, language] = other;
    report.kind == kind && report.region == *region && report.language == *language
}

/// The hash of the manifest of a release.
fn manifest(place: &Path) -> Option<String> {
    small(&place.join(MANIFEST), MOST).ok().flatten().map(|bytes| sha256(&bytes))
}
