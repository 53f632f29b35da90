//! The specification files as their authors write them. The JSON schemas come from these types.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::spec::expression::RawCondition;
use crate::value::Amount;
use crate::yaml::{Entries, List, Spanned};

/// A number, exact: `100`, `0.5`.
#[derive(Clone, Copy, Debug)]
pub struct RawAmount(pub Amount);

impl<'de> Deserialize<'de> for RawAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected = || de::Error::custom(format!("expected a number such as `12` or `0.5`, found `{text}`"));
        Amount::parse(&text).map(|amount| Self(amount.trimmed())).ok_or_else(expected)
    }
}

impl JsonSchema for RawAmount {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "amount".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

/// A text in every language of the programme: language code to text.
pub type RawText = Spanned<Entries<Spanned<String>>>;

/// `indicator-specs/programme.yaml`: what the reports are about, for whom and when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "programme")]
pub struct RawProgramme {
    /// The publication's title.
    pub title: RawText,
    /// Who publishes it.
    pub publisher: RawText,
    /// Where the data come from; printed under the tables.
    pub source: RawText,
    /// Printed on every page, for instance that the data are a demonstration.
    pub notice: Option<RawText>,
    /// Printed on the cover: who made the report.
    pub imprint: Option<RawText>,
    /// What the release is, in words of one's own, where it is not preliminary; printed with the imprint.
    pub status: Option<RawText>,
    /// Whether all numbers are preliminary, whoever has approved them; printed on every page.
    #[serde(default)]
    pub preliminary: bool,
    /// Under which terms others may use the numbers; printed with the imprint.
    pub licence: Option<RawText>,
    /// Where to ask; printed with the imprint.
    pub contact: Option<RawText>,
    /// How mistakes that are found later are corrected; printed with the imprint.
    pub revisions: Option<RawText>,
    /// The programme in the names of files, in a word or two.
    pub file_title: Option<RawText>,
    /// What short forms in names stand for; printed below the signs of the report.
    pub abbreviations: Option<RawText>,
    /// Who signs the reports; a line each.
    #[serde(default)]
    pub signatures: List<RawSignature>,
    /// Whether reports name single units, such as those that lack one thing only; not when left out.
    #[serde(default)]
    pub name_units: bool,
    /// The dataset of which every row gets a sheet of its own (`esep sheets`); none when left out.
    pub sheets: Option<Spanned<String>>,
    /// Every text is given in these languages.
    pub languages: List<Spanned<String>>,
    /// The languages that reports are made in; all of `languages` when left out.
    #[serde(default)]
    pub publish: List<Spanned<String>>,
    /// The country's two letters, for the language tag of the documents.
    pub country: Option<Spanned<String>>,
    /// The encoding of text tables that are not Unicode, such as `windows-1251`; `windows-1252` when left out.
    pub encoding: Option<Spanned<String>>,
    /// The levels of the hierarchy, the top first.
    pub levels: List<RawLevel>,
    /// The periods, the oldest first; periods without inputs may carry targets.
    pub periods: List<RawPeriod>,
    /// The sections of the report, in order.
    pub sections: List<RawSection>,
    /// Nouns that are counted: language to CLDR plural category to form.
    pub units: Entries<Entries<Entries<String>>>,
    /// Words that cells of every dataset may hold.
    #[serde(default)]
    pub words: RawWords,
    /// How names in cells are compared with those of the registries.
    #[serde(default)]
    pub names: RawNames,
    /// From which figures on a value is marked.
    pub thresholds: RawThresholds,
    /// Which counts of persons are withheld; the proposed rule when left out.
    #[serde(default)]
    pub confidentiality: RawConfidentiality,
    /// What a region is, beside its indicators: how many units it has, and which share of them belongs to a group.
    #[serde(default)]
    pub context: List<RawContext>,
    /// Which regions are shown beside a region as similar ones; none when left out.
    pub similar: Option<RawSimilar>,
    /// Tables of all regions of a level by the groups of a breakdown, in the report and the workbook of the top region.
    #[serde(default)]
    pub tables: List<RawTable>,
    /// What the later editions of a period are, and why they come.
    #[serde(default)]
    pub editions: List<RawEdition>,
}

/// A later edition of a period: its numbers differ from those of the release that is out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEdition {
    /// The period.
    pub period: Spanned<String>,
    /// Which edition; that of the first release is 1.
    pub edition: Spanned<u32>,
    /// Whether a mistake is mended, or better data have come.
    pub kind: RawEditionKind,
    /// The day printed on what is new in it (YYYY-MM-DD); the period's own when left out.
    pub issued: Option<Spanned<String>>,
    /// What has changed, and why; printed on the page of changes.
    pub note: Option<RawText>,
}

