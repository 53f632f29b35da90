//! Editions: a release over one that is out changes what has changed, says so, and leaves every other document as it was, to the byte.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use esep::edition::{Editions, Ledger};
use esep::grid::Reader;
use esep::project;
use esep::protect::Audience;
use esep::report::{self, Background, Issue, Material};
use serde_json::{Value, json};
use support::said;
use tempfile::TempDir;

const HEAD: &str = "BIN,Organisation,Oblast,District,Ownership,Locality,Support room,Teachers,Special teachers,Trained\n";

/// Counts so large that one more or less changes no percentage: then only the documents that print the count itself change.
const NORTH: &str = "100000000001,First,North,Abay,State,Town,да,30000,2000,10000\n\
    100000000002,Second,North,Abay,State,Village,нет,12000,0,3000\n\
    100000000003,Third,North,Birlik,Private,Town,да,8000,4000,2500\n";
const SOUTH: &str = "200000000001,Fourth,South,Abay,State,Town,да,25000,1000,20000\n\
    200000000002,Fifth,South,Kent,State,Village,да,14000,0,7000\n";

fn project() -> TempDir {
    let folder = support::case("a-sound-project");
    for office in ["north", "south"] {
        fs::remove_file(folder.path().join(format!("inputs/2025/{office}.xlsx"))).expect("the case has it");
    }
    let path = folder.path().join("indicator-specs/datasets/passports.yaml");
    let text = fs::read_to_string(&path).expect("it can be read");
    fs::write(&path, text.replace("500", "50000")).expect("it can be written");
    send(&folder, "north", NORTH);
    send(&folder, "south", SOUTH);
    folder
}

fn send(project: &TempDir, office: &str, rows: &str) {
    fs::write(project.path().join(format!("inputs/2025/{office}.csv")), format!("{HEAD}{rows}")).expect("it can be written");
}

fn declare(project: &TempDir, editions: &str) {
    let path = project.path().join("indicator-specs/programme.yaml");
    let text = fs::read_to_string(&path).expect("it can be read");
    fs::write(&path, format!("{text}editions:\n{editions}")).expect("it can be written");
}

fn build(project: &TempDir) {
    said(project, &["build", "--quiet", "--no-site"], 0);
}

/// What the program prints.
fn printed(project: &TempDir, arguments: &[&str], code: i32) -> String {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_esep")).args(arguments).current_dir(project.path()).output();
    let run = run.expect("the program runs");
    assert_eq!(run.status.code(), Some(code), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("text")
}

/// Copies the release to `published/`, as it is.
fn publish(project: &TempDir, name: &str) {
    copy(&project.path().join("out/2025"), &project.path().join("published").join(name));
}

fn copy(from: &Path, to: &Path) {
    for file in support::files(from).expect("it can be listed") {
        let target = to.join(file.strip_prefix(from).expect("it lies there"));
        fs::create_dir_all(target.parent().expect("it has a folder")).expect("it can be made");
        fs::copy(&file, target).expect("it can be copied");
    }
}

fn manifest(place: &Path) -> Value {
    serde_json::from_slice(&fs::read(place.join("manifest.json")).expect("there is one")).expect("it is JSON")
}

/// The edition of each report, by the region's code.
fn editions(project: &TempDir) -> BTreeMap<String, u64> {
    let manifest = manifest(&project.path().join("out/2025"));
    let reports = manifest["reports"].as_array().expect("a list").iter();
    reports
        .map(|entry| (entry["region"].as_str().expect("a code").to_owned(), entry["edition"].as_u64().expect("a number")))
        .collect()
}

/// The documents and workbooks in which two releases differ.
fn changed(before: &Path, after: &Path) -> Vec<String> {
    let names = |place: &Path| -> BTreeMap<String, Vec<u8>> {
        let files = support::files(place).expect("it can be listed").into_iter();
        let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "pdf" || ending == "xlsx"));
        files
            .map(|file| {
                (file.strip_prefix(place).expect("inside").to_string_lossy().into_owned(), fs::read(&file).expect("read"))
            })
            .collect()
    };
    let (before, after) = (names(before), names(after));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    before.into_iter().filter(|(name, bytes)| after[name] != *bytes).map(|(name, _)| name).collect()
}

