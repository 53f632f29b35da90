//! Sentences that the demonstration does not hold: reports are changed until they say them, so that the patterns of these fit too. They are
//! not checked against numbers, since they are true of none.

use esep::report::model::{IndicatorWords, Near, Number, Report, SharedValue};
use esep::value::Amount;

/// The phrase and the kind of a claim, and how a report is changed so that it says this.
pub type Rare = (&'static str, &'static str, fn(&mut Report));

/// All of them.
pub const RARE: &[Rare] = &[
    ("summary_change", "all_better", |report| {
        (report.summary_counts.better, report.summary_counts.worse) = (all(report), number(0))
    }),
    ("summary_change", "all_worse", |report| {
        (report.summary_counts.worse, report.summary_counts.better) = (all(report), number(0))
    }),
    ("summary_targets", "all_reached", |report| targets(report, [12, 12, 0, 0])),
    ("summary_targets", "all_near", |report| targets(report, [12, 0, 12, 0])),
    ("summary_missing", "all", |report| report.summary_counts.missing = all(report)),
    ("highlights", "percentages", |report| report.highlights.others = true),
    ("plan_lead", "uncounted", |report| report.plan.items.truncate(1)),
    ("plan_lead", "all_reached", |report| nothing_missed(report, 12)),
    ("plan_lead", "unset", |report| nothing_missed(report, 0)),
    ("actions_none", "reached", |report| nothing_missed(report, 12)),
    ("actions_none", "uncounted", |report| {
        report.plan.items.clear();
        report.actions.clear();
    }),
    ("actions_none", "unknown", |report| nothing_missed(report, 0)),
    ("near_lead", "nobody", |report| near(report, [0, 0, 0])),
    ("near_lead", "one_ready", |report| near(report, [1, 1, 0])),
    ("near_lead", "one_lacks_one", |report| near(report, [1, 0, 1])),
    ("near_lead", "all_ready", |report| near(report, [9, 9, 0])),
    ("near_lead", "all_lack_one", |report| near(report, [9, 0, 9])),
    ("message", "zero_denominator", |report| each(report, |indicator| indicator.value.missing = Some("zero_denominator"))),
    ("message", "stands", |report| {
        each(report, |indicator| {
            (indicator.change, indicator.target, indicator.parent, indicator.top) = (None, None, None, None)
        });
    }),
    ("about_change", "first", |report| {
        report.front.period.previous = None;
        each(report, |indicator| (indicator.change, indicator.previous) = (None, None));
    }),
    ("about_change", "not_reported", |report| before(report, "not_reported")),
    ("about_change", "not_applicable", |report| before(report, "not_applicable")),
    ("about_change", "zero_denominator", |report| before(report, "zero_denominator")),
    ("about_change", "nothing", |report| each(report, |indicator| (indicator.change, indicator.previous) = (None, None))),
    ("about_target", "exceeded", |report| each(report, |indicator| indicator.direction = "down")),
    ("about_leaders", "equal", |report| {
        each(report, |indicator| indicator.lead.iter_mut().for_each(|lead| lead.equal = true));
    }),
    ("about_leaders", "best_shared", |report| each(report, share)),
];

fn number(n: i64) -> Number {
    Number { n: Amount::whole(n), text: n.to_string() }
}

fn all(report: &Report) -> Number {
    number(report.indicators_count.n.units)
}

/// How many have a target, have reached it, are near it and are behind.
fn targets(report: &mut Report, [aimed, reached, near, behind]: [i64; 4]) {
    let counts = &mut report.summary_counts;
    (counts.with_target, counts.reached) = (number(aimed), number(reached));
    (counts.near, counts.behind) = (number(near), number(behind));
}

fn nothing_missed(report: &mut Report, aimed: i64) {
    targets(report, [aimed, aimed, 0, 0]);
    report.plan.items.clear();
    report.actions.clear();
    report.summary.iter_mut().flat_map(|section| &mut section.rows).for_each(|row| row.status = None);
}

/// How many units answered, have everything, and lack one thing.
fn near(report: &mut Report, [of, ready, one]: [i64; 3]) {
    let near: &mut Near = report.plan.near.as_mut().expect("the demonstration asks units");
    near.of_phrase = near.of_phrase.replacen(&near.of.text, &of.to_string(), 1);
    (near.of, near.ready, near.one) = (number(of), number(ready), number(one));
}

fn each(report: &mut Report, change: impl Fn(&mut IndicatorWords)) {
    report.sections.iter_mut().flat_map(|section| &mut section.indicators).for_each(change);
}

/// There was no value in the period before, for a reason.
fn before(report: &mut Report, reason: &'static str) {
    each(report, |indicator| {
        indicator.change = None;
        indicator.previous.iter_mut().for_each(|previous| previous.missing = Some(reason));
    });
}

/// Many regions have the best value.
fn share(indicator: &mut IndicatorWords) {
    let value = indicator.value.clone();
    indicator.lead.iter_mut().for_each(|lead| lead.best.shared = Some(SharedValue { regions: number(5), value: value.clone() }));
}