/// Why a later edition comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawEditionKind {
    /// A mistake is mended.
    Correction,
    /// Better data have come.
    Revision,
}

/// A measure of what a region is, taken from the denominator of an indicator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawContext {
    /// Its name in the specifications.
    pub id: Spanned<String>,
    /// Its name on the page.
    pub name: RawText,
    /// The indicator whose denominator it is.
    pub denominator: Spanned<String>,
    /// A breakdown of the indicator and one of its values: the share of this group in the denominator, instead of the denominator itself.
    #[serde(default)]
    pub share: Entries<Spanned<String>>,
}

/// Which regions are similar to a region: those of its level whose places by these measures are nearest to its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSimilar {
    /// Measures of `context`.
    pub by: List<Spanned<String>>,
    /// How many regions; 5 when left out.
    pub most: Option<Spanned<u32>>,
}

/// A table of all regions of a level by the groups of a breakdown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    /// The level.
    pub level: Spanned<String>,
    /// The field of the breakdown; of every indicator that is broken down by it.
    pub by: Spanned<String>,
}

/// Who signs a report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSignature {
    /// The post.
    pub post: RawText,
    /// The name; a line to write it on when left out.
    pub name: Option<RawText>,
}

/// A level of the hierarchy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLevel {
    /// Its name in the specifications and on the command line.
    pub id: Spanned<String>,
    /// One region of this level.
    pub name: RawText,
    /// All regions of this level.
    pub plural: RawText,
    /// The noun of `units` by which such regions are counted in sentences; the language's word for a region when left out.
    pub noun: Option<Spanned<String>>,
    /// Who is responsible for the measures in such a region; an indicator may name somebody else.
    pub responsible: Option<RawText>,
    /// Whether such regions approve their numbers: until they do (`approvals.yaml`), what tells of these is preliminary.
    #[serde(default)]
    pub approves: bool,
    /// The folder of `report-templates/` with the report of such a region; when left out `national` at the top, `local` for
    /// regions that hold no others, `regional` for the rest.
    pub report: Option<Spanned<String>>,
}

/// A period.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPeriod {
    /// The name of its folder under `inputs/`.
    pub id: Spanned<String>,
    /// As a heading.
    pub name: RawText,
    /// Inside a sentence.
    pub within: RawText,
    /// The reference day (YYYY-MM-DD): which regions exist.
    pub date: Spanned<String>,
    /// The earlier period that its numbers are compared with, such as the same quarter of the year before; the one right before it when left
    /// out.
    pub compared_with: Option<Spanned<String>>,
    /// The period from which on totals are added up to it, such as the first quarter of its year; itself when left out.
    pub cumulated_from: Option<Spanned<String>>,
    /// The last day for submissions (YYYY-MM-DD); when left out, nothing is said of delay.
    pub due: Option<Spanned<String>>,
    /// The day printed on the reports (YYYY-MM-DD); the reference day when left out.
    pub issued: Option<Spanned<String>>,
}

/// A section of the report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSection {
    /// Its name in the indicators.
    pub id: Spanned<String>,
    /// Its heading.
    pub name: RawText,
}

/// Words that cells of every dataset may hold; case and outer blanks do not count.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawWords {
    /// A flag that is set.
    pub yes: List<Spanned<String>>,
    /// A flag that is not set.
    pub no: List<Spanned<String>>,
    /// Read like a blank cell.
    pub not_reported: List<Spanned<String>>,
    /// The question does not apply to this unit.
    pub not_applicable: List<Spanned<String>>,
    /// The unit declined to answer.
    pub refused: List<Spanned<String>>,
    /// A row with such a word holds totals.
    pub total: List<Spanned<String>>,
    /// May stand behind a count, such as the word for persons.
    pub count_suffixes: List<Spanned<String>>,
}

