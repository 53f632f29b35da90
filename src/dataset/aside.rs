//! What was read and is not among the rows that count: rows set aside, each with its one reason, and what stands around the rows of a sheet.

use std::sync::Arc;

use super::{RowPlace, Typed, spelt};
use crate::diagnostic::FileName;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, Specs};

/// Why a row that came does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A later submission replaced it.
    Replaced {
        /// The submission that did.
        later: FileName,
    },
    /// Its file holds the same rows as another one, which count.
    Repeated {
        /// The file that counts.
        first: FileName,
    },
    /// Its region could not be told; that has been reported.
    WithoutRegion,
    /// Its cells do not stand below their own headers; that has been reported.
    Shifted,
}

/// A row that came and does not count.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Where it stands.
    pub place: RowPlace,
    /// The region that it would count in, where that is known.
    pub region: Option<RegionIndex>,
    /// Its answers, one for each field; none where its cells could not be told apart.
    pub cells: Vec<Typed>,
    /// Why it does not count.
    pub why: Why,
}

impl Aside {
    /// Its key as text; `None` where its cells could not be told apart.
    pub fn key(&self, specs: &Specs, dataset: &Dataset) -> Option<Vec<String>> {
        let answer = |field: &crate::spec::FieldIndex| Some(spelt(specs, dataset, *field, self.cells.get(field.0)?));
        dataset.key.iter().map(answer).collect()
    }

    /// Its unit's name, or else its key; empty where neither is known.
    pub fn title(&self, specs: &Specs, dataset: &Dataset) -> String {
        let title = dataset.title.and_then(|field| Some(spelt(specs, dataset, field, self.cells.get(field.0)?)));
        let key = || self.key(specs, dataset).unwrap_or_default().join(", ");
        title.filter(|title| !title.is_empty()).unwrap_or_else(key)
    }
}

/// A sheet whose table was read: what decides how its rows are read. All rows and columns are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSheet {
    /// The period.
    pub period: PeriodIndex,
    /// The dataset.
    pub dataset: DatasetIndex,
    /// The file.
    pub file: FileName,
    /// The sheet; empty in a text table.
    pub sheet: Arc<str>,
    /// The first and the last row of its headers.
    pub headers: (u32, u32),
    /// The rows that decide how rows below them are read: captions, and headers in another order.
    pub guiding: Vec<u32>,
    /// The column that names the row which a row replaces.
    pub replaces: Option<u32>,
    /// The merged cells below the headers that stand on several rows: the first and the last row, then the first and the last column.
    pub merged: Vec<((u32, u32), (u32, u32))>,
}
