//! What is counted of persons in a period, as sums over blocks of the same persons: what tells that two published counts have persons in
//! common, and that a third one follows from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::compute::sums::{self, Adding, Which};
use crate::dataset::{Data, Table};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::expression::Condition;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Id, Indicator, IndicatorIndex, Quantity as Adds, Specs};

/// The position of a block: counts of the same rows that enter the same sums. Every sum of an indicator is a sum of blocks.
pub type Block = usize;
/// The position of a group in [`Groups`]; the first one is everybody.
pub type Group = usize;
/// Everybody.
pub const EVERYBODY: Group = 0;

/// What a quantity is, for those who read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A sum of an indicator.
    Sum(IndicatorIndex, Which),
    /// What the numerator leaves of the denominator.
    Remainder(IndicatorIndex),
    /// What one part leaves of the denominator, where no rest is declared.
    Left(IndicatorIndex, usize),
    /// What the parts leave of the denominator.
    Rest(IndicatorIndex),
    /// What several sums have in common.
    Common(IndicatorIndex, Which),
}

impl What {
    /// The indicator that it belongs to; of what several have in common, one of them.
    pub fn indicator(self) -> IndicatorIndex {
        match self {
            What::Sum(indicator, _)
            | What::Remainder(indicator)
            | What::Left(indicator, _)
            | What::Rest(indicator)
            | What::Common(indicator, _) => indicator,
        }
    }
}

/// Something that is counted, in every region and group.
#[derive(Clone, Debug, Hash)]
pub struct Quantity {
    /// What it is.
    pub what: What,
    /// The blocks that it is the sum of, each with its factor; in order.
    pub blocks: Vec<(Block, i64)>,
    /// The fields of groups that it is broken down by.
    pub fields: Vec<usize>,
}

/// A quantity that is the sum of others: the first one, and the others with their signs.
pub type Relation = (usize, Vec<(usize, i64)>);

/// The groups of all breakdowns: everybody; then for each field its values, and last those who did not state it.
#[derive(Clone, Debug, Default, Hash)]
pub struct Groups {
    fields: Vec<(Id, Vec<String>)>,
    starts: Vec<Group>,
}

impl Groups {
    fn field(&mut self, dataset: &Dataset, field: FieldIndex) -> usize {
        if let Some(known) = self.position(dataset, field) {
            return known;
        }
        self.starts.push(self.len());
        self.fields.push((dataset.field(field).id.clone(), values(dataset, field)));
        self.fields.len() - 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        1 + self.fields.iter().map(|(_, values)| values.len() + 1).sum::<usize>()
    }

    /// `field=value` of a group, without the value for those who did not state it; `None` for everybody.
    pub fn name(&self, group: Group) -> Option<String> {
        let field = self.field_of(group)?;
        let (id, values) = &self.fields[field];
        let value = values.get(group - self.starts[field]).map_or("", String::as_str);
        Some(format!("{id}={value}"))
    }

    /// The groups of a field.
    pub fn of(&self, field: usize) -> std::ops::Range<Group> {
        self.starts[field]..self.starts[field] + self.fields[field].1.len() + 1
    }

    /// The field of a group; `None` for everybody.
    pub fn field_of(&self, group: Group) -> Option<usize> {
        (0..self.fields.len()).find(|&field| self.of(field).contains(&group))
    }

    /// The group of a value of a field; `None` stands for those who did not state it.
    pub fn at(&self, field: usize, value: Option<u16>) -> Group {
        self.starts[field] + value.map_or(self.fields[field].1.len(), usize::from)
    }

    /// The position of a field of a dataset; `None` when nothing is broken down by it.
    pub fn position(&self, dataset: &Dataset, field: FieldIndex) -> Option<usize> {
        let values = values(dataset, field);
        self.fields.iter().position(|(id, known)| *id == dataset.field(field).id && *known == values)
    }

    /// Where a field stands in a dataset; `None` when the dataset has no such field with the same values.
    fn find(&self, field: usize, dataset: &Dataset) -> Option<(FieldIndex, Vec<u16>)> {
        let (id, known) = &self.fields[field];
        let own = dataset.find(id)?;
        let values = values(dataset, own);
        let places = values.iter().map(|value| known.iter().position(|known| known == value).map(|place| place as u16));
        let places: Vec<u16> = places.collect::<Option<_>>()?;
        (places.len() == known.len()).then_some((own, places))
    }
}

