//! Whether a theme of a project has all that the theme of the house has: templates of the house name its values.

use std::collections::{BTreeMap, BTreeSet};

use typst::syntax::ast::{self, DictItem, Expr};
use typst::syntax::{SyntaxNode, parse};

use super::coverage::THEME;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity, list_some, nearest};
use crate::sources::{TextFile, house};

/// Reports the values that a theme lacks: a document that needs one cannot be made.
pub fn check(theme: Option<&TextFile>, diagnostics: &mut Vec<Diagnostic>) {
    let Some((theme, house)) = theme.zip(house(THEME)).filter(|(theme, house)| theme.text != *house) else { return };
    let root = parse(&theme.text);
    // What a broken file says cannot be told; its fault has a finding of its own.
    if !root.errors_and_warnings().0.is_empty() {
        return;
    }
    let (Some(own), Some(house)) = (values(&root), values(&parse(house))) else { return };
    let missing = missing(&own, &house);
    if missing.is_empty() {
        return;
    }
    let message = format!("this theme lacks {}: documents that need them cannot be made", list_some(&missing));
    let strange = self::missing(&house, &own);
    let slip = strange.iter().find_map(|name| Some((name, nearest(name, missing.iter().map(String::as_str))?)));
    let hint = match slip {
        Some((name, meant)) => format!("the theme has `{name}`, which nothing of the house uses; did you mean `{meant}`?"),
        None => {
            "copy them from the theme that comes with the program (`esep templates theme.typ`), which may have gained them since \
                 this one was copied"
                .to_owned()
        }
    };
    let mut found = Diagnostic::new(Rule::InvalidTemplate, Place::File(theme.name.clone()), message).hint(hint);
    found.severity = Severity::Warning;
    diagnostics.push(found);
}

/// The names that a file gives to values, each with the keys of a dictionary; `None` where the value is none, or is not written out.
type Values = BTreeMap<String, Option<BTreeSet<String>>>;

/// What a file names itself or imports by name; `None` where it imports all of another file.
fn values(root: &SyntaxNode) -> Option<Values> {
    let mut imported = Values::new();
    for import in root.children().filter_map(SyntaxNode::cast::<ast::ModuleImport<'_>>) {
        match import.imports() {
            Some(ast::Imports::Wildcard) => return None,
            Some(ast::Imports::Items(items)) => {
                imported.extend(items.iter().map(|item| (item.bound_name().as_str().to_owned(), None)));
            }
            None => {}
        }
    }
    let bindings = root.children().filter_map(SyntaxNode::cast::<ast::LetBinding<'_>>);
    let named = |binding: ast::LetBinding<'_>| {
        let keys = match binding.init() {
            Some(Expr::Dict(dictionary)) => keys(dictionary),
            _ => None,
        };
        binding.kind().bindings().into_iter().map(|name| (name.as_str().to_owned(), keys.clone())).collect::<Vec<_>>()
    };
    Some(imported.into_iter().chain(bindings.flat_map(named)).collect())
}

/// The keys of a dictionary; `None` where some of them come from elsewhere.
fn keys(dictionary: ast::Dict<'_>) -> Option<BTreeSet<String>> {
    let key = |item: DictItem<'_>| match item {
        DictItem::Named(named) => Some(named.name().as_str().to_owned()),
        DictItem::Keyed(keyed) => match keyed.key() {
            Expr::Str(text) => Some(text.get().into()),
            _ => None,
        },
        DictItem::Spread(_) => None,
    };
    dictionary.items().map(key).collect()
}

fn missing(own: &Values, house: &Values) -> Vec<String> {
    let lacking = |(name, keys): (&String, &Option<BTreeSet<String>>)| match (own.get(name), keys) {
        (None, _) => vec![name.clone()],
        (Some(Some(own)), Some(keys)) => keys.difference(own).map(|key| format!("{name}.{key}")).collect(),
        (Some(_), _) => Vec::new(),
    };
    house.iter().flat_map(lacking).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_house_that_a_theme_lacks_are_named() {
        let values = |text: &str| values(&parse(text));
        let house = values("#let size = (body: 9pt, label: 7pt)\n#let fonts = (\"A\",)\n#let f(x) = x\n#let gone = 1")
            .expect("it imports nothing");
        let lacking = |text: &str| values(text).map(|own| missing(&own, &house).join(" "));
        assert_eq!(lacking("#let size = (body: 8pt)\n#let fonts = \"B\"\n#let f = x => x"), "gone size.label".to_owned().into());
        assert_eq!(
            lacking("#let size = (..base, body: 8pt)\n#let fonts = f()\n#let f(x) = x\n#let gone = 2"),
            String::new().into()
        );
        assert_eq!(lacking("#import \"brand.typ\": size, fonts, gone\n#let f(x) = x"), String::new().into());
        assert_eq!(lacking("#import \"brand.typ\": *"), None);
    }
}
