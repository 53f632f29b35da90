//! A release that is made in parts: joined, it is that of a single run, to the byte; and what is not all of one release is not joined.

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::said;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Two languages, eight regions, seven of which exist, and five units with sheets.
fn project() -> TempDir {
    support::case("sheets-of-units")
}

/// The files in a folder, by path.
fn tree(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = support::files(place).expect("it can be listed");
    let name = |file: &Path| file.strip_prefix(place).expect("it lies there").to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), fs::read(file).expect("it can be read"))).collect()
}

/// Makes all parts into a folder of the project; returns their archives, as paths in the project.
fn parts(project: &TempDir, command: &[&str], of: usize, out: &str, code: i32) -> Vec<String> {
    (1..=of).map(|number| part(project, command, (number, of), out, code)).collect()
}

/// Makes a part; returns its archive.
fn part(project: &TempDir, command: &[&str], (number, of): (usize, usize), out: &str, code: i32) -> String {
    let share = format!("{number}/{of}");
    said(project, &[command, &["--quiet", "--shard", &share, "--out", out]].concat(), code);
    let ending = format!("shard-{number}-of-{of}.zip");
    let names = tree(&project.path().join(out)).into_keys().filter(|name| name.ends_with(&ending));
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), 1, "{names:?}");
    format!("{out}/{}", names[0])
}

/// Joins archives; returns what is said.
fn merged(project: &TempDir, archives: &[String], out: &str, code: i32) -> String {
    let archives: Vec<&str> = archives.iter().map(String::as_str).collect();
    said(project, &[&["merge", "--out", out], archives.as_slice()].concat(), code)
}

/// Holds what one run makes against what parts give.
#[track_caller]
fn is_the_same(project: &TempDir, one: &str, joined: &str) {
    let (one, joined) = (tree(&project.path().join(one)), tree(&project.path().join(joined)));
    assert_eq!(one.keys().collect::<Vec<_>>(), joined.keys().collect::<Vec<_>>());
    let differing: Vec<&String> = one.keys().filter(|name| one[*name] != joined[*name]).collect();
    assert!(differing.is_empty(), "{differing:?}");
    assert!(one.len() > 3, "{:?}", one.keys());
}

fn edit(project: &TempDir, file: &str, from: &str, to: &str) {
    let path = project.path().join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(&path, text.replacen(from, to, 1)).expect("it can be written");
}

/// An archive written anew: `change` gives the bytes of each file, under a name, or none to leave it out; `more` is added behind.
fn rewritten(
    archive: &Path,
    change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>,
    more: &[(&str, &[u8], CompressionMethod)],
) -> Vec<u8> {
    let mut zip = ZipArchive::new(File::open(archive).expect("it is there")).expect("it is a zip");
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: &[u8], method| {
        out.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("it can be written");
        out.write_all(bytes).expect("it can be written");
    };
    for position in 0..zip.len() {
        let mut file = zip.by_index(position).expect("it has the file");
        let name = file.name().expect("it has a name").into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("it is whole");
        if let Some((name, bytes)) = change(&name, bytes) {
            put(&name, &bytes, CompressionMethod::Stored);
        }
    }
    for (name, bytes, method) in more {
        put(name, bytes, *method);
    }
    out.finish().expect("it can be written").into_inner()
}

/// The names of the files in an archive.
fn names(archive: &Path) -> Vec<String> {
    let zip = ZipArchive::new(File::open(archive).expect("it is there")).expect("it is a zip");
    zip.file_names().map(|name| name.expect("it has a name").into_owned()).collect()
}

