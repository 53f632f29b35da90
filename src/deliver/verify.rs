//! Judges what somebody received, where it lies: what it is, whether it is whole, who signed it, and whether a later edition has taken its
//! place. Nothing is changed, and nothing but the named paths and what stands beside them is read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::bag::{self, DECLARATION, EDITION, OFFICE, PERIOD};
use super::editions::{EDITIONS, Editions, Later};
use super::keys::{Key, Signature};
use super::{Fault, FaultKind, Files, Judgement, Print, print};
use crate::check_code::{PublicHalf, SignedCode};
use crate::digest::sha256;
use crate::release::{Found, MANIFEST, SIGNATURE, Standing, is_signature, look, signature_of, small};
use crate::sources::is_passed_over;

/// The most bytes of a signature, of a key and of a list of editions.
const SMALL: u64 = 16 << 20;
/// How many folders above a file may list it.
const STEPS: usize = 12;
/// The folder of a bag in which signatures are kept that come later; nobody wrote down their checksums.
const SIGNATURES: &str = "signatures/";

/// It cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses it.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder that is neither a bag nor a release.
    #[error("cannot judge the folder `{}`: it has no `bagit.txt` and no `manifest.json` of esep; name a package, or a file", path.display())]
    Unknown {
        /// The folder.
        path: PathBuf,
    },
}

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A package for an office.
    Package,
    /// A release, or another folder that esep made.
    Release,
    /// A bag of somebody else.
    Bag,
    /// A file that a release or a package beside it lists.
    Listed,
    /// Any other file.
    File,
}

/// By whom something is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Signed {
    /// There is no signature.
    #[default]
    Nobody,
    /// By a key that was named.
    Named {
        /// The id of the key.
        id: String,
        /// What was signed with it.
        comment: String,
    },
    /// By a key that was not named; so nobody can tell whether the signature is right.
    Unnamed {
        /// The id of the key, as the signature says.
        id: String,
    },
    /// The signature of a named key is not one of these bytes.
    Wrong {
        /// The id of the key.
        id: String,
    },
    /// What stands in the place of the signature is none.
    Unreadable,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// What was looked at.
    pub path: String,
    /// What it is.
    pub what: What,
    /// For which office it is.
    pub office: Option<String>,
    /// What it holds, where esep made it.
    pub holds: Option<String>,
    /// The period.
    pub period: Option<String>,
    /// The number of the edition.
    pub edition: Option<u64>,
    /// The list that names it.
    pub listed_in: Option<String>,
    /// How many files were compared with their checksums.
    pub files: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// By whom it is signed.
    pub signed: Signed,
    /// Whether a later edition has taken its place.
    pub later: Later,
    /// How the print stands to it whose check code somebody gave; `None` where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print: Option<Print>,
    /// By whom that check code is signed; `None` where nobody gave a signed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print_signed: Option<Signed>,
}

impl Verdict {
    fn new(path: &Path, what: What) -> Self {
        Self {
            path: path.display().to_string(),
            what,
            office: None,
            holds: None,
            period: None,
            edition: None,
            listed_in: None,
            files: 0,
            faults: Vec::new(),
            signed: Signed::Nobody,
            later: Later::Unknown,
            print: None,
            print_signed: None,
        }
    }

    /// Whether everything is as it was made, as far as checksums and signatures tell.
    pub fn is_whole(&self) -> bool {
        self.judgement() == Judgement::Valid
    }

    /// What the faults show of it; a signature that is wrong shows more.
    pub fn judgement(&self) -> Judgement {
        let faults = self.faults.iter().map(|fault| fault.kind.judgement());
        let wrong = matches!(self.signed, Signed::Wrong { .. } | Signed::Unreadable).then_some(Judgement::Invalid);
        faults.chain(wrong).max().unwrap_or(Judgement::Valid)
    }

    /// Whether it is whole, signed by a named key where any is named, and the print like it where one is named.
    pub fn is_good(&self, keys: &[Key]) -> bool {
        let is_by_named = |signed: &Signed| keys.is_empty() || matches!(signed, Signed::Named { .. });
        let is_print_good = self.print.is_none_or(|print| print == Print::Same) && self.print_signed.iter().all(is_by_named);
        self.is_whole() && is_by_named(&self.signed) && is_print_good
    }
}

/// What is believed besides the files themselves.
#[derive(Default)]
pub struct Trust {
    /// The keys that somebody named.
    pub keys: Vec<Key>,
    /// A list of editions that somebody named.
    pub editions: Option<PathBuf>,
    /// The check code of a print.
    pub code: Option<String>,
}

