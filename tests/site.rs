//! Pages for a browser: every way leads somewhere, what stands on them is escaped, and a fault of a template hides nothing.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::said;
use tempfile::TempDir;

/// A project with two languages and three levels.
fn project() -> TempDir {
    support::case("waivers-for-the-public")
}

/// The text files in a folder, by their paths with `/`.
fn texts(place: &Path) -> BTreeMap<String, String> {
    let files = support::files(place).expect("it can be listed");
    let named = |file: &Path| file.strip_prefix(place).expect("it lies there").to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (named(file), String::from_utf8_lossy(&fs::read(file).expect("read")).into_owned())).collect()
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    let found = page.match_indices(&begin).map(|(at, _)| &page[at + begin.len()..]);
    found.map(|rest| &rest[..rest.find('"').expect("it ends")]).collect()
}

/// The file that a way from another file leads to.
fn target(from: &str, way: &str) -> String {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for name in way.split('/') {
        match name {
            ".." => drop(folders.pop()),
            name => folders.push(name),
        }
    }
    folders.join("/")
}

/// A way as it stands in an address, as the name of a file.
fn unquoted(way: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = way.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).expect("names are text")
}

#[test]
fn every_way_leads_to_a_file_and_every_file_is_in_the_manifest() {
    let project = project();
    said(&project, &["build", "--language", "en", "--language", "ru", "--replace"], 0);
    let release = texts(&project.path().join("out/2025"));
    let manifest: serde_json::Value = serde_json::from_str(&release["manifest.json"]).expect("it is JSON");
    let listed = manifest["site"].as_array().expect("pages are listed");
    let pages: Vec<(&String, &String)> = release.iter().filter(|(path, _)| path.ends_with(".html")).collect();
    let site = release.keys().filter(|path| path.starts_with("site/")).count();
    assert_eq!(listed.len(), site);
    // Two languages: four single pages, seven regions and the indicators each, and the choice of a language.
    assert_eq!(pages.iter().filter(|(path, _)| path.contains("/region/")).count(), 14);
    assert_eq!(pages.len() % 2, 1, "{:?}", release.keys());
    let mut ways = 0;
    for (path, page) in &pages {
        for way in values(page, "href").into_iter().chain(values(page, "src")) {
            let (way, fragment) = way.split_once('#').unwrap_or((way, ""));
            let target = if way.is_empty() { (*path).clone() } else { target(path, &unquoted(way)) };
            let found = release.get(&target).unwrap_or_else(|| panic!("`{path}` leads to `{target}`"));
            assert!(
                fragment.is_empty() || found.contains(&format!("id=\"{fragment}\"")),
                "`{path}` leads to `{target}#{fragment}`"
            );
            ways += 1;
        }
        for hash in page.split("<td class=\"hash\">").skip(1).map(|rest| &rest[..64]) {
            let is_told = ["reports", "companions", "site"].iter().flat_map(|list| manifest[*list].as_array().expect("a list"));
            assert!(is_told.clone().any(|entry| entry["sha256"] == hash), "`{path}` tells the hash `{hash}`");
        }
    }
    assert!(ways > 500, "{ways} ways");
}

#[test]
fn there_are_pages_only_where_they_are_wanted_and_the_report_of_the_top_region_is_made() {
    for arguments in [&["build", "--no-site"][..], &["build", "--region", "21"]] {
        let project = project();
        said(&project, arguments, 0);
        assert!(!project.path().join("out/2025/site").exists(), "{arguments:?}");
    }
    let project = project();
    said(&project, &["build", "--level", "republic", "--language", "en"], 0);
    let release = texts(&project.path().join("out/2025/site"));
    let regions: Vec<&String> = release.keys().filter(|path| path.contains("/region/")).collect();
    assert_eq!(regions, ["en/region/0.html"]);
    assert!(release["en/region/0.html"].contains(">North"), "what has no page stands there without a way to it");
}

#[test]
fn signs_of_html_in_names_are_only_signs() {
    let project = project();
    let regions = project.path().join("indicator-specs/regions.yaml");
    let text = fs::read_to_string(&regions).expect("read");
    let text =
        text.replace("en: North }", "en: '<b>\"North\" & ''sons''</b>\\' }, aliases: [North]").replace("\"22\"", "\"2/2 #?\"");
    fs::write(&regions, text).expect("written");
    said(&project, &["build", "--language", "en"], 0);
    let site = texts(&project.path().join("out/2025/site"));
    let page = &site["en/region/10.html"];
    assert!(page.contains("<h1>&lt;b&gt;&quot;North&quot; &amp; &#39;sons&#39;&lt;/b&gt;\\</h1>"), "{page}");
    assert!(!page.contains("<b>\"North"));
    assert!(site.contains_key("en/region/2-2---.html"), "{:?}", site.keys());
    assert!(site["en/regions.js"].contains(r#""name":"<b>\"North\" & 'sons'</b>\\""#), "{}", site["en/regions.js"]);
}

#[test]
fn a_fault_of_a_page_is_told_with_its_place_and_hides_no_document() {
    let project = project();
    let folder = project.path().join("report-templates/site");
    fs::create_dir_all(&folder).expect("made");
    fs::write(folder.join("region.html.j2"), "one\n{{ nowhere.to_be.found }}\n").expect("written");
    let told = said(&project, &["build"], 1);
    assert!(told.contains("--> report-templates/site/region.html.j2:2"), "{told}");
    assert!(project.path().join("out/2025/site/en/index.html").exists());
    assert!(project.path().join("out/2025/en/0 Republic. 2025.pdf").exists());
    let manifest = fs::read_to_string(project.path().join("out/2025/manifest.json")).expect("read");
    assert!(manifest.contains("\"complete\": false"), "{manifest}");
}

#[test]
fn an_internal_page_whose_template_does_not_say_so_is_refused() {
    let project = project();
    let folder = project.path().join("report-templates/site");
    fs::create_dir_all(&folder).expect("made");
    fs::write(folder.join("home.html.j2"), "<!DOCTYPE html><title>{{ title }}</title>\n").expect("written");
    said(&project, &["build"], 0);
    let told = said(&project, &["build", "--audience", "internal"], 1);
    assert!(told.contains("expected “For internal use, not for publication” on every page, found a page without it"), "{told}");
}
