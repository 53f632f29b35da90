//! What a text that is no YAML most likely has: the reader of YAML tells its own view of it, and people need the sign that stands there.

use crate::diagnostic::Span;

/// What is wrong, where, and what to do about it.
pub struct Slip {
    pub span: Span,
    pub message: String,
    pub hint: String,
}

/// The slip that explains why the text cannot be read at a place; `None` where none is seen. `wants_comma`: the reader was inside brackets and
/// found neither a comma nor their end.
pub fn slip(text: &str, at: Span, wants_comma: bool) -> Option<Slip> {
    let lines: Vec<&str> = text.lines().take(at.line as usize).collect();
    let (&faulty, above) = lines.split_last()?;
    let number = above.len();
    let within = open(text, Some(at));
    let layout = || match within {
        Some((sign, opened)) => bracket(text, (sign, opened), at, wants_comma),
        None => depth(&lines),
    };
    // Behind such a blank in the line above, a key is a text, and the reader misses its value here.
    let before = || blank(number.checked_sub(1)?, above.last()?);
    tab(number, faulty).or_else(|| blank(number, faulty)).or_else(layout).or_else(before)
}

fn span(line: usize, column: usize) -> Span {
    let number = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    Span { line: number(line), column: number(column) }
}

/// A line that is indented by a tab.
fn tab(number: usize, line: &str) -> Option<Slip> {
    let column = line.chars().take_while(|sign| matches!(sign, ' ' | '\t')).position(|sign| sign == '\t')?;
    Some(Slip {
        span: span(number, column),
        message: "expected blanks at the beginning of this line, found a tab".into(),
        hint: "put blanks in its place: two for each depth".into(),
    })
}

/// A sign that looks like a blank and is none, where YAML needs one.
fn blank(number: usize, line: &str) -> Option<Slip> {
    let is_other = |sign: char| sign.is_whitespace() && !matches!(sign, ' ' | '\t' | '\r');
    let signs: Vec<char> = line.chars().collect();
    let parts = |column: usize| {
        let before = column.checked_sub(1).map(|before| signs[before]);
        before.is_none_or(|before| matches!(before, ':' | '-' | ' ')) || signs.get(column + 1) == Some(&'#')
    };
    let column = (0..signs.len()).find(|&column| is_other(signs[column]) && parts(column))?;
    let before: String = signs[..column].iter().collect();
    let place = match before.trim() {
        "" => "at the beginning of this line".to_owned(),
        before => format!("behind `{}`", before.rsplit(' ').next().unwrap_or(before)),
    };
    Some(Slip {
        span: span(number, column),
        message: format!("expected a blank {place}, found another sign that looks like one, such as a no-break space"),
        hint: "take the sign out and type a blank".into(),
    })
}

/// A line that stands neither at a depth of the lines above nor right below one that opens something.
fn depth(lines: &[&str]) -> Option<Slip> {
    let is_told = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let (&last, above) = lines.split_last()?;
    let (own, is_item) = (indent(last), begins_item(last));
    let before = above.iter().copied().rev().find(|line| is_told(line))?;
    let told = before.split_once(" #").map_or(before, |(told, _)| told).trim_end();
    let opens_list = is_item && own == indent(before) && told.ends_with(':');
    if opens_list || own > indent(before) && told.ends_with([':', '|', '>', '-']) {
        return None;
    }
    // The depths at which a line may stand here, each with whether items of a list stand there.
    let mut depths: Vec<(usize, bool)> = Vec::new();
    let mut outer = usize::MAX;
    for line in above.iter().copied().rev().filter(is_told) {
        if begins_item(line) && content(line) < outer {
            depths.push((content(line), false));
        }
        if indent(line) <= outer {
            outer = indent(line);
            depths.push((outer, begins_item(line)));
        }
    }
    if depths.contains(&(own, is_item)) {
        return None;
    }
    let alike = depths.iter().filter(|(_, holds_items)| *holds_items == is_item);
    let (nearest, _) = alike.min_by_key(|(depth, _)| depth.abs_diff(own))?;
    let is_plain = !before.trim_end().ends_with(['}', ']', '"', '\'']);
    let goes_on =
        if own > indent(before) && is_plain && !is_item { "; or put the text above in quotes, if it goes on here" } else { "" };
    Some(Slip {
        span: span(lines.len() - 1, own),
        message: "expected this line at the depth of a line above, found it at another depth".into(),
        hint: format!("move it to column {}, if it belongs to what stands there{goes_on}", nearest + 1),
    })
}

/// How many blanks a line begins with.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn begins_item(line: &str) -> bool {
    line.trim_start().starts_with("- ")
}

/// Where the text of an item begins, behind its dash and blanks.
fn content(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').trim_start_matches('-').trim_start_matches(' ').len()
}

/// What is wrong inside a bracket or a quote: it is never closed, or a comma is missing.
fn bracket(text: &str, (sign, opened): (char, Span), at: Span, wants_comma: bool) -> Option<Slip> {
    let (what, end) = match sign {
        '{' => ("bracket", '}'),
        '[' => ("bracket", ']'),
        quote => ("quote", quote),
    };
    let never_ends = open(text, None).is_some_and(|(_, last)| last == opened);
    if never_ends && opened.line < at.line {
        return Some(Slip {
            span: opened,
            message: format!("expected `{end}` behind this {what}, found none up to line {}", at.line),
            hint: format!("write `{end}` where it ends"),
        });
    }
    (wants_comma && what == "bracket").then(|| Slip {
        span: at,
        message: format!("expected `,` or `{end}` before this, for the bracket in line {}", opened.line),
        hint: "part the entries by commas, or put a text with such signs in quotes".into(),
    })
}

