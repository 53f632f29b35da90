//! Every file of a run. The only module that reads the disk.

mod walk;

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};
use walkdir::WalkDir;

use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, any_error, list_some};
use crate::letters::composed;
pub use walk::passed_over;
use walk::{files, slashed, twice};

/// The templates that come with the program; a project's file with the same path replaces one of them.
static HOUSE_TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/report-templates");
/// The documentation, with the schemas of specification files and the terms of what the program is made of.
static DOCS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs");
/// The small project that `esep new` writes.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/starter");

/// The endings of fonts.
pub const FONTS: &[&str] = &["ttf", "otf"];
/// The endings of pictures.
pub const PICTURES: &[&str] = &["svg", "png", "jpg", "jpeg"];
/// The endings of templates.
const TEMPLATES: &[&str] = &["typ", "j2"];
/// The endings of what stands beside pages for a browser, in the folder of their templates.
const BESIDE_PAGES: &[&str] = &["css", "js"];
/// Where figures of others stand; some of them as tables.
const SERIES: &str = "indicator-specs/checks/series/";

/// The endings of YAML files.
pub const YAML: &[&str] = &["yaml", "yml"];
/// The endings of files that offices send.
const SUBMISSIONS: &[&str] = &["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "zip"];
/// The name of the table of a release.
pub const RESULTS: &str = "results.csv";
/// What tells what else a release holds.
const EDITION: &str = "manifest.json";
/// The folders of a project that are read.
pub const FOLDERS: [&str; 4] = ["indicator-specs", "inputs", "report-templates", "published"];

/// A file with more bytes cannot be a form that an office fills in, and is not read.
pub const LARGEST_FILE: u64 = 100 << 20;

/// A folder with more entries belongs to no project; links can make a few files seem endless.
pub const MOST_FILES: usize = 100_000;

/// The most bytes of all files of one folder of the project together; the offices of any country send less.
const LARGEST_PROJECT: u64 = 2 << 30;

/// A whole text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Its path in the project.
    pub name: FileName,
    /// Its text, without a byte order mark, with every letter and its marks as one sign.
    pub text: String,
}

impl TextFile {
    /// Whether it is the YAML file of this path, which is given with `.yaml`; the file may end in `.yml` or in capitals.
    pub fn is_yaml_of(&self, path: &str) -> bool {
        usual(self.name.as_str()) == path
    }
}

/// A whole file of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinaryFile {
    /// Its path in the project.
    pub name: FileName,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// All that a run reads. Every list is in the order of its paths.
#[derive(Debug, Default)]
pub struct Sources {
    /// `*.yaml` and `*.yml` under `indicator-specs/`, and the tables of figures in `checks/series/`.
    pub specs: Vec<TextFile>,
    /// `inputs/<period>/**`, by the period folder's name.
    pub inputs: BTreeMap<String, Vec<BinaryFile>>,
    /// Text files of `report-templates/`: those of the house, replaced by the project's where both have one; by path below that folder,
    /// with the usual ending.
    pub templates: BTreeMap<String, TextFile>,
    /// The language files among them that are the project's own: their codes, and where they stand.
    pub languages: BTreeMap<String, FileName>,
    /// The house's own language files, by path below `report-templates/`: they give what a project's file leaves out.
    pub house_languages: BTreeMap<String, TextFile>,
    /// Fonts (`*.ttf`, `*.otf`) and pictures (`*.svg`, `*.png`, `*.jpg`) of the project's `report-templates/`.
    pub assets: Vec<BinaryFile>,
    /// `inputs/received.csv`, or a workbook of this name: when submissions came.
    pub receipts: Vec<BinaryFile>,
    /// `published/**/results.csv`: the numbers of releases that are out.
    pub published: Vec<TextFile>,
    /// `published/**/manifest.json`: what else these releases hold.
    pub editions: Vec<TextFile>,
    /// How many files below `inputs/` are never opened.
    pub set_aside: SetAside,
}

