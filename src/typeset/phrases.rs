//! Phrases are written once, in the markup of documents. For pages their words are turned into HTML; what stands in tags stays as it is.

/// The endings of the tags of templates, by their beginnings.
const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// A phrase with its words as HTML.
pub fn html(phrase: &str) -> String {
    let mut made = String::with_capacity(phrase.len());
    let mut rest = phrase;
    loop {
        let tags = TAGS.iter().filter_map(|(begin, end)| Some((rest.find(begin)?, *end)));
        let Some((at, end)) = tags.min() else {
            words(rest, &mut made);
            return made;
        };
        words(&rest[..at], &mut made);
        let length = rest[at + 2..].find(end).map_or(rest.len() - at, |length| length + 2 + end.len());
        made.push_str(&rest[at..at + length]);
        rest = &rest[at + length..];
    }
}

/// Words as HTML: a backslash makes the sign behind it plain, and no sign has a meaning.
fn words(text: &str, made: &mut String) {
    let mut letters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        plain.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    // In front of the words stands what a tag prints: often a number, which its ending stays with.
    let before = if made.is_empty() { ' ' } else { '0' };
    escape(&joined(&plain, before), made);
}

/// A text in which a number, a sign or an abbreviation is kept on one line with its ending, as in documents. In front of it stands the sign
/// `before`.
pub fn joined(text: &str, mut before: char) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends_a_sign = !before.is_alphabetic() && !before.is_whitespace() && before != '-';
        before = letter;
        joined.push(letter);
        if letter == '-' && ends_a_sign && letters.peek().is_some_and(|next| next.is_alphabetic()) {
            joined.push('\u{2060}');
        }
    }
    joined
}

/// A text as HTML.
pub fn escape(text: &str, made: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            '\n' => made.push('\n'),
            letter if letter.is_control() => made.push(' '),
            letter => made.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_html_and_tags_stay() {
        assert_eq!(html("A \\* b & {{ x < 1 }}{%- if a %} < {# no & #}"), "A * b &amp; {{ x < 1 }}{%- if a %} &lt; {# no & #}");
        assert_eq!(html("{{ left"), "{{ left");
        assert_eq!(html("end \\"), "end \\");
        assert_eq!(html("{{ n }}-сы, {{ n }} - {{ n }}, ал-мас"), "{{ n }}-\u{2060}сы, {{ n }} - {{ n }}, ал-мас");
    }
}
