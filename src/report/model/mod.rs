//! The report model: what templates are given. Every number is already in words; a raw number stands beside it only for plurals and
//! geometry.
//!
//! `report-templates/README.md` describes the same for designers.

mod across;
mod charts;
mod check_code;
mod digest;
mod erratum;
mod letter;
mod overview;
mod plan;
mod reliability;
mod unit;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::language::Direction;
use crate::language::sentences::Group;
use crate::value::Amount;

pub use across::{Across, AcrossLevel, AcrossRow, Values};
pub use charts::{Chart, ChartRow, Composition, CompositionRow, Tick, Tile, TileMap, TrendPanel, TrendPoint, Trends, Undrawn};
pub use check_code::CheckCode;
pub use digest::{Digest, DigestGap, DigestRegion, DigestSpread};
pub use erratum::{EditionWords, Erratum, ErratumRow, Replaced};
pub use letter::{LETTER, Letter, LetterLanguage, LetterLine};
pub use overview::{
    Action, ContextRow, Crossed, CrossedColumn, CrossedRow, Matrix, MatrixCell, MatrixGroup, MatrixRow, RangePoint, RangeRow,
    Ranges, SimilarRule, UnitConditions, UnitTable,
};
pub use plan::{Highlight, Highlights, Near, NearGroup, Plan, PlanItem, PlanPlace, PlanStep};
pub use reliability::{
    CompletenessRow, PROTOCOL, PlaceRow, Protocol, Reason, Reliability, RuleRow, Timeliness, TimelinessRow, Visit, WaiverRow,
    WaiverWords,
};
pub use unit::{
    DecidingBlank, IndicatorName, SHEET, UnitAnswer, UnitFinding, UnitName, UnitRow, UnitSection, UnitSheet, UnitTarget,
    UnitValue,
};

/// A model of a document: what its template is given.
pub trait Manuscript: Serialize {
    /// The folder below `report-templates/` with its template.
    fn folder(&self) -> &str;

    /// The front matter that every document has.
    fn front(&self) -> &FrontMatter;
}

/// Leaves of a model what is drawn: figures without the counts that they are ratios of. Words alone tell these, so that a document whose words
/// are the same stays as it is when a count changes that it does not tell.
pub fn drawn(model: &mut Value) {
    match model {
        Value::Object(keys) => {
            if ["text", "share", "missing", "numerator"].iter().all(|key| keys.contains_key(*key)) {
                keys.retain(|key, _| !matches!(key.as_str(), "numerator" | "denominator"));
            }
            keys.values_mut().for_each(drawn);
        }
        Value::Array(items) => items.iter_mut().for_each(drawn),
        _ => {}
    }
}

/// What every document has: who publishes it, what it is about, its fixed words. Its keys stand at the top level of the model.
#[derive(Debug, Serialize)]
pub struct FrontMatter {
    /// The language it is written in.
    pub language: LanguageTag,
    /// The mark that is printed in the place of a missing number, for each reason.
    pub marks: BTreeMap<&'static str, String>,
    /// The publication's title.
    pub title: String,
    /// The kind of the document; `None` for a report.
    pub subtitle: Option<String>,
    /// Who publishes it.
    pub publisher: String,
    /// Where the data come from.
    pub source: String,
    /// A notice for every page.
    pub notice: Option<String>,
    /// What every page and the metadata must say: for whom it is, when not for everybody; that its numbers are preliminary.
    pub audience: Option<String>,
    /// The code by which a print is compared with the release; `None` where the document is no edition.
    pub check_code: Option<CheckCode>,
    /// The same code with a signature; `None` where nobody has signed it.
    pub signed_code: Option<CheckCode>,
    /// The day of issue, in words.
    pub date: String,
    /// The day of issue, for the document's metadata.
    pub date_iso: DateParts,
    /// The document's number.
    pub number: String,
    /// The period it is about.
    pub period: PeriodWords,
    /// The region it is about.
    pub region: RegionWords,
    /// Which edition it is; `None` for drafts and for what is not for everybody.
    pub edition: Option<EditionWords>,
    /// Who made it, and where to ask.
    pub imprint: Option<String>,
    /// Facts for the imprint: name and value.
    pub imprint_facts: Vec<(String, String)>,
    /// The full forms of abbreviations in names.
    pub abbreviations: Option<String>,
    /// Who signs it: the post, and the name where there is one.
    pub signatures: Vec<(String, Option<String>)>,
    /// Facts for the cover: name and value.
    pub facts: Vec<(String, String)>,
}

