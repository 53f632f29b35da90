//! Units that came again under another key: the later row names the key that it replaces, or no other unit can be meant.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::register::{Register, RowIndex};
use crate::dataset::{Typed, spelt};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Rule};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Corrections, DatasetIndex};

/// A row that tells of one unit, with what is needed to find the unit again.
struct Unit {
    row: RowIndex,
    key: Option<Vec<String>>,
    /// Its region and its name.
    name: Option<(RegionIndex, String)>,
}

impl Unit {
    fn new(register: &Register<'_>, row: RowIndex) -> Self {
        Self { row, key: register.key(row), name: name(register, row) }
    }
}

/// The rows of a period by the day on which they came; `None` is before all days.
type Days = BTreeMap<Option<jiff::civil::Date>, Vec<Unit>>;

/// The key under which the unit of an earlier row came again, for each such row. Doubtful cases go to `found`, with the position of the
/// submission that they are about.
pub fn of(register: &Register<'_>, found: &mut Vec<(usize, Diagnostic)>) -> HashMap<RowIndex, Vec<String>> {
    let mut identities = HashMap::new();
    for ((period, dataset), days) in by_row(register) {
        let replaces = |row: &RowIndex| register.row(*row).replaces.is_some();
        if days.len() == 1 && !days.values().flatten().any(replaces) {
            continue;
        }
        let units = |rows: Vec<RowIndex>| rows.into_par_iter().map(|row| Unit::new(register, row)).collect();
        let days: Days = days.into_iter().map(|(day, rows)| (day, units(rows))).collect();
        told(register, &days, &mut identities, found);
        if days.len() > 1 {
            let registered = registered(register, period, dataset);
            unnamed(&days, &mut identities);
            changed(register, &days, &registered, &mut identities, found);
        }
    }
    identities
}

/// The rows that may be corrected one by one.
fn by_row(register: &Register<'_>) -> BTreeMap<(PeriodIndex, DatasetIndex), BTreeMap<Option<jiff::civil::Date>, Vec<RowIndex>>> {
    let mut all: BTreeMap<_, BTreeMap<_, Vec<RowIndex>>> = BTreeMap::new();
    for (position, (submission, arrival)) in register.submissions.iter().zip(register.arrivals).enumerate() {
        for (number, (index, _)) in submission.rows.iter().enumerate() {
            if register.specs.dataset(*index).corrections == Some(Corrections::Row) && register.datasets.contains(index) {
                let days = all.entry((arrival.period, *index)).or_default();
                days.entry(arrival.day).or_default().push((position, number));
            }
        }
    }
    all
}

/// The region and the name of a row. Names are compared as everywhere: capitals, blanks and signs do not count, nor do differences between
/// letters that look alike.
fn name(register: &Register<'_>, index: RowIndex) -> Option<(RegionIndex, String)> {
    let row = register.row(index);
    let title = register.specs.dataset(register.dataset(index)).title?;
    let name = match &row.cells[title.0] {
        Typed::Text(Ok(text)) => register.specs.programme.names.plain(text).into_iter().next(),
        Typed::Text(Err(_)) | Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => None,
    };
    row.region.zip(name)
}

/// The keys of all units in the register of a dataset.
fn registered(register: &Register<'_>, period: PeriodIndex, index: DatasetIndex) -> HashSet<Vec<String>> {
    let Some(expected) = register.specs.dataset(index).expected else { return HashSet::new() };
    let dataset = register.specs.dataset(expected);
    let submissions = register.submissions.iter().zip(register.arrivals).filter(|(_, arrival)| arrival.period == period);
    let rows = submissions.flat_map(|(submission, _)| &submission.rows).filter(|(index, _)| *index == expected);
    let key = |cells: &[Typed]| dataset.key.iter().map(|&field| spelt(register.specs, dataset, field, &cells[field.0])).collect();
    rows.map(|(_, row)| key(&row.cells)).collect()
}

