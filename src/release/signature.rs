//! The names of signatures beside the files that they are of.

use std::path::{Path, PathBuf};

/// What is added to the name of a file for its signature.
pub const SIGNATURE: &str = ".minisig";
/// The files beside those that a manifest lists which may be signed too: the manifest itself, and the list of editions.
const OTHERS: [&str; 2] = ["manifest.json", "editions.json"];

/// Where the signature of a file stands.
pub fn signature_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(SIGNATURE);
    name.into()
}

/// Whether a file in a folder that esep made is a signature of a file there; `is_listed` tells which files the manifest lists.
pub fn is_signature(name: &str, is_listed: impl Fn(&str) -> bool) -> bool {
    name.strip_suffix(SIGNATURE).is_some_and(|file| OTHERS.contains(&file) || is_listed(file))
}
