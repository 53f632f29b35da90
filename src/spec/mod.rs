//! Specifications: programme, regions, datasets, indicators, resolved against each other. Every name in them exists.

mod id;
mod words;

mod confidentiality;
pub mod context;
mod dataset;
pub mod excerpt;
pub mod expression;
mod indicator;

pub mod names;

pub mod approvals;
pub mod checks;
pub mod codes;
pub mod format;
mod load;
pub mod offices;

use jiff::civil::Date;

use crate::language::{LanguageCode, Localized, Noun};
use crate::period::{Period, PeriodIndex};
use crate::region::{Hierarchy, Level, LevelIndex, Region, RegionIndex};
use crate::value::{Amount, Ratio};
use context::{Context, Crossing, Similar};
use names::Names;

pub use confidentiality::Confidentiality;
pub use dataset::{
    Category, Corrections, Dataset, DatasetIndex, Field, FieldKind, Join, LARGEST_COUNT, LARGEST_DECIMAL, Life, Meant, Signs,
};
pub use id::{FieldIndex, Id};
pub use indicator::{
    Combination, Decimals, Direction, Example, ExampleRow, Expected, Indicator, IndicatorIndex, Measure, Method, Part, Quantity,
    Term, TermPeriods,
};
pub use load::{load, offices_of};
pub use words::{Words, fold, fold_header, fold_suffix};

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
    /// Whom packages of a release go to.
    pub offices: offices::Offices,
    /// Who has approved which numbers; at most one for each region and period.
    pub approvals: Vec<approvals::Approval>,
    /// Signed check codes for the covers of reports; at most one for each edition of each.
    pub codes: Vec<codes::Code>,
    /// The dataset of which every row gets a sheet of its own; at least one indicator is computed from it alone.
    pub sheets: Option<DatasetIndex>,
    /// What a region is, beside its indicators.
    pub context: Vec<Context>,
    /// Which regions are similar to a region.
    pub similar: Option<Similar>,
    /// Tables of all regions of a level by the groups of a breakdown.
    pub tables: Vec<Crossing>,
    /// False when the programme, or some dataset, could not be read whole.
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

    /// Every dataset in every period, the oldest first.
    pub fn collections(&self) -> impl Iterator<Item = (PeriodIndex, DatasetIndex)> + use<> {
        let datasets = self.datasets.len();
        self.periods().flat_map(move |period| (0..datasets).map(move |dataset| (period, DatasetIndex(dataset))))
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

    /// Whether a side of an indicator, or a part of its numerator, counts persons.
    pub fn is_sensitive(&self, dataset: DatasetIndex, quantity: &Quantity) -> bool {
        let dataset = self.dataset(dataset);
        match quantity {
            Quantity::Rows => dataset.sensitive,
            // A constant counts the rows.
            Quantity::Sum(sum) => {
                sum.terms.iter().any(|&(_, field)| dataset.field(field).sensitive) || dataset.sensitive && sum.constant != 0
            }
        }
    }

    /// Whether a side of an indicator looks at sensitive answers, be it only to know whether a row counts.
    pub fn asks_of_persons(&self, indicator: &Indicator) -> bool {
        if let Some(combination) = indicator.combination() {
            return combination.terms().any(|term| self.asks_of_persons(self.indicator(term.indicator)));
        }
        [&indicator.numerator, &indicator.denominator].into_iter().any(|side| {
            let dataset = self.dataset(side.dataset);
            dataset.sensitive || side.fields().into_iter().any(|field| dataset.field(field).sensitive)
        })
    }

    /// Whether a ratio over this denominator rests on few units, or on few persons.
    pub fn is_small(&self, indicator: &Indicator, denominator: Amount) -> bool {
        if !indicator.is_ratio() {
            return false;
        }
        denominator < Amount::whole(self.smallest(indicator))
    }

    /// The denominator from which on a value of an indicator is not marked as small.
    pub fn smallest(&self, indicator: &Indicator) -> i64 {
        let thresholds = &self.programme.thresholds;
        let is_of_persons = self.counts_persons(indicator);
        i64::from(if is_of_persons { thresholds.small_persons } else { thresholds.small_denominator })
    }

    /// Whether the value of an indicator grows with the region, as a total does: then that of a region is no measure for that of another one.
    pub fn is_extensive(&self, indicator: &Indicator) -> bool {
        let of = |term: &Term| term.level.is_none() && self.is_extensive(self.indicator(term.indicator));
        match &indicator.method {
            Method::Ratio | Method::Quantile { .. } => false,
            Method::Total => true,
            Method::Combination(Combination { above, below }) => above.iter().any(of) && !below.iter().any(of),
        }
    }

    /// The target that counts for a region in a period. That of an indicator that grows with the region is the top region's alone.
    pub fn target(&self, indicator: &Indicator, period: PeriodIndex, region: RegionIndex) -> Option<(PeriodIndex, Ratio)> {
        let is_its = region == self.hierarchy.top() || !self.is_extensive(indicator);
        indicator.target(period).filter(|_| is_its)
    }

    /// Whether the denominator of an indicator, or of one that it is made of, counts persons.
    pub fn counts_persons(&self, indicator: &Indicator) -> bool {
        if let Some(combination) = indicator.combination() {
            return combination.terms().any(|term| self.counts_persons(self.indicator(term.indicator)));
        }
        self.is_sensitive(indicator.denominator.dataset, &indicator.denominator.quantity)
    }

    /// Whether an indicator is published for the regions of a level.
    pub fn is_published_at(&self, indicator: IndicatorIndex, region: RegionIndex) -> bool {
        self.indicator(indicator).publish_from.is_none_or(|lowest| self.hierarchy.region(region).level <= lowest)
    }

    /// An indicator.
    pub fn indicator(&self, index: IndicatorIndex) -> &Indicator {
        &self.indicators[index.0]
    }

    /// The earlier period that the numbers of a period are compared with: the one that it names, or the one right before it.
    pub fn compared(&self, period: PeriodIndex) -> Option<PeriodIndex> {
        self.period(period).compared
    }

    /// The period with which the region's numbers are compared; `None` when the region did not exist then.
    pub fn previous(&self, period: PeriodIndex, region: RegionIndex) -> Option<PeriodIndex> {
        let previous = self.compared(period)?;
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

    /// The name of a region in the programme's first language, for messages.
    pub fn name_of<'a>(&'a self, region: &'a Region) -> &'a str {
        self.programme.languages.first().map_or("", |language| region.name.get(language))
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
    /// What the release is, in words of its own, where it is not preliminary.
    pub status: Option<Localized>,
    /// Whether all numbers are preliminary, whoever has approved them.
    pub preliminary: bool,
    /// Under which terms others may use the numbers.
    pub licence: Option<Localized>,
    /// Where to ask.
    pub contact: Option<Localized>,
    /// How mistakes that are found later are corrected.
    pub revisions: Option<Localized>,
    /// The programme in the names of files.
    pub file_title: Option<Localized>,
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
    /// Which counts of persons are withheld.
    pub confidentiality: Confidentiality,
    /// What the later editions of periods are.
    pub editions: Vec<DeclaredEdition>,
}

/// What a later edition of a period is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredEdition {
    /// The period.
    pub period: PeriodIndex,
    /// Which edition.
    pub number: u32,
    /// Why it comes.
    pub kind: EditionKind,
    /// The day printed on what is new in it; the period's own when `None`.
    pub issued: Option<Date>,
    /// What has changed, and why.
    pub note: Option<Localized>,
}

/// Why a later edition comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditionKind {
    /// A mistake is mended.
    Correction,
    /// Better data have come.
    Revision,
}

