//! Report and templates in, PDF bytes out.
//!
//! minijinja writes the words and their order, Typst sets them. Fonts, library and shared files are loaded once for a run.

mod coverage;
mod fonts;
mod lint;
mod origin;
mod pictures;
mod signs;
mod watch;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State};
use typst::diag::{FileError, FileResult, PackageError, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_kit::diagnostics::DiagnosticWorld;
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span};
use crate::language::{Endings, Language, LanguageCode};
use crate::report::model::Manuscript;
use crate::sources::{BinaryFile, FONTS, TextFile, has_extension};
pub use fonts::check as check_fonts;
use origin::Origins;
pub use signs::REPLACEMENT;
use signs::Signs;
pub use watch::{Bounds, Making, Overrun, Watch};

/// The name of the escape for Typst markup.
const TYPST: &str = "typst";

/// So many steps the templates of a document may take, before it is set: a report of thousands of regions takes fewer.
const FUEL: u64 = 50_000_000;

/// A finished document.
#[derive(Debug)]
pub struct Document {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// A report that could not be typeset.
#[derive(Debug)]
pub struct Failure {
    /// Why, with places in the templates.
    pub diagnostics: Vec<Diagnostic>,
    /// The Typst text that was set, when the template could be rendered: places in `report.typ` are places in it.
    pub generated: Option<String>,
}

/// Everything that all reports share.
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

/// Loads the templates, fonts and pictures for documents whose templates stand in `folders`. A template that cannot be parsed is
/// reported, a picture that cannot be shown, and a theme whose fonts lack letters of `texts`.
pub fn prepare(
    languages: &BTreeMap<LanguageCode, Language>,
    templates: &BTreeMap<String, TextFile>,
    folders: &BTreeSet<String>,
    assets: &[BinaryFile],
    texts: &[&str],
    diagnostics: &mut Vec<Diagnostic>,
) -> Engine {
    let fonts = fonts(assets);
    let signs = signs(templates, &fonts);
    let features = [Feature::A11yExtras].into_iter().collect();
    let shared = templates
        .iter()
        .filter(|(path, _)| path.ends_with(".typ"))
        .filter_map(|(path, file)| Some((virtual_path(path)?.intern(), &file.text)))
        .map(|(id, text)| (id, Source::new(id, text.clone())))
        .collect();
    let mut engine = Engine {
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
    let known = (&**engine.fonts.book(), &engine.signs);
    coverage::check(templates.get(coverage::THEME), known, texts.iter().copied(), diagnostics);
    pictures::check(&engine, assets, diagnostics);
    for (code, language) in languages {
        let environment = engine.environment(language, templates, diagnostics);
        engine.environments.insert(code.clone(), environment);
    }
    for template in folders.iter().map(|folder| main_template(folder)).filter(|template| !templates.contains_key(template)) {
        let place = Place::File(FileName::new(format!("report-templates/{template}")));
        diagnostics.push(
            Diagnostic::new(Rule::InvalidTemplate, place, "expected a template of documents, found none")
                .hint("`report` of a level in `programme.yaml` names the folder of its template"),
        );
    }
    engine
}

/// The fonts that templates may name: the project's own, the house's, those of the typesetter.
fn fonts(assets: &[BinaryFile]) -> FontStore {
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

/// The signs that documents can show with these templates and fonts.
fn signs(templates: &BTreeMap<String, TextFile>, fonts: &FontStore) -> Signs {
    let families = templates.get(coverage::THEME).and_then(coverage::families);
    Signs::new(fonts.book(), families.as_ref().map(|(_, families)| families.as_slice()))
}

/// Those of `texts` that hold signs which documents cannot show, with these signs. Nothing is loaded where all are ASCII.
pub fn unprintable(templates: &BTreeMap<String, TextFile>, assets: &[BinaryFile], used: &BTreeSet<char>) -> BTreeSet<char> {
    if used.iter().all(char::is_ascii) {
        return BTreeSet::new();
    }
    let signs = signs(templates, &fonts(assets));
    used.iter().copied().filter(|&sign| !signs.has(sign)).collect()
}

/// The template of a folder that makes the document.
fn main_template(folder: &str) -> String {
    format!("{folder}/report.typ.j2")
}

/// File ids are interned for ever, 65,535 in all: every report uses the same few paths.
fn file_id(path: &str) -> FileId {
    virtual_path(path).expect("a plain relative path").intern()
}

/// A path as templates write it; `None` for one with signs that they cannot write.
fn virtual_path(path: &str) -> Option<RootedPath> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?))
}

