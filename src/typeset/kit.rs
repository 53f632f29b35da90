//! What documents are set with (templates, fonts and pictures), and its faults, found before any document is set.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value;

use super::engine::{self, Engine, main_template};
use super::filters::literal;
use super::{coverage, pictures, templates, theme};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule};
use crate::language::{Language, LanguageCode};
use crate::sources::{BinaryFile, TextFile};

/// What all documents of a run are set with.
#[derive(Clone, Copy)]
pub struct Kit<'a> {
    /// The languages of the documents.
    pub languages: &'a BTreeMap<LanguageCode, Language>,
    /// The files of `report-templates/`, by path.
    pub templates: &'a BTreeMap<String, TextFile>,
    /// The folders in which the templates of the documents stand.
    pub folders: &'a BTreeSet<String>,
    /// Fonts and pictures.
    pub assets: &'a [BinaryFile],
    /// Words and names that documents are made of.
    pub texts: &'a [&'a str],
}

impl Kit<'_> {
    /// The typesetter.
    pub(super) fn engine(self) -> Engine {
        Engine::new(self.languages, self.templates, self.assets)
    }

    /// Reports fonts of the theme that lack letters of the texts, pictures that cannot be shown, templates that cannot be parsed, and folders
    /// without templates.
    pub(super) fn check(self, engine: &Engine, diagnostics: &mut Vec<Diagnostic>) {
        let own = self.templates.get(coverage::THEME);
        coverage::check(own, engine.known(), self.texts.iter().copied(), diagnostics);
        theme::check(own, diagnostics);
        check_pictures(engine, self.assets, diagnostics);
        diagnostics.extend(templates::faults(self.languages, self.templates));
        check_folders(self.folders, self.templates, diagnostics);
    }
}

/// Loads the kit in this process. Reports templates that cannot be parsed, pictures that cannot be shown, folders without a template of
/// documents, and letters of the texts that the theme's fonts lack.
pub fn prepare(kit: Kit<'_>, diagnostics: &mut Vec<Diagnostic>) -> Engine {
    let engine = kit.engine();
    kit.check(&engine, diagnostics);
    engine
}

/// Reports each picture that cannot be shown, once for all documents.
fn check_pictures(engine: &Engine, assets: &[BinaryFile], diagnostics: &mut Vec<Diagnostic>) {
    for (path, file) in pictures::of(assets) {
        let text = format!("#image({})", literal(Value::from(format!("/{path}"))));
        let Err(faults) = engine.pages_of(text) else { continue };
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

/// Reports each folder without a main template.
fn check_folders(folders: &BTreeSet<String>, templates: &BTreeMap<String, TextFile>, diagnostics: &mut Vec<Diagnostic>) {
    for template in folders.iter().map(|folder| main_template(folder)).filter(|template| !templates.contains_key(template)) {
        let place = Place::File(FileName::new(format!("report-templates/{template}")));
        diagnostics.push(
            Diagnostic::new(Rule::InvalidTemplate, place, "expected a template of documents, found none")
                .hint("`report` of a level in `programme.yaml` names the folder of its template"),
        );
    }
}

/// The signs of `used` that documents cannot show. Nothing is loaded where all of them are ASCII.
pub fn unprintable(templates: &BTreeMap<String, TextFile>, assets: &[BinaryFile], used: &BTreeSet<char>) -> BTreeSet<char> {
    if used.iter().all(char::is_ascii) {
        return BTreeSet::new();
    }
    let signs = engine::signs(templates, &engine::fonts(assets));
    used.iter().copied().filter(|&sign| !signs.has(sign)).collect()
}
