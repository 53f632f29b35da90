//! Which numbers rest on a cell: those that would change if something else stood in it.
//!
//! No formula is followed here. Each other answer that the field allows is put into the cell, and the numbers are computed anew. So a number
//! is named exactly when one of these answers changes its numerator, its denominator or its coverage.

mod answers;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::evaluate::{self, Mapping, Outcome, RowView, Side};
use super::roll::{self, Roll};
use super::{Cell, Coverage, positions};
use crate::dataset::{Answer, Aside, Data, Table, Typed, Why};
use crate::diagnostic::{Place, quotation};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Corrections, Dataset, DatasetIndex, FieldIndex, FieldKind, Indicator, IndicatorIndex, Specs};
use crate::value::Blank;

/// A key that no unit has.
const NOBODY: &str = "\u{1}";

/// What a number is about, of an indicator in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sums {
    /// The units of a slice, by its position.
    Slice(usize),
    /// A part of the numerator, by its position.
    Part(usize),
}

/// Numbers of a period, each by its indicator, what it is about, and its region.
pub type Touched = BTreeSet<(IndicatorIndex, Sums, RegionIndex)>;

/// A cell of a row, by its field; all of the row, and that it came at all, where there is no field.
pub type Spot = (DatasetIndex, usize, Option<FieldIndex>);

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spots {
    /// Cells of rows that count.
    pub rows: Vec<Spot>,
    /// Cells of rows that were set aside, by their position among these.
    pub asides: Vec<Spot>,
}

/// What rests on some cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Influence {
    /// The numbers.
    pub numbers: Touched,
    /// Whether a cell tells where its row counts: with another region there, the numbers of that region and of all above it change too.
    pub moves: bool,
    /// Whether a cell tells which unit its row is: with the key of another unit there, the numbers of that unit change too.
    pub renames: bool,
}

/// What rests on some cells of a period.
pub fn of(specs: &Specs, data: &Data, period: PeriodIndex, spots: &Spots) -> Influence {
    let bench = Bench::new(specs, data, period);
    let mut found = Influence::default();
    bench.never_came(spots, &mut found);
    for &(dataset, row, field) in &spots.rows {
        let at = At { dataset, row };
        let fields = field.map_or_else(|| 0..specs.dataset(dataset).fields.len(), |field| field.0..field.0 + 1);
        fields.for_each(|field| bench.cell(at, FieldIndex(field), &mut found));
    }
    for &(dataset, position, field) in &spots.asides {
        bench.aside(dataset, position, field, &mut found);
    }
    found
}

/// A row that counts.
#[derive(Clone, Copy, Debug)]
struct At {
    dataset: DatasetIndex,
    row: usize,
}

/// Tables in place of those that came.
type Tables = Vec<(DatasetIndex, Table)>;

/// What a row does to an indicator, and to which of its slices.
#[derive(Debug, PartialEq, Eq)]
enum Doing {
    Both(Outcome, Vec<usize>),
    Denominator(Side, Vec<usize>),
    Numerator(Side, Vec<i64>, Vec<usize>),
    /// As a row of the register.
    Expected(Answer<bool>, Vec<usize>),
}

impl Doing {
    /// The slices that it does something to.
    fn slices(&self) -> &[usize] {
        match self {
            Doing::Both(Outcome { numerator: Side::Outside, denominator: Side::Outside, .. }, _)
            | Doing::Denominator(Side::Outside, _)
            | Doing::Numerator(Side::Outside, ..)
            | Doing::Expected(Ok(false), _) => &[],
            Doing::Both(_, slices)
            | Doing::Denominator(_, slices)
            | Doing::Numerator(_, _, slices)
            | Doing::Expected(_, slices) => slices,
        }
    }
}

/// The numbers as they are, and what is needed to compute them anew.
struct Bench<'a> {
    specs: &'a Specs,
    data: &'a Data,
    period: PeriodIndex,
    rolls: Vec<Roll>,
    before: BTreeMap<IndicatorIndex, Vec<Vec<Cell>>>,
    /// The rows of the period, to be changed and changed back.
    scratch: RefCell<Data>,
    /// What stands in the cells that were understood as more than they say.
    stood: BTreeMap<&'a Place, &'a str>,
    /// The rows of each key, of registers and of the datasets that have one.
    keyed: BTreeMap<DatasetIndex, HashMap<Vec<String>, Vec<usize>>>,
}

