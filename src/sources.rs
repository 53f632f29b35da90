//! Every file of a run. The only module that reads the disk.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, list_some};

/// The templates that come with the program; a project's own files of the same path take their place.
static HOUSE_TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/report-templates");
/// The small project that `esep new` writes.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/starter");

/// Ends of the names of fonts.
pub const FONTS: &[&str] = &["ttf", "otf"];
/// Ends of the names of pictures.
pub const PICTURES: &[&str] = &["svg", "png", "jpg", "jpeg"];

/// A larger file, in bytes, is none that an office fills in; it is not read.
pub const LARGEST_FILE: u64 = 100 << 20;

/// A text file, whole.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Its path in the project.
    pub name: FileName,
    /// Its contents, without a byte order mark.
    pub text: String,
}

/// A file of any kind, whole.
#[derive(Clone, Debug)]
pub struct BinaryFile {
    /// Its path in the project.
    pub name: FileName,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// All that a run reads. Every list is in the order of its paths.
#[derive(Debug, Default)]
pub struct Sources {
    /// `*.yaml` under `indicator-specs/`.
    pub specs: Vec<TextFile>,
    /// `inputs/<period>/**`, by the period folder's name.
    pub inputs: BTreeMap<String, Vec<BinaryFile>>,
    /// Text files of `report-templates/`: the house's, overlaid with the project's; by path below that folder.
    pub templates: BTreeMap<String, TextFile>,
    /// Fonts (`*.ttf`, `*.otf`) and pictures (`*.svg`, `*.png`, `*.jpg`) of the project's `report-templates/`.
    pub assets: Vec<BinaryFile>,
    /// `inputs/received.csv`: when submissions came.
    pub receipts: Option<TextFile>,
}

impl Sources {
    /// Line `line` (from 1) of a specification, a template or the record of receipts, to be shown below a diagnostic.
    pub fn line(&self, file: &FileName, line: u32) -> Option<&str> {
        let text = self.specs.iter().chain(self.templates.values()).chain(&self.receipts).find(|text| text.name == *file)?;
        text.text.lines().nth(line.checked_sub(1)? as usize)
    }
}

/// The world failed: a thing that the user's files are not to blame for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder cannot be listed.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Reads the project in `root`.
///
/// # Errors
/// When `root` itself cannot be listed. A file in it that cannot be read is a diagnostic.
pub fn read(root: &Path) -> Result<(Sources, Vec<Diagnostic>), Error> {
    std::fs::read_dir(root).map_err(|source| Error::Read { path: root.into(), source })?;
    let mut diagnostics = Vec::new();
    let mut sources = Sources { templates: house_templates(), ..Sources::default() };

    for (name, bytes) in files(root, "indicator-specs", &mut diagnostics) {
        if has_extension(&name, &["yaml", "yml"]) {
            sources.specs.extend(text(name, bytes, &mut diagnostics));
        }
    }
    if sources.specs.is_empty() && diagnostics.is_empty() {
        let place = Place::File(FileName::new("indicator-specs"));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected specifications (`*.yaml`) in this folder, found none")
                .hint("name the project folder with `--project`, or begin one with `esep new DIR`"),
        );
    }
    for (name, bytes) in files(root, "inputs", &mut diagnostics) {
        // Files beside the period folders (a README, a generator's settings) are no submissions.
        let inside = &name.as_str()["inputs/".len()..];
        if let Some((period, _)) = inside.split_once('/') {
            sources.inputs.entry(period.to_owned()).or_default().push(BinaryFile { name, bytes });
        } else if inside == "received.csv" {
            sources.receipts = text(name, bytes, &mut diagnostics);
        }
    }
    for (name, bytes) in files(root, "report-templates", &mut diagnostics) {
        let inside = name.as_str()["report-templates/".len()..].to_owned();
        if has_extension(&name, FONTS) || has_extension(&name, PICTURES) {
            sources.assets.push(BinaryFile { name, bytes });
        } else if has_extension(&name, &["typ", "j2", "yaml", "yml"]) {
            sources.templates.extend(text(name, bytes, &mut diagnostics).map(|text| (inside, text)));
        }
    }
    Ok((sources, diagnostics))
}

