//! The program from outside: exit codes, what goes to stdout and what to stderr, and what it leaves on the disk.

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output};

use esep::diagnostic::Rule;
use tempfile::TempDir;

/// Runs the program on these arguments, in the folder `at`.
fn esep(at: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_esep")).args(arguments).current_dir(at).output().expect("the program runs")
}

/// The project of a case, in a folder of its own.
fn case(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("cases").join(name), folder.path()).expect("the case is sound");
    folder
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("what is printed is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("what is printed is text")
}

/// The exit code and all that was printed, for a message when it is not the one expected.
#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "stdout:\n{}\nstderr:\n{}", stdout(output), stderr(output));
}

#[test]
fn check_prints_findings_to_stdout_and_the_tally_to_stderr() {
    for (name, code, tally) in [
        ("a-sound-project", 0, "6 specifications and 3 workbooks checked: nothing found\n"),
        ("a-column-too-many", 0, "6 specifications and 3 workbooks checked: 1 warning\n"),
        ("a-negative-count", 1, "6 specifications and 3 workbooks checked: 2 errors\n"),
    ] {
        let folder = case(name);
        let output = esep(folder.path(), &["check"]);
        exits(&output, code);
        let expected = fs::read_to_string(support::tests().join("cases").join(name).join("expected/check.txt"));
        assert_eq!(format!("{}exit {code}\n", stdout(&output)), expected.expect("the case expects findings"));
        assert!(stderr(&output).starts_with(tally), "{}", stderr(&output));
    }
}

#[test]
fn nothing_that_is_printed_steers_the_terminal() {
    let folder = case("a-sound-project");
    let sign = "\u{1b}[31m\u{7}\u{202e}";
    fs::write(folder.path().join("indicator-specs/checks.yaml"), "").expect("written");
    fs::write(folder.path().join("indicator-specs/datasets/bad.yaml"), format!("id: {sign}\nnope: 1\n")).expect("written");
    #[cfg(unix)]
    fs::write(folder.path().join(format!("inputs/2025/{sign}.csv")), "x").expect("written");
    let region = format!("--region={sign}");
    let commands: [&[&str]; 8] = [
        &["check"],
        &["check", "--interpreted"],
        &["explain", sign],
        &["build", &region],
        &["build", "--out", &format!("inputs/{sign}")],
        &["check", "--project", sign],
        &[sign],
        &["check", "--format", sign],
    ];
    for arguments in commands {
        let output = esep(folder.path(), arguments);
        let printed = stdout(&output) + &stderr(&output);
        assert!(!output.status.success() || arguments.contains(&"--interpreted"), "{arguments:?}: {printed}");
        let steers = |letter: char| letter != '\n' && letter != '\t' && esep::diagnostic::steers(letter);
        assert!(!printed.contains(steers), "{arguments:?}: {printed:?}");
    }
    let said = stderr(&esep(case("a-sound-project").path(), &["build", &region]));
    assert!(said.contains("unknown region `\\u001b[31m\\u0007\\u202e`"), "{said}");
}

#[test]
fn what_is_typed_has_composed_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = stderr(&esep(folder.path(), &["explain", "и\u{306}"]));
    assert!(said.starts_with("esep: unknown rule `й`"), "{said}");
}

#[test]
fn quiet_prints_errors_only() {
    let folder = case("many-faults-at-once");
    let output = esep(folder.path(), &["--quiet", "check"]);
    exits(&output, 1);
    assert_eq!(stderr(&output), "");
    let printed = stdout(&output);
    assert!(printed.contains("error[not-a-number]"));
    assert!(!printed.contains("warning[") && !printed.contains("note["), "{printed}");

    let output = esep(case("a-column-too-many").path(), &["check", "-q"]);
    exits(&output, 0);
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), String::new()));
}

#[test]
fn findings_of_a_kind_beyond_fifty_in_a_file_are_counted_and_printed_on_request() {
    let folder = case("a-sound-project");
    let head = "BIN,Organisation,Oblast,District,Ownership,Locality,Support room,Teachers,Special teachers,Trained\n";
    let row = |number: usize| {
        let district = if number < 55 { "North,Birlik" } else { "South,Kent" };
        format!("5000000000{number:02},Unit {number},{district},State,Town,yes,about {number},2,1\n")
    };
    let text: String = std::iter::once(head.to_owned()).chain((10..70).map(row)).collect();
    fs::write(folder.path().join("inputs/2025/many.csv"), text).expect("written");
    let check = |options: &[&str]| {
        let output = esep(folder.path(), &[&["check"], options].concat());
        exits(&output, 1);
        (stdout(&output), stderr(&output))
    };
    let (few, tally) = check(&[]);
    assert!(tally.contains("60 errors") && tally.contains("`--all` prints each"), "{tally}");
    assert_eq!(few.matches("error[not-a-number]").count(), 51, "{few}");
    let counted = "error[not-a-number]: 10 more of this kind in this file; the first of them: expected a whole number in `teachers`, \
                   found `about 60`\n  --> inputs/2025/many.csv, cell H52\n";
    assert!(few.contains(counted), "{few}");
    let (ru, _) = check(&["--language", "ru"]);
    assert!(ru.contains("]: Ещё таких случаев: 10; первый из них: "), "{ru}");
    let (all, tally) = check(&["--all"]);
    assert_eq!(all.matches("error[not-a-number]").count(), 60, "{all}");
    assert!(!tally.contains("--all"), "{tally}");
    let count = |options: &[&str]| -> Vec<serde_json::Value> {
        let list: Vec<serde_json::Value> = serde_json::from_str(&check(options).0).expect("it is JSON");
        list.into_iter().filter(|found| found["rule"] == "not-a-number").collect()
    };
    let few = count(&["--format", "json"]);
    let last = few.last().expect("there are findings");
    assert_eq!((few.len(), &last["count"], &last["regions"]), (51, &10.into(), &serde_json::json!(["22"])));
    assert_eq!(count(&["--format", "json", "--all"]).len(), 60);
}

