//! The list of sentences with their conditions: it is made of all that reports and pages write, and has words for every condition and value in
//! every language that comes with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use esep::diagnostic::FileName;
use esep::language::{self, Language, LanguageCode, sentences};
use esep::sources::TextFile;

const CODES: [&str; 3] = ["en", "kk", "ru"];

/// The language files that come with the program, by path.
fn house() -> BTreeMap<String, TextFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates");
    let file = |code: &str| {
        let path = format!("languages/{code}.yaml");
        let text = std::fs::read_to_string(folder.join(&path)).expect("a language file");
        let name = FileName::new(format!("report-templates/{path}"));
        (path, TextFile { name, text })
    };
    CODES.into_iter().map(file).collect()
}

/// The languages of some files, and what is told of them; `lenders` are those of the house.
fn read(
    files: &BTreeMap<String, TextFile>,
    lenders: &BTreeMap<String, TextFile>,
) -> (BTreeMap<LanguageCode, Language>, Vec<String>) {
    let mut faults = Vec::new();
    let codes = CODES.map(LanguageCode::new);
    let languages = language::load(&codes, sentences::LABELS, (files, lenders), [], &mut faults);
    (languages, faults.into_iter().map(|found| found.message).collect())
}

/// The languages that come with the program.
fn languages() -> BTreeMap<LanguageCode, Language> {
    let (languages, faults) = read(&house(), &BTreeMap::new());
    assert!(faults.is_empty(), "{faults:?}");
    languages
}

#[test]
fn every_condition_and_value_has_words() {
    let outlines = languages().into_iter().map(|(code, language)| (code, sentences::outline(&language).unworded));
    let unworded: Vec<_> = outlines.filter(|(_, unworded)| !unworded.is_empty()).collect();
    assert!(unworded.is_empty(), "add words to `conditions` and `slots`: {unworded:#?}");
}

/// The phrases that a text includes.
fn included(text: &str) -> BTreeSet<&str> {
    text.split("include \"phrases/").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn all_that_reports_and_pages_write_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates");
    let mut written = BTreeSet::new();
    for part in ["local", "regional", "national", "parts", "site"] {
        for file in std::fs::read_dir(folder.join(part)).expect("a folder of templates") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|ending| ending == "j2") {
                let text = std::fs::read_to_string(path).expect("a template");
                written.extend(included(&text).into_iter().map(str::to_owned));
            }
        }
    }
    // Names of tables and charts, words for those who do not see a chart, the protocol of the data, and the list itself.
    let aside = |name: &str| {
        ["_caption", "_alt", "_title"].iter().any(|ending| name.ends_with(ending))
            || ["visits_lead", "visit_reason", "timeliness_lead", "sentences_lead"].contains(&name)
    };
    for (code, language) in languages() {
        let mut told: BTreeSet<&str> = language.listed().collect();
        loop {
            let within = told.iter().filter_map(|name| language.phrases.get(*name)).flat_map(|phrase| included(&phrase.text));
            let more: BTreeSet<&str> = within.filter(|name| !told.contains(name)).collect();
            if more.is_empty() {
                break;
            }
            told.extend(more);
        }
        // One that only joins others is told with them.
        let is_told =
            |name: &str| told.contains(name) || included(&language.phrases[name].text).iter().any(|inner| told.contains(inner));
        let missing: Vec<&String> = written.iter().filter(|name| !aside(name) && !is_told(name)).collect();
        assert!(missing.is_empty(), "{code}: add to `sentences`: {missing:?}");
        let absent: Vec<&str> = told.into_iter().filter(|name| !language.phrases.contains_key(*name)).collect();
        assert!(absent.is_empty(), "{code}: no such phrases: {absent:?}");
    }
}

#[test]
fn a_language_file_without_these_words_takes_those_of_the_house() {
    let house = house();
    let mut files = house.clone();
    let own = files.get_mut("languages/ru.yaml").expect("a language");
    own.text.truncate(own.text.find("\nsentences:\n").expect("a section"));
    own.text.push_str("\nslots: { value.text: величина }\n");
    let (languages, told) = read(&files, &house);
    assert_eq!(told, ["a word is missing here: `sentences`; what `ru` of the program says is used"]);
    let outline = sentences::outline(&languages[&LanguageCode::new("ru")]);
    assert!(outline.unworded.is_empty(), "{:?}", outline.unworded);
    assert!(format!("{:?}", outline.groups).contains("‹величина›"), "its own words come first");
}
