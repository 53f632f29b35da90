//! The typesetter: minijinja writes the words of a document and their order, Typst sets them. Fonts, the library and shared files are
//! loaded once for a run.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, ErrorKind};
use serde::{Deserialize, Serialize};
use typst::diag::{FileError, FileResult, PackageError, SourceDiagnostic, SourceResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, Source, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_kit::diagnostics::DiagnosticWorld;
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::filters::{format_for_typst, in_case, literal, plain};
use super::origin::Origins;
use super::paths::{file_id, virtual_path};
use super::signs::Signs;
use super::{audience, coverage, lint, pictures};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span};
use crate::language::{Language, LanguageCode, punctuation};
use crate::report::model::Manuscript;
use crate::sources::{BinaryFile, FONTS, TextFile, has_extension};

/// The name of the escape for Typst markup.
const TYPST: &str = "typst";

/// How many steps the templates of a document may take before it is set; a report of thousands of regions takes fewer.
const FUEL: u64 = 50_000_000;

/// A finished document.
#[derive(Debug)]
pub struct Document {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// A document that could not be set.
#[derive(Debug)]
pub struct Failure {
    /// The findings, with places in the templates.
    pub diagnostics: Vec<Diagnostic>,
    /// The Typst text, where the template could be rendered; places in `report.typ` are places in this text.
    pub generated: Option<String>,
}

/// What the typesetter needs to know of a manuscript beside its model.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Draft<'a> {
    /// The folder of its template.
    folder: &'a str,
    /// The code of its language.
    language: &'a str,
    /// Its number.
    number: &'a str,
    /// The day in its metadata: year, month and day.
    day: (i32, u8, u8),
    /// For whom it is; `None` when it is for everybody.
    audience: Option<&'a str>,
}

impl<'a> Draft<'a> {
    /// The draft of a manuscript.
    pub(super) fn new<M: Manuscript>(manuscript: &'a M, date: Date) -> Self {
        let front = manuscript.front();
        let day = (i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs());
        let audience = front.audience.as_deref();
        Self { folder: manuscript.folder(), language: &front.language.code, number: &front.number, day, audience }
    }
}

/// The model of a manuscript as JSON, for its template.
pub(super) fn model<M: Manuscript>(manuscript: &M) -> String {
    serde_json::to_string(manuscript).expect("a report model is plain data")
}

/// Everything that all documents share.
pub struct Engine {
    environments: BTreeMap<LanguageCode, Environment<'static>>,
    phrases: BTreeMap<String, (FileName, u32)>,
    library: LazyHash<Library>,
    fonts: FontStore,
    signs: Signs,
    shared: HashMap<FileId, Source>,
    pictures: HashMap<FileId, Bytes>,
    main: FileId,
    data: FileId,
    csv: FileId,
    standards: PdfStandards,
    origins: Origins,
}

/// The fonts that templates may name: the project's, the house's, and those of the typesetter.
pub(super) fn fonts(assets: &[BinaryFile]) -> FontStore {
    let mut store = FontStore::new();
    let own = assets.iter().filter(|file| has_extension(&file.name, FONTS)).map(|font| Bytes::new(font.bytes.clone()));
    let house = [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF].map(Bytes::new);
    for data in own.chain(house) {
        store.extend(Font::iter(data).map(|font| {
            let info = font.info().clone();
            (font, info)
        }));
    }
    store.extend(typst_kit::fonts::embedded());
    store
}

/// The signs that documents with these templates and fonts can show.
pub(super) fn signs(templates: &BTreeMap<String, TextFile>, fonts: &FontStore) -> Signs {
    let families = templates.get(coverage::THEME).and_then(coverage::families);
    Signs::new(fonts.book(), families.as_ref().map(|(_, families)| families.as_slice()))
}

/// The path of the main template in a folder.
pub(super) fn main_template(folder: &str) -> String {
    format!("{folder}/report.typ.j2")
}

