//! Every language version of a document carries the same numbers in the same order, but for pairs that grammar turns round: the text is
//! taken from the finished pages.
//!
//! Compared are all numbers of the text, of the tables and charts, and of the texts that stand for charts: values, codes of regions,
//! numbers of documents, tables and indicators, years. Signs of groups and decimals are those of one language before they are
//! compared, a day is year, month and day. Left out are the numbers of pages, in the running foot and in the contents: languages
//! take up more or fewer of them.
//!
//! A few documents of each kind are compared; with `ESEP_ALL=1` every one of the demonstration.

#[path = "support/pdf.rs"]
mod pdf;

use std::path::Path;
use std::sync::Mutex;

use jiff::civil::Date;

use esep::diagnostic::FileName;
use esep::grid::Reader;
use esep::language::{Language, LanguageCode};
use esep::period::PeriodIndex;
use esep::project::{self, Computed, Project};
use esep::protect::{Audience, Published};
use esep::region::{RegionCode, RegionIndex};
use esep::report::model::{Figure, Manuscript, Number, Report, SHEET};
use esep::report::{self, Background, Kind, Material, Order, Selection, reliability, unit};
use esep::sources::TextFile;
use esep::spec::IndicatorIndex;
use esep::threads;
use esep::typeset::{self, Engine, Kit};
use esep::value::Ratio;

struct Shop<'a> {
    computed: &'a Computed,
    published: &'a Published<'a>,
    background: Background<'a>,
    engine: Engine,
    period: PeriodIndex,
}

impl Shop<'_> {
    /// The text of a document, as it stands on its pages.
    fn text(&self, order: &Order) -> String {
        let material = Material::new(self.published, self.period, None);
        let language = &self.computed.languages[&order.language];
        match order.kind {
            Kind::Report => self.set(&report::write(material, &self.background, language, order.region)),
            Kind::Protocol => self.set(&reliability::write(material, &self.background, language, order.region)),
        }
    }

    fn set<M: Manuscript>(&self, manuscript: &M) -> String {
        let issued = self.computed.specs.programme.periods[self.period.0].issued;
        let document = self.engine.typeset(manuscript, "", issued);
        let document = document.unwrap_or_else(|failure| panic!("the shipped templates are right: {:?}", failure.diagnostics));
        pdf::text(document.bytes, &["TOC"])
    }
}

/// A number, and where it stands.
#[derive(Debug)]
struct Found {
    number: String,
    around: String,
}

/// All numbers of a text, in order.
fn numbers(language: &Language, text: &str) -> Vec<Found> {
    let probe = language.decimal(Ratio::whole(1_234_567), 1);
    let group = probe.chars().nth(1).expect("a number of seven digits has groups").to_string();
    let decimal = probe.chars().rev().nth(1).expect("a number with a decimal has a sign for it");
    let mut text = text.split([' ', '\n', '\t', '\u{a0}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    // A sign of another font parts a number into pieces.
    for parted in [format!(" {group} "), format!(" {group}"), format!("{group} ")] {
        if group.trim().is_empty() {
            text = text.replace(&parted, &group);
        }
    }
    // Backwards: the fifth of a month is found within its fifteenth.
    let mut day = Date::constant(2031, 12, 31);
    while day.year() > 2019 {
        let printed = language.date(day).replace('\u{a0}', " ");
        if text.contains(&printed) {
            text = text.replace(&printed, &format!("{} {} {}", day.year(), day.month(), day.day()));
        }
        day = day.yesterday().expect("the calendar goes back");
    }
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut number = String::new();
        number.extend(start.checked_sub(1).map(|before| letters[before]).filter(|sign| matches!(sign, '−' | '+')));
        while let Some(&letter) = letters.get(at) {
            let digit_follows = letters.get(at + 1).is_some_and(char::is_ascii_digit);
            match letter {
                '0'..='9' => number.push(letter),
                _ if digit_follows && letter.to_string() == group => {}
                // `1.1` is the number of an indicator in every language.
                _ if digit_follows && (letter == decimal || letter == '.') => number.push('.'),
                _ => break,
            }
            at += 1;
        }
        let around = letters[start.saturating_sub(60)..letters.len().min(at + 30)].iter().collect();
        found.push(Found { number, around });
    }
    found
}

/// The first difference in words. Two numbers in a row may change places: "22 ұйымның 18-і" is "18 of 22 organisations".
fn difference(left: (&Language, &[Found]), right: (&Language, &[Found])) -> Option<String> {
    let one =
        |found: Option<&Found>| found.map_or_else(|| "nothing more".to_owned(), |at| format!("{} in “{}”", at.number, at.around));
    let number = |all: &[Found], at: usize| all.get(at).map(|found| found.number.clone());
    let same = |one: usize, other: usize| number(left.1, one) == number(right.1, other);
    let mut place = 0;
    while place < left.1.len().max(right.1.len()) {
        place += match (same(place, place), same(place, place + 1) && same(place + 1, place)) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => break,
        };
    }
    if place >= left.1.len().max(right.1.len()) {
        return None;
    }
    let (first, second) = (one(left.1.get(place)), one(right.1.get(place)));
    Some(format!("number {}:\n  {}: {first}\n  {}: {second}", place + 1, left.0.code, right.0.code))
}