#[test]
fn a_choice_of_findings_changes_what_is_printed_and_not_the_exit_code() {
    let folder = case("many-faults-at-once");
    let check = |options: &[&str], code: i32| {
        let output = esep(folder.path(), &[&["check"], options].concat());
        exits(&output, code);
        (stdout(&output), stderr(&output))
    };
    let rules = |printed: &str| -> Vec<String> {
        let lines = printed.lines().filter_map(|line| line.split_once('[')?.1.split_once("]:"));
        lines.map(|(rule, _)| rule.to_owned()).collect()
    };
    let (printed, said) = check(&["--severity", "note", "--severity", "warning"], 1);
    assert_eq!(rules(&printed), ["passed-over", "unknown-column"]);
    assert!(said.ends_with("not printed, as they are outside of the choice: 10 errors\n"), "{said}");
    let (printed, said) = check(&["--rule", "negative-count", "-q"], 1);
    assert_eq!(rules(&printed), ["negative-count"]);
    assert_eq!(said, "not printed, as they are outside of the choice: 9 errors, 1 warning, 1 note\n");

    // What nobody can attribute is told for every region and period, and faults of the whole project are counted.
    let (printed, said) = check(&["--region", "20", "--period", "2025"], 1);
    assert_eq!(rules(&printed), ["not-a-spreadsheet", "unknown-region", "negative-count", "unknown-period"], "{printed}");
    let counted = "; about no period and region of their own: 3 errors, 1 note, see `esep check` without a choice\n";
    assert!(said.ends_with(counted), "{said}");
    let (printed, _) = check(&["--region", "11", "--period", "2025"], 1);
    assert!(rules(&printed).contains(&"unknown-column".to_owned()), "{printed}");

    let folder = case("a-register-tells-who-should-report");
    let check = |options: &[&str], code: i32| {
        let output = esep(folder.path(), &[&["check"], options].concat());
        exits(&output, code);
        (stdout(&output), stderr(&output))
    };
    let (printed, said) = check(&["--region", "12", "--period", "2025"], 0);
    assert!(rules(&printed) == ["silent-units"] && printed.contains("`Third`"), "{printed}");
    assert!(said.ends_with("not printed, as they are outside of the choice: 1 warning\n"), "{said}");
    let (printed, said) = check(&["--region", "North"], 0);
    assert_eq!(rules(&printed), ["silent-units", "silent-units"]);
    assert!(!said.contains("not printed"), "{said}");
    assert_eq!(check(&["--period", "2024", "--format", "json"], 0).0, "[]\n");
    for (options, message) in [
        (["--rule", "silent-unit"], "unknown rule `silent-unit`; did you mean `silent-units`?"),
        (["--region", "99"], "unknown region `99`"),
        (["--period", "2052"], "unknown period `2052`"),
    ] {
        let (printed, said) = check(&options, 2);
        assert!(printed.is_empty() && said.starts_with(&format!("esep: {message}")), "{said}");
    }
}

#[test]
fn a_region_is_called_by_its_code_or_by_its_name_in_any_language() {
    let folder = case("a-sound-project");
    let codes = |text: &str| {
        let output = esep(folder.path(), &["results", "--period", "2025", "--indicator", "2.1", "--region", text]);
        exits(&output, 0);
        let csv = stdout(&output);
        let mut codes: Vec<String> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(2).map(str::to_owned)).collect();
        codes.dedup();
        codes
    };
    for text in ["20", "South", "юг", "SOUTH"] {
        assert_eq!(codes(text), ["20", "21", "22"], "{text}");
    }
    let output = esep(folder.path(), &["results", "--region", "Abay"]);
    exits(&output, 2);
    let message = "esep: several regions are called `Abay`: `11` (Abay, North); `21` (Abay, South); name one by its code\n";
    assert_eq!(stderr(&output), message);
    let output = esep(folder.path(), &["results", "--region", "Birlikk"]);
    exits(&output, 2);
    assert_eq!(stderr(&output), "esep: unknown region `Birlikk`; did you mean `Birlik`?\n");
    // Without its word for the kind of region.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = esep(root, &["trace", "1.1", "--region", "Караганда", "--format", "json"]);
    exits(&output, 0);
    let trace: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("an object");
    assert_eq!(trace["region"], "351000000");
    let output = esep(root, &["trace", "1.1", "--region", "Қостанай"]);
    exits(&output, 2);
    for named in ["`390000000` (Қостанай облысы, ", "`391000000` (Қостанай қаласы, ", "`395400000` (Қостанай ауданы, "]
    {
        assert!(stderr(&output).contains(named), "{}", stderr(&output));
    }
    let output = esep(root, &["trace", "1.1", "--region", "Карагада"]);
    assert_eq!(stderr(&output), "esep: unknown region `Карагада`; did you mean `Караганда`?\n");
}

#[test]
fn the_units_that_did_not_report_are_listed_with_their_keys() {
    let folder = case("a-register-tells-who-should-report");
    let silent = |options: &[&str]| {
        let output = esep(folder.path(), &[&["silent"], options].concat());
        exits(&output, 0);
        stdout(&output)
    };
    let text = "1 unit of `11` (Abay) did not send `passports` for `2025`:\n  100000000001  First\n\
                1 unit of `12` (Birlik) did not send `passports` for `2025`:\n  100000000003  Third\n";
    assert_eq!(silent(&[]), text);
    assert_eq!(
        silent(&["--format", "csv", "--region", "12"]),
        "period,dataset,region,region_name,key,unit,place\n\
         2025,passports,12,Birlik,100000000003,Third,\"inputs/2025/register.csv, row 4\"\n"
    );
    let all: Vec<serde_json::Value> = serde_json::from_str(&silent(&["--format", "json", "--period", "2025"])).expect("a list");
    assert_eq!((all.len(), &all[0]["key"]), (2, &"100000000001".into()));
    assert_eq!(silent(&["--period", "2024"]), "");
    assert_eq!(silent(&["--period", "2024", "--format", "csv"]).lines().count(), 1);

    // While a file cannot be read, nobody is called silent.
    let folder = case("a-workbook-that-cannot-be-read");
    let output = esep(folder.path(), &["silent"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("of `passports` nobody knows who did not report for `2025`"), "{}", stderr(&output));
}

#[test]
fn answers_of_some_periods_or_regions_take_the_place_of_all_only_when_told() {
    let folder = case("a-negative-count");
    let place = |name: &str| folder.path().join("private/answers/2025").join(name);
    let answer = |options: &[&str], code: i32| {
        let output = esep(folder.path(), &[&["answer"], options].concat());
        exits(&output, code);
        stderr(&output)
    };
    assert!(answer(&["--period", "2024"], 0).starts_with("0 answers"));
    assert!(!place("north.xlsx").exists());
    assert!(answer(&["--region", "20"], 0).starts_with("0 answers"));
    assert!(answer(&[], 0).starts_with("1 answer "));
    assert!(place("north.xlsx").exists());
    assert!(answer(&["--region", "20"], 0).starts_with("0 answers"));
    assert!(place("north.xlsx").exists(), "what was not asked for is left as it is");
    assert!(answer(&["--region", "North"], 2).contains("`--replace`"));
    assert!(answer(&["--region", "North", "--replace"], 0).starts_with("1 answer "));
    assert!(answer(&["--region", "99"], 2).starts_with("esep: unknown region `99`"));
}

#[test]
fn a_help_shows_the_options_of_the_command_first_and_those_that_mean_something_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = |command: &str| {
        let output = esep(folder.path(), &[command, "--help"]);
        exits(&output, 0);
        stdout(&output)
    };
    let results = help("results");
    let (own, general) = results.split_once("General options:").expect("they stand apart");
    assert!(own.contains("--indicator") && own.contains("--format") && !own.contains("--project"), "{results}");
    assert!(general.contains("--project") && general.contains("--file-seconds"), "{results}");
    assert!(!results.contains("--document-seconds"), "{results}");
    assert!(help("build").contains("--document-seconds"));
    assert!(!help("schema").contains("General options"), "{}", help("schema"));
    assert!(!help("verify").contains("--project"));
    // An option that means nothing to a command is no fault, before it or behind it.
    for arguments in [["--document-seconds", "3", "schema"], ["schema", "--document-seconds", "3"]] {
        exits(&esep(folder.path(), &arguments), 0);
    }
    exits(&esep(folder.path(), &["check", "--project", "nowhere"]), 2);
    exits(&esep(folder.path(), &["--project", "nowhere", "check"]), 2);
}

