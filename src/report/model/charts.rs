//! What charts are drawn from: positions on an axis, and what is printed beside them.

use serde::Serialize;

use super::Figure;

/// Indicators over the periods.
#[derive(Debug, Serialize)]
pub struct Trends {
    /// The periods.
    pub periods: Vec<String>,
    /// The axis that percentages share.
    pub axis: Vec<Tick>,
    /// A panel for each indicator: first the percentages on one axis, then small percentages and the others, each on its own.
    pub panels: Vec<TrendPanel>,
    /// The region of the second line, where there is one.
    pub other: Option<String>,
    /// The indicators of which nothing may be drawn.
    pub left_out: Vec<Undrawn>,
}

/// An indicator that is not drawn.
#[derive(Debug, Serialize)]
pub struct Undrawn {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
}

/// One indicator over the periods.
#[derive(Debug, Serialize)]
pub struct TrendPanel {
    /// Its number and label.
    pub name: String,
    /// The region's values.
    pub values: Vec<Figure>,
    /// The values of the top region; `None` where the report is about the top region.
    pub parent: Option<Vec<Figure>>,
    /// Its own axis, where it is no percentage or its values fill little of the axis of the others; its values stand on that one.
    pub axis: Option<Vec<Tick>>,
    /// The position of zero on it.
    pub zero: f64,
    /// The region's first value and its last one, where these are two.
    pub ends: Option<(TrendPoint, TrendPoint)>,
    /// The same of the top region.
    pub parent_ends: Option<(TrendPoint, TrendPoint)>,
}

/// A chart of regions, the best first, and those without a number last.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// The regions.
    pub rows: Vec<ChartRow>,
    /// The target on the axis.
    pub target_share: Option<f64>,
    /// The value of the region above on the axis.
    pub parent_share: Option<f64>,
    /// That region's name and value.
    pub parent_label: Option<String>,
    /// Ticks.
    pub axis: Vec<Tick>,
    /// The position of zero on the axis: its beginning, unless a value is negative.
    pub zero: f64,
    /// What the regions of this chart are called.
    pub of: String,
    /// The same regions as tiles on a grid; `None` where they have no places on it.
    pub tiles: Option<TileMap>,
}

/// Regions as tiles on a grid.
#[derive(Debug, Serialize)]
pub struct TileMap {
    /// The tiles.
    pub tiles: Vec<Tile>,
    /// The limits of each class, in words, the lowest first; none where neither more nor less is better.
    pub classes: Vec<String>,
}

/// A region on a grid.
#[derive(Debug, Serialize)]
pub struct Tile {
    /// Its code.
    pub code: String,
    /// Its name, short.
    pub label: String,
    /// Its row, from 0.
    pub row: u8,
    /// Its column, from 0.
    pub column: u8,
    /// Its value.
    pub value: Figure,
    /// The value without the sign of its unit, for a small map; the mark where there is none.
    pub digits: String,
    /// The class of its value, from 0; `None` without a value, and where neither more nor less is better.
    pub class: Option<usize>,
    /// Whether it is the region of the report.
    pub this: bool,
}

/// A region on a chart.
#[derive(Debug, Serialize)]
pub struct ChartRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: Figure,
    /// Its value in the period before, on the axis.
    pub previous_share: Option<f64>,
    /// Whether it is the region of the report.
    pub this: bool,
}

/// Wholes and their parts.
#[derive(Debug, Serialize)]
pub struct Composition {
    /// The names of the parts, in the order of the bars; the last name is that of the rest.
    pub parts: Vec<String>,
    /// The region and those above it.
    pub rows: Vec<CompositionRow>,
    /// The regions below, the best first.
    pub below: Vec<CompositionRow>,
}

/// A whole and its parts.
#[derive(Debug, Serialize)]
pub struct CompositionRow {
    /// The region's name.
    pub label: String,
    /// The share of each part in the whole.
    pub parts: Vec<Figure>,
    /// Whether the shares add up to the whole as they are printed; rounded, they may be a little more or less.
    pub adds_up: bool,
    /// The mark where there are no shares.
    pub absent: Option<Figure>,
    /// Whether it is the region of the report.
    pub this: bool,
}

/// A tick of an axis.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    /// Position, 0 to 1.
    pub at: f64,
    /// The text at the tick.
    pub text: String,
}

/// A value in a period.
#[derive(Clone, Debug, Serialize)]
pub struct TrendPoint {
    /// The period's name in files.
    pub period: String,
    /// The value.
    pub value: Figure,
}
