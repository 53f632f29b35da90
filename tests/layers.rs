//! The architecture as a test: `src/**` is read, and imports, outside crates and file openings must keep to the plan.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The program on top of the library; `cli` is its only module.
const PROGRAM: &str = "cli";

/// Where each outside crate may be named. A crate of `Cargo.toml` that is not here, or in [`EVERYWHERE`], fails the test.
const HOMES: [(&str, &[&str]); 30] = [
    ("calamine", &["grid"]),
    ("clap", &[PROGRAM]),
    ("clap_complete", &[PROGRAM]),
    ("csv", &["intake", "table"]),
    ("encoding_rs", &["grid", "intake", "spec"]),
    ("icu_locale_core", &["language"]),
    ("icu_plurals", &["language"]),
    ("include_dir", &["sources"]),
    ("indicatif", &[PROGRAM]),
    ("memchr", &["grid", "release", "worker"]),
    ("minijinja", &["typeset"]),
    ("notosans", &["typeset"]),
    ("postcard", &["worker", "grid", "typeset"]),
    ("quick_xml", &["answer", "grid"]),
    ("rayon", &["grid", "intake", "compute", "typeset", PROGRAM]),
    ("rlimit", &["worker"]),
    ("rust_xlsxwriter", &["answer", "companion", "forms", "workbook"]),
    ("schemars", &["yaml", "spec"]),
    ("serde_yaml", &["yaml"]),
    ("same_file", &["release"]),
    ("sha2", &["release"]),
    ("strsim", &["diagnostic", "check"]),
    ("typst", &["typeset"]),
    ("typst_kit", &["typeset"]),
    ("typst_layout", &["typeset"]),
    ("typst_pdf", &["typeset"]),
    ("unicode_normalization", &["letters"]),
    ("unicode_security", &["letters"]),
    ("walkdir", &["sources", "release"]),
    ("zip", &["answer", "grid"]),
];

/// Crates of plain values, which have no home.
const EVERYWHERE: [&str; 4] = ["jiff", "serde", "serde_json", "thiserror"];

/// Words of one country or subject; no code may hold them.
const SUBJECTS: [&str; 14] = [
    "kazakh",
    "қазақ",
    "казах",
    "astana",
    "almaty",
    "oblast",
    "school",
    "teacher",
    "pupil",
    "student",
    "kindergarten",
    "inclusive",
    "disab",
    "passport",
];

/// Crates of which two versions would not understand each other's values.
const SINGLE: [&str; 13] = [
    "calamine",
    "clap",
    "comemo",
    "csv",
    "encoding_rs",
    "jiff",
    "minijinja",
    "rayon",
    "schemars",
    "serde",
    "serde-saphyr",
    "typst",
    "typst-library",
];

/// A file of `src/`: its path and text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `intake` for `src/intake/cell.rs` and `src/intake.rs`.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or_default()
    }

    /// The text without comments and without unit tests.
    fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let without_comment = |line: &str| -> String {
            if line.trim_start().starts_with("//") {
                return String::new();
            }
            line.split(" // ").next().unwrap_or_default().to_owned()
        };
        code.lines().map(without_comment).collect::<Vec<_>>().join("\n")
    }

    /// The line on which a place of [`Source::code`] stands.
    fn line(&self, code: &str, place: usize) -> usize {
        1 + code[..place].matches('\n').count()
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = support::files(&root.join("src")).expect("src can be listed");
    let rust = files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|file| Source {
        path: file.strip_prefix(root).expect("it lies there").to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&file).expect("sources are UTF-8 text"),
    })
    .collect()
}

/// The modules of the library in their reading order, as `src/lib.rs` declares them.
fn modules(sources: &[Source]) -> Vec<String> {
    let library = sources.iter().find(|source| source.path == "src/lib.rs").expect("there is a library");
    let declared = library.text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    declared.map(str::to_owned).collect()
}

/// Places where `word::` stands as the beginning of a path.
fn paths<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let within = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    code.match_indices(word)
        .map(|(place, _)| place)
        .filter(move |&place| code[place + word.len()..].starts_with("::") && !code[..place].ends_with(within))
}

