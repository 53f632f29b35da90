//! The rows of one sheet in, typed rows out. Captions give the region to the rows of their block, totals are compared.

mod reader;

mod above;
mod row;
mod totals;

use std::collections::{BTreeSet, HashMap};

use super::cell::Vocabulary;
use super::gazetteer::Lookup;
use super::header::Found;
use super::name;
use super::submission::Submission;
use super::table::{self, Line};
use super::total::Sums;
use crate::dataset::RowFate;
use crate::spec::FieldIndex;
use reader::{Caption, SheetReader, places};

/// Reads the rows below a header.
pub fn read(found: Found<'_>, lookup: &Lookup<'_>, submission: &mut Submission) {
    let specs = found.specs;
    let dataset = &specs.datasets[found.header.dataset.0];
    let (earlier, faults) = (submission.rows.len(), submission.diagnostics.len());
    above::report(found, lookup, submission);
    let layout = table::sort(found, lookup, &mut submission.diagnostics, &mut submission.interpretations);
    let chain = found.chain();
    // Captions give regions to units, but alone they tell no unit from another.
    let of_regions = dataset.key.iter().all(|field| chain.contains(field));
    let is_given = |field: &FieldIndex| layout.captioned && !(of_regions && dataset.key.contains(field));
    let given = chain.iter().copied().filter(is_given).collect::<Vec<_>>();
    let first = found.header.row + 1;
    let is_table = |offset: usize| layout.lines.get(offset - first).is_some_and(|line| matches!(line, Line::Row));
    found.report(&given, lookup, is_table, &mut submission.diagnostics);
    let mut columns = vec![None; dataset.fields.len()];
    for &(field, column) in &found.header.columns {
        columns[field.0] = Some(column);
    }
    let mut reader = SheetReader {
        found,
        dataset,
        places: places(&columns, found.sheet.first_column),
        lookup,
        vocabulary: Vocabulary { words: &specs.programme.words, names: &specs.programme.names },
        chain,
        columns,
        captioned: layout.captioned,
        caption: Caption::default(),
        by_name: name::is_findable(specs, dataset),
        decimals: vec![false; dataset.fields.len()],
        within: HashMap::new(),
        told: Some(BTreeSet::new()),
    };
    reader.decimals = reader.decimal_codes(&layout.lines);
    reader.headers(submission);
    let totals = |line: &Line| matches!(line, Line::Total | Line::Caption { total: true, .. });
    let outer = reader.outer_rows(first, &layout.lines);
    let mut sums = (!outer.is_empty() || layout.lines.iter().any(totals)).then(|| Sums::new(dataset));
    for (offset, line) in (first..).zip(&layout.lines) {
        match line {
            Line::Row => match (outer.get(&offset), &mut sums) {
                (Some(region), Some(sums)) => {
                    submission.balance.rows(RowFate::Total, 1);
                    reader.total(offset, vec![*region], sums);
                }
                (_, sums) => {
                    reader.row(offset, sums.as_mut(), submission);
                    if submission.is_crowded() {
                        reader.concern(&mut submission.diagnostics[faults..]);
                        submission.fold(specs);
                    }
                }
            },
            Line::Blank => {}
            Line::Passed(fate) => submission.balance.rows(*fate, 1),
            Line::Headers(columns) => {
                submission.balance.rows(RowFate::RepeatedHeading, 1);
                reader.move_to(offset, columns, submission);
            }
            Line::UnclearCaption => {
                submission.balance.rows(RowFate::Caption, 1);
                reader.caption = Caption { unclear: true, ..Caption::default() };
                if let Some(sums) = &mut sums {
                    sums.bound();
                }
            }
            Line::Caption { region, total } => {
                submission.balance.rows(RowFate::Caption, 1);
                reader.caption(*region);
                if let Some(sums) = &mut sums {
                    sums.bound();
                    if *total {
                        reader.total(offset, vec![*region], sums);
                    }
                }
            }
            Line::Total => {
                submission.balance.rows(RowFate::Total, 1);
                if let Some(sums) = &mut sums {
                    reader.total(offset, reader.named(offset), sums);
                }
            }
        }
    }
    if let Some(sums) = sums {
        sums.compare(&reader.place(found.header.row, None), dataset, &specs.hierarchy, submission);
    }
    reader.empty(earlier, submission);
    reader.blame(&mut submission.diagnostics[faults..]);
    reader.concern(&mut submission.diagnostics[faults..]);
}
