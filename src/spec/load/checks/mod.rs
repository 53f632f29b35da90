//! `checks/*.yaml`: what every check has in common. The keys of a kind are resolved by the kind itself, in `spec::checks`.

mod series;
mod waivers;

use std::collections::HashMap;

use self::series::SeriesFile;
use super::{Known, Loader};
use crate::diagnostic::{FileName, Rule, Span, did_you_mean_or_list, list};
use crate::language::Localized;
use crate::region::{Hierarchy, LevelIndex, RegionCode, RegionIndex};
use crate::sources::{TextFile, YAML, has_extension};
use crate::spec::checks::format::RawCheck;
use crate::spec::checks::keys::Keys;
use crate::spec::checks::kind::{Facts, Load};
use crate::spec::checks::rows::Rows;
use crate::spec::checks::{Check, CheckSubject, Waiver, general};
use crate::spec::expression::Scope;
use crate::spec::format::RawText;
use crate::spec::{Dataset, DatasetIndex, Indicator};
use crate::value::Ratio;
use crate::yaml::{self, Spanned};

/// What checks and waivers may refer to.
#[derive(Clone, Copy)]
pub struct Targets<'a> {
    pub known: &'a Known<'a>,
    pub indicators: &'a [Indicator],
    /// Whether every indicator could be read: only then is one that is not there a fault.
    pub all_indicators_read: bool,
    /// `None` when the registry of regions is broken.
    pub hierarchy: Option<&'a Hierarchy>,
    /// Whether every region could be read.
    pub all_regions_read: bool,
}

