//! For whom a release is: what the public is given holds nothing of single units, files and persons, and what is internal says so
//! everywhere and never stands beside it.

#[path = "support/pdf.rs"]
mod pdf;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use esep::grid::Reader;
use esep::project;
use esep::protect::Audience;
use esep::report::{self, Background, Material, Selection};
use support::said;
use tempfile::TempDir;
use umya_spreadsheet::reader;

/// What every internal document says in English.
const INTERNAL: &str = "For internal use, not for publication";

/// A project with waivers that name units and persons.
fn project() -> TempDir {
    support::case("waivers-for-the-public")
}

/// The files in a folder, by their paths with `/`.
fn tree(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = support::files(place).expect("it can be listed");
    let name = |file: &Path| file.strip_prefix(place).expect("it lies there").to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), fs::read(file).expect("it can be read"))).collect()
}

/// The parts of a workbook as text.
fn parts(workbook: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).expect("a workbook is a zip");
    let mut text = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).and_then(|mut part| Ok(part.read_to_string(&mut text)?)).expect("parts are text");
    }
    text
}

/// What must stand in no public file: of waivers, of files of offices, of units.
fn secrets(project: &TempDir) -> Vec<String> {
    let waivers =
        ["A. Reader", "B. Writer", "C. Keeper", "A wing", "Строится", "village empties", "пустеет", "census", "переписи"];
    let mut secrets: Vec<String> = waivers.map(str::to_owned).into();
    for file in support::files(&project.path().join("inputs")).expect("there are inputs") {
        secrets.push(file.file_name().expect("it has a name").to_string_lossy().into_owned());
        secrets.push(esep::digest::sha256(&fs::read(&file).expect("it can be read")));
    }
    for key in ["100000000001", "100000000002", "100000000003", "200000000001", "200000000002"] {
        secrets.push(key.to_owned());
    }
    secrets
}

/// Words of a text, parted by single blanks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_public_release_holds_nothing_of_units_files_and_persons() {
    let project = project();
    said(&project, &["build"], 0);
    let release = tree(&project.path().join("out/2025"));
    let secrets = secrets(&project);
    let check = |name: &str, text: &str| {
        let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert!(found.is_none(), "`{name}` holds `{}`", found.expect("it was found"));
    };
    for (name, bytes) in &release {
        assert!(!name.contains("protocol") && !name.contains("publication") && !name.contains("internal"), "{name}");
        check(name, &String::from_utf8_lossy(bytes));
        if name.ends_with(".pdf") {
            check(name, &words(&pdf::text(bytes.clone(), &[])));
            check(name, &words(&pdf::pages(bytes.clone()).join(" ")));
        } else if name.ends_with(".xlsx") {
            check(name, &parts(bytes));
        }
    }
    let manifest: serde_json::Value = serde_json::from_slice(&release["manifest.json"]).expect("it is JSON");
    assert_eq!((&manifest["audience"], &manifest["holds"]), (&"public".into(), &"reports".into()));
    assert!(manifest.get("inputs").is_none(), "{manifest}");
    assert!(manifest["specifications"].as_array().is_some_and(|list| !list.is_empty()), "{manifest}");
    let results: serde_json::Value = serde_json::from_slice(&release["results.json"]).expect("it is JSON");
    assert_eq!(results["publication"]["audience"], "public");
}

