//! The signs that a page can show. A sign that no font of the theme has is replaced, and the page is made all the same.

use std::borrow::Cow;
use std::collections::HashSet;

use typst::text::FontBook;

/// Stands in the place of a sign that cannot be shown.
pub const REPLACEMENT: char = '\u{fffd}';

/// For each sign, whether the fonts of a theme have it, upright and slanted, light and bold.
pub struct Signs(Vec<bool>);

impl Signs {
    /// The signs of these families; where a theme does not name families, of all fonts.
    pub fn new(book: &FontBook, families: Option<&[&str]>) -> Self {
        let signs = |index: usize| book.info(index).map(|font| font.coverage.iter().collect::<HashSet<u32>>());
        let Some(families) = families else {
            return Self::of((0..).map_while(signs).flatten());
        };
        let of_all_faces = |family: &&str| {
            let faces: Vec<usize> = book.select_family(&family.to_lowercase()).collect();
            let both = |one: HashSet<u32>, other: HashSet<u32>| &one & &other;
            faces.into_iter().filter_map(signs).reduce(both).unwrap_or_default()
        };
        Self::of(families.iter().flat_map(of_all_faces))
    }

    fn of(signs: impl Iterator<Item = u32>) -> Self {
        let mut has = vec![false; u32::from(char::MAX) as usize + 1];
        signs.for_each(|sign| has[sign as usize] = true);
        Self(has)
    }

    /// Whether a page can show a sign, or need not because the sign is invisible.
    pub fn has(&self, sign: char) -> bool {
        sign.is_ascii() || is_unseen(sign) || self.0[u32::from(sign) as usize] && !is_private(sign)
    }

    /// A text in which every sign that cannot be shown is replaced.
    pub fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.chars().all(|sign| sign.is_ascii() || self.has(sign) && sign != MARK) {
            return Cow::Borrowed(text);
        }
        text.chars().filter(|sign| *sign != MARK).map(|sign| if self.has(sign) { sign } else { REPLACEMENT }).collect()
    }
}

/// The byte order mark: it is invisible, and the standards of documents refuse it.
const MARK: char = '\u{feff}';

/// Whether a sign is invisible, so that no font needs to have it: blanks, and signs that Unicode lets programs ignore.
fn is_unseen(sign: char) -> bool {
    let ignorable = matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | MARK | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    // The blank of Ogham is a visible line.
    ignorable || sign.is_control() || sign.is_whitespace() && sign != '\u{1680}'
}

/// Whether a sign is for private use: nobody can read it out, and the standards of documents refuse it.
fn is_private(sign: char) -> bool {
    matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}
