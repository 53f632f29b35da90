//! What a kind may ask while its keys are resolved, and what kinds have in common there.

use crate::diagnostic::Span;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::expression::{Condition, RawCondition, Scope, Sum};
use crate::spec::{Dataset, FieldIndex, FieldKind};
use crate::value::Ratio;
use crate::yaml::Spanned;

/// The rows that a check looks at, and what the names in its keys may mean: the loader of the specifications knows it. What is asked
/// for and not there is reported.
pub trait Rows<'a> {
    /// Their dataset.
    fn dataset(&self) -> &'a Dataset;
    /// Where the kind is named: the place of faults that no key alone has.
    fn span(&self) -> Span;
    /// What the fields, sums and conditions of the dataset are resolved against.
    fn scope(&mut self) -> Scope<'_>;
    /// A number with decimals.
    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio>;
    /// The level of regions with a name.
    fn level(&mut self, raw: &Spanned<String>) -> Option<LevelIndex>;
    /// The region with a code.
    fn region(&mut self, raw: &Spanned<String>) -> Option<RegionIndex>;
    /// Reports names that stand twice.
    fn distinct(&mut self, what: &str, names: &[Spanned<String>]);
    /// Reports a name that is none of those known.
    fn unknown(&mut self, what: &str, name: &Spanned<String>, known: &[&str]);
    /// Reports what is wrong otherwise.
    fn report(&mut self, span: Span, message: String, hint: Option<String>);
}

/// A type of fields, as a message names it.
#[derive(Clone, Copy)]
pub struct Wanted {
    name: &'static str,
    fits: fn(&FieldKind) -> bool,
}

impl Wanted {
    /// Any type.
    pub const FIELD: Wanted = Wanted { name: "a field", fits: |_| true };
    /// Counts, and numbers with decimals.
    pub const COUNT: Wanted = Wanted { name: "a count", fits: is_count };
    /// Categories.
    pub const CATEGORY: Wanted = Wanted { name: "a category", fits: |kind| matches!(kind, FieldKind::Category(_)) };
    /// Texts.
    pub const TEXT: Wanted = Wanted { name: "text", fits: is_text };
    /// Texts that stand for a unit.
    pub const IDENTIFIER: Wanted = Wanted { name: "an identifier", fits: is_text };
}

fn is_count(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Count { .. })
}

fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::Code)
}

impl dyn Rows<'_> + '_ {
    /// Reports a fault; gives back nothing.
    pub fn fault<T>(&mut self, span: Span, message: impl Into<String>) -> Option<T> {
        self.report(span, message.into(), None);
        None
    }

    /// A sum of fields.
    pub fn sum(&mut self, raw: Option<&Spanned<String>>) -> Option<Sum> {
        raw.and_then(|raw| self.scope().sum(raw))
    }

    /// A sum of counts, for a kind that judges by what chance makes of whole numbers.
    pub fn sum_of_counts(&mut self, raw: Option<&Spanned<String>>, kind: &str) -> Option<Sum> {
        let raw = raw?;
        let sum = self.sum(Some(raw))?;
        if sum.places == 0 {
            return Some(sum);
        }
        let message = format!("the kind `{kind}` looks at counts, and `{}` has decimals", raw.value);
        let hint =
            "chance has no rule for numbers with decimals; hold them to bounds with `range`, or to the period before with `jump`";
        self.report(raw.span, message, Some(hint.to_owned()));
        None
    }

    /// A condition; one that is left out always holds.
    pub fn condition(&mut self, raw: Option<&RawCondition>) -> Condition {
        raw.map_or_else(Condition::always, |raw| self.scope().condition(raw))
    }

    /// A field of any type.
    pub fn field(&mut self, raw: Option<&Spanned<String>>) -> Option<FieldIndex> {
        raw.and_then(|raw| self.scope().field(&raw.value, raw.span))
    }

    /// Fields of a type; `None` when one of them is of another.
    pub fn fields(&mut self, raw: &[Spanned<String>], wanted: Wanted) -> Option<Vec<FieldIndex>> {
        self.distinct("the field", raw);
        let mut fields = Vec::new();
        for name in raw {
            let field = self.field(Some(name));
            let suits = field.is_none_or(|field| (wanted.fits)(&self.dataset().field(field).kind));
            if !suits {
                let message = format!("expected {}, found the field `{}` of another type", wanted.name, name.value);
                self.fault::<()>(name.span, message);
            }
            fields.push(field.filter(|_| suits));
        }
        fields.into_iter().collect()
    }

    /// A field of a type, or none where none is named; `None` when it is of another.
    pub fn field_of(&mut self, raw: Option<&Spanned<String>>, wanted: Wanted) -> Option<Option<FieldIndex>> {
        self.fields(raw.map_or(&[], std::slice::from_ref), wanted).map(|mut fields| fields.pop())
    }

    /// Counts and numbers with decimals; all of the dataset when none are named.
    pub fn counts(&mut self, raw: &[Spanned<String>]) -> Option<Vec<FieldIndex>> {
        if raw.is_empty() {
            let counts = self.dataset().fields.iter().enumerate().filter(|(_, field)| is_count(&field.kind));
            return Some(counts.map(|(position, _)| FieldIndex(position)).collect());
        }
        self.fields(raw, Wanted::COUNT)
    }

    /// A number of standard deviations; `usual` when left out.
    pub fn cutoff(&mut self, raw: Option<&Spanned<String>>, usual: &str) -> Option<Ratio> {
        let Some(raw) = raw else { return Ratio::parse(usual) };
        let cutoff = self.decimal(raw)?;
        // Beyond a thousand standard deviations nothing is found, and squares would not fit.
        if cutoff <= Ratio::whole(0) || cutoff > Ratio::whole(1000) {
            return self.fault(raw.span, format!("expected a number above 0 and up to 1000, found `{}`", raw.value));
        }
        // Two decimals are enough, and products of them stay small.
        Ratio::new(cutoff.rounded(2), 100)
    }

    /// Reports it when the dataset has no register.
    pub fn expect_register(&mut self) {
        let dataset = self.dataset();
        if dataset.expected.is_none() && dataset.whole {
            let message = format!("the dataset `{}` has no register to compare with", dataset.id);
            self.report(self.span(), message, Some("name it in the dataset as `expected: …`".into()));
        }
    }
}