/// The files of series, and the tables beside them.
type Published<'a> = (&'a [SeriesFile<'a>], &'a [&'a TextFile]);

/// A check as it is written, with its file.
type CheckFile<'a> = (&'a FileName, RawCheck);

impl Loader<'_> {
    /// The checks in the order of their files, and the waivers in the order of theirs.
    pub fn checks(&mut self, files: &[TextFile], targets: Targets<'_>) -> (Vec<Check>, Vec<Waiver>) {
        let mut series: Vec<SeriesFile<'_>> = Vec::new();
        let mut tables: Vec<&TextFile> = Vec::new();
        let mut raw: Vec<CheckFile<'_>> = Vec::new();
        let mut whole = true;
        for file in files {
            let Some(inside) = file.name.as_str().strip_prefix("indicator-specs/checks/") else { continue };
            if inside.starts_with("series/") && !has_extension(&file.name, YAML) {
                tables.push(file);
            } else if inside.starts_with("series/") {
                series.extend(yaml::parse(file, self.diagnostics).map(|parsed| (&file.name, parsed.value)));
            } else if let Some(parsed) = yaml::parse(file, self.diagnostics) {
                raw.push((&file.name, parsed.value));
            } else {
                whole = false;
            }
        }
        self.distinct_series(&series);
        self.unused_tables(&series, &tables);
        self.distinct_checks(&raw);
        let checks = raw.iter().filter_map(|(file, raw)| self.at(file).check(raw, (&series, &tables), targets)).collect();
        let names: Vec<&str> = raw.iter().map(|(_, check)| check.head.id.value.as_str()).collect();
        (checks, self.waivers(files, waivers::Rules { checks: &names, whole }, targets))
    }

    fn distinct_checks(&mut self, checks: &[CheckFile<'_>]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (file, raw) in checks {
            let id = raw.head.id.value.as_str();
            let spelt = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            if id.is_empty() || !id.chars().all(spelt) {
                let message = format!("expected a name of small letters, digits and `-`, found `{id}`");
                self.at(file).report(Rule::InvalidSpecification, raw.head.id.span, message).hint =
                    Some("name the check after the fault, such as `more-than-all`".into());
            }
            if Rule::ALL.iter().any(|rule| rule.name() == id) {
                let message = format!("`{id}` is the name of a built-in rule");
                self.at(file).report(Rule::DuplicateName, raw.head.id.span, message).hint =
                    Some("give the check another `id`".into());
            }
            if let Some(first) = seen.insert(id, file) {
                let message = format!("the check `{id}` is declared a second time");
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(file).report(Rule::DuplicateName, raw.head.id.span, message).hint = Some(hint.into());
            }
        }
    }

    fn check(&mut self, raw: &RawCheck, series: Published<'_>, targets: Targets<'_>) -> Option<Check> {
        let head = &raw.head;
        let facts = head.kind.value.facts();
        let message = self.wording(&head.message, &facts);
        let hint = head.hint.as_ref().map(|hint| self.wording(hint, &facts));
        let since = head.since.as_ref().map(|since| self.period(since, targets.known.frame));
        let sound = self.keys(raw, &facts);
        let subject = self.subject(raw, series, targets);
        let check = Check {
            id: head.id.value.as_str().into(),
            severity: head.severity.severity(),
            title: head.title.as_ref().map(|title| self.text(title)),
            message,
            hint,
            since: since.flatten(),
            kind: head.kind.value,
            subject: subject?,
            file: self.file.clone(),
        };
        sound.then_some(check)
    }

    /// What is looked at: of a kind of rows, those of a dataset; of the kind of figures, those of a series.
    fn subject(&mut self, raw: &RawCheck, (series, tables): Published<'_>, targets: Targets<'_>) -> Option<CheckSubject> {
        let (kind, facts) = (&raw.head.kind, raw.head.kind.value.facts());
        let dataset = raw.head.dataset.as_ref().map(|name| self.dataset_named(name, targets.known));
        match (facts.load, dataset) {
            (Load::Figures(load), None) => {
                load(&raw.given, &mut series::Reading { loader: self, series, tables, targets }).map(CheckSubject::Figures)
            }
            (Load::Figures(_), Some(_)) => {
                let message = format!("the kind `{}` takes no dataset", facts.name);
                self.fault(kind.span, message, Some("its indicators tell the dataset".into()))
            }
            (Load::Rows { .. }, None) => {
                self.fault(kind.span, format!("the kind `{}` needs the key `dataset`", facts.name), None)
            }
            (Load::Rows { .. }, Some(None)) => None,
            (Load::Rows { load, filters_register }, Some(Some(dataset))) => {
                let register = targets.known.datasets[dataset.0].expected.filter(|_| filters_register);
                let filter = general::Keys::of(&raw.given).filter;
                let filter = self.condition(filter.as_ref(), register.unwrap_or(dataset), targets.known);
                let kind = load(&raw.given, &mut Resolving { loader: self, dataset, targets, kind: kind.span })?;
                Some(CheckSubject::Rows { dataset, filter, kind: Box::new(kind) })
            }
        }
    }

    fn fault<T>(&mut self, span: Span, message: String, hint: Option<String>) -> Option<T> {
        self.report(Rule::InvalidSpecification, span, message).hint = hint.map(Into::into);
        None
    }

    /// Reports keys that the kind lacks, and keys that it does not have.
    fn keys(&mut self, raw: &RawCheck, facts: &Facts) -> bool {
        let (span, all) = (raw.head.kind.span, facts.all());
        let given: Vec<&str> = raw.given.names().collect();
        let lacking: Vec<&str> = facts.needed.iter().copied().filter(|key| !given.contains(key)).collect();
        let strange: Vec<&str> = given.into_iter().filter(|key| !all.contains(key)).collect();
        for key in &strange {
            let hint = did_you_mean_or_list(key, all.iter().copied());
            self.fault::<()>(span, format!("the kind `{}` has no key `{key}`", facts.name), hint);
        }
        if !lacking.is_empty() {
            let (needed, lacking) = (list(facts.needed), list(&lacking));
            let message = format!("the kind `{}` needs the keys {needed}, and lacks {lacking}", facts.name);
            self.fault::<()>(span, message, None);
        }
        lacking.is_empty() && strange.is_empty()
    }

    /// A text whose placeholders are known to the kind.
    fn wording(&mut self, raw: &RawText, facts: &Facts) -> Localized {
        for (_, text) in &raw.value.0 {
            for piece in text.value.split('{').skip(1) {
                match piece.split_once('}') {
                    Some((name, _)) if facts.placeholders.contains(&name) => {}
                    Some((name, _)) => {
                        let hint = did_you_mean_or_list(name, facts.placeholders.iter().copied());
                        let message = format!("the kind `{}` has no placeholder `{{{name}}}`", facts.name);
                        self.report(Rule::UnknownName, text.span, message).hint = hint.map(Into::into);
                    }
                    None => {
                        let message = "expected a placeholder such as `{unit}`, found a `{` that nothing closes";
                        self.report(Rule::InvalidSpecification, text.span, message);
                    }
                }
            }
        }
        self.text(raw)
    }

    /// The region with a code; an unknown one is reported when the registry is whole.
    pub(in crate::spec::load) fn region(&mut self, raw: &Spanned<String>, targets: Targets<'_>) -> Option<RegionIndex> {
        let hierarchy = targets.hierarchy?;
        let region = hierarchy.find(&RegionCode::new(raw.value.as_str()));
        if region.is_none() && targets.all_regions_read {
            self.unknown("region", raw, hierarchy.all().map(|(_, region)| region.code.as_str()));
        }
        region
    }
}

/// The rows of a dataset, for the keys of one check.
struct Resolving<'a, 'b, 'c> {
    loader: &'a mut Loader<'b>,
    dataset: DatasetIndex,
    targets: Targets<'c>,
    /// Where the kind is named.
    kind: Span,
}

impl<'c> Rows<'c> for Resolving<'_, '_, 'c> {
    fn dataset(&self) -> &'c Dataset {
        &self.targets.known.datasets[self.dataset.0]
    }

    fn span(&self) -> Span {
        self.kind
    }

    fn scope(&mut self) -> Scope<'_> {
        self.loader.scope(self.dataset, self.targets.known)
    }

    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio> {
        self.loader.decimal(raw)
    }

    fn level(&mut self, raw: &Spanned<String>) -> Option<LevelIndex> {
        self.loader.level(raw, self.targets.known.frame)
    }

    fn region(&mut self, raw: &Spanned<String>) -> Option<RegionIndex> {
        self.loader.region(raw, self.targets)
    }

    fn distinct(&mut self, what: &str, names: &[Spanned<String>]) {
        self.loader.distinct(what, names);
    }

    fn unknown(&mut self, what: &str, name: &Spanned<String>, known: &[&str]) {
        self.loader.unknown(what, name, known.iter().copied());
    }

    fn report(&mut self, span: Span, message: String, hint: Option<String>) {
        self.loader.fault::<()>(span, message, hint);
    }
}