/// Judges what stands at a path.
///
/// # Errors
/// When it cannot be looked at.
pub fn judge(path: &Path, trust: &Trust) -> Result<Verdict, Error> {
    let mut verdict = judged(path, trust)?;
    if trust.code.is_some() && verdict.print.is_none() {
        verdict.print = Some(Print::Incomparable);
    }
    verdict.print_signed = trust.code.as_deref().and_then(|code| print_signed(code, trust));
    Ok(verdict)
}

/// By whom a signed check code is signed; `None` of one in words.
fn print_signed(code: &str, trust: &Trust) -> Option<Signed> {
    let code = SignedCode::read(code)?;
    let id = code.key_id();
    let halves: Vec<PublicHalf> = trust.keys.iter().filter_map(Key::half).filter(|half| half.number == code.key).collect();
    Some(match halves.as_slice() {
        [] => Signed::Unnamed { id },
        halves if halves.iter().any(|half| code.is_by(half)) => Signed::Named { id, comment: code.code.text() },
        _ => Signed::Wrong { id },
    })
}

fn judged(path: &Path, trust: &Trust) -> Result<Verdict, Error> {
    match look(path).map_err(unread(path))? {
        Found::Folder(folder) => {
            let mut files = Files::of_folder(folder);
            if files.sizes.contains_key(DECLARATION) {
                return bag(path, &mut files, Signed::Nobody, trust);
            }
            let standing = Standing::look(path).map_err(unread(&path.join(MANIFEST)))?;
            let standing = standing.ok_or_else(|| Error::Unknown { path: path.into() })?;
            release(path, &mut files, &standing, trust)
        }
        Found::File(file) => {
            let signed = signed(path, trust, || file.try_clone())?;
            let copy = file.try_clone().map_err(unread(path))?;
            let zip = Files::of_zip(Box::new(io::BufReader::new(copy))).map_err(unread(path))?;
            match zip {
                Some(mut files) if files.sizes.contains_key(DECLARATION) => bag(path, &mut files, signed, trust),
                Some(files) => alone(path, file, signed, files.faults, trust),
                None => alone(path, file, signed, Vec::new(), trust),
            }
        }
    }
}

/// Judges a bag.
fn bag(path: &Path, files: &mut Files, signed: Signed, trust: &Trust) -> Result<Verdict, Error> {
    let report = bag::check(files);
    let text = |label: &str| report.element(label).map(str::to_owned);
    let office = text(OFFICE);
    let mut verdict = Verdict {
        period: text(PERIOD),
        edition: text(EDITION).and_then(|edition| edition.parse().ok()),
        files: report.checksums.len(),
        signed,
        ..Verdict::new(path, if office.is_some() { What::Package } else { What::Bag })
    };
    verdict.office = office;
    let is_later = |path: &&String| path.starts_with(SIGNATURES) || path.split('/').any(is_passed_over);
    let added = report.unsealed.iter().filter(|path| report.is_ours() && !is_later(path));
    verdict.faults = report.faults.iter().cloned().chain(added.map(|path| Fault::new(FaultKind::Added, path, ""))).collect();
    verdict.faults.sort();
    verdict.print = trust.code.as_ref().map(|code| print::compare(code, files, verdict.period.as_deref()));
    with_editions(verdict, path, Some(files), None, trust)
}

/// Judges a folder that esep made.
fn release(path: &Path, files: &mut Files, standing: &Standing, trust: &Trust) -> Result<Verdict, Error> {
    let mut faults = files.faults.clone();
    let listed = standing.listed();
    let missing = listed.keys().filter(|name| !files.sizes.contains_key(*name));
    faults.extend(missing.map(|name| Fault::new(FaultKind::Missing, name, "")));
    let paths: Vec<String> = files.sizes.keys().cloned().collect();
    for name in paths {
        let own = name == MANIFEST || name == EDITIONS || name.split('/').any(is_passed_over);
        match listed.get(&name) {
            Some((size, hash)) => match files.checksums(&name) {
                Ok(found) if found.size == *size && found.sha256 == *hash => {}
                Ok(_) => faults.push(Fault::new(FaultKind::Altered, name, "")),
                Err(fault) => faults.push(fault),
            },
            None if own || is_signature(&name, |file| listed.contains_key(file)) => {}
            None => faults.push(Fault::new(FaultKind::Added, name, "")),
        }
    }
    faults.sort();
    let manifest = files.bytes(MANIFEST).ok().flatten().unwrap_or_default();
    let mut verdict = Verdict {
        holds: standing.holds.clone(),
        period: standing.period.clone(),
        edition: edition(&manifest),
        files: listed.len(),
        faults,
        signed: signed(&path.join(MANIFEST), trust, || Ok(io::Cursor::new(manifest.clone())))?,
        ..Verdict::new(path, What::Release)
    };
    verdict.print = trust.code.as_ref().map(|code| print::compare(code, files, verdict.period.as_deref()));
    with_editions(verdict, path, Some(files), Some(&manifest), trust)
}

