//! Counts of persons in words: of what they are, of which group, and where.

use crate::compute::sums::Which;
use crate::language::Language;
use crate::protect::{About, Count, Protected, What};
use crate::spec::{Category, Field, FieldKind, Indicator, Specs};

/// The words for the counts of a period in a language.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub specs: &'a Specs,
    pub protected: &'a Protected,
    pub language: &'a Language,
}

impl<'a> Names<'a> {
    pub fn label(&self, key: &str) -> String {
        self.language.labels[key].clone()
    }

    /// Of what a count is: `Numerator`.
    pub fn part(&self, what: What) -> String {
        let label = |key: &str| self.label(key);
        match what {
            What::Sum(indicator, which) => self.which(self.specs.indicator(indicator), which),
            What::Remainder(_) => label("disclosure_remainder"),
            What::Left(indicator, part) => {
                let part = self.which(self.specs.indicator(indicator), Which::Part(part));
                format!("{}: {part}", label("disclosure_left"))
            }
            What::Rest(_) => label("disclosure_rest"),
            What::Common(..) => label("disclosure_common"),
        }
    }

    /// The field that persons are grouped by, and the group; `None` for everybody.
    pub fn group(&self, count: Count) -> Option<(&'a str, String)> {
        let name = self.protected.system.quantities.groups.name(self.about(count).group)?;
        let (field, value) = self.category(&name)?;
        let code = &self.language.code;
        let group = value.map_or_else(|| self.label("not_stated"), |value| value.name.get(code).to_owned());
        Some((field.name.get(code), group))
    }

    /// The name of a count's region, with the words that tell whether those within it are left out.
    pub fn region(&self, count: Count) -> String {
        let About { region, own, .. } = self.about(count);
        let name = self.specs.hierarchy.region(region).name.get(&self.language.code);
        if own { format!("{name} ({})", self.label("disclosure_own")) } else { name.to_owned() }
    }

    /// A count in one line: `2.1, Numerator, Ownership: Private, 10 North`.
    pub fn count(&self, count: Count) -> String {
        let About { what, region, .. } = self.about(count);
        let id = self.specs.indicator(what.indicator()).id.to_string();
        let group = self.group(count).map(|(field, group)| format!("{field}: {group}"));
        let code = &self.specs.hierarchy.region(region).code;
        let words = [Some(id), Some(self.part(what)), group, Some(format!("{code} {}", self.region(count)))];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    pub fn about(&self, count: Count) -> About {
        self.protected.system.counts[count].about
    }

    /// A sum of an indicator.
    pub fn which(&self, indicator: &Indicator, which: Which) -> String {
        match which {
            Which::Numerator => self.label("numerator"),
            Which::Denominator => self.label("denominator"),
            Which::Part(part) => indicator.parts[part].name.get(&self.language.code).to_owned(),
        }
    }

    /// The field and the value of `field=value`; without a value for those who did not state it.
    fn category(&self, name: &str) -> Option<(&'a Field, Option<&'a Category>)> {
        let (id, value) = name.split_once('=')?;
        self.specs.datasets.iter().find_map(|dataset| {
            let field = dataset.field(dataset.find(id)?);
            let FieldKind::Category(values) = &field.kind else { return None };
            let known = values.iter().find(|known| *known.id == *value);
            (known.is_some() || value.is_empty()).then_some((field, known))
        })
    }
}