impl<'a> Bench<'a> {
    fn new(specs: &'a Specs, data: &'a Data, period: PeriodIndex) -> Self {
        let rolls = roll::all(specs, data, period);
        let compute = |(index, indicator)| (index, super::indicator(specs, data, &rolls, indicator, period));
        let before = specs.indicators_of(period).map(compute).collect();
        let scratch = RefCell::new(Data::of(specs, period, data));
        let stood = data.interpretations.iter().map(|found| (&found.place, found.from.as_str())).collect();
        let indexed = (0..specs.datasets.len()).map(DatasetIndex).filter(|&index| {
            specs.dataset(index).expected.is_some() || specs.datasets.iter().any(|dataset| dataset.expected == Some(index))
        });
        let keyed = indexed.map(|index| {
            let table = data.table(period, index);
            let mut keys: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
            (0..table.len()).for_each(|row| keys.entry(table.key(specs, specs.dataset(index), row)).or_default().push(row));
            (index, keys)
        });
        let keyed = keyed.collect();
        Self { specs, data, period, rolls, before, scratch, stood, keyed }
    }

    /// The rows of a dataset with a key.
    fn of_key(&self, index: DatasetIndex, key: &[String]) -> &[usize] {
        self.keyed.get(&index).and_then(|keys| keys.get(key)).map_or(&[], Vec::as_slice)
    }

