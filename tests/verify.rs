//! What goes out and how it is judged: bags, keys, signatures, and `esep verify` as an office runs it.
//!
//! `tests/bags/` holds a bag a folder. Its name says what is so; `judgement.txt` says how it is judged, and which faults are found.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use esep::deliver::Files;
use esep::deliver::bag::{self, Bag, Report};
use esep::release::{FileEntry, Found, Standing, look};
use serde_json::{Value, json};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn esep(at: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_esep")).args(arguments).current_dir(at).output().expect("the program runs")
}

#[track_caller]
fn runs(at: &Path, arguments: &[&str], code: i32) -> String {
    let output = esep(at, arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}:\n{text}");
    text
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn file(path: &str, text: &str) -> (String, Vec<u8>) {
    (path.to_owned(), text.as_bytes().to_vec())
}

/// A small package for an office.
fn package() -> Bag {
    let element = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    Bag {
        name: "north".into(),
        info: vec![element(bag::OFFICE, "North"), element(bag::PERIOD, "2025"), element(bag::EDITION, "1")],
        payload: vec![file("report.pdf", "%PDF-1.7 a report"), file("table.csv", "region,value\n10,1\n10,1\n10,1\n10,1\n")],
        tags: vec![file("receipt.txt", "received\n")],
    }
}

fn judged_folder(path: &Path) -> Report {
    let Found::Folder(folder) = look(path).expect("it is there") else { panic!("`{}` is a folder", path.display()) };
    bag::check(&mut Files::of_folder(folder))
}

fn judged_zip(bytes: Vec<u8>) -> Option<Report> {
    Files::of_zip(Box::new(Cursor::new(bytes))).expect("memory can be read").map(|mut files| bag::check(&mut files))
}

/// A judgement as a text: the word, and a line for each fault.
fn worded(report: &Report) -> String {
    let judgement = serde_json::to_value(report.judgement()).expect("plain data");
    let faults = report.faults.iter().map(|fault| {
        let kind = serde_json::to_value(fault.kind).expect("plain data");
        let line = format!("{} {} {}", kind.as_str().unwrap_or_default(), fault.file, fault.detail);
        line.trim_end().to_owned() + "\n"
    });
    format!("{}\n{}", judgement.as_str().unwrap_or_default(), faults.collect::<String>())
}

/// Every folder below `tests/bags`.
fn bags() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bags");
    let entries = fs::read_dir(folder).expect("bags").map(|entry| entry.expect("a bag").path());
    let mut bags: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    bags.sort();
    bags
}

/// The files of a folder as a ZIP with one folder, as other programs pack it.
fn packed(folder: &Path) -> Vec<u8> {
    let Found::Folder(found) = look(folder).expect("it is there") else { panic!("a folder") };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for path in found.files.keys() {
        zip.start_file(format!("top/{path}"), SimpleFileOptions::default()).expect("packed");
        zip.write_all(&fs::read(folder.join(path)).expect("read")).expect("packed");
    }
    zip.finish().expect("packed").into_inner()
}

#[test]
fn bags_of_others_are_judged_by_their_faults_in_a_folder_and_in_a_zip() {
    let bless = std::env::var_os("ESEP_BLESS").is_some();
    for case in bags() {
        let report = worded(&judged_folder(&case.join("bag")));
        let expected = case.join("judgement.txt");
        if bless {
            fs::write(&expected, &report).expect("written");
        }
        assert_eq!(report, fs::read_to_string(&expected).unwrap_or_default(), "{}", case.display());
        let name = case.file_name().expect("a name").to_string_lossy();
        assert!(name.starts_with(report.lines().next().expect("a judgement")), "{name} is judged {report}");
        let zipped = judged_zip(packed(&case.join("bag"))).expect("a ZIP");
        assert_eq!(report, worded(&zipped), "{name} in a ZIP");
    }
}

