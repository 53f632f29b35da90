//! Templates and phrases of all languages, filled in by minijinja. What they print is escaped for the markup that they are written in.

use std::collections::{BTreeMap, HashMap};

use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, Template};

use super::filters::{format_for_html, format_for_typst, in_case, literal, plain};
use super::mentions::LABELS;
use super::phrases;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean, did_you_mean_or_list};
use crate::language::{Language, LanguageCode};
use crate::sources::{TextFile, house};

/// How many steps the templates of a document may take; a report of thousands of regions takes fewer.
const FUEL: u64 = 50_000_000;

/// The ending of templates of pages; the other templates are those of documents.
const PAGES: &str = ".html.j2";

/// What templates are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Documents.
    Typst,
    /// Pages.
    Html,
}

impl Markup {
    /// Whether a file is a template in this markup.
    fn holds(self, path: &str) -> bool {
        path.ends_with(".j2") && path.ends_with(PAGES) == (self == Markup::Html)
    }
}

/// All templates in a markup, with the phrases of all languages.
pub struct Templates {
    environments: BTreeMap<LanguageCode, Environment<'static>>,
    /// Where each of them begins.
    places: BTreeMap<String, (FileName, u32)>,
}

impl Templates {
    /// The templates for these languages. Each is parsed when it is first asked for: most documents take few of the phrases, and what is parsed takes
    /// many times the memory of its text. All of them know the fixed words of their language, so no model has them.
    pub fn new(
        markup: Markup,
        (languages, labels): (&BTreeMap<LanguageCode, Language>, &BTreeMap<&LanguageCode, Value>),
        templates: &BTreeMap<String, TextFile>,
    ) -> Self {
        let mut all = Self { environments: BTreeMap::new(), places: BTreeMap::new() };
        for (code, language) in languages {
            let mut environment = environment(markup, language);
            environment.add_global(LABELS, labels[code].clone());
            let mut texts: HashMap<String, String> = HashMap::new();
            let files = templates.iter().filter(|(path, _)| markup.holds(path));
            let files = files.map(|(path, file)| (path.clone(), file.text.clone(), (file.name.clone(), 1)));
            let phrases = language.phrases.iter().map(|(name, phrase)| {
                let text = match markup {
                    Markup::Typst => phrase.text.clone(),
                    Markup::Html => phrases::html(&phrase.text),
                };
                (format!("phrases/{name}"), text, (phrase.file.clone(), phrase.line))
            });
            for (name, text, place) in files.chain(phrases) {
                all.places.insert(key(code, &name), place);
                texts.insert(name, text);
            }
            environment.set_loader(move |name| Ok(texts.get(name).cloned()));
            all.environments.insert(code.clone(), environment);
        }
        all
    }

    /// The text of a template in a language; `model` is what it knows.
    pub fn fill(&self, language: &LanguageCode, template: &str, model: Value) -> Result<String, Box<Diagnostic>> {
        let environment = self.environments.get(language).expect("there are templates for every language that is published");
        let filled = environment.get_template(template).and_then(|template| template.render(model.clone()));
        filled.map_err(|error| {
            let innermost = innermost(&error);
            let name = innermost.name().unwrap_or(template);
            let fallback = (FileName::new(format!("report-templates/{template}")), 1);
            let (file, first_line) = self.places.get(&key(language, name)).unwrap_or(&fallback);
            let found = fault(innermost, file, *first_line);
            let meant = || unknown_name(&environment.get_template(name).ok()?, environment, innermost.line()?, &model);
            let meant = if innermost.kind() == ErrorKind::UndefinedError { meant() } else { None };
            Box::new(match meant {
                Some(hint) => found.hint(hint),
                None => found,
            })
        })
    }
}

/// What is wrong with templates and phrases that cannot be parsed.
pub fn faults(languages: &BTreeMap<LanguageCode, Language>, templates: &BTreeMap<String, TextFile>) -> Vec<Diagnostic> {
    // Whether a text can be parsed depends on no filter and no language.
    let environment = Environment::new();
    let files = templates.iter().filter(|(path, _)| path.ends_with(".j2"));
    let files = files.map(|(path, file)| (path.clone(), file.text.as_str(), &file.name, 1));
    let phrases = languages.values().flat_map(|language| &language.phrases);
    let phrases = phrases.map(|(name, phrase)| (format!("phrases/{name}"), phrase.text.as_str(), &phrase.file, phrase.line));
    let parsed = |(name, text, file, first_line): (String, &str, &FileName, u32)| {
        environment.template_from_named_str(&name, text).err().map(|error| fault(&error, file, first_line))
    };
    files.chain(phrases).filter_map(parsed).collect()
}

/// Notes files of a project's templates that nothing leads to: they are none of the house, and no other file names them.
pub fn unread(templates: &BTreeMap<String, TextFile>) -> Vec<Diagnostic> {
    let is_template = |path: &str| path.ends_with(".typ") || path.ends_with(".j2");
    let is_own = |path: &str| {
        is_template(path) && house(path).is_none() && !path.starts_with("languages/") && !path.ends_with("/report.typ.j2")
    };
    let is_named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        templates.iter().any(|(other, file)| other != path && file.text.contains(name))
    };
    let strays = templates.iter().filter(|(path, _)| is_own(path) && !is_named(path));
    let note = |(path, file): (&String, &TextFile)| {
        let known = templates.keys().filter(|known| house(known).is_some()).map(String::as_str);
        let hint = did_you_mean(path, known);
        let hint = hint.unwrap_or_else(|| "name it in a template (`import`, `include`), or take it out".to_owned());
        Diagnostic::new(Rule::PassedOver, Place::File(file.name.clone()), "no template mentions this file; it is not read")
            .hint(hint)
    };
    strays.map(note).collect()
}