    fn table(&self, dataset: DatasetIndex) -> &'a Table {
        self.data.table(self.period, dataset)
    }

    fn cells(&self, At { dataset, row }: At) -> Vec<Typed> {
        (0..self.specs.dataset(dataset).fields.len()).map(|field| self.table(dataset).typed(FieldIndex(field), row)).collect()
    }

    /// The indicators that look at a dataset, or at what it says of the units of another one.
    fn indicators(&self, dataset: DatasetIndex) -> impl Iterator<Item = (IndicatorIndex, &'a Indicator)> {
        let specs = self.specs;
        let looks = move |side: DatasetIndex| side == dataset || specs.dataset(side).expected == Some(dataset);
        specs.indicators_of(self.period).filter(move |(_, indicator)| {
            indicator.is_from_rows() && (looks(indicator.denominator.dataset) || looks(indicator.numerator.dataset))
        })
    }

    /// Other answers that a field allows.
    fn others(&self, index: DatasetIndex, field: FieldIndex, cells: &[Typed]) -> Vec<Typed> {
        answers::others(self.specs, self.indicators(index).map(|(_, indicator)| indicator), (index, field), cells)
    }

    /// What a row with these answers does to an indicator.
    fn does(&self, indicator: &Indicator, index: DatasetIndex, cells: &[Typed]) -> Vec<Doing> {
        let specs = self.specs;
        let (own, other) = (indicator.denominator.dataset, indicator.numerator.dataset);
        let dataset = specs.dataset(index);
        let view = RowView::listed(cells);
        let slices = |seen: &RowView<'_>| positions(specs, indicator, (dataset, &view), seen);
        let mapped = |from: DatasetIndex, use_of: &dyn Fn(&RowView<'_>) -> Doing| {
            let mapping = Mapping::new(specs.dataset(from), dataset);
            use_of(&RowView::listed_as(cells, &mapping))
        };
        let mut doing = Vec::new();
        if index == own && index == other {
            doing.push(Doing::Both(evaluate::row(indicator, &view), slices(&view)));
        } else if index == own {
            doing.push(Doing::Denominator(evaluate::side(&indicator.denominator, &view), slices(&view)));
        } else if index == other {
            let (side, parts) = evaluate::numerator(indicator, &view);
            doing.push(mapped(own, &|seen| Doing::Numerator(side, parts.clone(), slices(seen))));
        }
        for side in [&indicator.denominator, &indicator.numerator] {
            if specs.dataset(side.dataset).expected == Some(index) {
                let mapping = Mapping::new(specs.dataset(side.dataset), dataset);
                let holds = evaluate::condition(&side.population, &RowView::listed_as(cells, &mapping));
                doing.push(mapped(own, &|seen| Doing::Expected(holds, slices(seen))));
            }
        }
        doing
    }

    /// The numbers that rows with these answers may do something to when they lie in a region.
    fn reach(&self, index: DatasetIndex, cells: &[Typed], region: RegionIndex) -> Touched {
        let mut reach = Touched::new();
        for (position, indicator) in self.indicators(index) {
            self.spread((position, indicator), &self.does(indicator, index, cells), region, &mut reach);
        }
        reach
    }

    fn spread(
        &self,
        (position, indicator): (IndicatorIndex, &Indicator),
        doing: &[Doing],
        region: RegionIndex,
        reach: &mut Touched,
    ) {
        let slices: BTreeSet<usize> = doing.iter().flat_map(Doing::slices).copied().collect();
        let parts = if slices.contains(&0) { indicator.parts.len() } else { 0 };
        let about = slices.into_iter().map(Sums::Slice).chain((0..parts).map(Sums::Part));
        for sums in about {
            reach.extend(self.specs.hierarchy.upwards(region).map(|outer| (position, sums, outer)));
        }
    }

    /// What rests on a cell of a row that counts.
    fn cell(&self, at: At, field: FieldIndex, found: &mut Influence) {
        let dataset = self.specs.dataset(at.dataset);
        self.copies_count(at, found);
        if chain(dataset).contains(&field) {
            self.region(at, found);
        } else if dataset.key.contains(&field) {
            self.key(at, field, found);
        } else if dataset.title == Some(field) {
            self.title(at, found);
        } else {
            self.answer(at, field, found);
        }
    }

    /// Where another file holds the same rows as that of a row, they all count as soon as one cell differs.
    fn copies_count(&self, at: At, found: &mut Influence) {
        let file = &self.table(at.dataset).place(at.row).file;
        self.count_too(|aside| matches!(&aside.why, Why::Repeated { first } if first == file), found);
    }

    /// What changes when all rows for which this holds, and which were set aside, count too.
    fn count_too(&self, holds: impl Fn(&Aside) -> bool, found: &mut Influence) {
        let mut tables = Tables::new();
        for index in (0..self.specs.datasets.len()).map(DatasetIndex) {
            let table = self.table(index);
            let more: Vec<&Aside> = table.asides().iter().filter(|aside| holds(aside)).collect();
            if !more.is_empty() {
                let mut table = table.clone();
                more.into_iter().for_each(|aside| count(&mut table, aside));
                tables.push((index, table));
            }
        }
        let datasets: Vec<DatasetIndex> = tables.iter().map(|(index, _)| *index).collect();
        if !datasets.is_empty() {
            self.try_tables(tables, &datasets, |_| true, found);
        }
    }

    /// What changes when none of the rows that are meant whole had come.
    fn never_came(&self, spots: &Spots, found: &mut Influence) {
        let mut gone: BTreeMap<DatasetIndex, BTreeSet<usize>> = BTreeMap::new();
        for &(dataset, row, _) in spots.rows.iter().filter(|(_, _, field)| field.is_none()) {
            gone.entry(dataset).or_default().insert(row);
        }
        let datasets: Vec<DatasetIndex> = gone.keys().copied().collect();
        let without = |(index, rows): (DatasetIndex, BTreeSet<usize>)| {
            let earlier = rows.iter().flat_map(|&row| self.earlier(At { dataset: index, row })).collect::<Vec<&Aside>>();
            let mut table = self.table(index).without(self.specs.dataset(index), |row| rows.contains(&row));
            earlier.into_iter().for_each(|aside| count(&mut table, aside));
            (index, table)
        };
        let tables: Tables = gone.into_iter().map(without).collect();
        if !tables.is_empty() {
            self.try_tables(tables, &datasets, |_| true, found);
        }
    }

    /// The earlier version of a unit's row, which would count if this one were not the unit's.
    fn earlier(&self, At { dataset, row }: At) -> Vec<&'a Aside> {
        let declared = self.specs.dataset(dataset);
        if declared.corrections != Some(Corrections::Row) {
            return Vec::new();
        }
        let table = self.table(dataset);
        let (key, place) = (table.key(self.specs, declared, row), table.place(row));
        let is_earlier = |aside: &&Aside| {
            matches!(&aside.why, Why::Replaced { later } if *later == place.file)
                && aside.key(self.specs, declared).as_ref() == Some(&key)
        };
        table.asides().iter().filter(is_earlier).collect()
    }

    /// Other answers in a cell that tells neither the unit nor its region.
    fn answer(&self, at: At, field: FieldIndex, found: &mut Influence) {
        let before = self.cells(at);
        let region = self.table(at.dataset).region(at.row);
        for answer in self.others(at.dataset, field, &before) {
            let mut after = before.clone();
            after[field.0] = answer.clone();
            let mut reach = Touched::new();
            let mut meant = Vec::new();
            for (position, indicator) in self.indicators(at.dataset) {
                let (own, other) = (self.does(indicator, at.dataset, &before), self.does(indicator, at.dataset, &after));
                if own != other {
                    meant.push(position);
                    self.spread((position, indicator), &own, region, &mut reach);
                    self.spread((position, indicator), &other, region, &mut reach);
                }
            }
            if reach.is_subset(&found.numbers) {
                continue;
            }
            let mut scratch = self.scratch.borrow_mut();
            scratch.table_mut(self.period, at.dataset).answer(field, at.row, answer);
            self.compare(&scratch, &self.rolls, meant.into_iter(), |_| true, &mut found.numbers);
            scratch.table_mut(self.period, at.dataset).answer(field, at.row, before[field.0].clone());
        }
    }

    /// Another region, and none, in a cell that tells where its row counts.
    fn region(&self, at: At, found: &mut Influence) {
        found.moves = true;
        if self.is_known(at, found) {
            return;
        }
        let dataset = self.specs.dataset(at.dataset);
        let table = self.table(at.dataset);
        let own = table.region(at.row);
        self.try_tables(vec![(at.dataset, table.without(dataset, |row| row == at.row))], &[at.dataset], |_| true, found);
        let hierarchy = &self.specs.hierarchy;
        let office = |region: RegionIndex| hierarchy.upwards(region).filter(|&outer| outer != hierarchy.top()).last();
        for is_near in [true, false] {
            let elsewhere = hierarchy.all().map(|(index, _)| index).find(|&index| {
                let (level, is_same) = (hierarchy.region(index).level, office(index) == office(own));
                index != own && level == hierarchy.region(own).level && is_same == is_near
            });
            let Some(elsewhere) = elsewhere else { continue };
            let mut moved = table.clone();
            moved.relocate(at.row, elsewhere);
            if dataset.key.contains(&dataset.region) {
                moved.answer(dataset.region, at.row, Typed::Region(Ok(elsewhere)));
            }
            if self.is_named(at) {
                moved.answer(dataset.key[0], at.row, Typed::Text(Err(Blank::NotReported)));
            }
            if !is_near || dataset.key.contains(&dataset.region) {
                self.earlier(at).into_iter().for_each(|aside| count(&mut moved, aside));
            }
            let tables = self.with_unnamed(at, vec![(at.dataset, moved)]);
            let left = |region: RegionIndex| hierarchy.contains(region, own) && !hierarchy.contains(region, elsewhere);
            self.try_tables(tables, &[at.dataset], left, found);
        }
    }

    /// The key of nobody, and none, in a cell that tells which unit its row is.
    fn key(&self, at: At, field: FieldIndex, found: &mut Influence) {
        found.renames = true;
        if self.is_known(at, found) {
            return;
        }
        let others = match self.specs.dataset(at.dataset).field(field).kind {
            FieldKind::Code | FieldKind::Text => {
                vec![Typed::Text(Ok(NOBODY.into())), Typed::Text(Err(Blank::NotReported))]
            }
            FieldKind::Region { .. } | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => {
                self.others(at.dataset, field, &self.cells(at))
            }
        };
        for other in others {
            self.rename(at, field, other, found);
        }
    }

    fn rename(&self, at: At, field: FieldIndex, other: Typed, found: &mut Influence) {
        let mut renamed = self.table(at.dataset).clone();
        renamed.answer(field, at.row, other);
        self.earlier(at).into_iter().for_each(|aside| count(&mut renamed, aside));
        let tables = self.with_unnamed(at, vec![(at.dataset, renamed)]);
        self.try_tables(tables, &[at.dataset], |_| true, found);
    }

    /// Another name, where a name in place of a key tells which unit a row is.
    fn title(&self, at: At, found: &mut Influence) {
        let dataset = self.specs.dataset(at.dataset);
        if self.is_named(at) {
            found.renames = true;
            self.rename(at, dataset.key[0], Typed::Text(Err(Blank::NotReported)), found);
        }
        let tables = self.with_unnamed(at, Vec::new());
        if !tables.is_empty() {
            found.renames = true;
            let datasets: Vec<DatasetIndex> = tables.iter().map(|(index, _)| *index).collect();
            self.try_tables(tables, &datasets, |_| true, found);
        }
    }

    /// Whether a row has its key by its name: the register has only one unit called so.
    fn is_named(&self, At { dataset, row }: At) -> bool {
        let (declared, table) = (self.specs.dataset(dataset), self.table(dataset));
        let ([key], Some(title)) = (declared.key.as_slice(), declared.title) else { return false };
        let is_text = matches!(declared.field(*key).kind, FieldKind::Code | FieldKind::Text);
        let stood = self.stood.get(&table.place(row).cell(*key));
        is_text && stood.is_some_and(|stood| *stood == quotation(&table.spelt(self.specs, declared, title, row)))
    }

    /// Other tables, also without the keys that rows of other datasets have by the name of a register's row.
    fn with_unnamed(&self, at: At, mut tables: Tables) -> Tables {
        let register = self.specs.dataset(at.dataset);
        let key = self.table(at.dataset).key(self.specs, register, at.row);
        for index in (0..self.specs.datasets.len()).map(DatasetIndex) {
            let dataset = self.specs.dataset(index);
            if dataset.expected != Some(at.dataset) {
                continue;
            }
            let is_meant = |row: &usize| self.is_named(At { dataset: index, row: *row });
            let meant: Vec<usize> = self.of_key(index, &key).iter().copied().filter(is_meant).collect();
            if !meant.is_empty() {
                let mut table = self.table(index).clone();
                meant.into_iter().for_each(|row| table.answer(dataset.key[0], row, Typed::Text(Err(Blank::NotReported))));
                tables.push((index, table));
            }
        }
        tables
    }

    /// Whether all numbers that a row can do anything to are named already.
    fn is_known(&self, at: At, found: &Influence) -> bool {
        let region = self.table(at.dataset).region(at.row);
        let mut reach = self.reach(at.dataset, &self.cells(at), region);
        for aside in self.earlier(at) {
            reach.extend(aside.region.iter().flat_map(|region| self.reach(at.dataset, &aside.cells, *region)));
        }
        // The row of a register and its return each tell what becomes of the other.
        let dataset = self.specs.dataset(at.dataset);
        let key = self.table(at.dataset).key(self.specs, dataset, at.row);
        for index in (0..self.specs.datasets.len()).map(DatasetIndex) {
            if dataset.expected == Some(index) || self.specs.dataset(index).expected == Some(at.dataset) {
                for &row in self.of_key(index, &key) {
                    reach.extend(self.reach(index, &self.cells(At { dataset: index, row }), self.table(index).region(row)));
                }
            }
        }
        reach.is_subset(&found.numbers)
    }

    /// What rests on a cell of a row that was set aside.
    fn aside(&self, index: DatasetIndex, position: usize, field: Option<FieldIndex>, found: &mut Influence) {
        let dataset = self.specs.dataset(index);
        let aside = &self.table(index).asides()[position];
        let is_of = |fields: &[FieldIndex]| field.is_none_or(|field| fields.contains(&field));
        match &aside.why {
            Why::Repeated { .. } => {
                let file = &aside.place.file;
                self.count_too(|other| matches!(other.why, Why::Repeated { .. }) && other.place.file == *file, found);
            }
            Why::Replaced { .. } => {
                found.moves |= is_of(&chain(dataset));
                if dataset.corrections == Some(Corrections::Row) && is_of(&dataset.key) {
                    found.renames = true;
                    if !self.is_known_by_name(index, aside) {
                        self.count_again(index, aside, found);
                    }
                }
            }
            Why::WithoutRegion | Why::Shifted => found.moves |= is_of(&chain(dataset)),
        }
    }

    /// Whether a row that was replaced would be replaced under any new key: the register knows the key of the later row, which has the same
    /// name and region and is the only one called so.
    fn is_known_by_name(&self, index: DatasetIndex, aside: &Aside) -> bool {
        let (dataset, table) = (self.specs.dataset(index), self.table(index));
        let (Some(register), Some(title), Some(key)) = (dataset.expected, dataset.title, aside.key(self.specs, dataset)) else {
            return false;
        };
        let reading = |text: String| self.specs.programme.names.plain(&text).into_iter().next();
        let called = reading(aside.title(self.specs, dataset));
        let is_called = |row: &usize| {
            Some(table.region(*row)) == aside.region && reading(table.spelt(self.specs, dataset, title, *row)) == called
        };
        let mut alike = (0..table.len()).filter(is_called);
        let (Some(later), None) = (alike.next(), alike.next()) else { return false };
        table.key(self.specs, dataset, later) == key && !self.of_key(register, &key).is_empty()
    }

    /// What changes when a row that was replaced is that of another unit.
    fn count_again(&self, index: DatasetIndex, aside: &Aside, found: &mut Influence) {
        let dataset = self.specs.dataset(index);
        let texts = dataset.key.iter().filter(|key| matches!(dataset.field(**key).kind, FieldKind::Code | FieldKind::Text));
        for &key in texts {
            for other in [Ok(NOBODY.into()), Err(Blank::NotReported)] {
                let mut table = self.table(index).clone();
                count(&mut table, aside);
                if aside.region.is_some() {
                    table.answer(key, table.len() - 1, Typed::Text(other));
                }
                self.try_tables(vec![(index, table)], &[index], |_| true, found);
            }
        }
    }

    /// Names the numbers of some regions that are others with these tables.
    fn try_tables(
        &self,
        tables: Tables,
        datasets: &[DatasetIndex],
        is_meant: impl Fn(RegionIndex) -> bool,
        found: &mut Influence,
    ) {
        let indicators: BTreeSet<IndicatorIndex> =
            datasets.iter().flat_map(|&dataset| self.indicators(dataset)).map(|(index, _)| index).collect();
        let mut scratch = self.scratch.borrow_mut();
        let own: Tables = tables
            .into_iter()
            .map(|(index, table)| (index, std::mem::replace(scratch.table_mut(self.period, index), table)))
            .collect();
        let rolls = roll::all(self.specs, &scratch, self.period);
        self.compare(&scratch, &rolls, indicators.into_iter(), is_meant, &mut found.numbers);
        for (index, table) in own {
            *scratch.table_mut(self.period, index) = table;
        }
    }

    fn compare(
        &self,
        data: &Data,
        rolls: &[Roll],
        indicators: impl Iterator<Item = IndicatorIndex>,
        is_meant: impl Fn(RegionIndex) -> bool,
        numbers: &mut Touched,
    ) {
        for index in indicators {
            let after = super::indicator(self.specs, data, rolls, self.specs.indicator(index), self.period);
            numbers.extend(differing(index, &self.before[&index], &after).filter(|(_, _, region)| is_meant(*region)));
        }
    }
}

