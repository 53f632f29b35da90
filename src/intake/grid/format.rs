//! Number formats: whether a person sees a number, a percentage, a day or a span of time.

/// What a number is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Number,
    Percentage,
    /// A day, a time of the day, or both.
    Moment,
    /// Hours, minutes or seconds, which may be more than a day has.
    Duration,
}

/// By the code of a format, such as `0.0%` or `dd.mm.yyyy`. Sections for other signs or conditions stand behind `;`: a percentage
/// in any of them is one, days are told by the first.
pub fn shown(code: &str) -> Shown {
    let mut first_section = true;
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                letters.find(|letter| *letter == '"');
            }
            // The sign behind these stands for itself, gives its width, or fills the cell.
            '\\' | '_' | '*' => {
                letters.next();
            }
            // A colour, a condition, a language, or a span of time.
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let first = inside.chars().next().map(|letter| letter.to_ascii_lowercase());
                if let Some(unit @ ('h' | 'm' | 's')) = first
                    && first_section
                    && inside.chars().all(|letter| letter.to_ascii_lowercase() == unit)
                {
                    return Shown::Duration;
                }
            }
            ';' => first_section = false,
            '%' => return Shown::Percentage,
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' if first_section => return Shown::Moment,
            _ => {}
        }
    }
    Shown::Number
}

/// By the number of a format that every spreadsheet program knows without its code ([ECMA-376] part 1, 18.8.30).
pub fn built_in(id: u16) -> Option<Shown> {
    match id {
        0..=8 | 11..=13 | 37..=44 | 48 | 49 => Some(Shown::Number),
        9 | 10 => Some(Shown::Percentage),
        14..=22 | 45 | 47 => Some(Shown::Moment),
        46 => Some(Shown::Duration),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_what_a_person_sees() {
        for (code, expected) in [
            ("General", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("# ?/?", Shown::Number),
            ("#,##0.00 [$₸-43F]", Shown::Number),
            ("#,##0\" days\"", Shown::Number),
            ("[Red]-0;[Magenta]0", Shown::Number),
            ("0;\"d\"dd", Shown::Number),
            ("0\"%\"", Shown::Number),
            ("0\\%", Shown::Number),
            ("0_%", Shown::Number),
            ("0%", Shown::Percentage),
            ("[=0]0;0%", Shown::Percentage),
            ("\"about \"0.0 %", Shown::Percentage),
            ("dd.mm.yyyy", Shown::Moment),
            ("[$-F800]DDDD", Shown::Moment),
            ("h:mm AM/PM", Shown::Moment),
            ("[h]:mm:ss", Shown::Duration),
            ("[Blue][SS]", Shown::Duration),
        ] {
            assert_eq!(shown(code), expected, "{code}");
        }
    }
}
