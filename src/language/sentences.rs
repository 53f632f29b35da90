//! Every sentence that the reports of a language can hold, with the circumstances in which each of its parts is written. All of it comes from
//! the phrases themselves; the language file adds the words of conditions and the names of values, and says which phrases are listed.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::Serialize;

use super::expression::{self, Node};
use super::{Language, outline};

/// The labels without which conditions cannot be told.
pub const LABELS: &[&str] =
    &["sentences_and", "sentences_or", "sentences_when", "sentences_otherwise_when", "sentences_otherwise", "sentences_none"];

/// What stands in the place of a part that is told below.
const PLACE: &str = "[…]";

/// Sentences under a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// The sentences, each as the lines that it is told in.
    pub sentences: Vec<Vec<Line>>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How many conditions it stands under that are told in lines above.
    pub depth: usize,
    /// When it is written, in words; `None` for always.
    pub condition: Option<String>,
    /// What is written: values as `‹value›`, `[…]` where lines below are put in; empty where there are only such lines.
    pub text: String,
}

/// The sentences of a language, and what its file has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The sentences.
    pub groups: Vec<Group>,
    /// Conditions and values of the listed phrases that stand there as in templates, for want of words.
    pub unworded: BTreeSet<String>,
}

/// Makes the list for a language. A phrase that is listed and does not exist is left out.
pub fn outline(language: &Language) -> Outline {
    let writer = Writer { language, unworded: RefCell::default() };
    let groups = language.sentences.iter().map(|(name, phrases)| {
        let sentences = phrases.iter().filter_map(|name| language.phrases.get(name)).map(|phrase| writer.sentence(&phrase.text));
        Group { name: name.clone(), sentences: sentences.filter(|lines| !lines.is_empty()).collect() }
    });
    Outline { groups: groups.collect(), unworded: writer.unworded.into_inner() }
}

struct Writer<'a> {
    language: &'a Language,
    unworded: RefCell<BTreeSet<String>>,
}

/// A branch: its condition in words, and its nodes.
type Branch = (Option<String>, Vec<Node>);

impl Writer<'_> {
    fn sentence(&self, text: &str) -> Vec<Line> {
        let included = |name: &str| {
            let is_value = self.language.slots.contains_key(&format!("phrases/{name}"));
            self.language.phrases.get(name).filter(|_| !is_value).map(|phrase| phrase.text.as_str())
        };
        let mut lines = Vec::new();
        self.lines(&outline::read(text, &included), None, 0, &mut lines);
        lines
    }

    /// Tells nodes in lines: their running text, and below it the parts that depend on something.
    fn lines(&self, nodes: &[Node], condition: Option<String>, depth: usize, lines: &mut Vec<Line>) {
        let mut text = String::new();
        let mut below = Vec::new();
        self.run(nodes, &mut text, &mut below);
        let text = tidy(&text);
        let is_told = condition.is_some() || has_words(&text);
        if is_told {
            lines.push(Line { depth, condition, text: if has_words(&text) || below.is_empty() { text } else { String::new() } });
        }
        for (condition, nodes) in below {
            self.lines(&nodes, condition, depth + usize::from(is_told), lines);
        }
    }

    /// The running text of nodes; `below` takes the branches that stand at its places.
    fn run(&self, nodes: &[Node], text: &mut String, below: &mut Vec<Branch>) {
        for node in nodes {
            match node {
                Node::Words(words) => text.push_str(words),
                Node::Value(value) => self.value(value, text),
                Node::Choice(branches) => match one_of(branches) {
                    One::Branch(nodes) => self.run(nodes, text, below),
                    One::Nothing => {}
                    One::Several => {
                        text.push_str(PLACE);
                        let printed = |(condition, nodes): &&Branch| condition.is_some() || !is_nothing(nodes);
                        let told = branches.iter().filter(printed).enumerate().map(|(place, (condition, nodes))| {
                            let condition = match (condition, place) {
                                (Some(condition), 0) => self.told("sentences_when", condition),
                                (Some(condition), _) => self.told("sentences_otherwise_when", condition),
                                (None, _) => self.label("sentences_otherwise").to_owned(),
                            };
                            (Some(condition), nodes.clone())
                        });
                        below.extend(told);
                    }
                },
                Node::Each { head, body, none } => self.each((head, body, none), text, below),
            }
        }
    }

    /// A loop: values alone are listed in the running text.
    fn each(&self, (head, body, none): (&str, &[Node], &[Node]), text: &mut String, below: &mut Vec<Branch>) {
        let (mut listed, mut parts) = (String::new(), Vec::new());
        self.run(body, &mut listed, &mut parts);
        if parts.is_empty() && none.is_empty() && !has_words(&without_values(&listed)) {
            if has_words(&listed) {
                let stem = listed.trim_end_matches('.');
                text.push_str(&format!("{stem}, …{}", &listed[stem.len()..]));
            }
            return;
        }
        text.push_str(PLACE);
        below.push((Some(self.words(head)), body.to_vec()));
        if says_words(none) {
            below.push((Some(self.label("sentences_none").to_owned()), none.to_vec()));
        }
    }

    fn label(&self, key: &str) -> &str {
        &self.language.labels[key]
    }

    fn told(&self, label: &str, condition: &str) -> String {
        self.label(label).replace("{}", &self.words(condition))
    }

    /// A condition in words: those for all of it, or else those for its parts.
    fn words(&self, condition: &str) -> String {
        if let Some(words) = self.language.conditions.get(condition) {
            return words.clone();
        }
        for (sign, label) in [(" or ", "sentences_or"), (" and ", "sentences_and")] {
            let parts = expression::parts(condition, sign);
            if parts.len() > 1 {
                let parts: Vec<String> = parts.into_iter().map(|part| self.words(part.trim())).collect();
                return parts.join(self.label(label));
            }
        }
        self.unworded.borrow_mut().insert(condition.to_owned());
        condition.to_owned()
    }

    /// A value by its name: `‹value›`. Labels and marks stand there themselves.
    fn value(&self, value: &str, text: &mut String) {
        let label = value.strip_prefix("labels.").and_then(|key| self.language.labels.get(key));
        let mark = value.strip_prefix("marks.").and_then(|key| self.language.marks.named(key));
        if let Some(itself) = label.map(String::as_str).or(mark) {
            text.push_str(itself);
            return;
        }
        // One of several labels: `labels["missing_" ~ …]` is `labels.missing`.
        let kind = value.strip_prefix("labels[\"").and_then(|key| key.split_once('_'));
        let kind = kind.map_or_else(|| value.to_owned(), |(kind, _)| format!("labels.{kind}"));
        let mut path = kind.split('|').next().unwrap_or(&kind);
        let mut named = self.language.slots.get(&kind);
        while named.is_none() {
            named = self.language.slots.get(path);
            let Some((_, rest)) = path.split_once('.') else { break };
            path = rest;
        }
        let name = named.map_or_else(
            || {
                self.unworded.borrow_mut().insert(value.to_owned());
                path
            },
            String::as_str,
        );
        let bare = name.trim_start();
        text.push_str(&name[..name.len() - bare.len()]);
        text.push('‹');
        text.push_str(bare);
        text.push('›');
    }
}