/// The ids of the values of a category; none for any other field.
fn values(dataset: &Dataset, field: FieldIndex) -> Vec<String> {
    match &dataset.field(field).kind {
        FieldKind::Category(values) => values.iter().map(|value| value.id.clone()).collect(),
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => Vec::new(),
    }
}

/// The sums over the rows of one block and group that lie in a region itself; `None` where no row does.
type Sums = Vec<Option<i64>>;

/// The kinds that a block enters, each with its factor.
type Entering = Vec<(usize, i64)>;

/// The blocks while rows are added to them.
#[derive(Default)]
struct Blocks {
    regions: usize,
    groups: usize,
    entering: Vec<Entering>,
    known: HashMap<Entering, Block>,
    sums: Vec<Vec<Sums>>,
}

impl Blocks {
    fn block(&mut self, entering: Entering) -> Block {
        if let Some(&known) = self.known.get(&entering) {
            return known;
        }
        self.entering.push(entering.clone());
        self.sums.push(vec![vec![None; self.regions]; self.groups]);
        self.known.insert(entering, self.sums.len() - 1);
        self.sums.len() - 1
    }

    /// The blocks that the fields of a row belong to which counts in these kinds.
    fn of(&mut self, kinds: &[Kind], signature: &[usize]) -> Vec<(Source, Block)> {
        let sources: BTreeSet<Source> = signature.iter().flat_map(|&kind| kinds[kind].factors.keys().copied()).collect();
        sources.into_iter().map(|source| (source, self.of_field(kinds, signature, source))).collect()
    }

    /// The block that one field of such a row belongs to.
    fn of_field(&mut self, kinds: &[Kind], signature: &[usize], source: Source) -> Block {
        let factor = |&kind: &usize| Some((kind, *kinds[kind].factors.get(&source)?));
        self.block(signature.iter().filter_map(factor).collect())
    }

    /// The blocks that somebody in a row could be of who is not: those of the first `counted` blocks of which all sums have the row in their
    /// populations, and one does not count it.
    fn open(&self, counted: usize, kinds: &[Kind], own: &[usize], row: usize) -> Vec<Block> {
        let is = |kind: usize, adding: Adding| kinds[kind].rows[row] == adding;
        let is_open = |&block: &Block| {
            let mut entered = self.entering[block].iter().map(|&(kind, _)| kind);
            let holds = |kind: usize| own.contains(&kind) && !is(kind, Adding::Outside);
            entered.clone().all(holds) && entered.any(|kind| is(kind, Adding::Beside))
        };
        (0..counted).filter(is_open).collect()
    }

    /// The blocks that somebody in a row would be of who were counted in a sum: they enter all sums that would count this person, too, and have
    /// the row in their populations.
    fn would_be(&mut self, kinds: &[Kind], (kind, along): (usize, &[usize]), row: usize) -> Vec<Block> {
        let signature: Vec<usize> = along.iter().copied().filter(|&other| kinds[other].rows[row] != Adding::Outside).collect();
        kinds[kind].factors.keys().map(|&source| self.of_field(kinds, &signature, source)).collect()
    }
}

/// Everything that is counted of persons in a period.
#[derive(Hash)]
pub struct Quantities {
    /// The groups of all breakdowns.
    pub groups: Groups,
    /// What is counted.
    pub all: Vec<Quantity>,
    /// Which of these are sums of others.
    pub relations: Vec<Relation>,
    /// What is printed of the first quantities, the sums, beside their persons.
    others: Vec<Others>,
    /// The sums of each block and group, by region: over the rows in the region itself, and over those within it.
    own: Vec<Vec<Sums>>,
    within: Vec<Vec<Sums>>,
}

/// A field of a row, or the row itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Row,
    Field(FieldIndex),
}

/// A sum of persons, and the rows that it is over. What is not of persons is taken for known: who knows how many pupils there are, and how many
/// without special needs, knows how many have them. So `pupils - needs` counts those with needs.
struct Kind {
    indicator: IndicatorIndex,
    which: Which,
    dataset: DatasetIndex,
    rows: Vec<Adding>,
    /// What holds for each row that counts.
    counts: Condition,
    /// What counts persons, each with how often it adds.
    factors: BTreeMap<Source, i64>,
    /// What does not.
    others: BTreeMap<Source, i64>,
    /// Whether the persons are taken away from the others.
    is_less: bool,
}

