//! Texts in several fonts: struck-out parts are noted, and raised or lowered digits keep their level without the font.

use std::borrow::Cow;

use super::raw::Raw;

/// What a font says apart from the shape of its letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Font {
    /// Whether it strikes the letters out.
    pub struck: bool,
    pub level: Level,
}

/// Where a font puts its letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// On the line.
    #[default]
    Line,
    Raised,
    Lowered,
}

impl Font {
    /// From a font in the records of a workbook ([MS-XLS] 2.4.122, [MS-XLSB] 2.4.150).
    pub fn of_record(flags: u16, level: u16) -> Self {
        const STRIKES_OUT: u16 = 0x0008;
        let level = match level {
            1 => Level::Raised,
            2 => Level::Lowered,
            _ => Level::Line,
        };
        Self { struck: flags & STRIKES_OUT != 0, level }
    }

    /// A value that is wholly in this font.
    pub fn look(self, raw: Raw) -> Raw {
        if self.struck { raw.struck() } else { raw }
    }
}

impl Level {
    /// A digit or sign of sums as its own letter for this level; any other sign stays what it is.
    fn sign(self, sign: char) -> char {
        let signs = match self {
            Level::Line => return sign,
            Level::Raised => "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾",
            Level::Lowered => "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎",
        };
        "0123456789+-−=()".chars().zip(signs.chars()).find(|(plain, _)| *plain == sign).map_or(sign, |(_, own)| own)
    }
}

/// A text, and where in it fonts begin.
#[derive(Clone, Debug, Default)]
pub struct Text<'a> {
    text: Cow<'a, str>,
    /// The byte at which each font begins; `None` stands for the font of the cell, which also holds before the first of them.
    ///
    /// Invariant: the bytes are in order, and letters begin at them.
    fonts: Vec<(usize, Option<Font>)>,
}

impl<'a> Text<'a> {
    /// Adds a part; without a font it has the font of the cell.
    pub fn push(&mut self, part: Cow<'a, str>, font: Option<Font>) {
        if part.is_empty() {
            return;
        }
        if self.fonts.last().and_then(|(_, font)| *font) != font {
            self.fonts.push((self.text.len(), font));
        }
        if self.text.is_empty() {
            self.text = part;
        } else {
            self.text.to_mut().push_str(&part);
        }
    }

    /// A text with fonts: `runs` gives the unit of UTF-16 at which each font of `fonts` begins.
    pub fn of_units(text: &'a str, runs: &[(u16, u16)], fonts: &[Font]) -> Self {
        let mut runs = runs.iter().peekable();
        let (mut begun, mut units) = (Vec::new(), 0);
        for (byte, letter) in text.char_indices() {
            while let Some((_, font)) = runs.next_if(|(start, _)| usize::from(*start) <= units) {
                begun.push((byte, Some(fonts.get(usize::from(*font)).copied().unwrap_or_default())));
            }
            units += letter.len_utf16();
        }
        Self { text: text.into(), fonts: begun }
    }

    /// The last letter so far.
    pub fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// The text as the contents of a cell in this font.
    pub fn raw(&self, cell: Font) -> Raw {
        let raw = Raw::Text(self.shown(cell).into_owned());
        if self.is_struck(cell) { raw.struck() } else { raw }
    }

    /// Whether some part is struck out, in a cell of this font.
    pub fn is_struck(&self, cell: Font) -> bool {
        self.seen(cell).any(|font| font.struck)
    }

    /// Whether all of it stands on one level, so that the level marks no part of it.
    pub fn is_level(&self, cell: Font) -> bool {
        let mut levels = self.seen(cell).map(|font| font.level);
        let first = levels.next();
        levels.all(|level| Some(level) == first)
    }