#[test]
fn parts_join_to_the_bytes_of_one_run_however_many_there_are() {
    let project = project();
    said(&project, &["build", "--quiet", "--out", "one"], 0);
    for of in [1, 2, 3, 9] {
        let archives = parts(&project, &["build"], of, &format!("parts-{of}"), 0);
        let told = merged(&project, &archives, &format!("joined-{of}"), 0);
        assert!(told.contains("of the parts, nothing had to be made again"), "{told}");
        is_the_same(&project, "one", &format!("joined-{of}"));
    }
    let place = |archive: &str| project.path().join(archive);
    // The longest document comes first, and a part without regions holds no document.
    assert!(names(&place("parts-3/2025-shard-1-of-3.zip"))[1].contains("/0 "), "the top region");
    let last = names(&place("parts-9/2025-shard-9-of-9.zip"));
    assert!(!last.iter().any(|name| name.ends_with(".pdf")), "{last:?}");
    // The same part has the same bytes, however many documents are made at once, and found or made.
    for options in [["--jobs", "1"], ["--jobs", "3"], ["--cache-size", "0"]] {
        part(&project, &[["build"].as_slice(), &options].concat(), (1, 3), "again", 0);
        let name = "2025-shard-1-of-3.zip";
        assert!(fs::read(place("again").join(name)).expect("there") == fs::read(place("parts-3").join(name)).expect("there"));
    }
    assert_eq!(tree(&place("again")).len(), 1, "nothing else is left");
}

#[test]
fn what_was_asked_of_the_parts_is_what_the_whole_is() {
    let project = project();
    let commands: [(&[&str], &str); 3] = [
        (&["build", "--audience", "internal"], "internal"),
        (&["build", "--region", "10", "--language", "ru", "--date", "2026-02-03", "--no-site"], "some"),
        (&["sheets"], "sheets"),
    ];
    for (command, name) in commands {
        let [one, out, joined] = ["one", "parts", "joined"].map(|folder| format!("private/{name}-{folder}"));
        said(&project, &[command, &["--quiet", "--out", &one]].concat(), 0);
        let archives = parts(&project, command, 2, &out, 0);
        merged(&project, &archives, &joined, 0);
        is_the_same(&project, &one, &joined);
        #[cfg(unix)]
        if name != "some" {
            use std::os::unix::fs::PermissionsExt;
            let facts = fs::metadata(project.path().join(&archives[0])).expect("it is there");
            assert_eq!(facts.permissions().mode() & 0o777, 0o600, "what is not published is for its owner alone");
        }
    }
    let told = said(&project, &["sheets", "--shard", "1/2"], 2);
    assert!(told.contains("--out"), "{told}");
    said(&project, &["build", "--shard", "3/2", "--out", "parts"], 2);
}

#[test]
fn a_part_that_ran_twice_is_one_part() {
    let project = project();
    said(&project, &["build", "--quiet", "--out", "one"], 0);
    let mut archives = parts(&project, &["build"], 2, "parts", 0);
    archives.push(part(&project, &["build"], (2, 2), "elsewhere", 0));
    archives.push(archives[0].clone());
    merged(&project, &archives, "joined", 0);
    is_the_same(&project, "one", "joined");
}

#[test]
fn what_a_part_could_not_make_is_tried_again() {
    let project = project();
    let template = project.path().join("report-templates/local/report.typ.j2");
    fs::create_dir_all(template.parent().expect("it has a folder")).expect("it can be made");
    fs::write(&template, "#nonsense()").expect("it can be written");
    said(&project, &["build", "--quiet", "--out", "one"], 1);
    let archives = parts(&project, &["build"], 2, "parts", 1);
    let told = merged(&project, &archives, "joined", 1);
    assert!(told.contains("error[failed-report]: this report could not be made"), "{told}");
    is_the_same(&project, "one", "joined");
    assert!(project.path().join("joined/2025-failed").is_dir());
}

#[test]
fn a_part_of_what_errors_block_is_a_part_like_others() {
    let project = support::case("a-negative-count");
    said(&project, &["build", "--quiet", "--out", "one"], 1);
    let archives = parts(&project, &["build"], 2, "parts", 0);
    let told = merged(&project, &archives, "joined", 1);
    assert!(told.contains("blocked until the errors are mended"), "{told}");
    is_the_same(&project, "one", "joined");
}