/// How names in cells are compared with those of the registries. Capitals, blanks, hyphens, dots and quotes never count.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawNames {
    /// Groups of letters that count as one, each written as one text. A letter may stand in several groups.
    pub alike: List<Spanned<String>>,
    /// Words for a kind of region, by kind: they may be left out, or exchanged for others of the same kind.
    pub kinds: Entries<List<Spanned<String>>>,
    /// Words that may be left out and tell of no kind.
    pub fillers: List<Spanned<String>>,
}

/// From which figures on a value is marked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawThresholds {
    /// A value over fewer units than this is marked.
    pub small_denominator: u32,
    /// A value over fewer persons than this is marked: its denominator is sensitive. As `small_denominator` when left out.
    pub small_persons: Option<u32>,
    /// A value with answers from less than this percentage of the expected units is marked.
    pub low_coverage: Spanned<u32>,
    /// Points below the target that still count as near.
    pub near_target: Spanned<String>,
    /// A gap of more than this percentage of the target is not near, however few points it has.
    pub near_share: Option<Spanned<u32>>,
}

/// Which counts of persons are withheld: those of datasets and fields that are `sensitive`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfidentiality {
    /// Counts from one up to below this are withheld; 5 when left out.
    pub smallest_count: Option<Spanned<u32>>,
    /// What becomes of a count of nobody; it is published when left out.
    pub zero: RawZero,
    /// A rate over fewer than this is withheld, with the counts that would give it; 10 when left out.
    pub smallest_denominator: Option<Spanned<u32>>,
    /// Where all or none of fewer than this are counted, that is withheld; `smallest_denominator` when left out.
    pub smallest_group: Option<Spanned<u32>>,
    /// What a person who is alone in a count may learn of the others by that; they are protected when left out.
    pub single: RawSingle,
    /// How far apart two values must lie that a withheld count can have; the range of the withheld counts (3 for 1 to 4) when left out.
    pub width: Option<Spanned<u32>>,
}

/// What becomes of a count of nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawZero {
    /// It is published.
    #[default]
    Published,
    /// It is withheld like a small count.
    Withheld,
}

/// What a person who is alone in a count may learn of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawSingle {
    /// Nothing: what is withheld must hold against such a person, too.
    #[default]
    Protected,
    /// It is not looked at.
    Ignored,
}

/// `indicator-specs/regions.yaml`: the registry of regions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "regions")]
pub struct RawRegions {
    /// Every region, in the order of the reports.
    pub regions: List<RawRegion>,
}

/// A region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRegion {
    /// Its code.
    pub code: Spanned<String>,
    /// Its level, from the programme.
    pub level: Spanned<String>,
    /// The code of the region it lies in; left out for the top.
    pub parent: Option<Spanned<String>>,
    /// Its name.
    pub name: RawText,
    /// A short form of the name, for maps.
    pub short: Option<RawText>,
    /// Other spellings found in files.
    #[serde(default)]
    pub aliases: List<String>,
    /// Its name in cases, where the rules of a language give a wrong form: language to case to form.
    #[serde(default)]
    pub cases: Entries<Entries<String>>,
    /// Row and column on the map of tiles, from 1.
    pub tile: Option<Spanned<[u8; 2]>>,
    /// The first day of its existence (YYYY-MM-DD).
    pub from: Option<Spanned<String>>,
    /// The first day after its existence (YYYY-MM-DD).
    pub to: Option<Spanned<String>>,
}