#[test]
fn a_bag_that_esep_writes_is_valid_in_its_zip_and_unpacked() {
    let bytes = package().write().expect("packed");
    assert_eq!(worded(&judged_zip(bytes.clone()).expect("a ZIP")), "valid\n");
    // For `tests/judges/bags.sh`.
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("package.zip"), &bytes).expect("written");
    let place = folder();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    archive.extract(place.path()).expect("unpacked");
    let report = judged_folder(&place.path().join("north"));
    assert_eq!(worded(&report), "valid\n");
    assert_eq!(report.unsealed, Vec::<String>::new());
    assert_eq!(report.element("Payload-Oxum"), Some("50.2"));
}

#[test]
fn signatures_that_come_later_have_a_place_in_a_package_and_nothing_else_has() {
    let place = folder();
    let mut archive = ZipArchive::new(Cursor::new(package().write().expect("packed"))).expect("a ZIP");
    archive.extract(place.path()).expect("unpacked");
    let add = |path: &str| {
        let path = place.path().join("north").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, "more").expect("written");
    };
    add("signatures/report.pdf.p7s");
    runs(place.path(), &["verify", "north"], 0);
    runs(place.path(), &["verify", "north/data/report.pdf"], 0);
    for path in ["more.exe", "data/more.exe"] {
        add(path);
        let said = runs(place.path(), &["verify", "north"], 1);
        assert!(said.contains(&format!("added, no checksum for it: {path}")), "{said}");
        fs::remove_file(place.path().join("north").join(path)).expect("removed");
    }
}

#[test]
fn no_byte_of_a_package_changes_unseen() {
    let whole = package().write().expect("packed");
    for place in 0..whole.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[place] ^= mask;
            if let Some(report) = judged_zip(bytes) {
                assert!(!report.faults.is_empty(), "byte {place} was changed by {mask:#x}, and the package is called whole");
            }
        }
    }
}

#[test]
fn a_changed_file_in_a_package_is_named() {
    let whole = package().write().expect("packed");
    // A PDF is not packed again, so its bytes stand in the ZIP as they are.
    let place = whole.windows(8).position(|bytes| bytes == b"a report").expect("the PDF");
    let mut bytes = whole;
    bytes[place] = b'A';
    let at = folder();
    fs::write(at.path().join("north.zip"), bytes).expect("written");
    let said = runs(at.path(), &["verify", "north.zip"], 1);
    assert!(said.contains("data/report.pdf"), "{said}");
}

#[test]
fn no_beginning_of_a_package_is_called_whole() {
    let whole = package().write().expect("packed");
    for length in 0..whole.len() {
        if let Some(report) = judged_zip(whole[..length].to_vec()) {
            assert!(!report.faults.is_empty(), "the first {length} bytes are called whole");
        }
    }
}

#[test]
fn a_bomb_and_a_path_outside_are_refused() {
    let zip = |files: &[(&str, &[u8])]| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            zip.start_file(*path, SimpleFileOptions::default()).expect("packed");
            zip.write_all(bytes).expect("packed");
        }
        zip.finish().expect("packed").into_inner()
    };
    let zeros = vec![0; 80 << 20];
    let report = judged_zip(zip(&[("top/bagit.txt", b""), ("top/data/zeros", &zeros)])).expect("a ZIP");
    assert!(worded(&report).contains("too-large data/zeros"), "{}", worded(&report));
    let report = judged_zip(zip(&[("top/bagit.txt", b""), ("../outside.txt", b"out")])).expect("a ZIP");
    assert!(worded(&report).contains("outside ../outside.txt"), "{}", worded(&report));
}

/// A folder with a pair of keys without password.
fn with_keys() -> TempDir {
    let at = folder();
    runs(at.path(), &["keys", "keys", "--no-password"], 0);
    at
}

