//! `agreement`: two indicators tell one figure, and differ.

use super::figures::Figures;
use super::keys::keys;
use super::kind::{FigureKind, Kind};
use crate::spec::IndicatorIndex;
use crate::value::Ratio;
use crate::yaml::{List, Spanned};

keys! {
    /// Two indicators tell one figure, such as a total of two datasets, and differ.
    pub struct Keys {
        /// For `agreement`: the numbers of two indicators.
        indicators: List<Spanned<String>>,
        /// For `agreement`: the difference, in the printed unit, that is no fault; none when left out.
        tolerance: Option<Spanned<String>>,
    }
}

/// Two indicators have the same value.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The indicator that is looked at.
    pub indicator: IndicatorIndex,
    /// The one that it is compared with.
    pub other: IndicatorIndex,
    /// The difference that is no fault, in the printed unit.
    pub tolerance: Ratio,
}

impl Kind for Agreement {
    type Keys = Keys;
    const NAME: &'static str = "agreement";
    const NEEDED: &'static [&'static str] = &["indicators"];
    const PLACEHOLDERS: &'static [&'static str] =
        &["region", "period", "indicator", "other", "value", "expected", "difference", "tolerance"];
}

impl FigureKind for Agreement {
    fn load(keys: Keys, figures: &mut dyn Figures) -> Option<Self> {
        let (indicator, other) = figures.pair(&keys.indicators)?;
        let tolerance = keys.tolerance.as_ref().map_or(Some(Ratio::whole(0)), |tolerance| figures.decimal(tolerance))?;
        Some(Self { indicator, other, tolerance })
    }
}