#[test]
fn what_is_built_in_can_be_read_and_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let prints = |arguments: &[&str]| {
        let output = esep(folder.path(), arguments);
        exits(&output, 0);
        stdout(&output)
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = |path: &str| fs::read_to_string(root.join(path)).expect("it is shipped");
    let list = prints(&["templates"]);
    assert!(list.lines().any(|line| line == "theme.typ") && list.lines().any(|line| line == "languages/kk.yaml"), "{list}");
    for path in list.lines() {
        assert_eq!(prints(&["templates", path]), shipped(&format!("report-templates/{path}")), "{path}");
    }
    let said = esep(folder.path(), &["templates", "theme.ty"]);
    exits(&said, 2);
    assert!(stderr(&said).starts_with("esep: unknown template `theme.ty`; did you mean `theme.typ`?"), "{}", stderr(&said));
    prints(&["templates", "--out", "all"]);
    let files = support::files(&folder.path().join("all")).expect("they were written");
    assert_eq!(files.len(), list.lines().count());
    let again = esep(folder.path(), &["templates", "--out", "all"]);
    exits(&again, 2);
    assert_eq!(stderr(&again), "esep: cannot write the templates into `all`: the folder is not empty\n");

    let list = prints(&["docs"]);
    for file in support::entries(&root.join("docs")).expect("there are pages") {
        let Some(name) = file.file_name().and_then(|name| name.to_str()?.strip_suffix(".md")) else { continue };
        assert!(list.lines().any(|line| line.split_whitespace().next() == Some(name)), "{list}");
        assert_eq!(prints(&["docs", name]), shipped(&format!("docs/{name}.md")));
    }
    assert_eq!(prints(&["docs", "report-templates"]), shipped("report-templates/README.md"));
    let said = esep(folder.path(), &["docs", "rule"]);
    exits(&said, 2);
    assert!(stderr(&said).starts_with("esep: unknown page `rule`; did you mean `rules`?"), "{}", stderr(&said));
}

#[test]
fn a_release_of_fewer_reports_says_how_many_went_with_the_one_before() {
    let folder = case("a-sound-project");
    let build = |options: &[&str]| {
        let output = esep(folder.path(), &[&["build", "--language", "en", "--no-site"], options].concat());
        exits(&output, 0);
        stderr(&output)
    };
    let gone = "of the release before were removed with it";
    assert!(!build(&["--region", "South"]).contains(gone));
    let refused = esep(folder.path(), &["build", "--language", "en", "--no-site", "--region", "21"]);
    exits(&refused, 2);
    assert!(stderr(&refused).contains("files that this run does not make: `en/20 South/20 South"), "{}", stderr(&refused));
    assert!(build(&["--region", "21", "--replace"]).contains(&format!("2 reports {gone}: this one does not hold them\n")));
    assert!(!build(&["--region", "20"]).contains(gone));
}

#[test]
fn check_prints_json_with_places() {
    let folder = case("many-faults-at-once");
    let output = esep(folder.path(), &["check", "--format", "json"]);
    exits(&output, 1);
    let found: Vec<serde_json::Value> = serde_json::from_str(&stdout(&output)).expect("a list");
    let of = |rule: &str| found.iter().find(|found| found["rule"] == rule).unwrap_or_else(|| panic!("`{rule}` is found"));
    assert_eq!(of("not-a-number")["file"], "inputs/2025/north.xlsx");
    assert_eq!(of("not-a-number")["sheet"], "Passports");
    assert_eq!(of("not-a-number")["cell"], "H2");
    assert_eq!(of("missing-translation")["line"], 5);
    assert_eq!(of("missing-translation")["severity"], "error");
    assert_eq!(of("passed-over")["severity"], "note");
    assert_eq!(of("unknown-name")["hint"], "did you mean `name`?");
}

#[test]
fn results_are_printed_as_csv_and_as_json() {
    let folder = case("a-sound-project");
    let output = esep(folder.path(), &["results", "--period", "2025", "--region", "20"]);
    exits(&output, 0);
    let csv = stdout(&output);
    assert!(csv.starts_with("period,indicator,region,"), "{csv}");
    assert!(csv.contains("\n2025,2.1,20,South,oblast,,27,38,100,71.1,,2,2,2,0,,,,,,1,2,,\n"), "{csv}");

    let output = esep(folder.path(), &["results", "--period", "2025", "--region", "20", "--format", "json"]);
    exits(&output, 0);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&stdout(&output)).expect("a list");
    assert_eq!(rows.len(), csv.lines().count() - 1);
    let row = rows.iter().find(|row| row["indicator"] == "2.1" && row["region"] == "20").expect("it is there");
    assert_eq!((&row["numerator"], &row["denominator"]), (&27.into(), &38.into()));
    assert_eq!(row["value"], "71.1");
}