/// What is printed of a sum beside its persons, in each group and region, and whether these are taken away from it.
#[derive(Hash)]
struct Others {
    /// Empty where a sum is of persons alone.
    sums: Vec<Vec<i64>>,
    is_less: bool,
}

impl Quantities {
    /// What is counted of persons in a period.
    pub fn new(specs: &Specs, data: &Data, period: PeriodIndex) -> Self {
        let kinds = kinds(specs, data, period);
        let mut groups = Groups::default();
        let concerned: BTreeSet<IndicatorIndex> = kinds.iter().map(|kind| kind.indicator).collect();
        for indicator in concerned.into_iter().map(|index| specs.indicator(index)) {
            let dataset = specs.dataset(indicator.denominator.dataset);
            indicator.breakdowns.iter().for_each(|&field| _ = groups.field(dataset, field));
        }
        let (all, relations, others) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = Self { groups, all, relations, others, own: Vec::new(), within: Vec::new() };
        let blocks = found.fill(specs, data, period, &kinds);
        found.name(specs, &kinds, &blocks);
        found.others = kinds.iter().map(|kind| found.others(specs, data, period, kind)).collect();
        found.within = found.own.clone();
        for sums in found.within.iter_mut().flatten() {
            specs.hierarchy.add_up(sums, |above, below| *above = above.map_or(*below, |sum| Some(sum + below.unwrap_or(0))));
        }
        found
    }

    /// The blocks of a quantity that some row in the region stands behind; in a group. `own` asks for rows in the region itself.
    pub fn blocks_at(&self, quantity: usize, group: Group, region: RegionIndex, own: bool) -> Vec<(Block, i64)> {
        let is_there = |block: Block| self.sum(block, group, region, own).is_some();
        self.all[quantity].blocks.iter().copied().filter(|&(block, _)| is_there(block)).collect()
    }

    /// The sum over some blocks.
    pub fn value(&self, blocks: &[(Block, i64)], group: Group, region: RegionIndex, own: bool) -> i64 {
        blocks.iter().map(|&(block, factor)| factor * self.sum(block, group, region, own).unwrap_or(0)).sum()
    }

    /// The number that is printed of a sum with so many persons.
    pub fn printed(&self, quantity: usize, group: Group, region: RegionIndex, persons: i64) -> i64 {
        let Some(Others { sums, is_less }) = self.others.get(quantity) else { return persons };
        let others = sums.get(group).map_or(0, |sums| sums[region.0]);
        others + if *is_less { -persons } else { persons }
    }

    /// Whether what is printed of a sum is more than its persons.
    pub fn is_mixed(&self, quantity: usize) -> bool {
        self.others.get(quantity).is_some_and(|others| !others.sums.is_empty())
    }

    /// Whether a block has rows in a region or within it.
    pub fn has(&self, block: Block, group: Group, region: RegionIndex) -> bool {
        self.sum(block, group, region, false).is_some()
    }

    /// Whether a block has rows in a region itself.
    pub fn is_in(&self, block: Block, group: Group, region: RegionIndex) -> bool {
        self.sum(block, group, region, true).is_some()
    }

    fn sum(&self, block: Block, group: Group, region: RegionIndex, own: bool) -> Option<i64> {
        let sums = if own { &self.own } else { &self.within };
        sums[block][group][region.0]
    }

    /// Adds the rows to blocks, and returns what enters each block: the kinds with their factors.
    fn fill(&mut self, specs: &Specs, data: &Data, period: PeriodIndex, kinds: &[Kind]) -> Vec<Entering> {
        let mut blocks = Blocks { regions: specs.hierarchy.len(), groups: self.groups.len(), ..Blocks::default() };
        let datasets: BTreeSet<DatasetIndex> = kinds.iter().map(|kind| kind.dataset).collect();
        for &index in &datasets {
            let table = data.table(period, index);
            let own: Vec<usize> = (0..kinds.len()).filter(|&kind| kinds[kind].dataset == index).collect();
            let mut signatures: HashMap<Vec<usize>, Vec<(Source, Block)>> = HashMap::new();
            for row in 0..table.len() {
                let signature: Vec<usize> = own.iter().copied().filter(|&kind| kinds[kind].rows[row] == Adding::Adds).collect();
                let sources = signatures.entry(signature).or_insert_with_key(|signature| blocks.of(kinds, signature));
                for group in self.groups_of(specs.dataset(index), table, row) {
                    for &(source, block) in sources.iter() {
                        *blocks.sums[block][group][table.region(row).0].get_or_insert(0) += amount(table, source, row);
                    }
                }
            }
        }
        self.open(specs, data, period, kinds, &mut blocks);
        self.complete(specs, data, period, kinds, &mut blocks);
        self.own = blocks.sums;
        blocks.entering
    }

