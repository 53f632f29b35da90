//! Folds many findings of one kind into a few and one that counts the others: nobody reads them all, so they are neither printed nor kept.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{CauseKind, Diagnostic, FileName, Rule, Severity};

/// What findings of one kind in a file have in common.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    file: FileName,
    severity: Severity,
    rule: Rule,
    check: Option<Arc<str>>,
    cause: Option<CauseKind>,
    is_waived: bool,
}

impl Kind {
    fn of(found: &Diagnostic) -> Self {
        Self {
            file: found.place.file().clone(),
            severity: found.severity,
            rule: found.rule,
            check: found.check.clone(),
            cause: found.cause.as_ref().map(|cause| cause.kind),
            is_waived: found.waived.is_some(),
        }
    }
}

/// The first `most` findings of each kind of a file, in their order. One more finding for each kind counts the rest, and concerns
/// everything that they concern.
pub fn folded(diagnostics: &[Diagnostic], most: usize) -> Vec<Cow<'_, Diagnostic>> {
    let mut kinds: HashMap<Kind, Shown> = HashMap::new();
    let mut shown: Vec<Cow<'_, Diagnostic>> = Vec::new();
    for found in diagnostics {
        let kind = kinds.entry(Kind::of(found)).or_default();
        kind.count += 1;
        match kind.fold {
            Some(at) => {
                shown[at].to_mut().add(found);
                kind.regions.add(found);
            }
            None if kind.count > most => {
                kind.fold = Some(shown.len());
                kind.regions.add(found);
                shown.push(Cow::Borrowed(found));
            }
            None => shown.push(Cow::Borrowed(found)),
        }
    }
    for kind in kinds.into_values() {
        if let Some(Cow::Owned(fold)) = kind.fold.map(|at| &mut shown[at]) {
            fold.concern.regions = kind.regions.codes.into_iter().cloned().collect();
        }
    }
    shown
}

/// What is shown of a kind.
#[derive(Default)]
struct Shown<'a> {
    count: usize,
    /// The position of the finding that counts the others.
    fold: Option<usize>,
    regions: Union<'a>,
}

/// The regions of several findings, each once.
#[derive(Default)]
struct Union<'a> {
    codes: BTreeSet<&'a Arc<str>>,
    /// The lists of several regions that were added already: many findings share one list.
    lists: HashSet<*const Arc<str>>,
}

impl<'a> Union<'a> {
    fn add(&mut self, found: &'a Diagnostic) {
        let regions = &found.concern.regions;
        if regions.len() == 1 || self.lists.insert(regions.as_ptr()) {
            self.codes.extend(regions.iter());
        }
    }
}

/// What findings have in common that are counted as one when there are too many: everything but place, words and unit.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    kind: Kind,
    dataset: Option<Arc<str>>,
    period: Option<Arc<str>>,
    fields: Vec<Arc<str>>,
    regions: Regions,
}

/// The regions of a finding, compared quickly: lists may be long, and many findings share one.
#[derive(PartialEq, Eq)]
struct Regions(Arc<[Arc<str>]>);

impl Hash for Regions {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.len(), self.0.first(), self.0.last()).hash(state);
    }
}

impl Likeness {
    fn of(found: &Diagnostic) -> Self {
        let concern = &found.concern;
        let regions = Regions(concern.regions.clone());
        let (dataset, period, fields) = (concern.dataset.clone(), concern.period.clone(), concern.fields.clone());
        Self { kind: Kind::of(found), dataset, period, fields, regions }
    }
}

/// Keeps the first `most` findings and those for which `is_kept` holds. The others become one finding for each kind, field and region,
/// which counts them; so no region and no field is lost.
pub fn fold(diagnostics: &mut Vec<Diagnostic>, most: usize, is_kept: impl Fn(&Diagnostic) -> bool) {
    if diagnostics.len() <= most {
        return;
    }
    let mut places: HashMap<Likeness, usize> = HashMap::new();
    for found in diagnostics.split_off(most) {
        if is_kept(&found) {
            diagnostics.push(found);
            continue;
        }
        match places.get(&Likeness::of(&found)) {
            Some(&at) => diagnostics[at].add(&found),
            None => {
                places.insert(Likeness::of(&found), diagnostics.len());
                diagnostics.push(found);
            }
        }
    }
}

impl Diagnostic {
    /// Lets this finding also stand for another one of its kind.
    fn add(&mut self, other: &Diagnostic) {
        self.count += other.count;
        let (own, concern) = (&mut self.concern, &other.concern);
        for (own, other) in
            [(&mut own.period, &concern.period), (&mut own.dataset, &concern.dataset), (&mut own.unit, &concern.unit)]
        {
            if own != other {
                *own = None;
            }
        }
        own.fields.extend(concern.fields.iter().filter(|field| !own.fields.contains(field)).cloned().collect::<Vec<_>>());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Concern, Place};
    use super::*;

    /// A finding about a row of a region.
    fn found(row: u32, region: &str, unit: &str) -> Diagnostic {
        let place = Place::Cell { file: FileName::new("inputs/2025/a.csv"), sheet: "".into(), row, column: None };
        let concern = Concern { regions: [region.into()].into(), unit: Some(unit.into()), ..Concern::default() };
        Diagnostic::new(Rule::MissingValue, place, format!("row {row}")).concerning(concern)
    }

    fn lines(found: &[Diagnostic]) -> Vec<String> {
        found.iter().map(|found| format!("{} {:?} {}", found.told(), found.concern.regions, found.count)).collect()
    }

    #[test]
    fn findings_of_a_kind_beyond_the_first_ones_are_counted_and_lose_no_region() {
        let all: Vec<Diagnostic> = (0..6).map(|row| found(row, ["a", "b", "c"][row as usize % 3], "x")).collect();
        let shown: Vec<Diagnostic> = folded(&all, 2).into_iter().map(Cow::into_owned).collect();
        let last = r#"4 more of this kind in this file; the first of them: row 2 ["a", "b", "c"] 4"#;
        assert_eq!(lines(&shown), [r#"row 0 ["a"] 1"#, r#"row 1 ["b"] 1"#, last]);
        assert_eq!(lines(&folded(&all[..3], 3).into_iter().map(Cow::into_owned).collect::<Vec<_>>()).len(), 3);
    }

    #[test]
    fn what_is_too_much_to_be_kept_is_counted_for_each_region() {
        let mut all: Vec<Diagnostic> = (0..9).map(|row| found(row, ["a", "b"][row as usize % 2], "x")).collect();
        all[5].concern.unit = Some("named".into());
        fold(&mut all, 3, |found| found.concern.unit.as_deref() == Some("named"));
        let counted = |count: usize, row: u32| format!("{count} more of this kind in this file; the first of them: row {row}");
        let expected = [
            r#"row 0 ["a"] 1"#.to_owned(),
            r#"row 1 ["b"] 1"#.to_owned(),
            r#"row 2 ["a"] 1"#.to_owned(),
            format!(r#"{} ["b"] 2"#, counted(2, 3)),
            format!(r#"{} ["a"] 3"#, counted(3, 4)),
            r#"row 5 ["b"] 1"#.to_owned(),
        ];
        assert_eq!(lines(&all), expected);
        let before = lines(&all);
        fold(&mut all, 3, |found| found.concern.unit.as_deref() == Some("named"));
        assert_eq!(lines(&all), before);
    }
}
