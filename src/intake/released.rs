//! What readers already have: the tables of the releases that are out, `published/**/results.csv`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, list_some};
use crate::period::PeriodIndex;
use crate::region::{RegionCode, RegionIndex};
use crate::sources::TextFile;
use crate::spec::{FieldKind, Indicator, IndicatorIndex, Specs};
use crate::value::{Amount, Missing};

/// The sums of a number that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The period of the number, not of the release.
    pub period: PeriodIndex,
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The region.
    pub region: RegionIndex,
    /// The slice as tables name it: `part=id`, `field=value`; empty for the whole population.
    pub slice: String,
    /// The numerator, or the part; `None` where it was not told.
    pub numerator: Option<Amount>,
    /// The denominator; `None` where it was not told.
    pub denominator: Option<Amount>,
    /// Whether what was not told was withheld.
    pub is_withheld: bool,
}

/// The columns that are read; a release has more.
const COLUMNS: [&str; 6] = ["period", "indicator", "region", "slice", "numerator", "denominator"];

/// Every number in the tables of releases. Numbers of what the specifications no longer name are counted in a note; what is no table of
/// a release is an error: what readers know would be taken for a secret.
pub fn read(specs: &Specs, files: &[TextFile], diagnostics: &mut Vec<Diagnostic>) -> Vec<Released> {
    let names = Names::new(specs);
    files.iter().flat_map(|file| table(&names, file, diagnostics)).collect()
}

/// What the specifications name, by its id.
struct Names<'a> {
    specs: &'a Specs,
    periods: HashMap<&'a str, PeriodIndex>,
    indicators: HashMap<&'a str, IndicatorIndex>,
    /// For each indicator, the slices that it may have.
    slices: Vec<HashSet<String>>,
}

impl<'a> Names<'a> {
    fn new(specs: &'a Specs) -> Self {
        let periods = specs.periods().map(|period| (&*specs.period(period).id, period)).collect();
        let indicators = specs.indicators.iter().zip(0..).map(|(indicator, index)| (&*indicator.id, IndicatorIndex(index)));
        let slices = specs.indicators.iter().map(|indicator| slices(specs, indicator)).collect();
        Self { specs, periods, indicators: indicators.collect(), slices }
    }

    fn region(&self, code: &str) -> Option<RegionIndex> {
        self.specs.hierarchy.find(&RegionCode::new(code))
    }
}

/// The names of all slices of an indicator.
fn slices(specs: &Specs, indicator: &Indicator) -> HashSet<String> {
    let parts = indicator.parts.iter().map(|part| format!("part={}", part.id));
    let groups = indicator.breakdowns.iter().flat_map(|&field| {
        let field = specs.dataset(indicator.denominator.dataset).field(field);
        let values = match &field.kind {
            FieldKind::Category(values) => values.iter().map(|value| &*value.id).collect(),
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => {
                Vec::new()
            }
        };
        values.into_iter().chain([""]).map(|value| format!("{}={value}", field.id)).collect::<Vec<_>>()
    });
    parts.chain(groups).chain([String::new()]).collect()
}

fn table(names: &Names<'_>, file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Vec<Released> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.text.as_bytes());
    let head = reader.headers().cloned().unwrap_or_default();
    let places = COLUMNS.map(|column| head.iter().position(|own| own == column));
    let missing: Vec<String> =
        COLUMNS.iter().zip(places).filter(|(_, place)| place.is_none()).map(|(column, _)| (*column).to_owned()).collect();
    if !missing.is_empty() {
        let message = format!("expected the table of a release; it lacks the columns {}", list_some(&missing));
        diagnostics.push(
            Diagnostic::new(Rule::UnrecognisedTable, at(file, 1), message)
                .hint("copy `results.csv` from the release as it is, without opening it"),
        );
        return Vec::new();
    }
    let missing = head.iter().position(|own| own == "missing");
    let mut unknown: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut passed = 0;
    let mut found = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                diagnostics.push(Diagnostic::new(Rule::UnrecognisedTable, at(file, 1), format!("cannot read this: {error}")));
                break;
            }
        };
        let line = record.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        // An apostrophe keeps spreadsheet programs from taking a text for a formula.
        let text = |text: &'_ str| text.strip_prefix('\'').unwrap_or(text).to_owned();
        let [period, indicator, region, slice, numerator, denominator] =
            places.map(|place| text(place.and_then(|place| record.get(place)).unwrap_or_default()));
        let known = (names.periods.get(&*period), names.indicators.get(&*indicator), names.region(&region));
        let has_slice = known.1.is_none_or(|about| names.slices[about.0].contains(&slice));
        let (Some(&of), Some(&about), Some(place), true) = (known.0, known.1, known.2, has_slice) else {
            let lacking = [
                ("period", period, known.0.is_none()),
                ("indicator", indicator, known.1.is_none()),
                ("region", region, known.2.is_none()),
                ("group", slice, !has_slice),
            ];
            for (kind, name, _) in lacking.into_iter().filter(|(_, _, lacks)| *lacks) {
                unknown.entry(kind).or_default().insert(name);
            }
            passed += 1;
            continue;
        };
        let is_withheld = missing.is_some_and(|place| record.get(place) == Some(Missing::Withheld.name()));
        let mut sum = |text: &str| {
            let number = Amount::parse(text);
            if number.is_none() && !text.is_empty() {
                let message = format!("expected a number or nothing, found `{text}`");
                diagnostics.push(Diagnostic::new(Rule::NotANumber, at(file, line), message));
            }
            number
        };
        let (numerator, denominator) = (sum(&numerator), sum(&denominator));
        if is_withheld || numerator.is_some() || denominator.is_some() {
            found.push(Released { period: of, indicator: about, region: place, slice, numerator, denominator, is_withheld });
        }
    }
    diagnostics.extend((passed > 0).then(|| passed_over(file, passed, &unknown)));
    found
}

fn passed_over(file: &TextFile, count: usize, unknown: &BTreeMap<&str, BTreeSet<String>>) -> Diagnostic {
    let names: Vec<String> =
        unknown.iter().flat_map(|(kind, names)| names.iter().map(move |name| format!("{kind} {name}"))).collect();
    let rows = if count == 1 { "1 row is" } else { &*format!("{count} rows are") };
    let message = format!("{rows} about what the specifications do not name: {}", list_some(&names));
    Diagnostic::new(Rule::PassedOver, Place::File(file.name.clone()), message)
}

fn at(file: &TextFile, line: u32) -> Place {
    let file: FileName = file.name.clone();
    Place::Text { file, span: Span { line, column: 1 } }
}