    /// Where a row belongs to the populations of sums, somebody could be counted in them, also where nobody is.
    fn open(&self, specs: &Specs, data: &Data, period: PeriodIndex, kinds: &[Kind], blocks: &mut Blocks) {
        let counted = blocks.entering.len();
        let datasets: BTreeSet<DatasetIndex> = kinds.iter().map(|kind| kind.dataset).collect();
        for &index in &datasets {
            let table = data.table(period, index);
            let own: Vec<usize> = (0..kinds.len()).filter(|&kind| kinds[kind].dataset == index).collect();
            let mut open: HashMap<Vec<Adding>, Vec<Block>> = HashMap::new();
            for row in 0..table.len() {
                let standing: Vec<Adding> = own.iter().map(|&kind| kinds[kind].rows[row]).collect();
                let open = open.entry(standing).or_insert_with(|| blocks.open(counted, kinds, &own, row));
                for group in self.groups_of(specs.dataset(index), table, row) {
                    for &block in open.iter() {
                        blocks.sums[block][group][table.region(row).0].get_or_insert(0);
                    }
                }
            }
        }
    }

    /// Where none of the blocks of a sum is in a region and group, though rows of its population are, it gets one of its own. Only there: elsewhere
    /// its number would seem to be free of those that it is made of.
    fn complete(&self, specs: &Specs, data: &Data, period: PeriodIndex, kinds: &[Kind], blocks: &mut Blocks) {
        // Whoever would be in a part may be in its numerator, too, which then needs nobody else.
        let is_part = |kind: &usize| matches!(kinds[*kind].which, Which::Part(_));
        let (parts, sides): (Vec<usize>, Vec<usize>) = (0..kinds.len()).partition(is_part);
        for some in [parts, sides] {
            let bare = |kind: usize| (kind, self.bare(specs, data, period, &kinds[kind], &made(&blocks.entering, kind), blocks));
            for (kind, rows) in some.into_iter().map(bare).collect::<Vec<_>>() {
                let Kind { dataset, counts, .. } = &kinds[kind];
                let is_along = |other: &usize| kinds[*other].dataset == *dataset && kinds[*other].counts.follows_from(counts);
                let along: Vec<usize> = (0..kinds.len()).filter(is_along).collect();
                let table = data.table(period, *dataset);
                for row in rows {
                    for block in blocks.would_be(kinds, (kind, &along), row) {
                        for group in self.groups_of(specs.dataset(*dataset), table, row) {
                            blocks.sums[block][group][table.region(row).0].get_or_insert(0);
                        }
                    }
                }
            }
        }
    }

    /// The rows in the population of a sum that do not count in it and stand in a region and group in which none of its blocks is.
    fn bare(
        &self,
        specs: &Specs,
        data: &Data,
        period: PeriodIndex,
        kind: &Kind,
        made: &[(Block, i64)],
        blocks: &Blocks,
    ) -> Vec<usize> {
        let (table, dataset) = (data.table(period, kind.dataset), specs.dataset(kind.dataset));
        let fields = self.fields(specs, kind.indicator, kind.dataset);
        let is_printed = |group: Group| self.groups.field_of(group).is_none_or(|field| fields.contains(&field));
        let is_bare = |row: &usize| {
            let has = |group: Group| made.iter().any(|&(block, _)| blocks.sums[block][group][table.region(*row).0].is_some());
            self.groups_of(dataset, table, *row).into_iter().any(|group| is_printed(group) && !has(group))
        };
        (0..table.len()).filter(|&row| kind.rows[row] == Adding::Beside).filter(is_bare).collect()
    }

    /// What is printed of a kind beside its persons.
    fn others(&self, specs: &Specs, data: &Data, period: PeriodIndex, kind: &Kind) -> Others {
        if kind.others.is_empty() {
            return Others { sums: Vec::new(), is_less: kind.is_less };
        }
        let (table, dataset) = (data.table(period, kind.dataset), specs.dataset(kind.dataset));
        let mut sums = vec![vec![0; specs.hierarchy.len()]; self.groups.len()];
        for row in (0..table.len()).filter(|&row| kind.rows[row] == Adding::Adds) {
            let own: i64 = kind.others.iter().map(|(&source, factor)| factor * amount(table, source, row)).sum();
            for group in self.groups_of(dataset, table, row) {
                sums[group][table.region(row).0] += own;
            }
        }
        for sums in &mut sums {
            specs.hierarchy.add_up(sums, |above, below| *above += *below);
        }
        Others { sums, is_less: kind.is_less }
    }