#[test]
fn traces_are_printed_or_stand_in_a_new_file_of_their_owner() {
    let folder = case("a-sound-project");
    let output = esep(folder.path(), &["trace", "2.1", "--region", "20", "--format", "json"]);
    exits(&output, 0);
    let trace: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("an object");
    assert_eq!((&trace["numerator"], &trace["denominator"]), (&27.into(), &38.into()));
    assert_eq!(trace["rows"][0]["cells"][0]["cell"], "H2");
    let all = esep(folder.path(), &["trace", "--all", "--region", "20", "--format", "json"]);
    let lines: Vec<serde_json::Value> =
        stdout(&all).lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert!(lines.contains(&trace) && lines.len() > 2);

    let book = ["trace", "2.1", "--format", "xlsx", "--output", "origin.xlsx"];
    exits(&esep(folder.path(), &book), 0);
    let bytes = fs::read(folder.path().join("origin.xlsx")).expect("it was written");
    assert!(bytes.starts_with(b"PK"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("origin.xlsx")).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for (arguments, message) in [
        (&book[..], "cannot write `origin.xlsx`: there is such a file already"),
        (&["trace", "2.1", "--output", "inputs/trace.txt"], "cannot write in `inputs`: it lies in `inputs`, which is read"),
        (&["trace", "2.1", "--format", "csv", "--audience", "public"], "rows are not told to the public"),
        (
            &["trace", "--cell", "2025/north.xlsx!Passport"],
            "no data were read from a sheet `Passport` of `inputs/2025/north.xlsx`",
        ),
        (&["trace", "--cell", "2025/north.xlsx!Passports!H0"], "expected a cell such as `H17` or a row such as `17`, found `H0`"),
        (
            &["trace", "--cell", "2025/nord.xlsx"],
            "no submission is called `inputs/2025/nord.xlsx`; did you mean `inputs/2025/north.xlsx`?",
        ),
        (&["trace", "--cell", "inputs/2025"], "`inputs/2025` is a folder or an archive; name a file in it"),
        (&["trace", "2.1", "--change", "2030"], "`2030` is not before `2025`; name the later one with `--period`"),
    ] {
        let output = esep(folder.path(), arguments);
        exits(&output, 2);
        assert!(stderr(&output).starts_with(&format!("esep: {message}")), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn nothing_is_published_while_there_are_errors_of_no_known_region() {
    let folder = case("a-failed-example");
    for command in ["results", "build"] {
        let output = esep(folder.path(), &[command]);
        exits(&output, 1);
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains("error[failed-example]"), "{}", stderr(&output));
        assert!(stderr(&output).ends_with("nothing is published until the errors are mended\n"), "{}", stderr(&output));
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_faulty_cell_withholds_its_region_and_those_above_it() {
    let folder = case("a-negative-count");
    let output = esep(folder.path(), &["results", "--period", "2025"]);
    exits(&output, 1);
    let regions: std::collections::BTreeSet<String> =
        stdout(&output).lines().skip(1).filter_map(|line| line.split(',').nth(2).map(str::to_owned)).collect();
    assert_eq!(regions.into_iter().collect::<Vec<_>>(), ["12", "20", "21", "22"]);
}

#[test]
fn unknown_names_on_the_command_line_have_a_suggestion() {
    let folder = case("a-sound-project");
    for (arguments, message) in [
        (&["results", "--region", "99"][..], "unknown region `99`"),
        (&["build", "--level", "distrikt"], "unknown level `distrikt`; did you mean `district`?"),
        (&["build", "--period", "2052"], "unknown period `2052`; known are `2024`, `2025`, `2030`"),
        (&["build", "--language", "kz"], "unknown language `kz`; known are `ru`, `en`"),
        (&["explain", "negative-cuont"], "unknown rule `negative-cuont`; did you mean `negative-count`?"),
    ] {
        let output = esep(folder.path(), arguments);
        exits(&output, 2);
        assert!(stderr(&output).starts_with(&format!("esep: {message}")), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn what_cannot_run_exits_with_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let days = [["build", "--date", "tomorrow"], ["build", "--date", "1899-12-31"]];
    for arguments in [&["check", "--project", "nowhere"][..], &["chekc"], &days[0], &days[1], &[]] {
        exits(&esep(folder.path(), arguments), 2);
    }
    let output = esep(folder.path(), &["check", "--project", "nowhere"]);
    assert!(stderr(&output).starts_with("esep: cannot read `nowhere`: "), "{}", stderr(&output));

    let folder = case("a-sound-project");
    fs::create_dir_all(folder.path().join("out/2025/precious")).expect("a folder that is no release");
    let output = esep(folder.path(), &["build", "--level", "republic"]);
    exits(&output, 2);
    assert!(stderr(&output).starts_with("esep: cannot replace `out/2025`: it is no release"), "{}", stderr(&output));
    assert!(folder.path().join("out/2025/precious").exists());
}

#[test]
fn an_empty_choice_publishes_nothing() {
    let folder = case("a-sound-project");
    let output = esep(folder.path(), &["build", "--region", "11", "--level", "oblast"]);
    exits(&output, 1);
    assert!(!folder.path().join("out/2025").exists());
}

#[test]
fn what_reports_are_typeset_from_is_kept_beside_the_release_when_asked_for() {
    let folder = case("a-sound-project");
    let sources = folder.path().join("out/2025-sources");
    let build = |options: &[&str]| exits(&esep(folder.path(), &[&["build", "--region", "20", "--no-site"], options].concat()), 0);
    build(&["--keep-sources"]);
    let files = support::files(&sources).expect("it can be listed");
    let count = |name: &str| files.iter().filter(|file| file.file_name().is_some_and(|own| own == name)).count();
    assert_eq!(["report.typ", "data.json", "data.csv"].map(count), [3; 3], "three reports: {files:?}");
    assert!(sources.join("shared/parts.typ").exists(), "and what all of them share");
    build(&[]);
    assert!(!sources.exists(), "nobody asked for it again");
}

#[test]
fn what_sheets_are_typeset_from_is_kept_beside_them_when_asked_for() {
    let folder = case("sheets-of-units");
    let sources = folder.path().join("private/sheets/2025-sources");
    let make = |options: &[&str]| esep(folder.path(), &[&["sheets", "--region", "10", "--language", "en"], options].concat());
    let output = make(&["--keep-sources"]);
    exits(&output, 0);
    assert!(stderr(&output).contains("what they are typeset from is in `private/sheets/2025-sources`"), "{}", stderr(&output));
    let files = support::files(&sources).expect("it can be listed");
    let models: Vec<_> = files.iter().filter(|file| file.ends_with("data.json")).collect();
    assert!(!models.is_empty(), "{files:?}");
    assert!(models.iter().all(|model| model.with_file_name("report.typ").exists()), "each with its text: {files:?}");
    assert!(sources.join("shared/unit/tables.typ").exists(), "and what all of them share");
    assert!(sources.join("shared/labels.en.json").exists(), "with the fixed words of their language");
    // What is refused leaves the sources of what stands.
    exits(&esep(folder.path(), &["sheets", "--region", "21", "--language", "en", "--keep-sources"]), 2);
    assert!(models.iter().all(|model| model.exists()), "they are of the sheets that stand");
    exits(&make(&[]), 0);
    assert!(!sources.exists(), "nobody asked for it again");
}

#[test]
fn build_publishes_reports_a_table_and_a_manifest() {
    let folder = case("a-sound-project");
    let build = |out: &str, jobs: &str| {
        let output = esep(folder.path(), &["build", "--region", "20", "--out", out, "--jobs", jobs]);
        exits(&output, 0);
        assert_eq!(stdout(&output), "");
        let end = "not for publication: `--audience internal` makes them\n\
            there are no pages for a browser: they are made with the report of the top region\n";
        assert!(stderr(&output).ends_with(end), "{}", stderr(&output));
        let place = folder.path().join(out).join("2025");
        let files = support::files(&place).expect("the release can be listed");
        files
            .into_iter()
            .map(|file| (file.strip_prefix(&place).expect("it lies there").to_owned(), fs::read(&file).expect("it can be read")))
            .collect::<Vec<_>>()
    };
    let release = build("out", "1");
    let names: Vec<String> = release.iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
    assert_eq!(
        names,
        [
            "editions.json",
            "en/20 South/20 South. 2025.pdf",
            "en/20 South/20 South. 2025.xlsx",
            "en/20 South/21 Abay. 2025.pdf",
            "en/20 South/21 Abay. 2025.xlsx",
            "en/20 South/22 Kent. 2025.pdf",
            "en/20 South/22 Kent. 2025.xlsx",
            "manifest.json",
            "results.csv",
            "results.json"
        ]
    );
    assert!(release[1].1.starts_with(b"%PDF-"));
    let manifest: serde_json::Value = serde_json::from_slice(&release[7].1).expect("the manifest is JSON");
    assert_eq!(manifest["complete"], false);
    assert_eq!(manifest["reports"].as_array().map(Vec::len), Some(3));

    // The same files make the same bytes, however many reports are made at once.
    assert!(release == build("again", "3"), "two releases of the same files differ");
}

#[test]
fn a_page_that_a_screen_reader_could_not_use_is_refused() {
    let folder = case("a-sound-project");
    let templates = folder.path().join("report-templates/local");
    fs::create_dir_all(&templates).expect("made");
    let text = "#set document(title: \"Test\")\n#set text(lang: \"en\")\n#table(columns: 2)[a][b][c][d]\n";
    fs::write(templates.join("report.typ.j2"), text).expect("written");
    let output = esep(folder.path(), &["build", "--region", "21"]);
    exits(&output, 1);
    let printed = stderr(&output);
    assert!(printed.contains("error[invalid-template]: expected a table with header cells, found none"), "{printed}");
    assert!(printed.contains("the templates made the line `#table(columns: 2)"), "{printed}");
    assert!(!folder.path().join("out/2025").exists());
}

#[test]
fn a_page_of_no_size_is_told_in_words() {
    let folder = case("a-sound-project");
    let templates = folder.path().join("report-templates/local");
    fs::create_dir_all(&templates).expect("made");
    let text = "#set document(title: \"Test\")\n#set text(lang: \"en\")\n#set page(width: 1e300pt)\nText\n";
    fs::write(templates.join("report.typ.j2"), text).expect("written");
    let output = esep(folder.path(), &["build", "--region", "21", "--language", "en"]);
    exits(&output, 1);
    let printed = stderr(&output);
    assert!(printed.contains("error[invalid-template]: this cannot be set: invalid page size\n"), "{printed}");
    assert!(printed.contains("hint: look for measures that no page has"), "{printed}");
    assert!(!printed.contains("internal error") && !printed.contains(".rs"), "{printed}");
}

#[test]
fn a_template_without_an_end_fails_its_own_document_only() {
    let folder = case("a-sound-project");
    let templates = folder.path().join("report-templates/local");
    fs::create_dir_all(&templates).expect("made");
    let build = |text: &str, options: &[&str]| {
        fs::write(templates.join("report.typ.j2"), text).expect("written");
        let output = esep(folder.path(), &[&["build", "--region", "21", "--language", "en"], options].concat());
        exits(&output, 1);
        assert!(!folder.path().join("out/2025").exists(), "nothing was made, so nothing is published");
        stderr(&output)
    };
    let many = "#for a in range(9999) { for b in range(9999) { for c in range(9999) { let d = calc.pow(a, 2) } } }";
    let printed = build(many, &["--document-seconds", "1"]);
    let named = "error[failed-report]: expected to make this document within 1 s of processor time, found that it takes more\n  \
                 --> en/20 South/21 Abay. 2025.pdf\n  hint: look for a loop without an end in `report-templates/local/`";
    assert!(printed.contains(named) || !cfg!(target_os = "linux"), "{printed}");
    if cfg!(target_os = "linux") {
        let large = "#let all = ()\n#for number in range(9999) { all += range(99999) }";
        let printed = build(large, &["--document-memory", "300"]);
        assert!(
            printed.contains("expected to make this document within 300 MB of memory, found that it takes more"),
            "{printed}"
        );
    }
    let loops =
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}";
    let printed = build(loops, &[]);
    assert!(
        printed.contains("error[invalid-template]: the template cannot be used: ") && printed.contains("50 million steps"),
        "{printed}"
    );
    // The reports of other templates are published, and the release is not complete.
    fs::write(templates.join("report.typ.j2"), many).expect("written");
    let output = esep(folder.path(), &["build", "--language", "en", "--document-seconds", "1"]);
    exits(&output, 1);
    let manifest = fs::read_to_string(folder.path().join("out/2025/manifest.json")).expect("a release");
    assert!(manifest.contains("\"complete\": false"), "{manifest}");
    assert!(folder.path().join("out/2025/en/20 South/20 South. 2025.pdf").exists());
    assert!(!folder.path().join("out/2025/en/20 South/21 Abay. 2025.pdf").exists());
}

#[test]
fn an_emblem_stands_on_the_cover_and_a_broken_picture_is_named_once() {
    let folder = case("a-sound-project");
    let templates = folder.path().join("report-templates");
    fs::create_dir_all(&templates).expect("made");
    let cover = || {
        let output = esep(folder.path(), &["build", "--region", "21", "--language", "en"]);
        exits(&output, 0);
        fs::read(folder.path().join("out/2025/en/20 South/21 Abay. 2025.pdf")).expect("a report")
    };
    let plain = cover();
    let picture = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0H2V1H0Z" fill="#16405f"/></svg>"##;
    fs::write(templates.join("emblem.svg"), picture).expect("written");
    assert!(cover() != plain, "the emblem is on the page");
    fs::write(templates.join("seal.png"), "no picture").expect("written");
    let output = esep(folder.path(), &["build"]);
    exits(&output, 1);
    let printed = stderr(&output);
    assert_eq!(printed.matches("this picture cannot be shown").count(), 1, "{printed}");
    assert!(printed.contains("--> report-templates/seal.png"), "{printed}");
}

#[test]
fn a_stray_cell_far_away_stops_no_other_finding() {
    let folder = case("a-column-too-many");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, column, text) in [(0, 0, "BIN"), (0, 1, "District"), (1_048_575, 16_383, "stray")] {
        sheet.write_string(row, column, text).expect("the cell is the last of a sheet");
    }
    book.save(folder.path().join("inputs/2025/stray.xlsx")).expect("the workbook is written");
    let output = esep(folder.path(), &["check"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}: {}", output.status, stderr(&output));
    assert!(stdout(&output).contains("unknown column `Remarks`"), "{}", stdout(&output));
}

#[test]
fn a_new_project_can_be_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = esep(folder.path(), &["new", "libraries"]);
    exits(&output, 0);
    let project = folder.path().join("libraries");
    let output = esep(&project, &["check"]);
    exits(&output, 0);
    assert_eq!(stdout(&output), "", "the starter has no findings");
    for file in support::files(&project.join("indicator-specs")).expect("there are specifications") {
        let text = fs::read_to_string(&file).expect("they are text");
        let schema = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let schema = file.parent().expect("a folder").join(schema.unwrap_or_else(|| panic!("{} names a schema", file.display())));
        serde_json::from_str::<serde_json::Value>(&fs::read_to_string(schema).expect("it is there")).expect("it is JSON");
    }
    let output = esep(&project, &["build"]);
    exits(&output, 0);
    assert!(project.join("out").is_dir());

    let output = esep(folder.path(), &["new", "libraries"]);
    exits(&output, 2);
    assert!(stderr(&output).starts_with("esep: cannot begin a project in `libraries`: "), "{}", stderr(&output));
}

#[test]
fn the_shipped_project_is_sound_and_can_be_built() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = esep(root, &["check", "--quiet"]);
    exits(&output, 0);
    assert_eq!(stdout(&output), "", "no errors");

    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_string_lossy().into_owned();
    let output = esep(root, &["build", "--level", "republic", "--language", "ru", "--out", &out]);
    exits(&output, 0);
}

#[test]
fn every_rule_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let listed = stdout(&esep(folder.path(), &["explain"]));
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    let named: Vec<&str> =
        listed.lines().filter(|line| line.starts_with("  ")).map(|line| line.trim().split(' ').next().unwrap_or("")).collect();
    assert_eq!(named, Rule::ALL.iter().map(|rule| rule.name()).collect::<Vec<_>>());
    for rule in Rule::ALL {
        let line = lines.iter().find(|line| line.first() == Some(&rule.name())).expect("it is listed");
        assert!(line[1] == rule.severity().name() && line.len() > 4, "{line:?}");
    }
    let head =
        "The project\n  no-specifications              error    A specification file that every project needs is not there\n";
    assert!(listed.starts_with(head) && listed.contains("\n\nWho reported\n  silent-units "), "{listed}");
    for rule in Rule::ALL {
        let output = esep(folder.path(), &["explain", rule.name()]);
        exits(&output, 0);
        let section = stdout(&output);
        assert!(section.contains(rule.name()), "{section}");
        assert!(section.lines().count() > 2, "`{rule}` is explained in a few sentences:\n{section}");
        assert!(!section.contains("\n# "), "the heading of the next group is no part of it:\n{section}");
    }
}

#[test]
fn the_terms_of_what_the_program_is_made_of_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = esep(folder.path(), &["--licences"]);
    exits(&output, 0);
    for part in ["  typst 0.15.1", "  calamine ", "Apache License", "SIL OPEN FONT LICENSE"] {
        assert!(stdout(&output).contains(part), "{part}");
    }
}

#[test]
fn schemas_are_json_and_completions_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = esep(folder.path(), &["schema"]);
    exits(&output, 0);
    let all: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("an object");
    for file in ["programme", "regions", "dataset", "indicator"] {
        let output = esep(folder.path(), &["schema", file]);
        exits(&output, 0);
        let one: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("a schema");
        assert_eq!(all[file], one);
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = esep(folder.path(), &["completions", shell]);
        exits(&output, 0);
        // The script asks the program that is found by its name, wherever the script was printed.
        let script = stdout(&output);
        assert!(script.contains("ESEP_COMPLETE") && script.contains("esep") && !script.contains("/esep"), "{script}");
    }
    // What asks at once, when zsh has just read the script, is what the script declares.
    let script = stdout(&esep(folder.path(), &["completions", "zsh"]));
    assert_eq!(script.matches("_clap_dynamic_completer_esep").count(), 3, "{script}");
}

/// What a shell is offered for the last of these words, asked as the script for bash asks.
fn offered(at: &Path, words: &[&str]) -> Vec<String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_esep"));
    program.args(["--", "esep"]).args(words).current_dir(at);
    program.envs([("ESEP_COMPLETE", "bash"), ("_CLAP_IFS", "\n"), ("_CLAP_COMPLETE_INDEX", &words.len().to_string())]);
    let output = program.output().expect("the program runs");
    exits(&output, 0);
    assert_eq!(stderr(&output), "", "{words:?}");
    stdout(&output).lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_is_offered_the_names_of_the_project() {
    let folder = case("a-check-of-a-range");
    let project = folder.path().to_str().expect("a path of ASCII");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let equal = format!("--project={project}");
    for (words, names) in [
        (&["build", "--region", ""][..], &["0", "10", "11", "12", "13", "20", "21", "22"][..]),
        (&["check", "--region", "0", "--region", "2"], &["20", "21", "22"]),
        (&["approve", "--without", "12"], &["12"]),
        (&["watch", "--region=2"], &["--region=20", "--region=21", "--region=22"]),
        (&["build", "--period", ""], &["2024", "2025", "2030"]),
        (&["trace", "1.1", "--change", "202"], &["2024", "2025"]),
        (&["results", "--level", ""], &["republic", "oblast", "district"]),
        (&["sheets", "--language", ""], &["ru", "en"]),
        (&["results", "--indicator", ""], &["1.1", "2.1"]),
        (&["trace", "2"], &["2.1"]),
        (&["check", "--rule", "unusual"], &["unusual-number-of-teachers"]),
        (&["explain", "unusual"], &["unusual-number-of-teachers"]),
        (&["check", "--severity", ""], &["error", "warning", "note"]),
    ] {
        assert_eq!(offered(folder.path(), words), names, "{words:?}");
        for named in [&["--project", project][..], &[&equal]] {
            assert_eq!(offered(elsewhere.path(), &[named, words].concat()), names, "{words:?} {named:?}");
        }
    }
}

#[test]
fn a_shell_is_offered_what_the_program_brings_along_where_there_is_no_project() {
    let folder = tempfile::tempdir().expect("a folder");
    for (words, names) in [
        (&["check", "--rule", "zero-d"][..], &["zero-denominator"][..]),
        (&["explain", "zero-d"], &["zero-denominator"]),
        (&["explain", "--language", ""], &["en", "kk", "ru"]),
        (&["docs", "spec"], &["spec-format"]),
        (&["templates", "theme"], &["theme.typ"]),
        (&["man", "outb"], &["outbox"]),
        (&["outb"], &["outbox"]),
        (&["build", "--regi"], &["--region"]),
        (&["build", "--region", ""], &[]),
        (&["build", "--project", "nowhere", "--period", ""], &[]),
        (&["build", "--region", "--period", ""], &[]),
        (&["bild", "--region", "1"], &[]),
    ] {
        let found = offered(folder.path(), words);
        let found: Vec<&str> =
            found.iter().map(String::as_str).filter(|found| !found.starts_with("-") || *found == "--region").collect();
        assert_eq!(found, names, "{words:?}");
    }
}

#[test]
fn what_is_broken_is_not_offered_and_nothing_is_said_of_it() {
    let folder = case("a-sound-project");
    let change = |file: &str, from: &str, to: &str| {
        let path = folder.path().join("indicator-specs").join(file);
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "{file}: {from}");
        fs::write(path, text.replace(from, to)).expect("it can be written");
    };
    // A name comes into the line as it is: one that a shell would take for more than a word does not.
    change("regions.yaml", "code: \"22\"", "code: \"$(touch 22)\"");
    assert_eq!(offered(folder.path(), &["build", "--region", ""]), ["0", "10", "11", "12", "13", "20", "21"]);
    change("indicators/1.1-support-rooms.yaml", "id:", "id: [");
    assert_eq!(offered(folder.path(), &["results", "--indicator", ""]), ["2.1"]);
    change("programme.yaml", "languages: [", "languages: {");
    for option in ["--region", "--period", "--level", "--language", "--indicator"] {
        assert_eq!(offered(folder.path(), &["results", option, ""]), [""; 0], "{option}");
    }
    assert_eq!(offered(folder.path(), &["check", "--rule", "zero-d"]), ["zero-denominator"]);
}