/// Runs `work` on every item, on threads of its own: `typst::compile` uses rayon inside, and calling it from rayon's pool
/// nests compilations on one stack until memory runs out. Where the system lets fewer threads start, there are fewer.
///
/// # Errors
/// When not a single thread can be started.
pub fn for_each<T: Sync>(items: &[T], workers: usize, work: impl Fn(&T) + Sync) -> std::io::Result<()> {
    let pool = || rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build();
    let own = pool().map_err(std::io::Error::other)?;
    let others: Vec<rayon::ThreadPool> = (1..workers.min(items.len())).map_while(|_| pool().ok()).collect();
    let next = AtomicUsize::new(0);
    let turn = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item);
        }
    };
    std::thread::scope(|scope| {
        for other in &others {
            // A pool that nobody waits for stands idle.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || other.install(turn));
        }
        own.install(turn);
    });
    Ok(())
}

/// Does one piece of work as [`for_each`] does: on a thread of its own, whose time is that of the work. Where the system refuses the
/// thread, it is done here.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

impl Engine {
    /// Sets a document; `csv` is attached to it where its template says so, `date` stands in its metadata.
    ///
    /// # Errors
    /// What is wrong with the templates. Warnings (an unknown font, a layout that does not settle) count too: a PDF made in
    /// spite of them may lack its text. So do breaches of what readers need who cannot see the page.
    pub fn typeset<M: Manuscript>(&self, manuscript: &M, csv: &str, date: Date) -> Result<Document, Failure> {
        let front = manuscript.front();
        let json = serde_json::to_string(manuscript).expect("a report model is plain data");
        // Signs of JSON itself are plain; all others stand in texts.
        let json = self.signs.shown(&json);
        let text = match &json {
            Cow::Borrowed(_) => self.render(manuscript, minijinja::value::Serde(manuscript)),
            Cow::Owned(json) => {
                let shown: serde_json::Value = serde_json::from_str(json).expect("other signs in texts leave it JSON");
                self.render(manuscript, minijinja::value::Serde(shown))
            }
        };
        let text = text.map_err(|diagnostic| Failure { diagnostics: vec![*diagnostic], generated: None })?;
        let date = Datetime::from_ymd(i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
            .expect("a day of the calendar");
        let files = HashMap::from([
            (self.data, Bytes::new(json.into_owned().into_bytes())),
            (self.csv, Bytes::new(csv.as_bytes().to_vec())),
        ]);
        let job = Job { engine: self, main: Source::new(self.main, text), files, date };
        let compiled = typst::compile::<PagedDocument>(&job);
        let mut faults: Vec<SourceDiagnostic> = compiled.warnings.into_iter().collect();
        if let Ok(document) = &compiled.output {
            faults.extend(lint::breaches(document));
        }
        let outcome = match compiled.output {
            Ok(document) if faults.is_empty() => {
                let options = PdfOptions {
                    ident: Smart::Custom(format!("{}/{}", front.number, front.language.code).as_str().into()),
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
        // Reports share little: what one leaves behind serves the next one, and no more.
        typst::comemo::evict(1);
        outcome.map_err(|()| job.failure(&faults))
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
            // The forms not chosen are no superfluous arguments.
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

    /// The Typst text of a document; `context` is what its templates are told of it.
    fn render<M: Manuscript>(&self, manuscript: &M, context: impl Into<Value>) -> Result<String, Box<Diagnostic>> {
        let language = LanguageCode::new(&manuscript.front().language.code);
        let environment =
            self.environments.get(&language).expect("an engine has an environment for every language of its reports");
        let template = main_template(manuscript.folder());
        let rendered = environment.get_template(&template).and_then(|template| template.render(context));
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

/// An error in an included template is wrapped by those of the templates that include it.
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

/// Escapes every value for Typst markup, unless it is marked as safe; `none` prints nothing.
fn format_for_typst(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    out.write_str(&if value.is_safe() { text } else { escape(&text) }).map_err(minijinja::Error::from)
}

/// Text that Typst prints as it is: every sign of its markup is escaped. A number does not part from its ending (`20-сы`).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let joins = letter == '-' && before.is_ascii_digit() && letters.peek().is_some_and(|next| next.is_alphabetic());
        before = letter;
        match letter {
            '-' if joins => escaped.push_str("\\-\u{2060}"),
            '\\' | '#' | '$' | '*' | '_' | '`' | '<' | '>' | '@' | '[' | ']' | '~' | '"' | '\'' | '/' | '=' | '+' | '-' | ':'
            | '.' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text that stands behind a picture has no more letters, in UTF-16: the strings of PDF/A end at 32,767 bytes.
const LONGEST_LITERAL: usize = 16_000;

/// `plain`: undoes [`escape`], for text that goes into a literal. The words for a picture of thousands of regions are cut: the table
/// beside it has all of them.
fn plain(text: String) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    let mut length = 0;
    while let Some(letter) = letters.next() {
        length += letter.len_utf16();
        if length > LONGEST_LITERAL {
            plain.push('…');
            break;
        }
        match letter {
            '\\' => plain.extend(letters.next()),
            // It only holds a line together.
            '\u{2060}' => {}
            letter => plain.push(letter),
        }
    }
    plain.trim().to_owned()
}

/// `case`: a name or a number as it stands in a case of the language.
fn in_case(endings: Option<&Endings>, value: &Value, case: &str) -> Result<Value, minijinja::Error> {
    if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(value.clone());
    }
    let fault = |why: String| minijinja::Error::new(ErrorKind::InvalidOperation, why);
    let endings =
        endings.ok_or_else(|| fault(format!("the case `{case}` is not known: the language file has no section `endings`")))?;
    let known = || endings.cases().collect::<Vec<_>>().join(", ");
    let form = endings
        .case(&value.to_string(), case)
        .ok_or_else(|| fault(format!("the case `{case}` is not known; the language file has {}", known())))?;
    Ok(if value.is_safe() { Value::from_safe_string(form) } else { Value::from(form) })
}

/// `literal`: a value as Typst code.
fn literal(value: Value) -> Value {
    let text = if value.is_none() || value.is_undefined() {
        "none".to_owned()
    } else if value.kind() == ValueKind::Bool {
        value.is_true().to_string()
    } else if value.is_number() {
        value.to_string()
    } else {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let escaped: String = text
            .chars()
            .map(|letter| match letter {
                '\\' => "\\\\".to_owned(),
                '"' => "\\\"".to_owned(),
                letter if letter.is_control() => " ".to_owned(),
                letter => letter.to_string(),
            })
            .collect();
        format!("\"{escaped}\"")
    };
    Value::from_safe_string(text)
}

/// One report being set.
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

/// Nothing but the project's own templates is to be had: no packages, no network.
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
                    // Its own hints tell of its text.
                    Some(_) => vec!["look for measures that no page has, such as a width beyond all paper".into()],
                    None => fault.hints.iter().map(|hint| hint.v.to_string()).collect(),
                };
                if file.as_str() == "report.typ" {
                    // The templates made this file: what it says there leads back to the line that made it.
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

/// What Typst says of a fault that it takes for its own, without the place in its own text.
fn inner_fault(message: &str) -> Option<&str> {
    let inner = message.strip_prefix("internal error: ")?;
    Some(inner.split(" (occurred at ").next().unwrap_or(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_is_only_text() {
        assert_eq!(escape("#[evil]*"), "\\#\\[evil\\]\\*");
        assert_eq!(plain(escape("a \"b\" - c/d\\e #1.")), "a \"b\" - c/d\\e #1.");
    }

    #[test]
    fn the_words_for_a_picture_end_where_a_document_can_hold_no_more() {
        let long = plain("ә".repeat(20_000));
        assert_eq!((long.chars().count(), long.ends_with("ә…")), (16_001, true));
        assert_eq!(plain("ә".repeat(16_000)).chars().count(), 16_000);
    }

    #[test]
    fn a_number_stays_with_its_ending() {
        assert_eq!(escape("20-сы, 2024-2025, a-b"), "20\\-\u{2060}сы, 2024\\-2025, a\\-b");
        assert_eq!(plain(escape("20-сы")), "20-сы");
    }

    #[test]
    fn a_case_is_a_fault_only_where_it_is_used() {
        let name = Value::from("Tolan");
        let message = in_case(None, &name, "locative").expect_err("there are no endings").to_string();
        assert!(message.contains("the language file has no section `endings`"), "{message}");
        let message = in_case(Some(&Endings::default()), &name, "locative").expect_err("there are no cases").to_string();
        assert!(message.contains("the case `locative` is not known"), "{message}");
        assert_eq!(in_case(None, &Value::from(()), "locative").expect("nothing has no case"), Value::from(()));
    }

    #[test]
    fn a_literal_cannot_be_left() {
        assert_eq!(literal(Value::from("a\" + panic() + \"\\")).to_string(), "\"a\\\" + panic() + \\\"\\\\\"");
        assert_eq!(literal(Value::from(3)).to_string(), "3");
        assert_eq!(literal(Value::from(true)).to_string(), "true");
        assert_eq!(literal(Value::from(())).to_string(), "none");
    }
}
