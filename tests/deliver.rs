//! Packages for offices from the release to the confirmation: each holds its office's files and no other's, mails carry them unchanged, and what
//! comes back is counted.

#[path = "support/pdf.rs"]
mod pdf;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use mail_parser::{MessageParser, MimeHeaders};
use support::{GridCell, said};
use tempfile::TempDir;

/// Files by their paths.
type Files = BTreeMap<String, Vec<u8>>;

/// A project of which everything is made that packages are filled from, and the packages.
static PROJECT: LazyLock<TempDir> = LazyLock::new(|| {
    let project = support::case("packages-for-offices");
    for made in [&["build", "-q"][..], &["build", "-q", "--audience", "internal"], &["answer"], &["forms"], &["sheets", "-q"]] {
        said(&project, made, 0);
    }
    said(&project, &["deliver"], 0);
    project
});

/// The files of a ZIP.
fn unpacked(bytes: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a ZIP");
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("it can be opened");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("it can be unpacked");
        let name = String::from_utf8(file.name_raw().to_vec()).expect("names are UTF-8");
        files.insert(name, bytes);
    }
    files
}

/// The package of an office.
fn package(project: &Path, office: &str) -> Vec<u8> {
    fs::read(project.join(format!("private/deliveries/2025/{office}-2025-1.zip"))).expect("there is a package")
}

/// The files of a package, by their paths in its folder.
fn contents(office: &str) -> Files {
    let root = format!("{office}-2025-1/");
    let inside = |(path, bytes): (String, Vec<u8>)| (path.strip_prefix(&root).expect("one folder").to_owned(), bytes);
    unpacked(&package(PROJECT.path(), office)).into_iter().map(inside).collect()
}

/// All words of a file, whatever its kind.
fn words(path: &str, bytes: &[u8]) -> String {
    if path.ends_with(".pdf") {
        return pdf::text(bytes.to_vec(), &[]);
    }
    if path.ends_with(".xlsx") {
        return unpacked(bytes).values().map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn receipt(office: &str) -> String {
    let text = String::from_utf8(contents(office)["receipt.txt"].clone()).expect("a text");
    text.lines().find(|line| line.starts_with("esep-receipt ")).expect("the line").to_owned()
}

#[test]
fn every_office_gets_its_files_and_no_other() {
    let payload = |office: &str| -> Vec<String> {
        contents(office).into_keys().filter_map(|path| path.strip_prefix("data/").map(str::to_owned)).collect()
    };
    assert_eq!(
        payload("south"),
        [
            "answers/south.xlsx",
            "forms/20 Юг.xlsx",
            "reports/en/20 South/20 South. 2025.pdf",
            "results.csv",
            "sheets/en/20 South/21 Abay/200000000001 Southern canary. Not for publication.pdf",
            "sheets/en/20 South/22 Kent/200000000002 Fifth. Not for publication.pdf",
        ]
    );
    let ministry = payload("ministry");
    assert_eq!(ministry.iter().filter(|path| path.ends_with(".pdf")).count(), 2 * 7, "{ministry:?}");
    assert!(ministry.iter().all(|path| path.starts_with("reports/") || path == "results.csv"), "{ministry:?}");
    let north = payload("north");
    for folder in
        ["answers/", "forms/", "protocols/ru/", "protocols/en/", "reports/ru/", "reports/en/", "sheets/ru/", "sheets/en/"]
    {
        assert!(north.iter().any(|path| path.starts_with(folder)), "{folder}: {north:?}");
    }
    assert!(north.iter().all(|path| !path.contains("20 ") && !path.contains("0 Rep")), "{north:?}");
    // Every byte is that of the release.
    for (path, bytes) in contents("north") {
        if let Some(report) = path.strip_prefix("data/reports/") {
            assert!(fs::read(PROJECT.path().join("out/2025").join(report)).expect("it is in the release") == bytes, "{report}");
        }
    }
    let table = String::from_utf8(contents("south")["data/results.csv"].clone()).expect("a text");
    assert!(table.lines().count() > 2 && table.lines().skip(1).all(|line| line.split(',').nth(2) == Some("20")), "{table}");
}

#[test]
fn what_one_office_sent_stands_in_no_other_package() {
    let canaries = [("north", ["Northern canary", "100000000002"]), ("south", ["Southern canary", "200000000002"])];
    for office in ["north", "south", "ministry"] {
        for (path, bytes) in contents(office) {
            let words = words(&path, &bytes);
            for (_, canaries) in canaries.iter().filter(|(owner, _)| *owner != office) {
                assert!(canaries.iter().all(|canary| !words.contains(canary)), "{office}: {path}");
            }
        }
        let own: String = contents(office).iter().map(|(path, bytes)| words(path, bytes)).collect();
        for (owner, canaries) in canaries {
            assert_eq!(canaries.iter().all(|canary| own.contains(canary)), owner == office, "{office}");
        }
    }
}

#[test]
fn the_letter_and_the_page_say_what_is_inside_and_what_to_do() {
    let north = contents("north");
    for (language, due, kind) in
        [("en", "19 October 2025", "Reliability protocol"), ("ru", "19 октября 2025", "Протокол достоверности данных")]
    {
        let text = String::from_utf8(north[&format!("letter.{language}.txt")].clone()).expect("a text");
        let page = pdf::text(north[&format!("letter.{language}.pdf")].clone(), &[]);
        for words in [due, kind, "receipt.txt", "index.html"] {
            assert!(text.contains(words), "{words}: {text}");
            let joined = |text: &str| text.split_whitespace().collect::<String>();
            assert!(joined(&page).contains(&joined(words)), "{words}: {page}");
        }
    }
    let told = String::from_utf8(north["letter.en.txt"].clone()).expect("a text");
    assert!(told.contains("Correct the marked cells of your own workbook and send it to us again."), "{told}");
    for (page, language) in [("index.html", "ru"), ("index.en.html", "en")] {
        let page = String::from_utf8(north[page].clone()).expect("a text");
        assert!(page.contains(&format!("<html lang=\"{language}\" dir=\"ltr\">")) && !page.contains("http"), "{page}");
        for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let path = percent(link);
            assert!(north.contains_key(&path), "{path}");
        }
    }
    let ministry = String::from_utf8(contents("ministry")["letter.en.txt"].clone()).expect("a text");
    assert!(!ministry.contains("not for publication"), "{ministry}");
}

/// A link as a path.
fn percent(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]).1,
            None => (bytes.push(*first), rest = tail).1,
        }
    }
    String::from_utf8(bytes).expect("paths are text")
}

