//! What a document is set from: the files that its text leads to, and the parts of the model that these mention. Typst is given nothing
//! else, so what is made of the same is the same.
//!
//! A part is mentioned as a field of `data`, such as `data.summary`. Where `data` is used in another way, all of the model is given; where
//! the path of a file, or code, is put together while the document is set, all files are.

use std::collections::BTreeSet;

use serde_json::Value;
use typst::syntax::ast::{self, Arg, AstNode, Expr};
use typst::syntax::{FileId, Source, SyntaxKind, SyntaxNode};

/// The variable that holds the model.
const MODEL: &str = "data";
/// The file that it is read from.
pub const MODEL_FILE: &str = "data.json";
/// The fixed words of the language, a file of their own: all documents of a language read the same. Where they are mentioned as a part of the
/// model, it has them too.
pub const LABELS_FILE: &str = "labels.json";
/// What they are called in the model.
pub const LABELS: &str = "labels";
/// The function that takes text for code.
const EVAL: &str = "eval";
/// The functions that read files.
const READERS: [&str; 7] = ["cbor", "csv", "json", "read", "toml", "xml", "yaml"];

/// What a file mentions; `None` stands for all that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentions {
    /// Paths below `report-templates/`.
    files: Option<BTreeSet<String>>,
    /// Keys of the model.
    parts: Option<BTreeSet<String>>,
}

impl Mentions {
    /// What a file mentions by itself.
    pub fn of(source: &Source) -> Self {
        let mut mentions = Self { files: Some(BTreeSet::new()), parts: Some(BTreeSet::new()) };
        mentions.walk(source.id(), source.root());
        mentions
    }

    /// What a file mentions with those that it leads to, and which these are; `others` are all that there are.
    pub fn reach<'a>(mut self, others: &[(&'a str, &Self)]) -> (BTreeSet<&'a str>, Self) {
        let mut reached = BTreeSet::new();
        loop {
            let is_new = |path: &str| self.files.as_ref().is_none_or(|files| files.contains(path)) && !reached.contains(path);
            let Some((path, other)) = others.iter().find(|(path, _)| is_new(path)) else { return (reached, self) };
            reached.insert(*path);
            self.files = self.files.zip(other.files.as_ref()).map(|(own, more)| &own | more);
            self.parts = self.parts.zip(other.parts.as_ref()).map(|(own, more)| &own | more);
        }
    }

    /// Leaves those parts of a model that are mentioned.
    pub fn keep(&self, model: &mut Value) {
        if let (Some(parts), Value::Object(model)) = (&self.parts, model) {
            model.retain(|name, _| parts.contains(name));
        }
    }

    /// Whether a part of the model is mentioned.
    pub fn has(&self, part: &str) -> bool {
        self.parts.as_ref().is_none_or(|parts| parts.contains(part))
    }

    fn walk(&mut self, file: FileId, node: &SyntaxNode) {
        match node.kind() {
            SyntaxKind::Ident | SyntaxKind::MathIdent => self.name(node.leaf_text()),
            SyntaxKind::Str if node.leaf_text().contains(MODEL_FILE) => self.mention(None),
            SyntaxKind::RenamedImportItem => {
                [MODEL, EVAL].into_iter().filter(|name| node.full_text().contains(name)).for_each(|name| self.name(name))
            }
            SyntaxKind::ModuleImport => self.lead(file, node.cast().map(ast::ModuleImport::source)),
            SyntaxKind::ModuleInclude => self.lead(file, node.cast().map(ast::ModuleInclude::source)),
            _ => {}
        }
        match node.cast() {
            Some(Expr::FieldAccess(access)) => {
                // The field of a module may be the model itself, or such a function.
                self.name(access.field().as_str());
                if is_model(access.target()) {
                    self.mention(Some(access.field().as_str()));
                } else {
                    self.walk(file, access.target().to_untyped());
                }
            }
            Some(Expr::FuncCall(call)) => {
                if puts_path_together(call) {
                    self.mention(None);
                }
                match call.callee() {
                    Expr::FieldAccess(access) if is_model(access.target()) => {
                        self.mention(looked_up(access, call.args()).as_deref());
                    }
                    callee => self.walk(file, callee.to_untyped()),
                }
                self.walk(file, call.args().to_untyped());
            }
            Some(Expr::LetBinding(binding)) if is_definition(binding) => {}
            _ => {
                let names = names(node);
                node.children()
                    .enumerate()
                    .filter(|(place, _)| !names.contains(place))
                    .for_each(|(_, child)| self.walk(file, child));
            }
        }
    }

    /// Notes a name that is used.
    fn name(&mut self, name: &str) {
        match name {
            MODEL => self.mention(None),
            EVAL => *self = Self { files: None, parts: None },
            _ => {}
        }
    }

    fn mention(&mut self, part: Option<&str>) {
        match (part, &mut self.parts) {
            (Some(part), Some(parts)) => {
                parts.insert(part.to_owned());
            }
            (Some(_), None) => {}
            (None, parts) => *parts = None,
        }
    }

    fn lead(&mut self, file: FileId, to: Option<Expr<'_>>) {
        let path = match to {
            Some(Expr::Str(path)) => file.vpath().parent().and_then(|folder| folder.join(&path.get()).ok()),
            _ => None,
        };
        match (path, &mut self.files) {
            (Some(path), Some(files)) => {
                files.insert(path.get_without_slash().to_owned());
            }
            (Some(_), None) => {}
            (None, files) => *files = None,
        }
    }
}

