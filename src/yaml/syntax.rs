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
        None => dash(&lines, at).or_else(|| depth(&lines)),
    };
    // Behind such a blank in the line above, a key is a text, and the reader misses its value here.
    let before = || {
        let (number, line) = (number.checked_sub(1)?, above.last()?);
        blank(number, line).or_else(|| colon(number, line))
    };
    let is_in_quotes = within.is_some_and(|(sign, _)| matches!(sign, '"' | '\''));
    let of_line = || {
        let found = opening(faulty, at).or_else(|| behind(text, faulty, at, wants_comma)).or_else(|| colon(number, faulty));
        found.filter(|_| !is_in_quotes)
    };
    let of_key = || second_colon(faulty, at).or_else(|| no_colon(faulty, at)).filter(|_| within.is_none());
    tab(number, faulty).or_else(|| blank(number, faulty)).or_else(of_line).or_else(layout).or_else(before).or_else(of_key)
}

/// What stands in a line before a place, and from there to its end; `None` for a place beyond it.
fn cut(line: &str, at: Span) -> Option<(&str, &str)> {
    let column = (at.column as usize).checked_sub(1)?;
    let (byte, _) = line.char_indices().nth(column)?;
    Some(line.split_at(byte))
}

/// A text that begins with a sign which means something else in YAML.
fn opening(line: &str, at: Span) -> Option<Slip> {
    let (before, rest) = cut(line, at)?;
    // What a phrase begins with opens maps, and the reader fails within or behind them.
    let read = &line[..before.len() + rest.chars().next().map_or(0, char::len_utf8)];
    let tags = [": {{", ": {%", "- {{", "- {%"].iter().filter_map(|opens| read.rfind(opens));
    let tag = tags.max().filter(|byte| !line[..*byte].contains(['"', '\'']));
    let (before, rest) = tag.map_or((before, rest), |byte| line.split_at(byte + 2));
    let sign = match tag {
        Some(_) => &rest[..2],
        None => rest.get(..1).filter(|sign| ">|*&%@`?-!".contains(sign))?,
    };
    let is_list = sign == "-";
    if !before.is_empty() && !before.ends_with([' ', '[', '{', ',']) || is_list && before.trim().is_empty() {
        return None;
    }
    let text = rest.split(" #").next().unwrap_or(rest);
    // Within brackets the text ends before a comma or the end of the bracket.
    let is_within = tag.is_none() && before.contains(['{', '[']);
    let text = if is_within { text.split([',', '}', ']']).next().unwrap_or(text) } else { text };
    let instead = if is_list { "begin a list on the line below, or " } else { "" };
    Some(Slip {
        span: Span { line: at.line, column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX) },
        message: format!("expected a text, found `{sign}` at its beginning, which means something else in YAML"),
        hint: format!("{instead}put the whole text in quotes{}", quoted("", text)),
    })
}

/// How a text is written in quotes, behind `key`; empty for one in which other signs would have to be written anew.
fn quoted(key: &str, text: &str) -> String {
    if text.contains(['"', '\\', '`']) { String::new() } else { format!(": `{key}\"{}\"`", text.trim()) }
}

/// More text behind a text in quotes or behind a bracket: the quote is never closed in its line, or it is closed too early.
fn behind(text: &str, line: &str, at: Span, wants_comma: bool) -> Option<Slip> {
    let (before, rest) = cut(line, at)?;
    if let Some(quote @ ('"' | '\'')) = rest.chars().next()
        && open(text, None) == Some((quote, at))
    {
        return Some(Slip {
            span: at,
            message: format!("expected `{quote}` behind this quote, found none up to the end of the file"),
            hint: format!("write `{quote}` where the text ends"),
        });
    }
    let end = before.trim_end();
    let last = end.chars().next_back()?;
    let column = u32::try_from(end.chars().count()).unwrap_or(u32::MAX);
    let rest = rest.trim();
    if matches!(last, ']' | '}') && !wants_comma && !rest.starts_with([',', ']', '}', ':', '#']) {
        return Some(Slip {
            span: at,
            message: format!("expected nothing behind the bracket, found `{}`", shortened(rest)),
            hint: "put the whole text in quotes, if the brackets belong to it".into(),
        });
    }
    if !matches!(last, '"' | '\'') {
        return None;
    }
    let (quote, opened) = open(text, Some(Span { line: at.line, column })).filter(|(quote, _)| *quote == last)?;
    if opened.line < at.line {
        return Some(Slip {
            span: opened,
            message: format!("expected `{quote}` at the end of this text, found the next one in line {}", at.line),
            hint: format!("write `{quote}` where the text ends"),
        });
    }
    let inner = if quote == '"' { "`\\\"`" } else { "`''`" };
    Some(Slip {
        span: at,
        message: format!("expected nothing behind the text in quotes, found `{}`", shortened(rest)),
        hint: format!(
            "put the whole text in quotes; write {inner} for a quote within it, and a comma between entries in brackets"
        ),
    })
}