#[test]
fn a_release_over_one_that_is_out_changes_what_has_changed_and_nothing_else() {
    let project = project();
    let (out, published) = (project.path().join("out/2025"), project.path().join("published"));
    build(&project);
    assert_eq!(manifest(&out)["edition"], 1);
    publish(&project, "2025");

    build(&project);
    assert_eq!(manifest(&out)["edition"], 1, "nothing is new");
    assert_eq!(changed(&published.join("2025"), &out), Vec::<String>::new());

    declare(
        &project,
        "  - { period: \"2025\", edition: 2, kind: correction, issued: 2026-02-01, note: { ru: Опечатка., en: A misprint. } }\n",
    );
    send(&project, "north", &NORTH.replace("12000,0,3000", "12000,0,3001"));
    build(&project);
    assert_eq!(manifest(&out)["edition"], 2);
    let expected = [("0", 2), ("10", 2), ("11", 2), ("12", 1), ("20", 1), ("21", 1), ("22", 1)];
    assert_eq!(editions(&project), expected.map(|(code, edition)| (code.to_owned(), edition)).into());
    assert_eq!(changed(&published.join("2025"), &out).len(), 6, "three reports with their workbooks");
    publish(&project, "2025 corrected");

    build(&project);
    assert_eq!(manifest(&out)["edition"], 2);
    assert_eq!(changed(&published.join("2025 corrected"), &out), Vec::<String>::new(), "a later edition can be made again, too");

    send(&project, "south", &SOUTH.replace("14000,0,7000", "14000,0,7001"));
    build(&project);
    let expected = [("0", 3), ("10", 2), ("11", 2), ("12", 1), ("20", 3), ("21", 1), ("22", 3)];
    assert_eq!(editions(&project), expected.map(|(code, edition)| (code.to_owned(), edition)).into());
}

