//! The numbers of a release as its table tells them, and how two tables differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::digest::sha256;
use crate::value::Ratio;

/// What a number is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The region's code.
    pub region: String,
    /// The indicator's number.
    pub indicator: String,
    /// The slice; empty for the whole population.
    pub slice: String,
}

/// What a table tells of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The value as printed.
    Value,
    /// Why there is none.
    Missing,
    /// The numerator.
    Numerator,
    /// The denominator.
    Denominator,
    /// How many units should report.
    Expected,
    /// How many did.
    Reported,
    /// How many of these answered.
    Answered,
    /// How the value stands to its target.
    Status,
    /// The place among the neighbours.
    Rank,
}

impl Field {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Field::Value,
        Field::Missing,
        Field::Numerator,
        Field::Denominator,
        Field::Expected,
        Field::Reported,
        Field::Answered,
        Field::Status,
        Field::Rank,
    ];

    /// Its column, and its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Field::Value => "value",
            Field::Missing => "missing",
            Field::Numerator => "numerator",
            Field::Denominator => "denominator",
            Field::Expected => "expected",
            Field::Reported => "reported",
            Field::Answered => "answered",
            Field::Status => "status",
            Field::Rank => "rank",
        }
    }
}

/// What is told of a number, in the order of [`Field::ALL`]; empty where nothing is.
type Told = [String; Field::ALL.len()];

/// The numbers of a period, as a table tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    numbers: BTreeMap<Key, Told>,
    /// The fields that the table has a column for.
    has: Vec<Field>,
}

/// A number of which two tables tell different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the number is about.
    pub key: Key,
    /// Whether both tables have it.
    pub kind: Kind,
    /// What differs: the field, what it was, what it is. Nothing stands for what is not told.
    pub fields: Vec<(Field, Option<String>, Option<String>)>,
}

/// Whether a number stands in both tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It does.
    Changed,
    /// It stands in the new one only.
    New,
    /// It stands in the old one only.
    Gone,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Changed => "changed",
            Kind::New => "new",
            Kind::Gone => "gone",
        }
    }
}

/// The columns that say what a number is about.
const ABOUT: [&str; 4] = ["period", "region", "indicator", "slice"];

impl Ledger {
    /// The numbers of a period in a table of a release; `None` where it is no such table.
    pub fn read(csv: &str, period: &str) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
        let head = reader.headers().ok()?.clone();
        let place = |name: &str| head.iter().position(|own| own == name);
        let about = ABOUT.map(place);
        let [Some(of), Some(region), Some(indicator), Some(slice)] = about else { return None };
        let columns = Field::ALL.map(|field| place(field.name()));
        let has = Field::ALL.into_iter().zip(columns).filter(|(_, column)| column.is_some()).map(|(field, _)| field).collect();
        let mut numbers = BTreeMap::new();
        for record in reader.records() {
            let record = record.ok()?;
            let text = |column: usize| plain(record.get(column).unwrap_or_default());
            if text(of) == period {
                let key = Key { region: text(region), indicator: text(indicator), slice: text(slice) };
                numbers.insert(key, columns.map(|column| column.map(text).unwrap_or_default()));
            }
        }
        Some(Self { numbers, has })
    }

    /// The names of the regions in a table, by code.
    pub fn names(csv: &str) -> BTreeMap<String, String> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
        let head = reader.headers().cloned().unwrap_or_default();
        let place = |name: &str| head.iter().position(|own| own == name);
        let (Some(code), Some(name)) = (place("region"), place("region_name")) else { return BTreeMap::new() };
        let text = |record: &csv::StringRecord, column: usize| plain(record.get(column).unwrap_or_default());
        reader.records().flatten().map(|record| (text(&record, code), text(&record, name))).collect()
    }

    /// Whether the table has a number of the period.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// For each indicator, by its number, the SHA-256 of what is told of it in these regions: a line for each number in the order of regions and
    /// slices, with region, indicator, slice and the fields before [`Field::Status`], tabs between. Standing and rank say how the numbers are
    /// to those of others and to a target, so they are not among them.
    pub fn hashes(&self, regions: &BTreeSet<&str>) -> BTreeMap<String, String> {
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for (Key { region, indicator, slice }, told) in &self.numbers {
            if regions.contains(region.as_str()) {
                let own = Field::ALL.iter().zip(told).take_while(|(field, _)| **field != Field::Status).map(|(_, text)| text);
                let line: Vec<&str> = [region, indicator, slice].into_iter().chain(own).map(String::as_str).collect();
                writeln!(texts.entry(indicator).or_default(), "{}", line.join("\t")).expect("memory does not fail");
            }
        }
        texts.into_iter().map(|(indicator, text)| (indicator.to_owned(), sha256(text.as_bytes()))).collect()
    }

    /// How a later table differs, in the order of regions, indicators and slices. What one of the two has no column for is not compared.
    pub fn differences(&self, later: &Self) -> Vec<Difference> {
        let shared: Vec<(usize, Field)> = Field::ALL
            .into_iter()
            .enumerate()
            .filter(|(_, field)| self.has.contains(field) && later.has.contains(field))
            .collect();
        let keys: BTreeSet<&Key> = self.numbers.keys().chain(later.numbers.keys()).collect();
        let told = |side: Option<&Told>, place: usize| side.map(|told| told[place].clone()).filter(|text| !text.is_empty());
        let difference = |key: &Key| {
            let (before, after) = (self.numbers.get(key), later.numbers.get(key));
            let kind = match (before, after) {
                (Some(_), None) => Kind::Gone,
                (None, _) => Kind::New,
                (Some(_), Some(_)) => Kind::Changed,
            };
            let fields = shared.iter().map(|&(place, field)| (field, told(before, place), told(after, place)));
            let fields: Vec<_> = fields.filter(|(_, before, after)| !is_same(before.as_deref(), after.as_deref())).collect();
            (kind != Kind::Changed || !fields.is_empty()).then(|| Difference { key: key.clone(), kind, fields })
        };
        keys.into_iter().filter_map(difference).collect()
    }
}