/// A template that prints the phrases of every indicator and nothing else, each as a paragraph.
const SENTENCES: &str = r#"#import "/parts.typ": *
#show: report
#heading(level: 1)[{{ labels.summary }}]
{% include "phrases/summary_change" %} {% include "phrases/summary_targets" %} {% include "phrases/summary_missing" %}

{% include "phrases/coverage_lead" %}

{% include "phrases/opening_data" %}
{% for action in actions %}
{% include "phrases/action" %}

{% endfor %}
{% if ranges %}{% include "phrases/ranges_notes" %}{% endif %}

{% include "phrases/matrix_notes" %}
{% for section in sections %}{% for indicator in section.indicators %}
{% for phrase in ["message", "narrative", "caution", "about_data"] %}
{% include "phrases/" ~ phrase %}{% if phrase == "message" %}.{% endif %}

{% endfor %}
{% endfor %}{% endfor %}
"#;

fn shop<'a>(project: &'a Project, published: &'a Published<'a>) -> Shop<'a> {
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let period = computed.latest().expect("the shipped project has data");
    let specs = &computed.specs;
    let mut faults = Vec::new();
    let mut folders = report::folders(specs, &report::orders(published, period, &Selection::default()), period);
    folders.extend(["sentences".to_owned(), SHEET.to_owned()]);
    let mut templates = project.sources.templates.clone();
    let name = FileName::new("sentences/report.typ.j2");
    templates.insert("sentences/report.typ.j2".to_owned(), TextFile { name, text: SENTENCES.to_owned() });
    let (languages, assets) = (&computed.languages, &project.sources.assets);
    let kit = Kit { languages, templates: &templates, folders: &folders, assets, texts: &[] };
    let engine = typeset::prepare(kit, &mut faults);
    assert!(faults.is_empty(), "the shipped templates are right: {faults:?}");
    let background = Background::new(published, period);
    Shop { computed, published, background, engine, period }
}