/// The bracket or quote that is still open at a place, or at the end.
fn open(text: &str, at: Option<Span>) -> Option<(char, Span)> {
    let mut brackets: Vec<(char, Span)> = Vec::new();
    let mut quote: Option<(char, Span)> = None;
    // A text of several lines (`|`, `>`) goes on while lines stand deeper than the one that opens it.
    let mut block: Option<usize> = None;
    for (line, signs) in text.lines().enumerate() {
        if block.is_some_and(|outer| signs.trim().is_empty() || indent(signs) > outer) {
            continue;
        }
        block = None;
        // The last sign of the line so far that is no blank, and the last sign at all.
        let (mut last, mut before) = (None, ' ');
        for (column, sign) in signs.chars().enumerate() {
            if at.is_some_and(|at| (line + 1, column + 1) >= (at.line as usize, at.column as usize)) {
                return quote.or_else(|| brackets.pop());
            }
            let begins = match last {
                None | Some('{' | '[' | ',') => true,
                Some('-') => before == ' ',
                Some(':') => before == ' ' || !brackets.is_empty(),
                Some(_) => false,
            };
            match (quote, sign) {
                (Some(('"', _)), '"') if before == '\\' => {}
                (Some((opened, _)), _) if sign == opened => quote = None,
                (Some(_), _) => {}
                (None, '#') if before == ' ' => break,
                (None, '"' | '\'') if begins => quote = Some((sign, span(line, column))),
                (None, '{' | '[') if begins => brackets.push((sign, span(line, column))),
                (None, '}' | ']') => drop(brackets.pop()),
                (None, _) => {}
            }
            // An escaped backslash escapes nothing.
            before = if sign == '\\' && before == '\\' { ' ' } else { sign };
            last = if sign == ' ' { last } else { Some(sign) };
        }
        let words = signs.trim_end();
        if quote.is_none()
            && brackets.is_empty()
            && [": |", ": >", "- |", "- >"].iter().any(|opens| words.trim_end_matches(['+', '-']).ends_with(opens))
        {
            block = Some(indent(signs));
        }
    }
    quote.or_else(|| brackets.pop())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a text that cannot be read at a place.
    fn told(text: &str, line: u32, column: u32) -> String {
        let slip = slip(text, Span { line, column }, true);
        slip.map_or_else(|| "nothing".to_owned(), |slip| format!("{}:{} {}", slip.span.line, slip.span.column, slip.message))
    }

    #[test]
    fn lines_stand_at_depths_of_those_above() {
        let depth = "expected this line at the depth of a line above, found it at another depth";
        assert_eq!(told("a:\n  b: 1\n   c: 2\n", 3, 4), format!("3:4 {depth}"));
        assert_eq!(told("a:\n    b: 1\n  c: 2\n", 3, 3), format!("3:3 {depth}"));
        // An item among the keys of the item above, and a key among items.
        assert_eq!(told("a:\n  - b: 1\n    c: 2\n    - b: 3\n", 4, 5), format!("4:5 {depth}"));
        assert_eq!(told("a:\n  - b: 1\n  c: 2\n", 3, 3), format!("3:3 {depth}"));
        // Items may stand below their key, or at its depth, and as far from their dash as one likes.
        assert_eq!(told("a:\n  key:\n  - x: 1\n  other: \"p\" q\n", 4, 14), "nothing");
        assert_eq!(told("- a:\n    key:\n    - \"x\" y\n", 3, 11), "nothing");
        assert_eq!(told("a: # first\n- \"x\" y\n", 2, 7), "nothing");
        assert_eq!(told("-   a: 1\n    b: \"x\" y\n", 2, 11), "nothing");
        let slip = slip("note: Schools\n  that have: ramps\n", Span { line: 2, column: 12 }, false).expect("something is seen");
        assert!(slip.hint.ends_with("or put the text above in quotes, if it goes on here"), "{}", slip.hint);
    }

    #[test]
    fn a_bracket_is_called_open_only_where_it_never_closes() {
        assert_eq!(
            told("a: {\n  b: \"A\"\n  c: \"B\",\n}\n", 3, 4),
            "3:4 expected `,` or `}` before this, for the bracket in line 1"
        );
        assert_eq!(told("a: {b: 1\nc: 2\n", 2, 2), "1:4 expected `}` behind this bracket, found none up to line 2");
        assert_eq!(told("a: \"x\nb: 2\n", 3, 1), "1:4 expected `\"` behind this quote, found none up to line 3");
        for text in [
            "a: the '90s\nb: \"p\" q\n",
            "a: |\n  say \"it\n  [x\nb: \"p\" q\n",
            "a: 'it''s'\nb: \"p\" q\n",
            "a: \"\\\"\"\nb: \"p\" q\n",
        ] {
            let line = text.lines().count() as u32;
            assert_eq!(told(text, line, 8), "nothing", "{text}");
        }
    }

    #[test]
    fn signs_that_look_like_blanks_are_told_in_the_faulty_line_first() {
        assert_eq!(told("a: |\n  \tx\nb: \"p\" q\n", 3, 8), "nothing", "a tab may stand in a text");
        assert_eq!(
            told("a:\u{a0}b\nc: d\n", 2, 1),
            "1:3 expected a blank behind `a:`, found another sign that looks like one, such as a no-break space"
        );
    }
}