/// The places of the children that are names of something: what a thing is called is no use of it.
fn names(node: &SyntaxNode) -> Vec<usize> {
    let is_name = |place: usize| node.children().nth(place).is_some_and(|child| child.kind() == SyntaxKind::Ident);
    let first = match node.kind() {
        SyntaxKind::Params | SyntaxKind::ImportItems | SyntaxKind::ImportItemPath => {
            return (0..node.children().len()).filter(|&place| is_name(place)).collect();
        }
        SyntaxKind::Closure | SyntaxKind::Named => 0,
        // Behind `let` and a space.
        SyntaxKind::LetBinding => 2,
        _ => return Vec::new(),
    };
    if is_name(first) { vec![first] } else { Vec::new() }
}

fn is_model(target: Expr<'_>) -> bool {
    matches!(target, Expr::Ident(name) if name.as_str() == MODEL)
}

/// The part that is looked up by `data.at("part")`; `None` for other calls.
fn looked_up(access: ast::FieldAccess<'_>, args: ast::Args<'_>) -> Option<String> {
    match args.items().next() {
        Some(Arg::Pos(Expr::Str(name))) if access.field().as_str() == "at" => Some(name.get().into()),
        _ => None,
    }
}

/// Whether a file is read whose path is not written out.
fn puts_path_together(call: ast::FuncCall<'_>) -> bool {
    let reads = match call.callee() {
        Expr::Ident(name) => READERS.contains(&name.as_str()),
        Expr::FieldAccess(access) => READERS.contains(&access.field().as_str()),
        _ => false,
    };
    reads && !matches!(call.args().items().next(), Some(Arg::Pos(Expr::Str(_))))
}

/// Whether this is where the model is read.
fn is_definition(binding: ast::LetBinding<'_>) -> bool {
    let is_named = binding.kind().bindings().iter().any(|name| name.as_str() == MODEL);
    let Some(Expr::FuncCall(call)) = binding.init() else { return false };
    let is_read = |arg: Arg<'_>| matches!(arg, Arg::Pos(Expr::Str(path)) if path.get().ends_with(MODEL_FILE));
    is_named && matches!(call.callee(), Expr::Ident(name) if name.as_str() == "json") && call.args().items().all(is_read)
}

#[cfg(test)]
mod tests {
    use super::super::paths::file_id;
    use super::*;

