//! A dataset: its fields, its key, where its rows lie, and how later submissions are taken.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::UnitIndex;
use super::excerpt::Excerpt;
use super::expression::Condition;
use super::id::{FieldIndex, Id};
use crate::diagnostic::{Fact, FileName};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::LevelIndex;
use crate::value::Amount;

/// A dataset's position in [`Specs::datasets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetIndex(pub usize);

/// A table that offices send.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name in the specifications.
    pub id: Id,
    /// Its name on the page.
    pub name: Localized,
    /// What one row is.
    pub unit: UnitIndex,
    /// Whether each row is a person.
    pub sensitive: bool,
    /// The fields that tell one row of a period from another.
    pub key: Vec<FieldIndex>,
    /// The field that holds the row's region.
    pub region: FieldIndex,
    /// The field that names the row.
    pub title: Option<FieldIndex>,
    /// The level at which rows must lie.
    pub level: Option<LevelIndex>,
    /// The periods in which it is sent.
    pub life: Life,
    /// The dataset of the units that should report.
    pub expected: Option<DatasetIndex>,
    /// What a later submission replaces; `None` when a unit may come only once.
    pub corrections: Option<Corrections>,
    /// Headers of the column in which a correction names the key of the earlier row that it replaces, folded by [`fold_header`].
    pub replaces: Vec<String>,
    /// Which files, rows and columns are its own.
    pub excerpt: Excerpt,
    /// The datasets whose answers are looked up for its rows.
    pub joins: Vec<Join>,
    /// The columns; after these the fields that are looked up.
    pub fields: Vec<Field>,
    /// The category fields with a value for all groups together, and the position of that value: rows with it are totals, and the groups
    /// come in rows beside them.
    pub group_totals: Vec<(FieldIndex, u16)>,
    /// The field of every spelling of every header, folded by [`fold_header`].
    pub spellings: HashMap<String, FieldIndex>,
    /// The file it is declared in.
    pub file: FileName,
    /// False when some of the file could not be read.
    pub whole: bool,
}

impl Dataset {
    /// Whether another dataset has this category too, with the same values: only then does an answer in one dataset mean the same in the
    /// other.
    pub fn shares_groups(&self, field: FieldIndex, other: &Dataset) -> bool {
        fn values(field: &Field) -> BTreeSet<&str> {
            match &field.kind {
                FieldKind::Category(values) => values.iter().map(|value| value.id.as_str()).collect(),
                FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => {
                    BTreeSet::new()
                }
            }
        }
        let own = self.field(field);
        other.find(&own.id).is_some_and(|field| values(own) == values(other.field(field)))
    }

    /// Whether a row is a total of groups, as far as its groups come in rows of their own; but for the field `besides`.
    pub fn of_totals(&self, besides: Option<FieldIndex>) -> Vec<Condition> {
        let others = self.group_totals.iter().filter(|(field, _)| Some(*field) != besides);
        others.map(|&(field, total)| Condition::OneOf(field, vec![total])).collect()
    }

    /// The category fields whose groups come in rows beside their total, each with the value for all groups together.
    pub fn total_values(&self) -> impl Iterator<Item = (FieldIndex, &Category)> {
        self.group_totals.iter().map(|&(field, total)| match &self.field(field).kind {
            FieldKind::Category(values) => (field, &values[usize::from(total)]),
            other => unreachable!("only categories have groups: {other:?}"),
        })
    }

    /// The field at a position.
    pub fn field(&self, index: FieldIndex) -> &Field {
        &self.fields[index.0]
    }

    /// The fields that have columns.
    pub fn columns(&self) -> impl Iterator<Item = FieldIndex> {
        (0..self.fields.len()).map(FieldIndex).filter(|&field| !self.field(field).joined)
    }

    /// The ids of fields, in the form in which findings name them.
    pub fn ids<'a>(&self, fields: impl IntoIterator<Item = &'a FieldIndex>) -> Vec<Arc<str>> {
        fields.into_iter().map(|&field| self.field(field).id.shared()).collect()
    }

    /// A field's name as a fact of a finding.
    pub fn fact(&self, field: FieldIndex) -> Fact {
        self.fact_of(self.field(field))
    }

    /// An answer in a field of the dataset, by its id, as a fact of a finding.
    pub fn answer(&self, field: FieldIndex, answer: String) -> Fact {
        Fact::Answer { dataset: self.id.shared(), field: self.field(field).id.shared(), answer: answer.into() }
    }

    /// The name of a field of the dataset as a fact of a finding.
    pub fn fact_of(&self, field: &Field) -> Fact {
        Fact::Field { dataset: self.id.shared(), field: field.id.shared() }
    }

    /// Whether a row without an answer in this field cannot be used: the field is of the key, or is the region.
    pub fn is_vital(&self, field: FieldIndex) -> bool {
        field == self.region || self.key.contains(&field)
    }

    /// The fields of a period that put a question to a row: all but the key, the region and the title, which tell what the row is.
    pub fn questions(&self, period: PeriodIndex) -> impl Iterator<Item = FieldIndex> {
        let fields = (0..self.fields.len()).map(FieldIndex);
        let is_put = move |index: FieldIndex| !self.field(index).joined && !self.is_vital(index) && self.title != Some(index);
        fields.filter(move |&index| self.field(index).life.holds(period) && is_put(index))
    }

    /// The levels of the regions that a field's cells can mean: the field's own level, or else any above the field that lies within it.
    pub fn meant(&self, field: FieldIndex) -> Meant {
        let level = |index: FieldIndex| match self.field(index).kind {
            FieldKind::Region { level: Some(level), .. } => Some(level),
            FieldKind::Region { level: None, .. } => self.level.filter(|_| index == self.region),
            FieldKind::Code | FieldKind::Text | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => None,
        };
        if let FieldKind::Region { level: Some(level), .. } = self.field(field).kind {
            return Meant::Of(level);
        }
        let inner = (0..self.fields.len())
            .map(FieldIndex)
            .filter(|&index| matches!(self.field(index).kind, FieldKind::Region { within: Some(outer), .. } if outer == field));
        inner.filter_map(level).min().map_or(Meant::Any, Meant::Above)
    }

    /// A field by its name.
    pub fn find(&self, id: &str) -> Option<FieldIndex> {
        self.fields.iter().position(|field| field.id == *id).map(FieldIndex)
    }
}

