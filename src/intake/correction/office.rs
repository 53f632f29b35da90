//! Corrections by office: which office's list a submission is, and which units such a list drops.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::register::{self, Register, Replacement, RowIndex};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Rule, list_some};
use crate::region::RegionIndex;

impl Register<'_> {
    /// What the rows of an office that came on one day replace of the rows `before`, which counted until then. In the office's own list
    /// they replace all of them; in the list of another office each row replaces only its own unit. Rows that replace nothing are returned
    /// too, with an empty `before`.
    pub(super) fn by_office(
        &self,
        office: RegionIndex,
        before: &[RowIndex],
        after: &[RowIndex],
        found: &mut Vec<(usize, Diagnostic)>,
    ) -> Vec<Replacement> {
        let submissions: BTreeSet<usize> = after.iter().map(|(submission, _)| *submission).collect();
        let is_list = |&submission: &usize| self.lies_mostly_in(submission, office, after);
        let is_whole = submissions.iter().any(is_list);
        if is_whole || submissions.iter().any(|&submission| self.has_most_of(submission, before, after)) {
            found.extend(self.taken_away(before, after));
            return vec![Replacement { before: before.to_vec(), after: after.to_vec(), is_whole }];
        }
        found.extend(submissions.iter().filter_map(|&submission| self.no_list(submission, office, (before, after))));
        let mut units: BTreeMap<Vec<String>, Vec<RowIndex>> = BTreeMap::new();
        for &row in after {
            if let Some(key) = self.key(row) {
                units.entry(key).or_default().push(row);
            }
        }
        let replaced = |key: &Vec<String>| before.iter().filter(|&&row| self.key(row).as_ref() == Some(key)).copied().collect();
        units.into_iter().map(|(key, after)| Replacement { before: replaced(&key), after, is_whole }).collect()
    }

    /// Whether more than half of a submission's rows lie in an office; only rows of the dataset of `after` count.
    fn lies_mostly_in(&self, submission: usize, office: RegionIndex, after: &[RowIndex]) -> bool {
        let Some(dataset) = after.first().map(|&row| self.dataset(row)) else { return false };
        let rows = self.submissions[submission].rows.iter().filter(|(index, _)| *index == dataset);
        let offices = rows.filter_map(|(_, row)| row.region.map(|region| register::office(&self.specs.hierarchy, region)));
        let (own, all) = offices.fold((0, 0), |(own, all), other| (own + usize::from(other == office), all + 1));
        own * 2 > all
    }

    /// Whether a submission has more than half of an office's units again, as a list of several offices does.
    fn has_most_of(&self, submission: usize, before: &[RowIndex], after: &[RowIndex]) -> bool {
        let rows = after.iter().filter(|(position, _)| *position == submission);
        let brought: HashSet<Vec<String>> = rows.filter_map(|&row| self.key(row)).collect();
        let again = before.iter().filter(|&&row| self.key(row).is_some_and(|key| brought.contains(&key))).count();
        again * 2 > before.len()
    }

    /// The finding that a submission's rows of an office are not taken for the office's list. A unit that nobody reported there before most
    /// likely belongs to another office: one mistyped region is enough.
    fn no_list(
        &self,
        submission: usize,
        office: RegionIndex,
        (before, after): (&[RowIndex], &[RowIndex]),
    ) -> Option<(usize, Diagnostic)> {
        let rows: Vec<RowIndex> = after.iter().filter(|(position, _)| *position == submission).copied().collect();
        let &first = rows.first().filter(|_| !before.is_empty())?;
        let new = self.without(&rows, before);
        let code = &self.specs.hierarchy.region(office).code;
        if !new.is_empty() {
            let names: Vec<String> = new.iter().map(|&row| self.title(row)).collect();
            let message = format!("this file is no list of `{code}`, and brings what no list of it had: {}", list_some(&names));
            let facts = vec![("regions", Fact::Regions(vec![code.as_str().into()])), ("units", Fact::Text(names.join(", ")))];
            let finding = Diagnostic::new(Rule::TakenAway, self.place(new[0]), message)
                .hint("correct the region, or send the whole list of that office in a file of its own; a waiver lets it through")
                .because(CauseKind::StrayRow, facts)
                .concerning(Concern { regions: self.regions(&new), ..self.concern(new[0]) });
            return Some((submission, finding));
        }
        let (count, take, unit) = if rows.len() == 1 { ("1 row", "takes", "unit") } else { ("rows", "take", "units") };
        let message = format!(
            "the {count} of `{code}` in this file {take} the place of the same {unit} only: most of `{code}` does not stand here"
        );
        let concern = Concern { regions: self.regions(&rows), ..self.concern(first) };
        let finding = Diagnostic::new(Rule::Superseded, self.place(first), message)
            .hint("look whether the region is right; a whole list of that office belongs into a file of its own")
            .because(CauseKind::NoListOfOffice, vec![("regions", Fact::Regions(vec![code.as_str().into()]))])
            .concerning(concern);
        Some((submission, finding))
    }

    /// Reports regions from which a list takes away more units than it brings: some units are lacking, or have a mistyped region.
    fn taken_away(&self, before: &[RowIndex], after: &[RowIndex]) -> Vec<(usize, Diagnostic)> {
        let mut regions: BTreeMap<RegionIndex, (Vec<RowIndex>, usize)> = BTreeMap::new();
        for row in self.without(before, after) {
            if let Some(region) = self.row(row).region {
                regions.entry(region).or_default().0.push(row);
            }
        }
        for row in self.without(after, before) {
            if let Some(region) = self.row(row).region {
                regions.entry(region).or_default().1 += 1;
            }
        }
        let fewer = regions.iter().filter(|(_, (gone, brought))| gone.len() > *brought);
        fewer.filter_map(|(&region, (gone, brought))| self.fewer(region, (gone, *brought), after)).collect()
    }

    /// The rows whose unit has no row among the others. A row without a key is a unit of its own.
    fn without(&self, rows: &[RowIndex], others: &[RowIndex]) -> Vec<RowIndex> {
        let known: HashSet<Vec<String>> = others.iter().filter_map(|&row| self.key(row)).collect();
        rows.iter().filter(|&&row| self.key(row).is_none_or(|key| !known.contains(&key))).copied().collect()
    }

    fn fewer(
        &self,
        region: RegionIndex,
        (gone, brought): (&[RowIndex], usize),
        after: &[RowIndex],
    ) -> Option<(usize, Diagnostic)> {
        let first = *after.iter().find(|&&row| self.row(row).region == Some(region)).or(after.first())?;
        let code: Arc<str> = self.specs.hierarchy.region(region).code.as_str().into();
        let count = |count: usize| match count {
            0 => "none".to_owned(),
            1 => "1 row".to_owned(),
            more => format!("{more} rows"),
        };
        let names: Vec<String> = gone.iter().map(|&row| self.title(row)).collect();
        let (taken, are) = (count(gone.len()), if gone.len() == 1 { "is" } else { "are" });
        let (brings, units) = (count(brought), list_some(&names));
        let message = format!("this correction takes {taken} of `{code}` away and brings {brings}: {units} {are} gone");
        let concerned: Vec<RowIndex> = gone.iter().copied().chain(self.elsewhere(gone, after)).collect();
        let facts = vec![
            ("regions", Fact::Regions(vec![code])),
            ("gone", Fact::count(gone.len())),
            ("brought", Fact::count(brought)),
            ("units", Fact::Text(names.join(", "))),
        ];
        let finding = Diagnostic::new(Rule::TakenAway, self.place(first), message)
            .hint("correct the region of these rows, or have the whole list of the office sent again; a waiver lets it through")
            .because(CauseKind::TakenAway, facts)
            .concerning(Concern { regions: self.regions(&concerned), ..self.concern(first) });
        Some((first.0, finding))
    }

    /// The rows of the units `gone` that stand anywhere in the later submissions: their regions may be mistyped.
    fn elsewhere(&self, gone: &[RowIndex], after: &[RowIndex]) -> Vec<RowIndex> {
        let keys: HashSet<Vec<String>> = gone.iter().filter_map(|&row| self.key(row)).collect();
        let submissions: BTreeSet<usize> = after.iter().map(|(submission, _)| *submission).collect();
        let dataset = gone.first().map(|&row| self.dataset(row));
        let rows = submissions.into_iter().flat_map(|position| {
            let rows = self.submissions[position].rows.iter().enumerate();
            rows.filter(|(_, (index, _))| Some(*index) == dataset).map(move |(number, _)| (position, number))
        });
        rows.filter(|&row| self.key(row).is_some_and(|key| keys.contains(&key))).collect()
    }
}