/// Everything one report says.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The folder with its template.
    #[serde(skip)]
    pub folder: String,
    /// The front matter that every document has.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// How many indicators there are.
    pub indicators_count: Number,
    /// How many indicators got better, reached their target and so on.
    pub summary_counts: SummaryCounts,
    /// What stands out.
    pub highlights: Highlights,
    /// All percentages over the periods, on one axis; `None` where there is only one period.
    pub trends: Option<Trends>,
    /// How much of the data came in, by dataset.
    pub coverage: CoverageTable,
    /// The coverage of the regions below, with the datasets in the same order.
    pub coverage_below: Vec<CoverageBelow>,
    /// Whether the data can be trusted.
    pub reliability: Reliability,
    /// All indicators, a line each.
    pub summary: Vec<SummarySection>,
    /// All indicators, whole.
    pub sections: Vec<SectionWords>,
    /// What to do.
    pub plan: Plan,
    /// What to look at first; `None` where there are too few regions below to be compared.
    pub digest: Option<Digest>,
    /// The measures for the targets of which most is missing.
    pub actions: Vec<Action>,
    /// What each unit has, in a region that holds no others; `None` where the programme names no units.
    pub units: Option<UnitTable>,
    /// Where the region stands among all regions of its level; `None` where these are too few.
    pub ranges: Option<Ranges>,
    /// Regions and all indicators in one table.
    pub matrix: Matrix,
    /// What the region is, beside its indicators.
    pub context: Vec<ContextRow>,
    /// By which rule regions are similar; `None` where the programme declares none.
    pub similar: Option<SimilarRule>,
    /// Tables of all regions of a level by the groups of a breakdown; in the report of the top region.
    pub crossed: Vec<Crossed>,
    /// Why values are missing in it, each reason once.
    pub absences: BTreeSet<&'static str>,
    /// The limits beyond which values carry marks.
    pub thresholds: ThresholdWords,
    /// What is withheld; `None` where nothing is.
    pub confidentiality: Option<ConfidentialityWords>,
    /// How each indicator is computed.
    pub methodology: Vec<MethodologyEntry>,
    /// What the phrases of the language can say, and when; in the report of the top region.
    pub sentences: Vec<Group>,
    /// The way to the file of the report of the top region, which holds the definitions; `None` where that is this one, or is not made with it.
    pub definitions: Option<String>,
    /// What has changed since the edition before; `None` in a first edition.
    pub erratum: Option<Erratum>,
    /// The name of the attached table.
    pub csv_name: String,
}

impl Manuscript for Report {
    fn folder(&self) -> &str {
        &self.folder
    }

    fn front(&self) -> &FrontMatter {
        &self.front
    }
}

/// A language tag.
#[derive(Debug, Serialize)]
pub struct LanguageTag {
    /// `kk`.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// `KZ`.
    pub region: Option<String>,
    /// Which way its words run: `ltr` or `rtl`.
    pub direction: Direction,
}

/// A day.
#[derive(Debug, Serialize)]
pub struct DateParts {
    /// Year.
    pub year: i16,
    /// Month, from 1.
    pub month: i8,
    /// Day, from 1.
    pub day: i8,
}

/// A period in words.
#[derive(Clone, Debug, Serialize)]
pub struct PeriodWords {
    /// Its name in files.
    pub id: String,
    /// Its name as a heading.
    pub name: String,
    /// Inside a sentence.
    pub within: String,
    /// The words with which a sentence begins that says what has changed since the period that this one is compared with; empty without one.
    pub since: String,
    /// The period that this one is compared with.
    pub previous: Option<Box<PeriodWords>>,
}

