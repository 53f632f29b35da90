//! Specifications: programme, regions, datasets, indicators, resolved against each other. Every name in them exists.

pub mod checks;
pub mod expression;
pub mod format;
mod load;
pub mod names;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::diagnostic::{Fact, FileName, Span};
use crate::language::{LanguageCode, Localized, Noun};
use crate::letters::{composed, is_unseen, looks_like};
use crate::period::{Period, PeriodIndex};
use crate::region::{Hierarchy, Level, LevelIndex, RegionIndex};
use crate::value::{Blank, Missing, Ratio};
use expression::{Condition, Sum};
use names::Names;

pub use load::load;

/// The JSON Schema of a specification file.
pub fn schema<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).to_value()
}

/// All specifications of a project.
#[derive(Debug)]
pub struct Specs {
    /// The programme: what the reports are about.
    pub programme: Programme,
    /// The regions.
    pub hierarchy: Hierarchy,
    /// The datasets, in the order of their files.
    pub datasets: Vec<Dataset>,
    /// The indicators, in the order of their sections, then of their numbers.
    pub indicators: Vec<Indicator>,
    /// The checks that the project declares, in the order of their files.
    pub checks: Vec<checks::Check>,
    /// Findings that somebody lets through, with the reason.
    pub waivers: Vec<checks::Waiver>,
    /// The dataset of which every row gets a sheet of its own; at least one indicator is computed from it alone.
    pub sheets: Option<DatasetIndex>,
    /// False when some dataset could not be read whole.
    pub whole: bool,
}

impl Specs {
    /// A period.
    pub fn period(&self, index: PeriodIndex) -> &Period {
        &self.programme.periods[index.0]
    }

    /// The positions of all periods, the oldest first.
    pub fn periods(&self) -> impl DoubleEndedIterator<Item = PeriodIndex> + use<> {
        (0..self.programme.periods.len()).map(PeriodIndex)
    }

    /// A level of the hierarchy.
    pub fn level(&self, index: LevelIndex) -> &Level {
        &self.programme.levels[index.0]
    }

    /// A noun that is counted.
    pub fn noun(&self, index: UnitIndex) -> &Noun {
        &self.programme.units[index.0].noun
    }

    /// A dataset.
    pub fn dataset(&self, index: DatasetIndex) -> &Dataset {
        &self.datasets[index.0]
    }

    /// An indicator.
    pub fn indicator(&self, index: IndicatorIndex) -> &Indicator {
        &self.indicators[index.0]
    }

    /// The period before, with which the region's numbers are compared; `None` when the region did not exist then.
    pub fn previous(&self, period: PeriodIndex, region: RegionIndex) -> Option<PeriodIndex> {
        let previous = period.previous()?;
        self.hierarchy.region(region).exists_on(self.programme.periods[previous.0].date).then_some(previous)
    }

    /// The indicators that are computed in a period, with their positions.
    pub fn indicators_of(&self, period: PeriodIndex) -> impl Iterator<Item = (IndicatorIndex, &Indicator)> {
        let indicators = self.indicators.iter().enumerate().filter(move |(_, indicator)| indicator.life.holds(period));
        indicators.map(|(position, indicator)| (IndicatorIndex(position), indicator))
    }

    /// The datasets that indicators are computed from in a period; any other (such as a register) has no coverage of its own.
    pub fn covered_datasets(&self, period: PeriodIndex) -> Vec<DatasetIndex> {
        let is_used = |index: &DatasetIndex| {
            self.indicators_of(period)
                .any(|(_, indicator)| [indicator.numerator.dataset, indicator.denominator.dataset].contains(index))
        };
        (0..self.datasets.len()).map(DatasetIndex).filter(is_used).collect()
    }

