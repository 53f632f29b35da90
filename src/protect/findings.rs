//! Which findings an audience may be told of. That a check found something in a number of persons tells of that number.

use super::Audience;
use crate::diagnostic::{Diagnostic, Rule};
use crate::spec::checks::Check;
use crate::spec::{Dataset, Specs};

/// Whether an audience may be told that there is a finding.
pub fn may_tell(specs: &Specs, audience: Audience, finding: &Diagnostic) -> bool {
    audience == Audience::Internal || !tells_of_persons(specs, finding)
}

/// Whether a finding was made by looking at counts of persons. One that does not say what it looked at may have looked at any.
fn tells_of_persons(specs: &Specs, finding: &Diagnostic) -> bool {
    if finding.concern.fields.is_empty() {
        return looks_at_counts(specs, finding) && counts_persons(specs);
    }
    let named = finding.concern.dataset.as_deref();
    let datasets = specs.datasets.iter().filter(|dataset| named.is_none_or(|name| *dataset.id == *name));
    let is_sensitive = |dataset: &Dataset| {
        let fields = finding.concern.fields.iter().filter_map(|id| dataset.find(id));
        dataset.sensitive || fields.into_iter().any(|field| dataset.field(field).sensitive)
    };
    // A cell that was left blank holds no count.
    finding.rule != Rule::MissingValue && datasets.into_iter().any(is_sensitive)
}

/// Whether a finding was made by looking at what is counted, rather than at what came.
fn looks_at_counts(specs: &Specs, finding: &Diagnostic) -> bool {
    let named = |check: &&Check| finding.check.as_ref().is_some_and(|id| *id == check.id);
    if let Some(check) = specs.checks.iter().find(named) {
        return check.kind.looks_at_answers();
    }
    matches!(
        finding.rule,
        Rule::ZeroDenominator
            | Rule::TotalDisagrees
            | Rule::NegativeDifference
            | Rule::NumeratorExceedsDenominator
            | Rule::NegativeCount
            | Rule::OutOfRange
            | Rule::InvalidValue
            | Rule::NotANumber
            | Rule::TooManyDecimals
            | Rule::DeclaredCheck
    )
}

/// Whether something in the project counts persons.
fn counts_persons(specs: &Specs) -> bool {
    specs.datasets.iter().any(|dataset| dataset.sensitive || dataset.fields.iter().any(|field| field.sensitive))
}