/// The beginning of a text, as messages show it.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A key without a blank behind its colon.
fn colon(number: usize, line: &str) -> Option<Slip> {
    let (key, value) = unparted(line.trim_start_matches([' ', '-']))?;
    Some(Slip {
        span: span(number, line.chars().count() - line.trim_start_matches([' ', '-']).chars().count() + key.chars().count()),
        message: format!("expected a blank behind `{key}:`, found none"),
        hint: format!("write `{key}: {}`", shortened(value)),
    })
}

/// The key and the value of a text in which no blank stands behind the colon, such as `count:rows`.
pub fn unparted(text: &str) -> Option<(&str, &str)> {
    let text = text.split(" #").next().unwrap_or(text).trim();
    let (key, value) = text.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.'));
    // `https://…` and `10:30` are texts.
    let is_text = value.is_empty() || value.starts_with([' ', '/']) || key.chars().all(|sign| sign.is_ascii_digit());
    (is_key && !is_text && !value.contains(": ")).then_some((key, value))
}

/// A second colon with a blank behind it.
fn second_colon(line: &str, at: Span) -> Option<Slip> {
    let (before, rest) = cut(line, at)?;
    let (key, text) = before.split_once(": ").filter(|_| rest.starts_with(':'))?;
    let key = format!("{}: ", key.trim_start_matches([' ', '-']));
    Some(Slip {
        span: at,
        message: "expected one `: ` in a line, found a second one".into(),
        hint: format!("put the text in quotes{}", quoted(&key, &format!("{text}{rest}"))),
    })
}

/// A line that should be a key with a value, and has no colon.
fn no_colon(line: &str, at: Span) -> Option<Slip> {
    let (before, rest) = cut(line, at)?;
    let is_bare = before.trim_start_matches([' ', '-']).is_empty() && !rest.contains(':');
    (is_bare && rest.starts_with(char::is_alphanumeric)).then(|| Slip {
        span: at,
        message: format!("expected `key: value` in this line, found `{}` without a colon", shortened(rest.trim_end())),
        hint: "write `: ` behind the key; or put the text above in quotes, if it goes on here".into(),
    })
}