/// Judges a file that is no bag: by what lists it, or by its signature alone.
fn alone<F: io::Read + Seek>(
    path: &Path,
    mut file: F,
    signed: Signed,
    faults: Vec<Fault>,
    trust: &Trust,
) -> Result<Verdict, Error> {
    let mut verdict = Verdict { faults, signed, files: 1, ..Verdict::new(path, What::File) };
    let absolute = std::path::absolute(path).map_err(unread(path))?;
    for above in absolute.ancestors().skip(1).take(STEPS) {
        let inside = absolute.strip_prefix(above).unwrap_or(&absolute);
        let name: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let name = name.join("/");
        let lists = lists(above)?;
        if lists.is_empty() {
            continue;
        }
        let Some((list, sums)) = lists.iter().find_map(|list| Some((list, list.sums.get(&name)?))) else { break };
        verdict.what = What::Listed;
        verdict.listed_in = Some(list.path.display().to_string());
        if hash(&mut file).map_err(unread(path))? != *sums {
            verdict.faults.push(Fault::new(FaultKind::Altered, name, ""));
        }
        // A list may be named by another one in its turn.
        let own = list.name();
        let above_it: Vec<&Listing> = lists.iter().filter(|other| other.sums.contains_key(&own)).collect();
        if above_it.iter().any(|other| other.sums[&own] != sha256(&list.bytes)) {
            verdict.faults.push(Fault::new(FaultKind::Altered, own, ""));
        }
        for signer in std::iter::once(list).chain(above_it) {
            if verdict.signed == Signed::Nobody {
                verdict.signed = self::signed(&signer.path, trust, || Ok(io::Cursor::new(signer.bytes.clone())))?;
            }
        }
        let bytes = &list.bytes;
        if let Some(standing) = Standing::of(bytes) {
            (verdict.holds, verdict.period, verdict.edition) = (standing.holds.clone(), standing.period.clone(), edition(bytes));
            return with_editions(verdict, above, None, Some(bytes), trust);
        }
        return Ok(verdict);
    }
    // Without a list, only the signature tells what the file should be.
    if !matches!(verdict.signed, Signed::Named { .. }) {
        verdict.faults.push(Fault::new(FaultKind::Unknown, "", ""));
    }
    Ok(verdict)
}

/// A list of files in a folder.
struct Listing {
    path: PathBuf,
    bytes: Vec<u8>,
    /// The SHA-256 of each file, by its path.
    sums: BTreeMap<String, String>,
}