/// A region in words.
#[derive(Debug, Serialize)]
pub struct RegionWords {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The name of its level.
    pub level: String,
    /// The regions that it lies in, the top first.
    pub parents: Vec<RegionName>,
    /// What the regions right below are called.
    pub below: Option<String>,
    /// The forms of the noun by which regions of its level are counted, by CLDR category.
    pub noun: BTreeMap<&'static str, String>,
    /// The same for the regions right below.
    pub below_noun: Option<BTreeMap<&'static str, String>>,
    /// Whether there are regions right below.
    pub has_below: bool,
}

/// A region's name and level.
#[derive(Debug, Serialize)]
pub struct RegionName {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The name of its level.
    pub level: String,
}

/// A whole number: raw, for plurals, and as it is printed.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    /// Raw, for comparisons and plural forms.
    #[serde(serialize_with = "nearest")]
    pub n: Amount,
    /// The number as printed.
    pub text: String,
}

fn nearest<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    match amount.places {
        0 => serializer.serialize_i64(amount.units),
        _ => serializer.serialize_f64(amount.nearest()),
    }
}

/// A value that prints as zero or as the whole, but is more or less.
#[derive(Clone, Debug, Serialize)]
pub struct Almost {
    /// The digits that it prints as.
    pub text: String,
    /// Whether it is less; otherwise it is more.
    pub less: bool,
}

/// A value, or the mark in its place.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// The value as printed, with a sign (`<100.0%`) where the digits alone would claim too much.
    pub text: String,
    /// The same for a sentence; `None` where the digits do not claim too much.
    pub almost: Option<Almost>,
    /// The position on its chart's axis, 0 to 1; `None` without a number.
    pub share: Option<f64>,
    /// Why there is no number.
    pub missing: Option<&'static str>,
    /// Whether the denominator is small.
    pub small: bool,
    /// Whether too few units answered.
    pub incomplete: bool,
    /// In a series, whether it breaks before this value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
    /// The numerator.
    pub numerator: Option<Number>,
    /// The denominator.
    pub denominator: Option<Number>,
}

/// A difference.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The difference with its sign.
    pub text: String,
    /// `up`, `down` or `same`.
    pub direction: &'static str,
    /// `better`, `worse` or `neutral`.
    pub verdict: &'static str,
    /// Without its sign.
    pub magnitude: String,
    /// Of a total, the change as a share of the earlier sum, with its sign: `+5.1 %`.
    pub relative: Option<String>,
}

/// How many units a number rests on.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageWords {
    /// How many should report.
    pub expected: Option<Number>,
    /// How many did.
    pub reported: Number,
    /// How many of the reporting units answered what is needed.
    pub answered: Number,
    /// How many units answered that the register does not list.
    pub unregistered: Number,
    /// For a number, answered out of expected, or out of reported where the expected number is not known. For a dataset, reported out of
    /// expected.
    pub share: Option<String>,
    /// Whether the share is below the programme's threshold.
    pub low: bool,
    /// Whether it is not told how many reported, since the units are persons; then the counts are zero.
    pub withheld: bool,
}

/// Coverage by dataset.
#[derive(Debug, Serialize)]
pub struct CoverageTable {
    /// A row for each dataset that indicators are computed from.
    pub rows: Vec<CoverageRow>,
    /// Whether the expected number is unknown for some of the datasets.
    pub unknown: bool,
    /// Whether some indicators are computed from two datasets.
    pub two_sided: bool,
}

/// Coverage of a dataset.
#[derive(Debug, Serialize)]
pub struct CoverageRow {
    /// The dataset's name.
    pub dataset: String,
    /// What one row is.
    pub unit: String,
    /// How much came in.
    pub coverage: CoverageWords,
}

/// Coverage of a region below.
#[derive(Debug, Serialize)]
pub struct CoverageBelow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub region: String,
    /// The coverage for each dataset.
    pub cells: Vec<CoverageCell>,
}

/// Coverage as strings.
#[derive(Debug, Serialize)]
pub struct CoverageCell {
    /// How many should report.
    pub expected: Option<String>,
    /// How many did.
    pub reported: String,
    /// The share of the first in the second.
    pub share: Option<String>,
}

