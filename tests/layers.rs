//! The architecture as a test: `src/**` is read, and imports, outside crates and file openings must keep to the plan. It reads text: what a
//! macro makes, and what a room hands on under another name, it does not see.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The program on top of the library; `cli` is its only module.
const PROGRAM: &str = "cli";

/// Where each outside crate may be named. A crate of `Cargo.toml` that is not here, or in [`EVERYWHERE`], fails the test.
const HOMES: [(&str, &[&str]); 49] = [
    ("base45", &["check_code"]),
    ("calamine", &["grid"]),
    ("clap", &[PROGRAM]),
    ("clap_complete", &[PROGRAM]),
    ("clap_mangen", &[PROGRAM]),
    ("coset", &["check_code"]),
    ("csv", &["deliver", "edition", "intake", "spec", "table", "trace"]),
    ("ct_codecs", &["check_code", "deliver"]),
    ("ed25519_compact", &["check_code", "deliver"]),
    ("encoding_rs", &["deliver", "grid", "intake", "spec"]),
    ("icu_locale", &["language"]),
    ("fixed_decimal", &["language"]),
    ("icu_plurals", &["language"]),
    ("include_dir", &["sources"]),
    ("indicatif", &[PROGRAM]),
    ("mail_builder", &["deliver"]),
    ("mail_parser", &["deliver"]),
    ("memchr", &["deliver", "grid", "release", "worker"]),
    ("mimalloc", &["main"]),
    ("minijinja", &["typeset"]),
    ("minisign", &["deliver"]),
    ("notosans", &["typeset"]),
    ("num_bigint", &["compute"]),
    ("num_rational", &["compute"]),
    ("num_traits", &["compute"]),
    ("postcard", &["grid", "typeset", "worker"]),
    ("qrcode", &["report"]),
    ("quick_xml", &["answer", "grid"]),
    ("rayon", &["check", "compute", "grid", "intake", "language", "project", "protect", "threads", PROGRAM]),
    ("rlimit", &["worker"]),
    ("rpassword", &[PROGRAM]),
    ("rust_xlsxwriter", &["answer", "companion", "disclosure", "forms", "release", "trace", "workbook"]),
    ("rustix", &["release", "worker"]),
    ("same_file", &["release"]),
    ("schemars", &["spec", "yaml"]),
    ("serde_yaml", &["yaml"]),
    ("sha2", &["deliver", "digest"]),
    ("signal_hook", &[PROGRAM]),
    ("strsim", &["check", "diagnostic"]),
    ("typst", &["typeset"]),
    ("typst_kit", &["typeset"]),
    ("typst_layout", &["typeset"]),
    ("typst_pdf", &["typeset"]),
    ("unicode_normalization", &["letters"]),
    ("unicode_script", &["letters"]),
    ("unicode_security", &["letters"]),
    ("walkdir", &["release", "sources"]),
    ("wildmatch", &["spec"]),
    ("zip", &["answer", "deliver", "grid", "shard"]),
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

/// What stands before the door: behind it nobody names these.
const INSIDE: [&str; 4] = ["Results", "Data", "Table", "Inside"];

/// The room that lets numbers through, and the one that hands it everything.
const DOOR: [&str; 2] = ["protect", "project"];

/// Who may see rows: those who make something for the unit or the office that sent them, and who tells where a number comes from.
const SENDERS: [&str; 5] = ["src/forms/", "src/report/unit.rs", "src/press/sheets.rs", "src/cli/sheets.rs", "src/trace/"];

/// Who may see the counts that are withheld: those who write them down for whoever answers for a release.
const DISCLOSERS: [&str; 2] = ["src/disclosure/", "src/press/disclosure.rs"];

/// What tells of counts that are withheld.
const WITHHELD: [&str; 6] = ["Protected", "About", "Count", "Place", "What", "jj"];

/// Who may touch the disk: `process` looks at what the system tells of processes.
const DISK: [&str; 3] = ["sources", "release", "process"];

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

/// The modules that a file may be reached by: `["intake", "cell"]` for `src/intake/cell.rs`.
fn route(path: &str) -> Vec<&str> {
    let inside = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let mut route: Vec<&str> = inside.split('/').collect();
    if route.last() == Some(&"mod") {
        route.pop();
    }
    route
}

/// Everything that a file names of this crate, as routes from its root, with the place: `crate::…` and `super::…` alike.
fn uses(source: &Source, code: &str) -> Vec<(Vec<String>, usize)> {
    let route = route(&source.path);
    let mut found = Vec::new();
    for word in ["crate", "super"] {
        for place in paths(code, word) {
            let mut rest = &code[place..];
            let mut base = route.clone();
            if let Some(inner) = rest.strip_prefix("crate::") {
                (base, rest) = (Vec::new(), inner);
            }
            while let Some(outer) = rest.strip_prefix("super::") {
                base.pop();
                rest = outer;
            }
            for names in listed(rest) {
                let base = base.iter().map(|&name| name.to_owned());
                found.push((base.chain(names).collect(), place));
            }
        }
    }
    found
}

/// The paths behind a prefix: one, or those of a list in braces, which may hold lists.
fn listed(rest: &str) -> Vec<Vec<String>> {
    let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    if let Some(list) = rest.strip_prefix('{') {
        let (mut depth, mut start, mut all) = (0, 0, Vec::new());
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    all.extend(listed(list[start..at].trim()));
                    start = at + 1;
                    if letter == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
        return all;
    }
    match rest[name.len()..].strip_prefix("::") {
        _ if rest.starts_with('*') => vec![vec!["*".to_owned()]],
        _ if name.is_empty() => Vec::new(),
        Some(inner) => {
            let inner = listed(inner);
            let alone = inner.is_empty().then(Vec::new);
            let behind = |names: Vec<String>| std::iter::once(name.clone()).chain(names).collect();
            inner.into_iter().chain(alone).map(behind).collect()
        }
        None => vec![vec![name]],
    }
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

#[test]
fn a_module_uses_only_those_above_it() {
    let sources = sources();
    let order = modules(&sources);
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| order.iter().any(|module| module == source.module())) {
        let code = source.code();
        let own = order.iter().position(|module| module == source.module()).expect("filtered");
        for (used, place) in uses(source, &code) {
            let used = &used[0];
            let above = order.iter().position(|module| module == used).is_some_and(|position| position <= own);
            if !above {
                let line = source.line(&code, place);
                faults.push(format!("{}:{line} uses `{used}`, which does not stand above it in `src/lib.rs`", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "modules use only those above them:\n{}", faults.join("\n"));
}

#[test]
fn behind_the_door_nobody_names_what_was_not_let_through() {
    let sources = sources();
    let order = modules(&sources);
    let door = order.iter().position(|module| module == DOOR[0]).expect("there is a door");
    let mut faults = Vec::new();
    let is_behind = |module: &str| module == PROGRAM || order[door..].iter().any(|behind| behind == module);
    for source in sources.iter().filter(|source| is_behind(source.module()) && !DOOR.contains(&source.module())) {
        let code = source.code();
        for (used, place) in uses(source, &code) {
            let line = source.line(&code, place);
            // A room may have a table of its own.
            let is_inside = ["compute", "dataset", "protect"].contains(&used[0].as_str());
            if let Some(word) = used.iter().find(|name| is_inside && INSIDE.contains(&name.as_str())) {
                faults.push(format!("{}:{line} names `{word}`, which stands before the door of `protect`", source.path));
            }
            let is_whole = used.len() == 1 || used.len() == 2 && used[1] == "self" || used.last().is_some_and(|last| last == "*");
            if is_inside && is_whole {
                faults.push(format!("{}:{line} takes all of `{}`; name what is used", source.path, used[0]));
            }
            let is_of_senders =
                used[0] == "protect" && used.iter().any(|name| ["Rows", "Units", "Behind"].contains(&name.as_str()));
            if is_of_senders && !SENDERS.iter().any(|home| source.path.starts_with(home)) {
                faults.push(format!("{}:{line} names rows, which only those who sent them may see", source.path));
            }
        }
        let is_discloser = DISCLOSERS.iter().any(|home| source.path.starts_with(home));
        let told = uses(source, &code).into_iter().filter(|(used, _)| {
            used[0] == "protect" && used.iter().any(|name| name == "disclosure" || WITHHELD.contains(&name.as_str()))
        });
        let called = code.match_indices(".disclosure(").map(|(place, _)| place);
        for place in told.map(|(_, place)| place).chain(called).filter(|_| !is_discloser) {
            let line = source.line(&code, place);
            faults.push(format!("{}:{line} names counts that are withheld, which no release may tell", source.path));
        }
        for word in [".inside(", "::inside("] {
            for (place, _) in code.match_indices(word) {
                faults.push(format!("{}:{} looks inside the door of `protect`", source.path, source.line(&code, place)));
            }
        }
    }
    assert!(faults.is_empty(), "what is published is made from `Published` alone:\n{}", faults.join("\n"));
}

#[test]
fn only_three_rooms_touch_the_disk() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !DISK.contains(&source.module())) {
        let code = source.code();
        let bare = |word: &str| paths(&code, word).collect::<Vec<usize>>();
        let listed = code.match_indices("use std::{").filter(|(place, _)| {
            let list = &code[*place..];
            list[..list.find(';').unwrap_or(list.len())].split([',', '{', '}', ' ', ':']).any(|name| name == "fs")
        });
        let named = ["std::fs", "rustix::fs", ".read_dir(", ".canonicalize(", ".exists()", ".is_file()"];
        let named = named.iter().flat_map(|word| code.match_indices(word)).chain(listed).map(|(place, _)| place);
        for place in named.chain(bare("fs")) {
            faults.push(format!("{}:{} touches the disk, whose homes are {DISK:?}", source.path, source.line(&code, place)));
        }
    }
    assert!(faults.is_empty(), "the disk is read and written in one place each:\n{}", faults.join("\n"));
}

#[test]
fn files_side_by_side_use_each_other_in_one_direction() {
    let sources = sources();
    let mut neighbours: BTreeMap<(Vec<String>, String), BTreeSet<String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.contains('/') && source.module() != PROGRAM) {
        let own: Vec<String> = route(&source.path).into_iter().map(str::to_owned).collect();
        for (used, _) in uses(source, &source.code()) {
            let shared = own.iter().zip(&used).take_while(|(left, right)| left == right).count();
            let is_module = |name: &str| {
                sources.iter().any(|other| {
                    let other = route(&other.path);
                    other.len() > shared
                        && other[..shared].iter().zip(&own).all(|(left, right)| left == right)
                        && other[shared] == name
                })
            };
            if let (true, Some(left), Some(right)) =
                (shared > 0, own.get(shared), used.get(shared).filter(|name| is_module(name)))
            {
                neighbours.entry((own[..shared].to_vec(), left.clone())).or_default().insert(right.clone());
            }
        }
    }
    let mut circles = Vec::new();
    for (folder, start) in neighbours.keys() {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![start.clone()]);
        while let Some(name) = ahead.pop() {
            for next in neighbours.get(&(folder.clone(), name)).into_iter().flatten() {
                if next == start {
                    circles.push(format!("src/{}: `{start}` uses itself in a circle", folder.join("/")));
                } else if seen.insert(next.clone()) {
                    ahead.push(next.clone());
                }
            }
        }
    }
    circles.dedup();
    assert!(circles.is_empty(), "files of a folder use those above them:\n{}", circles.join("\n"));
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
            let whole = ["use {name};", "use {name} as "].map(|form| form.replace("{name}", name));
            let whole = whole.iter().flat_map(|form| code.match_indices(form.as_str())).map(|(place, _)| place);
            let places: Vec<usize> = paths(&code, name).chain(whole).collect();
            named.extend(places.first().map(|_| *name));
            for place in places.into_iter().filter(|_| !home.contains(&source.module())) {
                let line = source.line(&code, place);
                faults.push(format!("{}:{line} names `{name}`, whose home is {home:?}", source.path));
            }
        }
    }
    let unused = homes.keys().filter(|name| !named.contains(*name));
    faults.extend(unused.map(|name| format!("no code names `{name}`: take it out of this test and of Cargo.toml")));
    assert!(faults.is_empty(), "outside crates stay at home:\n{}", faults.join("\n"));
}

/// The crates that the program is made of, as code spells them: of all systems.
fn dependencies() -> Vec<String> {
    let manifest = include_str!("../Cargo.toml");
    let sections = manifest.split("\n[").filter(|section| {
        section.starts_with("dependencies]\n") || section.starts_with("target.") && section.contains(".dependencies]\n")
    });
    let lines = sections.flat_map(|section| section.lines().skip(1));
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
            // A name of clap holds a word that subjects use.
            let lower = line.to_lowercase().replace("disable_help", "");
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