#[test]
fn the_same_release_gives_the_same_packages_and_mails() {
    let project = PROJECT.path();
    let out = tempfile::tempdir().expect("a folder");
    let place = out.path().to_str().expect("plain letters");
    said(&PROJECT, &["deliver", "-q", "--out", &format!("{place}/deliveries")], 0);
    for office in ["north", "south", "ministry"] {
        let again = fs::read(out.path().join(format!("deliveries/2025/{office}-2025-1.zip"))).expect("there is one");
        assert!(again == package(project, office), "{office}");
    }
    let sent = |name: &str| {
        said(&PROJECT, &["outbox", "-q", "private/deliveries/2025", "--out", &format!("{place}/{name}")], 0);
        fs::read(out.path().join(name).join("2025/north/north-1.eml")).expect("a mail")
    };
    assert!(sent("one") == sent("two"));
}

#[test]
fn mails_carry_packages_unchanged_whole_and_in_parts() {
    let out = tempfile::tempdir().expect("a folder");
    let place = out.path().to_str().expect("plain letters");
    let send = |more: &[&str], code: i32| {
        let arguments = [&["outbox", "private/deliveries/2025", "--replace", "--out", place][..], more].concat();
        said(&PROJECT, &arguments, code)
    };
    send(&[], 0);
    let mail = fs::read(out.path().join("2025/north/north-1.eml")).expect("a mail");
    let parsed = MessageParser::default().parse(&mail).expect("it is a mail");
    assert_eq!(parsed.subject(), Some("Проверка, 2025 год, издание 1: пакет для получателя «Управление Севера»"));
    let to: Vec<&str> = parsed.to().expect("somebody").iter().filter_map(|to| to.address()).collect();
    assert_eq!(to, ["north@example.org", "deputy@north.example.org"]);
    assert!(parsed.body_text(0).expect("a text").contains("Управление Севера"));
    assert!(!String::from_utf8_lossy(&mail).contains(&receipt("north")), "only who opens the package knows the line");
    let attachment = parsed.attachment(0).expect("the package");
    assert_eq!(attachment.attachment_name(), Some("north-2025-1.zip"));
    assert!(attachment.contents() == package(PROJECT.path(), "north"));
    // For a server: under another name first, and the same when it is run again.
    let batch = fs::read_to_string(out.path().join("2025/sftp.batch")).expect("a list");
    assert!(
        batch.contains("rename \"/incoming/Юг и другие/.south-2025-1.zip.part\" \"/incoming/Юг и другие/south-2025-1.zip\""),
        "{batch}"
    );
    assert!(fs::read(out.path().join("2025/south/south-2025-1.zip")).expect("it is there") == package(PROJECT.path(), "south"));
    assert!(out.path().join("2025/ministry/ministry-2025-1.zip").is_file());
    send(&["--mail-size", "1"], 0);
    let mut files = Files::new();
    for number in 1.. {
        let Ok(mail) = fs::read(out.path().join(format!("2025/north/north-{number}.eml"))) else { break };
        assert!(mail.len() < 1_000_000, "{}", mail.len());
        let parsed = MessageParser::default().parse(&mail).expect("it is a mail");
        files.extend(unpacked(parsed.attachment(0).expect("a part").contents()));
    }
    assert!(files == unpacked(&package(PROJECT.path(), "north")));
    send(&["--mail-size", "1", "--link", "https://example.org/p/"], 0);
    let mail = fs::read(out.path().join("2025/north/north-1.eml")).expect("a mail");
    let parsed = MessageParser::default().parse(&mail).expect("it is a mail");
    assert!(parsed.body_text(0).expect("a text").contains("https://example.org/p/north-2025-1.zip"));
    assert!(out.path().join("2025/north/north-2025-1.zip").is_file() && parsed.attachment_count() == 0);
}

