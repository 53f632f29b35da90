//! What is wrong with one cell, before its field and its place are known.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diagnostic::{Cause, CauseKind, Diagnostic, Fact, Facts, Place, Rule};
use crate::spec::{Dataset, Field};

/// What is wrong with a cell; `{}` in the message stands for the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub rule: Rule,
    pub message: String,
    pub hint: Option<Cow<'static, str>>,
    pub cause: Cause,
}

impl Fault {
    /// `kind` and `facts` are what a language needs to word the fault; [`Fault::at`] adds the facts about the field.
    pub fn new(rule: Rule, kind: CauseKind, facts: Facts, message: String) -> Self {
        Self { rule, message, hint: None, cause: Cause { kind, facts } }
    }

    /// The finding at a place; `name` is what the message calls the cell's field.
    pub fn at(self, place: Place, dataset: &Dataset, field: &Field, name: &str) -> Diagnostic {
        let mut facts = self.cause.facts;
        facts.reserve_exact(1);
        facts.push(("field", dataset.fact_of(field)));
        let message = self.message.replace("{}", name);
        Diagnostic::new(self.rule, place, message).maybe_hint(self.hint).because(self.cause.kind, facts)
    }

    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The codes of the regions that the fault names.
    pub fn regions(&self) -> impl Iterator<Item = &Arc<str>> {
        self.cause.regions()
    }
}

/// What stands in the cell, as a fact.
pub fn found(text: &str) -> Facts {
    vec![("found", Fact::Text(text.to_owned()))]
}