impl Engine {
    /// Loads templates, fonts and pictures. A template that cannot be parsed is reported; the others can be used.
    pub(super) fn new(
        languages: &BTreeMap<LanguageCode, Language>,
        templates: &BTreeMap<String, TextFile>,
        assets: &[BinaryFile],
    ) -> (Self, Vec<Diagnostic>) {
        let fonts = fonts(assets);
        let signs = signs(templates, &fonts);
        let features = [Feature::A11yExtras].into_iter().collect();
        let shared = templates
            .iter()
            .filter(|(path, _)| path.ends_with(".typ"))
            .filter_map(|(path, file)| Some((virtual_path(path)?.intern(), &file.text)))
            .map(|(id, text)| (id, Source::new(id, text.clone())))
            .collect();
        let mut engine = Self {
            environments: BTreeMap::new(),
            phrases: BTreeMap::new(),
            library: LazyHash::new(Library::builder().with_features(features).with_inputs(pictures::inputs(assets)).build()),
            fonts,
            signs,
            shared,
            pictures: pictures::files(assets),
            main: file_id("report.typ"),
            data: file_id("data.json"),
            csv: file_id("data.csv"),
            standards: PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a]).expect("UA-1 and A-3a go together"),
            origins: Origins::new(templates),
        };
        let mut faults = Vec::new();
        for (code, language) in languages {
            let environment = engine.environment(language, templates, &mut faults);
            engine.environments.insert(code.clone(), environment);
        }
        (engine, faults)
    }

    /// The fonts, and the signs that a page can show with them.
    pub(super) fn known(&self) -> (&FontBook, &Signs) {
        (self.fonts.book(), &self.signs)
    }

    /// Sets a document. `csv` is attached where the template says so; `date` is the day in its metadata.
    ///
    /// # Errors
    /// The faults of the templates. Warnings (an unknown font, a layout that does not settle) count as faults: a PDF made in spite of them
    /// may lack text. So do breaches of what readers need who cannot see the page, and pages that do not say for whom they are.
    pub fn typeset<M: Manuscript>(&self, manuscript: &M, csv: &str, date: Date) -> Result<Document, Failure> {
        self.set(&Draft::new(manuscript, date), &model(manuscript), csv)
    }

    /// Sets a document from its draft; `model` is given to its template, as JSON.
    pub(super) fn set(&self, draft: &Draft<'_>, model: &str, csv: &str) -> Result<Document, Failure> {
        // Signs of JSON itself are plain; all others stand in texts.
        let model = punctuation::dashes(&self.signs.shown(model));
        let given: Value = serde_json::from_str(&model).expect("other signs in texts leave it JSON");
        let text = self.render(draft, given).map_err(|found| Failure { diagnostics: vec![*found], generated: None })?;
        let text = punctuation::stops(&punctuation::dashes(&text));
        let (year, month, day) = draft.day;
        let date = Datetime::from_ymd(year, month, day).expect("a day of the calendar");
        let files = HashMap::from([(self.data, Bytes::new(model.into_bytes())), (self.csv, Bytes::new(csv.as_bytes().to_vec()))]);
        let job = Job { engine: self, main: Source::new(self.main, text), files, date };
        let compiled = typst::compile::<PagedDocument>(&job);
        let mut faults: Vec<SourceDiagnostic> = compiled.warnings.into_iter().collect();
        if let Ok(document) = &compiled.output {
            faults.extend(lint::breaches(document));
            faults.extend(
                draft
                    .audience
                    .iter()
                    .flat_map(|words| audience::breaches(document, &punctuation::dashes(&self.signs.shown(words)))),
            );
        }
        let outcome = match compiled.output {
            Ok(document) if faults.is_empty() => {
                let options = PdfOptions {
                    ident: Smart::Custom(format!("{}/{}", draft.number, draft.language).as_str().into()),
                    creator: Smart::Custom(Some(concat!("esep ", env!("CARGO_PKG_VERSION")).into())),
                    timestamp: Some(Timestamp::new_utc(date)),
                    standards: self.standards.clone(),
                    ..PdfOptions::default()
                };
                let pages = document.pages().len();
                typst_pdf::pdf(&document, &options).map(|bytes| Document { bytes, pages }).map_err(|errors| faults.extend(errors))
            }
            Ok(_) => Err(()),
            Err(errors) => {
                faults.extend(errors);
                Err(())
            }
        };
        // Documents share little, so what one leaves in the cache is kept for the next one only.
        typst::comemo::evict(1);
        outcome.map_err(|()| job.failure(&faults))
    }

    /// Sets a Typst text that needs no model.
    pub(super) fn pages_of(&self, text: String) -> SourceResult<PagedDocument> {
        let date = Datetime::from_ymd(2000, 1, 1).expect("a day of the calendar");
        let job = Job { engine: self, main: Source::new(self.main, text), files: HashMap::new(), date };
        typst::compile::<PagedDocument>(&job).output
    }

    fn environment(
        &mut self,
        language: &Language,
        templates: &BTreeMap<String, TextFile>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Environment<'static> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::Custom(TYPST.into()));
        environment.set_formatter(format_for_typst);
        environment.add_filter("literal", literal);
        environment.add_filter("plain", plain);
        let rules = language.plural_rules();
        environment.add_filter("plural", move |number: i64, forms: Kwargs| -> Result<Value, minijinja::Error> {
            let category = rules(number.unsigned_abs());
            let form = forms.get::<Option<Value>>(category)?.or(forms.get::<Option<Value>>("other")?);
            // Marks the other forms as used, so that they are not refused as superfluous arguments.
            ["zero", "one", "two", "few", "many", "other"].iter().for_each(|category| {
                let _ = forms.get::<Option<Value>>(category);
            });
            forms.assert_all_used()?;
            form.ok_or_else(|| {
                minijinja::Error::new(ErrorKind::MissingArgument, format!("the plural form `{category}` is missing"))
            })
        });
        let endings = language.endings().cloned();
        environment.add_filter("case", move |value: Value, case: &str| in_case(endings.as_ref(), &value, case));
        let mut add = |name: String, text: &str, file: &FileName, first_line: u32| {
            self.phrases.insert(template_key(&language.code, &name), (file.clone(), first_line));
            if let Err(error) = environment.add_template_owned(name, text.to_owned()) {
                diagnostics.push(template_fault(&error, file, first_line));
            }
        };
        for (path, file) in templates.iter().filter(|(path, _)| path.ends_with(".j2")) {
            add(path.clone(), &file.text, &file.name, 1);
        }
        for (name, phrase) in &language.phrases {
            add(format!("phrases/{name}"), &phrase.text, &phrase.file, phrase.line);
        }
        environment
    }

    /// The Typst text of a document; `model` is what its templates know of it.
    fn render(&self, draft: &Draft<'_>, model: Value) -> Result<String, Box<Diagnostic>> {
        let language = LanguageCode::new(draft.language);
        let environment =
            self.environments.get(&language).expect("an engine has an environment for every language of its reports");
        let template = main_template(draft.folder);
        let rendered = environment.get_template(&template).and_then(|template| template.render(model));
        rendered.map_err(|error| {
            let innermost = innermost(&error);
            let name = innermost.name().unwrap_or(&template);
            let fallback = (FileName::new(format!("report-templates/{template}")), 1);
            let (file, first_line) = self.phrases.get(&template_key(&language, name)).unwrap_or(&fallback);
            Box::new(template_fault(innermost, file, *first_line))
        })
    }
}