    /// All names that reports print in a language.
    pub fn names<'a>(&'a self, language: &'a LanguageCode) -> impl Iterator<Item = &'a str> {
        let programme = [&self.programme.title, &self.programme.publisher, &self.programme.source].into_iter();
        let regions = self.hierarchy.all().map(|(_, region)| &region.name);
        let indicators = self.indicators.iter().flat_map(|indicator| [&indicator.name, &indicator.short]);
        let fields = self.datasets.iter().flat_map(|dataset| dataset.fields.iter().map(|field| &field.name));
        programme.chain(regions).chain(indicators).chain(fields).map(|name| name.get(language))
    }
}

/// The programme: what the reports are about, for whom and when.
#[derive(Clone, Debug)]
pub struct Programme {
    /// The publication's title.
    pub title: Localized,
    /// Who publishes it.
    pub publisher: Localized,
    /// Where the data come from.
    pub source: Localized,
    /// Printed on every page.
    pub notice: Option<Localized>,
    /// Who made the report, where to ask.
    pub imprint: Option<Localized>,
    /// The full forms of abbreviations in names.
    pub abbreviations: Option<Localized>,
    /// Who signs the reports: post and name.
    pub signatures: Vec<(Localized, Option<Localized>)>,
    /// Whether reports name single units.
    pub name_units: bool,
    /// The languages that every text is given in.
    pub languages: Vec<LanguageCode>,
    /// The languages that reports are made in.
    pub publish: Vec<LanguageCode>,
    /// The country's two letters.
    pub country: Option<String>,
    /// The encoding of text tables that are not Unicode.
    pub encoding: &'static encoding_rs::Encoding,
    /// The levels, the top first.
    pub levels: Vec<Level>,
    /// The periods, the oldest first.
    pub periods: Vec<Period>,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// The nouns that are counted.
    pub units: Vec<Unit>,
    /// Words of cells.
    pub words: Words,
    /// How names are compared.
    pub names: Names,
    /// The limits beyond which a value is marked.
    pub thresholds: Thresholds,
}

impl Programme {
    /// A period by its name.
    pub fn period(&self, id: &str) -> Option<PeriodIndex> {
        self.periods.iter().position(|period| period.id == id).map(PeriodIndex)
    }

    /// A level by its name.
    pub fn level(&self, id: &str) -> Option<LevelIndex> {
        self.levels.iter().position(|level| level.id == id).map(LevelIndex)
    }
}

/// A section of the report.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name in the specifications.
    pub id: String,
    /// Its heading.
    pub name: Localized,
}

/// A noun of the programme.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name in the specifications.
    pub id: String,
    /// Its forms.
    pub noun: Noun,
}

/// A noun's position in the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitIndex(pub usize);

/// The words that cells may hold, folded by [`fold`].
#[derive(Clone, Debug, Default)]
pub struct Words {
    yes: Vec<String>,
    no: Vec<String>,
    blanks: Vec<(String, Blank)>,
    /// The longest first, so that a grand total is found before a total.
    totals: Vec<String>,
    suffixes: Vec<String>,
}

impl Words {
    /// Whether a text names a row of totals: it is a word for a total, or begins or ends with one, whatever signs stand around. The letters
    /// may be spaced out, and some may be of another script.
    pub fn is_total(&self, text: &str) -> bool {
        !self.totals.is_empty() && self.without_total(&composed(text)).is_some()
    }

    /// The text beside the word for a total, folded by [`fold`]; `None` without such a word, or when it stands alone.
    pub fn beside_total(&self, text: &str) -> Option<String> {
        let beside = fold(self.without_total(&composed(text))?);
        let beside = beside.trim_matches(|letter: char| !letter.is_alphanumeric());
        (!beside.is_empty()).then(|| beside.to_owned())
    }

