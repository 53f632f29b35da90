//! The shipped languages put names and numbers into cases as their speakers do: `tests/words/<language>.csv` lists the forms.

use std::path::Path;

use esep::grid::Reader;
use esep::language::LanguageCode;
use esep::project;

#[test]
fn names_and_numbers_stand_in_their_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = project::load(root, &Reader::InProcess).expect("the shipped project can be read");
    let languages = project.computed.expect("the shipped specifications are right").languages;
    let mut wrong = Vec::new();
    for code in ["kk", "ru", "en"] {
        let endings = languages[&LanguageCode::new(code)].endings().expect("the shipped languages say how words end");
        let table = csv::Reader::from_path(root.join(format!("tests/words/{code}.csv"))).expect("there is a table");
        for row in table.into_records() {
            let row = row.expect("a table of three columns");
            let (word, case, expected) = (&row[0], &row[1], &row[2]);
            let found = endings.case(word, case);
            if found.as_deref() != Some(expected) {
                wrong.push(format!("{code}: {word}, {case}: expected {expected}, found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn short_words_stay_with_the_next_one_in_every_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = project::load(root, &Reader::InProcess).expect("the shipped project can be read");
    let languages = project.computed.expect("the shipped specifications are right").languages;
    let russian = &languages[&LanguageCode::new("ru")];
    let endings = russian.endings().expect("the shipped languages say how words end");
    for (name, case, expected) in [
        ("г. Семей", "locative", "г.\u{a0}Семее"),
        ("г. Алматы", "locative", "г.\u{a0}Алматы"),
        ("г. Усть-Каменогорск", "dative", "г.\u{a0}Усть-Каменогорску"),
        ("район Биржан сал", "genitive", "района Биржан сал"),
        ("2025 год", "dative", "2025\u{a0}году"),
    ] {
        assert_eq!(endings.case(&russian.unbroken(name), case).as_deref(), Some(expected), "{name}, {case}");
    }
}