#[test]
fn a_later_edition_says_what_it_replaces_and_every_number_that_has_changed() {
    let folder = project();
    build(&folder);
    publish(&folder, "2025");
    declare(
        &folder,
        "  - { period: \"2025\", edition: 2, kind: revision, note: { ru: Данные уточнены., en: Data came late. } }\n",
    );
    send(&folder, "north", &NORTH.replace("12000,0,3000", "12000,0,3600"));
    let project = project::load(folder.path(), &Reader::InProcess).expect("it can be read");
    let ready = project.ready(Audience::Public).expect("it is sound");
    let (specs, period) = (&ready.computed.specs, ready.computed.latest().expect("something was reported"));
    let csv = esep::table::csv(esep::press::rows(&ready.published, &[period], &report::Selection::default()));
    let editions = Editions::new(&project.sources, "2025", &Ledger::read(&csv, "2025").expect("it is a table"));
    let language = ready.computed.languages.values().find(|language| language.code.as_str() == "en").expect("it is published");
    let background = Background::new(&ready.published, period);
    let report = |code: &str| {
        let region = specs.hierarchy.all().find(|(_, region)| region.code.as_str() == code).expect("it is known").0;
        let issue = Issue {
            number: editions.next(),
            declared: specs.programme.edition(period, editions.next()),
            replaced: editions.replaced(editions.next(), "report", code, "en"),
            changes: editions.changes(editions.next(), code),
            seal: None,
        };
        let report = report::write(Material::new(&ready.published, period, None).of(issue), &background, language, region);
        serde_json::to_value(report).expect("plain data")
    };
    let own = report("11");
    assert_eq!(own["edition"], json!({ "text": "2, revised", "number": 2, "kind": "revision" }));
    assert_eq!(own["erratum"]["note"], "Data came late.");
    let replaced = &own["erratum"]["replaced"];
    let entry = manifest(&folder.path().join("published/2025"));
    let entry =
        entry["reports"].as_array().expect("a list").iter().find(|entry| entry["region"] == "11").expect("it is there").clone();
    assert_eq!((replaced["edition"].as_str(), &replaced["sha256"]), (Some("1"), &entry["sha256"]));
    let rows: Vec<(&str, &str, &str)> = own["erratum"]["rows"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|row| row["group"].is_null())
        .map(|row| {
            (
                row["what"].as_str().expect("a text"),
                row["before"].as_str().expect("a text"),
                row["after"].as_str().expect("a text"),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [("value", "32.5%", "34.0%"), ("numerator", "13,000", "13,600")].map(|(what, before, after)| (what, before, after))
    );
    assert_eq!(report("20")["erratum"]["rows"], json!([]), "nothing of its own has changed");
}

#[test]
fn only_offices_that_a_correction_concerns_get_packages_and_their_letters_say_what_has_changed() {
    let project = project();
    let office = |code: &str| {
        format!(
            "  - {{ id: o{code}, name: {{ ru: Офис, en: Office {code} }}, regions: [\"{code}\"], channel: folder, gets: [report, workbooks] }}\n"
        )
    };
    let offices: String = ["0", "10", "11", "12", "20", "21", "22"].map(office).concat();
    fs::write(project.path().join("indicator-specs/offices.yaml"), format!("offices:\n{offices}")).expect("it can be written");
    let packages = |folder: &str| -> Vec<String> {
        let files = support::files(&project.path().join("private/deliveries").join(folder)).expect("it can be listed");
        let names = files.iter().filter_map(|file| file.file_name()?.to_str()?.strip_suffix(".zip").map(str::to_owned));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    build(&project);
    said(&project, &["deliver", "--quiet"], 0);
    assert_eq!(packages("2025").len(), 7);
    let first = project.path().join("private/deliveries/2025/o11-2025-1.zip");
    let verdict = printed(&project, &["verify", &first.to_string_lossy()], 0);
    assert!(!verdict.contains("edition 2"), "{verdict}");
    publish(&project, "2025");
    declare(&project, "  - { period: \"2025\", edition: 2, kind: correction, issued: 2026-02-01 }\n");
    send(&project, "north", &NORTH.replace("12000,0,3000", "12000,0,3001"));
    build(&project);
    let told = said(&project, &["deliver"], 0);
    assert!(told.contains("nothing is new for 4 offices"), "{told}");
    assert_eq!(packages("2025-edition-2"), ["o0-2025-2", "o10-2025-2", "o11-2025-2"]);
    assert_eq!(packages("2025").len(), 7, "what was sent before stays");
    let letter = fs::read(project.path().join("private/deliveries/2025-edition-2/o11-2025-2.zip")).expect("it is there");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(letter)).expect("it is a ZIP");
    let mut text = String::new();
    let names: Vec<String> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    let name = names.iter().find(|name| name.ends_with("letter.en.txt")).expect("there is a letter");
    std::io::Read::read_to_string(&mut archive.by_name(name).expect("it opens"), &mut text).expect("it is text");
    assert!(text.contains("1 February 2026"), "the letter has the day of its edition: {text}");
    assert!(text.contains("Abay: 2.1 Trained teachers, numerator: 13,000 → 13,001"), "{text}");
    let list = project.path().join("out/2025/editions.json");
    let verdict = printed(&project, &["verify", &first.to_string_lossy(), "--editions", &list.to_string_lossy()], 0);
    assert!(verdict.contains("Edition 2 of"), "an old package learns of the later edition: {verdict}");
}

/// How far the numbers of each report have come, by the region's code.
fn stages(project: &TempDir) -> BTreeMap<String, String> {
    let manifest = manifest(&project.path().join("out/2025"));
    let entry = |entry: &Value| (entry["region"].as_str().map(str::to_owned), entry["stage"].as_str().map(str::to_owned));
    let reports = manifest["reports"].as_array().expect("a list").iter().map(entry);
    reports.map(|(region, stage)| (region.expect("a code"), stage.expect("a name"))).collect()
}

/// The regions whose reports are preliminary.
fn preliminary(project: &TempDir) -> Vec<String> {
    let stages = stages(project).into_iter();
    stages.filter(|(_, stage)| stage == "preliminary").map(|(region, _)| region).collect()
}

/// Lets regions approve the numbers of the release, with the options that are named for each.
fn approve(project: &TempDir, regions: &[(&str, &[&str])]) {
    let entry = |(code, options): &(&str, &[&str])| {
        let common =
            ["approve", "--quiet", "--region", code, "--date", "2026-02-10", "--by", "ru=Управление", "--by", "en=The office"];
        printed(project, &[&common, *options].concat(), 0)
    };
    let entries: String = regions.iter().map(entry).collect();
    fs::write(project.path().join("indicator-specs/approvals.yaml"), format!("approvals:\n{entries}"))
        .expect("it can be written");
}

#[test]
fn what_nobody_has_approved_is_preliminary_on_every_page_and_in_every_name() {
    let project = project();
    let path = project.path().join("indicator-specs/programme.yaml");
    let text = fs::read_to_string(&path).expect("it can be read");
    let text = text
        .replace("{ id: republic,", "{ id: republic, approves: true,")
        .replace("{ id: oblast,", "{ id: oblast, approves: true,");
    fs::write(&path, text).expect("it can be written");
    let out = project.path().join("out/2025");

    let told = said(&project, &["build"], 0);
    assert!(
        told.contains(
            "the release is preliminary: the numbers of these regions are not approved: Republic (0), North (10), South (20)"
        ),
        "{told}"
    );
    assert_eq!(preliminary(&project).len(), 7);
    assert_eq!(manifest(&out)["stage"], "preliminary");
    let files = support::files(&out).expect("it can be listed");
    let of_reports = files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "pdf" || ending == "xlsx"));
    assert!(of_reports.clone().all(|file| file.to_string_lossy().contains("Preliminary")), "{files:?}");
    let mut pages = files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "html"))
        .filter(|file| file.parent() != Some(&out.join("site")));
    assert!(pages.all(|page| fs::read_to_string(page).expect("text").contains("Preliminary: the numbers may change")));

    // The country waits for the South, and the South alone is preliminary with it.
    approve(&project, &[("0", &[]), ("10", &[])]);
    build(&project);
    assert_eq!(preliminary(&project), ["0", "20", "21", "22"]);

    approve(
        &project,
        &[("0", &["--without", "20", "--remark", "ru=Юг позже", "--remark", "en=The South comes later"]), ("10", &[])],
    );
    build(&project);
    assert_eq!(preliminary(&project), ["20", "21", "22"]);
    assert_eq!(manifest(&out)["stage"], "final");

    approve(&project, &[("0", &[]), ("10", &[]), ("20", &[])]);
    build(&project);
    assert_eq!(preliminary(&project), Vec::<String>::new());
    publish(&project, "2025");

    // One district's numbers are others now: its region's approval and the country's are of no more.
    send(&project, "north", &NORTH.replace("12000,0,3000", "12000,0,3600"));
    let told = said(&project, &["build", "--no-site"], 0);
    for region in ["Republic (0)", "North (10)"] {
        let message = format!(
            "the approval of 2026-02-10 by {region} holds no longer: the numbers of the indicator 2.1 (Trained teachers) are not those"
        );
        assert!(told.contains(&message), "{told}");
    }
    assert!(!told.contains("by South"), "{told}");
    assert_eq!(preliminary(&project), ["0", "10", "11", "12"]);
}

