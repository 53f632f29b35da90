//! `published-series`: a region's figure differs from a published one.

use super::figures::{Figures, PublishedFigure};
use super::keys::keys;
use super::kind::{FigureKind, Kind};
use crate::yaml::Spanned;

keys! {
    /// A region's figure differs from a published one.
    pub struct Keys {
        /// For `published-series`: the `id` of a file in `checks/series/`.
        series: Option<Spanned<String>>,
    }
}

/// A region's figures are those that were published.
#[derive(Clone, Debug)]
pub struct PublishedSeries {
    /// The published ones.
    pub values: Vec<PublishedFigure>,
}

impl Kind for PublishedSeries {
    type Keys = Keys;
    const NAME: &'static str = "published-series";
    const NEEDED: &'static [&'static str] = &["series"];
    const PLACEHOLDERS: &'static [&'static str] = &["region", "period", "indicator", "value", "expected", "tolerance"];
}

impl FigureKind for PublishedSeries {
    fn load(keys: Keys, figures: &mut dyn Figures) -> Option<Self> {
        figures.series(&keys.series?).map(|values| Self { values })
    }
}
