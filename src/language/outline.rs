//! What a phrase can say: its words as a tree, with the place of every value and the condition of every branch. A phrase is read as the
//! template that it is, so that nothing is written down twice; one that is broken is read as far as it goes.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::expression::{self, Meaning, Names, Node, spaced};

/// A template cut at its tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Words(&'a str),
    Value(&'a str),
    Tag(&'a str),
}

type Tokens<'a> = Peekable<IntoIter<Token<'a>>>;

/// How many phrases may stand in one another.
const DEEPEST: usize = 8;

/// The tree of a phrase. `included` gives the text of a phrase that it includes; `None` for one that stands there as a value.
pub fn read<'a>(text: &'a str, included: &dyn Fn(&str) -> Option<&'a str>) -> Vec<Node> {
    Reading { included, names: Names::new(), depth: 0 }.template(text)
}

struct Reading<'r, 'a> {
    included: &'r dyn Fn(&str) -> Option<&'a str>,
    names: Names,
    depth: usize,
}

impl Reading<'_, '_> {
    fn template(&mut self, text: &str) -> Vec<Node> {
        let mut tokens = tokens(text).into_iter().peekable();
        let mut nodes = self.body(&mut tokens);
        // An end that nothing has begun.
        while tokens.next().is_some() {
            nodes.extend(self.body(&mut tokens));
        }
        nodes
    }

    /// What stands before the tag that ends a branch.
    fn body(&mut self, tokens: &mut Tokens<'_>) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(token) = tokens.next_if(|token| !ends_branch(token)) {
            match token {
                Token::Words(words) => nodes.push(Node::Words(plain(words))),
                Token::Value(value) => nodes.extend(expression::nodes(value, &self.names)),
                Token::Tag(tag) => match verb(tag) {
                    ("if", condition) => nodes.push(self.choice(condition, tokens)),
                    ("for", head) => nodes.extend(self.each(head, tokens)),
                    ("set", assignment) => self.set(assignment, tokens),
                    ("include", name) => nodes.extend(self.include(name)),
                    _ => {}
                },
            }
        }
        nodes
    }

    fn choice(&mut self, condition: &str, tokens: &mut Tokens<'_>) -> Node {
        let mut branches = Vec::new();
        let mut condition = Some(expression::resolved(condition, &self.names));
        loop {
            branches.push((condition, self.body(tokens)));
            let end = tokens.next();
            condition = match end.as_ref().map(tag) {
                Some(("elif", next)) => Some(expression::resolved(next, &self.names)),
                Some(("else", _)) => None,
                _ => return Node::Choice(branches),
            };
        }
    }

    /// A loop over written lists of texts is written out; of any other loop the body stands once.
    fn each(&mut self, head: &str, tokens: &mut Tokens<'_>) -> Vec<Node> {
        let (head, condition) = expression::cut(head, " if ").map_or((head, None), |(head, condition)| (head, Some(condition)));
        let (variables, over) = head.split_once(" in ").unwrap_or((head, ""));
        if let Some(rows) = expression::lists(over) {
            let body: Vec<Token<'_>> = inside(tokens);
            let outer = self.names.clone();
            let mut branches = Vec::new();
            for row in rows {
                let texts = row.into_iter().map(|text| Meaning::Words(vec![Node::Words(text)]));
                self.names.extend(variables.split(',').map(|name| name.trim().to_owned()).zip(texts));
                let condition = condition.map(|condition| expression::resolved(condition, &self.names));
                let nodes = self.body(&mut body.clone().into_iter().peekable());
                branches.push(Node::Choice(vec![(condition, nodes)]));
                self.names.clone_from(&outer);
            }
            return branches;
        }
        for name in variables.split(',') {
            self.names.remove(name.trim());
        }
        let over = expression::resolved(over, &self.names);
        let head = match condition {
            Some(condition) => format!("for {variables} in {over} if {}", expression::resolved(condition, &self.names)),
            None => format!("for {variables} in {over}"),
        };
        let body = self.body(tokens);
        let none = match tokens.next().as_ref().map(tag) {
            Some(("else", _)) => {
                let none = self.body(tokens);
                tokens.next();
                none
            }
            _ => Vec::new(),
        };
        vec![Node::Each { head: spaced(&head), body, none }]
    }

    fn set(&mut self, assignment: &str, tokens: &mut Tokens<'_>) {
        let Some((name, value)) = assignment.split_once('=') else {
            // A block: its name tells what stands in it.
            self.body(tokens);
            tokens.next();
            self.names.remove(assignment.trim());
            return;
        };
        match expression::meaning(value.trim(), &self.names) {
            Some(meaning) => self.names.insert(name.trim().to_owned(), meaning),
            None => self.names.remove(name.trim()),
        };
    }

    fn include(&mut self, name: &str) -> Vec<Node> {
        let path = name.trim_matches(['"', '\'']);
        let text = path.strip_prefix("phrases/").and_then(self.included).filter(|_| self.depth < DEEPEST);
        let Some(text) = text else {
            return vec![Node::Value(path.to_owned())];
        };
        self.depth += 1;
        let nodes = self.template(text);
        self.depth -= 1;
        nodes
    }
}