/// How many files are never opened; each has been reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetAside {
    /// Spreadsheets beside the folders of the periods.
    pub misplaced: usize,
    /// Hidden files and folders, lock files of spreadsheet programs, and files that systems add by themselves.
    pub hidden: usize,
}

impl Sources {
    /// A line (from 1) of a specification, a template, the record of receipts or the numbers of a release, to be shown below a diagnostic.
    pub fn line(&self, file: &FileName, line: u32) -> Option<&str> {
        self.text(file)?.lines().nth(line.checked_sub(1)? as usize)
    }

    /// The text of a specification, a template, the record of receipts or the numbers of a release.
    pub fn text(&self, file: &FileName) -> Option<&str> {
        let texts = self
            .specs
            .iter()
            .chain(self.templates.values())
            .chain(self.house_languages.values())
            .chain(&self.published)
            .map(|text| (&text.name, Some(text.text.as_str())));
        let receipts = self.receipts.iter().map(|record| (&record.name, std::str::from_utf8(&record.bytes).ok()));
        texts.chain(receipts).find(|(name, _)| *name == file)?.1
    }
}

/// The world failed: something that is no fault of the user's files.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder cannot be listed, or the system refuses what reading takes.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Reads the project in `root`.
///
/// # Errors
/// When `root` itself cannot be listed, or the system refuses what reading takes. Any other file that cannot be read is a diagnostic.
pub fn read(root: &Path) -> Result<(Sources, Vec<Diagnostic>), Error> {
    let mut diagnostics = Vec::new();
    let specs = specifications(root, &mut diagnostics)?;
    let templates = house_templates();
    let mut sources = Sources { specs, templates, house_languages: house_languages(), ..Sources::default() };

    let mut unread = Unread::default();
    let (submissions, hidden) = files(root, "inputs", |_| true, &mut diagnostics)?;
    sources.set_aside.hidden = hidden;
    for (name, bytes) in submissions {
        let inside = name.as_str().strip_prefix("inputs/").unwrap_or_default();
        if let Some((period, _)) = inside.split_once('/') {
            sources.inputs.entry(period.to_owned()).or_default().push(BinaryFile { name, bytes });
        } else if !has_extension(&name, SUBMISSIONS) {
            unread.add(&name);
        } else if is_record(inside) {
            sources.receipts.push(BinaryFile { name, bytes });
        } else {
            sources.set_aside.misplaced += 1;
            diagnostics.push(misplaced(name));
        }
    }
    let mut own: BTreeMap<String, FileName> = BTreeMap::new();
    for (name, bytes) in files(root, "report-templates", |_| true, &mut diagnostics)?.0 {
        let inside = usual(name.as_str().strip_prefix("report-templates/").unwrap_or_default());
        let code = inside.strip_prefix("languages/").and_then(|file| file.strip_suffix(".yaml"));
        let code = code.filter(|code| !code.contains('/')).map(str::to_owned);
        if has_extension(&name, FONTS) || has_extension(&name, PICTURES) {
            sources.assets.push(BinaryFile { name, bytes });
        } else if code.is_none() && !is_template(&inside, &name) {
            unread.add(&name);
        } else if let Some(first) = own.get(&inside) {
            let what = if code.is_some() { "a second one for this language" } else { "a second one of this name" };
            diagnostics.push(twice(name, first, what));
        } else {
            own.insert(inside.clone(), name.clone());
            sources.languages.extend(code.map(|code| (code, name.clone())));
            sources.templates.extend(text(name, bytes, &mut diagnostics).map(|text| (inside, text)));
        }
    }
    diagnostics.extend(unread.found());
    (sources.published, sources.editions) = published(root, &mut diagnostics)?;
    Ok((sources, diagnostics))
}

