//! What a kind that looks at figures of regions may ask while its keys are resolved.

use crate::diagnostic::{FileName, Span};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::IndicatorIndex;
use crate::value::Ratio;
use crate::yaml::Spanned;

/// A figure as it was published.
#[derive(Clone, Debug)]
pub struct PublishedFigure {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The region.
    pub region: RegionIndex,
    /// The period.
    pub period: PeriodIndex,
    /// The figure in the printed unit.
    pub value: Ratio,
    /// The difference that is no fault.
    pub tolerance: Ratio,
    /// The file of the series.
    pub file: FileName,
    /// Where the figure stands.
    pub span: Span,
}

/// What is known of the files of series: the loader of the specifications reads them.
pub trait Figures {
    /// The figures of the series with a name; `None` when there is none, which is reported.
    fn series(&mut self, name: &Spanned<String>) -> Option<Vec<PublishedFigure>>;
}