/// Regions that differ in what there is to say: the country, the one with most and those with fewest lines, those where values are
/// missing or the denominator small, a city and one named after its head word.
fn regions(shop: &Shop<'_>) -> Vec<RegionIndex> {
    let specs = &shop.computed.specs;
    let hierarchy = &specs.hierarchy;
    let day = specs.programme.periods[shop.period.0].date;
    let all: Vec<RegionIndex> = hierarchy.all().filter(|(_, region)| region.exists_on(day)).map(|(index, _)| index).collect();
    if std::env::var_os("ESEP_ALL").is_some() {
        return all;
    }
    let below = |&region: &RegionIndex| hierarchy.children(region, day).len();
    let largest = *all.iter().filter(|&&region| region != hierarchy.top()).max_by_key(|region| below(region)).expect("regions");
    let missing = |&region: &RegionIndex| {
        let cells = (0..specs.indicators.len())
            .map(|index| shop.published.total(IndicatorIndex(index), shop.period, region).value().is_err());
        cells.filter(|missing| *missing).count()
    };
    let emptiest = *all.iter().filter(|region| below(region) == 0).max_by_key(|region| missing(region)).expect("regions");
    let units = |&region: &RegionIndex| {
        let of = |index| shop.published.total(IndicatorIndex(index), shop.period, region).denominator().units;
        (0..specs.indicators.len()).map(of).sum::<i64>()
    };
    let smallest = *all.iter().filter(|region| below(region) == 0).min_by_key(|region| units(region)).expect("regions");
    let named = ["100000000", "101000000"].map(|code| hierarchy.find(&RegionCode::new(code)).expect("a region of the registry"));
    let mut chosen = vec![hierarchy.top(), largest, emptiest, smallest];
    chosen.extend(named);
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

#[test]
fn every_language_carries_the_same_numbers_in_the_same_order() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let specs = &shop.computed.specs;
    let languages: Vec<&Language> = specs.programme.languages.iter().map(|code| &shop.computed.languages[code]).collect();
    let day = specs.programme.periods[shop.period.0].date;
    let documents: Vec<(RegionIndex, Kind)> = regions(&shop)
        .into_iter()
        .flat_map(|region| [(region, Kind::Report), (region, Kind::Protocol)])
        .filter(|&(region, kind)| kind == Kind::Report || !specs.hierarchy.children(region, day).is_empty())
        .collect();
    let faults = Mutex::new(Vec::new());
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let started = threads::for_each(&documents, jobs, |&(region, kind)| {
        let version = |&language: &&'_ Language| {
            let text = shop.text(&Order { kind, region, language: language.code.clone() });
            numbers(language, &text)
        };
        let versions: Vec<Vec<Found>> = languages.iter().map(version).collect();
        assert!(versions[0].len() > 50, "the pages can be read");
        for (language, found) in languages.iter().zip(&versions).skip(1) {
            if let Some(difference) = difference((languages[0], &versions[0]), (language, found)) {
                let code = &specs.hierarchy.region(region).code;
                faults.lock().expect("nobody panics with the list").push(format!("{code}, {}: {difference}", kind.name()));
            }
        }
    });
    started.expect("threads start");
    let mut faults = faults.into_inner().expect("nobody panics with the list");
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sentences_carry_the_same_numbers_and_are_sound() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let specs = &shop.computed.specs;
    let languages: Vec<&Language> = specs.programme.languages.iter().map(|code| &shop.computed.languages[code]).collect();
    let faults = Mutex::new(Vec::new());
    let report = |fault: String| faults.lock().expect("nobody panics with the list").push(fault);
    let day = specs.programme.periods[shop.period.0].date;
    // One in five, and all in which a value is missing: these have sentences of their own.
    let all = Selection::default().regions_on(&specs.hierarchy, day);
    let missing = |region: RegionIndex| {
        let cell = |index| shop.published.total(IndicatorIndex(index), shop.period, region);
        (0..specs.indicators.len()).any(|index| cell(index).value().is_err())
    };
    let chosen = all.into_iter().enumerate().filter(|&(position, region)| position % 5 == 0 || missing(region));
    let regions: Vec<RegionIndex> = chosen.map(|(_, region)| region).collect();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let started = threads::for_each(&regions, jobs, |&region| {
        let code = &specs.hierarchy.region(region).code;
        let versions = languages.iter().map(|&language| {
            let material = Material::new(shop.published, shop.period, None);
            let mut report = report::write(material, &shop.background, language, region);
            report.folder = "sentences".to_owned();
            (language, shop.set(&report))
        });
        let versions: Vec<(&Language, String)> = versions.collect();
        for (language, text) in &versions {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // What is left of a phrase when a part of it is missing.
            for smell in [" ,", " .", " ;", ",,", ";.", "..", "()", "( ", " )", "none", "undefined", "{", "\\"] {
                if let Some(at) = text.find(smell) {
                    let around: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
                    report(format!("{code}, {}: `{smell}` after “{around}”", language.code));
                }
            }
        }
        let first = numbers(versions[0].0, &versions[0].1);
        for (language, text) in &versions[1..] {
            if let Some(difference) = difference((versions[0].0, &first), (language, &numbers(language, text))) {
                report(format!("{code}: {difference}"));
            }
        }
    });
    started.expect("threads start");
    let faults = faults.into_inner().expect("nobody panics with the list");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_reason_for_absence_has_its_sentence() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let Computed { specs, languages, .. } = shop.computed;
    let region = specs.hierarchy.find(&RegionCode::new("101000000")).expect("a region of the registry");
    for code in &specs.programme.languages {
        let language = &languages[code];
        let missing = |reason: &'static str, figure: &Figure| Figure { missing: Some(reason), share: None, ..figure.clone() };
        let material = Material::new(shop.published, shop.period, None);
        for reason in ["not_applicable", "not_reported", "not_answered", "zero_denominator", "withheld", "unreliable"] {
            let mut report = report::write(material, &shop.background, language, region);
            report.folder = "sentences".to_owned();
            let indicators = report.sections.iter_mut().flat_map(|section| &mut section.indicators);
            // Every other one has lost its value, the others that of the period before.
            for (position, indicator) in indicators.enumerate() {
                indicator.change = None;
                if position % 2 == 0 {
                    indicator.value = missing(reason, &indicator.value);
                    indicator.target = None;
                } else {
                    indicator.previous = indicator.previous.as_ref().map(|previous| missing(reason, previous));
                }
            }
            let text = shop.set(&report);
            let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for smell in [" ,", " .", ";.", "..", "none", "undefined", "{"] {
                assert!(!told.contains(smell), "{code}, {reason}: `{smell}` in {told}");
            }
            let label = |key: &str| language.labels[key].as_str();
            let count = |text: &str| told.matches(text).count();
            if ["not_answered", "unreliable"].contains(&reason) {
                let (short, long) = (label(&format!("missing_{reason}")), label(&format!("missing_{reason}_long")));
                assert!(count(&format!(": {short}")) >= 7, "{code}, {reason}: a title each: {told}");
                assert_eq!(count(&format!(": {long}.")), 14, "{code}, {reason}: a sentence each, now or before: {told}");
            }
            if reason == "withheld" {
                let smallest = report.sections[0].indicators[0].smallest.replace('\u{a0}', " ");
                let long = label("missing_withheld_long");
                assert!(count(&smallest) >= 2, "{code}: the limit is told with its noun: {told}");
                assert_eq!(count(&format!(": {long}.")), 7, "{code}: a sentence each of the period before: {told}");
            }
        }
    }
}