/// How the indicators stand, counted.
#[derive(Debug, Serialize)]
pub struct SummaryCounts {
    /// For the better since the period before.
    pub better: Number,
    /// For the worse.
    pub worse: Number,
    /// How many have a target.
    pub aimed: Number,
    /// How many of these have a value that can be held against it.
    pub with_target: Number,
    /// How many of the latter are at or beyond their target.
    pub reached: Number,
    /// How many of these are near their target.
    pub near: Number,
    /// How many of these are farther from their target.
    pub behind: Number,
    /// Without a value.
    pub missing: Number,
    /// How many have a small denominator.
    pub small: Number,
    /// How many have too few answers.
    pub incomplete: Number,
}

/// The limits beyond which values carry marks, as the programme sets them.
#[derive(Debug, Serialize)]
pub struct ThresholdWords {
    /// Denominators below this are small.
    pub small: Number,
    /// Denominators below this are small where they count persons; `None` where that is the same.
    pub small_persons: Option<Number>,
    /// A value is marked when answers came from less than this share of the expected units.
    pub coverage: String,
    /// A value counts as near up to so many points from the target …
    pub near: String,
    /// … and only up to this percentage of the target.
    pub near_share: Option<String>,
}

/// What is withheld for confidentiality, as the programme sets it.
#[derive(Debug, Serialize)]
pub struct ConfidentialityWords {
    /// Counts of fewer persons than this are withheld.
    pub smallest: Number,
    /// Shares of fewer persons than this are withheld.
    pub smallest_denominator: Number,
    /// Whether counts of nobody are withheld, too.
    pub zero: bool,
    /// Whether some indicator is not published for every level.
    pub levels: bool,
}

/// A section of the summary.
#[derive(Debug, Serialize)]
pub struct SummarySection {
    /// Its name.
    pub section: String,
    /// Its indicators.
    pub rows: Vec<SummaryRow>,
}

/// An indicator in one line.
#[derive(Debug, Serialize)]
pub struct SummaryRow {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// Its value.
    pub value: Figure,
    /// Its value in the period before.
    pub previous: Option<Figure>,
    /// The difference.
    pub change: Option<Change>,
    /// The target.
    pub target: Option<String>,
    /// How the value stands to it.
    pub status: Option<StatusWords>,
    /// The value of the region right above.
    pub parent: Option<Figure>,
    /// The value of the top region; `None` where the report is about it or it is the region right above.
    pub top: Option<Figure>,
    /// The place among the neighbours.
    pub rank: Option<String>,
    /// Answered out of expected.
    pub coverage: String,
    /// Whether too few answered.
    pub low: bool,
    /// How many warnings there are about the answers; `None` where some may not be told of.
    pub warnings: Option<Number>,
    /// Its bar. All percentages have one axis, so that they can be compared.
    pub bar: SummaryBar,
    /// The value in every period up to this one.
    pub trend: Vec<TrendPoint>,
}

/// The bar of an indicator among those of others.
#[derive(Debug, Serialize)]
pub struct SummaryBar {
    /// The value.
    pub value: Figure,
    /// The position of the target, 0 to 1.
    pub target_share: Option<f64>,
    /// The position of the value of the region right above.
    pub parent_share: Option<f64>,
    /// The position of zero, where the bar begins.
    pub zero: f64,
}

/// How a value stands to its target.
#[derive(Clone, Debug, Serialize)]
pub struct StatusWords {
    /// `reached`, `near` or `behind`.
    pub key: &'static str,
    /// The status in words.
    pub text: String,
}

/// A section with its indicators.
#[derive(Debug, Serialize)]
pub struct SectionWords {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Its indicators.
    pub indicators: Vec<IndicatorWords>,
}

/// Between which values an indicator lies, whatever the silent units answer.
#[derive(Debug, Serialize)]
pub struct RangeWords {
    /// The lowest one, with the sign of its unit.
    pub lowest: String,
    /// The highest one.
    pub highest: String,
}

