//! What the world and other people do to a folder of releases. The slow ones are scripts beside this file (`README.md`).

#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_esep");

/// The starter project, in a folder of its own.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in esep::sources::starter() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("files lie in folders")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

fn command(at: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("-q").args(arguments).current_dir(at).stderr(Stdio::piped());
    command
}

/// Runs the program, which ends with this exit code; gives what it says.
#[track_caller]
fn ends(at: &Path, code: i32, arguments: &[&str]) -> String {
    let output = command(at, arguments).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// The files of a release, as far as they can be listed: path and bytes.
fn release(place: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = support::files(place).expect("listed");
    files.iter().map(|file| (file.strip_prefix(place).expect("inside").to_owned(), fs::read(file).expect("read"))).collect()
}

/// What stands in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = support::entries(folder).expect("listed");
    entries.iter().map(|entry| entry.file_name().expect("it has a name").to_string_lossy().into_owned()).collect()
}

/// Begins a build and waits until it holds the folder.
fn begin(at: &Path) -> Child {
    let child = command(at, &["build"]).spawn().expect("the program runs");
    while !at.join("out/.esep-lock").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

#[cfg(unix)]
fn signal(child: Child, name: &str) -> Output {
    let status =
        Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().expect("there is such a program");
    assert!(status.success());
    child.wait_with_output().expect("it ends")
}

#[cfg(unix)]
#[test]
fn who_is_asked_to_end_clears_away_and_ends_by_the_signal() {
    use std::os::unix::process::ExitStatusExt;
    let project = project();
    ends(project.path(), 0, &["build"]);
    let before = release(&project.path().join("out/2025"));
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let output = signal(begin(project.path()), name);
        assert_eq!(output.status.signal(), Some(number), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(names(&project.path().join("out")), ["2025"]);
        assert!(release(&project.path().join("out/2025")) == before);
    }
}

#[cfg(unix)]
#[test]
fn who_is_killed_leaves_the_release_of_before_and_the_next_start_clears_away() {
    let project = project();
    ends(project.path(), 0, &["build"]);
    let (out, place) = (project.path().join("out"), project.path().join("out/2025"));
    let before = release(&place);
    for wait in [0, 100, 300] {
        let child = begin(project.path());
        std::thread::sleep(Duration::from_millis(wait));
        signal(child, "KILL");
        assert!(release(&place) == before);
        ends(project.path(), 2, &["build", "--region", "none"]);
        assert_eq!(names(&out), ["2025"]);
    }
    // Between two steps, where the system cannot exchange folders.
    fs::rename(&place, out.join(".esep-2025.old-1")).expect("renamed");
    fs::create_dir(out.join(".esep-2025.new-1")).expect("made");
    let output = Command::new(PROGRAM).args(["build", "--region", "none"]).current_dir(project.path()).output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("a run before was interrupted while it published"));
    assert_eq!(names(&out), ["2025"]);
    assert!(release(&place) == before);
}

#[test]
fn of_two_builds_at_once_the_second_says_why_it_does_not_write() {
    let project = project();
    let first = begin(project.path());
    let said = ends(project.path(), 2, &["build"]);
    assert!(said.starts_with("esep: another esep is writing in `out`; "), "{said}");
    let output = first.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(&project.path().join("out")), ["2025"]);
}

#[cfg(unix)]
#[test]
fn two_watch_two_files_and_builds_go_on_beside_them() {
    let project = project();
    let watch = |file: &str| command(project.path(), &["watch", "--out", file]).spawn().expect("the program runs");
    let (first, second) = (watch("out/a.pdf"), watch("out/b.pdf"));
    while !(project.path().join("out/a.pdf").exists() && project.path().join("out/b.pdf").exists()) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let said = ends(project.path(), 2, &["watch", "--out", "out/a.pdf"]);
    assert!(said.starts_with("esep: another esep is writing in `out/a.pdf`; "), "{said}");
    ends(project.path(), 0, &["build"]);
    signal(first, "TERM");
    signal(second, "INT");
    assert_eq!(names(&project.path().join("out")), ["2025", "a.pdf", "b.pdf"]);
}

#[test]
fn what_somebody_else_made_is_never_replaced() {
    let project = project();
    let place = project.path().join("out/2025");
    for manifest in ["[]", "{}", r#"{"name": "site", "files": []}"#] {
        fs::create_dir_all(&place).expect("made");
        fs::write(place.join("manifest.json"), manifest).expect("written");
        let said = ends(project.path(), 2, &["build", "--replace"]);
        assert!(said.contains("cannot replace `out/2025`: it is no release of esep"), "{said}");
        assert_eq!(fs::read_to_string(place.join("manifest.json")).expect("still there"), manifest);
    }
    fs::remove_dir_all(&place).expect("removed");
    fs::write(project.path().join("notes.pdf"), "%PDF-1.7 mine").expect("written");
    let said = ends(project.path(), 2, &["watch", "--out", "notes.pdf"]);
    assert!(said.contains("cannot replace `notes.pdf`"), "{said}");
}

