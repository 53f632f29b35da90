//! What an office is asked for: pages, their rows, and what is known of each cell in advance.

use std::collections::{BTreeMap, HashMap};

use super::Material;
use crate::dataset::Typed;
use crate::period::PeriodIndex;
use crate::protect::Rows;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, fold};
use crate::value::Amount;

/// Empty rows for units that are not on the list.
const SPARE_ROWS: usize = 20;
/// Rows of a table for which no list is known.
const FREE_ROWS: usize = 200;

/// One table to be filled in.
pub struct Page {
    /// Its dataset.
    pub dataset: DatasetIndex,
    /// The columns asked for in the period.
    pub fields: Vec<FieldIndex>,
    /// The rows with a unit.
    pub rows: Vec<Row>,
    /// How many empty rows stand below them.
    pub spare: usize,
    /// The spellings of regions that a column may hold.
    pub regions: BTreeMap<FieldIndex, Vec<String>>,
}

/// One unit; a slot for each field of the page.
pub struct Row {
    /// What is known of each cell.
    pub slots: Vec<Slot>,
}

/// What is known of a cell before the office fills it in.
#[derive(Default)]
pub struct Slot {
    /// What stands in it already.
    pub known: Option<Value>,
    /// Whether it identifies the row, so that it cannot be changed.
    pub locked: bool,
    /// What was reported for it last time.
    pub last: Option<Value>,
}

/// What is written into a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(Amount),
}

impl Value {
    /// The value as people read it.
    pub fn text(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        }
    }
}

/// The pages for the office of a region; empty when nothing is collected there.
pub fn pages(material: &Material<'_>, region: RegionIndex) -> Vec<Page> {
    let specs = material.specs;
    let registers: Vec<DatasetIndex> = specs.datasets.iter().filter_map(|dataset| dataset.expected).collect();
    let lives = |index: &DatasetIndex| specs.dataset(*index).life.holds(material.period);
    let collected = (0..specs.datasets.len()).map(DatasetIndex).filter(|index| !registers.contains(index) && lives(index));
    collected.filter_map(|index| page(material, region, index)).collect()
}

fn page(material: &Material<'_>, region: RegionIndex, index: DatasetIndex) -> Option<Page> {
    let dataset = material.specs.dataset(index);
    let asked = |field: &FieldIndex| dataset.field(*field).life.holds(material.period);
    let fields: Vec<FieldIndex> = dataset.columns().filter(asked).collect();
    let planner = Planner { material, dataset, index, region, fields: &fields };
    let register = dataset.expected.and_then(|register| material.latest(register, true).map(|period| (register, period)));
    let (rows, spare) = match register {
        Some((register, period)) => (planner.registered(register, period), SPARE_ROWS),
        None if planner.is_about_regions() => (planner.regions(), 0),
        None => (planner.known(), FREE_ROWS),
    };
    // A register lists all units that are expected, and the regions of a table of regions are known; without rows there is nothing to ask.
    if rows.is_empty() && (register.is_some() || planner.is_about_regions() || planner.places().is_empty()) {
        return None;
    }
    let regions = planner.region_lists(&rows);
    Some(Page { dataset: index, spare, rows, regions, fields })
}

struct Planner<'a> {
    material: &'a Material<'a>,
    dataset: &'a Dataset,
    index: DatasetIndex,
    region: RegionIndex,
    fields: &'a [FieldIndex],
}

