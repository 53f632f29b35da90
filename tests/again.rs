//! Nothing is made twice: what a build finds kept is what it would have made, to the byte, whatever was changed in between.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let line = told.lines().find(|line| line.contains(" of before, "));
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

    take(&project, "report-templates/parts/page.typ");
    take(&project, "report-templates/theme.typ");
    take(&project, "report-templates/site/home.html.j2");
    take(&project, "report-templates/languages/en.yaml");
    let edits = [
        ("inputs/2025/north.csv", "80000,4000,25000", "80000,4000,26000"),
        ("indicator-specs/indicators/2.1-trained-teachers.yaml", "Trained teachers", "Teachers with training"),
        ("indicator-specs/programme.yaml", "en: Districts", "en: All districts"),
        ("indicator-specs/programme.yaml", "date: 2025-10-05", "date: 2025-10-06"),
        ("report-templates/parts/page.typ", "leading: 0.62em", "leading: 0.64em"),
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

/// Numbers by chance, the same in every run.
struct Chance(u64);

impl Chance {
    /// A number below `most`.
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A project that is edited by chance.
struct Edited {
    project: TempDir,
    chance: Chance,
    rows: Vec<Vec<String>>,
    next: usize,
}

impl Edited {
    const HEAD: &str = "BIN,Organisation,Oblast,District,Ownership,Locality,Support room,Teachers,Special teachers,Trained";
    const PLACES: [(&str, &str); 4] = [("North", "Abay"), ("North", "Birlik"), ("South", "Abay"), ("South", "Kent")];
    const HOUSE: [&str; 7] = [
        "theme.typ",
        "parts.typ",
        "parts/page.typ",
        "charts/bars.typ",
        "charts/dots.typ",
        "parts/overview.typ",
        "parts/plan.typ",
    ];

    /// The least and the most of each count, so that parts are smaller than their wholes.
    const COUNTS: [(usize, usize); 3] = [(40, 100), (0, 12), (0, 28)];

    fn new(seed: u64) -> Self {
        let project = support::case("a-waiver");
        for file in ["north.xlsx", "south.xlsx", "register.csv"] {
            fs::remove_file(project.path().join("inputs/2025").join(file)).expect("the case has it");
        }
        fs::remove_file(project.path().join("indicator-specs/datasets/register.yaml")).expect("the case has it");
        edit(&project, "indicator-specs/datasets/passports.yaml", "expected: register\n", "");
        let mut edited = Self { project, chance: Chance(seed), rows: Vec::new(), next: 1 };
        (0..24).for_each(|_| edited.add_row());
        edited.write_rows();
        edited
    }

    fn add_row(&mut self) {
        let (oblast, district) = *self.chance.one_of(&Self::PLACES);
        let words = |words: &[&str], chance: &mut Chance| (*chance.one_of(words)).to_owned();
        let mut row = vec![format!("{:012}", 100_000_000_000 + self.next), format!("Organisation {}", self.next)];
        row.extend([oblast.to_owned(), district.to_owned()]);
        row.extend([&["State", "Private"], &["Town", "Village"], &["да", "нет"]].map(|kinds| words(kinds, &mut self.chance)));
        // The waiver is of the third one.
        row.extend(if self.next == 3 {
            ["8", "1", "4"].map(str::to_owned)
        } else {
            Self::COUNTS.map(|bounds| self.count(bounds))
        });
        self.next += 1;
        self.rows.push(row);
    }

    fn count(&mut self, (least, most): (usize, usize)) -> String {
        (least + self.chance.below(most - least)).to_string()
    }

    fn write_rows(&self) {
        for oblast in ["North", "South"] {
            let rows = self.rows.iter().filter(|row| row[2] == oblast).map(|row| row.join(",") + "\n").collect::<String>();
            let file = self.path(&format!("inputs/2025/{}.csv", oblast.to_lowercase()));
            fs::write(file, format!("{}\n{rows}", Self::HEAD)).expect("it can be written");
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.project.path().join(file)
    }

    /// Changes the text of a file; one of the house is taken first.
    fn rewrite(&self, file: &str, change: impl FnOnce(String) -> String) {
        if !self.path(file).exists() {
            take(&self.project, file);
        }
        let text = fs::read_to_string(self.path(file)).expect("it can be read");
        fs::write(self.path(file), change(text)).expect("it can be written");
    }

    /// Puts another number in the place of one that stands before `unit`.
    fn renumber(&mut self, file: &str, unit: &str, most: usize) {
        let (pick, number) = (self.chance.below(1000), self.chance.below(most) + 1);
        self.rewrite(file, |text| {
            let is_digit = |letter: char| letter.is_ascii_digit();
            let ends: Vec<usize> =
                text.match_indices(unit).map(|(at, _)| at).filter(|&at| text[..at].ends_with(is_digit)).collect();
            let Some(&end) = ends.get(pick % ends.len().max(1)) else { return text };
            let start = text[..end].trim_end_matches(is_digit).len();
            format!("{}{number}{}", &text[..start], &text[end..])
        });
    }

    /// Puts a word behind one of the fixed words, or another word into a sentence.
    fn reword(&mut self) {
        let pick = self.chance.below(1000);
        let is_label = pick.is_multiple_of(2);
        self.rewrite("report-templates/languages/en.yaml", |text| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let begin = |word: &str| lines.iter().position(|line| line.starts_with(word)).expect("the file has this section");
            let (first, last) = if is_label { (begin("labels:"), lines.len()) } else { (begin("phrases:"), lines.len()) };
            let section = lines[first + 1..last].iter().position(|line| line.starts_with(|sign: char| sign.is_alphabetic()));
            let last = section.map_or(last, |length| first + 1 + length);
            let plain = |line: &str| {
                line.split_once(": ").is_some_and(|(_, words)| words.chars().all(|sign| sign.is_alphabetic() || sign == ' '))
            };
            let fit = |line: &&mut String| if is_label { plain(line) } else { line.contains(" the ") && !line.contains('#') };
            let mut fitting: Vec<&mut String> = lines[first + 1..last].iter_mut().filter(fit).collect();
            let count = fitting.len();
            let line = &mut fitting[pick % count];
            **line = if is_label { format!("{line} so") } else { line.replacen(" the ", " that ", 1) };
            lines.join("\n") + "\n"
        });
    }

    /// Edits the project; what was edited, and whether it is something of which a document is made only where it says so.
    fn edit(&mut self) -> (String, bool) {
        let row = self.chance.below(self.rows.len());
        let specs = "indicator-specs";
        match self.chance.below(16) {
            0..=3 => {
                let which = self.chance.below(3);
                let count = self.count(Self::COUNTS[which]);
                if row != 2 {
                    self.rows[row][7 + which].clone_from(&count);
                }
                self.write_rows();
                (format!("count {which} of row {row} is {count}"), true)
            }
            4 | 5 => {
                let (cell, words) =
                    *self.chance.one_of(&[(4, ["State", "Private"]), (5, ["Town", "Village"]), (6, ["да", "нет"])]);
                self.rows[row][cell] = (*self.chance.one_of(&words)).to_owned();
                self.write_rows();
                (format!("cell {cell} of row {row}"), true)
            }
            6 => {
                self.add_row();
                self.write_rows();
                ("one more row".to_owned(), true)
            }
            7 => {
                self.rows.remove(row.max(3));
                self.write_rows();
                ("a row is gone".to_owned(), true)
            }
            8 => {
                let target = 40 + self.chance.below(50);
                self.rewrite(&format!("{specs}/indicators/1.1-support-rooms.yaml"), |text| {
                    let (head, rest) = text.split_once("\"2025\": ").expect("it has a target");
                    format!("{head}\"2025\": {target}{}", rest.trim_start_matches(|sign: char| sign.is_ascii_digit()))
                });
                (format!("target {target}"), true)
            }
            9 => {
                let (from, to) = *self.chance.one_of(&[
                    ("en: Rooms", "en: Places"),
                    ("en: Places", "en: Rooms"),
                    ("en: Districts", "en: Areas"),
                ]);
                self.rewrite(&format!("{specs}/programme.yaml"), |text| text.replacen(from, to, 1));
                (format!("name {to}"), true)
            }
            10 => {
                self.renumber(&format!("{specs}/programme.yaml"), "\n  near_target", 8);
                ("limit of few units".to_owned(), true)
            }
            11 => {
                let reason = format!("en: {} ", self.chance.one_of(&["A small", "A tiny", "A new"]));
                self.rewrite(&format!("{specs}/waivers.yaml"), |text| {
                    let (head, rest) = text.split_once("en: ").expect("the waiver has a reason");
                    format!("{head}{reason}{}", &rest[rest.find("unit").expect("of a unit")..])
                });
                ("waivers".to_owned(), true)
            }
            12 => {
                self.reword();
                ("words".to_owned(), false)
            }
            13 => {
                let file = *self.chance.one_of(&Self::HOUSE);
                self.renumber(&format!("report-templates/{file}"), "mm", 9);
                (file.to_owned(), false)
            }
            14 => {
                self.rewrite("report-templates/parts/remarks.j2", |text| text + "#v(1mm)\n");
                ("remarks.j2".to_owned(), false)
            }
            _ => {
                let font = self.path("report-templates/fonts/italic.ttf");
                if font.exists() {
                    fs::remove_file(font).expect("it can be removed");
                } else {
                    fs::create_dir_all(font.parent().expect("it has a folder")).expect("it can be made");
                    fs::write(font, notosans::ITALIC_TTF).expect("it can be written");
                }
                ("fonts".to_owned(), false)
            }
        }
    }

    /// Builds the release: how many documents were set, and its files.
    fn build(&self, options: &[&str]) -> (usize, BTreeMap<String, Vec<u8>>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_esep"));
        let output = command.args(["build", "--no-site"]).args(options).current_dir(self.project.path()).output();
        let said = String::from_utf8(output.expect("the program runs").stderr).expect("what is printed is text");
        assert!(said.contains("reports of"), "{said}");
        let numbers = |line: &str| -> Vec<usize> { line.split(' ').filter_map(|word| word.parse().ok()).collect() };
        let files = release(&self.project);
        let documents = files.keys().filter(|name| name.ends_with(".pdf")).count();
        let kept = said.lines().find(|line| line.contains(" of before, "));
        let made = if said.contains("nothing has changed") { 0 } else { kept.map_or(documents, |line| numbers(line)[1]) };
        (made, files)
    }
}

/// With `ESEP_ALL=1` a hundred edits.
#[test]
fn edits_by_chance_leave_nothing_stale_and_set_no_document_in_vain() {
    let edits = if std::env::var_os("ESEP_ALL").is_some() { 100 } else { 10 };
    let mut edited = Edited::new(7);
    let (_, mut before) = edited.build(&[]);
    let mut history = String::new();
    for number in 0..edits {
        let (what, counts) = edited.edit();
        let (made, kept) = edited.build(&[]);
        let (_, whole) = edited.build(&["--cache-size", "0"]);
        assert_eq!(kept.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{number}: {what}");
        let stale: Vec<&String> = kept.keys().filter(|name| kept[*name] != whole[*name]).collect();
        assert!(stale.is_empty(), "{number}: {what}: {stale:?} are stale after\n{history}");
        let differ = whole.iter().filter(|(name, bytes)| name.ends_with(".pdf") && before.get(*name) != Some(*bytes)).count();
        history += &format!("{number}: {what}: {made} documents set, {differ} differ\n");
        assert!(!counts || made <= differ, "documents are set in vain:\n{history}");
        before = whole;
    }
}

#[test]
fn a_workbook_that_has_not_changed_is_not_read_again() {
    let project = support::case("a-sound-project");
    let kept = || support::files(&project.path().join("private/cache")).expect("something is kept");
    said(&project, &["check"], 0);
    let first = kept();
    said(&project, &["check"], 0);
    assert_eq!(kept(), first, "the same is asked, so the same is found");
    edit(&project, "inputs/2025/register.csv", "First", "Firstly");
    said(&project, &["check"], 0);
    assert_eq!(kept().len(), first.len() + 1, "one file has changed");
}