    fn without_total<'a>(&self, text: &'a str) -> Option<&'a str> {
        let parts = parts(text);
        self.totals.iter().find_map(|word| {
            let words: Vec<&str> = word.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            let behind = parts.len().checked_sub(words.len()).filter(|_| !words.is_empty())?;
            let are_alike = |parts: &[(Range<usize>, String)]| {
                parts.iter().zip(&words).all(|((_, part), word)| fold(part) == *word || looks_like(part, word))
            };
            if are_alike(&parts[..words.len()]) {
                Some(&text[parts[words.len() - 1].0.end..])
            } else {
                are_alike(&parts[behind..]).then(|| &text[..parts[behind].0.start])
            }
        })
    }

    /// Whether a word may stand behind a count of any field.
    pub fn is_suffix(&self, word: &str) -> bool {
        self.suffixes.contains(&fold_suffix(word))
    }

    /// The flag that a text stands for, if it stands for one. `true`, `false`, `yes` and `no` are always understood.
    pub fn flag(&self, text: &str) -> Option<bool> {
        self.flag_folded(&fold(text))
    }

    /// The flag that a text folded by [`fold`] stands for.
    pub fn flag_folded(&self, folded: &str) -> Option<bool> {
        let among = |words: &[String]| words.iter().any(|word| word == folded);
        match folded {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ if among(&self.yes) => Some(true),
            _ if among(&self.no) => Some(false),
            _ => None,
        }
    }

    /// The words that the programme declares for yes and no.
    pub fn flags(&self) -> impl Iterator<Item = (bool, &str)> {
        let yes = self.yes.iter().map(|word| (true, word.as_str()));
        yes.chain(self.no.iter().map(|word| (false, word.as_str())))
    }

    /// Why a cell with this text holds no answer; `None` when the text is no word for that.
    pub fn blank(&self, text: &str) -> Option<Blank> {
        self.blank_folded(&fold(text))
    }

    /// Why a cell with this text, folded by [`fold`], holds no answer.
    pub fn blank_folded(&self, folded: &str) -> Option<Blank> {
        if folded.is_empty() {
            return Some(Blank::NotReported);
        }
        self.blanks.iter().find(|(word, _)| word == folded).map(|(_, blank)| *blank)
    }

    /// The first word that the programme declares for a reason.
    pub fn word(&self, reason: Blank) -> Option<&str> {
        self.blanks.iter().find(|(_, blank)| *blank == reason).map(|(word, _)| word.as_str())
    }
}

/// The words of a text and where they stand. Single letters with signs or blanks between them are joined to one word.
fn parts(text: &str) -> Vec<(Range<usize>, String)> {
    /// Fewer single letters are initials.
    const FEWEST: usize = 3;
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    for (at, letter) in text.char_indices().filter(|(_, letter)| letter.is_alphanumeric() || is_unseen(*letter)) {
        let end = at + letter.len_utf8();
        match words.last_mut().filter(|(range, _)| range.end == at) {
            Some((range, word)) => {
                range.end = end;
                word.push(letter);
            }
            None => words.push((at..end, letter.to_string())),
        }
    }
    let is_letter = |(_, word): &(Range<usize>, String)| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let mut joined = Vec::with_capacity(words.len());
    for run in words.chunk_by(|left, right| is_letter(left) && is_letter(right)) {
        match run {
            [(first, _), .., (last, _)] if run.len() >= FEWEST => {
                joined.push((first.start..last.end, run.iter().map(|(_, letter)| letter.as_str()).collect()));
            }
            _ => joined.extend_from_slice(run),
        }
    }
    joined
}

/// A text in the form in which words are compared: case, no-break and repeated spaces, marks of no width and decomposed letters do not
/// count.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    for letter in composed(text).chars() {
        if letter.is_whitespace() {
            parted = true;
            continue;
        }
        if is_unseen(letter) {
            continue;
        }
        if parted && !folded.is_empty() {
            folded.push(' ');
        }
        parted = false;
        if letter.is_ascii() {
            folded.push(letter.to_ascii_lowercase());
        } else {
            folded.extend(letter.to_lowercase());
        }
    }
    folded
}

/// A header in the form in which headers are compared: folded, and without the signs at its end.
pub fn fold_header(text: &str) -> String {
    fold(text).trim_end_matches([':', '*', '.']).trim_end().to_owned()
}

/// A word behind a number in the form in which these are compared: folded, and without a full stop at its end.
pub fn fold_suffix(text: &str) -> String {
    fold(text).trim_end_matches('.').trim_end().to_owned()
}

