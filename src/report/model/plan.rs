//! What stands out, and what is to be done.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figure, IndicatorName, Number, Tick};

/// What stands out among the percentages that rest on enough units and answers.
#[derive(Debug, Serialize)]
pub struct Highlights {
    /// What improved most since the period before.
    pub improved: Option<Highlight>,
    /// What worsened most.
    pub worsened: Option<Highlight>,
    /// Of the targets not reached, those of which the smallest share is missing.
    pub nearest: Option<Highlight>,
    /// Of the targets not reached, those of which the largest share is missing; `None` where these are the same.
    pub farthest: Option<Highlight>,
    /// Whether some percentage is left out that stands in the table, since it rests on few units or on incomplete answers.
    pub infirm: bool,
    /// Whether some indicator is left out since it is no percentage.
    pub others: bool,
}

/// The indicators that stand out; several where they print the same amount.
#[derive(Debug, Serialize)]
pub struct Highlight {
    /// The indicators.
    pub indicators: Vec<IndicatorName>,
    /// The points of a change without a sign, or the share of the target that is missing.
    pub amount: String,
}

/// What to do to reach the targets.
#[derive(Debug, Serialize)]
pub struct Plan {
    /// The indicators behind their targets; that of which the largest share of the target is missing comes first.
    pub items: Vec<PlanItem>,
    /// The region that the targets are set for, where the report is about another one.
    pub set_for: Option<String>,
    /// The axis on which the ways to the targets are drawn.
    pub axis: Vec<Tick>,
    /// The units nearest to having everything.
    pub near: Option<Near>,
}

/// The gap of one indicator.
#[derive(Debug, Serialize)]
pub struct PlanItem {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// `up`, `down` or `none`.
    pub direction: &'static str,
    /// Its value; its share is that of the whole.
    pub value: Figure,
    /// Its target.
    pub target: String,
    /// The period of the target.
    pub period: String,
    /// The period inside a sentence.
    pub within: String,
    /// Whether the period of the target is now or has passed; then the target was missed, and no step leads to it.
    pub lapsed: bool,
    /// The position of the target on the axis, 0 to 1.
    pub target_share: f64,
    /// The gap, in the printed unit.
    pub gap: String,
    /// The share of the target that is missing; `None` for a target of nothing.
    pub missing_share: Option<String>,
    /// How many units are missing.
    pub units: Number,
    /// How many units are missing, with their noun.
    pub units_phrase: String,
    /// The way to the targets ahead.
    pub steps: Vec<PlanStep>,
    /// The regions below in which most of it lies.
    pub places: Vec<PlanPlace>,
    /// How many more regions have a part of the gap.
    pub places_more: Number,
}

/// What must be reached by a period when the way is even.
#[derive(Clone, Debug, Serialize)]
pub struct PlanStep {
    /// The period.
    pub period: String,
    /// `set` for a target of the specifications, `computed` for what lies on the way to one.
    pub origin: &'static str,
    /// The value to be reached by then.
    pub target: String,
    /// The position of this value on the axis, 0 to 1.
    pub share: f64,
    /// How many units more than now (fewer, where less is better).
    pub units: Number,
    /// The units with their sign.
    pub signed: String,
    /// Their noun.
    pub unit: String,
    /// The units with their sign and noun; empty where nothing is missing.
    pub gap: String,
    /// Whether nothing is missing.
    pub reached: bool,
}

/// A region with a part of the gap.
#[derive(Debug, Serialize)]
pub struct PlanPlace {
    /// Its name.
    pub region: String,
    /// How many units are missing there.
    pub units: Number,
}

/// Units that have everything that the indicators ask about, or all but one thing.
#[derive(Debug, Serialize)]
pub struct Near {
    /// How many units were looked at.
    pub of: Number,
    /// How many units were looked at, with their noun.
    pub of_phrase: String,
    /// The forms of their noun, by CLDR category.
    pub unit: BTreeMap<&'static str, String>,
    /// How many things are looked at.
    pub conditions: Number,
    /// How many units have all.
    pub ready: Number,
    /// How many lack one.
    pub one: Number,
    /// The units that lack one thing, by what they lack; the largest group comes first.
    pub groups: Vec<NearGroup>,
}

/// Units that lack the same thing.
#[derive(Debug, Serialize)]
pub struct NearGroup {
    /// The indicator's number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// How many.
    pub count: Number,
    /// How many, with their noun.
    pub count_phrase: String,
    /// The names of the first of them, where the programme allows names.
    pub names: Vec<String>,
    /// How many more there are.
    pub more: Number,
}
