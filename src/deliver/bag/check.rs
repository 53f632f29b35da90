//! Judges a bag by [RFC 8493]: every fault by file, whatever else is wrong. Of older versions of the format (from 0.93), what later
//! versions forbid is let pass.
//!
//! [RFC 8493]: https://www.rfc-editor.org/rfc/rfc8493

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, UTF_8};

use super::super::files::Checksums;
use super::super::seal::Seal;
use super::super::{Fault, FaultKind, Files, Judgement, is_inside};
use super::{AGENT, Algorithm, DECLARATION, FETCH, INFO, OXUM, PAYLOAD, algorithm};
use crate::letters::composed;

/// The versions of the format that are read.
const VERSIONS: [&str; 6] = ["0.93", "0.94", "0.95", "0.96", "0.97", STRICT];
/// The version from which every manifest lists every file.
const STRICT: &str = "1.0";

/// What a bag was found to be.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, in the order of kinds and files.
    pub faults: Vec<Fault>,
    /// The files beside `data/` whose checksums nobody wrote down.
    pub unsealed: Vec<String>,
    /// What stands in `bag-info.txt`: labels and values.
    pub info: Vec<(String, String)>,
    /// The checksums of every file that could be read.
    pub checksums: BTreeMap<String, Checksums>,
}

impl Report {
    /// What the bag is.
    pub fn judgement(&self) -> Judgement {
        self.faults.iter().map(|fault| fault.kind.judgement()).max().unwrap_or(Judgement::Valid)
    }

    /// Whether esep wrote the bag, as the bag says.
    pub fn is_ours(&self) -> bool {
        self.element(AGENT).is_some_and(|agent| agent.starts_with("esep "))
    }

    /// The first value of an element of `bag-info.txt`.
    pub fn element(&self, label: &str) -> Option<&str> {
        self.info.iter().find(|(known, _)| known.eq_ignore_ascii_case(label)).map(|(_, value)| value.as_str())
    }
}

/// Judges the files of a bag.
pub fn check(files: &mut Files) -> Report {
    let report = Report { faults: files.faults.clone(), ..Report::default() };
    let spelt = files.sizes.keys().map(|path| (composed(path).into_owned(), path.clone())).collect();
    let mut check = Check { report, files, spelt, is_strict: true, encoding: UTF_8 };
    check.declaration();
    check.info();
    let fetched = check.fetched();
    check.checksums();
    check.payload(&fetched);
    check.tags();
    check.oxum();
    check.seal();
    let mut report = check.report;
    report.faults.sort();
    report.faults.dedup();
    report
}

/// A manifest: its algorithm, and the checksum of each file.
struct Manifest {
    path: String,
    algorithm: Option<Algorithm>,
    sums: BTreeMap<String, String>,
}

struct Check<'a> {
    files: &'a mut Files,
    report: Report,
    /// The path of each file by its form with every letter and its marks as one sign.
    spelt: BTreeMap<String, String>,
    /// Whether the version of the format forbids what older ones let pass.
    is_strict: bool,
    /// The encoding of all texts but `bagit.txt`, which is in UTF-8.
    encoding: &'static Encoding,
}