fn template_key(language: &LanguageCode, name: &str) -> String {
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

fn template_fault(error: &minijinja::Error, file: &FileName, first_line: u32) -> Diagnostic {
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

/// One document being set.
struct Job<'a> {
    engine: &'a Engine,
    main: Source,
    files: HashMap<FileId, Bytes>,
    date: Datetime,
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        self.engine.fonts.book()
    }
    fn main(&self) -> FileId {
        self.engine.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.engine.main {
            return Ok(self.main.clone());
        }
        self.engine.shared.get(&id).cloned().ok_or_else(|| missing(id))
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).or_else(|| self.engine.pictures.get(&id)).cloned().ok_or_else(|| missing(id))
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.engine.fonts.font(index)
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.date)
    }
}

impl DiagnosticWorld for Job<'_> {
    fn name(&self, id: FileId) -> String {
        id.vpath().get_without_slash().into()
    }
}

/// The error for files outside of the project's templates: packages and the network cannot be used.
fn missing(id: FileId) -> FileError {
    match id.root() {
        VirtualRoot::Package(package) => FileError::Package(PackageError::NotFound(package.clone())),
        VirtualRoot::Project => FileError::NotFound(id.vpath().get_without_slash().into()),
    }
}

impl Job<'_> {
    fn failure(&self, faults: &[SourceDiagnostic]) -> Failure {
        let diagnostics = faults
            .iter()
            .map(|fault| {
                let (file, span) = self.place(fault).unwrap_or_else(|| ("report.typ".to_owned(), Span { line: 1, column: 1 }));
                let (mut file, mut span) =
                    (FileName::new(if file == "report.typ" { file } else { format!("report-templates/{file}") }), span);
                let inner = inner_fault(&fault.message);
                let mut hints: Vec<String> = match inner {
                    // The hints of Typst itself speak of its own text.
                    Some(_) => vec!["look for measures that no page has, such as a width beyond all paper".into()],
                    None => fault.hints.iter().map(|hint| hint.v.to_string()).collect(),
                };
                if file.as_str() == "report.typ" {
                    // The templates made this file, so a line of it leads back to the template line that made it.
                    let line = self.main.text().lines().nth(span.line as usize - 1).unwrap_or_default();
                    hints.push(format!("the templates made the line `{line}`"));
                    (file, span) = self.engine.origins.of(line, span.column).unwrap_or((file, span));
                }
                let message = inner.map_or_else(|| fault.message.to_string(), |inner| format!("this cannot be set: {inner}"));
                Diagnostic::new(Rule::InvalidTemplate, Place::Text { file, span }, message)
                    .maybe_hint(Some(hints.join("; ")).filter(|hints| !hints.is_empty()))
            })
            .collect();
        Failure { diagnostics, generated: Some(self.main.text().to_owned()) }
    }

    fn place(&self, fault: &SourceDiagnostic) -> Option<(String, Span)> {
        let (id, range) = (fault.span.id()?, self.range(fault.span)?);
        let (line, column) = self.source(id).ok()?.lines().byte_to_line_column(range.start)?;
        Some((self.name(id), Span { line: line as u32 + 1, column: column as u32 + 1 }))
    }
}