#[test]
fn an_unknown_case_is_a_fault_of_the_template() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let specs = &shop.computed.specs;
    let mut templates = project.sources.templates.clone();
    let name = FileName::new("report-templates/faulty/report.typ.j2");
    let text = "#set text(lang: \"en\")\n{{ region.name|case(\"vocative\") }}\n".to_owned();
    templates.insert("faulty/report.typ.j2".to_owned(), TextFile { name, text });
    let folders = ["faulty".to_owned()].into();
    let languages = &shop.computed.languages;
    let kit = Kit { languages, templates: &templates, folders: &folders, assets: &[], texts: &[] };
    let engine = typeset::prepare(kit, &mut Vec::new());
    let material = Material::new(shop.published, shop.period, None);
    for (code, known) in [("kk", "ablative, accusative, attributive"), ("en", "ablative, accusative, dative")] {
        let language = &shop.computed.languages[&LanguageCode::new(code)];
        let mut report = report::write(material, &shop.background, language, specs.hierarchy.top());
        report.folder = "faulty".to_owned();
        let failure = engine.typeset(&report, "", specs.programme.periods[shop.period.0].issued).expect_err("a fault");
        let found: Vec<String> = failure.diagnostics.iter().map(|found| format!("{}: {}", found.place, found.message)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("report-templates/faulty/report.typ.j2:2"), "{found:?}");
        assert!(found[0].contains("the case `vocative` is not known"), "{found:?}");
        assert!(found[0].contains(known), "{found:?}");
    }
}

#[test]
fn the_signs_of_a_language_do_not_count() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let languages = &project.computed.as_ref().expect("the shipped specifications are right").languages;
    let read = |code: &str, text: &str| {
        let language = &languages[&LanguageCode::new(code)];
        numbers(language, text).into_iter().map(|found| found.number).collect::<Vec<_>>().join(" ")
    };
    let expected = "2026 1 15 1.1 12345 −3.2 81.3 2025";
    assert_eq!(read("ru", "15 января 2026 г. 1.1. Всего 12 \u{202f} 345, −3,2 (81,3\u{a0}%), 2025"), expected);
    assert_eq!(read("kk", "2026 жылғы 15 қаңтар 1.1. Барлығы 12\u{202f}345, −3,2 (81,3\u{a0}%), 2025"), expected);
    assert_eq!(read("en", "15 January 2026 1.1. All 12,345, −3.2 (81.3%), 2025"), expected);
}