/// Lets a row that was set aside count; one without a region cannot.
fn count(table: &mut Table, aside: &Aside) {
    if let Some(region) = aside.region {
        table.push(aside.place.clone(), region, aside.cells.clone());
    }
}

/// The fields that tell where a row counts: its region, and the regions in which that is looked up.
fn chain(dataset: &Dataset) -> Vec<FieldIndex> {
    let mut chain = vec![dataset.region];
    while let Some(FieldKind::Region { within: Some(outer), .. }) = chain.last().map(|field| &dataset.field(*field).kind) {
        if chain.contains(outer) {
            break;
        }
        chain.push(*outer);
    }
    chain
}

/// The numbers of an indicator whose numerator, denominator or coverage differ.
fn differing(
    index: IndicatorIndex,
    before: &[Vec<Cell>],
    after: &[Vec<Cell>],
) -> impl Iterator<Item = (IndicatorIndex, Sums, RegionIndex)> {
    let mut found = Vec::new();
    for (region, (before, after)) in before.iter().zip(after).enumerate() {
        let region = RegionIndex(region);
        for (slice, (before, after)) in before.iter().zip(after).enumerate() {
            let base = |cell: &Cell| -> (i64, Coverage, Option<Coverage>) {
                (cell.denominator, cell.coverage, cell.numerator_coverage().copied())
            };
            let differs = base(before) != base(after);
            if differs || before.numerator != after.numerator {
                found.push((index, Sums::Slice(slice), region));
            }
            if slice == 0 {
                let parts = before.parts.iter().zip(&after.parts).enumerate();
                let parts = parts.filter(|(_, (before, after))| differs || before != after);
                found.extend(parts.map(|(part, _)| (index, Sums::Part(part), region)));
            }
        }
    }
    found.into_iter()
}