#[test]
fn confirmations_are_counted_and_those_who_are_silent_reminded() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path.to_str().expect("plain letters").to_owned()
    };
    let mail =
        format!("From: a <deputy@north.example.org>\nDate: Mon, 13 Oct 2025 10:00:00 +0500\n\nOk\n> {}\n", receipt("north"));
    let replies = file("north.eml", &mail);
    let strange = file("odd.txt", &receipt("south").replace("edition 1", "edition 2"));
    let reminders = folder.path().join("reminders");
    let run = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_esep"));
        let arguments = ["receipts", "private/deliveries/2025", &replies, &strange, "--format", format, "--date", "2025-12-01"];
        let output = command.current_dir(PROJECT.path()).args(arguments).arg("--reminders").arg(&reminders).output();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(
        run("csv"),
        format!(
            "office,name,period,edition,state,since,due,late,from,file\n\
             north,Управление Севера,2025,1,confirmed,2025-10-13,2025-10-19,no,deputy@north.example.org,{replies}\n\
             south,Office of the South,2025,1,not confirmed,2025-10-05,2025-11-30,yes,,\n\
             ministry,Министерство,2025,1,not confirmed,2025-10-05,,,,\n"
        )
    );
    let text = run("text");
    assert!(text.starts_with("2025, edition 1: 1 of 3 confirmed\n") && text.contains("there is no such edition yet"), "{text}");
    let standing: serde_json::Value = serde_json::from_str(&run("json")).expect("JSON");
    assert_eq!(standing["offices"][1]["late"], true);
    let reminder = fs::read(reminders.join("2025/south.eml")).expect("a mail");
    let parsed = MessageParser::default().parse(&reminder).expect("it is a mail");
    assert!(parsed.body_text(0).expect("a text").contains("Office of the South"));
    let from = parsed.from().and_then(|from| from.first()?.name());
    assert_eq!(from, Some("Publisher"), "the office reads English, and most others Russian");
    assert!(!reminders.join("2025/north.eml").exists());
}

#[test]
fn a_package_that_would_lack_something_is_not_made_and_the_others_are() {
    let out = tempfile::tempdir().expect("a folder");
    let place = out.path().to_str().expect("plain letters");
    let said = said(&PROJECT, &["deliver", "--sheets", "nowhere", "--protocols", "nowhere", "--out", place], 1);
    assert!(said.contains("`north` gets no package:") && said.contains("make it with `esep sheets`"), "{said}");
    assert!(said.contains("expected internal reports that esep wrote there, found no `manifest.json`"), "{said}");
    let names: Vec<String> = support::files(out.path()).expect("listed").iter().map(|path| path.display().to_string()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[1].ends_with("ministry-2025-1.zip") && names[0].ends_with("manifest.json"), "{names:?}");
}

#[test]
fn a_release_that_somebody_changed_is_not_delivered() {
    let project = support::case("packages-for-offices");
    said(&project, &["build", "-q", "--no-site"], 0);
    let report = project.path().join("out/2025/en/20 South/20 South. 2025.pdf");
    fs::write(&report, "another").expect("written");
    let told = said(&project, &["deliver", "--office", "ministry"], 2);
    assert!(
        told.contains("`en/20 South/20 South. 2025.pdf` is gone or too large") || told.contains("is not what was written"),
        "{told}"
    );
    assert!(!project.path().join("private/deliveries").exists());
    let told = said(&project, &["deliver", "--office", "sout"], 2);
    assert!(told.contains("unknown office `sout`; did you mean `south`?"), "{told}");
}

