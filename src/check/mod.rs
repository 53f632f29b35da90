//! Rules over specifications, data and results; findings out. One file a rule.

mod arithmetic;
mod examples;
mod register;
mod zero_denominator;

use crate::compute::Results;
use crate::dataset::Data;
use crate::diagnostic::Diagnostic;
use crate::spec::Specs;

/// What rules look at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// What was reported.
    pub data: &'a Data,
    /// What was computed from it.
    pub results: &'a Results,
}

/// Runs the worked examples of the specifications.
pub fn specifications(specs: &Specs) -> Vec<Diagnostic> {
    examples::check(specs)
}

/// Runs every rule on the data.
pub fn data(subject: Subject<'_>) -> Vec<Diagnostic> {
    [arithmetic::check, register::check, zero_denominator::check].iter().flat_map(|rule| rule(subject)).collect()
}