/// Reads the specifications of the project in `root` and nothing else of it.
///
/// # Errors
/// When `root` itself cannot be listed, or the system refuses what reading takes.
pub fn specifications(root: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<TextFile>, Error> {
    std::fs::read_dir(root).map_err(|source| Error::Read { path: root.into(), source })?;
    let (mut specs, mut unread) = (Vec::new(), Unread::default());
    for (name, bytes) in files(root, "indicator-specs", |_| true, diagnostics)?.0 {
        if has_extension(&name, YAML) || name.as_str().starts_with(SERIES) && has_extension(&name, &["csv"]) {
            specs.extend(text(name, bytes, diagnostics));
        } else {
            unread.add(&name);
        }
    }
    if specs.is_empty() && !any_error(diagnostics) {
        let place = Place::File(FileName::new("indicator-specs"));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected specifications (`*.yaml`) in this folder, found none")
                .hint("name the project folder with `--project`, or begin one with `esep new DIR`"),
        );
    }
    diagnostics.extend(unread.found());
    Ok(specs)
}

/// The bytes of a file that somebody named on the command line; `None` when it has more than [`LARGEST_FILE`] bytes. What is no file is never
/// opened.
///
/// # Errors
/// When it cannot be read.
pub fn named(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let failed = |source| Error::Read { path: path.into(), source };
    let found = std::fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(failed(std::io::Error::other("it is no file")));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= LARGEST_FILE))
}

/// The numbers of releases that are out, and what else these hold: `published/` has releases as they are, of which the other files are not
/// looked at.
fn published(root: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<(Vec<TextFile>, Vec<TextFile>), Error> {
    let mut own = Vec::new();
    let (found, _) = files(root, "published", |name| is_called(name, RESULTS) || is_called(name, EDITION), &mut own)?;
    let texts: Vec<TextFile> = found.into_iter().filter_map(|(name, bytes)| text(name, bytes, &mut own)).collect();
    let (results, editions): (Vec<TextFile>, Vec<TextFile>) = texts.into_iter().partition(|file| is_called(&file.name, RESULTS));
    if results.is_empty() && own.is_empty() && root.join("published").is_dir() {
        let message = format!("expected releases that are out, each with its `{RESULTS}`; found none");
        own.push(
            Diagnostic::new(Rule::MisplacedFile, Place::File(FileName::new("published")), message)
                .hint("copy the release there as it is, such as to `published/2024/`"),
        );
    }
    diagnostics.append(&mut own);
    Ok((results, editions))
}

/// Whether a file has a name, wherever it lies.
fn is_called(name: &FileName, wanted: &str) -> bool {
    name.as_str().rsplit('/').next().is_some_and(|file| file.eq_ignore_ascii_case(wanted))
}

/// Whether a file directly in `inputs/` is the record of receipts.
fn is_record(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, _)| stem.eq_ignore_ascii_case("received"))
}

/// A path in the form in which the program names files: the ending in small letters, and `.yml` as `.yaml`.
fn usual(path: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, ending)) if ending.eq_ignore_ascii_case("yml") => format!("{stem}.yaml"),
        Some((stem, ending)) if !ending.contains('/') => format!("{stem}.{}", ending.to_lowercase()),
        Some(_) | None => path.to_owned(),
    }
}

fn misplaced(name: FileName) -> Diagnostic {
    Diagnostic::new(Rule::MisplacedFile, Place::File(name), "this file lies beside the folders of the periods; it is not read")
        .hint("put it into the folder of its period, or take it out of `inputs/`")
        .because(CauseKind::MisplacedFile, Vec::new())
}

/// Whether a file of `report-templates/` is a template, or stands beside pages for a browser; `inside` is its path in that folder.
fn is_template(inside: &str, name: &FileName) -> bool {
    has_extension(name, TEMPLATES) || inside.starts_with("site/") && has_extension(name, BESIDE_PAGES)
}

/// Files that nobody reads, by folder.
#[derive(Default)]
struct Unread(BTreeMap<String, Vec<String>>);

impl Unread {
    fn add(&mut self, name: &FileName) {
        let (folder, file) = name.as_str().rsplit_once('/').unwrap_or(("", name.as_str()));
        self.0.entry(folder.to_owned()).or_default().push(file.to_owned());
    }

