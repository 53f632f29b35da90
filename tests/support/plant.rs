//! Leaks to be planted into what is made for the public: what is made for internal use has there what is withheld.

use serde_json::{Value, json};

use crate::made::Made;

/// A leak.
pub struct Leak {
    /// What leaks.
    pub kind: &'static str,
    /// Which parts of what is made tell it; `*` stands for any language and any region.
    pub part: &'static str,
    /// Where in them: keys, `*` for every item of a list, `$` for its last; empty for all of it.
    pub place: &'static str,
    /// Whether it is found by comparing what is made with other persons behind what is withheld, and by seeking withheld numbers.
    pub found_by: [bool; 2],
}

impl Leak {
    const fn new(kind: &'static str, part: &'static str, place: &'static str, found_by: [bool; 2]) -> Self {
        Self { kind, part, place, found_by }
    }

    /// What is made for the public, with this leak.
    pub fn plant(&self, public: &Made, internal: &Made) -> Made {
        let place: Vec<&str> = self.place.split('/').filter(|key| !key.is_empty()).collect();
        let mut planted = public.clone();
        for (name, bytes) in internal.iter().filter(|(name, _)| self.is_in(name)) {
            let Some(own) = planted.get_mut(name) else { continue };
            if place.is_empty() {
                own.clone_from(bytes);
                continue;
            }
            let mut told: Value = serde_json::from_slice(own).expect("it is JSON");
            if put(&mut told, &serde_json::from_slice(bytes).expect("it is JSON"), &place) {
                *own = serde_json::to_vec_pretty(&told).expect("it can be written");
            }
        }
        planted
    }

    fn is_in(&self, name: &str) -> bool {
        let is_like = |(pattern, own): (&str, &str)| pattern == "*" || pattern == own;
        self.part.split('/').count() == name.split('/').count() && self.part.split('/').zip(name.split('/')).all(is_like)
    }
}

/// Tells at a place what stands there internally; whether that says anything new.
fn put(told: &mut Value, internal: &Value, place: &[&str]) -> bool {
    let Some((&first, rest)) = place.split_first() else {
        let is_new = told != internal;
        told.clone_from(internal);
        return is_new;
    };
    match internal {
        Value::Array(items) => {
            let begin = if first == "$" { items.len().saturating_sub(1) } else { 0 };
            if !told.is_array() {
                *told = json!([]);
            }
            let told = told.as_array_mut().expect("it is a list");
            told.resize(told.len().max(items.len()), Value::Null);
            (begin..items.len()).fold(false, |is_new, position| put(&mut told[position], &items[position], rest) | is_new)
        }
        Value::Object(fields) => {
            if !told.is_object() {
                *told = json!({});
            }
            fields.get(first).is_some_and(|inner| put(&mut told[first], inner, rest))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

const BY_COMPARING: [bool; 2] = [true, false];
const BY_SEEKING: [bool; 2] = [false, true];
const BY_BOTH: [bool; 2] = [true, true];

/// Leaks of every kind. Numbers that are no counts or values themselves cannot be sought; a text that stands for a picture is made by a
/// template, of the parts that are compared.
pub const LEAKS: [Leak; 26] = [
    Leak::new("a total", "*/*/sections", "*/indicators/*/value/numerator", BY_BOTH),
    Leak::new("a total", "rows.json", "*/numerator", BY_BOTH),
    Leak::new("a total", "results.json", "", BY_BOTH),
    Leak::new("a total", "results.csv", "", BY_BOTH),
    Leak::new("a total", "*/*/workbook.xlsx", "", BY_BOTH),
    Leak::new("a remainder", "*/*/sections", "*/indicators/*/composition/rows/*/parts/$", BY_BOTH),
    Leak::new("a change column", "*/*/summary", "*/rows/*/change", BY_COMPARING),
    Leak::new("a change column", "*/*/sections", "*/indicators/*/below/*/change", BY_COMPARING),
    Leak::new("a change column", "*/*/sections", "*/indicators/*/breakdowns/*/rows/*/change", BY_BOTH),
    Leak::new("a rank", "*/*/summary", "*/rows/*/rank", BY_COMPARING),
    Leak::new("a rank", "*/*/sections", "*/indicators/*/rank", BY_COMPARING),
    Leak::new("a value beside others", "*/*/matrix", "groups/*/rows/*/cells/*/value", BY_BOTH),
    Leak::new("a value by regions and groups", "*/*/crossed", "*/rows/*/values", BY_BOTH),
    Leak::new("a denominator", "*/*/context", "*/own", BY_BOTH),
    Leak::new("an alternative text", "*/*/alternatives", "*", BY_SEEKING),
    Leak::new("an earlier period", "*/*/summary", "*/rows/*/trend", BY_BOTH),
    Leak::new("an earlier period", "*/*/sections", "*/indicators/*/previous", BY_BOTH),
    Leak::new("an earlier period", "*/*/sections", "*/indicators/*/chart/rows/*/previous_share", BY_BOTH),
    Leak::new("an earlier period", "*/*/trends", "panels/*/values", BY_BOTH),
    Leak::new("the other language", "ru/*/sections", "", BY_BOTH),
    Leak::new("the other language", "ru/*/workbook.xlsx", "", BY_BOTH),
    Leak::new("what is covered", "*/*/coverage", "rows/*/coverage", BY_COMPARING),
    Leak::new("what is covered", "*/*/coverage_below", "*/cells/*/reported", BY_COMPARING),
    Leak::new("what is covered", "rows.json", "*/reported", BY_COMPARING),
    Leak::new("a plan in units", "*/*/plan", "items/*/units", BY_COMPARING),
    Leak::new("a plan in units", "*/*/sections", "*/indicators/*/target/units", BY_COMPARING),
];