/// Takes up the rows that name the key that they replace. It goes from the last day to the first, so that a key corrected twice leads to
/// the last one.
fn told(
    register: &Register<'_>,
    days: &Days,
    identities: &mut HashMap<RowIndex, Vec<String>>,
    found: &mut Vec<(usize, Diagnostic)>,
) {
    if !days.values().flatten().any(|unit| register.row(unit.row).replaces.is_some()) {
        return;
    }
    let mut keys: HashMap<String, Vec<(Option<jiff::civil::Date>, RowIndex)>> = HashMap::new();
    for (day, units) in days {
        for unit in units {
            keys.entry(unit.key.as_ref().map(|key| key.join(", ")).unwrap_or_default()).or_default().push((*day, unit.row));
        }
    }
    let of_key = |key: &str, unit: &Unit| -> Vec<(Option<jiff::civil::Date>, RowIndex)> {
        let rows = keys.get(key).into_iter().flatten();
        rows.filter(|(_, row)| register.office_of(*row) == register.office_of(unit.row)).copied().collect()
    };
    let mut taken: HashMap<RowIndex, RowIndex> = HashMap::new();
    for (day, units) in days.iter().rev() {
        for unit in units {
            let Some(replaced) = &register.row(unit.row).replaces else { continue };
            let Some(key) = &unit.key else { continue };
            let own = identities.get(&unit.row).unwrap_or(key).clone();
            let says_so = |row: RowIndex| register.row(row).replaces.as_ref() == Some(replaced);
            let rows = of_key(replaced, unit);
            let earlier: Vec<RowIndex> = rows.iter().filter(|(before, _)| before < day).map(|(_, row)| *row).collect();
            // A replaced key must not come again, two rows must not replace one, and the later key must not have been another unit's.
            let came_again = rows.iter().find(|(other, row)| other >= day && *row != unit.row);
            let is_other = |row: &&RowIndex| identities.get(*row).is_some_and(|other| *other != own);
            let rival = earlier.iter().filter(is_other).find_map(|row| taken.get(row));
            let own_rows = of_key(&key.join(", "), unit);
            let was_there = own_rows.iter().find(|(before, row)| before < day && !says_so(*row));
            let doubt = came_again.map(|(_, row)| Doubt::CameAgain(*row));
            let doubt = doubt.or(rival.map(|row| Doubt::Rival(*row))).or(was_there.map(|(_, row)| Doubt::WasThere(*row)));
            if earlier.is_empty() {
                found.push((unit.row.0, nothing_to_replace(register, unit.row, replaced)));
            } else if let Some(doubt) = doubt {
                found.push((unit.row.0, unclear(register, unit.row, (replaced, &earlier), doubt)));
            }
            for row in earlier {
                identities.entry(row).or_insert_with(|| own.clone());
                taken.entry(row).or_insert(unit.row);
            }
        }
    }
}

/// Why a replacement is unclear, with the row that makes it unclear.
#[derive(Clone, Copy, Debug)]
enum Doubt {
    /// The replaced key came again.
    CameAgain(RowIndex),
    /// Another row replaces the same one.
    Rival(RowIndex),
    /// The key of the later row came before, as another unit's.
    WasThere(RowIndex),
}

/// The days and rows of the units with a name in a region.
type Named<'a> = HashMap<&'a (RegionIndex, String), Vec<(Option<jiff::civil::Date>, &'a Unit)>>;

fn named(days: &Days) -> Named<'_> {
    let mut named: Named<'_> = HashMap::new();
    for (day, units) in days {
        for unit in units {
            if let Some(name) = &unit.name {
                named.entry(name).or_default().push((*day, unit));
            }
        }
    }
    named
}

/// Gives a row without a key that of the only unit with its name and region that came later. No unit of that name may have come with a key
/// by then, and no second one without: a unit with a key is corrected by its key.
fn unnamed(days: &Days, identities: &mut HashMap<RowIndex, Vec<String>>) {
    for rows in named(days).values() {
        for (day, unit) in rows.iter().filter(|(_, unit)| unit.key.is_none()) {
            let others = rows.iter().filter(|(other, unit)| other == day && unit.key.is_none()).count();
            let came = rows.iter().any(|(other, unit)| other <= day && unit.key.is_some());
            let later: BTreeSet<&Vec<String>> =
                rows.iter().filter(|(other, _)| other > day).filter_map(|(_, unit)| unit.key.as_ref()).collect();
            if let (false, 1, [key]) = (came, others, later.into_iter().collect::<Vec<_>>().as_slice()) {
                identities.insert(unit.row, (*key).clone());
            }
        }
    }
}