/// An environment without templates.
pub(super) fn environment(markup: Markup, language: &Language) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
    match markup {
        Markup::Typst => {
            environment.set_auto_escape_callback(|_| AutoEscape::Custom("typst".into()));
            environment.set_formatter(format_for_typst);
            environment.add_filter("literal", literal);
            environment.add_filter("plain", plain);
        }
        Markup::Html => {
            environment.set_auto_escape_callback(|_| AutoEscape::Custom("html".into()));
            environment.set_formatter(format_for_html);
        }
    }
    let rules = language.plural_rules();
    environment.add_filter("plural", move |number: Value, forms: Kwargs| -> Result<Value, minijinja::Error> {
        if !number.is_number() {
            return Err(minijinja::Error::new(ErrorKind::InvalidOperation, format!("expected a number, found `{number}`")));
        }
        let category = rules(number.to_string().trim_start_matches('-'));
        let form = forms.get::<Option<Value>>(category)?.or(forms.get::<Option<Value>>("other")?);
        // Marks the other forms as used, so that they are not refused as superfluous arguments.
        ["zero", "one", "two", "few", "many", "other"].iter().for_each(|category| {
            let _ = forms.get::<Option<Value>>(category);
        });
        forms.assert_all_used()?;
        form.ok_or_else(|| minijinja::Error::new(ErrorKind::MissingArgument, format!("the plural form `{category}` is missing")))
    });
    let endings = language.endings().cloned();
    environment.add_filter("case", move |value: Value, case: &str| {
        let form = in_case(endings.as_ref(), &value, case)?;
        Ok::<_, minijinja::Error>(match (markup, form.as_str()) {
            (Markup::Html, Some(text)) => Value::from(phrases::joined(text, ' ')),
            (Markup::Html, None) | (Markup::Typst, _) => form,
        })
    });
    environment
}

fn key(language: &LanguageCode, name: &str) -> String {
    format!("{language}:{name}")
}

/// The innermost error: an error in an included template is wrapped by one for each template that includes it.
fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let mut innermost = error;
    while let Some(source) = std::error::Error::source(innermost).and_then(|source| source.downcast_ref::<minijinja::Error>()) {
        innermost = source;
    }
    innermost
}

/// What is wrong with a name on a line of a template: the first that the model has not, and what may be meant by it. Names that templates set
/// themselves are not looked at; where an including template may have set a name, it is told only when one that is given is like it.
fn unknown_name(template: &Template<'_, '_>, environment: &Environment<'_>, line: usize, model: &Value) -> Option<String> {
    let text = template.source().lines().nth(line.checked_sub(1)?)?;
    let first = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    let global = |path: &str| environment.globals().find(|(name, _)| first(path) == **name).map(|(_, value)| value);
    let mut paths: Vec<(usize, String)> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|path| global(path).is_none() || first(path) == LABELS)
        .filter_map(|path| Some((text.find(&path)?, path)))
        .collect();
    paths.sort();
    paths.iter().find_map(|(_, path)| misnamed(path, (model, global(path))))
}

/// What may be meant by the first name of a path that is not there: below what all templates know, or else below the model.
fn misnamed(path: &str, (model, global): (&Value, Option<Value>)) -> Option<String> {
    let mut value = model.clone();
    for (depth, name) in path.split('.').enumerate() {
        let known = global.clone().filter(|_| depth == 0);
        let next = known.map_or_else(|| value.get_attr(name), Ok).ok()?;
        if !next.is_undefined() {
            value = next;
            continue;
        }
        if value.kind() != ValueKind::Map {
            return None;
        }
        let known: Vec<String> = value.try_iter().ok()?.map(|key| key.to_string()).collect();
        let known = known.iter().map(String::as_str).chain((depth == 0).then_some(LABELS));
        return Some(if depth == 0 {
            format!("there is no `{name}` in what the template is given: {}", did_you_mean(name, known)?)
        } else {
            let outer = path.split('.').take(depth).collect::<Vec<_>>().join(".");
            format!("there is no `{name}` in `{outer}`: {}", did_you_mean_or_list(name, known)?)
        });
    }
    None
}

/// What is wrong with a template, or with a text of a file that begins on a line.
pub(super) fn fault(error: &minijinja::Error, file: &FileName, first_line: u32) -> Diagnostic {
    let line = first_line + u32::try_from(error.line().unwrap_or(1)).unwrap_or(1).saturating_sub(1);
    let detail = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    let place = Place::Text { file: file.clone(), span: Span { line, column: 1 } };
    let hint = match error.kind() {
        ErrorKind::OutOfFuel => "look for loops within loops: the templates of a document take more than 50 million steps",
        ErrorKind::UndefinedError => "the names that templates may use stand in `report-templates/README.md`",
        ErrorKind::TemplateNotFound => "phrases stand in `report-templates/languages/`, included as `phrases/<name>`",
        _ => "look at this line of the template",
    };
    Diagnostic::new(Rule::InvalidTemplate, place, format!("the template cannot be used: {detail}")).hint(hint)
}