/// Writes a small release: a report, and a manifest that lists it.
fn release(at: &Path, edition: u64) {
    let report = b"%PDF-1.7 a report";
    let entry = FileEntry::new("en/10 North.pdf", report);
    fs::create_dir_all(at.join("en")).expect("made");
    fs::write(at.join("en/10 North.pdf"), report).expect("written");
    let manifest = json!({ "holds": "reports", "program": "esep 0", "period": "2025", "edition": edition, "complete": true,
        "reports": [entry] });
    fs::write(at.join("manifest.json"), manifest.to_string()).expect("written");
}

fn editions(last: u64) -> String {
    let entry = |edition: u64| json!({ "period": "2025", "edition": edition, "status": "final", "issued": "2025-10-01" });
    json!({ "programme": "p", "editions": (1..=last).map(entry).collect::<Vec<Value>>() }).to_string()
}

#[test]
fn keys_are_for_their_owner_and_never_overwritten() {
    let at = with_keys();
    let before = fs::read(at.path().join("keys/esep.key")).expect("a key");
    assert!(runs(at.path(), &["keys", "keys", "--no-password"], 2).contains("never overwritten"));
    assert_eq!(before, fs::read(at.path().join("keys/esep.key")).expect("a key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(at.path().join("keys/esep.key")).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let release_folder = at.path().join("out/2025");
    release(&release_folder, 1);
    assert!(runs(at.path(), &["keys", "out", "--no-password"], 2).contains("folder of releases"));
}

#[test]
fn a_password_opens_a_key_and_another_one_does_not() {
    let at = folder();
    fs::write(at.path().join("password"), "correct horse\n").expect("written");
    fs::write(at.path().join("wrong"), "horse\n").expect("written");
    fs::write(at.path().join("a.txt"), "a").expect("written");
    runs(at.path(), &["keys", ".", "--password-file", "password"], 0);
    let said = runs(at.path(), &["sign", "a.txt", "--key", "esep.key", "--password-file", "wrong"], 2);
    assert!(said.contains("does not open"), "{said}");
    assert!(!at.path().join("a.txt.minisig").exists());
    runs(at.path(), &["sign", "a.txt", "--key", "esep.key", "--password-file", "password"], 0);
    runs(at.path(), &["verify", "a.txt", "--key", "esep.pub"], 0);
}

#[test]
fn a_signed_package_is_told_from_one_that_is_not() {
    let at = with_keys();
    fs::create_dir(at.path().join("out")).expect("made");
    fs::write(at.path().join("out/north.zip"), package().write().expect("packed")).expect("written");
    let said = runs(at.path(), &["verify", "out/north.zip"], 0);
    assert_eq!(
        said,
        "out/north.zip: package for North, period 2025, edition 1\n  Whole. Files compared: 9\n  Not signed\n  \
         No list of editions tells whether a later one has taken its place\n"
    );
    runs(at.path(), &["verify", "out/north.zip", "--key", "keys/esep.pub"], 1);
    runs(at.path(), &["sign", "out", "--key", "keys/esep.key", "--date", "2025-09-01"], 0);
    let said = runs(at.path(), &["verify", "out/north.zip", "--key", "keys/esep.pub"], 0);
    assert!(said.contains("esep: package North 2025 edition 1; file north.zip; sha256 "), "{said}");
    assert!(said.contains("; date 2025-09-01"), "{said}");
    // A key may be named by itself, and another one is told by its id.
    let public = fs::read_to_string(at.path().join("keys/esep.pub")).expect("a key");
    runs(at.path(), &["verify", "out/north.zip", "--key", public.lines().nth(1).expect("the key")], 0);
    runs(at.path(), &["keys", "others", "--no-password"], 0);
    let said = runs(at.path(), &["verify", "out/north.zip", "--key", "others/esep.pub", "--language", "ru"], 1);
    assert!(said.contains("который вы не указали"), "{said}");
    // A changed signature is none.
    let path = at.path().join("out/north.zip.minisig");
    let text = fs::read_to_string(&path).expect("a signature");
    fs::write(&path, text.replace("North 2025", "South 2025")).expect("written");
    runs(at.path(), &["verify", "out/north.zip", "--key", "keys/esep.pub"], 1);
    fs::write(&path, "nothing").expect("written");
    assert!(runs(at.path(), &["verify", "out/north.zip"], 1).contains("damaged"));
    assert!(runs(at.path(), &["sign", "out", "--key", "keys/esep.key"], 2).contains("is no signature"));
}

#[test]
fn what_is_not_whole_is_not_signed() {
    let at = with_keys();
    let mut bytes = package().write().expect("packed");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(at.path().join("north.zip"), bytes).expect("written");
    assert!(runs(at.path(), &["sign", "north.zip", "--key", "keys/esep.key"], 1).contains("not whole"));
    assert!(!at.path().join("north.zip.minisig").exists());
}

#[test]
fn a_signed_release_is_judged_with_all_of_its_files() {
    let at = with_keys();
    let out = at.path().join("out/2025");
    release(&out, 1);
    runs(at.path(), &["verify", "out/2025", "--key", "keys/esep.pub"], 1);
    runs(at.path(), &["sign", "out/2025", "--key", "keys/esep.key"], 0);
    let said = runs(at.path(), &["verify", "out/2025", "--key", "keys/esep.pub"], 0);
    assert!(said.starts_with("out/2025: release, period 2025, edition 1\n"), "{said}");
    // A file of it is judged by the list beside it.
    let said = runs(at.path(), &["verify", "out/2025/en/10 North.pdf", "--key", "keys/esep.pub"], 0);
    assert!(said.contains("manifest.json lists"), "{said}");
    let standing = Standing::read(&out).expect("a manifest");
    assert_eq!(standing.strangers(&out), Vec::<String>::new());
    assert_eq!(standing.difference(&out, |path| fs::read(path)).expect("read"), None);
    fs::write(out.join("en/10 North.pdf"), "another").expect("written");
    fs::write(out.join("more.txt"), "more").expect("written");
    for path in ["out/2025", "out/2025/en/10 North.pdf"] {
        assert!(runs(at.path(), &["verify", path], 1).contains("changed: en/10 North.pdf"));
    }
    assert!(runs(at.path(), &["verify", "out/2025"], 1).contains("added, no checksum for it: more.txt"));
}

#[test]
fn a_later_edition_is_told_by_the_list_that_goes_farthest_and_is_signed() {
    let at = with_keys();
    let out = at.path().join("out/2025");
    release(&out, 1);
    fs::write(out.join("editions.json"), editions(1)).expect("written");
    runs(at.path(), &["sign", "out/2025", "--key", "keys/esep.key"], 0);
    let verify = ["verify", "out/2025", "--key", "keys/esep.pub"];
    assert!(runs(at.path(), &verify, 0).contains("No later edition is known"));
    fs::write(at.path().join("new.json"), editions(3)).expect("written");
    let newer = [&verify[..], &["--editions", "new.json"]].concat();
    // Nobody has signed the newer list.
    assert!(runs(at.path(), &newer, 0).contains("No later edition is known"));
    runs(at.path(), &["sign", "new.json", "--key", "keys/esep.key"], 0);
    assert!(runs(at.path(), &newer, 0).contains("Edition 3 of 1 October 2025 has taken its place"));
    fs::remove_file(out.join("editions.json.minisig")).expect("removed");
    assert!(runs(at.path(), &verify, 0).contains("not believed"));
    let text = runs(at.path(), &["verify", "out/2025", "--format", "json"], 0);
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json[0]["later"], json!({ "is": "latest", "edition": 1 }));
    assert_eq!(json[0]["whole"], json!(true));
}

#[test]
fn what_cannot_be_looked_at_is_said_so() {
    let at = folder();
    assert!(runs(at.path(), &["verify", "nothing.zip"], 2).contains("cannot read `nothing.zip`"));
    assert!(runs(at.path(), &["verify", "."], 2).contains("cannot judge the folder"));
    fs::write(at.path().join("a.txt"), "a").expect("written");
    let told = runs(at.path(), &["verify", "a.txt"], 1);
    assert!(
        told.contains("Cannot be checked:") && told.contains("nothing beside it tells") && !told.contains("Not whole"),
        "{told}"
    );
    assert!(runs(at.path(), &["verify", "a.txt", "--key", "a.txt"], 2).contains("public key"));
    assert!(runs(at.path(), &["verify", "a.txt", "--language", "xx"], 2).contains("unknown language"));
}

/// A letter or a receipt lies beside `data/`, and the list of such files names it.
#[test]
fn every_file_of_an_unpacked_package_is_judged_by_the_list_that_names_it() {
    let at = folder();
    let mut archive = ZipArchive::new(Cursor::new(package().write().expect("packed"))).expect("a ZIP");
    archive.extract(at.path()).expect("unpacked");
    let north = at.path().join("north");
    let told = |file: &str, code: i32| runs(&north, &["verify", file], code);
    for (file, list) in [
        ("data/report.pdf", "/manifest-sha256.txt"),
        ("receipt.txt", "/tagmanifest-sha256.txt"),
        ("bag-info.txt", "/tagmanifest-sha256.txt"),
        ("manifest-sha256.txt", "/tagmanifest-sha256.txt"),
    ] {
        let told = told(file, 0);
        assert!(told.contains(list) && told.contains("Whole."), "{told}");
    }
    assert!(told("tagmanifest-sha256.txt", 1).contains("Cannot be checked:"));
    fs::write(north.join("receipt.txt"), "another\n").expect("written");
    let altered = told("receipt.txt", 1);
    assert!(altered.contains("Not whole:") && altered.contains("changed: receipt.txt"), "{altered}");
    // Somebody who changes a file and its list is told by the list of the list.
    let list = fs::read_to_string(north.join("manifest-sha256.txt")).expect("a list");
    fs::write(north.join("manifest-sha256.txt"), list + "\n").expect("written");
    assert!(told("data/report.pdf", 1).contains("changed: manifest-sha256.txt"));
}

#[test]
fn every_language_tells_every_verdict() {
    let at = folder();
    fs::write(at.path().join("a.txt"), "a").expect("written");
    let answers: BTreeMap<&str, String> =
        ["en", "ru", "kk"].map(|code| (code, runs(at.path(), &["verify", "a.txt", "--language", code], 1))).into();
    assert!(answers.values().all(|answer| !answer.contains("verify_")), "{answers:?}");
    assert_ne!(answers["en"], answers["ru"]);
}

/// A signature of the library is always of two lengths; anything else is refused before it is looked at.
#[test]
fn a_signature_of_any_text_is_read_without_a_crash() {
    use esep::deliver::keys::{Key, Signature, pair};
    let key = Key::read(&pair(None).expect("a pair").public).expect("a key");
    let line = |length: usize| "A".repeat(length);
    for lengths in [[100, 88], [100, 4], [4, 88], [0, 0]] {
        let text = format!("untrusted comment: a\n{}\ntrusted comment: b\n{}\n", line(lengths[0]), line(lengths[1]));
        if let Ok(signature) = Signature::read(&text) {
            assert_eq!(signature.check_bytes(&key, b"a"), None);
        }
    }
}

#[test]
fn a_zip_packs_what_it_was_given() {
    let bytes = package().write().expect("packed");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    let mut text = String::new();
    archive.by_name("north/manifest-sha256.txt").expect("listed").read_to_string(&mut text).expect("text");
    assert!(text.lines().all(|line| line.contains("  data/")), "{text}");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("UTF-8").into_owned()).collect();
    assert!(names.is_sorted(), "{names:?}");
}