#[test]
fn there_is_a_man_page_for_the_program_and_one_for_each_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = esep(folder.path(), &["man"]);
    exits(&output, 0);
    let program = stdout(&output);
    assert!(program.contains(".TH esep 1 \"\" \"esep "), "{program}");
    exits(&esep(folder.path(), &["man", "--quiet", "--out", "pages"]), 0);
    let pages = support::files(&folder.path().join("pages")).expect("they were written");
    let help = stdout(&esep(folder.path(), &["--help"]));
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(names.len() > 20, "{names:?}");
    assert_eq!(pages.len(), names.len() + 1);
    for name in names {
        let page = stdout(&esep(folder.path(), &["man", name]));
        assert_eq!(fs::read_to_string(folder.path().join(format!("pages/esep-{name}.1"))).expect("written"), page);
        assert!(program.contains(&format!("esep\\-{}(1)", name.replace('-', "\\-"))), "{name}: {program}");
    }
    let output = esep(folder.path(), &["man", "bild"]);
    exits(&output, 2);
    assert_eq!(stderr(&output), "esep: unknown command `bild`; did you mean `build`?\n");
}

#[test]
fn an_error_of_a_check_withholds_its_regions_only() {
    let folder = case("an-error-withholds-its-regions");
    let output = esep(folder.path(), &["build", "--period", "2025"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("error[third-is-small]: Third: Teachers is 8"), "{}", stderr(&output));
    assert!(stderr(&output).contains("3 reports of 3 regions blocked until the errors are mended"), "{}", stderr(&output));
    let release = folder.path().join("out/2025");
    assert!(release.join("en/10 North/11 Abay. 2025.pdf").is_file());
    assert!(!release.join("en/10 North/12 Birlik. 2025.pdf").exists());
    assert!(!release.join("en/0 Republic. 2025.pdf").exists());
    let text = fs::read_to_string(release.join("manifest.json")).expect("there is a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("a manifest is JSON");
    assert_eq!(manifest["complete"], false);
    let regions: Vec<&str> =
        manifest["blocked"].as_array().expect("a list").iter().filter_map(|entry| entry["region"].as_str()).collect();
    assert_eq!(regions, ["0", "10", "12"]);
    let reason = serde_json::json!({ "rule": "third-is-small", "region": "12", "period": "2025" });
    assert_eq!(manifest["blocked"][0]["reasons"], serde_json::json!([reason]));

    // All that is asked for is blocked: nothing is published.
    let output = esep(folder.path(), &["build", "--period", "2025", "--region", "12", "--out", "other"]);
    exits(&output, 1);
    let output = esep(folder.path(), &["results", "--period", "2025"]);
    exits(&output, 1);
    assert!(stdout(&output).contains("\n2025,2.1,20,South,") && !stdout(&output).contains(",10,North,"));
}

#[test]
fn a_check_of_the_project_is_explained_and_worded_in_its_languages() {
    let folder = case("a-check-of-an-implication");
    let output = esep(folder.path(), &["explain", "room-without-special-teachers"]);
    exits(&output, 0);
    assert!(stdout(&output).contains("then: { special_teachers: \"> 0\" }"), "{}", stdout(&output));
    assert!(stdout(&output).contains("Its kind is `implication`. `if` holds and `then` does not."), "{}", stdout(&output));
    let listed = esep(folder.path(), &["explain"]);
    let declared = "\nDeclared by this project\n  room-without-special-teachers  warning  a check of the kind `implication` in `indicator-specs/checks/";
    assert!(stdout(&listed).contains(declared), "{}", stdout(&listed));
    let output = esep(folder.path(), &["check", "--language", "ru"]);
    assert!(stdout(&output).contains("]: Without: кабинет есть, педагогов нет\n"), "{}", stdout(&output));
}

#[test]
fn what_offices_send_is_told_in_their_languages_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, project) = (Path::new(env!("CARGO_MANIFEST_DIR")), folder.path());
    for file in support::files(&root.join("indicator-specs")).expect("there are specifications") {
        let copy = project.join(file.strip_prefix(root).unwrap_or(&file));
        fs::create_dir_all(copy.parent().expect("it lies in a folder")).expect("made");
        fs::copy(&file, copy).expect("copied");
    }
    fs::create_dir_all(project.join("inputs/2025")).expect("made");
    let table =
        "Облыс;Аудан;Дети с ОВ;Охвачено поддержкой\nАкмолинская область;г. Кокшетау;1,025;7\nАкмолинская область;н/д;8;7\n";
    for (name, text) in [
        ("2025/return.csv", table),
        ("2025/scan.xlsx", "%PDF-1.7"),
        ("stray.csv", table),
        ("received.csv", "2025/return.csv,2025-10-20\n2025/return.csv,soon\n"),
    ] {
        fs::write(project.join("inputs").join(name), text).expect("written");
    }
    for (language, expected) in [
        (
            "ru",
            [
                "]: Это не книга с таблицами, а файл другого вида\n  --> inputs/2025/scan.xlsx\n",
                "стоит «1,025»: запятая или точка может отделять и тысячи, и дробную часть\n  --> inputs/2025/return.csv, ячейка C2\n",
                "]: В ячейке «Район, город» стоит «н/д», а нужно значение\n  --> inputs/2025/return.csv, ячейка B3\n",
                "]: Файл лежит рядом с папками периодов и не прочитан\n  --> inputs/stray.csv\n",
                "]: Это не день: soon\n  --> inputs/received.csv:2:1\n",
            ],
        ),
        (
            "kk",
            [
                "]: Бұл – кестелері бар кітап емес, басқа түрдегі файл\n  --> inputs/2025/scan.xlsx\n",
                "«1,025» тұр: үтір немесе нүкте мыңдықты да, бөлшекті де бөлуі мүмкін\n  --> inputs/2025/return.csv, C2 ұяшығы\n",
                "]: «Аудан, қала» ұяшығында «н/д» тұр, ал мәні керек\n  --> inputs/2025/return.csv, B3 ұяшығы\n",
                "]: Файл кезең қалталарының қасында жатыр, оқылмады\n  --> inputs/stray.csv\n",
                "]: Бұл күн емес: soon\n  --> inputs/received.csv:2:1\n",
            ],
        ),
    ] {
        let printed = stdout(&esep(project, &["check", "--language", language]));
        for text in expected {
            assert!(printed.contains(text), "`{text}` is not in\n{printed}");
        }
    }
}