    fn found(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|(folder, names)| {
            let (files, are) = if names.len() == 1 { ("a file", "is") } else { ("files", "are") };
            let message = format!("{files} of no kind that is expected here {are} not read: {}", list_some(&names));
            Diagnostic::new(Rule::PassedOver, Place::File(FileName::new(folder)), message)
                .because(CauseKind::UnexpectedFiles, vec![("found", Fact::Text(names.join(", ")))])
        })
    }
}

/// A number that changes whenever a file that a run reads changes, comes or goes; for callers that wait for a change.
pub fn stamp(root: &Path) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    for folder in FOLDERS {
        for entry in WalkDir::new(root.join(folder)).follow_links(true).sort_by_file_name().into_iter().take(MOST_FILES).flatten()
        {
            let known = entry.metadata().ok().map(|metadata| (metadata.len(), metadata.modified().ok()));
            (entry.path(), known).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The files of the starter project, with the schemas that they name: path and text.
pub fn starter() -> Vec<(PathBuf, &'static str)> {
    let mut files = embedded(&STARTER);
    files.extend(DOCS.get_dir("schemas").map(embedded).unwrap_or_default());
    files
}

/// The pages of the documentation, by name.
pub fn pages() -> BTreeMap<&'static str, &'static str> {
    let own = DOCS.files().filter_map(|file| Some((file.path().to_str()?.strip_suffix(".md")?, file)));
    let templates = HOUSE_TEMPLATES.get_file("README.md").map(|file| ("report-templates", file));
    own.chain(templates).map(|(name, file)| (name, text_of(file))).collect()
}

/// The terms of the crates and fonts that the program is made of; `.ci/licences` writes them.
pub fn licences() -> &'static str {
    text_of(DOCS.get_file("licences.txt").expect("the terms are embedded"))
}

/// The house's templates, by path below `report-templates/`.
pub fn house_templates() -> BTreeMap<String, TextFile> {
    embedded(&HOUSE_TEMPLATES)
        .into_iter()
        .map(|(path, text)| {
            let inside = slashed(&path);
            let name = FileName::new(format!("report-templates/{inside}"));
            (inside, TextFile { name, text: text.to_owned() })
        })
        .filter(|(inside, file)| is_template(inside, &file.name) || has_extension(&file.name, YAML))
        .collect()
}

/// The text of a file that comes with the program, by its path below `report-templates/`.
pub fn house(path: &str) -> Option<&'static str> {
    HOUSE_TEMPLATES.get_file(path)?.contents_utf8()
}

/// The house's language files, by path below `report-templates/`. Their names tell them from files of a project.
pub fn house_languages() -> BTreeMap<String, TextFile> {
    let languages = house_templates().into_iter().filter(|(path, _)| path.starts_with("languages/"));
    let named = |(path, file): (String, TextFile)| {
        let name = FileName::new(format!("built-in {path}"));
        (path, TextFile { name, ..file })
    };
    languages.map(named).collect()
}

fn text_of(file: &'static File<'static>) -> &'static str {
    file.contents_utf8().expect("embedded files that are read are UTF-8 text")
}

fn embedded(folder: &'static Dir<'static>) -> Vec<(PathBuf, &'static str)> {
    let mut files: Vec<_> =
        folder.files().map(|file| (file.path().to_owned(), text_of(file))).chain(folder.dirs().flat_map(embedded)).collect();
    files.sort();
    files
}

/// The three largest of some files, with their sizes in words.
pub fn largest<'a>(files: impl Iterator<Item = (&'a FileName, usize)>) -> String {
    let size = |bytes: usize| match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1 << 10)),
        _ => format!("{} MB", bytes.div_ceil(1 << 20)),
    };
    let mut files: Vec<(&FileName, usize)> = files.collect();
    files.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
    files.iter().take(3).map(|(name, bytes)| format!("`{name}` ({})", size(*bytes))).collect::<Vec<_>>().join(", ")
}