impl Listing {
    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The lists of a folder, as a release or as a bag, which lists its payload and everything else apart; empty where it has none.
fn lists(folder: &Path) -> Result<Vec<Listing>, Error> {
    let path = folder.join(MANIFEST);
    if let Some(standing) = Standing::look(folder).map_err(unread(&path))? {
        let bytes = small(&path, SMALL).map_err(unread(&path))?.unwrap_or_default();
        let sums = standing.listed().iter().map(|(name, (_, hash))| (name.clone(), hash.clone())).collect();
        return Ok(vec![Listing { path, bytes, sums }]);
    }
    let mut lists = Vec::new();
    for name in [bag::MANIFEST, bag::TAG_MANIFEST] {
        let path = folder.join(name);
        let Some(bytes) = small(&path, SMALL).map_err(unread(&path))? else { continue };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let sums = lines.map(|(hash, name)| (bag::decoded(name.trim_start()), hash.to_ascii_lowercase())).collect();
        lists.push(Listing { path, bytes, sums });
    }
    Ok(lists)
}

/// The SHA-256 of a file.
pub(super) fn hash(file: &mut (impl io::Read + Seek)) -> io::Result<String> {
    file.rewind()?;
    let mut digest = Sha256::new();
    super::pieces(file, u64::MAX, &mut |piece| digest.update(piece))?;
    Ok(super::hexadecimal(&digest.finalize()))
}

/// By whom a file is signed, by the signature beside it.
fn signed<F: io::Read + Seek>(path: &Path, trust: &Trust, file: impl Fn() -> io::Result<F>) -> Result<Signed, Error> {
    let beside = signature_of(path);
    let Some(bytes) = small(&beside, SMALL).map_err(unread(&beside))? else { return Ok(Signed::Nobody) };
    by(&bytes, trust, || {
        let mut file = file()?;
        file.rewind()?;
        Ok(file)
    })
    .map_err(unread(path))
}

/// By whom some bytes are signed.
fn by<F: io::Read + Seek>(signature: &[u8], trust: &Trust, bytes: impl Fn() -> io::Result<F>) -> io::Result<Signed> {
    let Some(signature) = std::str::from_utf8(signature).ok().and_then(|text| Signature::read(text).ok()) else {
        return Ok(Signed::Unreadable);
    };
    let id = signature.id();
    // Several keys may have one id, which is no secret.
    for key in trust.keys.iter().filter(|key| key.id() == id) {
        if let Some(comment) = signature.check(key, bytes()?) {
            return Ok(Signed::Named { id, comment });
        }
    }
    let is_named = trust.keys.iter().any(|key| key.id() == id);
    Ok(if is_named { Signed::Wrong { id } } else { Signed::Unnamed { id } })
}

/// Adds whether a later edition has taken the place: by the list inside, beside it, or the named one. Where keys are named, only a list
/// that one of them has signed is believed; the one that goes farthest tells.
fn with_editions(
    mut verdict: Verdict,
    path: &Path,
    inside: Option<&mut Files>,
    manifest: Option<&[u8]>,
    trust: &Trust,
) -> Result<Verdict, Error> {
    let Some(period) = verdict.period.clone() else { return Ok(verdict) };
    let mut found: Vec<List> = Vec::new();
    if let Some(files) = inside {
        // The list in a signed package is signed with it.
        let is_covered = verdict.what == What::Package && verdict.is_whole() && matches!(verdict.signed, Signed::Named { .. });
        let signature = files.bytes(&format!("{EDITIONS}{SIGNATURE}")).ok().flatten();
        found.extend(files.bytes(EDITIONS).ok().flatten().map(|bytes| List { bytes, signature, is_covered }));
    }
    let folders: BTreeSet<&Path> = [path, path.parent().unwrap_or(path)].into();
    let beside = folders.into_iter().map(|folder| folder.join(EDITIONS));
    for list in beside.chain(trust.editions.clone()) {
        let signature = signature_of(&list);
        let signature = small(&signature, SMALL).map_err(unread(&signature))?;
        match small(&list, SMALL).map_err(unread(&list))? {
            Some(bytes) => found.push(List { bytes, signature, is_covered: false }),
            None if trust.editions.as_ref() == Some(&list) => {
                return Err(unread(&list)(io::ErrorKind::NotFound.into()));
            }
            None => {}
        }
    }
    let lists: Vec<(&List, Editions)> = found.iter().filter_map(|list| Some((list, Editions::read(&list.bytes)?))).collect();
    let is_known = !lists.is_empty();
    let mut believed: Vec<Editions> = Vec::new();
    for (list, editions) in lists {
        if trust.keys.is_empty() || list.is_covered || list.is_signed(trust).map_err(unread(path))? {
            believed.push(editions);
        }
    }
    let Some(list) = believed.iter().max_by_key(|list| list.reach(&period)) else {
        verdict.later = if is_known { Later::Disbelieved } else { Later::Unknown };
        return Ok(verdict);
    };
    let by_manifest = manifest.and_then(|manifest| list.edition_of(&period, &sha256(manifest)));
    verdict.edition = verdict.edition.or(by_manifest);
    verdict.later = verdict.edition.map_or(Later::Unknown, |edition| list.later(&period, edition));
    Ok(verdict)
}

/// A list of editions that was found.
struct List {
    bytes: Vec<u8>,
    signature: Option<Vec<u8>>,
    /// Whether the signature of the whole is one of the list too.
    is_covered: bool,
}

impl List {
    /// Whether a named key has signed it.
    fn is_signed(&self, trust: &Trust) -> io::Result<bool> {
        let Some(signature) = &self.signature else { return Ok(false) };
        let signed = by(signature, trust, || Ok(io::Cursor::new(&self.bytes)))?;
        Ok(matches!(signed, Signed::Named { .. }))
    }
}

/// The number of the edition that a manifest tells.
fn edition(manifest: &[u8]) -> Option<u64> {
    serde_json::from_slice::<serde_json::Value>(manifest).ok()?.get("edition")?.as_u64()
}

fn unread(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Read { path: path.into(), source }
}
