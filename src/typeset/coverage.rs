//! Whether the fonts of the theme have every letter of the languages: a missing one would come from another font, or not at all.

use std::collections::BTreeSet;

use typst::text::FontBook;

use crate::diagnostic::{Diagnostic, Place, Rule, Span};
use crate::sources::TextFile;

/// Where the theme names its fonts: the first family is that of the text, the others step in for rare signs.
const DECLARATION: &str = "#let fonts = (";

/// Names each font of the theme's first family that lacks letters of `texts`. A theme that names its fonts otherwise is not looked at.
pub fn check<'a>(
    theme: Option<&TextFile>,
    book: &FontBook,
    texts: impl IntoIterator<Item = &'a str>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((theme, line, family)) = theme.and_then(|theme| family(theme).map(|(line, family)| (theme, line, family))) else {
        return;
    };
    let place = || Place::Text { file: theme.name.clone(), span: Span { line, column: 1 } };
    let letters: BTreeSet<char> = texts.into_iter().flat_map(str::chars).filter(|letter| letter.is_alphabetic()).collect();
    let mut known = false;
    for font in book.select_family(&family.to_lowercase()).filter_map(|index| book.info(index)) {
        known = true;
        let missing: Vec<String> =
            letters.iter().filter(|letter| !font.coverage.contains(u32::from(**letter))).map(char::to_string).collect();
        if !missing.is_empty() {
            let style = format!("{:?}, {}", font.variant.style, font.variant.weight.to_number()).to_lowercase();
            let message = format!("the font `{family}` ({style}) lacks letters of the reports: {}", missing.join(" "));
            let hint = "choose a font with these letters, or put one into `report-templates/fonts/`";
            diagnostics.push(Diagnostic::new(Rule::InvalidTemplate, place(), message).hint(hint));
        }
    }
    if !known {
        let message = format!("the font `{family}` is not to be had");
        let hint = "put its files (`.ttf`, `.otf`) into `report-templates/fonts/`, or name another font";
        diagnostics.push(Diagnostic::new(Rule::InvalidTemplate, place(), message).hint(hint));
    }
}

/// The theme's first family, and the line that names it.
fn family(theme: &TextFile) -> Option<(u32, &str)> {
    let (line, text) = theme.text.lines().zip(1..).find_map(|(text, line)| Some((line, text.strip_prefix(DECLARATION)?)))?;
    Some((line, text.split('"').nth(1)?))
}

/// The place of the house's own theme among the templates.
pub const THEME: &str = "theme.typ";

#[cfg(test)]
mod tests {
    use typst::foundations::Bytes;
    use typst::text::Font;

    use super::*;
    use crate::diagnostic::FileName;

    fn messages(theme: &str, text: &str) -> Vec<String> {
        let fonts: Vec<Font> = Font::iter(Bytes::new(notosans::REGULAR_TTF)).collect();
        let theme = TextFile { name: FileName::new("report-templates/theme.typ"), text: theme.to_owned() };
        let mut found = Vec::new();
        check(Some(&theme), &FontBook::from_fonts(&fonts), [text], &mut found);
        found.into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn missing_letters_and_fonts_are_named() {
        assert!(messages("\n#let fonts = (\"Noto Sans\", \"Other\")", "Қазақ, русский, English").is_empty());
        let message = "the font `Noto Sans` (normal, 400) lacks letters of the reports: 漢";
        assert_eq!(messages("#let fonts = (\"Noto Sans\",)", "ә漢"), [message]);
        assert_eq!(messages("#let fonts = (\"Nowhere\",)", "a"), ["the font `Nowhere` is not to be had"]);
        assert!(messages("#let faces = ()", "漢").is_empty());
    }
}