/// Whether a file or folder of this name is never a submission: hidden ones, lock files of spreadsheet programs, and what systems add by
/// themselves.
pub fn is_passed_over(name: &str) -> bool {
    let systems = ["thumbs.db", "desktop.ini", "__macosx"];
    name.starts_with('.') || name.starts_with("~$") || systems.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether some system takes a name, with whatever ending, for that of a device.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        number.chars().count() == 1 && number.contains(|sign: char| sign.is_ascii_digit() || "¹²³".contains(sign))
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// Whether a file's name has one of these endings, in small letters or capitals.
pub fn has_extension(name: &FileName, extensions: &[&str]) -> bool {
    let extension = name.as_str().rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// A file as text; one that is not in UTF-8 is reported.
pub fn text(name: FileName, bytes: Vec<u8>, diagnostics: &mut Vec<Diagnostic>) -> Option<TextFile> {
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
            Some(TextFile { name, text: composed(&text).into_owned() })
        }
        Err(error) => {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            diagnostics.push(
                Diagnostic::new(
                    Rule::UnreadableFile,
                    Place::File(name),
                    format!("expected UTF-8 text, found other bytes in line {line}"),
                )
                .hint("save the file as UTF-8"),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A project of these files, each a path and a text.
    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("files lie in folders")).expect("made");
            fs::write(path, text).expect("written");
        }
        folder
    }

    /// The submissions of a project, and the findings about its folders.
    fn read_all(root: &Path) -> (Vec<String>, Vec<String>) {
        let (sources, found) = read(root).expect("the folder is there");
        let inputs = sources.inputs.values().flatten().map(|file| file.name.to_string()).collect();
        let found = found.into_iter().filter(|found| found.rule != Rule::NoSpecifications);
        (inputs, found.map(|found| format!("{} {}: {}", found.rule, found.place, found.message)).collect())
    }

    #[test]
    fn names_with_letters_taken_apart_are_names() {
        let project = project(&[("inputs/2025/и\u{306}.csv", "x"), ("indicator-specs/programme.yaml", "title: Е\u{308}\n")]);
        let (sources, _) = read(project.path()).expect("read");
        assert_eq!(sources.inputs["2025"][0].name.as_str(), "inputs/2025/й.csv");
        assert_eq!(sources.specs[0].text, "title: Ё\n");
        fs::write(project.path().join("inputs/2025/й.csv"), "y").expect("written");
        let (_, found) = read_all(project.path());
        assert_eq!(found, ["duplicate-name inputs/2025/й.csv: expected one file, found two whose names look the same"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_lies_behind_links_is_read_and_what_cannot_be_read_is_named() {
        use std::os::unix::fs::symlink;
        let elsewhere = project(&[("offices/north.csv", "x"), ("one.csv", "x")]);
        let project = project(&[("archive/2025/south.csv", "x"), ("inputs/2024/a.csv", "x"), ("indicator-specs/a.yaml", "")]);
        let (root, away) = (project.path(), elsewhere.path().canonicalize().expect("it is there"));
        let link = |to: &Path, at: &str| symlink(to, root.join(at)).expect("linked");
        link(Path::new("../archive/2025"), "inputs/2025");
        link(&away.join("offices"), "inputs/2024/offices");
        link(&away.join("one.csv"), "inputs/2024/one.csv");
        link(Path::new("gone.csv"), "inputs/2024/broken.csv");
        link(Path::new(".."), "inputs/2024/loop");
        link(Path::new("../.."), "inputs/2024/whole");
        link(Path::new("/dev/null"), "inputs/2024/null.csv");
        fs::create_dir(root.join("report-templates")).expect("made");
        for folder in ["inputs/2024", "indicator-specs", "report-templates"] {
            let pipe = root.join(folder).join("pipe.yaml");
            assert!(std::process::Command::new("mkfifo").arg(pipe).status().expect("it runs").success());
        }
        let _socket = std::os::unix::net::UnixListener::bind(root.join("inputs/2024/socket.csv")).expect("bound");
        let (inputs, found) = read_all(root);
        assert_eq!(
            inputs,
            ["inputs/2024/a.csv", "inputs/2024/offices/north.csv", "inputs/2024/one.csv", "inputs/2025/south.csv"]
        );
        let outside = |at: &str, to: &str| {
            let to = away.join(to);
            format!("outside-link inputs/2024/{at}: this link leads out of the project, to `{}`", to.display())
        };
        let mut expected = vec![
            "unreadable-file indicator-specs/pipe.yaml: expected a file or a folder, found a pipe".to_owned(),
            "unreadable-file inputs/2024/broken.csv: this link leads to `gone.csv`, where nothing is".to_owned(),
            "unreadable-file inputs/2024/loop: this link leads back to `inputs`, in which it lies".to_owned(),
            "unreadable-file inputs/2024/null.csv: expected a file or a folder, found a device".to_owned(),
            "unreadable-file inputs/2024/pipe.yaml: expected a file or a folder, found a pipe".to_owned(),
            "unreadable-file inputs/2024/socket.csv: expected a file or a folder, found a socket".to_owned(),
            "unreadable-file inputs/2024/whole: this link leads to a folder that holds the project; it is not read".to_owned(),
            "unreadable-file report-templates/pipe.yaml: expected a file or a folder, found a pipe".to_owned(),
            outside("offices", "offices"),
            outside("one.csv", "one.csv"),
            "outside-link inputs/2024/null.csv: this link leads out of the project, to `/dev/null`".to_owned(),
        ];
        let mut found = found;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_the_project_may_be_a_link_and_is_no_file() {
        let elsewhere = project(&[("in/2025/a.csv", "x")]);
        let project = project(&[("indicator-specs", "")]);
        std::os::unix::fs::symlink(elsewhere.path().join("in"), project.path().join("inputs")).expect("linked");
        std::os::unix::fs::symlink("nowhere", project.path().join("report-templates")).expect("linked");
        let (inputs, found) = read_all(project.path());
        assert_eq!(inputs, ["inputs/2025/a.csv"]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0], "unreadable-file indicator-specs: expected a folder, found a file");
        assert!(found[1].starts_with("outside-link inputs: "), "{found:?}");
        assert_eq!(found[2], "unreadable-file report-templates: this link leads to `nowhere`, where nothing is");
    }

    #[cfg(unix)]
    #[test]
    fn what_the_system_lacks_is_no_fault_of_a_file() {
        let of = |code| walk::is_scarcity(&std::io::Error::from_raw_os_error(code));
        // Too many open files, of the process or in all; no memory. The others: not allowed, not there, an error of the disk.
        assert_eq!([24, 23, 12, 13, 2, 5].map(of), [true, true, true, false, false, false]);
    }

    #[test]
    fn templates_are_known_by_their_endings_whatever_their_capitals() {
        let project = project(&[("report-templates/Theme.TYP", "a"), ("report-templates/languages/kk.YML", "b")]);
        let (sources, _) = read(project.path()).expect("read");
        assert_eq!(sources.templates["Theme.typ"].text, "a");
        assert_eq!(sources.templates["languages/kk.yaml"].text, "b");
        assert_eq!(sources.languages["kk"].as_str(), "report-templates/languages/kk.YML");
        fs::write(project.path().join("report-templates/Theme.typ"), "c").expect("written");
        let (_, found) = read_all(project.path());
        assert_eq!(found, ["duplicate-name report-templates/Theme.typ: expected one file, found a second one of this name"]);
    }

    #[test]
    fn a_stamp_changes_with_the_time_and_the_length_of_a_file() {
        let project = project(&[("inputs/2025/a.csv", "one")]);
        let path = project.path().join("inputs/2025/a.csv");
        let first = stamp(project.path());
        assert_eq!(stamp(project.path()), first);
        let time = fs::metadata(&path).and_then(|known| known.modified()).expect("it has a time");
        let set = |time| fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("set");
        // Where a system keeps time only by the second, the length tells.
        fs::write(&path, "three").expect("written");
        set(time);
        let longer = stamp(project.path());
        assert_ne!(longer, first);
        set(time + std::time::Duration::from_secs(2));
        assert_ne!(stamp(project.path()), longer);
        fs::remove_file(&path).expect("removed");
        assert_ne!(stamp(project.path()), longer);
    }
}