impl Check<'_> {
    fn fault(&mut self, kind: FaultKind, file: &str, detail: impl Into<String>) {
        self.report.faults.push(Fault::new(kind, file, detail));
    }

    /// `bagit.txt`: the version of the format and the encoding of texts.
    fn declaration(&mut self) {
        let Some(text) = self.text(DECLARATION) else {
            return self.fault(FaultKind::Declaration, DECLARATION, "");
        };
        let lines: Vec<&str> = lines(&text).collect();
        let value = |line: usize, label: &str| {
            let (known, value) = lines.get(line)?.split_once(':')?;
            (known == label).then_some(value.trim())
        };
        let (version, encoding) = (value(0, "BagIt-Version"), value(1, "Tag-File-Character-Encoding"));
        let (Some(version), Some(encoding), 2) = (version, encoding, lines.len()) else {
            return self.fault(FaultKind::Declaration, DECLARATION, "");
        };
        self.is_strict = version == STRICT;
        if !VERSIONS.contains(&version) {
            self.fault(FaultKind::Version, DECLARATION, version);
        }
        match Encoding::for_label_no_replacement(encoding.as_bytes()) {
            Some(known) => self.encoding = known,
            None => self.fault(FaultKind::Encoding, DECLARATION, encoding),
        }
    }

    /// `bag-info.txt`, where there is one.
    fn info(&mut self) {
        let Some(text) = self.text(INFO) else { return };
        let mut info: Vec<(String, String)> = Vec::new();
        for (number, line) in lines(&text).enumerate() {
            match (line.split_once(':'), info.last_mut()) {
                (_, Some((_, value))) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (Some((label, value)), _) if !label.trim().is_empty() => info.push((label.trim().into(), value.trim().into())),
                _ if line.trim().is_empty() => {}
                _ => self.fault(FaultKind::Line, INFO, (number + 1).to_string()),
            }
        }
        self.report.info = info;
    }

    /// The files that are to be fetched, with their addresses.
    fn fetched(&mut self) -> BTreeMap<String, String> {
        let mut fetched = BTreeMap::new();
        for (number, line) in self.text(FETCH).iter().flat_map(|text| lines(text)).enumerate() {
            let mut parts = line.trim().splitn(3, [' ', '\t']);
            let (address, length, path) = (parts.next(), parts.next(), parts.next().map(str::trim));
            let is_length = |length: &str| length == "-" || length.parse::<u64>().is_ok();
            match (address, length.filter(|length| is_length(length)), path) {
                _ if line.trim().is_empty() => {}
                (Some(address), Some(_), Some(path)) => {
                    if let Some(path) = self.place(path, FETCH, true) {
                        fetched.insert(path, address.to_owned());
                    }
                }
                _ => self.fault(FaultKind::Line, FETCH, (number + 1).to_string()),
            }
        }
        fetched
    }

    /// Reads every file once.
    fn checksums(&mut self) {
        let paths: Vec<String> = self.files.sizes.keys().cloned().collect();
        for path in paths {
            match self.files.checksums(&path) {
                Ok(sums) => drop(self.report.checksums.insert(path, sums)),
                Err(fault) => self.report.faults.push(fault),
            }
        }
    }

    /// Compares the files below `data/` with all payload manifests.
    fn payload(&mut self, fetched: &BTreeMap<String, String>) {
        let manifests = self.manifests("");
        let is_empty_folder = self.files.empty.contains(PAYLOAD.trim_end_matches('/'));
        if !is_empty_folder && !self.files.sizes.keys().any(|path| path.starts_with(PAYLOAD)) {
            self.fault(FaultKind::NoPayload, PAYLOAD, "");
        }
        if manifests.is_empty() {
            self.fault(FaultKind::NoManifest, "", "");
        }
        // A file may be listed by an older manifest alone.
        let all: BTreeSet<String> = manifests.iter().flat_map(|manifest| manifest.sums.keys().cloned()).collect();
        self.compare(&manifests, fetched);
        let there: Vec<String> = self.files.sizes.keys().filter(|path| path.starts_with(PAYLOAD)).cloned().collect();
        for path in there.iter().filter(|path| !all.contains(*path)) {
            self.fault(FaultKind::Added, path, "");
        }
        for manifest in manifests.iter().filter(|_| self.is_strict) {
            let absent: Vec<String> = all.iter().filter(|path| !manifest.sums.contains_key(*path)).cloned().collect();
            for path in absent {
                self.report.faults.push(Fault::new(FaultKind::Added, path, manifest.path.as_str()));
            }
        }
        let unlisted: Vec<String> = fetched.keys().filter(|path| !all.contains(*path)).cloned().collect();
        for path in unlisted {
            self.fault(FaultKind::Added, &path, FETCH);
        }
        let unknown = manifests.iter().filter(|manifest| manifest.algorithm.is_none());
        if !manifests.is_empty() && unknown.clone().count() == manifests.len() {
            let unknown: Vec<String> = unknown.map(|manifest| manifest.path.clone()).collect();
            unknown.iter().for_each(|path| self.fault(FaultKind::Algorithm, path, ""));
        }
    }

    /// Compares the files beside `data/` with the tag manifests.
    fn tags(&mut self) {
        let manifests = self.manifests("tag");
        self.compare(&manifests, &BTreeMap::new());
        let is_manifest = |path: &str| algorithm("tag", path).is_some();
        let is_sealed = |path: &str| manifests.iter().any(|manifest| manifest.sums.contains_key(path));
        let tags = self.files.sizes.keys().filter(|path| !path.starts_with(PAYLOAD) && !is_manifest(path) && !is_sealed(path));
        self.report.unsealed = tags.cloned().collect();
        for manifest in &manifests {
            // Whoever lists checksums of tags lists those of the payload manifests (RFC 8493, 2.2.1).
            let lists = |path: &&String| algorithm("", path).is_some() && !manifest.sums.contains_key(*path);
            let absent: Vec<String> = self.files.sizes.keys().filter(lists).cloned().collect();
            for path in absent.into_iter().filter(|_| self.is_strict) {
                self.report.faults.push(Fault::new(FaultKind::Added, path, manifest.path.as_str()));
            }
            for path in manifest.sums.keys().filter(|path| is_manifest(path)) {
                self.report.faults.push(Fault::new(FaultKind::Outside, manifest.path.as_str(), path));
            }
        }
    }

    /// Compares what manifests say with what was read.
    fn compare(&mut self, manifests: &[Manifest], fetched: &BTreeMap<String, String>) {
        for manifest in manifests {
            for (path, listed) in &manifest.sums {
                let Some(found) = self.report.checksums.get(path) else {
                    match fetched.get(path) {
                        // A file that is there and cannot be read has a fault already.
                        _ if self.files.sizes.contains_key(path) => {}
                        Some(address) => self.fault(FaultKind::Fetch, path, address),
                        None => self.fault(FaultKind::Missing, path, ""),
                    }
                    continue;
                };
                let found = match manifest.algorithm {
                    Some(Algorithm::Sha256) => &found.sha256,
                    Some(Algorithm::Sha512) => &found.sha512,
                    None => continue,
                };
                if !found.eq_ignore_ascii_case(listed) {
                    self.fault(FaultKind::Altered, path, "");
                }
            }
        }
    }

    /// Compares the number of files and bytes with what `bag-info.txt` says.
    fn oxum(&mut self) {
        let told: Vec<String> = self
            .report
            .info
            .iter()
            .filter(|(label, _)| label.eq_ignore_ascii_case(OXUM))
            .map(|(_, value)| value.clone())
            .collect();
        if told.len() > 1 {
            self.fault(FaultKind::Twice, INFO, OXUM);
        }
        if self.report.faults.iter().any(|fault| fault.file.starts_with(PAYLOAD)) {
            // The faults of the files say more.
            return;
        }
        let payload = self.report.checksums.iter().filter(|(path, _)| path.starts_with(PAYLOAD));
        let (bytes, count) = payload.fold((0, 0), |(bytes, count), (_, sums)| (bytes + sums.size, count + 1));
        let found = format!("{bytes}.{count}");
        if let Some(told) = told.first().filter(|told| **told != found) {
            self.fault(FaultKind::Oxum, INFO, format!("{told} / {found}"));
        }
    }

    /// A ZIP that esep packed has its seal for a comment, or none where somebody packed the same files anew.
    fn seal(&mut self) {
        if self.report.is_ours() && self.files.seal == Seal::Other {
            self.fault(FaultKind::Archive, "", "");
        }
    }

    /// The manifests of a kind: `""` or `"tag"`.
    fn manifests(&mut self, kind: &str) -> Vec<Manifest> {
        let paths: Vec<String> = self.files.sizes.keys().filter(|path| algorithm(kind, path).is_some()).cloned().collect();
        let mut manifests = Vec::new();
        for path in paths {
            let name = algorithm(kind, &path).unwrap_or_default().to_ascii_lowercase().replace('-', "");
            let known = Algorithm::ALL.into_iter().find(|known| known.name() == name);
            let sums = self.sums(&path, kind.is_empty());
            manifests.push(Manifest { path, algorithm: known, sums });
        }
        manifests
    }

    /// The checksums that a manifest lists.
    fn sums(&mut self, manifest: &str, of_payload: bool) -> BTreeMap<String, String> {
        let mut sums: BTreeMap<String, String> = BTreeMap::new();
        let Some(text) = self.text(manifest) else { return sums };
        for (number, line) in lines(&text).enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let parts = line.trim_start().split_once([' ', '\t']);
            let is_sum = |sum: &str| !sum.is_empty() && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
            let Some((sum, path)) = parts.filter(|(sum, _)| is_sum(sum)) else {
                self.fault(FaultKind::Line, manifest, (number + 1).to_string());
                continue;
            };
            let Some(path) = self.place(path.trim_start(), manifest, of_payload) else { continue };
            if let Some(before) = sums.insert(path.clone(), sum.to_ascii_lowercase())
                && (self.is_strict || !before.eq_ignore_ascii_case(sum))
            {
                self.fault(FaultKind::Twice, manifest, path);
            }
        }
        sums
    }

    /// The path of a file that a list names; `None`, with a fault, where it leads elsewhere.
    fn place(&mut self, listed: &str, list: &str, of_payload: bool) -> Option<String> {
        let is_there = |path: &str| self.files.sizes.contains_key(path);
        let plain = decoded(listed);
        // `md5sum` marks files that it took for binary with a star, and `find` begins at `./`.
        let bare =
            |path: &str| path.strip_prefix('*').filter(|_| !is_there(path)).unwrap_or(path).trim_start_matches("./").to_owned();
        let written = [bare(&plain), bare(listed)].into_iter().find(|path| is_there(path));
        // Some systems take the letters of names apart, or put them together.
        let respelt = || self.spelt.get(&*composed(&bare(&plain))).cloned();
        let path = written.or_else(respelt).unwrap_or_else(|| bare(&plain));
        let belongs = is_inside(&path) && (!of_payload || path.starts_with(PAYLOAD));
        if !belongs {
            self.fault(FaultKind::Outside, list, listed);
        }
        belongs.then_some(path)
    }

    /// The text of a file; `None` where there is none, or, with a fault, where it is not in the encoding of the bag.
    fn text(&mut self, path: &str) -> Option<String> {
        let bytes = match self.files.bytes(path) {
            Ok(bytes) => bytes?,
            Err(fault) => {
                self.report.faults.push(fault);
                return None;
            }
        };
        let text = if self.encoding == UTF_8 {
            // A mark at the beginning stays: no list may begin with one.
            String::from_utf8(bytes).ok()
        } else {
            let (text, _, broken) = self.encoding.decode(&bytes);
            (!broken).then(|| text.into_owned())
        };
        if text.is_none() {
            self.fault(FaultKind::Encoding, path, "");
        }
        text
    }
}

/// The lines of a text, whichever of the three line ends it has.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\r', '\n'])).unwrap_or(text);
    let lines = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    lines.filter(move |_| !text.is_empty())
}

/// A path without the percent signs that stand for CR, LF and the percent sign itself.
pub fn decoded(path: &str) -> String {
    let mut plain = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('%') {
        plain.push_str(before);
        let sign = match behind.get(..2).map(str::to_ascii_uppercase).as_deref() {
            Some("0D") => Some('\r'),
            Some("0A") => Some('\n'),
            Some("25") => Some('%'),
            Some(_) | None => None,
        };
        plain.push(sign.unwrap_or('%'));
        rest = if sign.is_some() { &behind[2..] } else { behind };
    }
    plain + rest
}
