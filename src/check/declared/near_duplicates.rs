//! `near-duplicates`: two rows of a region are alike in name, or in all numbers.
//!
//! Names are compared in small letters without signs. Their numbers must be the same: `No. 12` and `No. 13` are two units.
//! Each name is held against its neighbours in the order of the letters, and in that of the letters read backwards
//! (the sorted neighbourhood of Hernández and Stolfo, 1995), so that many names do not take many times as long.

use std::collections::{BTreeMap, HashMap};

use super::{Scene, plain};
use crate::diagnostic::Diagnostic;
use crate::region::RegionIndex;
use crate::spec::FieldIndex;
use crate::spec::checks::near_duplicates::NearDuplicates;

/// How many neighbours a name is held against; of fewer names every pair is compared.
const NEIGHBOURS: usize = 200;

/// The first row that each row is like.
type Pairs = BTreeMap<usize, usize>;

/// A name's letters, and its row.
type Named = (String, usize);

/// One finding for each row that is like an earlier one.
pub fn check(scene: &Scene<'_>, check: &NearDuplicates, found: &mut Vec<Diagnostic>) {
    let &NearDuplicates { name, distance, ref fields, at_least } = check;
    let mut pairs = Pairs::new();
    if let Some(name) = name {
        alike_in_name(scene, name, distance, &mut pairs);
    }
    if !fields.is_empty() {
        alike_in_numbers(scene, fields, at_least, &mut pairs);
    }
    let concerned: Vec<FieldIndex> = name.into_iter().collect();
    let key = |row: usize| scene.table.key(scene.specs(), scene.dataset, row);
    for (later, earlier) in pairs {
        let specs = scene.specs();
        // Two rows with one key are told as such.
        if key(later) == key(earlier) && !key(later).iter().any(String::is_empty) {
            continue;
        }
        let facts = vec![
            plain("other", scene.table.title(specs, scene.dataset, earlier)),
            plain("other_key", scene.table.key(specs, scene.dataset, earlier).join(", ")),
        ];
        let mut alike = scene.about_row(later, &concerned, facts);
        alike.concern.fields.extend(scene.dataset.ids(fields));
        found.push(alike);
    }
}

fn note(pairs: &mut Pairs, left: usize, right: usize) {
    let (earlier, later) = (left.min(right), left.max(right));
    let first = pairs.entry(later).or_insert(earlier);
    *first = (*first).min(earlier);
}

fn alike_in_name(scene: &Scene<'_>, name: FieldIndex, distance: usize, pairs: &mut Pairs) {
    let mut groups: BTreeMap<(RegionIndex, Vec<String>), Vec<Named>> = BTreeMap::new();
    for row in scene.rows() {
        let Ok(text) = scene.table.text(name, row) else { continue };
        let (letters, numbers) = parts(text);
        groups.entry((scene.table.region(row), numbers)).or_default().push((letters, row));
    }
    for mut names in groups.into_values() {
        neighbours(&mut names, distance, pairs);
        if names.len() > NEIGHBOURS {
            names.iter_mut().for_each(|(letters, _)| *letters = letters.chars().rev().collect());
            neighbours(&mut names, distance, pairs);
        }
    }
}

fn neighbours(names: &mut [Named], distance: usize, pairs: &mut Pairs) {
    names.sort();
    for (position, (letters, row)) in names.iter().enumerate() {
        for (other, other_row) in names[position + 1..].iter().take(NEIGHBOURS) {
            if are_alike(letters, other, distance) {
                note(pairs, *row, *other_row);
            }
        }
    }
}

/// A few letters that differ make another name of a short one.
fn are_alike(left: &str, right: &str, distance: usize) -> bool {
    let (left_count, right_count) = (left.chars().count(), right.chars().count());
    let allowed = distance.min(left_count.min(right_count) / 5);
    left == right || left_count.abs_diff(right_count) <= allowed && strsim::osa_distance(left, right) <= allowed
}

/// The words of a name in small letters, and its numbers.
fn parts(name: &str) -> (String, Vec<String>) {
    let (mut letters, mut numbers) = (String::new(), Vec::new());
    let mut number = String::new();
    for letter in name.chars().flat_map(char::to_lowercase).chain([' ']) {
        if letter.is_numeric() {
            number.push(letter);
            continue;
        }
        if !number.is_empty() {
            numbers.push(std::mem::take(&mut number));
        }
        if letter.is_alphabetic() {
            letters.push(letter);
        } else if !letters.is_empty() && !letters.ends_with(' ') {
            letters.push(' ');
        }
    }
    (letters.trim_end().to_owned(), numbers)
}

fn alike_in_numbers(scene: &Scene<'_>, fields: &[FieldIndex], at_least: usize, pairs: &mut Pairs) {
    let mut first: HashMap<(RegionIndex, Vec<Option<i64>>), usize> = HashMap::new();
    for row in scene.rows() {
        let counts: Vec<Option<i64>> = fields.iter().map(|&field| scene.table.count(field, row).ok()).collect();
        if counts.iter().flatten().filter(|count| **count > 0).count() < at_least.max(1) {
            continue;
        }
        let earlier = *first.entry((scene.table.region(row), counts)).or_insert(row);
        if earlier != row {
            note(pairs, earlier, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_signs_and_numbers_exactly() {
        assert_eq!(parts("  «North-Star» No. 12a "), ("north star no a".into(), vec!["12".to_owned()]));
        assert!(are_alike("northern star", "nothern star", 2));
        assert!(!are_alike("abay", "abai", 2));
        assert!(are_alike("abay", "abay", 2));
    }
}
