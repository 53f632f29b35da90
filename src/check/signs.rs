//! `unprintable-sign`: a text holds a sign that documents cannot show, for instance one from a special font of another program.

use std::collections::{BTreeMap, BTreeSet};

use super::{Collected, Subject, concern};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, FileName, Place, Rule};
use crate::period::PeriodIndex;
use crate::sources::Sources;
use crate::spec::{DatasetIndex, FieldIndex, FieldKind};

/// A sign, and the column of a sheet in which it stands.
type Column = (char, PeriodIndex, DatasetIndex, FieldIndex, FileName, String);

/// Checks the texts of cells and the names of files. `unprintable` tells which of some signs documents cannot show. A sign is reported once
/// for each column of a sheet.
pub fn check(
    subject: Subject<'_>,
    sources: &Sources,
    unprintable: impl FnOnce(&BTreeSet<char>) -> BTreeSet<char>,
) -> Vec<Diagnostic> {
    let files: Vec<&FileName> = sources.inputs.values().flatten().map(|file| &file.name).collect();
    let mut is_used = vec![false; char::MAX as usize + 1];
    let mut use_all = |text: &str| text.chars().for_each(|sign| is_used[sign as usize] = true);
    files.iter().for_each(|file| use_all(file.as_str()));
    each_text(subject, &mut |_, _, text, _| use_all(text));
    let used: BTreeSet<char> = ('\0'..=char::MAX).filter(|sign| is_used[*sign as usize]).collect();
    let unprintable = unprintable(&used);
    if unprintable.is_empty() {
        return Vec::new();
    }
    let signs = |text: &str| text.chars().filter(|sign| unprintable.contains(sign)).collect::<BTreeSet<char>>();
    let mut found = Vec::new();
    for file in files {
        found.extend(signs(file.as_str()).into_iter().map(|sign| in_name(file, sign)));
    }
    let mut columns: BTreeMap<Column, (usize, usize)> = BTreeMap::new();
    each_text(subject, &mut |(period, dataset), field, text, row| {
        for sign in signs(text) {
            let place = subject.data.table(period, dataset).place(row);
            let column = (sign, period, dataset, field, place.file.clone(), place.sheet.to_string());
            columns.entry(column).or_insert((row, 0)).1 += 1;
        }
    });
    found.extend(columns.into_iter().map(|(column, (row, count))| in_column(subject, &column, row, count)));
    found
}

/// Calls `each` with every text of a cell and its row.
fn each_text<'a>(subject: Subject<'a>, each: &mut dyn FnMut((PeriodIndex, DatasetIndex), FieldIndex, &'a str, usize)) {
    for Collected { period, index, dataset, table } in subject.tables() {
        for (position, field) in dataset.fields.iter().enumerate() {
            let is_text = match field.kind {
                FieldKind::Code | FieldKind::Text => true,
                FieldKind::Region { .. } | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => false,
            };
            for row in (0..table.len()).filter(|_| is_text) {
                if let Ok(text) = table.text(FieldIndex(position), row) {
                    each((period, index), FieldIndex(position), text, row);
                }
            }
        }
    }
}

/// A sign by its number, since it may be invisible or look like another sign.
fn named(sign: char) -> String {
    format!("U+{:04X}", u32::from(sign))
}

fn in_name(file: &FileName, sign: char) -> Diagnostic {
    let message = format!("the name of this file holds `{}`, a sign that documents cannot show", named(sign));
    Diagnostic::new(Rule::UnprintableSign, Place::File(file.clone()), message)
        .hint("rename the file; until then documents show a replacement")
        .because(CauseKind::UnprintableName, vec![("sign", Fact::Text(named(sign)))])
        .concerning(Concern::default())
}

fn in_column(subject: Subject<'_>, (sign, period, dataset, field, ..): &Column, row: usize, count: usize) -> Diagnostic {
    let declared = subject.specs.dataset(*dataset);
    let table = subject.data.table(*period, *dataset);
    let id = &declared.field(*field).id;
    let cells = if count == 1 { String::new() } else { format!(" in {count} cells of this column") };
    let message = format!("`{id}` holds `{}`{cells}, a sign that documents cannot show", named(*sign));
    let facts = vec![("field", declared.fact(*field)), ("sign", Fact::Text(named(*sign))), ("count", Fact::count(count))];
    let key = table.key(subject.specs, declared, row).join(", ");
    let concern = Concern {
        unit: Some(key.into()),
        fields: vec![id.shared()],
        ..concern(subject.specs, declared, table.region(row), *period)
    };
    Diagnostic::new(Rule::UnprintableSign, table.place(row).cell(*field), message)
        .hint("type it anew without the sign; until then documents show a replacement")
        .because(CauseKind::UnprintableSign, facts)
        .concerning(concern)
}