#[test]
fn what_templates_are_given_for_the_public_holds_nothing_of_units_files_and_persons() {
    let folder = project();
    let project = project::load(folder.path(), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the specifications are right");
    let (specs, published) = (&ready.computed.specs, &ready.published);
    let period = ready.computed.latest().expect("there are data");
    let background = Background::new(published, period);
    let orders = report::orders(published, period, &Selection::default());
    assert!(!orders.is_empty());
    for order in orders {
        assert_eq!(order.kind, report::Kind::Report);
        let language = &ready.computed.languages[&order.language];
        let model = report::write(Material::new(published, period, None), &background, language, order.region);
        let model = serde_json::to_string(&model).expect("a model is plain data");
        for secret in secrets(&folder) {
            assert!(!model.contains(&secret), "the model of {} holds `{secret}`", specs.hierarchy.region(order.region).code);
        }
    }
}

#[test]
fn an_internal_release_says_so_everywhere() {
    let project = project();
    let told = said(&project, &["build", "--audience", "internal"], 0);
    assert!(told.ends_with(" in `private/reports/2025`\nall of it is for internal use, not for publication\n"), "{told}");
    assert!(!project.path().join("out").exists());
    let release = tree(&project.path().join("private/reports/2025"));
    let (mut documents, mut workbooks) = (0, 0);
    for (name, bytes) in &release {
        let is_marked = name.contains(". Not for publication.")
            || name.starts_with("results-internal.")
            || name.starts_with("site-internal/")
            || name == "manifest.json";
        assert!(is_marked, "{name}");
        if name.ends_with(".html") {
            assert!(String::from_utf8_lossy(bytes).contains("use, not for publication") || name.contains("/ru/"), "{name}");
        }
        if name.ends_with(".pdf") {
            documents += 1;
            for (page, text) in pdf::pages(bytes.clone()).iter().enumerate() {
                assert!(words(text).contains(INTERNAL), "page {} of `{name}`: {text}", page + 1);
            }
            let metadata = String::from_utf8_lossy(bytes);
            assert!(metadata.contains(&format!("/Subject({INTERNAL})")), "the properties of `{name}`");
            assert!(metadata.contains(&format!(">{INTERNAL}</rdf:li>")), "the metadata of `{name}`");
        } else if name.ends_with(".xlsx") {
            workbooks += 1;
            let book = reader::xlsx::read_reader(std::io::Cursor::new(bytes), true).expect("a workbook");
            assert_eq!(book.get_properties().get_keywords(), INTERNAL);
            let cover = book.get_sheet(&0).expect("there is a cover");
            assert_eq!(cover.get_value("A3"), INTERNAL);
        }
    }
    assert_eq!((documents, workbooks), (10, 7), "{:?}", release.keys());
    let manifest: serde_json::Value = serde_json::from_slice(&release["manifest.json"]).expect("it is JSON");
    assert_eq!((&manifest["audience"], &manifest["holds"]), (&"internal".into(), &"internal reports".into()));
    assert_eq!(manifest["inputs"].as_array().map(Vec::len), Some(3));
    let kinds = manifest["reports"].as_array().expect("a list").iter().filter(|entry| entry["kind"] == "reliability");
    assert_eq!(kinds.count(), 3);
    let results: serde_json::Value = serde_json::from_slice(&release["results-internal.json"]).expect("it is JSON");
    assert_eq!(results["publication"]["audience"], "internal");
    // Those who work with the data see who answers for what.
    let report = &release["en/0 Republic. 2025. Not for publication.pdf"];
    assert!(
        words(&pdf::text(report.clone(), &[]))
            .contains("Small staff North, 100000000003, teachers A wing is being built A. Reader")
    );
}

#[cfg(unix)]
#[test]
fn an_internal_release_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let project = project();
    said(&project, &["build", "--audience", "internal", "--region", "21"], 0);
    let mode = |path: &str| fs::metadata(project.path().join(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("private/reports/2025"), 0o700);
    assert_eq!(mode("private/reports/2025/results-internal.csv"), 0o600);
}

#[test]
fn public_and_internal_releases_never_stand_side_by_side() {
    let project = project();
    let public = |out: &'static str| ["build", "--region", "21", "--out", out];
    let internal = |out: &'static str| ["build", "--region", "21", "--audience", "internal", "--out", out];
    said(&project, &public("out"), 0);
    said(&project, &internal("private/reports"), 0);
    for out in ["out", "out/2025", "out/2025/inside", "out/beside"] {
        let refused = said(&project, &internal(out), 2);
        assert!(refused.starts_with(&format!("esep: cannot write internal reports in `{out}`: ")), "{refused}");
        assert!(refused.contains("is a folder of releases, which are published, and internal reports never are"), "{refused}");
    }
    for out in ["private/reports", "private/reports/2025", "private/reports/beside"] {
        let refused = said(&project, &public(out), 2);
        assert!(refused.starts_with(&format!("esep: cannot write reports in `{out}`: ")), "{refused}");
        assert!(refused.contains("holds internal reports, which are never published"), "{refused}");
    }
    let refused = said(&project, &["watch", "--protocol", "--out", "out/protocol.pdf"], 2);
    assert!(refused.contains("cannot write internal reports in `out`"), "{refused}");
    let refused = said(&project, &["watch", "--protocol", "--audience", "public"], 2);
    assert!(refused.contains("a reliability protocol is not for the public"), "{refused}");
    let refused = said(&project, &["watch", "--out", "private/reports/watch.pdf"], 2);
    assert!(refused.contains("holds internal reports, which are never published"), "{refused}");
}

#[test]
fn texts_of_internal_documents_that_failed_stand_with_internal_ones() {
    let project = project();
    let template = project.path().join("report-templates/local");
    fs::create_dir_all(&template).expect("made");
    fs::write(template.join("report.typ.j2"), "#no-such-function()\n").expect("written");
    let build = |more: &[&str]| said(&project, &[&["build", "--region", "21"], more].concat(), 1);
    build(&["--out", "public"]);
    build(&["--audience", "internal", "--out", "internal"]);
    let holds = |out: &str| {
        let manifest = fs::read(project.path().join(out).join("2025-failed/manifest.json")).expect("there are texts");
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("it is JSON");
        manifest["holds"].clone()
    };
    assert_eq!((holds("public"), holds("internal")), ("texts".into(), "private texts".into()));
    let refused = said(&project, &["build", "--region", "21", "--out", "internal"], 2);
    assert!(refused.contains("holds private texts, which are never published"), "{refused}");
}

#[test]
fn an_internal_document_whose_template_does_not_say_so_is_refused() {
    let project = project();
    let template = project.path().join("report-templates/local");
    fs::create_dir_all(&template).expect("made");
    let text = "#set document(title: \"Test\")\n#set text(lang: \"en\")\nText\n";
    fs::write(template.join("report.typ.j2"), text).expect("written");
    said(&project, &["build", "--region", "21"], 0);
    let refused = said(&project, &["build", "--region", "21", "--audience", "internal"], 1);
    assert!(refused.contains(&format!("expected “{INTERNAL}” on every page, found page 1 without it")), "{refused}");
    assert!(refused.contains(&format!("expected “{INTERNAL}” in the description of the document")), "{refused}");
    assert!(!project.path().join("private/reports/2025").exists());
}

#[test]
fn numbers_for_internal_use_are_told_to_be_so() {
    let project = project();
    let note = "these numbers are for internal use, not for publication\n";
    assert!(said(&project, &["results", "--audience", "internal"], 0).ends_with(note));
    assert!(!said(&project, &["results"], 0).contains("internal"));
}
