//! Pictures of the project: templates may show all of them, and the one called `emblem` stands on the cover.

use std::collections::HashMap;

use typst::foundations::{Bytes, Dict, IntoValue};
use typst::syntax::FileId;

use super::paths::virtual_path;
use crate::sources::{BinaryFile, PICTURES, has_extension};

/// The name of the picture on the cover, without ending; templates get its path under the same name.
const EMBLEM: &str = "emblem";
/// Where a project's files lie; templates use the paths below this folder.
const FOLDER: &str = "report-templates/";

/// The pictures among the assets, by the paths that templates use.
pub fn of(assets: &[BinaryFile]) -> impl Iterator<Item = (&str, &BinaryFile)> {
    let picture = |file: &&BinaryFile| has_extension(&file.name, PICTURES);
    assets.iter().filter(picture).filter_map(|file| Some((file.name.as_str().strip_prefix(FOLDER)?, file)))
}

/// The bytes of the pictures, by the ids of their paths.
pub fn files(assets: &[BinaryFile]) -> HashMap<FileId, Bytes> {
    of(assets).filter_map(|(path, file)| Some((virtual_path(path)?.intern(), Bytes::new(file.bytes.clone())))).collect()
}

/// What templates are told: the path of the emblem, if the project has one.
pub fn inputs(assets: &[BinaryFile]) -> Dict {
    let emblem = of(assets).find(|(path, _)| path.rsplit_once('.').is_some_and(|(name, _)| name == EMBLEM));
    emblem.map(|(path, _)| (EMBLEM.into(), format!("/{path}").into_value())).into_iter().collect()
}