    fn mentions(text: &str) -> Mentions {
        Mentions::of(&Source::new(file_id("folder/report.typ"), text.to_owned()))
    }

    /// The parts that a text mentions; `None` for all.
    fn parts(text: &str) -> Option<String> {
        mentions(text).parts.map(|parts| parts.into_iter().collect::<Vec<_>>().join(" "))
    }

    /// The files that a text mentions; `None` for all.
    fn files(text: &str) -> Option<String> {
        mentions(text).files.map(|files| files.into_iter().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn parts_are_fields_of_the_model() {
        let of = |text: &str| parts(text).expect("not all is mentioned");
        assert_eq!(of("#let data = json(\"/data.json\")\n#import \"/data.typ\": data, labels"), "");
        assert_eq!(of("#table(data.summary.first(), caption: [#data.period.name])"), "period summary");
        assert_eq!(of("#let indicator = data.sections.at(0).rows.at(data.first)"), "first sections");
        assert_eq!(of("#data.at(\"erratum\", default: data.none)"), "erratum none");
        assert_eq!(of("data: #text(data: 1)[data] #(data: 2) #let f(data) = none"), "");
        assert_eq!(of("#let f(data) = data.trends"), "trends");
        assert_eq!(of("#f(data.coverage, data.rows.map(row => row + data.unit))"), "coverage rows unit");
    }

    #[test]
    fn another_use_of_the_model_is_one_of_all() {
        for text in [
            "#f(data)",
            "#let (a, b) = data",
            "#(_ => data)",
            "#import \"/data.typ\": data as d",
            "#for (name, value) in data [#name]",
            "#data.keys()",
            "#data.at(name)",
            "#let copy = data",
            "#let copy = json(\"/data.json\")",
            "#(\"a\" in data)",
            "#let data = json(\"/data.json\").at(\"region\")",
            "#let f(x: data) = x",
            "$ data $",
            "#eval(\"da\" + \"ta\")",
            "#std.eval(\"1\")",
            "#import std: eval as e",
            "#import \"/data.typ\" as d\n#d.data.trends",
            "#import \"/data.typ\"\n#data.data.trends",
            "#p.data.at(\"trends\")",
            "#json(\"/data\" + \".json\")",
            "#std.read(path)",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn files_are_those_that_imports_name() {
        assert_eq!(files("#import \"/theme.typ\": *\n#include \"tables.typ\"").as_deref(), Some("folder/tables.typ theme.typ"));
        assert_eq!(files("#let f() = { import \"../parts.typ\": a }").as_deref(), Some("parts.typ"));
        assert_eq!(files("#import \"/\" + name"), None);
        assert_eq!(files("#eval(\"1\")"), None);
        assert_eq!(files("#\"/theme.typ\"").as_deref(), Some(""));
    }

    #[test]
    fn a_file_reaches_what_the_files_mention_that_it_leads_to() {
        let other = |path: &str, text: &str| Mentions::of(&Source::new(file_id(path), text.to_owned()));
        let a = other("a.typ", "#import \"b.typ\": *\n#data.one");
        let b = other("b.typ", "#import \"a.typ\": *\n#data.two");
        let c = other("c.typ", "#data");
        let others = [("a.typ", &a), ("b.typ", &b), ("c.typ", &c)];
        let (reached, all) = mentions("#import \"/a.typ\": *\n#data.three").reach(&others);
        assert_eq!(reached, BTreeSet::from(["a.typ", "b.typ"]));
        let mut model = serde_json::json!({"three": 3, "four": 4, "one": 1, "two": 2});
        all.keep(&mut model);
        assert_eq!(model.to_string(), "{\"three\":3,\"one\":1,\"two\":2}");
        let (reached, all) = mentions("#import \"/c.typ\": *").reach(&others);
        assert_eq!((reached, all.parts), (BTreeSet::from(["c.typ"]), None));
        assert_eq!(mentions("#eval(\"1\")").reach(&others).0.len(), 3);
    }
}
