//! All indicators over the periods: percentages on one axis, small percentages and everything else on axes of their own.

use super::model::{Chart, Figure, IndicatorWords, SectionWords, Tick, TrendPanel, TrendPoint, Trends, Undrawn};
use super::{Scope, chart};

/// A panel for each indicator of which values may be shown; `None` where there are fewer than two periods.
pub fn words(scope: &Scope<'_>, sections: &[SectionWords]) -> Option<Trends> {
    let all = || sections.iter().flat_map(|section| &section.indicators);
    let drawn: Vec<&IndicatorWords> = all().filter(|indicator| !indicator.trend.is_empty()).collect();
    let may_share = |indicator: &&IndicatorWords| indicator.per == 100 && indicator.chart.zero == 0.0;
    let longest = drawn.iter().copied().filter(may_share).map(|indicator| indicator.axis_end).max_by(f64::total_cmp);
    // A line at the foot of its panel tells nothing: so do percentages that fill less than half of the axis of the others.
    let is_shared =
        |indicator: &&IndicatorWords| may_share(indicator) && longest.is_some_and(|longest| indicator.axis_end * 2.0 >= longest);
    let (shares, others): (Vec<&IndicatorWords>, Vec<&IndicatorWords>) = drawn.iter().partition(|indicator| is_shared(indicator));
    // All indicators have the periods in which the region exists.
    let periods: Vec<String> = drawn.first()?.trend.iter().map(|point| point.period.clone()).collect();
    let widest = shares.iter().max_by(|left, right| left.axis_end.total_cmp(&right.axis_end));
    let end = widest.map_or(1.0, |widest| widest.axis_end);
    let on_one_axis = shares.iter().map(|indicator| panel(indicator, &periods, Some(end)));
    let on_their_own = others.iter().map(|indicator| panel(indicator, &periods, None));
    let panels = on_one_axis.chain(on_their_own).collect();
    let top = scope.material.specs.hierarchy.top();
    let undrawn = |indicator: &IndicatorWords| Undrawn { id: indicator.id.clone(), short: indicator.short.clone() };
    (periods.len() > 1).then(|| Trends {
        axis: widest.map_or_else(Vec::new, |widest| widest.chart.axis.clone()),
        panels,
        other: (scope.region != top).then(|| scope.name(top)),
        left_out: all().filter(|indicator| indicator.trend.is_empty()).map(undrawn).collect(),
        periods,
    })
}

/// The panel of an indicator on a shared axis that ends at `end`, or on its own.
fn panel(indicator: &IndicatorWords, periods: &[String], end: Option<f64>) -> TrendPanel {
    let placed = |points: &[TrendPoint]| -> Vec<Figure> {
        let place = |share: f64| end.map_or(share, |end| chart::rescaled(share, indicator.axis_end, end));
        let figure = |point: &TrendPoint| Figure { share: point.value.share.map(place), ..point.value.clone() };
        // Points are matched by period, since a region may have existed for fewer periods than the one it is compared with.
        let of = |period: &String| points.iter().find(|point| point.period == *period);
        periods.iter().filter_map(of).map(figure).collect()
    };
    let others: Vec<TrendPoint> = indicator.top_trend.iter().filter(|point| periods.contains(&point.period)).cloned().collect();
    TrendPanel {
        name: format!("{}. {}", indicator.id, indicator.short),
        values: placed(&indicator.trend),
        parent: (!others.is_empty()).then(|| placed(&others)),
        axis: end.is_none().then(|| few(&indicator.chart)),
        zero: indicator.chart.zero,
        ends: ends(&indicator.trend),
        parent_ends: ends(&others),
    }
}

/// The first and the last point with a value since the series last broke; `None` where these are not two.
fn ends(points: &[TrendPoint]) -> Option<(TrendPoint, TrendPoint)> {
    let begins = points.iter().rposition(|point| point.value.broken).unwrap_or(0);
    let mut valued = points[begins..].iter().filter(|point| point.value.missing.is_none());
    Some((valued.next()?.clone(), valued.next_back()?.clone()))
}

/// The first and the last tick, which are enough for a panel with an axis of its own, and zero where it stands between them.
fn few(chart: &Chart) -> Vec<Tick> {
    let (ticks, last) = (&chart.axis, chart.axis.len().saturating_sub(1));
    let is_kept = |(position, tick): &(usize, &Tick)| *position == 0 || *position == last || tick.at == chart.zero;
    ticks.iter().enumerate().filter(is_kept).map(|(_, tick)| tick.clone()).collect()
}
