//! Checks the project's fonts, file by file.

use typst::foundations::Bytes;
use typst::text::Font;

use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::sources::{BinaryFile, FONTS, has_extension};

/// Reports each file that has the name of a font and holds none: documents would be set in another font.
pub fn check(assets: &[BinaryFile], diagnostics: &mut Vec<Diagnostic>) {
    let fonts = assets.iter().filter(|file| has_extension(&file.name, FONTS));
    let broken = fonts.filter(|file| Font::iter(Bytes::new(file.bytes.clone())).next().is_none());
    diagnostics.extend(broken.map(|file| {
        let message = "expected a font, found a file that holds none; it is not used";
        let mut found = Diagnostic::new(Rule::InvalidTemplate, Place::File(file.name.clone()), message)
            .hint("get the font again as `.ttf` or `.otf`, or take the file out");
        found.severity = Severity::Warning;
        found
    }));
}