/// How much of a choice is told.
enum One<'a> {
    /// A branch, as if there were no condition: the others part and join what is listed, or differ by a capital.
    Branch(&'a [Node]),
    /// Nothing: it parts and joins what is listed.
    Nothing,
    /// Every branch with its condition.
    Several,
}

fn one_of(branches: &[(Option<String>, Vec<Node>)]) -> One<'_> {
    let first = branches.first().map_or(&[][..], |(_, nodes)| nodes);
    // Which form of a word stands there is grammar.
    if let Some((_, last)) = branches.last()
        && branches.iter().any(|(condition, _)| condition.as_ref().is_some_and(|condition| condition.contains("|plural(")))
    {
        return One::Branch(last);
    }
    let places: Vec<&str> = branches.iter().filter_map(|(condition, _)| condition.as_deref()).collect();
    if let [place, ..] = places[..]
        && places.iter().all(|condition| condition.trim_start_matches("not ").starts_with("loop."))
    {
        return if ["loop.first", "loop.last"].contains(&place) { One::Branch(first) } else { One::Nothing };
    }
    let [(_, first), (_, second)] = branches else {
        return if branches.iter().any(|(_, nodes)| says_words(nodes)) { One::Several } else { One::Nothing };
    };
    match (&first[..], &second[..]) {
        ([Node::Words(one)], [Node::Words(other)]) if one.to_lowercase() == other.to_lowercase() => One::Branch(first),
        _ if says_words(first) || says_words(second) => One::Several,
        _ => One::Nothing,
    }
}

/// Whether nodes print anything but punctuation.
fn says_words(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Words(words) => has_words(words),
        Node::Value(_) => true,
        Node::Choice(branches) => branches.iter().any(|(_, nodes)| says_words(nodes)),
        Node::Each { body, none, .. } => says_words(body) || says_words(none),
    })
}

/// Whether nodes print nothing at all.
fn is_nothing(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| matches!(node, Node::Words(words) if words.is_empty()))
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A running text without the names of its values.
fn without_values(text: &str) -> String {
    text.split('‹').map(|piece| piece.split_once('›').map_or(piece, |(_, words)| words)).collect()
}

