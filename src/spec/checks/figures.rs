//! What a kind that looks at figures of regions may ask while its keys are resolved.

use crate::diagnostic::{FileName, Span};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::IndicatorIndex;
use crate::value::Ratio;
use crate::yaml::{List, Spanned};

/// A figure as it was published.
#[derive(Clone, Debug)]
pub struct PublishedFigure {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// One of its groups: the position of the breakdown, and the value of its category; the whole population when `None`.
    pub group: Option<(usize, u16)>,
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

    /// Two indicators of one unit; `None` when there are others, or not two, which is reported.
    fn pair(&mut self, names: &List<Spanned<String>>) -> Option<(IndicatorIndex, IndicatorIndex)>;

    /// A number; `None` when it is none, which is reported.
    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio>;
}