/// `indicator-specs/datasets/*.yaml`: a table that offices send.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "dataset")]
pub struct RawDataset {
    /// Its name in the specifications.
    pub id: Spanned<String>,
    /// Its name on the page.
    pub name: RawText,
    /// What one row is: a noun of the programme.
    pub unit: Spanned<String>,
    /// Whether each row is a person; not when left out.
    #[serde(default)]
    pub sensitive: bool,
    /// The fields that together tell one row of a period from another.
    pub key: List<Spanned<String>>,
    /// The field that holds the row's region.
    pub region: Spanned<String>,
    /// The field that names the row.
    pub title: Option<Spanned<String>>,
    /// The level at which rows must lie; that of the region field when left out.
    pub level: Option<Spanned<String>>,
    /// The first period in which it is sent; every period when left out.
    pub since: Option<Spanned<String>>,
    /// The last period in which it is sent; every period when left out.
    pub until: Option<Spanned<String>>,
    /// The dataset that lists the units which should report; its key has the same fields.
    pub expected: Option<Spanned<String>>,
    /// What a later submission of a period takes the place of; when left out, nothing, and a unit that comes twice is an error.
    pub corrections: Option<RawCorrections>,
    /// Headers of the column in which a correction names the key of the earlier row that it replaces; for `corrections: row`.
    #[serde(default)]
    pub replaces: List<Spanned<String>>,
    /// The files that its tables stand in, by their paths below the folder of the period; `*` stands for any signs, `?` for one. Any file when
    /// left out.
    #[serde(default)]
    pub files: List<Spanned<String>>,
    /// Which rows of its tables are its own, by what they say in some columns; all when left out.
    #[serde(default)]
    pub rows: List<RawTerm>,
    /// What tells the period of a number; when left out, the folder of the file tells it.
    pub period: Option<Spanned<RawPeriodRule>>,
    /// Categories whose values stand as captions over columns: a row of a table is then a row for each value.
    #[serde(default)]
    pub captions: List<Spanned<String>>,
    /// Headers of columns that are none of its own; `*` stands for any signs, `?` for one.
    #[serde(default)]
    pub ignore: List<Spanned<String>>,
    /// The signs within its numbers; when left out, a number is understood where it can mean one thing only.
    #[serde(default)]
    pub numbers: RawSigns,
    /// `zero`: a blank cell of a count is a zero; when left out, it is no answer. A field may say otherwise.
    pub blank: Option<RawBlank>,
    /// Fields of other datasets that are looked up for each row.
    #[serde(default)]
    pub join: List<RawJoin>,
    /// The columns.
    pub fields: List<RawField>,
}

/// The signs within numbers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSigns {
    /// Between groups of digits, such as `,` in 1,234 and 14,71,891.
    pub group: Option<Spanned<String>>,
    /// Before decimals.
    pub decimal: Option<Spanned<String>>,
}

/// Fields of another dataset that are looked up by its key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJoin {
    /// The other dataset.
    pub dataset: Spanned<String>,
    /// The own fields that hold its key, in its order; the fields of the same ids when left out.
    #[serde(default)]
    pub by: List<Spanned<String>>,
    /// Fields of the other dataset; they become fields of this one, with the same ids.
    pub fields: List<Spanned<String>>,
}

/// What a row says in a column; either `is` or `is_not`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTerm {
    /// The id of a field, or the header of a column that is none.
    pub column: Spanned<String>,
    /// It holds one of these texts.
    #[serde(default)]
    pub is: List<Spanned<String>>,
    /// It holds none of these texts.
    #[serde(default)]
    pub is_not: List<Spanned<String>>,
}

/// What tells the period of a number; either `column` or `captions`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPeriodRule {
    /// The id of a field, or the header of a column that is none.
    pub column: Option<Spanned<String>>,
    /// Whether periods stand as captions over columns.
    #[serde(default)]
    pub captions: bool,
    /// What stands there for a period, beside its id and its name.
    #[serde(default)]
    pub words: Entries<List<Spanned<String>>>,
}

/// What a later submission takes the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawCorrections {
    /// Earlier rows with the same key.
    Row,
    /// All earlier rows of the offices that it has rows of; an office is a region right below the top.
    Office,
}