    /// The text as a person reads it in a cell of this font. The mark of a footnote does not become a digit of the number before it: `30¹`.
    pub fn shown(&self, cell: Font) -> Cow<'_, str> {
        if self.is_level(cell) {
            return Cow::Borrowed(&self.text);
        }
        self.parts(cell).flat_map(|(part, font)| part.chars().map(move |sign| font.level.sign(sign))).collect()
    }

    /// The fonts of what can be seen; a blank looks the same in any font.
    fn seen(&self, cell: Font) -> impl Iterator<Item = Font> {
        self.parts(cell).filter(|(part, _)| !part.trim().is_empty()).map(|(_, font)| font)
    }

    /// The parts, each with its font.
    fn parts(&self, cell: Font) -> impl Iterator<Item = (&str, Font)> {
        let starts = std::iter::once((0, None)).chain(self.fonts.iter().copied());
        let ends = self.fonts.iter().map(|(start, _)| *start).chain([self.text.len()]);
        starts.zip(ends).map(move |((start, font), end)| (&self.text[start..end], font.unwrap_or(cell)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Font = Font { struck: false, level: Level::Line };
    const STRUCK: Font = Font { struck: true, ..PLAIN };
    const RAISED: Font = Font { level: Level::Raised, ..PLAIN };
    const LOWERED: Font = Font { level: Level::Lowered, ..PLAIN };

    /// One font of each kind; runs name a font by its position here.
    const FONTS: [Font; 4] = [PLAIN, STRUCK, RAISED, LOWERED];

    #[test]
    fn a_text_is_struck_out_where_a_letter_of_it_is() {
        let is_struck = |text: &str, runs: &[(u16, u16)], cell| Text::of_units(text, runs, &FONTS).is_struck(cell);
        assert!(is_struck("12", &[], STRUCK));
        assert!(!is_struck("12", &[(0, 0)], STRUCK));
        assert!(is_struck("12", &[(1, 0)], STRUCK));
        assert!(is_struck("12", &[(1, 1)], PLAIN));
        assert!(!is_struck("1 2", &[(1, 1), (2, 0)], PLAIN));
        assert!(!is_struck("12", &[(9, 1), (3, 7)], PLAIN));
        assert!(!is_struck(" ", &[], STRUCK));
    }

    #[test]
    fn what_is_raised_or_lowered_stays_so_without_its_font() {
        let shown = |text: &str, runs: &[(u16, u16)], cell| Text::of_units(text, runs, &FONTS).shown(cell).into_owned();
        assert_eq!(shown("301", &[(2, 2)], PLAIN), "30¹");
        assert_eq!(shown("H2O", &[(1, 3), (2, 0)], PLAIN), "H₂O");
        assert_eq!(shown("30 1)", &[(2, 2)], PLAIN), "30 ¹⁾");
        assert_eq!(shown("30*a", &[(2, 2)], PLAIN), "30*a");
        assert_eq!(shown("10-6", &[(2, 2)], PLAIN), "10⁻⁶");
        assert_eq!(shown("12", &[(1, 3)], RAISED), "¹₂");
        // Fonts begin at units: the first letter has two.
        assert_eq!(shown("𝑥21", &[(2, 2), (3, 0)], PLAIN), "𝑥²1");
        assert_eq!(shown("𝑥21", &[(1, 2), (3, 0)], PLAIN), "𝑥²1");
    }

    #[test]
    fn a_text_that_is_raised_as_a_whole_stays_as_it_is() {
        for (runs, cell) in [(&[][..], RAISED), (&[(0, 2)], PLAIN), (&[(0, 2), (1, 2)], LOWERED), (&[(2, 2), (9, 3)], PLAIN)] {
            assert_eq!(Text::of_units("12 ", runs, &FONTS).raw(cell), Raw::Text("12 ".into()), "{runs:?}");
        }
    }

    #[test]
    fn parts_without_fonts_have_that_of_the_cell() {
        let mut text = Text::default();
        for (part, font) in [("a1", None), ("2", Some(RAISED)), ("3", Some(RAISED)), ("", Some(STRUCK)), ("4", None)] {
            text.push(part.into(), font);
        }
        assert_eq!(text.raw(PLAIN), Raw::Text("a1²³4".into()));
        assert_eq!(text.raw(RAISED), Raw::Text("a1234".into()));
        assert_eq!(text.raw(LOWERED), Raw::Text("a₁²³₄".into()));
        assert_eq!(text.raw(STRUCK), Raw::Struck("a1²³4".into()));
    }
}