/// Changes whenever a file that a run reads changes, comes or goes: for somebody who waits for it.
pub fn stamp(root: &Path) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    for folder in ["indicator-specs", "inputs", "report-templates"] {
        for entry in WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().flatten() {
            let known = entry.metadata().ok().map(|metadata| (metadata.len(), metadata.modified().ok()));
            (entry.path(), known).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The files of the starter project: path and text.
pub fn starter() -> Vec<(PathBuf, &'static str)> {
    embedded(&STARTER)
}

/// The house's templates, by path below `report-templates/`.
fn house_templates() -> BTreeMap<String, TextFile> {
    embedded(&HOUSE_TEMPLATES)
        .into_iter()
        .map(|(path, text)| {
            let inside = slashed(&path);
            let name = FileName::new(format!("report-templates/{inside}"));
            (inside, TextFile { name, text: text.to_owned() })
        })
        .filter(|(_, file)| has_extension(&file.name, &["typ", "j2", "yaml"]))
        .collect()
}

fn embedded(folder: &'static Dir<'static>) -> Vec<(PathBuf, &'static str)> {
    let mut files: Vec<_> = folder
        .files()
        .map(|file| (file.path().to_owned(), file.contents_utf8().expect("embedded files are UTF-8 text")))
        .chain(folder.dirs().flat_map(embedded))
        .collect();
    files.sort();
    files
}

/// All files below `root/folder` in the order of their paths; hidden files and lock files are not submissions.
fn files(root: &Path, folder: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<(FileName, Vec<u8>)> {
    let top = root.join(folder);
    if !top.exists() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut hidden: BTreeMap<FileName, Vec<String>> = BTreeMap::new();
    let walk = WalkDir::new(&top).sort_by_file_name().into_iter().filter_entry(|entry| {
        let own = entry.file_name().to_string_lossy();
        let passed = entry.depth() > 0 && is_passed_over(&own);
        if let (true, Some(folder)) = (passed, entry.path().parent()) {
            hidden.entry(name(root, folder)).or_default().push(own.into_owned());
        }
        !passed
    });
    for entry in walk {
        let outcome = entry.map_err(|error| {
            let path = error.path().map_or_else(|| top.clone(), Path::to_owned);
            (path, error.to_string())
        });
        let outcome = outcome.and_then(|entry| {
            if !entry.file_type().is_file() {
                return Ok(());
            }
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            if size > LARGEST_FILE {
                diagnostics.push(too_large(name(root, entry.path()), size));
                return Ok(());
            }
            let bytes = std::fs::read(entry.path()).map_err(|error| (entry.path().to_owned(), error.to_string()))?;
            found.push((name(root, entry.path()), bytes));
            Ok(())
        });
        if let Err((path, error)) = outcome {
            diagnostics.push(
                Diagnostic::new(Rule::UnreadableFile, Place::File(name(root, &path)), format!("cannot read this: {error}"))
                    .hint("check the permissions, or take the file out of the project"),
            );
        }
    }
    // Only among the offices' files may one of these be what somebody took for a submission.
    if folder == "inputs" {
        diagnostics.extend(hidden.into_iter().map(|(folder, names)| passed_over(folder, &names)));
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    found
}

fn too_large(name: FileName, size: u64) -> Diagnostic {
    let message = format!("expected a file of at most {} MB, found one of {} MB", LARGEST_FILE >> 20, size.div_ceil(1 << 20));
    Diagnostic::new(Rule::BoundExceeded, Place::File(name), message)
        .hint("copy the table alone into a new workbook, and save it as .xlsx")
}

/// Whether a file or a folder of this name is no submission: hidden ones, the locks of spreadsheet programs, and what systems
/// add on their own.
pub fn is_passed_over(name: &str) -> bool {
    let systems = ["thumbs.db", "desktop.ini", "__macosx"];
    name.starts_with('.') || name.starts_with("~$") || systems.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Says which files of a folder or an archive are passed over.
pub fn passed_over(place: FileName, names: &[String]) -> Diagnostic {
    let (files, are) =
        if names.len() == 1 { ("a lock file or hidden file", "is") } else { ("lock files and hidden files", "are") };
    Diagnostic::new(Rule::PassedOver, Place::File(place), format!("{files} {are} not read: {}", list_some(names)))
}

fn name(root: &Path, path: &Path) -> FileName {
    FileName::new(slashed(path.strip_prefix(root).unwrap_or(path)))
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether a file's name ends in one of these, in any case of letters.
pub fn has_extension(name: &FileName, extensions: &[&str]) -> bool {
    let extension = name.as_str().rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

fn text(name: FileName, bytes: Vec<u8>, diagnostics: &mut Vec<Diagnostic>) -> Option<TextFile> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(TextFile { name, text: text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned) }),
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