/// Everything about one indicator in one region.
#[derive(Debug, Serialize)]
pub struct IndicatorWords {
    /// Its number.
    pub id: String,
    /// Its full wording.
    pub name: String,
    /// Its short label.
    pub short: String,
    /// 100 for percent.
    pub per: i64,
    /// Whether the sum of the numerator is the value: there is no denominator.
    pub total: bool,
    /// What has changed in the way of counting since the period before; its value is not compared then.
    pub broken: Option<String>,
    /// Of a quantile over units, what it is and of how many units.
    pub quantile: Option<String>,
    /// The values of other indicators that it is made of; empty where it is computed from rows.
    pub terms: Vec<TermWords>,
    /// The forms of the noun that the denominator counts, by plural category.
    pub unit: BTreeMap<&'static str, String>,
    /// Whether it is published for the region at all.
    pub published: bool,
    /// The smallest count that is not withheld, with the noun that the denominator counts.
    pub smallest: String,
    /// Its value.
    pub value: Figure,
    /// Its value in the period before.
    pub previous: Option<Figure>,
    /// The difference.
    pub change: Option<Change>,
    /// How much of the difference comes from the units that answered in both periods.
    pub same: Option<SameUnits>,
    /// The region right above.
    pub parent: Option<OtherRegion>,
    /// The top region; `None` where the report is about it or it is the region right above.
    pub top: Option<OtherRegion>,
    /// The place among the neighbours.
    pub rank: Option<RankWords>,
    /// The target of this period, or the next one.
    pub target: Option<TargetWords>,
    /// `up`, `down` or `none`.
    pub direction: &'static str,
    /// How many units it rests on.
    pub coverage: CoverageWords,
    /// The same for the numerator, where it comes from a dataset of its own.
    pub numerator_coverage: Option<CoverageWords>,
    /// Whether some region within has rows of one side and none of the other.
    pub one_sided: bool,
    /// Whether too few units answered for one of the sides, or a side is missing somewhere; with or without a value.
    pub incomplete: bool,
    /// Between which values it lies, whatever the silent units answer; only where too few units answered for a share of units.
    pub range: Option<RangeWords>,
    /// The share of answers for tables, with its mark; of two sides, the smaller share.
    pub response: String,
    /// How many warnings there are about the answers that the indicator is computed from; `None` where some may not be told of.
    pub warnings: Option<Number>,
    /// How many answered, with their noun.
    pub answered_phrase: String,
    /// The denominator with its noun; of a total, the sum with its noun.
    pub denominator_phrase: String,
    /// The numerator.
    pub numerator_text: String,
    /// The best and the worst of the regions below.
    pub lead: Option<Lead>,
    /// The end of the axis of its charts, in the printed unit.
    #[serde(skip)]
    pub axis_end: f64,
    /// The chart of regions.
    pub chart: Chart,
    /// The value in every period up to this one.
    pub trend: Vec<TrendPoint>,
    /// The trend of the top region; empty where the report is about it.
    pub top_trend: Vec<TrendPoint>,
    /// Numerators printed apart.
    pub parts: Vec<BreakdownRow>,
    /// The numerators printed apart as parts of a whole, for the region, those above and those below; `None` where they are no such parts.
    pub composition: Option<Composition>,
    /// Breakdowns.
    pub breakdowns: Vec<BreakdownWords>,
    /// The regions right below, the best first, then those whose values rest on few units or on incomplete answers, then those without.
    pub below: Vec<BelowRow>,
}

/// A difference, parted into that of the same units and the rest.
#[derive(Clone, Debug, Serialize)]
pub struct SameUnits {
    /// How many units answered in both periods.
    pub units: Number,
    /// How many units, with their noun.
    pub units_phrase: String,
    /// The difference among them.
    pub change: Change,
    /// The rest, from units that came, went, moved, or answered in only one period.
    pub rest: Change,
}

/// Another region's value.
#[derive(Debug, Serialize)]
pub struct OtherRegion {
    /// Its name.
    pub region: String,
    /// Its value.
    pub value: Figure,
    /// This region's value less the other's.
    pub difference: Option<Change>,
}

/// A place among regions.
#[derive(Debug, Serialize)]
pub struct RankWords {
    /// The place.
    pub position: Number,
    /// Among how many.
    pub of: Number,
    /// What the regions of the ranking are called.
    pub among: String,
}