/// A workbook of one sheet, a line a row and `|` between cells.
fn workbook(sheet: &str, rows: &str) -> Vec<u8> {
    let rows = rows.lines().map(|row| row.split('|').map(|cell| GridCell::new(cell.trim())).collect());
    support::xlsx(&[(sheet.to_owned(), rows.collect())])
}

#[test]
fn a_list_of_offices_may_be_a_workbook_or_a_table_of_text() {
    let out = tempfile::tempdir().expect("a folder");
    let given = |name: &str, bytes: &[u8]| {
        let path = out.path().join(name);
        fs::write(&path, bytes).expect("written");
        path.to_str().expect("plain letters").to_owned()
    };
    let russian = workbook(
        "Получатели",
        "Список получателей\n\
         Обозначение | Наименование | name_en | Территории | Языки | Адреса | Способ отправки | Папка на сервере | Состав | Срок | Телефон\n\
         north | Управление Севера | Office of the North | '10 | русский; English | north@example.org, deputy@north.example.org | Почта | | \
         отчёт; отчёты внутри; книги; таблица; протокол; ответ; форма; листы | 14 | 1\n\
         \n\
         south | Управление Юга | Office of the South | 20 | en | south@example.org | sftp | /incoming/Юг и другие | \
         отчёт; таблица; answer; form; sheets | @2025-11-30 | 2\n\
         ministry | Министерство | Ministry | 0 | | | папка | | отчёт, отчёты внутри, таблица | |",
    );
    let plain = "id;name.ru;name.en;regions;languages;addresses;channel;path;gets;due\n\
                 north;Управление Севера;Office of the North;10;ru,en;north@example.org, deputy@north.example.org;mail;;\
                 report,below,workbooks,table,protocol,answer,form,sheets;14\n\
                 south;Управление Юга;Office of the South;20;en;south@example.org;sftp;/incoming/Юг и другие;\
                 report,table,answer,form,sheets;2025-11-30\n\
                 ministry;Министерство;Ministry;0;;;folder;;report,below,table;\n";
    let yaml = fs::read(PROJECT.path().join("indicator-specs/offices.yaml")).expect("the project's own");
    let lists = [given("list.xlsx", &russian), given("list.csv", plain.as_bytes()), given("list.yaml", &yaml)];
    let manifest = |place: &Path| fs::read(place.join("2025/manifest.json")).expect("a manifest");
    for (number, list) in lists.iter().enumerate() {
        let place = out.path().join(number.to_string());
        let told = said(&PROJECT, &["deliver", "--offices", list, "--out", place.to_str().expect("plain letters")], 0);
        assert_eq!(told.contains("the column `Телефон` is none of a list of offices"), number == 0, "{told}");
        for office in ["north", "south", "ministry"] {
            let made = fs::read(place.join(format!("2025/{office}-2025-1.zip"))).expect("a package");
            assert!(made == package(PROJECT.path(), office), "{list}: {office}");
        }
        assert_eq!(manifest(&place), manifest(&PROJECT.path().join("private/deliveries")), "{list}");
    }
}

