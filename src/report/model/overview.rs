//! What a reader needs first: what to do, what each unit has, where the region stands among all of its level, and what it is.

use serde::Serialize;

use super::{Figure, IndicatorName, Number, PlanStep};

/// A measure that is due.
#[derive(Debug, Serialize)]
pub struct Action {
    /// The indicator's number.
    pub id: String,
    /// What to do, or the short label of the indicator.
    pub what: String,
    /// Its value.
    pub value: Figure,
    /// The target.
    pub target: String,
    /// The period of the target.
    pub period: String,
    /// Whether the period of the target is now or has passed.
    pub lapsed: bool,
    /// How many units are missing, with their noun.
    pub units_phrase: String,
    /// The next step; `None` where no target lies ahead.
    pub next: Option<PlanStep>,
    /// Who is responsible, where the specifications say it.
    pub responsible: Option<String>,
    /// The first of the units that lack it, those first that lack most, where the programme names units, in a region that holds no others.
    pub names: Vec<String>,
    /// How many more there are.
    pub more: Number,
}

/// The units of a region and what each of them has.
#[derive(Debug, Serialize)]
pub struct UnitTable {
    /// The conditions.
    pub columns: Vec<IndicatorName>,
    /// The units, those that lack most first.
    pub rows: Vec<UnitConditions>,
    /// How many more units there are.
    pub more: Number,
}

/// What a unit has.
#[derive(Debug, Serialize)]
pub struct UnitConditions {
    /// Its name.
    pub name: String,
    /// For each condition `has`, `lacks`, `unanswered` or `outside`.
    pub states: Vec<&'static str>,
}

/// How the regions of a level spread, by indicator.
#[derive(Debug, Serialize)]
pub struct Ranges {
    /// What the regions are called.
    pub of: String,
    /// The indicators of which enough regions have a firm value.
    pub rows: Vec<RangeRow>,
}

/// How the regions of a level spread in one indicator.
#[derive(Debug, Serialize)]
pub struct RangeRow {
    /// The indicator's number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// How many regions have a firm value.
    pub regions: Number,
    /// The lowest value, the first quartile, the median, the third quartile and the highest value; each is that of a region.
    pub points: [RangePoint; 5],
    /// The region's own value, on the same axis.
    pub own: Figure,
    /// The value of the top region; `None` where the report is about it.
    pub top: Option<Figure>,
    /// The end of the axis, which begins at zero; of one that does not, its beginning and its end.
    pub end: String,
    /// The position of zero on it.
    pub zero: f64,
}

/// A value on the axis of its row.
#[derive(Debug, Serialize)]
pub struct RangePoint {
    /// The value as printed.
    pub text: String,
    /// Its position on the axis, 0 to 1.
    pub share: f64,
}

/// Regions and all indicators.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// The indicators that are published for some of the regions.
    pub columns: Vec<IndicatorName>,
    /// Whether all of them are percentages; then the cells have no sign for it.
    pub in_percent: bool,
    /// The regions, in groups.
    pub groups: Vec<MatrixGroup>,
}

/// Some rows of a matrix.
#[derive(Debug, Serialize)]
pub struct MatrixGroup {
    /// `below`, `neighbours`, `similar` or `above`.
    pub key: &'static str,
    /// What the regions are called.
    pub of: String,
    /// The regions.
    pub rows: Vec<MatrixRow>,
}

/// A region of a matrix.
#[derive(Debug, Serialize)]
pub struct MatrixRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub region: String,
    /// The region right above it, where it lies in another one than the region of the report or its neighbours.
    pub within: Option<String>,
    /// Whether it is the region of the report.
    pub this: bool,
    /// Its values.
    pub cells: Vec<MatrixCell>,
}

/// A value of a matrix.
#[derive(Debug, Serialize)]
pub struct MatrixCell {
    /// The value; its text has a sign for percent only where not all columns are percentages.
    pub value: Figure,
    /// `first` or `last`: the quarter of the rows of its group in which the value ranks; `None` for the others.
    pub quarter: Option<&'static str>,
}

/// What a region is, beside its indicators.
#[derive(Debug, Serialize)]
pub struct ContextRow {
    /// The measure's name.
    pub name: String,
    /// What it counts.
    pub definition: String,
    /// The group of which it is the share; `None` where it is a number.
    pub group: Option<String>,
    /// The region's own value.
    pub own: String,
    /// Those of the regions above, the nearest first.
    pub above: Vec<String>,
}

/// A rule by which regions are similar, in words.
#[derive(Debug, Serialize)]
pub struct SimilarRule {
    /// The names of the measures.
    pub by: Vec<String>,
    /// How many regions are shown.
    pub most: Number,
}

/// A table of all regions of a level by the groups of a breakdown.
#[derive(Debug, Serialize)]
pub struct Crossed {
    /// The name of the breakdown.
    pub by: String,
    /// What the regions are called.
    pub of: String,
    /// The groups of each indicator.
    pub columns: Vec<CrossedColumn>,
    /// The regions.
    pub rows: Vec<CrossedRow>,
}

/// A group of an indicator.
#[derive(Debug, Serialize)]
pub struct CrossedColumn {
    /// The indicator.
    pub indicator: IndicatorName,
    /// The group.
    pub group: String,
}

/// A region by groups.
#[derive(Debug, Serialize)]
pub struct CrossedRow {
    /// Its name.
    pub region: String,
    /// Its values, by column.
    pub values: Vec<Figure>,
}