/// The limits beyond which a value is marked.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// Denominators below this are small.
    pub small_denominator: u32,
    /// Percentage of the expected units below which coverage is low.
    pub low_coverage: u32,
    /// Points below the target that still count as near.
    pub near_target: Ratio,
    /// The largest part of the target, in percent, that may be missing for a value to be near; where it is `None`, only the points decide.
    pub near_share: Option<u32>,
}

impl Thresholds {
    /// Whether a value rests on few units.
    pub fn is_small(&self, denominator: i64) -> bool {
        denominator < i64::from(self.small_denominator)
    }

    /// Whether a gap to a target, both in the printed unit, still counts as near.
    pub fn is_near(&self, points: Ratio, target: Ratio) -> bool {
        let most = self.near_share.map(|share| target.times(i64::from(share)).over(100));
        points <= self.near_target && most.is_none_or(|most| points <= most)
    }

    /// Whether too few of the units answered.
    pub fn is_low(&self, share: Option<Ratio>) -> bool {
        share.is_some_and(|share| share < Ratio::whole(i64::from(self.low_coverage)).over(100))
    }
}

/// A dataset's position in [`Specs::datasets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetIndex(pub usize);

/// A name in the specifications. Its text is shared by all findings that name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared and not copied.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl From<String> for Id {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, name: &str) -> bool {
        *self.0 == *name
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, name: &&str) -> bool {
        *self.0 == **name
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A table that offices send.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name in the specifications.
    pub id: Id,
    /// Its name on the page.
    pub name: Localized,
    /// What one row is.
    pub unit: UnitIndex,
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
    /// The columns.
    pub fields: Vec<Field>,
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

    /// The field at a position.
    pub fn field(&self, index: FieldIndex) -> &Field {
        &self.fields[index.0]
    }

    /// The ids of fields, in the form in which findings name them.
    pub fn ids<'a>(&self, fields: impl IntoIterator<Item = &'a FieldIndex>) -> Vec<Arc<str>> {
        fields.into_iter().map(|&field| self.field(field).id.shared()).collect()
    }

    /// A field's name as a fact of a finding.
    pub fn fact(&self, field: FieldIndex) -> Fact {
        self.fact_of(self.field(field))
    }

    /// The name of a field of the dataset as a fact of a finding.
    pub fn fact_of(&self, field: &Field) -> Fact {
        Fact::Field { dataset: self.id.shared(), field: field.id.shared() }
    }

    /// Whether a row without an answer in this field cannot be used: the field is of the key, or is the region.
    pub fn is_vital(&self, field: FieldIndex) -> bool {
        field == self.region || self.key.contains(&field)
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

/// A field's position in its dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldIndex(pub usize);

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
    /// Whether its column may stand without a header; it is then the first column without one.
    pub headless: bool,
    /// The periods that have this column.
    pub life: Life,
    /// What its cells hold.
    pub kind: FieldKind,
}

impl Field {
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
    /// A whole number within bounds.
    Count {
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
        /// Words that may stand behind the number, folded by [`fold_suffix`]; besides those of the programme.
        suffixes: Vec<String>,
    },
}

/// The largest count of a cell, so that no sum overflows.
pub const LARGEST_COUNT: i64 = 1_000_000_000;

/// A value of a category.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its name in the specifications.
    pub id: String,
    /// Its name on the page.
    pub name: Localized,
    /// Every spelling that cells may hold: folded by [`fold`], and as it was declared.
    pub words: Vec<(String, String)>,
}

impl Category {
    /// Whether a cell with this text, folded by [`fold`], holds the value.
    pub fn is_called(&self, folded: &str) -> bool {
        self.words.iter().any(|(word, _)| word == folded)
    }
}

/// An indicator's position in [`Specs::indicators`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorIndex(pub usize);

