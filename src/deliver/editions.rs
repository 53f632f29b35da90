//! Whether a later edition has taken the place of what somebody has: as a list of editions tells.

use serde::{Deserialize, Serialize};

/// The name of the list in a release and in a package.
pub const EDITIONS: &str = "editions.json";

/// A list of editions.
#[derive(Debug, Default, Deserialize)]
pub struct Editions {
    /// The editions of all periods.
    #[serde(default)]
    editions: Vec<Entry>,
}

/// An edition of the release of a period.
#[derive(Debug, Deserialize)]
struct Entry {
    period: String,
    edition: u64,
    #[serde(default)]
    issued: Option<String>,
    /// The SHA-256 of the manifest.
    #[serde(default)]
    manifest: Option<String>,
}

/// How an edition stands to later ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Later {
    /// No list of editions tells of it.
    #[default]
    Unknown,
    /// There is a list, but no named key has signed it.
    Disbelieved,
    /// The list names no later edition.
    Latest {
        /// The number of the edition.
        edition: u64,
    },
    /// A later edition has taken its place.
    Superseded {
        /// The number of the latest edition.
        edition: u64,
        /// The day on which that was issued, as the list says.
        issued: Option<String>,
    },
}

impl Editions {
    /// Reads a list; `None` for what is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// How far the list goes: the latest edition of a period, and how many entries there are.
    pub fn reach(&self, period: &str) -> (u64, usize) {
        (self.latest(period).map_or(0, |entry| entry.edition), self.editions.len())
    }

    /// The number of the edition with this manifest.
    pub fn edition_of(&self, period: &str, manifest: &str) -> Option<u64> {
        let is_it = |entry: &&Entry| entry.period == period && entry.manifest.as_deref() == Some(manifest);
        self.editions.iter().find(is_it).map(|entry| entry.edition)
    }

    /// How an edition of a period stands to the others.
    pub fn later(&self, period: &str, edition: u64) -> Later {
        match self.latest(period) {
            None => Later::Unknown,
            Some(latest) if latest.edition > edition => {
                Later::Superseded { edition: latest.edition, issued: latest.issued.clone() }
            }
            Some(_) => Later::Latest { edition },
        }
    }

    fn latest(&self, period: &str) -> Option<&Entry> {
        self.editions.iter().filter(|entry| entry.period == period).max_by_key(|entry| entry.edition)
    }
}
