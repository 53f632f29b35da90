//! Nothing is made twice: what a build finds kept is what it would have made, to the byte, whatever was changed in between.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::said;
use tempfile::TempDir;

/// The files of the release, by path.
fn release(project: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let place = project.path().join("out/2025");
    let file = |path: &std::path::PathBuf| {
        let name = path.strip_prefix(&place).expect("inside").to_string_lossy().into_owned();
        (name, fs::read(path).expect("it can be read"))
    };
    support::files(&place).expect("it can be listed").iter().map(file).collect()
}

/// How many documents and pages a build makes and finds.
fn built(project: &TempDir, options: &[&str]) -> (usize, usize) {
    let told = said(project, &[&["build"], options].concat(), 0);
    let numbers = |line: &str| -> Vec<usize> { line.split(' ').filter_map(|word| word.parse().ok()).collect() };
    if told.contains("nothing has changed since they were made") {
        return (0, usize::MAX);
    }
    let line = told.lines().find(|line| line.contains("are those of before"));
    line.map_or((usize::MAX, 0), |line| (numbers(line)[1], numbers(line)[0]))
}

fn edit(project: &TempDir, file: &str, from: &str, to: &str) {
    let path = project.path().join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(&path, text.replacen(from, to, 1)).expect("it can be written");
}

/// A file of the house in the project, where it can be changed.
fn take(project: &TempDir, file: &str) {
    let path = project.path().join(file);
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), &path).expect("it can be copied");
}

#[test]
fn a_build_after_any_change_is_the_same_as_one_from_nothing() {
    let project = support::case("a-sound-project");
    let path = project.path().join("inputs/2025/north.csv");
    fs::remove_file(project.path().join("inputs/2025/north.xlsx")).expect("the case has it");
    // Counts so large that one more changes no percentage: then few documents differ.
    let passports = project.path().join("indicator-specs/datasets/passports.yaml");
    let text = fs::read_to_string(&passports).expect("it can be read");
    fs::write(&passports, text.replace("500", "90000")).expect("it can be written");
    let head = "BIN,Organisation,Oblast,District,Ownership,Locality,Support room,Teachers,Special teachers,Trained\n";
    let rows = "100000000001,First,North,Abay,State,Town,да,30000,2000,10000\n100000000002,Second,North,Birlik,State,Town,да,80000,4000,25000\n";
    fs::write(&path, format!("{head}{rows}")).expect("it can be written");

    built(&project, &[]);
    let before = release(&project);
    let (made, recalled) = built(&project, &[]);
    assert_eq!(made, 0, "nothing has changed");
    assert!(recalled > 20, "all documents and pages: {recalled}");
    assert!(release(&project) == before);

    // What somebody changed in the release is not taken for what was made.
    let table = path.with_file_name("../../out/2025/results.csv");
    fs::write(&table, "altered").expect("it can be written");
    assert_eq!(built(&project, &[]).0, 0, "all documents are those of before");
    assert!(release(&project) == before, "and the table is made again");
    assert_ne!(built(&project, &["--no-site"]), (0, usize::MAX), "something else is asked for");
    assert_ne!(built(&project, &[]), (0, usize::MAX), "and another release stood there");

    take(&project, "report-templates/parts.typ");
    take(&project, "report-templates/theme.typ");
    take(&project, "report-templates/site/home.html.j2");
    take(&project, "report-templates/languages/en.yaml");
    let edits = [
        ("inputs/2025/north.csv", "80000,4000,25000", "80000,4000,26000"),
        ("indicator-specs/indicators/2.1-trained-teachers.yaml", "Trained teachers", "Teachers with training"),
        ("indicator-specs/programme.yaml", "en: Districts", "en: All districts"),
        ("indicator-specs/programme.yaml", "date: 2025-10-05", "date: 2025-10-06"),
        ("report-templates/parts.typ", "leading: 0.62em", "leading: 0.64em"),
        ("report-templates/theme.typ", "outside: 18mm", "outside: 19mm"),
        ("report-templates/languages/en.yaml", "imprint_as_of: Data as of", "imprint_as_of: As of"),
        ("report-templates/site/home.html.j2", "<h2>", "<h2 >"),
    ];
    // The reports of this project name no organisations.
    edit(&project, "inputs/2025/north.csv", "Second", "Another");
    assert_eq!(built(&project, &[]).0, 0, "nothing that is printed has changed");
    for (file, from, to) in edits {
        edit(&project, file, from, to);
        let (made, _) = built(&project, &[]);
        let kept = release(&project);
        assert!(made > 0, "{file}: something has changed");
        built(&project, &["--cache-size", "0"]);
        let whole = release(&project);
        assert_eq!(kept.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{file}");
        let stale: Vec<&String> = kept.keys().filter(|name| kept[*name] != whole[*name]).collect();
        assert!(stale.is_empty(), "{file}: {stale:?} are stale");
    }

    // What is damaged is made again.
    let before = release(&project);
    for file in support::files(&project.path().join("private/cache")).expect("it is there") {
        fs::write(&file, "damaged").expect("it can be written");
    }
    assert_eq!(built(&project, &[]).1, 0);
    assert!(release(&project) == before);
}