#[test]
fn a_release_of_esep_of_before_is_replaced() {
    let project = project();
    let place = project.path().join("out/2025");
    fs::create_dir_all(place.join("en")).expect("made");
    let entry = r#"{"path": "en/a.pdf", "size": 3, "sha256": ""}"#;
    let manifest = format!(r#"{{"holds": "reports", "program": "esep 0.1.0", "period": "2025", "reports": [{entry}]}}"#);
    fs::write(place.join("manifest.json"), manifest).expect("written");
    fs::write(place.join("en/a.pdf"), "old").expect("written");
    fs::write(place.join("en/b.typ"), "the text of a failed report").expect("written");
    ends(project.path(), 0, &["build"]);
    assert!(!place.join("en/a.pdf").exists() && place.join("results.csv").exists());
}

#[test]
fn nothing_is_written_in_the_folders_that_are_read() {
    let project = project();
    for folder in ["inputs", "indicator-specs", "report-templates"] {
        // Also where it is not there yet: it will be read when it is.
        let (inside, file) = (format!("{folder}/out"), format!("{folder}/watch.pdf"));
        for arguments in [&["build", "--out", &inside][..], &["sheets", "--out", folder], &["watch", "--out", &file]] {
            let said = ends(project.path(), 2, arguments);
            assert!(said.contains(&format!("it lies in `{folder}`, which is read")), "{said}");
        }
        assert!(!project.path().join(inside).exists());
    }
}

#[test]
fn releases_and_what_tells_of_units_do_not_stand_together() {
    let project = project();
    ends(project.path(), 0, &["forms"]);
    for out in ["private/forms", "private/forms/2026"] {
        let said = ends(project.path(), 2, &["build", "--out", out]);
        assert!(said.contains("holds forms, which are never published"), "{said}");
    }
    ends(project.path(), 0, &["build", "--region", "11"]);
    let said = ends(project.path(), 2, &["forms", "--out", "out"]);
    assert!(said.contains("is a folder of releases"), "{said}");
    let said = ends(project.path(), 2, &["watch", "--region", "11", "--out", "out/2025/en/watch.pdf"]);
    assert!(said.contains("which is written as a whole"), "{said}");
}

#[test]
fn some_reports_do_not_take_the_place_of_all() {
    let project = project();
    ends(project.path(), 0, &["build"]);
    let before = release(&project.path().join("out/2025"));
    let said = ends(project.path(), 2, &["build", "--region", "10"]);
    assert!(said.contains("`out/2025` stays as it is: it holds all reports of its period"), "{said}");
    // Those that failed are known only at the end; their texts stand beside the release.
    let template = project.path().join("report-templates/local/report.typ.j2");
    fs::create_dir_all(template.parent().expect("a folder")).expect("made");
    fs::write(&template, "#set text(lang: \"en\")\n#no-such-function()\n").expect("written");
    let said = ends(project.path(), 1, &["build"]);
    assert!(said.contains("`out/2025` stays as it is") && said.contains("`2025-failed/en/"), "{said}");
    assert!(release(&project.path().join("out/2025")) == before);
    assert_eq!(names(&project.path().join("out")), ["2025", "2025-failed"]);
    ends(project.path(), 1, &["build", "--replace"]);
    let after = release(&project.path().join("out/2025"));
    assert!(after.len() < before.len() && after.iter().all(|(path, _)| path.extension().is_some_and(|ending| ending != "typ")));
    // They go with the fault.
    fs::remove_file(&template).expect("removed");
    ends(project.path(), 0, &["build"]);
    assert_eq!(names(&project.path().join("out")), ["2025"]);
}

#[test]
fn names_that_never_end_or_collide_are_cut_and_told_apart() {
    let project = project();
    let regions = project.path().join("indicator-specs/regions.yaml");
    let text = fs::read_to_string(&regions).expect("there");
    let endless = "\u{202e}Аудан".repeat(80);
    let text = text.replace("South Province", &endless).replace("en: Alder", &format!("en: {endless}"));
    fs::write(&regions, text).expect("written");
    for inputs in ["2024", "2025"] {
        for file in support::files(&project.path().join("inputs").join(inputs)).expect("listed") {
            let text = fs::read_to_string(&file).expect("text").replace("South Province", "South").replace("Alder", "11");
            fs::write(&file, text).expect("written");
        }
    }
    let output = command(project.path(), &["build"]).output().expect("it runs");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    let files = support::files(&project.path().join("out/2025/en")).expect("listed");
    let name = |file: &PathBuf| file.file_name().expect("a name").to_str().expect("it is text").to_owned();
    let names: Vec<String> = files.iter().map(name).collect();
    assert!(names.iter().all(|name| name.len() <= 255 && !name.contains('\u{202e}')), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("20 Аудан") && name.ends_with(".xlsx")), "{names:?}");
}

#[cfg(unix)]
#[test]
fn few_open_files_are_enough_or_it_is_said_that_they_are_not() {
    let project = project();
    let mut codes = Vec::new();
    for most in [5, 7, 10, 20, 30, 40, 200] {
        let script = format!("ulimit -n {most}; exec \"$0\" -q build --replace --region 11");
        let output = Command::new("sh").args(["-c", &script, PROGRAM]).current_dir(project.path()).output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{most}: {said}");
        assert!(output.status.success() || said.contains("Too many open files"), "{most}: {said}");
        codes.push(output.status.code());
    }
    assert_eq!((codes.first(), codes.last()), (Some(&Some(2)), Some(&Some(0))));
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_gone_from_the_disk_goes_on() {
    let project = project();
    let program = project.path().join("esep");
    fs::copy(PROGRAM, &program).expect("copied");
    // It holds the folder before it reads anything.
    let script = "\"$0\" -q build & while [ ! -e out/.esep-lock ]; do :; done; rm \"$0\"; wait $!";
    let output = Command::new("sh").args(["-c", script]).arg(&program).current_dir(project.path()).output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
