//! Keys that should tell units apart and do not: the same key twice, or two keys that a reader takes for one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::submission::Submission;
use crate::dataset::{Data, Interpretation, Table, Typed, spelt};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Rule};
use crate::letters::look;
use crate::period::PeriodIndex;
use crate::spec::{DatasetIndex, FieldIndex, FieldKind, Specs};

/// The keys of a register by how they look, and by their digits without leading zeros.
#[derive(Default)]
struct Alike<'a>(HashMap<String, Vec<&'a Vec<String>>>);

impl<'a> Alike<'a> {
    fn new(keys: &'a HashSet<Vec<String>>) -> Self {
        let mut alike = Self::default();
        for key in keys {
            for form in [look(&key.join(", ")), digits(key)] {
                alike.0.entry(form).or_default().push(key);
            }
        }
        alike
    }

    /// The key of the register that is meant by a key spelt differently; `None` where several are, or none is.
    fn meant(&self, key: &[String]) -> Option<&'a Vec<String>> {
        let only = |text: String| match self.0.get(&text).map(Vec::as_slice) {
            Some([key]) => Some(*key),
            _ => None,
        };
        only(look(&key.join(", "))).or_else(|| only(digits(key)))
    }
}

/// A key whose numbers have lost their leading zeros, marked so that it equals no look of a key; other texts stay as they are.
fn digits(key: &[String]) -> String {
    let bare = |text: &String| match text.trim_start_matches('0') {
        "" if !text.is_empty() => "0".to_owned(),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.to_owned(),
        _ => text.clone(),
    };
    format!("digits {}", key.iter().map(bare).collect::<Vec<_>>().join(", "))
}

/// Replaces a key that is spelt differently from the register's (letters of another script or case, lost zeros) by the register's, where
/// only one can be meant, and reports it.
pub fn recognise(specs: &Specs, periods: &[PeriodIndex], submissions: &mut [Submission]) {
    let mut registers: HashMap<(PeriodIndex, DatasetIndex), HashSet<Vec<String>>> = HashMap::new();
    let key_of = |index: DatasetIndex, cells: &[Typed]| -> Option<Vec<String>> {
        let dataset = specs.dataset(index);
        let key: Vec<String> = dataset.key.iter().map(|&field| spelt(specs, dataset, field, &cells[field.0])).collect();
        key.iter().all(|answer| !answer.is_empty()).then_some(key)
    };
    let is_register = |index: &DatasetIndex| specs.datasets.iter().any(|dataset| dataset.expected == Some(*index));
    for (period, submission) in periods.iter().zip(submissions.iter()) {
        for (index, row) in submission.rows.iter().filter(|(index, _)| is_register(index)) {
            registers.entry((*period, *index)).or_default().extend(key_of(*index, &row.cells));
        }
    }
    let mut alike: HashMap<(PeriodIndex, DatasetIndex), Alike<'_>> = HashMap::new();
    for (period, submission) in periods.iter().zip(submissions.iter_mut()) {
        let Submission { rows, interpretations, .. } = submission;
        for (index, row) in rows {
            let dataset = specs.dataset(*index);
            let Some(place) = dataset.expected.map(|register| (*period, register)) else { continue };
            let Some(known) = registers.get(&place) else { continue };
            let Some(key) = key_of(*index, &row.cells).filter(|key| !known.contains(key)) else { continue };
            let Some(meant) = alike.entry(place).or_insert_with(|| Alike::new(known)).meant(&key) else { continue };
            let differing = dataset.key.iter().zip(&key).zip(meant).filter(|((_, own), meant)| own != meant);
            let differing: Vec<(FieldIndex, &String, &String)> =
                differing.map(|((field, own), meant)| (*field, own, meant)).collect();
            let is_text = |field: FieldIndex| matches!(dataset.field(field).kind, FieldKind::Code | FieldKind::Text);
            if !differing.iter().all(|(field, _, _)| is_text(*field)) {
                continue;
            }
            for (field, own, meant) in differing {
                let to = format!("`{meant}`, as the register writes it");
                interpretations.push(Interpretation::new(row.place.cell(field), own.as_str(), to));
                row.cells[field.0] = Typed::Text(Ok(meant.as_str().into()));
            }
        }
    }
}

