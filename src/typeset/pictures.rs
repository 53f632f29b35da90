//! Pictures of the project: templates may show any of them, and one of a certain name stands on the cover.

use std::collections::HashMap;

use minijinja::value::Value;
use typst::foundations::{Bytes, Datetime, Dict, IntoValue};
use typst::syntax::{FileId, Source};
use typst_layout::PagedDocument;

use super::{Engine, Job, literal, virtual_path};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::sources::{BinaryFile, PICTURES, has_extension};

/// The name of the picture on the cover, without its extension; what templates are told of it has the same name.
const EMBLEM: &str = "emblem";
/// Where a project's files lie; templates know the paths below.
const FOLDER: &str = "report-templates/";

/// The pictures among fonts and pictures.
fn pictures(assets: &[BinaryFile]) -> impl Iterator<Item = (&str, &BinaryFile)> {
    let picture = |file: &&BinaryFile| has_extension(&file.name, PICTURES);
    assets.iter().filter(picture).filter_map(|file| Some((file.name.as_str().strip_prefix(FOLDER)?, file)))
}

/// Their bytes, by the paths that templates know.
pub fn files(assets: &[BinaryFile]) -> HashMap<FileId, Bytes> {
    pictures(assets).filter_map(|(path, file)| Some((virtual_path(path)?.intern(), Bytes::new(file.bytes.clone())))).collect()
}

/// What templates are told: the path of the emblem, where there is one.
pub fn inputs(assets: &[BinaryFile]) -> Dict {
    let emblem = pictures(assets).find(|(path, _)| path.rsplit_once('.').is_some_and(|(name, _)| name == EMBLEM));
    emblem.map(|(path, _)| (EMBLEM.into(), format!("/{path}").into_value())).into_iter().collect()
}

/// Names each picture that cannot be shown, once for all reports.
pub fn check(engine: &Engine, assets: &[BinaryFile], diagnostics: &mut Vec<Diagnostic>) {
    for (path, file) in pictures(assets) {
        let text = format!("#image({})", literal(Value::from(format!("/{path}"))));
        let day = Datetime::from_ymd(2000, 1, 1).expect("a day of the calendar");
        let job = Job { engine, main: Source::new(engine.main, text), files: HashMap::new(), date: day };
        let Err(faults) = typst::compile::<PagedDocument>(&job).output else { continue };
        let why = faults.first().map_or_else(String::new, |fault| fault.message.to_string());
        diagnostics.push(
            Diagnostic::new(
                Rule::InvalidTemplate,
                Place::File(file.name.clone()),
                format!("this picture cannot be shown: {why}"),
            )
            .hint("save it again as SVG, PNG or JPEG"),
        );
    }
}
