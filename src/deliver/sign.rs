//! Signs what goes out: packages, and the manifest of a release, which lists the checksums of all its files. What is not whole is not
//! signed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::keys::{self, Signer};
use super::verify::{self, Trust, Verdict, What, judge};
use super::{FaultKind, Files, editions::EDITIONS};
use crate::check_code::CheckCode;
use crate::diagnostic::list_some;
use crate::edition::{Document, Record, seals};
use crate::release::{self, Found, MANIFEST, look, put_signature};
use crate::sources::RESULTS;

/// Something is not signed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be looked at.
    #[error("{0}")]
    Look(#[from] verify::Error),
    /// It is not what was made.
    #[error("`{}` is not signed: it is not whole, `esep verify` says why ({})", path.display(), list_some(files))]
    NotWhole {
        /// Which one.
        path: PathBuf,
        /// The files concerned.
        files: Vec<String>,
    },
    /// It is no release whose reports have check codes.
    #[error("there are no check codes in `{}`: expected a release for everybody, with its `manifest.json` and `results.csv`", path.display())]
    NoCodes {
        /// What was looked at.
        path: PathBuf,
    },
    /// There is nothing in a folder that could be signed.
    #[error("there is nothing to sign in `{}`: expected packages (`*.zip`), or a release with its `manifest.json`", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// The signature cannot be made.
    #[error("cannot sign `{}`: {source}", path.display())]
    Key {
        /// What was to be signed.
        path: PathBuf,
        /// What is wrong.
        source: keys::Error,
    },
    /// The signature cannot be written.
    #[error("{0}")]
    Write(#[from] release::Error),
}

/// A file that is to be signed, and what it is.
#[derive(Debug)]
pub struct Target {
    /// The file.
    pub path: PathBuf,
    /// What it is, in a few words for the comment that is signed with it.
    pub what: String,
}

/// What is signed at a path: a file itself; of a folder of packages, each of them; of a release, its manifest and its list of editions.
///
/// # Errors
/// When something there is not whole, or there is nothing to sign.
pub fn targets(path: &Path) -> Result<Vec<Target>, Error> {
    let folder = match look(path).map_err(|source| verify::Error::Read { path: path.into(), source })? {
        Found::File(_) => return Ok(vec![target(path.into(), path)?]),
        Found::Folder(folder) => folder,
    };
    let is_package = |name: &&String| !name.contains('/') && name.to_lowercase().ends_with(".zip");
    let packages: Vec<PathBuf> = folder.files.keys().filter(is_package).map(|name| path.join(name)).collect();
    if !packages.is_empty() {
        return packages.into_iter().map(|package| target(package.clone(), &package)).collect();
    }
    if !folder.files.contains_key(MANIFEST) {
        return Err(Error::Nothing { path: path.into() });
    }
    let names = [MANIFEST, EDITIONS].into_iter().filter(|name| folder.files.contains_key(*name));
    names.map(|name| target(path.join(name), path)).collect()
}

/// The check codes of the reports of a release, in the order of its manifest.
///
/// # Errors
/// When it is no release for everybody, or not whole.
pub fn codes(path: &Path) -> Result<Vec<CheckCode>, Error> {
    target(path.join(MANIFEST), path)?;
    let unread = |source| Error::Look(verify::Error::Read { path: path.into(), source });
    let Found::Folder(folder) = look(path).map_err(unread)? else { return Err(Error::NoCodes { path: path.into() }) };
    let mut files = Files::of_folder(folder);
    let mut text = |name: &str| files.bytes(name).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    let codes = text(MANIFEST).zip(text(RESULTS)).and_then(|(manifest, csv)| {
        let record = Record::read(&manifest).filter(Record::is_public)?;
        let seals = seals(&csv);
        let code = |report: &Document| {
            let number = format!("{}-{}", report.region, record.period);
            Some(CheckCode::new(&number, report.edition, seals.get(&report.region)?))
        };
        // The same report in another language has the same code.
        let mut codes: Vec<CheckCode> = record.reports.iter().filter_map(code).collect();
        let mut seen = BTreeSet::new();
        codes.retain(|code| seen.insert(code.text()));
        Some(codes)
    });
    codes.filter(|codes| !codes.is_empty()).ok_or_else(|| Error::NoCodes { path: path.into() })
}

/// A file that is to be signed, if what it stands for is whole.
fn target(path: PathBuf, judged: &Path) -> Result<Target, Error> {
    let verdict = judge(judged, &Trust::default())?;
    let mut faults = verdict.faults.iter().filter(|fault| fault.kind != FaultKind::Unknown).peekable();
    if faults.peek().is_some() {
        let files = faults.map(|fault| if fault.file.is_empty() { "the archive" } else { &fault.file }.to_owned());
        return Err(Error::NotWhole { path: judged.into(), files: files.collect() });
    }
    Ok(Target { path, what: what(&verdict) })
}

/// What something is, in a few words that every reader of signatures understands.
fn what(verdict: &Verdict) -> String {
    let kind = match verdict.what {
        What::Package => format!("package {}", verdict.office.as_deref().unwrap_or_default()),
        What::Release => verdict.holds.clone().unwrap_or_default(),
        What::Bag => "bag".to_owned(),
        What::Listed | What::File => "file".to_owned(),
    };
    let period = verdict.period.as_ref().map(|period| format!(" {period}")).unwrap_or_default();
    let edition = verdict.edition.map(|edition| format!(" edition {edition}")).unwrap_or_default();
    format!("{kind}{period}{edition}")
}

/// Signs a file; the signature stands beside it, in the place of an earlier one. Returns where.
///
/// # Errors
/// When the file cannot be read, or the signature cannot be written.
pub fn sign(target: &Target, signer: &Signer, day: Option<Date>) -> Result<PathBuf, Error> {
    let Target { path, what } = target;
    let unread = |source| Error::Look(verify::Error::Read { path: path.clone(), source });
    let Found::File(mut file) = look(path).map_err(unread)? else { return Err(Error::Nothing { path: path.clone() }) };
    let hash = verify::hash(&mut file).map_err(unread)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let day = day.map(|day| format!("; date {day}")).unwrap_or_default();
    std::io::Seek::rewind(&mut file).map_err(unread)?;
    let text = signer.sign(file, &format!("esep: {what}; file {name}; sha256 {hash}{day}"));
    Ok(put_signature(path, &text.map_err(|source| Error::Key { path: path.clone(), source })?)?)
}