#[test]
fn sheets_of_units_carry_the_same_numbers_in_every_language() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let Computed { specs, languages, .. } = shop.computed;
    let units = esep::press::sheets::units(&ready.published, Some(shop.period)).expect("the shipped programme names a dataset");
    let material = Material::new(shop.published, shop.period, None);
    let faults = Mutex::new(Vec::new());
    let rows: Vec<usize> = (0..units.len()).step_by(units.len() / 40).collect();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let started = threads::for_each(&rows, jobs, |&row| {
        let versions = specs.programme.languages.iter().map(|code| {
            let language = &languages[code];
            let mut sheet = unit::write(material, &units, language, row);
            // The names of fields have numbers of their own, which languages put in other places.
            sheet.answers.clear();
            (language, numbers(language, &shop.set(&sheet)))
        });
        let versions: Vec<(&Language, Vec<Found>)> = versions.collect();
        for (language, found) in &versions[1..] {
            if let Some(difference) = difference((versions[0].0, &versions[0].1), (language, found)) {
                faults.lock().expect("nobody panics with the list").push(format!("{}: {difference}", units.key(row)));
            }
        }
    });
    started.expect("threads start");
    let faults = faults.into_inner().expect("nobody panics with the list");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn none_one_and_all_are_told_in_words() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let shop = shop(&project, &ready.published);
    let Computed { specs, languages, .. } = shop.computed;
    let region = specs.hierarchy.find(&RegionCode::new("101000000")).expect("a region of the registry");
    let number = |n: i64| Number { n: esep::value::Amount::whole(n), text: n.to_string() };
    let told = |code: &str, change: &dyn Fn(&mut Report)| {
        let language = &languages[&LanguageCode::new(code)];
        let mut report = report::write(Material::new(shop.published, shop.period, None), &shop.background, language, region);
        report.folder = "sentences".to_owned();
        change(&mut report);
        shop.set(&report).split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2060}', "")
    };
    for (expected, answered, kk, ru, en) in [
        (10, 3, "10-ның 3-еуі жауап берді", "Ответили 3 из 10", "3 of 10 answered"),
        (10, 10, "10-ның бәрі жауап берді", "Ответили все 10", "All 10 answered"),
        (10, 0, "10-ның ешқайсысы жауап берген жоқ", "Не ответил никто из 10", "Not one of 10 answered"),
        (1, 1, "үтілген бір жауап алынды", "Единственный ожидавшийся ответ получен", "The one answer expected came"),
    ] {
        for (code, words) in [("kk", kk), ("ru", ru), ("en", en)] {
            let text = told(code, &|report| {
                let coverage = &mut report.sections[0].indicators[0].coverage;
                (coverage.expected, coverage.answered) = (Some(number(expected)), number(answered));
            });
            assert!(text.contains(words), "{code}: `{words}` in {text}");
        }
    }
    for (reached, behind, kk, ru, en) in [
        (
            4,
            9,
            "13 көрсеткіштің 4-еуі оған жетті, 9-ы артта қалды",
            "достигли её 4, отстают 9",
            "4 have reached it, 9 are behind",
        ),
        (0, 13, "13 көрсеткіштің бәрі артта қалды", "Ни один из 13 показателей", "None of the 13 indicators"),
        (13, 0, "13 көрсеткіштің бәрі оған жетті", "(13) достигли её", "All 13 indicators with a target have reached it"),
    ] {
        for (code, words) in [("kk", kk), ("ru", ru), ("en", en)] {
            let text = told(code, &|report| {
                let counts = &mut report.summary_counts;
                (counts.with_target, counts.near) = (number(reached + behind), number(0));
                (counts.reached, counts.behind) = (number(reached), number(behind));
            });
            assert!(text.contains(words), "{code}: `{words}` in {text}");
        }
    }
}
