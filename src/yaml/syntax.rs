//! What a text that is no YAML most likely has: the reader of YAML tells its own view of it, and people need the sign that stands there.

use crate::diagnostic::Span;

/// What is wrong, where, and what to do about it.
pub struct Slip {
    pub span: Span,
    pub message: String,
    pub hint: String,
}

/// The slip that explains why the text cannot be read at a place; `None` where none is seen.
pub fn slip(text: &str, at: Span) -> Option<Slip> {
    let lines: Vec<&str> = text.lines().take(at.line as usize).collect();
    tab(&lines).or_else(|| blank(&lines)).or_else(|| depth(&lines)).or_else(|| open(text, at))
}

fn span(line: usize, column: usize) -> Span {
    let number = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    Span { line: number(line), column: number(column) }
}

/// A line that is indented by a tab.
fn tab(lines: &[&str]) -> Option<Slip> {
    let indented = |line: &str| line.chars().take_while(|sign| matches!(sign, ' ' | '\t')).position(|sign| sign == '\t');
    let (line, column) = lines.iter().enumerate().rev().take(2).find_map(|(place, line)| Some((place, indented(line)?)))?;
    Some(Slip {
        span: span(line, column),
        message: "expected blanks at the beginning of this line, found a tab".into(),
        hint: "put blanks in its place: two for each depth".into(),
    })
}

/// A sign that looks like a blank and is none, where YAML needs one.
fn blank(lines: &[&str]) -> Option<Slip> {
    let is_other = |sign: char| sign.is_whitespace() && !matches!(sign, ' ' | '\t');
    let found = |line: &str| {
        let mut before = None;
        for (column, sign) in line.chars().enumerate() {
            let parts =
                before.is_none_or(|before| matches!(before, ':' | '-' | ' ')) || line.chars().nth(column + 1) == Some('#');
            if is_other(sign) && parts {
                return Some(column);
            }
            before = Some(sign);
        }
        None
    };
    let (line, column) = lines.iter().enumerate().rev().take(2).find_map(|(place, line)| Some((place, found(line)?)))?;
    let before: String = lines[line].chars().take(column).collect();
    let place = match before.trim() {
        "" => "at the beginning of this line".to_owned(),
        before => format!("behind `{}`", before.rsplit(' ').next().unwrap_or(before)),
    };
    Some(Slip {
        span: span(line, column),
        message: format!("expected a blank {place}, found another sign that looks like one, such as a no-break space"),
        hint: "take the sign out and type a blank".into(),
    })
}

/// A line that stands neither at a depth of the lines above nor right below one that opens something.
fn depth(lines: &[&str]) -> Option<Slip> {
    let is_told = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let (&last, above) = lines.split_last()?;
    let own = indent(last);
    let begins_item = |line: &str| line.trim_start().starts_with("- ");
    let opens = |line: &str| line.trim_end().ends_with([':', '|', '>', ',', '{', '[', '-']);
    let before = above.iter().copied().rev().find(|line| is_told(line))?;
    if own > indent(before) && opens(before) {
        return None;
    }
    // The depths at which a line may stand here, each with whether items of a list stand there.
    let mut depths: Vec<(usize, bool)> = Vec::new();
    for line in above.iter().copied().rev().filter(is_told) {
        let outer = depths.last().map_or(usize::MAX, |&(depth, _)| depth);
        let (indent, is_item) = (indent(line), begins_item(line));
        if is_item && indent + 2 < outer {
            depths.push((indent + 2, false));
        }
        if indent < outer {
            depths.push((indent, is_item));
        }
    }
    let fits = |&&(depth, is_item): &&(usize, bool)| depth == own && (is_item == begins_item(last) || depth == 0);
    if depths.iter().any(|depth| fits(&depth)) {
        return None;
    }
    let alike = depths.iter().filter(|(_, is_item)| *is_item == begins_item(last));
    let (nearest, _) = alike.min_by_key(|(depth, _)| depth.abs_diff(own))?;
    Some(Slip {
        span: span(lines.len() - 1, own),
        message: "expected this line at the depth of one above, found it at another".into(),
        hint: format!("move it to column {}, if it belongs to what stands there", nearest + 1),
    })
}

/// A bracket or a quote that is still open where reading ends.
fn open(text: &str, at: Span) -> Option<Slip> {
    let mut brackets: Vec<(char, Span)> = Vec::new();
    let mut quote: Option<(char, Span)> = None;
    for (line, signs) in text.lines().enumerate().take(at.line as usize) {
        let mut before = ' ';
        for (column, sign) in signs.chars().enumerate() {
            if (line + 1, column + 1) >= (at.line as usize, at.column as usize) {
                break;
            }
            match (quote, sign) {
                (Some((opened, _)), _) if sign == opened => quote = None,
                (Some(_), _) => {}
                (None, '#') if before == ' ' => break,
                (None, '"' | '\'') if matches!(before, ' ' | '{' | '[' | ',' | ':') => quote = Some((sign, span(line, column))),
                (None, '{' | '[') if matches!(before, ' ' | '{' | '[' | ',') => brackets.push((sign, span(line, column))),
                (None, '}' | ']') => drop(brackets.pop()),
                (None, _) => {}
            }
            before = sign;
        }
    }
    let (sign, opened) = quote.or_else(|| brackets.pop()).filter(|(_, opened)| opened.line < at.line)?;
    let (what, end) = match sign {
        '{' => ("bracket", "}".to_owned()),
        '[' => ("bracket", "]".to_owned()),
        quote => ("quote", quote.to_string()),
    };
    Some(Slip {
        span: opened,
        message: format!("expected `{end}` behind this {what}, found none up to line {}", at.line),
        hint: format!("write `{end}` where it ends"),
    })
}