/// A column of a dataset.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawField {
    /// Its name in the specifications.
    pub id: Spanned<String>,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub kind: Spanned<RawKind>,
    /// Its name, which is also its header in workbooks.
    pub name: RawText,
    /// Further spellings of the header.
    #[serde(default)]
    pub headers: List<Spanned<String>>,
    /// `none`: its column may stand without a header; the first column without one is it then.
    pub header: Option<Spanned<RawHeader>>,
    /// Whether a blank cell is an error.
    #[serde(default)]
    pub required: bool,
    /// For `type: decimal`, the places after the decimal sign, 1 to 6; needed there.
    pub decimals: Option<Spanned<u32>>,
    /// For `type: count`, whether it counts persons, so that small counts are withheld; not when left out.
    #[serde(default)]
    pub sensitive: Spanned<bool>,
    /// The categories, for `type: category`.
    #[serde(default)]
    pub values: List<RawCategory>,
    /// The smallest number allowed; 0 when left out.
    pub min: Option<Spanned<RawAmount>>,
    /// The largest number allowed.
    pub max: Option<Spanned<RawAmount>>,
    /// For `type: count` and `type: decimal`, words that may stand behind the number; besides those of the programme.
    #[serde(default)]
    pub suffixes: List<Spanned<String>>,
    /// For `type: count` and `type: decimal`, what a blank cell is; as the dataset says when left out.
    pub blank: Option<Spanned<RawBlank>>,
    /// The first period that has this column; every period when left out.
    pub since: Option<Spanned<String>>,
    /// The last period that has this column; every period when left out.
    pub until: Option<Spanned<String>>,
    /// Of which rows the question is asked, by their answers in other fields; of every row when left out.
    pub asked: Option<RawCondition>,
    /// For `type: region`, a region field that stands earlier and in which the region lies.
    pub within: Option<Spanned<String>>,
    /// For `type: region`, the level of the regions that its cells mean.
    pub level: Option<Spanned<String>>,
}

/// What a blank cell of a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawBlank {
    /// No answer.
    NotReported,
    /// Zero.
    Zero,
}

/// What stands above a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawHeader {
    /// Nothing.
    None,
}

/// What cells hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawKind {
    /// An identifier: text that keeps its zeros.
    Code,
    /// Free text.
    Text,
    /// A region by its code or name.
    Region,
    /// One of a list of values.
    Category,
    /// Yes or no.
    Flag,
    /// A whole number from zero up.
    Count,
    /// A number with decimals from zero up, exact.
    Decimal,
}

/// A value of a category.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCategory {
    /// Its name in the specifications; understood in cells.
    pub id: Spanned<String>,
    /// Its name on the page; understood in cells.
    pub name: RawText,
    /// Further spellings in cells.
    #[serde(default)]
    pub words: List<Spanned<String>>,
    /// Whether it stands for all groups together: rows with it are totals, and their groups come in rows beside them.
    #[serde(default)]
    pub total: Spanned<bool>,
}

/// `indicator-specs/indicators/*.yaml`: one indicator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "indicator")]
pub struct RawIndicator {
    /// Its number, by which indicators are ordered.
    pub id: Spanned<String>,
    /// The section it belongs to.
    pub section: Spanned<String>,
    /// Its full wording.
    pub name: RawText,
    /// A short label for tables and charts.
    pub short: RawText,
    /// How the wording was read; printed in the methodology annex.
    pub note: Option<RawText>,
    /// What to do where its target is missed, as the heading of a measure; the short label when left out.
    pub action: Option<RawText>,
    /// Who is responsible for that; the one of the level when left out.
    pub responsible: Option<RawText>,
    /// The dataset it is computed from; left out where its sides name indicators.
    pub dataset: Option<Spanned<String>>,
    /// What the denominator counts, or the numerator where there is none: a noun of the programme; the dataset's own when left out.
    pub unit: Option<Spanned<String>>,
    /// Which rows belong to both sides.
    pub population: Option<RawCondition>,
    /// What is counted.
    pub numerator: RawMeasure,
    /// Out of what; when left out, the sum of the numerator is the value.
    pub denominator: Option<RawMeasure>,
    /// 100 for percent (when left out), 1 for a plain ratio, 1000 for per mille.
    pub per: Option<Spanned<u32>>,
    /// Places after the decimal sign; 1 when left out, 0 without a denominator.
    pub decimals: Option<Spanned<u32>>,
    /// Other places from a period on: period to places.
    #[serde(default)]
    pub decimals_from: Entries<Spanned<u32>>,
    /// In place of the ratio of sums, a quantile over units of what each has: 50 is the median. Of units with a denominator of zero nothing is
    /// taken.
    pub quantile: Option<Spanned<u32>>,
    /// Numerators printed apart, over the same denominator.
    #[serde(default)]
    pub parts: List<RawPart>,
    /// What is left of the denominator beside the parts; with it they are drawn as the parts of a whole.
    pub rest: Option<RawText>,
    /// Whether the numerator of a percentage may be larger than its denominator; not when left out.
    #[serde(default)]
    pub may_exceed: Spanned<bool>,
    /// The lowest level of regions that it is published for; every level when left out.
    pub publish_from: Option<Spanned<String>>,
    /// The first period in which it is computed; the first one of its datasets when left out.
    pub since: Option<Spanned<String>>,
    /// The last period in which it is computed; the last one of its datasets when left out.
    pub until: Option<Spanned<String>>,
    /// Where its series breaks: the first period of another way of counting, and what has changed; nothing is compared across a break.
    #[serde(default)]
    pub breaks: Entries<RawText>,
    /// Category fields by which it is broken down.
    #[serde(default)]
    pub breakdowns: List<Spanned<String>>,
    /// Which way is better.
    pub direction: RawDirection,
    /// Period to value, in the printed unit.
    #[serde(default)]
    pub target: Entries<Spanned<String>>,
    /// Rows and the result they must give.
    #[serde(default)]
    pub examples: List<RawExample>,
}

