//! How values become Typst text: everything that a template prints is escaped, unless it is marked as something else.

use minijinja::value::{Value, ValueKind};
use minijinja::{ErrorKind, Output, State};

use super::phrases;
use crate::language::Endings;

/// Escapes every value for Typst markup, unless it is marked as safe; `none` prints nothing.
pub fn format_for_typst(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    out.write_str(&if value.is_safe() { text } else { escape(&text) }).map_err(minijinja::Error::from)
}

/// Escapes every value for HTML, in texts and in attributes, unless it is marked as safe; `none` prints nothing.
pub fn format_for_html(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    if value.is_safe() {
        return out.write_str(&text).map_err(minijinja::Error::from);
    }
    let mut escaped = String::with_capacity(text.len());
    phrases::escape(&text, &mut escaped);
    out.write_str(&escaped).map_err(minijinja::Error::from)
}

/// A text with all Typst markup escaped, so that it is printed as it is. A number, a sign or an abbreviation is kept on one line with its
/// ending (`20-сы`, `80 %-ынан`, `4,8 п.т.-қа`).
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends_a_sign = !before.is_alphabetic() && !before.is_whitespace() && before != '-';
        let joins = letter == '-' && ends_a_sign && letters.peek().is_some_and(|next| next.is_alphabetic());
        before = letter;
        match letter {
            '-' if joins => escaped.push_str("\\-\u{2060}"),
            '\\' | '#' | '$' | '*' | '_' | '`' | '<' | '>' | '@' | '[' | ']' | '~' | '"' | '\'' | '/' | '=' | '+' | '-' | ':'
            | '.' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The longest text behind a picture, in units of UTF-16: strings of PDF/A end at 32,767 bytes.
const LONGEST_LITERAL: usize = 16_000;

/// `plain`: takes back [`escape`], for text that goes into a literal. A longer text, such as one for a picture of thousands of regions, is
/// cut: the table beside it has everything.
pub fn plain(text: String) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    let mut length = 0;
    while let Some(letter) = letters.next() {
        length += letter.len_utf16();
        if length > LONGEST_LITERAL {
            plain.push('…');
            break;
        }
        match letter {
            '\\' => plain.extend(letters.next()),
            // This sign only keeps a line together.
            '\u{2060}' => {}
            letter => plain.push(letter),
        }
    }
    plain.trim().to_owned()
}

/// `case`: a name or a number in a case of the language.
pub fn in_case(endings: Option<&Endings>, value: &Value, case: &str) -> Result<Value, minijinja::Error> {
    if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(value.clone());
    }
    let fault = |why: String| minijinja::Error::new(ErrorKind::InvalidOperation, why);
    let endings =
        endings.ok_or_else(|| fault(format!("the case `{case}` is not known: the language file has no section `endings`")))?;
    let known = || endings.cases().collect::<Vec<_>>().join(", ");
    let form = endings
        .case(&value.to_string(), case)
        .ok_or_else(|| fault(format!("the case `{case}` is not known; the language file has {}", known())))?;
    Ok(if value.is_safe() { Value::from_safe_string(form) } else { Value::from(form) })
}

/// `literal`: a value as Typst code.
pub fn literal(value: Value) -> Value {
    let text = if value.is_none() || value.is_undefined() {
        "none".to_owned()
    } else if value.kind() == ValueKind::Bool {
        value.is_true().to_string()
    } else if value.is_number() {
        value.to_string()
    } else {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let escaped: String = text
            .chars()
            .map(|letter| match letter {
                '\\' => "\\\\".to_owned(),
                '"' => "\\\"".to_owned(),
                letter if letter.is_control() => " ".to_owned(),
                letter => letter.to_string(),
            })
            .collect();
        format!("\"{escaped}\"")
    };
    Value::from_safe_string(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_is_only_text() {
        assert_eq!(escape("#[evil]*"), "\\#\\[evil\\]\\*");
        assert_eq!(plain(escape("a \"b\" - c/d\\e #1.")), "a \"b\" - c/d\\e #1.");
    }

    #[test]
    fn the_words_for_a_picture_end_where_a_document_can_hold_no_more() {
        let long = plain("ә".repeat(20_000));
        assert_eq!((long.chars().count(), long.ends_with("ә…")), (16_001, true));
        assert_eq!(plain("ә".repeat(16_000)).chars().count(), 16_000);
    }

    #[test]
    fn a_number_stays_with_its_ending() {
        assert_eq!(escape("20-сы, 2024-2025, a-b"), "20\\-\u{2060}сы, 2024\\-2025, a\\-b");
        assert_eq!(escape("80 %-ынан, 4,8 п.т.-қа"), "80 %\\-\u{2060}ынан, 4,8 п\\.т\\.\\-\u{2060}қа");
        assert_eq!(plain(escape("20-сы")), "20-сы");
    }

    #[test]
    fn a_case_is_a_fault_only_where_it_is_used() {
        let name = Value::from("Tolan");
        let message = in_case(None, &name, "locative").expect_err("there are no endings").to_string();
        assert!(message.contains("the language file has no section `endings`"), "{message}");
        let message = in_case(Some(&Endings::default()), &name, "locative").expect_err("there are no cases").to_string();
        assert!(message.contains("the case `locative` is not known"), "{message}");
        assert_eq!(in_case(None, &Value::from(()), "locative").expect("nothing has no case"), Value::from(()));
    }

    #[test]
    fn a_literal_cannot_be_left() {
        assert_eq!(literal(Value::from("a\" + panic() + \"\\")).to_string(), "\"a\\\" + panic() + \\\"\\\\\"");
        assert_eq!(literal(Value::from(3)).to_string(), "3");
        assert_eq!(literal(Value::from(true)).to_string(), "true");
        assert_eq!(literal(Value::from(())).to_string(), "none");
    }
}