    /// The groups that a row is in.
    fn groups_of(&self, dataset: &Dataset, table: &Table, row: usize) -> Vec<Group> {
        let field = |field: usize| {
            let (own, places) = self.groups.find(field, dataset)?;
            let value = table.category(own, row).ok();
            Some(self.groups.at(field, value.map(|value| places[usize::from(value)])))
        };
        std::iter::once(EVERYBODY).chain((0..self.groups.fields.len()).filter_map(field)).collect()
    }

    /// Names the quantities that blocks make, and how they are sums of each other.
    fn name(&mut self, specs: &Specs, kinds: &[Kind], blocks: &[Entering]) {
        for (position, kind) in kinds.iter().enumerate() {
            let fields = match kind.which {
                Which::Part(_) => Vec::new(),
                Which::Numerator | Which::Denominator => self.fields(specs, kind.indicator, kind.dataset),
            };
            self.all.push(Quantity { what: What::Sum(kind.indicator, kind.which), blocks: made(blocks, position), fields });
        }
        for (position, kind) in kinds.iter().enumerate() {
            let own = &self.all[position].blocks;
            let parts = || kinds.iter().enumerate().filter(|(_, part)| is_part(part, kind)).map(|(part, _)| part);
            let is_sum = kind.which == Which::Numerator && parts().next().is_some() && {
                let made = parts().fold(Vec::new(), |made, part| joined(&made, &self.all[part].blocks, 1));
                made == *own
            };
            if is_sum {
                self.relations.push((position, parts().map(|part| (part, 1)).collect()));
            }
            // Parts are not broken down: within groups it is blocks that make a numerator.
            if own.len() > 1 && !(is_sum && self.all[position].fields.is_empty()) {
                let parts = own.clone().into_iter().map(|(block, factor)| (self.common(block, position), factor)).collect();
                self.relations.push((position, parts));
            }
        }
        let is_whole = |kind: &Kind| kind.which == Which::Denominator && !kind.is_less;
        for (denominator, kind) in kinds.iter().enumerate().filter(|(_, kind)| is_whole(kind)) {
            let indicator = specs.indicator(kind.indicator);
            let Some(numerator) = find(kinds, kind.indicator, Which::Numerator).filter(|_| is_share(indicator)) else { continue };
            let fields = self.all[denominator].fields.iter().copied().filter(|field| self.all[numerator].fields.contains(field));
            self.leave(denominator, &[numerator], What::Remainder(kind.indicator), fields.collect());
            let part = |part: usize| Some((part, find(kinds, kind.indicator, Which::Part(part))?));
            let parts: Vec<(usize, usize)> = (0..indicator.parts.len()).filter_map(part).collect();
            if indicator.rest.is_some() && parts.len() == indicator.parts.len() {
                let parts: Vec<usize> = parts.into_iter().map(|(_, kind)| kind).collect();
                self.leave(denominator, &parts, What::Rest(kind.indicator), Vec::new());
            } else {
                for (part, own) in parts {
                    self.leave(denominator, &[own], What::Left(kind.indicator, part), Vec::new());
                }
            }
        }
    }

    /// Adds what a whole has beside some parts.
    fn leave(&mut self, whole: usize, parts: &[usize], what: What, fields: Vec<usize>) {
        let taken = |left: Vec<_>, &part: &usize| joined(&left, &self.all[part].blocks, -1);
        let blocks = parts.iter().fold(self.all[whole].blocks.clone(), taken);
        let mut sum = vec![(self.all.len(), 1)];
        sum.extend(parts.iter().map(|&part| (part, 1)));
        self.all.push(Quantity { what, blocks, fields });
        self.relations.push((whole, sum));
    }

