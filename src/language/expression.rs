//! Expressions of templates, as far as an outline of phrases has to know them: what one prints, and what a name stands for.

use std::collections::BTreeMap;

/// A piece of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Words as they are printed.
    Words(String),
    /// A value, as an expression.
    Value(String),
    /// Branches, of which the first whose condition holds is printed; one without a condition is printed when no other is.
    Choice(Vec<(Option<String>, Vec<Node>)>),
    /// What is printed for each of several, told by the head of the loop; and what is printed where there is none.
    Each { head: String, body: Vec<Node>, none: Vec<Node> },
}

/// What a name that a template sets stands for.
#[derive(Clone)]
pub enum Meaning {
    /// A value under its own name.
    Path(String),
    /// Words, or a choice of words.
    Words(Vec<Node>),
}

/// The names that a template has set.
pub type Names = BTreeMap<String, Meaning>;

/// What an expression prints: words where it is written out, values by their names.
pub fn nodes(expression: &str, names: &Names) -> Vec<Node> {
    let expression = bare(expression.trim());
    if let Some(text) = quoted(expression) {
        return vec![Node::Words(text.to_owned())];
    }
    if let Some((before, after)) = cut(expression, "~") {
        return [nodes(before, names), nodes(after, names)].concat();
    }
    // The forms of a word for one and for several differ in nothing else: the last one stands for all.
    if let Some((_, other)) = cut(expression, " else ") {
        return nodes(other, names);
    }
    if let Some((filtered, filter)) = cut_last(expression, '|') {
        return match filter.split_once('(') {
            Some(("plural", forms)) => form(forms.trim_end_matches(')')).map_or_else(Vec::new, |form| nodes(form, names)),
            Some(("case", _)) => nodes(filtered, names),
            None if ["lower", "capitalize", "upper"].contains(&filter) => nodes(filtered, names),
            _ => value(expression, names),
        };
    }
    value(expression, names)
}

fn value(expression: &str, names: &Names) -> Vec<Node> {
    match names.get(expression) {
        Some(Meaning::Words(words)) => words.clone(),
        Some(Meaning::Path(_)) | None if expression.is_empty() => Vec::new(),
        Some(Meaning::Path(_)) | None => vec![Node::Value(resolved(expression, names))],
    }
}

/// The form of a counted noun that stands for all: that of many, or else of the others.
fn form(forms: &str) -> Option<&str> {
    let forms: Vec<(&str, &str)> = parts(forms, ",").into_iter().filter_map(|form| form.split_once('=')).collect();
    let named = |name: &str| forms.iter().find(|(form, _)| form.trim() == name).map(|(_, text)| *text);
    named("many").or_else(|| named("other")).or_else(|| named("one"))
}

/// What a name stands for to which this is assigned: a path, a text, or a choice of two texts. `None` for what must be computed.
pub fn meaning(expression: &str, names: &Names) -> Option<Meaning> {
    if let Some(text) = quoted(expression) {
        return Some(Meaning::Words(vec![Node::Words(text.to_owned())]));
    }
    if let Some((first, rest)) = cut(expression, " if ") {
        let (condition, other) = cut(rest, " else ")?;
        let words = |text: &str| quoted(text.trim()).map(|text| vec![Node::Words(text.to_owned())]);
        let branches = vec![(Some(resolved(condition, names)), words(first)?), (None, words(other)?)];
        return Some(Meaning::Words(vec![Node::Choice(branches)]));
    }
    let is_path = expression.split('.').all(|part| !part.is_empty() && part.chars().all(is_name));
    is_path.then(|| names.get(expression).cloned().unwrap_or_else(|| Meaning::Path(resolved(expression, names))))
}

/// An expression with single blanks, in which the names that are set are those of the values that they stand for.
pub fn resolved(expression: &str, names: &Names) -> String {
    let mut made = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '"' | '\'' => rest[1..].find(letter).map_or(rest.len(), |length| length + 2),
            letter if is_name(letter) => rest.find(|letter| !is_name(letter)).unwrap_or(rest.len()),
            letter => letter.len_utf8(),
        };
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        let is_named = behind.starts_with('=') && !behind.starts_with("==");
        let is_whole = !is_named && !made.ends_with('.');
        match names.get(piece).filter(|_| is_whole) {
            Some(Meaning::Path(path)) => made.push_str(path),
            // `of[key]` with `key` as `far` is `of.far`.
            Some(Meaning::Words(words)) if made.ends_with('[') && behind.starts_with(']') => {
                made.pop();
                made.push('.');
                words.iter().for_each(|node| {
                    if let Node::Words(text) = node {
                        made.push_str(text)
                    }
                });
                rest = &behind[1..];
            }
            Some(Meaning::Words(_)) | None => made.push_str(piece),
        }
    }
    spaced(&made)
}