#[test]
fn faults_in_a_table_of_offices_are_told_by_their_cells_all_at_once() {
    let out = tempfile::tempdir().expect("a folder");
    let place = out.path().join("packages");
    let list = out.path().join("offices.xlsx");
    let told = |rows: &str| {
        fs::write(&list, workbook("Offices", rows)).expect("written");
        let place = place.to_str().expect("plain letters");
        let told = said(&PROJECT, &["deliver", "--offices", list.to_str().expect("plain letters"), "--out", place], 1);
        assert!(!out.path().join("packages").exists(), "{told}");
        told.replace(list.to_str().expect("plain letters"), "offices.xlsx")
    };
    let faults = told(
        "id | name | regions | languages | addresses | channel | path | gets | due\n\
         north | North | 10; 99 | de | north@example | mail | /in | reports; workbooks | soon\n\
         north | | | | | sftp | | report | 14\n\
         South Office | South | 20 | | ~south@example.org | pigeon | | report | #REF!",
    );
    for expected in [
        "unknown region `99`\n  --> offices.xlsx, sheet `Offices`, cell C2\n  hint: known are `0`, `10`",
        "no reports are made in the language `de`\n  --> offices.xlsx, sheet `Offices`, cell D2\n",
        "found `north@example`\n  --> offices.xlsx, sheet `Offices`, cell E2\n",
        "only the channel `sftp` has a `path`\n  --> offices.xlsx, sheet `Offices`, cell G2\n",
        "unknown word `reports`\n  --> offices.xlsx, sheet `Offices`, cell H2\n  hint: did you mean `report`?\n",
        "expected reports that the workbooks belong to, found none\n  --> offices.xlsx, sheet `Offices`, cell H2\n",
        "found `soon`\n  --> offices.xlsx, sheet `Offices`, cell I2\n",
        "the office `north` stands here a second time\n  --> offices.xlsx, sheet `Offices`, cell A3\n  hint: the first one stands in line 2;",
        "expected a text in `en`, found none\n  --> offices.xlsx, sheet `Offices`, cell B3\n",
        "expected the codes of its regions for the office `north`, found none\n  --> offices.xlsx, sheet `Offices`, cell A3\n",
        "expected the folder on the server for the office `north`, found none\n  --> offices.xlsx, sheet `Offices`, cell A3\n",
        "found `south@example.org`, struck out in whole or in part\n  --> offices.xlsx, sheet `Offices`, cell E4\n",
        "unknown word `pigeon`\n  --> offices.xlsx, sheet `Offices`, cell F4\n  hint: known are `mail`, `sftp`, `folder`\n",
        "found the failed formula `#REF!`\n  --> offices.xlsx, sheet `Offices`, cell I4\n",
    ] {
        assert!(faults.contains(expected), "{expected}\n{faults}");
    }
    let faults = told("id | name_en | name_en | gets\nnorth | North | | report");
    for expected in [
        "the column `name_en` stands here a second time\n  --> offices.xlsx, sheet `Offices`, cell C1\n",
        "expected the column `name_ru`, found none\n  --> offices.xlsx, sheet `Offices`, row 1\n",
        "expected the column `regions`, found none\n",
        "expected the column `channel`, found none\n",
    ] {
        assert!(faults.contains(expected), "{expected}\n{faults}");
    }
    let faults = told("nothing | of | this\n1 | 2 | 3");
    assert!(faults.contains("expected a table with a row for each office, found none"), "{faults}");
    fs::write(&list, "no workbook").expect("written");
    let path = list.to_str().expect("plain letters");
    let told = said(&PROJECT, &["deliver", "--offices", path, "--out", place.to_str().expect("plain letters")], 1);
    assert!(told.contains("offices.xlsx"), "{told}");
}

#[test]
fn mails_come_from_the_address_that_the_command_line_names() {
    let project = support::case("packages-for-offices");
    said(&project, &["build", "-q", "--no-site"], 0);
    fs::remove_file(project.path().join("indicator-specs/offices.yaml")).expect("removed");
    fs::create_dir_all(project.path().join("private")).expect("made");
    let list = "office,name,regions,addresses,channel,gets\nnorth,North,10,secret-canary@example.org,mail,report\n";
    fs::write(project.path().join("private/offices.csv"), list).expect("written");
    let told = said(&project, &["deliver"], 2);
    assert!(told.contains("name a table with `--offices`"), "{told}");
    let told = said(&project, &["deliver", "--offices", "private/offices.csv"], 1);
    assert!(
        told.contains("expected the address that mails come from, found none\n  --> private/offices.csv, cell E2\n"),
        "{told}"
    );
    said(&project, &["deliver", "-q", "--offices", "private/offices.csv", "--sender", "office@example.org"], 0);
    said(&project, &["outbox", "-q", "private/deliveries/2025"], 0);
    let mail = fs::read(project.path().join("private/outbox/2025/north/north-1.eml")).expect("a mail");
    let parsed = MessageParser::default().parse(&mail).expect("it is a mail");
    let from: Vec<&str> = parsed.from().expect("somebody").iter().filter_map(|from| from.address()).collect();
    assert_eq!(from, ["office@example.org"]);
    // The table names persons: nothing that is published, then or later, tells of it.
    said(&project, &["build", "-q", "--no-site"], 0);
    for path in support::files(&project.path().join("out/2025")).expect("listed") {
        let words = words(&path.display().to_string(), &fs::read(&path).expect("read"));
        assert!(!words.contains("offices.csv") && !words.contains("secret-canary"), "{}", path.display());
    }
}

#[test]
fn addresses_stand_in_nothing_that_is_published() {
    let out = PROJECT.path().join("out/2025");
    for path in support::files(&out).expect("listed") {
        let bytes = fs::read(&path).expect("read");
        let words = words(&path.display().to_string(), &bytes);
        for secret in ["offices.yaml", "example.org", "Office of the", "Управление Юга"] {
            assert!(!words.contains(secret), "{}: {secret}", path.display());
        }
    }
}
