//! Everything that is made from what is published, by names like those of files: `en/11/summary`, `results.csv`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use esep::language::{self, Language, LanguageCode};
use esep::period::PeriodIndex;
use esep::protect::Published;
use esep::report::{self, Background, Kind, Material, Selection};
use esep::{companion, press, table};

use crate::{canary, pdf, support};

/// What is made, by its name.
pub type Made = BTreeMap<String, Vec<u8>>;

/// The house's languages.
fn languages() -> &'static BTreeMap<LanguageCode, Language> {
    static LANGUAGES: OnceLock<BTreeMap<LanguageCode, Language>> = OnceLock::new();
    LANGUAGES.get_or_init(|| {
        let project = esep::sources::read(canary::folder().path()).expect("it can be read").0;
        let labels = [report::LABELS, companion::LABELS].concat();
        let files = (&project.templates, &project.house_languages);
        language::load(&["ru", "en"].map(LanguageCode::new), &labels, files, [], &mut Vec::new())
    })
}

/// What is made from what is published: in each language, the parts of the report of each region on the last period, and the workbook beside
/// it; and the tables of all periods.
pub fn made(published: &Published<'_>) -> Made {
    let specs = published.specs();
    let period = published.latest().expect("there are data");
    let everything = Selection::default();
    let periods: Vec<PeriodIndex> = (0..=period.0).map(PeriodIndex).collect();
    let rows = press::rows(published, &periods, &everything);
    let regions: Vec<_> = specs.hierarchy.all().map(|(region, _)| region).collect();
    let tables = [
        ("rows.json", table::json(&rows)),
        ("results.csv", table::csv(rows)),
        ("results.json", table::document(published, period, &regions)),
    ];
    let mut made: Made = tables.map(|(name, text)| (name.to_owned(), text.into_bytes())).into();
    let background = Background::new(published, period);
    let material = Material::new(published, period, None);
    for order in report::orders(published, period, &everything).into_iter().filter(|order| order.kind == Kind::Report) {
        let language = &languages()[&order.language];
        let report = report::write(material, &background, language, order.region);
        let place = format!("{}/{}", order.language, specs.hierarchy.region(order.region).code);
        let model = serde_json::to_value(&report).expect("a model is plain data");
        for (key, part) in model.as_object().expect("it has keys").iter() {
            made.insert(format!("{place}/{key}"), serde_json::to_vec_pretty(part).expect("it can be written"));
        }
        let workbook = companion::write(material, language, order.region, &report).expect("it can be written");
        made.insert(format!("{place}/workbook.xlsx"), workbook);
    }
    // Pages for a browser say what reports say, and list all regions.
    for (code, language) in languages() {
        for (index, indicator) in specs.indicators_of(period) {
            let across = report::across::write(material, &background, language, index);
            made.insert(format!("{code}/pages/{}", indicator.id), serde_json::to_vec_pretty(&across).expect("it can be written"));
        }
        let values = report::across::values(material, language, &regions);
        made.insert(format!("{code}/pages/values"), serde_json::to_vec_pretty(&values).expect("it can be written"));
    }
    made
}

/// The texts that stand for pictures in the documents of a release.
pub fn alternatives(release: &Path) -> Made {
    let mut made = Made::new();
    for path in support::files(release).expect("it can be listed").iter().filter(|path| path.extension() == Some("pdf".as_ref()))
    {
        let language = path.strip_prefix(release).expect("it lies there").iter().next().expect("it has a name").display();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let (code, _) = name.split_once(' ').expect("a name begins with the code of a region");
        let texts = pdf::alternatives(std::fs::read(path).expect("it can be read"));
        made.insert(format!("{language}/{code}/alternatives"), serde_json::to_vec(&texts).expect("texts can be written"));
    }
    made
}

/// What differs between two things that are made, by their names.
pub fn differing<'a>(one: &'a Made, other: &Made) -> Vec<&'a str> {
    one.iter().filter(|(name, bytes)| other.get(*name) != Some(*bytes)).map(|(name, _)| name.as_str()).collect()
}

/// What differs, line by line.
pub fn differences(names: &[&str], one: &Made, other: &Made) -> String {
    let text = |made: &Made, name: &str| String::from_utf8_lossy(&made[name]).into_owned();
    let difference = |name: &&str| match name.ends_with(".xlsx") {
        true => format!("{name}\n"),
        false => format!("{name}\n{}", support::diff(&text(one, name), &text(other, name))),
    };
    names.iter().map(difference).collect()
}
