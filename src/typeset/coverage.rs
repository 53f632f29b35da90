//! Whether the fonts of the theme have every letter of the languages. A letter that they lack would come from another font, or be missing.

use std::collections::BTreeSet;

use typst::text::FontBook;

use super::signs::Signs;
use crate::diagnostic::{Diagnostic, Place, Rule, Span, list};
use crate::sources::TextFile;

/// The line on which the theme names its fonts; the first family that has a letter is used for it.
const DECLARATION: &str = "#let fonts = ";

/// Reports letters of `texts` that no family of the theme has, and families that do not exist. A theme that names its fonts in another way
/// is not checked.
pub fn check<'a>(
    theme: Option<&TextFile>,
    (book, signs): (&FontBook, &Signs),
    texts: impl IntoIterator<Item = &'a str>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((theme, (line, families))) = theme.and_then(|theme| Some((theme, families(theme)?))) else { return };
    let place = || Place::Text { file: theme.name.clone(), span: Span { line, column: 1 } };
    for family in families.iter().filter(|family| book.select_family(&family.to_lowercase()).next().is_none()) {
        let message = format!("the font `{family}` is not to be had");
        let hint = "put its files (`.ttf`, `.otf`) into `report-templates/fonts/`, or name another font";
        diagnostics.push(Diagnostic::new(Rule::InvalidTemplate, place(), message).hint(hint));
    }
    let missing: BTreeSet<char> = texts.into_iter().flat_map(str::chars).filter(|letter| !signs.has(*letter)).collect();
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(|&letter| named(letter)).collect();
        let (fonts, lack) = if families.len() == 1 { ("font", "lacks") } else { ("fonts", "lack") };
        let message = format!("the {fonts} {} {lack} signs of the reports: {}", list(&families), missing.join(" "));
        let hint = "choose a font with these signs, or put one into `report-templates/fonts/`";
        diagnostics.push(Diagnostic::new(Rule::InvalidTemplate, place(), message).hint(hint));
    }
}

/// A letter as it is; any other sign by its number, since it may be invisible.
fn named(sign: char) -> String {
    if sign.is_alphabetic() { sign.to_string() } else { format!("U+{:04X}", u32::from(sign)) }
}

/// The line on which the theme names its families, and the families in their order; `None` where it names them in another way.
pub fn families(theme: &TextFile) -> Option<(u32, Vec<&str>)> {
    let start = theme.text.find(&format!("\n{DECLARATION}")).map(|start| start + 1);
    let start = start.or_else(|| theme.text.starts_with(DECLARATION).then_some(0))?;
    let rest = &theme.text[start + DECLARATION.len()..];
    let end = if rest.starts_with('(') { rest.find(')') } else { rest.find('\n') };
    let families: Vec<&str> = rest[..end.unwrap_or(rest.len())].split('"').skip(1).step_by(2).collect();
    let line = 1 + theme.text[..start].matches('\n').count() as u32;
    (!families.is_empty()).then_some((line, families))
}

/// The path of the house's theme among the templates.
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
        let book = FontBook::from_fonts(&fonts);
        let families = families(&theme).map(|(_, families)| families);
        let signs = Signs::new(&book, families.as_deref());
        check(Some(&theme), (&book, &signs), [text], &mut found);
        found.into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn missing_letters_and_fonts_are_named() {
        assert!(messages("\n#let fonts = (\"Noto Sans\",)", "Қазақ, русский, English № 5").is_empty());
        let message = "the font `Noto Sans` lacks signs of the reports: 漢 U+F0B7";
        assert_eq!(messages("#let fonts = \"Noto Sans\"\n#let x = \"y\"", "ә漢\u{f0b7}"), [message]);
        assert_eq!(messages("#let fonts = (\n  \"Noto Sans\",\n  \"Nowhere\",\n)", "a"), ["the font `Nowhere` is not to be had"]);
        assert!(messages("#let faces = ()", "漢").is_empty());
    }
}