/// An indicator.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its number.
    pub id: String,
    /// The position of its section.
    pub section: usize,
    /// Its full wording.
    pub name: Localized,
    /// A short label.
    pub short: Localized,
    /// How the wording was read.
    pub note: Option<Localized>,
    /// What the denominator counts.
    pub unit: UnitIndex,
    /// What is counted.
    pub numerator: Measure,
    /// Out of what.
    pub denominator: Measure,
    /// Numerators printed apart; they use the numerator's dataset and population.
    pub parts: Vec<Part>,
    /// What the parts leave over of the denominator; with it they are drawn as the parts of a whole.
    pub rest: Option<Localized>,
    /// Whether the numerator of a percentage may be larger than its denominator.
    pub may_exceed: bool,
    /// The periods in which it is computed.
    pub life: Life,
    /// 100 for percent.
    pub per: i64,
    /// Places after the decimal sign.
    pub decimals: u32,
    /// Category fields of the denominator's dataset.
    pub breakdowns: Vec<FieldIndex>,
    /// Which way is better.
    pub direction: Direction,
    /// Targets in the printed unit, by period.
    pub targets: Vec<(PeriodIndex, Ratio)>,
    /// Rows and the results they must give.
    pub examples: Vec<Example>,
    /// The file it is declared in.
    pub file: FileName,
}

impl Indicator {
    /// The target that counts in a period: the target of this period, else the next later one, else the last one. `None` without targets.
    pub fn target(&self, period: PeriodIndex) -> Option<(PeriodIndex, Ratio)> {
        self.targets.iter().find(|(due, _)| *due >= period).or(self.targets.last()).copied()
    }

    /// Whether both sides come from one dataset.
    pub fn is_of(&self, dataset: DatasetIndex) -> bool {
        self.numerator.dataset == dataset && self.denominator.dataset == dataset
    }

    /// Whether both sides count rows, so that each row either counts or does not.
    pub fn counts_rows(&self) -> bool {
        [&self.numerator, &self.denominator].iter().all(|side| side.quantity == Quantity::Rows)
    }

    /// Whether both sides count the same units, so that a gap can be told in units.
    pub fn shares_population(&self) -> bool {
        self.numerator.dataset == self.denominator.dataset && self.numerator.population == self.denominator.population
    }
}

/// One side of an indicator.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name in words, for the formula.
    pub name: Localized,
    /// The dataset it is taken from.
    pub dataset: DatasetIndex,
    /// Which rows belong to it.
    pub population: Condition,
    /// Which of these rows count.
    pub filter: Condition,
    /// What each row that counts adds.
    pub quantity: Quantity,
    /// Its place in the file.
    pub span: Span,
}

impl Measure {
    /// The fields of its dataset that the measure looks at.
    pub fn fields(&self) -> BTreeSet<FieldIndex> {
        let summed = match &self.quantity {
            Quantity::Rows => BTreeSet::new(),
            Quantity::Sum(sum) => sum.terms.iter().map(|(_, field)| *field).collect(),
        };
        [self.population.fields(), self.filter.fields(), summed].into_iter().flatten().collect()
    }
}

/// What each row that counts adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// One.
    Rows,
    /// The sum of some of its fields.
    Sum(Sum),
}

/// A numerator printed apart.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in files.
    pub id: String,
    /// Its name on the page.
    pub name: Localized,
    /// Which rows count.
    pub filter: Condition,
    /// What each row that counts adds.
    pub quantity: Quantity,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neutral,
}

impl Direction {
    /// Its name in files and templates.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Neutral => "none",
        }
    }
}

/// Rows and the result they must give.
#[derive(Clone, Debug)]
pub struct Example {
    /// Rows by dataset: field and what is typed into its cell, with its place.
    pub given: Vec<(DatasetIndex, Vec<ExampleRow>)>,
    /// The numerator and the denominator, or the reason for no value.
    pub expect: Result<(i128, i128), Missing>,
    /// Positions of parts and their numerators.
    pub parts: Vec<(usize, i64)>,
    /// The place of the expected result in the file.
    pub span: Span,
}

/// What is typed into the cells of a row.
pub type ExampleRow = Vec<(FieldIndex, String, Span)>;