#[test]
fn a_print_is_compared_with_a_release_by_its_check_code() {
    let project = project();
    build(&project);
    let csv = fs::read_to_string(project.path().join("out/2025/results.csv")).expect("it is there");
    // The hash is that of the lines of the region as they stand in the table, so that any tool can tell it.
    let lines: String = csv.split_inclusive('\n').filter(|line| line.split(',').nth(2) == Some("11")).collect();
    let seal = esep::digest::sha256(lines.as_bytes());
    let code = |seal: &str| format!("ESEP 11-2025 ED 1 SHA256 {}", seal[..32].to_uppercase());
    let verify = |code: &str, exit: i32| printed(&project, &["verify", "out/2025", "--code", code], exit);
    assert!(verify(&code(&seal), 0).contains("The numbers of the print are these."));
    assert!(verify(&code(&esep::digest::sha256(b"")), 1).contains("The numbers of the print are others"));
    assert!(verify(&code(&seal).replace("11-2025", "99-2025"), 1).contains("Nothing is told here of the region"));
    assert!(verify("11-2025", 1).contains("This is no check code"));
    let pdf = support::files(&project.path().join("out/2025")).expect("it can be listed");
    let pdf = pdf.iter().find(|file| file.extension().is_some_and(|ending| ending == "pdf")).expect("there is one");
    let alone = printed(&project, &["verify", &pdf.to_string_lossy(), "--code", &code(&seal)], 1);
    assert!(alone.contains("There is no table of numbers here"), "{alone}");
    send(&project, "north", &NORTH.replace("12000,0,3000", "12000,0,3001"));
    build(&project);
    assert!(verify(&code(&seal), 1).contains("The numbers of the print are others"));
}

