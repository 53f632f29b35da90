//! What one unit is to an indicator: whether it counts, or what it adds, and what that says of the unit.

use super::compare::{self, Gap, Status};
use super::evaluate::{Outcome, Side};
use crate::period::PeriodIndex;
use crate::spec::{Direction, Indicator, Thresholds};
use crate::value::{Amount, Ratio};

/// What a unit is to an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It does not belong to the population.
    Outside,
    /// It did not answer what is needed.
    Unanswered,
    /// Rows are counted.
    Counts {
        /// Whether this one counts.
        counts: bool,
        /// Whether that is as it should be; `None` where neither is better.
        right: Option<bool>,
    },
    /// Fields are added up.
    Adds {
        /// What it adds to the numerator.
        numerator: Amount,
        /// What it adds to the denominator.
        denominator: Amount,
        /// The ratio of both; `None` when the denominator is zero.
        value: Option<Ratio>,
    },
}

/// What an indicator says of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The unit has what it should have.
    Met,
    /// The unit lacks it.
    Lacking,
    /// Its value has not reached the target.
    Behind,
    /// The unit did not answer.
    Open {
        /// Whether the indicator tells whether a unit has something.
        asks: bool,
    },
    /// Nothing can be said.
    Silent,
}

/// The role of a unit, from what its row does to both sides.
pub fn role(indicator: &Indicator, outcome: &Outcome) -> Role {
    match (outcome.numerator, outcome.denominator) {
        (Side::Outside | Side::Unanswered, Side::Outside) => Role::Outside,
        (_, Side::Unanswered) | (Side::Unanswered, Side::Adds(_)) => Role::Unanswered,
        (numerator, Side::Adds(1..)) if indicator.counts_rows() => {
            let counts = numerator.amount() > 0;
            Role::Counts { counts, right: right(indicator, counts) }
        }
        (numerator @ (Side::Adds(_) | Side::Outside), denominator) => {
            let (numerator, denominator) = (numerator.amount(), denominator.amount());
            Role::Adds {
                numerator: indicator.numerator.amount(numerator),
                denominator: indicator.denominator.amount(denominator),
                value: indicator.over(numerator, denominator),
            }
        }
    }
}

fn right(indicator: &Indicator, counts: bool) -> Option<bool> {
    match indicator.direction {
        _ if indicator.is_total() => None,
        Direction::Up => Some(counts),
        Direction::Down => Some(!counts),
        Direction::Neutral => None,
    }
}

/// What an indicator says of a unit in a period.
pub fn verdict(indicator: &Indicator, outcome: &Outcome, period: PeriodIndex, thresholds: &Thresholds) -> Verdict {
    // A target of a total is that of a region.
    if indicator.is_total() {
        return Verdict::Silent;
    }
    match role(indicator, outcome) {
        Role::Outside => Verdict::Silent,
        Role::Unanswered => Verdict::Open { asks: indicator.counts_rows() && indicator.direction != Direction::Neutral },
        Role::Counts { right: Some(true), .. } => Verdict::Met,
        Role::Counts { right: Some(false), .. } => Verdict::Lacking,
        Role::Counts { right: None, .. } => Verdict::Silent,
        Role::Adds { value, .. } => {
            let gap = value.zip(indicator.target(period));
            match gap.and_then(|(value, (_, target))| compare::gap(indicator, value, target, thresholds)) {
                Some(Gap { status: Status::Near | Status::Behind, .. }) => Verdict::Behind,
                Some(Gap { status: Status::Reached, .. }) | None => Verdict::Silent,
            }
        }
    }
}