/// What is looked up for a dataset's rows in the rows of another one of the same period.
#[derive(Clone, Debug)]
pub struct Join {
    /// The other dataset.
    pub dataset: DatasetIndex,
    /// The own fields that hold the other one's key, in its order.
    pub by: Vec<FieldIndex>,
    /// The own fields, and those whose answers they take.
    pub fields: Vec<(FieldIndex, FieldIndex)>,
}

/// A span of periods; without a first or a last one it is open on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The first one.
    pub since: Option<PeriodIndex>,
    /// The last one.
    pub until: Option<PeriodIndex>,
}

impl Life {
    /// Whether a period lies in the span.
    pub fn holds(self, period: PeriodIndex) -> bool {
        self.since.is_none_or(|since| since <= period) && self.until.is_none_or(|until| period <= until)
    }

    /// The periods in both spans.
    pub fn and(self, other: Life) -> Life {
        let until = [self.until, other.until].into_iter().flatten().min();
        Life { since: self.since.max(other.since), until }
    }
}

/// The levels of the regions that a cell can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meant {
    /// Every level.
    Any,
    /// This level.
    Of(LevelIndex),
    /// Any level above this one.
    Above(LevelIndex),
}

impl Meant {
    /// Whether the regions of a level can be meant.
    pub fn holds(self, level: LevelIndex) -> bool {
        match self {
            Meant::Any => true,
            Meant::Of(meant) => level == meant,
            Meant::Above(inner) => level < inner,
        }
    }
}

/// What a later submission replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrections {
    /// Earlier rows with the same key.
    Row,
    /// All earlier rows of the same office.
    Office,
}

/// A column of a dataset.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in the specifications.
    pub id: Id,
    /// Its name, also its header.
    pub name: Localized,
    /// Further spellings of the header.
    pub headers: Vec<String>,
    /// Whether a blank cell is an error.
    pub required: bool,
    /// Whether its counts are counts of persons.
    pub sensitive: bool,
    /// Whether its column may stand without a header; it is then the first column without one.
    pub headless: bool,
    /// The periods that have this column.
    pub life: Life,
    /// Of which rows the question is asked.
    pub asked: Condition,
    /// Whether a blank cell is a zero.
    pub blank_is_zero: bool,
    /// Whether it has no column: its answers are those of another dataset's rows ([`Dataset::joins`]).
    pub joined: bool,
    /// What its cells hold.
    pub kind: FieldKind,
}

impl Field {
    /// The places after the decimal sign of its numbers; 0 of any other field.
    pub fn places(&self) -> u32 {
        match self.kind {
            FieldKind::Count { places, .. } => places,
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Category(_) | FieldKind::Flag => 0,
        }
    }

    /// The number of so many of its units.
    pub fn amount(&self, units: i64) -> Amount {
        Amount::new(units, self.places())
    }

    /// Every spelling of its header: the name in all languages, further headers, its id.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.name.all().chain(self.headers.iter().map(String::as_str)).chain([self.id.as_str()])
    }
}

/// What the cells of a field hold.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// An identifier.
    Code,
    /// Free text.
    Text,
    /// A region.
    Region {
        /// The field with a region that it lies in.
        within: Option<FieldIndex>,
        /// The level of the regions that are meant.
        level: Option<LevelIndex>,
    },
    /// One of these values.
    Category(Vec<Category>),
    /// Yes or no.
    Flag,
    /// A number within bounds.
    Count {
        /// The places after the decimal sign: its numbers are counted in units of 10^-places. 0 where whole numbers are asked for.
        places: u32,
        /// The smallest allowed, in these units.
        min: i64,
        /// The largest allowed, in these units.
        max: i64,
        /// Words that may stand behind the number, folded by [`fold_suffix`]; besides those of the programme.
        suffixes: Vec<String>,
        /// The signs within the number.
        signs: Signs,
    },
}

/// The signs within numbers, where a dataset declares them; what is not declared is understood where it can mean one thing only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Stands between groups of digits: of three, or of two before the last three.
    pub group: Option<char>,
    /// Stands before the decimals.
    pub decimal: Option<char>,
}

/// The largest count of a cell, so that no sum overflows.
pub const LARGEST_COUNT: i64 = 1_000_000_000;

/// The largest number with decimals of a cell, in its units.
pub const LARGEST_DECIMAL: i64 = 1_000_000_000_000;

/// A value of a category.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its name in the specifications.
    pub id: String,
    /// Its name on the page.
    pub name: Localized,
    /// Every spelling that cells may hold: folded by [`fold`], and as it was declared.
    pub words: Vec<(String, String)>,
    /// Whether it stands for all groups together.
    pub is_total: bool,
}

impl Category {
    /// Whether a cell with this text, folded by [`fold`], holds the value.
    pub fn is_called(&self, folded: &str) -> bool {
        self.words.iter().any(|(word, _)| word == folded)
    }
}