impl Programme {
    /// What is declared of an edition of a period.
    pub fn edition(&self, period: PeriodIndex, number: u32) -> Option<&DeclaredEdition> {
        self.editions.iter().find(|edition| edition.period == period && edition.number == number)
    }

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

/// The limits beyond which a value is marked.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// Denominators below this are small.
    pub small_denominator: u32,
    /// Denominators below this are small where they count persons.
    pub small_persons: u32,
    /// Percentage of the expected units below which coverage is low.
    pub low_coverage: u32,
    /// Points below the target that still count as near.
    pub near_target: Ratio,
    /// The largest part of the target, in percent, that may be missing for a value to be near; where it is `None`, only the points decide.
    pub near_share: Option<u32>,
}

impl Thresholds {
    /// Whether a gap to a target, both in the printed unit, still counts as near. Points are those of a percentage; of anything else, as many
    /// per cent of the target.
    pub fn is_near(&self, points: Ratio, target: Ratio, per: i64) -> bool {
        let size = if target.sign().is_lt() { Ratio::whole(0).minus(target) } else { target };
        let most = self.near_share.map(|share| size.times(i64::from(share)).over(100));
        let is_near = match per {
            100 => points <= self.near_target,
            _ => points.divided_by(size).is_some_and(|share| share.times(100) <= self.near_target),
        };
        is_near && most.is_none_or(|most| points <= most)
    }

    /// Whether too few of the units answered.
    pub fn is_low(&self, share: Option<Ratio>) -> bool {
        share.is_some_and(|share| share < Ratio::whole(i64::from(self.low_coverage)).over(100))
    }
}