/// Finds units that came again with the same region and name under another key. Only the register can tell that both are one unit; without
/// it the case is reported as doubtful.
fn changed(
    register: &Register<'_>,
    days: &Days,
    registered: &HashSet<Vec<String>>,
    identities: &mut HashMap<RowIndex, Vec<String>>,
    found: &mut Vec<(usize, Diagnostic)>,
) {
    let mut lives: HashMap<&Vec<String>, BTreeSet<Option<jiff::civil::Date>>> = HashMap::new();
    for (day, units) in days {
        units.iter().filter_map(|unit| unit.key.as_ref()).for_each(|key| {
            lives.entry(key).or_default().insert(*day);
        });
    }
    for rows in named(days).values() {
        for (day, unit) in rows {
            let Some(key) = &unit.key else { continue };
            let is_open = |unit: &Unit| !identities.contains_key(&unit.row);
            // The earlier key never came again, and the later key is new.
            let is_last = lives[key].last() == Some(day);
            let mut later = rows.iter().filter(|(other, unit)| {
                let is_new = unit.key.as_ref().is_some_and(|key| lives[key].first() == Some(other));
                other > day && is_new && unit.key.as_ref() != Some(key)
            });
            let (Some((_, next)), None) = (later.next(), later.next()) else { continue };
            let Some(new) = &next.key else { continue };
            let says_so = register.row(next.row).replaces.is_some();
            let are_two = registered.contains(key) && registered.contains(new);
            if !is_last || !is_open(unit) || says_so || are_two {
                continue;
            }
            if registered.contains(new) {
                identities.insert(unit.row, new.clone());
            } else {
                found.push((next.row.0, doubtful(register, unit.row, next.row, (&key.join(", "), &new.join(", ")))));
            }
        }
    }
}

fn concern(register: &Register<'_>, rows: &[RowIndex], row: RowIndex, unit: &str) -> Concern {
    Concern { regions: register.regions(rows), unit: Some(unit.into()), ..register.concern(row) }
}

fn nothing_to_replace(register: &Register<'_>, row: RowIndex, replaced: &str) -> Diagnostic {
    let key = register.key(row).unwrap_or_default().join(", ");
    let message = format!("this row takes the place of `{replaced}`, but no earlier row of the office has this key");
    Diagnostic::new(Rule::DoubtfulKey, register.place(row), message)
        .hint("write the key as it stood in the earlier workbook")
        .because(CauseKind::NothingToReplace, vec![("found", Fact::Text(replaced.to_owned()))])
        .concerning(concern(register, &[row], row, &key))
}

fn unclear(register: &Register<'_>, row: RowIndex, (replaced, earlier): (&str, &[RowIndex]), doubt: Doubt) -> Diagnostic {
    let key = register.key(row).unwrap_or_default().join(", ");
    let (kind, other, why) = match doubt {
        Doubt::CameAgain(other) => (CauseKind::ReplacedCameAgain, other, format!("but `{replaced}` came again")),
        Doubt::Rival(other) => (CauseKind::ReplacedTwice, other, "and so does another row".to_owned()),
        Doubt::WasThere(other) => (CauseKind::ReplacingCameBefore, other, format!("but `{key}` came before as another unit")),
    };
    let hint = match doubt {
        Doubt::CameAgain(_) => "a key that is replaced comes no more: take one of the two rows out",
        Doubt::Rival(_) => "let one row take the place of one",
        Doubt::WasThere(_) => "correct the one of the two keys that is mistyped",
    };
    let message = format!("`{key}` takes the place of `{replaced}`, {why}: {}", register.place(other));
    let facts = vec![
        ("found", Fact::Text(key.clone())),
        ("earlier", Fact::Text(replaced.to_owned())),
        (
            "first",
            Fact::elsewhere(register.row(other).place.shown_beside(&register.row(row).place), &register.row(other).place.file),
        ),
    ];
    let rows: Vec<RowIndex> = [row, other].into_iter().chain(earlier.iter().copied()).collect();
    Diagnostic::new(Rule::DoubtfulKey, register.place(row), message)
        .hint(hint)
        .because(kind, facts)
        .concerning(concern(register, &rows, row, &key))
}

fn doubtful(register: &Register<'_>, earlier: RowIndex, row: RowIndex, (old, new): (&str, &str)) -> Diagnostic {
    let (place, shown) = (register.place(earlier), register.row(earlier).place.shown_beside(&register.row(row).place));
    let message = format!("`{new}` has the name and the region of `{old}`, which came before: both count");
    let columns = &register.specs.dataset(register.dataset(row)).replaces;
    let way = match columns.first() {
        Some(header) => format!("if the key was corrected, write `{old}` into the column `{header}`"),
        None => "if the key was corrected, take the earlier row out, or declare `replaces` in the dataset".to_owned(),
    };
    Diagnostic::new(Rule::DoubtfulKey, register.place(row), message)
        .hint(format!("the earlier row is {place}; {way}"))
        .because(
            CauseKind::KeyChanged,
            vec![
                ("found", Fact::Text(new.to_owned())),
                ("earlier", Fact::Text(old.to_owned())),
                ("first", Fact::elsewhere(shown, &register.row(earlier).place.file)),
            ],
        )
        .concerning(concern(register, &[earlier, row], row, new))
}