/// Reads what a program says until a line holds a text.
fn said(lines: &mut impl Iterator<Item = std::io::Result<String>>, wanted: &str) -> String {
    let mut all = String::new();
    for line in lines {
        all.push_str(&line.expect("it is text"));
        all.push('\n');
        if all.lines().last().is_some_and(|line| line.contains(wanted)) {
            return all;
        }
    }
    panic!("it ended without saying `{wanted}`:\n{all}");
}

#[test]
fn watch_renews_the_report_and_keeps_the_last_good_one() {
    let folder = case("a-sound-project");
    let template = folder.path().join("report-templates/local/report.typ.j2");
    fs::create_dir_all(template.parent().expect("a folder")).expect("made");
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/local/report.typ.j2")).expect("read");
    let mut watch = Command::new(env!("CARGO_BIN_EXE_esep"))
        .args(["watch", "--region", "11", "--out", "proof.pdf"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(watch.stderr.take().expect("it is piped")).lines();
    said(&mut lines, "pages in");
    let proof = folder.path().join("proof.pdf");
    let first = fs::read(&proof).expect("the report is there");
    // Saved as editors do: the new file takes the place of the old one, and is never half there.
    let save = |text: String| {
        let new = tempfile::NamedTempFile::new().expect("a file");
        fs::write(new.path(), text).expect("written");
        new.persist(&template).expect("saved");
    };
    save(format!("{text}\n{{{{ no_such_name }}}}\n"));
    let printed = said(&mut lines, "the report is as it was before");
    assert!(printed.contains(&format!("report-templates/local/report.typ.j2:{}:", text.lines().count() + 2)), "{printed}");
    assert_eq!(fs::read(&proof).expect("it is still there"), first);
    save(format!("{text}\n#pagebreak()\nThe end.\n"));
    said(&mut lines, "pages in");
    assert_ne!(fs::read(&proof).expect("it is there"), first);
    watch.kill().and_then(|()| watch.wait()).expect("it ends");

    // Where there never was a report, none is "as it was before".
    fs::write(&template, "{{ no_such_name }}\n").expect("written");
    let mut watch = Command::new(env!("CARGO_BIN_EXE_esep"))
        .args(["watch", "--region", "11", "--out", "other.pdf"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(watch.stderr.take().expect("it is piped")).lines();
    let printed = said(&mut lines, "no report yet");
    assert!(!printed.contains("as it was before"), "{printed}");
    watch.kill().and_then(|()| watch.wait()).expect("it ends");
}

#[test]
fn sheets_stand_in_folders_of_their_regions_and_what_cannot_be_made_is_said() {
    let folder = case("sheets-of-units");
    let output = esep(folder.path(), &["sheets", "--region", "10", "--language", "en", "--jobs", "2"]);
    exits(&output, 0);
    assert!(stderr(&output).ends_with("3 sheets of 3 pages in `private/sheets/2025`\n"), "{}", stderr(&output));
    assert!(folder.path().join("private/sheets/2025/en/10 North/11 Abay/100000000001 First. Not for publication.pdf").is_file());
    assert!(!folder.path().join("out/2025").exists(), "they are no part of a release");
    // Nor do they ever take its place.
    exits(&esep(folder.path(), &["build", "--region", "21", "--language", "en"]), 0);
    let output = esep(folder.path(), &["sheets", "--out", "out"]);
    exits(&output, 2);
    let message = "cannot write sheets in `out`: `";
    assert!(stderr(&output).contains(message) && stderr(&output).contains("a folder of releases"), "{}", stderr(&output));
    assert!(folder.path().join("out/2025/en/20 South/21 Abay. 2025.pdf").is_file());
    // A fault of the template is said before all that could not be made for it.
    let template = folder.path().join("report-templates/unit");
    fs::create_dir_all(&template).expect("made");
    fs::write(template.join("report.typ.j2"), "#set text(lang: \"en\")\n{{ no_such_name }}\n").expect("written");
    let output = esep(folder.path(), &["sheets"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("report-templates/unit/report.typ.j2:2"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("stands beside"), "there is no text to look at: {}", stderr(&output));
    assert!(!folder.path().join("private/sheets/2025-failed").exists());
    fs::remove_dir_all(&template).expect("removed");
    for (arguments, code, message) in [
        (&["--unit", "100000000009"][..], 2, "esep: unknown unit `100000000009`; did you mean `100000000001`?"),
        (&["--period", "2030"], 2, "esep: nothing was reported for the period `2030`"),
        (&["--unit", "100000000001", "--region", "20"], 1, "esep: no unit fits this choice of period, region and key"),
    ] {
        let output = esep(folder.path(), &[&["sheets", "-q"], arguments].concat());
        exits(&output, code);
        assert!(stderr(&output).starts_with(message), "{}", stderr(&output));
    }
    // What was made before still stands.
    assert!(folder.path().join("private/sheets/2025/en/10 North/11 Abay/100000000001 First. Not for publication.pdf").is_file());

    let output = esep(folder.path(), &["watch", "--unit", "100000000009"]);
    exits(&output, 2);
    assert!(stderr(&output).ends_with("unknown unit `100000000009`; did you mean `100000000001`?\n"), "{}", stderr(&output));

    let output = esep(case("a-sound-project").path(), &["sheets"]);
    exits(&output, 2);
    assert!(stderr(&output).contains("`indicator-specs/programme.yaml`, such as `sheets: passports`"), "{}", stderr(&output));
}