/// A target and the way to it.
#[derive(Debug, Serialize)]
pub struct TargetWords {
    /// The target.
    pub text: String,
    /// Its period's name.
    pub period: String,
    /// Its period inside a sentence.
    pub within: String,
    /// How the value stands.
    pub status: Option<StatusWords>,
    /// The gap, in the printed unit.
    pub gap: Option<String>,
    /// Whether the gap is even smaller, below the last printed digit.
    pub gap_less: bool,
    /// How many more units are needed.
    pub units: Option<Number>,
    /// How many more units are needed, with their noun.
    pub units_phrase: Option<String>,
}

/// The best and the worst.
#[derive(Debug, Serialize)]
pub struct Lead {
    /// The best.
    pub best: LeadEnd,
    /// The worst.
    pub worst: LeadEnd,
    /// Whether all regions with a value have the same one.
    pub equal: bool,
    /// How many regions are left out because their values rest on few units or on incomplete answers.
    pub left_out: Number,
}

/// One end of the list of regions. Those with the same printed value are all named or none.
#[derive(Debug, Serialize)]
pub struct LeadEnd {
    /// The regions, from the end inwards.
    pub regions: Vec<RegionFigure>,
    /// The value at the end, where too many regions have it to be named.
    pub shared: Option<SharedValue>,
}

/// A value that several regions have.
#[derive(Debug, Serialize)]
pub struct SharedValue {
    /// How many regions have it.
    pub regions: Number,
    /// The value.
    pub value: Figure,
}

/// A region and its value.
#[derive(Clone, Debug, Serialize)]
pub struct RegionFigure {
    /// Its code.
    pub code: String,
    /// Its name.
    pub region: String,
    /// Its value.
    pub value: Figure,
}

/// A breakdown.
#[derive(Debug, Serialize)]
pub struct BreakdownWords {
    /// The name of the field.
    pub name: String,
    /// Its groups.
    pub rows: Vec<BreakdownRow>,
}

/// A group of a breakdown.
#[derive(Debug, Serialize)]
pub struct BreakdownRow {
    /// `part=id` of a part, `field=value` of a group.
    pub slice: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Figure,
    /// Its value in the period before.
    pub previous: Option<Figure>,
    /// The difference.
    pub change: Option<Change>,
    /// Answered out of expected.
    pub coverage: String,
}

/// A region below, in one line.
#[derive(Debug, Serialize)]
pub struct BelowRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub region: String,
    /// Its value.
    pub value: Figure,
    /// Its value in the period before.
    pub previous: Option<Figure>,
    /// The difference.
    pub change: Option<Change>,
    /// Its numerator.
    pub numerator: String,
    /// Its denominator.
    pub denominator: String,
    /// Answered out of expected.
    pub coverage: String,
    /// Its place.
    pub rank: Option<String>,
}

/// A value that another one is made of.
#[derive(Debug, Serialize)]
pub struct TermWords {
    /// The indicator's number; in brackets the group, the region and the period where these are others than those of the value.
    pub name: String,
    /// Its value.
    pub value: Figure,
}

/// How an indicator is computed, in words.
#[derive(Debug, Serialize)]
pub struct MethodologyEntry {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// Its full wording.
    pub name: String,
    /// What is counted.
    pub numerator: String,
    /// Out of what; `None` of a total.
    pub denominator: Option<String>,
    /// Where its series breaks, and what has changed there.
    pub breaks: Option<String>,
    /// The indicators that it is made of, each with its weight.
    pub made_of: Option<String>,
    /// Which units belong to it.
    pub population: Option<String>,
    /// Its unit of measurement.
    pub per: String,
    /// What the denominator counts.
    pub unit: String,
    /// Which way is better.
    pub direction: String,
    /// Where the data come from.
    pub dataset: String,
    /// How the wording was read.
    pub note: Option<String>,
    /// The fields of which a blank counts as zero.
    pub blanks: Option<String>,
    /// All targets.
    pub target: Option<String>,
    /// The periods in which it is computed; `None` when it is computed in all.
    pub life: Option<String>,
}