#[test]
fn parts_of_a_later_edition_join_to_it() {
    let project = project();
    said(&project, &["build", "--quiet"], 0);
    fs::create_dir_all(project.path().join("published")).expect("it can be made");
    fs::rename(project.path().join("out/2025"), project.path().join("published/2025")).expect("it can be moved");
    let joined = |name: &str| {
        let [one, out, joined] = ["one", "parts", "joined"].map(|folder| format!("{name}-{folder}"));
        said(&project, &["build", "--quiet", "--out", &one], 0);
        let told = merged(&project, &parts(&project, &["build"], 3, &out, 0), &joined, 0);
        is_the_same(&project, &one, &joined);
        told
    };
    let told = joined("same");
    assert!(told.contains("nothing had to be made again"), "{told}");
    // No number is new, and the words of one region's reports are: the parts of the others do not know that it is a later edition.
    edit(&project, "indicator-specs/regions.yaml", "en: Kent }", "en: New Kent }, aliases: [Kent]");
    joined("other");
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_nothing_is_joined() {
    let project = project();
    let archives = parts(&project, &["build"], 5, "parts", 0);
    let at = |archive: &str| project.path().join(archive);
    let put = |name: &str, bytes: &[u8]| {
        fs::create_dir_all(at("came")).expect("it can be made");
        fs::write(at("came").join(name), bytes).expect("it can be written");
        format!("came/{name}")
    };
    let bytes = fs::read(at(&archives[1])).expect("it is there");
    // A document of part 3 is another one, and its manifest agrees.
    let document = names(&at(&archives[2])).into_iter().find(|name| name.ends_with(".pdf")).expect("it has one");
    let other = b"%PDF-1.7 another";
    let forged = rewritten(
        &at(&archives[2]),
        |name, bytes| {
            if name == document {
                return Some((name.to_owned(), other.to_vec()));
            }
            if name != "shard.json" {
                return Some((name.to_owned(), bytes));
            }
            let mut manifest: Value = serde_json::from_slice(&bytes).expect("it is JSON");
            let pieces = manifest["pieces"].as_array_mut().expect("it has pieces");
            let piece = pieces.iter_mut().find(|piece| piece["path"] == document.as_str()).expect("it is listed");
            piece["size"] = other.len().into();
            piece["sha256"] = esep::digest::sha256(other).into();
            Some((name.to_owned(), serde_json::to_vec(&manifest).expect("plain data")))
        },
        &[],
    );
    let mut altered = fs::read(at(&archives[3])).expect("it is there");
    let place = altered.len() / 2;
    altered[place] ^= 1;
    let brought = [
        archives[0].clone(),
        put("2025-shard-2-of-5.zip", &bytes[..bytes.len() / 2]),
        archives[2].clone(),
        put("third.zip", &forged),
        put("fourth.zip", &altered),
        put("notes.zip", b"not a zip at all"),
        part(&project, &["build", "--language", "ru"], (4, 5), "russian", 0),
        "nowhere.zip".to_owned(),
    ];
    let told = merged(&project, &brought, "joined", 1);
    for expected in [
        "`came/2025-shard-2-of-5.zip` is not the whole archive of a part: its end is missing, or it is no ZIP; copy it anew",
        "`came/notes.zip` is not the whole archive of a part",
        "`came/fourth.zip` was changed after it was made: `",
        &format!("`came/third.zip` and `parts/2025-shard-3-of-5.zip` are both part 3 and differ in `{document}`"),
        "`russian/2025-shard-4-of-5.zip` does not belong to `",
        "it was made with another `--language`; make both with the same options",
        "`nowhere.zip` cannot be read: ",
        "part 5 of 5 is missing: bring `2025-shard-5-of-5.zip`, or make it with `--shard 5/5`",
        "nothing is joined until all parts are there, whole and of this project",
    ] {
        assert!(told.contains(expected), "expected {expected} in {told}");
    }
    assert!(!told.contains("part 2 of 5 is missing"), "its archive is damaged, which has been said: {told}");
    assert!(!at("joined/2025").exists());
}

#[test]
fn parts_of_other_files_or_another_program_are_foreign() {
    let project = project();
    let archives = parts(&project, &["build", "--no-site"], 2, "parts", 0);
    let whole = rewritten(
        &project.path().join(&archives[1]),
        |name, bytes| {
            let text = String::from_utf8(bytes.clone()).ok().filter(|_| name == "shard.json");
            let other = text.map(|text| text.replace("\"program\": \"esep ", "\"program\": \"esep 9.").into_bytes());
            Some((name.to_owned(), other.unwrap_or(bytes)))
        },
        &[],
    );
    fs::write(project.path().join("other.zip"), whole).expect("it can be written");
    let told = merged(&project, &[archives[0].clone(), "other.zip".to_owned()], "joined", 1);
    assert!(told.contains("`other.zip` was made by another program (esep 9."), "{told}");
    assert!(told.contains("use a copy of one program file on all machines"), "{told}");

    edit(&project, "indicator-specs/regions.yaml", "en: Kent", "en: New Kent");
    fs::write(project.path().join("report-templates.txt"), "not read").expect("it can be written");
    let told = merged(&project, &archives, "joined", 1);
    for archive in &archives {
        let expected = format!(
            "`{archive}` was made from other files than those of this project: they lack `indicator-specs/regions.yaml` as it stands \
             here, and one of theirs is not here; give all machines the same project folder"
        );
        assert!(told.contains(&expected), "expected {expected} in {told}");
    }
    assert!(!project.path().join("joined/2025").exists());
}

#[test]
fn no_archive_writes_elsewhere_or_fills_the_memory() {
    let project = project();
    let archives = parts(&project, &["build", "--no-site", "--language", "en"], 1, "parts", 0);
    let archive = project.path().join(&archives[0]);
    let zeros = vec![0; 64 << 20];
    let strange: [(&str, &[u8], CompressionMethod, &str); 4] = [
        ("../../escaped.txt", b"mine", CompressionMethod::Stored, "`../../escaped.txt` in it was not put there by esep"),
        ("/tmp/escaped.txt", b"mine", CompressionMethod::Stored, "was not put there by esep"),
        ("bomb.pdf", &zeros, CompressionMethod::Deflated, "`bomb.pdf` in it cannot be used"),
        ("en/more.pdf", b"mine", CompressionMethod::Stored, "`en/more.pdf` in it was not put there by esep"),
    ];
    for (name, bytes, method, expected) in strange {
        let changed = rewritten(&archive, |name, bytes| Some((name.to_owned(), bytes)), &[(name, bytes, method)]);
        fs::write(project.path().join("changed.zip"), changed).expect("it can be written");
        let told = merged(&project, &["changed.zip".to_owned()], "joined", 1);
        assert!(told.contains(expected), "expected {expected} in {told}");
    }
    // A manifest that lies about paths and sizes, or is none.
    let lies: [(&str, &str, &str); 4] = [
        ("\"path\": \"en/", "\"path\": \"../en/", "was not put there by esep"),
        ("\"size\": 1", "\"size\": 99999999999991", "it does not hold what it says"),
        ("\"pieces\": [", "\"pieces\": 7, \"rest\": [", "another version of esep made it, or it was changed"),
        ("\"share\": [", "\"share\": [0, 0], \"rest\": [", "another version of esep made it, or it was changed"),
    ];
    for (from, to, expected) in lies {
        let changed = rewritten(
            &archive,
            |name, bytes| {
                let text = String::from_utf8(bytes.clone()).ok().filter(|_| name == "shard.json");
                Some((name.to_owned(), text.map_or(bytes, |text| text.replacen(from, to, 1).into_bytes())))
            },
            &[],
        );
        fs::write(project.path().join("changed.zip"), changed).expect("it can be written");
        let told = merged(&project, &["changed.zip".to_owned()], "joined", 1);
        assert!(told.contains(expected), "expected {expected} in {told}");
    }
    let folders: Vec<PathBuf> = fs::read_dir(project.path()).expect("listed").flatten().map(|entry| entry.path()).collect();
    assert!(!folders.iter().any(|path| path.ends_with("escaped.txt")) && !project.path().join("joined/2025").exists());
}

#[test]
fn what_stands_in_the_place_of_an_archive_is_replaced_only_if_esep_made_it() {
    let project = project();
    fs::create_dir(project.path().join("parts")).expect("it can be made");
    fs::write(project.path().join("parts/2025-shard-1-of-2.zip"), "mine").expect("it can be written");
    let told = said(&project, &["build", "--quiet", "--shard", "1/2", "--out", "parts"], 2);
    assert!(told.contains("it holds something else and not what esep wrote"), "{told}");
    fs::remove_file(project.path().join("parts/2025-shard-1-of-2.zip")).expect("it is there");
    part(&project, &["build"], (1, 2), "parts", 0);
    part(&project, &["build"], (1, 2), "parts", 0);
    let told = said(&project, &["build", "--quiet", "--shard", "1/2", "--out", "inputs/parts"], 2);
    assert!(told.contains("it lies in `inputs`, which is read"), "{told}");
}