impl Planner<'_> {
    /// A row for each unit of the register in the region.
    fn registered(&self, register: DatasetIndex, period: PeriodIndex) -> Vec<Row> {
        let specs = self.material.specs;
        let (list, table) = (specs.dataset(register), self.material.published.rows(period, register));
        let last = self.last();
        let here = (0..table.len()).filter(|&row| specs.hierarchy.contains(self.region, table.region(row)));
        here.map(|row| {
            let key = table.key(row);
            let slots = self.fields.iter().map(|&field| {
                let twin = list.find(&self.dataset.field(field).id);
                let known = twin.and_then(|twin| self.value(&table.typed(twin, row), list, twin, field));
                let locked = known.is_some() && self.identifies(field);
                Slot { known, locked, last: last.get(&key).and_then(|&(table, row)| self.answered(table, row, field)) }
            });
            Row { slots: slots.collect() }
        })
        .collect()
    }

    /// A row for each region of the dataset's level.
    fn regions(&self) -> Vec<Row> {
        let last = self.last();
        let rows = self.places().into_iter().map(|region| {
            let code = self.material.specs.hierarchy.region(region).code.as_str().to_owned();
            let key = vec![code; self.dataset.key.len()];
            let mut chain = BTreeMap::new();
            let (mut field, mut outer) = (self.dataset.region, region);
            chain.insert(field, outer);
            while let FieldKind::Region { within: Some(within), .. } = self.dataset.field(field).kind {
                (field, outer) = (within, self.outer(outer));
                chain.insert(field, outer);
            }
            let slots = self.fields.iter().map(|&field| Slot {
                known: chain.get(&field).map(|&region| Value::Text(self.spelling(region, self.within(field, &chain)))),
                locked: chain.contains_key(&field),
                last: last.get(&key).and_then(|&(table, row)| self.answered(table, row, field)),
            });
            Row { slots: slots.collect() }
        });
        rows.collect()
    }

    /// A row for each unit that reported last time; the office corrects the list.
    fn known(&self) -> Vec<Row> {
        let Some(period) = self.material.latest(self.index, false) else { return Vec::new() };
        let (specs, table) = (self.material.specs, self.material.published.rows(period, self.index));
        let here = (0..table.len()).filter(|&row| specs.hierarchy.contains(self.region, table.region(row)));
        here.map(|row| {
            let slots = self.fields.iter().map(|&field| {
                let last = self.answered(table, row, field);
                Slot { known: last.clone().filter(|_| self.identifies(field)), locked: false, last }
            });
            Row { slots: slots.collect() }
        })
        .collect()
    }

    /// The rows of the last period with data, by key.
    fn last(&self) -> HashMap<Vec<String>, (Rows<'_>, usize)> {
        let Some(period) = self.material.latest(self.index, false) else { return HashMap::new() };
        let table = self.material.published.rows(period, self.index);
        (0..table.len()).map(|row| (table.key(row), (table, row))).collect()
    }

    /// Whether each row is a region, so that the registry lists all rows.
    fn is_about_regions(&self) -> bool {
        let is_region = |field: &FieldIndex| matches!(self.dataset.field(*field).kind, FieldKind::Region { .. });
        self.dataset.key == [self.dataset.region] && self.dataset.key.iter().all(is_region)
    }

    /// The regions here in which rows may lie.
    fn places(&self) -> Vec<RegionIndex> {
        let hierarchy = &self.material.specs.hierarchy;
        let here = hierarchy.within(self.region).map(RegionIndex);
        let fits = |&region: &RegionIndex| match self.dataset.level {
            Some(level) => hierarchy.region(region).level == level,
            None => hierarchy.children(region, self.material.day()).is_empty(),
        };
        here.filter(fits).filter(|&region| hierarchy.region(region).exists_on(self.material.day())).collect()
    }

    /// Whether a field tells which unit the row is.
    fn identifies(&self, field: FieldIndex) -> bool {
        let is_region = matches!(self.dataset.field(field).kind, FieldKind::Region { .. });
        is_region || self.dataset.key.contains(&field) || self.dataset.title == Some(field)
    }

    /// The region that stands in the column for the outer region; a region right below the top stands for itself.
    fn outer(&self, region: RegionIndex) -> RegionIndex {
        let hierarchy = &self.material.specs.hierarchy;
        hierarchy.region(region).parent.filter(|&parent| parent != hierarchy.top()).unwrap_or(region)
    }

    fn within(&self, field: FieldIndex, chain: &BTreeMap<FieldIndex, RegionIndex>) -> Option<RegionIndex> {
        match self.dataset.field(field).kind {
            FieldKind::Region { within, .. } => within.and_then(|within| chain.get(&within).copied()),
            FieldKind::Code | FieldKind::Text | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => None,
        }
    }

    /// The answer in a row of the dataset itself.
    fn answered(&self, table: Rows<'_>, row: usize, field: FieldIndex) -> Option<Value> {
        self.value(&table.typed(field, row), self.dataset, field, field)
    }

    /// An answer in the field `twin` of `source`, as a cell of `field` may hold it; `None` when it does not fit.
    fn value(&self, typed: &Typed, source: &Dataset, twin: FieldIndex, field: FieldIndex) -> Option<Value> {
        let lead = self.material.lead();
        match (typed, &self.dataset.field(field).kind) {
            (Typed::Text(Ok(text)), FieldKind::Code | FieldKind::Text) => Some(Value::Text(text.to_string())),
            (Typed::Region(Ok(region)), FieldKind::Region { within, .. }) => {
                let exists = self.material.specs.hierarchy.region(*region).exists_on(self.material.day());
                let outer = within.map(|_| self.outer(*region));
                exists.then(|| Value::Text(self.spelling(*region, outer)))
            }
            (Typed::Category(Ok(position)), FieldKind::Category(values)) => {
                let FieldKind::Category(known) = &source.field(twin).kind else { return None };
                let id = &known.get(usize::from(*position))?.id;
                let value = values.iter().find(|value| value.id == *id)?;
                Some(Value::Text(value.name.get(lead).to_owned()))
            }
            (Typed::Flag(Ok(flag)), FieldKind::Flag) => Some(Value::Text(self.material.flag(*flag))),
            (Typed::Count(Ok(units)), FieldKind::Count { places, .. }) => {
                // What has more places than the cell may hold is left to be filled in.
                source.field(twin).amount(*units).at(*places).map(Value::Number)
            }
            (Typed::Text(_) | Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_), _) => None,
        }
    }

    /// The name of a region; its code, where the name does not tell which region is meant.
    fn spelling(&self, region: RegionIndex, outer: Option<RegionIndex>) -> String {
        let hierarchy = &self.material.specs.hierarchy;
        let name = hierarchy.region(region).name.get(self.material.lead());
        let folded = fold(name);
        let bears = |other: RegionIndex| {
            let other = hierarchy.region(other);
            let mut names = other.name.all().chain(other.aliases.iter().map(String::as_str));
            other.exists_on(self.material.day()) && names.any(|name| fold(name) == folded)
        };
        let mut within = hierarchy.within(outer.unwrap_or(hierarchy.top())).map(RegionIndex);
        if within.any(|other| other != region && bears(other)) {
            hierarchy.region(region).code.as_str().to_owned()
        } else {
            name.to_owned()
        }
    }

    /// What can be chosen in the columns of regions: what the rows hold, and the regions here.
    fn region_lists(&self, rows: &[Row]) -> BTreeMap<FieldIndex, Vec<String>> {
        let mut lists = BTreeMap::new();
        for (position, &field) in self.fields.iter().enumerate() {
            let FieldKind::Region { within, .. } = self.dataset.field(field).kind else { continue };
            let mut list: Vec<String> = Vec::new();
            let mut add = |text: String| {
                if !list.contains(&text) {
                    list.push(text);
                }
            };
            if field == self.dataset.region {
                let outer = |region| within.map(|_| self.outer(region));
                self.places().into_iter().for_each(|region| add(self.spelling(region, outer(region))));
            }
            rows.iter().filter_map(|row| row.slots[position].known.as_ref()).for_each(|value| add(value.text()));
            lists.insert(field, list);
        }
        lists
    }
}