/// A list of lists of texts that is written out: `[["a", "b"], ["c", "d"]]`.
pub fn lists(expression: &str) -> Option<Vec<Vec<String>>> {
    let inside = |list: &str| list.trim().strip_prefix('[').and_then(|list| list.strip_suffix(']')).map(str::to_owned);
    let texts = |list: &str| -> Option<Vec<String>> {
        parts(&inside(list)?, ",").into_iter().map(|text| quoted(text.trim()).map(str::to_owned)).collect()
    };
    parts(&inside(expression)?, ",").into_iter().map(texts).collect()
}

/// Cuts an expression at the first sign that stands in no text and in no brackets.
pub fn cut<'a>(expression: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let at = places(expression, sign).next()?;
    Some((&expression[..at], &expression[at + sign.len()..]))
}

fn cut_last(expression: &str, sign: char) -> Option<(&str, &str)> {
    let sign = sign.to_string();
    let at = places(expression, &sign).last()?;
    Some((&expression[..at], &expression[at + 1..]))
}

/// The parts of an expression between signs that stand in no text and in no brackets.
pub fn parts<'a>(expression: &'a str, sign: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for at in places(expression, sign) {
        parts.push(&expression[begin..at]);
        begin = at + sign.len();
    }
    parts.push(&expression[begin..]);
    parts
}

/// Where a sign stands in no text and in no brackets.
fn places(expression: &str, sign: &str) -> impl Iterator<Item = usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut places = Vec::new();
    for (at, letter) in expression.char_indices() {
        match (letter, quote) {
            (_, Some(open)) => quote = quote.filter(|_| letter != open),
            ('"' | '\'', None) => quote = Some(letter),
            _ if depth == 0 && expression[at..].starts_with(sign) => places.push(at),
            ('(' | '[', None) => depth += 1,
            (')' | ']', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    places.into_iter()
}

/// The text in quotes, where the expression is nothing else.
fn quoted(expression: &str) -> Option<&str> {
    let quote = expression.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let text = expression[1..].strip_suffix(quote)?;
    (!text.contains(quote)).then_some(text)
}

/// An expression without brackets around all of it.
fn bare(expression: &str) -> &str {
    let inside = expression.strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
    let is_whole = |inside: &&str| {
        let mut depth = 0_i32;
        inside.chars().all(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth >= 0
        })
    };
    inside.filter(is_whole).unwrap_or(expression)
}

/// A text with single blanks.
pub fn spaced(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_prints_words_and_values() {
        let words = |text: &str| Node::Words(text.to_owned());
        let value = |path: &str| Node::Value(path.to_owned());
        let set = |name: &str, to: &str| (name.to_owned(), meaning(to, &Names::new()).expect("a path or texts"));
        let names = Names::from([set("now", "indicator.value"), set("best", "\"the best\"")]);
        let printed = |expression: &str| nodes(expression, &names);
        assert_eq!(printed("now.text|case(\"dative\")"), [value("indicator.value.text")]);
        assert_eq!(printed("(now.text ~ \" pp\")|case(\"dative\")"), [value("indicator.value.text"), words(" pp")]);
        assert_eq!(printed("n|plural(one=\"row\", other=\"rows\")"), [words("rows")]);
        assert_eq!(printed("n|plural(one=a.one, many=b.many)"), [value("b.many")]);
        assert_eq!(printed("best"), [words("the best")]);
        assert_eq!(printed("point if now in [\"1\"] else points"), [value("points")]);
        assert_eq!(printed("names|join(\", \")"), [value("names|join(\", \")")]);
        assert_eq!(printed(""), []);
        assert_eq!(printed("(a)|b("), [value("(a)|b(")]);
    }

    #[test]
    fn texts_may_hold_the_signs_of_expressions() {
        assert_eq!(cut("\"a if b\" if c", " if "), Some(("\"a if b\"", "c")));
        assert_eq!(parts("(a, b), c", ","), ["(a, b)", " c"]);
        assert_eq!(lists("[[\"a, b\"], [x]]"), None);
        assert_eq!(lists("[[\"a, b\", \"]\"]]"), Some(vec![vec!["a, b".to_owned(), "]".to_owned()]]));
    }
}