/// For each region, by its code, the SHA-256 of its lines in a table of a release, as they stand there.
pub fn seals(csv: &str) -> BTreeMap<String, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
    let head = reader.headers().cloned().unwrap_or_default();
    let Some(region) = head.iter().position(|own| own == "region") else { return BTreeMap::new() };
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    let mut start = reader.position().byte() as usize;
    while reader.read_record(&mut record).unwrap_or(false) {
        let end = reader.position().byte() as usize;
        lines.entry(plain(record.get(region).unwrap_or_default())).or_default().push_str(&csv[start..end]);
        start = end;
    }
    lines.into_iter().map(|(region, lines)| (region, sha256(lines.as_bytes()))).collect()
}

/// The text of a cell: an apostrophe keeps spreadsheet programs from taking it for a formula.
fn plain(text: &str) -> String {
    text.strip_prefix('\'').unwrap_or(text).to_owned()
}

/// Whether two cells tell the same: `5` and `5.0` are one number.
fn is_same(before: Option<&str>, after: Option<&str>) -> bool {
    let number = |text: &str| Ratio::parse(text);
    match (before, after) {
        (Some(before), Some(after)) => {
            before == after || number(before).zip(number(after)).is_some_and(|(before, after)| before == after)
        }
        (before, after) => before == after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "period,indicator,region,slice,numerator,denominator,value,missing,rank\n\
        2025,1.1,N,,3,4,75.0,,1\n2025,1.1,S,,1,4,25.0,,2\n2024,1.1,N,,1,4,25.0,,1\n2025,1.2,N,,,,,withheld,\n";

    fn told(old: &str, new: &str) -> Vec<String> {
        let read = |text| Ledger::read(text, "2025").expect("it is a table");
        let line = |difference: Difference| {
            let Difference { key, kind, fields } = difference;
            let of = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(field, before, after)| format!("{} {} {}", field.name(), of(before), of(after)))
                .collect();
            format!("{} {} {}: {}", kind.name(), key.region, key.indicator, fields.join(", "))
        };
        read(old).differences(&read(new)).into_iter().map(line).collect()
    }

    #[test]
    fn a_table_does_not_differ_from_itself() {
        assert_eq!(told(OLD, OLD), Vec::<String>::new());
        assert_eq!(told(OLD, &OLD.replace("75.0", "75")), Vec::<String>::new());
    }

    #[test]
    fn every_change_of_the_period_is_told_and_nothing_else() {
        let new = OLD
            .replace("2025,1.1,S,,1,4,25.0,,2", "2025,1.1,S,,2,4,50.0,,2")
            .replace("2024,1.1,N,,1,4,25.0,,1", "2024,1.1,N,,2,4,50.0,,1")
            .replace("2025,1.2,N,,,,,withheld,", "2025,1.2,N,,5,9,55.6,,");
        let expected = [
            "changed N 1.2: value - 55.6, missing withheld -, numerator - 5, denominator - 9",
            "changed S 1.1: value 25.0 50.0, numerator 1 2",
        ];
        assert_eq!(told(OLD, &new), expected);
    }

    #[test]
    fn numbers_come_and_go_and_columns_that_one_has_not_are_not_compared() {
        let new =
            "period,indicator,region,slice,numerator,denominator,value,missing\n2025,1.1,N,,3,4,75.0,\n2025,1.1,W,,1,2,50.0,\n";
        let told = told(OLD, new);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told[0].starts_with("gone N 1.2") && told[1].starts_with("gone S 1.1") && told[2].starts_with("new W 1.1"),
            "{told:?}"
        );
    }

    #[test]
    fn what_is_no_table_is_told() {
        assert_eq!(Ledger::read("a,b\n1,2\n", "2025"), None);
    }
}