/// Reports units that report twice in a period.
pub fn duplicates(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex, diagnostics: &mut Vec<Diagnostic>) {
    let dataset = specs.dataset(index);
    let table = data.table(period, index);
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    for row in as_they_came(table) {
        let key = table.key(specs, dataset, row);
        // A blank key has a finding of its own.
        if key.iter().any(String::is_empty) {
            continue;
        }
        if let Some(&first) = seen.get(&key) {
            let concern = concern(specs, data, (period, index), (first, row));
            let fields: Vec<&str> = dataset.key.iter().map(|&field| dataset.field(field).id.as_str()).collect();
            let (title, key) = (table.title(specs, dataset, row), key.join(", "));
            let unit = if title == key { format!("`{key}`") } else { format!("`{title}` ({key})") };
            let message = format!("{unit} stands here a second time in `{}`", specs.period(period).id);
            let first = table.place(first);
            // Only somebody who knows can say which of two files came later; the rows of one file came together.
            let (kind, way_out) = if dataset.corrections.is_some() && first.file != table.place(row).file {
                let way_out = "remove one of them, or write into `inputs/received.csv` which file came later";
                (CauseKind::DuplicateAcrossFiles, way_out)
            } else {
                (CauseKind::DuplicateRow, "remove one of them")
            };
            let shown = first.shown_beside(table.place(row));
            let facts = vec![("unit", table.named(specs, dataset, row)), ("first", Fact::elsewhere(shown, &first.file))];
            let hint =
                format!("the first row with the same {} is {}; {way_out}", crate::diagnostic::list(&fields), first.place());
            diagnostics.push(
                Diagnostic::new(Rule::DuplicateRow, table.place(row).place(), message)
                    .hint(hint)
                    .because(kind, facts)
                    .concerning(concern),
            );
        } else {
            seen.insert(key, row);
        }
    }
}

/// The rows of a table in the order in which they most likely came: a file in a folder of its own comes after the files beside that folder.
fn as_they_came(table: &Table) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..table.len()).collect();
    rows.sort_by_key(|&row| table.place(row).file.as_str().matches('/').count());
    rows
}

/// What a finding about two rows concerns: the regions of both, and the key of the second.
fn concern(specs: &Specs, data: &Data, (period, index): (PeriodIndex, DatasetIndex), (first, row): (usize, usize)) -> Concern {
    let (dataset, table) = (specs.dataset(index), data.table(period, index));
    let code = |row: usize| -> Arc<str> { specs.hierarchy.region(table.region(row)).code.as_str().into() };
    let mut regions = vec![code(first), code(row)];
    regions.dedup();
    Concern {
        regions: regions.into(),
        period: Some(specs.period(period).id.as_str().into()),
        dataset: Some(dataset.id.shared()),
        unit: Some(table.key(specs, dataset, row).join(", ").into()),
        fields: dataset.ids(&dataset.key),
    }
}

/// Reports two keys that look alike: they are one unit, or one of them is mistyped. Keys that the register lists are different units.
pub fn alike(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex, diagnostics: &mut Vec<Diagnostic>) {
    let dataset = specs.dataset(index);
    let table = data.table(period, index);
    let keys: Vec<Vec<String>> = (0..table.len()).map(|row| table.key(specs, dataset, row)).collect();
    let registered: HashSet<Vec<String>> = dataset.expected.map_or_else(HashSet::new, |register| {
        let (table, dataset) = (data.table(period, register), specs.dataset(register));
        (0..table.len()).map(|row| table.key(specs, dataset, row)).collect()
    });
    let mut forms: HashMap<String, usize> = HashMap::new();
    let mut seen: HashSet<&[String]> = HashSet::new();
    // A repeated key is left out: it has a finding of its own.
    let is_new = |row: &usize| !keys[*row].iter().all(String::is_empty) && seen.insert(&keys[*row]);
    for row in as_they_came(table).into_iter().filter(is_new) {
        // Two numbers that differ by leading zeros are different units when their regions differ.
        let by_digits = format!("{} in {}", digits(&keys[row]), table.region(row).0);
        let earlier = [look(&keys[row].join(", ")), by_digits].map(|form| *forms.entry(form).or_insert(row));
        let are_known = |other: usize| registered.contains(&keys[other]) && registered.contains(&keys[row]);
        let Some(first) = earlier.into_iter().find(|&other| other != row && !are_known(other)) else { continue };
        let [own, other] = [row, first].map(|row| keys[row].join(", "));
        let first_place = table.place(first);
        let message = format!("`{own}` looks like `{other}`, the key of another row");
        let facts = vec![
            ("found", Fact::Text(own)),
            ("first", Fact::elsewhere(first_place.shown_beside(table.place(row)), &first_place.file)),
        ];
        diagnostics.push(
            Diagnostic::new(Rule::DoubtfulKey, table.place(row).place(), message)
                .hint(format!("the other one is {}; if they are one unit, write both alike and keep one", first_place.place()))
                .because(CauseKind::KeysAlike, facts)
                .concerning(concern(specs, data, (period, index), (first, row))),
        );
    }
}