    /// The quantity that one block is, in all groups in which `within` is counted, a quantity that it is a part of.
    fn common(&mut self, block: Block, within: usize) -> usize {
        let alone = vec![(block, 1)];
        let fields = &self.all[within].fields;
        let is_counted = |known: &Quantity| !known.fields.is_empty() && fields.iter().all(|field| known.fields.contains(field));
        if let Some(known) = self.all.iter().position(|known| known.blocks == alone && is_counted(known)) {
            return known;
        }
        let What::Sum(indicator, which) = self.all[within].what else { unreachable!("only sums are parted into blocks") };
        let fields = (0..self.groups.fields.len()).collect();
        self.all.push(Quantity { what: What::Common(indicator, which), blocks: alone, fields });
        self.all.len() - 1
    }

    /// The fields that a side of an indicator is broken down by.
    fn fields(&self, specs: &Specs, indicator: IndicatorIndex, dataset: DatasetIndex) -> Vec<usize> {
        let indicator = specs.indicator(indicator);
        let declared = specs.dataset(indicator.denominator.dataset);
        let field = |&field: &FieldIndex| {
            let field = self.groups.position(declared, field)?;
            self.groups.find(field, specs.dataset(dataset)).map(|_| field)
        };
        indicator.breakdowns.iter().filter_map(field).collect()
    }
}

/// Whether a kind is a part of a numerator.
fn is_part(part: &Kind, numerator: &Kind) -> bool {
    part.indicator == numerator.indicator && matches!(part.which, Which::Part(_))
}

/// The blocks that a kind is the sum of, each with its factor.
fn made(blocks: &[Entering], kind: usize) -> Vec<(Block, i64)> {
    let entering = |(block, entering): (Block, &Entering)| {
        entering.iter().find(|&&(own, _)| own == kind).map(|&(_, factor)| (block, factor))
    };
    blocks.iter().enumerate().filter_map(entering).collect()
}

/// The kind of a sum of an indicator. Where persons are taken away from others, they are no part of a whole.
fn find(kinds: &[Kind], indicator: IndicatorIndex, which: Which) -> Option<usize> {
    kinds.iter().position(|kind| kind.indicator == indicator && kind.which == which && !kind.is_less)
}

/// Whether the numerator of an indicator is a part of its denominator, so that what is left of it counts persons, too.
pub fn is_share(indicator: &Indicator) -> bool {
    indicator.per == 100 && !indicator.may_exceed
}

/// The sums of persons of a period.
fn kinds(specs: &Specs, data: &Data, period: PeriodIndex) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (index, indicator) in specs.indicators_of(period) {
        for which in Which::all(indicator) {
            let (dataset, quantity) = (which.dataset(indicator), which.quantity(indicator));
            if specs.is_sensitive(dataset, quantity) {
                let rows = sums::rows(data, indicator, which, period);
                let is_of_persons = |source: &Source| match *source {
                    Source::Row => specs.dataset(dataset).sensitive,
                    Source::Field(field) => specs.dataset(dataset).field(field).sensitive,
                };
                let (mut persons, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    factors(quantity).into_iter().partition(|(source, _)| is_of_persons(source));
                let is_less = persons.values().all(|factor| *factor < 0);
                if is_less {
                    persons.values_mut().for_each(|factor| *factor = -*factor);
                }
                let counts = which.counts(indicator);
                kinds.push(Kind { indicator: index, which, dataset, rows, counts, factors: persons, others, is_less });
            }
        }
    }
    kinds
}

/// What a row adds to a sum: how often each of its fields.
fn factors(quantity: &Adds) -> BTreeMap<Source, i64> {
    let mut factors = BTreeMap::new();
    match quantity {
        Adds::Rows => _ = factors.insert(Source::Row, 1),
        Adds::Sum(sum) => {
            factors.insert(Source::Row, sum.constant);
            for &(sign, field) in &sum.terms {
                *factors.entry(Source::Field(field)).or_insert(0) += sign;
            }
        }
    }
    factors.retain(|_, factor| *factor != 0);
    factors
}

fn amount(table: &Table, source: Source, row: usize) -> i64 {
    match source {
        Source::Row => 1,
        Source::Field(field) => table.count(field, row).unwrap_or(0),
    }
}

/// The sum of two sums of blocks, the second one times a factor.
fn joined(left: &[(Block, i64)], right: &[(Block, i64)], factor: i64) -> Vec<(Block, i64)> {
    let mut sum: BTreeMap<Block, i64> = left.iter().copied().collect();
    right.iter().for_each(|&(block, own)| *sum.entry(block).or_insert(0) += factor * own);
    sum.into_iter().filter(|(_, factor)| *factor != 0).collect()
}
