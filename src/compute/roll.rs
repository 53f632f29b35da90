//! Which units should report in a dataset, and which of them did. This is the one place where returns are matched with a register.
//!
//! A unit that reported counts, and is expected, where its return says. A silent unit is expected where the register says. So the register
//! holds the whole expected number, and no more can report than are expected.

use std::collections::{BTreeMap, HashSet};

use crate::dataset::{Data, Table};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, Specs};

/// How a row of a return stands to the units that should report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A unit that should report; where nothing tells who should, every row is one.
    Listed,
    /// A unit that the register does not list, or a row without its key.
    Unlisted,
    /// A unit that an earlier row already stands for.
    Repeated,
}

/// Who owes a return and did not send one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silent {
    /// Nothing tells who should report.
    Unknown,
    /// Each of these regions owes a row.
    Regions(Vec<RegionIndex>),
    /// The units in these rows of the register, in the order of their keys.
    Units(Vec<usize>),
}

/// The rows of a dataset in a period, matched with the units that should report.
#[derive(Clone, Debug)]
pub struct Roll {
    /// How each row of the dataset stands.
    standings: Vec<Standing>,
    /// Which units did not report.
    pub silent: Silent,
    /// For each unit that the register lists, its row in the dataset and its row in the register; in the order of their keys.
    pub listed: Vec<(usize, usize)>,
    /// The rows of units that the register does not list, in the order of their keys; rows without a key come last.
    pub unlisted: Vec<usize>,
}

impl Roll {
    /// Calls the roll of a dataset.
    pub fn new(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex) -> Self {
        let dataset = specs.dataset(index);
        let table = data.table(period, index);
        if let Some((register, declared)) = register(specs, data, dataset, period) {
            return Self::of_units((specs, dataset, table), (declared, register));
        }
        let all_listed = || vec![Standing::Listed; table.len()];
        let Some(owing) = owing(specs, dataset, period) else {
            return Self { standings: all_listed(), silent: Silent::Unknown, listed: Vec::new(), unlisted: Vec::new() };
        };
        let mut reported = HashSet::new();
        let standing = |row| if reported.insert(table.region(row)) { Standing::Listed } else { Standing::Repeated };
        let standings = (0..table.len()).map(standing).collect();
        let silent = owing.into_iter().filter(|region| !reported.contains(region)).collect();
        Self { standings, silent: Silent::Regions(silent), listed: Vec::new(), unlisted: Vec::new() }
    }

    fn of_units((specs, dataset, table): (&Specs, &Dataset, &Table), (declared, register): (&Dataset, &Table)) -> Self {
        let mut registered: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for row in 0..register.len() {
            registered.entry(register.key(specs, declared, row)).or_insert(row);
        }
        let mut standings = vec![Standing::Unlisted; table.len()];
        let mut reported: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut keyless = Vec::new();
        for (row, standing) in standings.iter_mut().enumerate() {
            let key = table.key(specs, dataset, row);
            if key.iter().any(String::is_empty) {
                keyless.push(row);
                continue;
            }
            if reported.contains_key(&key) {
                *standing = Standing::Repeated;
                continue;
            }
            if registered.contains_key(&key) {
                *standing = Standing::Listed;
            }
            reported.insert(key, row);
        }
        let listed = reported.iter().filter_map(|(key, &row)| Some((row, *registered.get(key)?))).collect();
        let unlisted = reported.iter().filter(|(key, _)| !registered.contains_key(*key)).map(|(_, &row)| row);
        let unlisted = unlisted.chain(keyless).collect();
        let silent = registered.iter().filter(|(key, _)| !reported.contains_key(*key)).map(|(_, &row)| row).collect();
        Self { standings, silent: Silent::Units(silent), listed, unlisted }
    }

    /// How a row stands to the units that should report.
    pub fn standing(&self, row: usize) -> Standing {
        self.standings[row]
    }
}

/// The register of a dataset; `None` when it has none, none was sent, or the dataset is not asked for in the period.
pub fn register<'a>(
    specs: &'a Specs,
    data: &'a Data,
    dataset: &Dataset,
    period: PeriodIndex,
) -> Option<(&'a Table, &'a Dataset)> {
    let index = dataset.expected.filter(|_| dataset.life.holds(period))?;
    let register = data.table(period, index);
    (!register.is_empty()).then(|| (register, specs.dataset(index)))
}

/// The rolls of all datasets in a period.
pub fn all(specs: &Specs, data: &Data, period: PeriodIndex) -> Vec<Roll> {
    (0..specs.datasets.len()).map(|index| Roll::new(specs, data, period, DatasetIndex(index))).collect()
}

/// The regions that each owe one row: all of the dataset's level; `None` unless its key is the region alone.
fn owing(specs: &Specs, dataset: &Dataset, period: PeriodIndex) -> Option<Vec<RegionIndex>> {
    let level = dataset.level.filter(|_| dataset.key == [dataset.region] && dataset.life.holds(period))?;
    let day = specs.period(period).date;
    let owing = |(_, region): &(RegionIndex, &crate::region::Region)| region.level == level && region.exists_on(day);
    Some(specs.hierarchy.all().filter(owing).map(|(index, _)| index).collect())
}
