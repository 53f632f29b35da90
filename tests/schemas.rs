//! The JSON Schemas in `docs/schemas/` are those of the program, and every specification that is shipped names its own.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Kinds of specification files, as `esep schema` calls them.
const FILES: [&str; 10] =
    ["programme", "regions", "dataset", "indicator", "check", "series", "waivers", "offices", "approvals", "codes"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_schemas_are_those_of_the_program() {
    for file in FILES {
        let output = Command::new(env!("CARGO_BIN_EXE_esep")).args(["schema", file]).output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("a schema is text");
        serde_json::from_str::<serde_json::Value>(&printed).expect("a schema is JSON");
        let path = root().join(format!("docs/schemas/{file}.json"));
        if support::bless() {
            fs::create_dir_all(root().join("docs/schemas")).expect("the folder can be made");
            fs::write(&path, &printed).expect("the schema can be written");
        }
        let shipped = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            shipped == printed,
            "docs/schemas/{file}.json is not what `esep schema {file}` prints; `ESEP_BLESS=1 cargo test --test schemas` writes it\n{}",
            support::diff(&shipped, &printed)
        );
    }
}

#[test]
fn every_specification_names_its_schema() {
    let mut folders = vec![root().join("indicator-specs"), root().join("tests/base/indicator-specs")];
    let cases = ["tests/cases", "tests/countries"].map(|cases| support::entries(&root().join(cases)).expect("there are cases"));
    for case in cases.concat() {
        // A case over the base may hold files that are faulty on purpose.
        folders.extend(Some(case.join("indicator-specs")).filter(|specs| specs.join("programme.yaml").is_file()));
    }
    let files: Vec<PathBuf> =
        folders.iter().flat_map(|folder| support::files(folder).expect("specifications can be listed")).collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let text = fs::read_to_string(file).expect("specifications are text");
        let named = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let folder = file.parent().expect("a file lies in a folder");
        let own = match folder.file_name().and_then(|name| name.to_str()) {
            Some("datasets") => "dataset.json",
            Some("indicators") => "indicator.json",
            Some("checks") => "check.json",
            Some("series") => "series.json",
            _ if file.ends_with("waivers.yaml") => "waivers.json",
            _ if file.ends_with("offices.yaml") => "offices.json",
            _ if file.ends_with("approvals.yaml") => "approvals.json",
            _ if file.ends_with("regions.yaml") => "regions.json",
            _ => "programme.json",
        };
        if !named.is_some_and(|named| named.ends_with(own) && folder.join(named).is_file()) {
            faults.push(format!("{}: expected a first line that names {own}, found {named:?}", file.display()));
        }
    }
    assert!(!files.is_empty() && faults.is_empty(), "{}", faults.join("\n"));
}