/// A text with single blanks, and none before punctuation; one that begins with punctuation shows that something stands before it.
fn tidy(text: &str) -> String {
    let mut text = expression::spaced(&text.replace(PLACE, &format!(" {PLACE} ")));
    for sign in [".", "।", ",", ";", ":", ")"] {
        text = text.replace(&format!(" {sign}"), sign);
    }
    let twice = format!("{PLACE} {PLACE}");
    while text.contains(&twice) {
        text = text.replace(&twice, PLACE);
    }
    let text = text.replace("( ", "(");
    let text = text.trim();
    let goes_on = has_words(text) && text.starts_with([',', ';', ':', '.', '।']);
    if goes_on { format!("…{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileName;
    use crate::language::LanguageCode;
    use crate::language::file::{Layers, read};
    use crate::sources::TextFile;

    /// The outline of a phrase, each line as `depth|condition|text`.
    fn told(phrase: &str) -> (Vec<String>, BTreeSet<String>) {
        let labels = [
            "labels:",
            "  star: \"*\"",
            "  sentences_and: \", and \"",
            "  sentences_or: \", or \"",
            "  sentences_when: if {}",
            "  sentences_otherwise_when: or if {}",
            "  sentences_otherwise: else",
            "  sentences_none: if there is none",
        ];
        let months = "months: [a, b, c, d, e, f, g, h, i, j, k, l]";
        let numbers = "numbers: { decimal: \".\", group: \",\", minus: \"-\", plus: \"+\", percent: \"{}%\", per_mille: \"{}\" }";
        let marks = "marks: { not_reported: n, not_applicable: x, zero_denominator: z, withheld: c, unreliable: u }";
        let words = [
            "conditions: { a.up: it rose, \"not b\": b is not, \"for row in rows\": each row }",
            "slots: { text: number, row.name: name, phrases/told: told, labels.missing: reason }",
            "sentences: { Heading: [own, absent] }",
        ];
        let head = format!("name: x\n{numbers}\ndate: x\n{months}\n{marks}\n{}\n{}", labels.join("\n"), words.join("\n"));
        let text = format!("{head}\nphrases:\n  own: |-\n    {}\n", phrase.replace('\n', "\n    "));
        let file = TextFile { name: FileName::new("languages/en.yaml"), text };
        let mut faults = Vec::new();
        let language =
            read(&LanguageCode::new("en"), &Layers::of(&file), None, &mut faults).unwrap_or_else(|| panic!("{faults:?}"));
        let Outline { groups, unworded } = outline(&language);
        let line = |line: &Line| format!("{}|{}|{}", line.depth, line.condition.as_deref().unwrap_or_default(), line.text);
        (groups.iter().flat_map(|group| group.sentences.iter().flatten()).map(line).collect(), unworded)
    }

    #[test]
    fn branches_stand_below_the_words_around_them() {
        let phrase = "It is {{ a.value.text|case(\"dative\") }}{% if a.up and not b %}, more{% elif a.up %}, less{% else %}.{% endif %} now{{ labels.star }}.";
        let (lines, unworded) = told(phrase);
        assert_eq!(
            lines,
            ["0||It is ‹number› […] now*.", "1|if it rose, and b is not|…, more", "1|or if it rose|…, less", "1|else|."]
        );
        assert!(unworded.is_empty());
    }

    #[test]
    fn what_parts_and_joins_is_no_sentence() {
        let phrase = "{% for row in rows %}{% if loop.first %}Seen: {% else %}, {% endif %}{{ row.name }}{% if not loop.last %};{% endif %}{% else %}None.{% endfor %}";
        assert_eq!(told(phrase).0, ["0|each row|Seen: ‹name›", "0|if there is none|None."]);
        assert_eq!(
            told("In {% for row in rows %}{{ row.name }}{% if loop.last %}.{% endif %}{% endfor %}").0,
            ["0||In ‹name›, …."]
        );
        assert_eq!(
            told("{% if opening %}All{% else %}all{% endif %}{% if a.up %},{% endif %} came{% set x = \"\" %}{{ x }}").0,
            ["0||All came"]
        );
        assert!(told("{% if a.up %},{% endif %}").0.is_empty());
        assert_eq!(told("{% set x = \" more\" if a.up else \"\" %}now{{ x }}").0, ["0||now […]", "1|if it rose|more"]);
    }

    #[test]
    fn what_has_no_words_stands_as_in_the_template() {
        let (lines, unworded) = told(
            "{% if x.n > 0 %}{{ x.told }}{% endif %}{% if a.up %}{% if not b %}{{ labels[\"missing_\" ~ why] }}{% endif %}{% endif %}",
        );
        assert_eq!(lines, ["0|if x.n > 0|‹told›", "0|if it rose|", "1|if b is not|‹reason›"]);
        assert_eq!(unworded, BTreeSet::from(["x.n > 0", "x.told"].map(str::to_owned)));
    }
}