/// The tokens up to the end of the loop in which they stand; the end is taken, too.
fn inside<'a>(tokens: &mut Tokens<'a>) -> Vec<Token<'a>> {
    let mut depth = 0_usize;
    let mut taken = Vec::new();
    for token in tokens.by_ref() {
        match tag(&token).0 {
            "for" => depth += 1,
            "endfor" if depth == 0 => break,
            "endfor" => depth -= 1,
            _ => {}
        }
        taken.push(token);
    }
    taken
}

fn ends_branch(token: &Token<'_>) -> bool {
    let verb = tag(token).0;
    verb.starts_with("end") || ["elif", "else"].contains(&verb)
}

/// The verb of a tag and what stands behind it; nothing for a token that is no tag.
fn tag<'a>(token: &Token<'a>) -> (&'a str, &'a str) {
    match token {
        Token::Tag(tag) => verb(tag),
        Token::Words(_) | Token::Value(_) => ("", ""),
    }
}

fn verb(tag: &str) -> (&str, &str) {
    let (verb, what) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    (verb, what.trim())
}

/// Cuts a template at its tags. A minus in a tag takes the blanks beside it away; remarks are left out.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut trim = false;
    loop {
        let begin = ["{{", "{%", "{#"].iter().filter_map(|begin| rest.find(begin)).min();
        let words = &rest[..begin.unwrap_or(rest.len())];
        let words = if trim { words.trim_start() } else { words };
        let tag = begin.and_then(|at| {
            let end = match &rest[at..at + 2] {
                "{{" => "}}",
                "{%" => "%}",
                _ => "#}",
            };
            let length = rest[at + 2..].find(end)?;
            Some((at, &rest[at + 2..at + 2 + length]))
        });
        let Some((at, inner)) = tag else {
            tokens.push(Token::Words(words));
            break;
        };
        tokens.push(Token::Words(if inner.starts_with('-') { words.trim_end() } else { words }));
        let bare = inner.strip_prefix('-').unwrap_or(inner);
        let bare = bare.strip_suffix('-').unwrap_or(bare).trim();
        match &rest[at..at + 2] {
            "{{" => tokens.push(Token::Value(bare)),
            "{%" => tokens.push(Token::Tag(bare)),
            _ => {}
        }
        trim = inner.ends_with('-');
        rest = &rest[at + inner.len() + 4..];
    }
    tokens.retain(|token| *token != Token::Words(""));
    tokens
}

/// Words without the backslashes that make signs plain in the markup of documents.
fn plain(words: &str) -> String {
    let mut letters = words.chars();
    let mut made = String::with_capacity(words.len());
    while let Some(letter) = letters.next() {
        made.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Vec<Node> {
        read(text, &|name| (name == "inner").then_some("{{ other }}"))
    }

    fn words(text: &str) -> Node {
        Node::Words(text.to_owned())
    }

    fn value(path: &str) -> Node {
        Node::Value(path.to_owned())
    }

    #[test]
    fn branches_and_blanks_are_those_of_the_template() {
        let branches = vec![
            (Some("a.b > 0".to_owned()), vec![words(" yes")]),
            (Some("not a.c".to_owned()), vec![value("a.c")]),
            (None, vec![words(" no \\")]),
        ];
        let text =
            "It\n{%- set x = a %}\n{%- if x.b  > 0 %} yes{%- elif not x.c %}{{ x.c }}{% else %} no \\\\{% endif %}{# aside #}";
        assert_eq!(tree(text), [words("It"), Node::Choice(branches)]);
    }

    #[test]
    fn loops_over_written_texts_are_written_out() {
        let text =
            "{% for key, one in [[\"far\", \"is far\"], [\"near\", \"is near\"]] if of[key].n > 0 %}{{ one }}{% endfor %}.";
        let each = |key: &str, told: &str| Node::Choice(vec![(Some(format!("of.{key}.n > 0")), vec![words(told)])]);
        assert_eq!(tree(text), [each("far", "is far"), each("near", "is near"), words(".")]);
    }

    #[test]
    fn other_loops_stand_once() {
        let text = "{% for row in rows if row.low %}{{ row.name }}{% else %}none{% endfor %}";
        let each = Node::Each {
            head: "for row in rows if row.low".to_owned(),
            body: vec![value("row.name")],
            none: vec![words("none")],
        };
        assert_eq!(tree(text), [each]);
    }

    #[test]
    fn phrases_within_know_the_names_outside() {
        assert_eq!(tree("{% set other = a.b %}{% include \"phrases/inner\" %}"), [value("a.b")]);
        assert_eq!(tree("{% include \"phrases/outer\" %}"), [value("phrases/outer")]);
        let endless = read("{% include \"phrases/x\" %}", &|_| Some("{% include \"phrases/x\" %}"));
        assert_eq!(endless, [value("phrases/x")]);
    }

    #[test]
    fn broken_templates_are_read_as_far_as_they_go() {
        assert_eq!(tree("a{% endif %}b{% if"), [words("a"), words("b")]);
        assert_eq!(tree("{% if x %}a"), [Node::Choice(vec![(Some("x".to_owned()), vec![words("a")])])]);
        assert_eq!(tree("{% set x %}a"), []);
        assert_eq!(tree("{% for %}{{ }}{% endfor"), [Node::Each { head: "for in".to_owned(), body: vec![], none: vec![] }]);
    }
}