/// The first names behind `crate::` at a place: one, or those of a list in braces.
fn imported(code: &str, place: usize) -> Vec<String> {
    let rest = &code[place + "crate::".len()..];
    let name = |text: &str| text.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let Some(list) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name(&list[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name(&list[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name: &String| !name.is_empty());
    names
}

#[test]
fn a_module_uses_only_those_above_it() {
    let sources = sources();
    let order = modules(&sources);
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| order.iter().any(|module| module == source.module())) {
        let code = source.code();
        let own = order.iter().position(|module| module == source.module()).expect("filtered");
        for place in paths(&code, "crate") {
            for used in imported(&code, place) {
                let above = order.iter().position(|module| *module == used).is_some_and(|position| position <= own);
                if !above {
                    let line = source.line(&code, place);
                    faults.push(format!("{}:{line} uses `{used}`, which does not stand above it in `src/lib.rs`", source.path));
                }
            }
        }
    }
    assert!(faults.is_empty(), "modules use only those above them:\n{}", faults.join("\n"));
}

#[test]
fn every_file_belongs_to_a_module() {
    let sources = sources();
    let order = modules(&sources);
    let known = |module: &str| ["lib", "main", PROGRAM].contains(&module) || order.iter().any(|known| known == module);
    let strange: Vec<&str> = sources
        .iter()
        .filter(|source| !source.path.starts_with("src/starter/") && !known(source.module()))
        .map(|source| source.path.as_str())
        .collect();
    assert!(strange.is_empty(), "these files belong to no module of `src/lib.rs`: {strange:?}");
}

#[test]
fn an_outside_crate_is_named_at_its_home_only() {
    let homes: BTreeMap<&str, &[&str]> = HOMES.into_iter().collect();
    let mut faults = Vec::new();
    for dependency in dependencies() {
        if !homes.contains_key(dependency.as_str()) && !EVERYWHERE.contains(&dependency.as_str()) {
            faults.push(format!("`{dependency}` of Cargo.toml has no home in this test"));
        }
    }
    let mut named = BTreeSet::new();
    for source in sources() {
        let code = source.code();
        for (name, home) in &homes {
            named.extend(paths(&code, name).next().map(|_| *name));
            for place in paths(&code, name).filter(|_| !home.contains(&source.module())) {
                let line = source.line(&code, place);
                faults.push(format!("{}:{line} names `{name}`, whose home is {home:?}", source.path));
            }
        }
    }
    let unused = homes.keys().filter(|name| !named.contains(*name));
    faults.extend(unused.map(|name| format!("no code names `{name}`: take it out of this test and of Cargo.toml")));
    assert!(faults.is_empty(), "outside crates stay at home:\n{}", faults.join("\n"));
}

/// The crates of `[dependencies]`, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = include_str!("../Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).expect("there are dependencies");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.replace('-', "_")).collect()
}

#[test]
fn every_file_opens_with_its_contract() {
    let silent: Vec<String> =
        sources().into_iter().filter(|source| !source.text.starts_with("//! ")).map(|source| source.path).collect();
    assert!(silent.is_empty(), "these files do not open with `//! `: {silent:?}");
}

#[test]
fn code_names_no_country_and_no_subject() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("src/starter/")) {
        for (number, line) in source.code().lines().enumerate() {
            let lower = line.to_lowercase();
            for word in SUBJECTS.iter().filter(|word| lower.contains(**word)) {
                faults.push(format!("{}:{} holds `{word}`: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "another country is another project folder:\n{}", faults.join("\n"));
}

#[test]
fn no_crate_stands_twice_in_the_lock_file() {
    let lock = include_str!("../Cargo.lock");
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.map(|value| value.trim_matches('"')).expect("packages have a name and a version")
        };
        versions.entry(value("name")).or_default().insert(value("version"));
    }
    for name in SINGLE {
        let found = versions.get(name).expect("the crate is used");
        assert_eq!(found.len(), 1, "`{name}` stands in Cargo.lock with {found:?}");
    }
}