/// The message of a fault that Typst takes for its own, without the place in its own code; `None` for other faults.
fn inner_fault(message: &str) -> Option<&str> {
    let inner = message.strip_prefix("internal error: ")?;
    Some(inner.split(" (occurred at ").next().unwrap_or(inner))
}

#[cfg(test)]
mod tests {
    use super::super::filters::escape;
    use super::super::signs::REPLACEMENT;
    use super::*;

    fn engine() -> Engine {
        let text = include_str!("../../report-templates/theme.typ").to_owned();
        let theme = TextFile { name: FileName::new("report-templates/theme.typ"), text };
        let templates = BTreeMap::from([("theme.typ".to_owned(), theme)]);
        Engine::new(&BTreeMap::new(), &templates, &[]).0
    }

    /// The faults of a page with this text.
    fn faults(engine: &Engine, text: &str) -> Vec<String> {
        let head = "#set document(title: \"x\", date: datetime(year: 2025, month: 1, day: 1))\n\
                    #import \"theme.typ\": fonts\n#set text(lang: \"en\", font: fonts)\n";
        let document = engine.pages_of(format!("{head}{text}")).expect("the text can be set");
        let options = PdfOptions { standards: engine.standards.clone(), ..PdfOptions::default() };
        let errors = typst_pdf::pdf(&document, &options).err().into_iter().flatten();
        errors.map(|error| error.message.to_string()).collect()
    }

    #[test]
    fn every_sign_that_is_left_as_it_is_can_be_set() {
        let engine = engine();
        let all: Vec<char> = ('\u{20}'..='\u{1ffff}').chain('\u{e0000}'..='\u{e0fff}').collect();
        let shown: Vec<char> =
            all.into_iter().filter(|&sign| engine.signs.shown(&sign.to_string()) == sign.to_string()).collect();
        assert!(shown.len() > 5_000, "{}", shown.len());
        for signs in shown.chunks(500) {
            let text: String = signs.iter().map(|sign| escape(&format!("a{sign} "))).collect();
            assert_eq!(faults(&engine, &format!("{text}\n\n*{text}*\n\n_{text}_\n\n_*{text}*_")), [""; 0]);
        }
    }

    #[test]
    fn a_sign_that_no_font_has_is_replaced() {
        let signs = engine().signs;
        assert_eq!(signs.shown("№ 5 «Қазақстан» – π"), "№ 5 «Қазақстан» – π");
        assert_eq!(signs.shown("a\u{f0b7}b \u{1f600} 漢"), "a\u{fffd}b \u{fffd} \u{fffd}");
        assert_eq!(signs.shown("a\u{feff}b\u{ad}c"), "ab\u{ad}c");
        assert!(signs.has(REPLACEMENT));
    }
}