#[test]
fn a_signed_check_code_tells_whose_numbers_a_print_carries() {
    let project = project();
    build(&project);
    let keys = |name: &str| printed(&project, &["keys", name, "--no-password", "--quiet"], 0);
    keys("ours");
    keys("theirs");
    let file = project.path().join("indicator-specs/codes.yaml");
    let sign = || {
        let yaml = printed(&project, &["sign", "out/2025", "--codes", "--key", "ours/esep.key"], 0);
        fs::write(&file, &yaml).expect("it can be written");
        let codes: Vec<String> =
            yaml.lines().filter_map(|line| Some(line.split_once('"')?.1.trim_end_matches('"').to_owned())).collect();
        assert_eq!(codes.len(), 7, "one for each region, not for each language: {yaml}");
        codes
    };
    let codes = sign();
    let told = said(&project, &["build", "--no-site"], 0);
    assert!(!told.contains("void-code"), "{told}");
    let verify =
        |code: &str, key: &str, exit: i32| printed(&project, &["verify", "out/2025", "--code", code, "--key", key], exit);
    printed(&project, &["sign", "out/2025", "--key", "ours/esep.key", "--quiet"], 0);
    let good = verify(&codes[3], "ours/esep.pub", 0);
    assert!(good.contains("The numbers of the print are these.\n  The check code is signed with the key"), "{good}");
    assert!(verify(&codes[3], "theirs/esep.pub", 1).contains("which you have not named"));
    let altered = codes[3].replace(&codes[3][20..21], if &codes[3][20..21] == "0" { "1" } else { "0" });
    assert!(!verify(&altered, "ours/esep.pub", 1).contains("is signed with the key"));

    // Numbers change: the code is of those before, and the cover has the plain one until somebody signs again.
    send(&project, "north", &NORTH.replace("12000,0,3000", "12000,0,3001"));
    let told = said(&project, &["build", "--no-site"], 0);
    assert!(told.contains("is of other numbers"), "{told}");
    assert!(verify(&codes[0], "ours/esep.pub", 1).contains("The numbers of the print are others"));
    sign();
    assert!(!said(&project, &["build", "--no-site"], 0).contains("is of other numbers"));

    // A code that nobody signed with the key of the file stops the build, at its line.
    let yaml = fs::read_to_string(&file).expect("it is there");
    fs::write(&file, yaml.replacen("ESEP1:", "ESEP1:0", 1)).expect("it can be written");
    let told = said(&project, &["build", "--no-site"], 1);
    assert!(told.contains("is no check code that was signed with the key") && told.contains("codes.yaml:3:5"), "{told}");
}

#[test]
fn two_releases_and_two_projects_are_compared() {
    let (old, new) = (project(), project());
    send(&new, "north", &NORTH.replace("12000,0,3000", "12000,0,3600"));
    build(&old);
    build(&new);
    let paths = |suffix: &str| [old.path().join(suffix), new.path().join(suffix)].map(|path| path.to_string_lossy().into_owned());
    let [before, after] = paths("out/2025");
    let releases = printed(&old, &["compare", &before, &after], 0);
    assert!(releases.starts_with("2025: "), "{releases}");
    assert!(releases.contains("\n11 Abay\n  2.1: value 32.5 -> 34.0, numerator 13000 -> 13600\n"), "{releases}");
    assert!(releases.contains("\n  changed: results.csv\n"), "{releases}");
    let [before, after] = paths("");
    let projects = printed(&old, &["compare", "--quiet", &before, &after], 0);
    let numbers = |text: &str| text.lines().filter(|line| line.starts_with("  2.1")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(numbers(&releases), numbers(&projects), "a project stands for the release that it would make");
    let object: Value =
        serde_json::from_str(&printed(&old, &["compare", "--quiet", "--format", "json", &before, &after], 0)).expect("JSON");
    assert_eq!((object["period"].as_str(), object["files"].is_null()), (Some("2025"), true));
    assert!(printed(&old, &["compare", "--quiet", &before, &before], 0).contains("no number differs"));
    let message = said(&old, &["compare", &before, "inputs"], 2);
    assert!(message.contains("neither a release of esep"), "{message}");
}

#[test]
fn a_manifest_that_somebody_changed_is_told_of() {
    let project = project();
    build(&project);
    publish(&project, "2025");
    fs::write(project.path().join("published/2025/manifest.json"), "{ \"program\": \"esep\"").expect("it can be written");
    let findings = printed(&project, &["check"], 0);
    assert!(
        findings.contains("published/2025/manifest.json") && findings.contains("expected the manifest of a release"),
        "{findings}"
    );
}

#[test]
fn what_is_declared_of_editions_is_checked() {
    let project = project();
    declare(
        &project,
        "  - { period: \"2052\", edition: 2, kind: correction }\n  - { period: \"2025\", edition: 1, kind: correction }\n\
         \x20 - { period: \"2025\", edition: 2, kind: correction }\n  - { period: \"2025\", edition: 2, kind: revision }\n",
    );
    let findings = printed(&project, &["check"], 1);
    for message in ["unknown period `2052`", "2 or more, found `1`", "edition 2 of the period `2025` is declared twice"] {
        assert!(findings.contains(message), "{findings}");
    }
}