/// An item of a list without its dash, or without a blank behind it.
fn dash(lines: &[&str], at: Span) -> Option<Slip> {
    let (&last, above) = lines.split_last()?;
    let (before, rest) = cut(last, at)?;
    if !before.trim().is_empty() {
        return None;
    }
    let own = indent(last);
    let is_told = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let deeper = |line: &&str| indent(line) > own;
    // The items of the list that the line stands among.
    let item = above.iter().copied().rev().filter(is_told).find(|line| !deeper(line))?;
    let stands_among = begins_item(item) && indent(item) == own;
    let follows = begins_item(item) && content(item) == own || indent(item) == own;
    if let Some(text) = rest.strip_prefix('-').filter(|_| stands_among) {
        return Some(Slip {
            span: at,
            message: "expected a blank behind this dash, found none".into(),
            hint: format!("write `- {}`", shortened(text.trim())),
        });
    }
    (stands_among || follows && rest.starts_with(['{', '['])).then(|| Slip {
        span: at,
        message: "expected `- ` at the beginning of this line, as it stands in a list, found none".into(),
        hint: if stands_among && !rest.starts_with(['{', '[']) {
            let inner = content(item) + 1;
            format!("write `- ` in front of it; or move it to column {inner}, if it belongs to the item above")
        } else {
            "write `- ` in front of each item of the list".into()
        },
    })
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

    /// What is told of a text in quotes that goes on behind them.
    fn more(line: u32, column: u32) -> String {
        format!("{line}:{column} expected nothing behind the text in quotes, found `q`")
    }

    #[test]
    fn lines_stand_at_depths_of_those_above() {
        let depth = "expected this line at the depth of a line above, found it at another depth";
        assert_eq!(told("a:\n  b: 1\n   c: 2\n", 3, 4), format!("3:4 {depth}"));
        assert_eq!(told("a:\n    b: 1\n  c: 2\n", 3, 3), format!("3:3 {depth}"));
        // An item among the keys of the item above, and a key among items.
        assert_eq!(told("a:\n  - b: 1\n    c: 2\n    - b: 3\n", 4, 5), format!("4:5 {depth}"));
        assert_eq!(told("a:\n  - b:\n      d: 1\n   c: 2\n", 4, 4), format!("4:4 {depth}"));
        // Items may stand below their key, or at its depth, and as far from their dash as one likes.
        assert_eq!(told("a:\n  key:\n  - x: 1\n  other: \"p\" q\n", 4, 14), more(4, 14));
        assert_eq!(told("- a:\n    key:\n    - \"x\" q\n", 3, 11), more(3, 11));
        assert_eq!(told("a: # first\n- \"x\" q\n", 2, 7), more(2, 7));
        assert_eq!(told("-   a: 1\n    b: \"x\" q\n", 2, 11), more(2, 11));
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
            assert_eq!(told(text, line, 8), more(line, 8), "{text}");
        }
    }

    #[test]
    fn signs_that_look_like_blanks_are_told_in_the_faulty_line_first() {
        assert_eq!(told("a: |\n  \tx\nb: \"p\" q\n", 3, 8), more(3, 8), "a tab may stand in a text");
        assert_eq!(
            told("a:\u{a0}b\nc: d\n", 2, 1),
            "1:3 expected a blank behind `a:`, found another sign that looks like one, such as a no-break space"
        );
    }

    #[test]
    fn what_is_missing_or_too_much_in_a_line_is_told() {
        let hint = |text: &str, line: u32, column: u32| {
            let slip = slip(text, Span { line, column }, false).expect("something is seen");
            format!("{}:{} {}", slip.span.line, slip.span.column, slip.hint)
        };
        assert_eq!(hint("a: 1\nb:c\n", 2, 1), "2:2 write `b: c`");
        assert_eq!(hint("b:c\nd: e\n", 2, 2), "1:2 write `b: c`");
        assert_eq!(hint("a: x: y\n", 1, 5), "1:5 put the text in quotes: `a: \"x: y\"`");
        assert_eq!(hint("a: > 0 # few\n", 1, 4), "1:4 put the whole text in quotes: `\"> 0\"`");
        assert_eq!(hint("a: { b: * 2, c: 1 }\n", 1, 9), "1:9 put the whole text in quotes: `\"* 2\"`");
        assert_eq!(hint("a: {{ x }} of y\n", 1, 12), "1:4 put the whole text in quotes: `\"{{ x }} of y\"`");
        assert_eq!(hint("a: {% if x %}y\n", 1, 5), "1:4 put the whole text in quotes: `\"{% if x %}y\"`");
        assert_eq!(hint("a: [x] of y\n", 1, 8), "1:8 put the whole text in quotes, if the brackets belong to it");
        assert_eq!(hint("a: \"b\nc: \"d\"\n", 2, 5), "1:4 write `\"` where the text ends");
        assert_eq!(hint("a: 'b\nc: d\n", 1, 4), "1:4 write `'` where the text ends");
        assert_eq!(
            hint("a:\n  - b\n  c\n", 3, 3),
            "3:3 write `- ` in front of it; or move it to column 5, if it belongs to the item above"
        );
        assert_eq!(hint("a:\n  { b: 1 }\n  { c: 2 }\n", 3, 3), "3:3 write `- ` in front of each item of the list");
        assert_eq!(hint("a:\n  - b\n  -c\n", 3, 3), "3:3 write `- c`");
        assert_eq!(told("a: 1\nb\n", 2, 1), "2:1 expected `key: value` in this line, found `b` without a colon");
        // Places beyond the text, and signs of several bytes.
        assert_eq!(told("a: я\n", 9, 9), "nothing");
        assert_eq!(told("я: ≥ 5\n", 1, 4), "nothing");
    }
}