/// One side of an indicator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMeasure {
    /// In words, for the formula.
    pub name: RawText,
    /// `rows`: how many rows.
    pub count: Option<Spanned<RawCount>>,
    /// Fields joined by + and −.
    pub sum: Option<Spanned<String>>,
    /// Which rows count here.
    #[serde(rename = "where")]
    pub filter: Option<RawCondition>,
    /// Replaces the indicator's population on this side.
    pub population: Option<RawCondition>,
    /// Replaces the indicator's dataset on this side.
    pub dataset: Option<Spanned<String>>,
    /// In place of rows: other indicators, the values of which are added up.
    #[serde(default)]
    pub indicators: List<RawTermOfIndicator>,
}

/// The value of another indicator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "indicator_term")]
pub struct RawTermOfIndicator {
    /// Its number.
    pub indicator: Spanned<String>,
    /// What its value is multiplied by: 1 when left out, -1 to take it away.
    pub weight: Option<Spanned<String>>,
    /// A field that it is broken down by, and one of its values: this group in place of the whole.
    #[serde(default)]
    pub group: Entries<Spanned<String>>,
    /// The level of the region around, in place of the region itself.
    pub level: Option<Spanned<String>>,
    /// Of which periods; of the period itself when left out.
    pub period: Option<Spanned<RawTermPeriod>>,
}

/// Of which periods the value of an indicator is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawTermPeriod {
    /// Of the one that the period is compared with.
    Compared,
    /// Of all from `cumulated_from` on, added up.
    ToDate,
    /// Of the period, less the one before where both are cumulated from the same one on.
    SinceLast,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawCount {
    /// The rows.
    Rows,
}

/// A numerator printed apart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPart {
    /// Its name in the examples and in files.
    pub id: Spanned<String>,
    /// Its name on the page.
    pub name: RawText,
    /// `rows`: how many rows.
    pub count: Option<Spanned<RawCount>>,
    /// Fields joined by + and −.
    pub sum: Option<Spanned<String>>,
    /// Which rows count here.
    #[serde(rename = "where")]
    pub filter: Option<RawCondition>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawDirection {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    None,
}

/// Rows and the result they must give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExample {
    /// Rows of the indicator's dataset: field to what is typed into the cell. Fields left out are blank.
    #[serde(default)]
    pub given: List<Entries<Spanned<String>>>,
    /// Rows of other datasets.
    #[serde(default)]
    pub also: Entries<List<Entries<Spanned<String>>>>,
    /// In place of rows, where the sides name indicators: a value for each of these, in their order, as `expect` has it.
    #[serde(default)]
    pub values: List<Spanned<String>>,
    /// `numerator/denominator`, or `not-reported`, `not-applicable`, `zero-denominator`.
    pub expect: Spanned<String>,
    /// The numerators of the parts.
    #[serde(default)]
    pub parts: Entries<Spanned<RawAmount>>,
}
