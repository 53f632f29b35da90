//! The typesetter: minijinja writes the words of a document and their order, Typst sets them. Fonts, the library and shared files are
//! loaded once for a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use typst::diag::{FileError, FileResult, PackageError, SourceDiagnostic, SourceResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{DiagSpan, FileId, Source, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_kit::diagnostics::DiagnosticWorld;
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::forgetting::forgetting;
use super::mentions::{LABELS, LABELS_FILE, MODEL_FILE, Mentions};
use super::origin::Origins;
use super::paths::{file_id, virtual_path};
use super::signs::Signs;
use super::templates::{Markup, Templates};
use super::{audience, coverage, lint, phrases, pictures};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span};
use crate::digest::sha256;
use crate::language::{Language, LanguageCode, punctuation};
use crate::letters::seen;
use crate::report::model::{self, Manuscript};
use crate::sources::{BinaryFile, FONTS, TextFile, has_extension, house};

/// A finished document.
#[derive(Debug)]
pub struct Document {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// What Typst reads of one document, beside the templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The text that the templates made.
    pub text: String,
    /// The parts of the model that are mentioned, as JSON.
    pub model: String,
}

/// A document before it is set. What is made of the same drafts, texts, models and templates is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// What is generated.
    pub generated: Generated,
    /// What it shares with other documents, the templates that the text leads to and the fixed words of its language: a hash of them.
    pub shared: String,
    /// For whom the document is, as every page says it; `None` when it is for everybody.
    pub audience: Option<String>,
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
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
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

/// What the typesetter needs to know of a page beside its model.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Page<'a> {
    /// The path of its template below `report-templates/`.
    pub template: &'a str,
    /// The code of its language.
    pub language: &'a str,
    /// For whom it is; `None` when it is for everybody.
    pub audience: Option<&'a str>,
}

/// The model of a manuscript as JSON, for its template.
pub(super) fn model<M: Manuscript>(manuscript: &M) -> String {
    serde_json::to_string(manuscript).expect("a report model is plain data")
}

/// Everything that all documents share.
pub struct Engine {
    typst: Templates,
    html: Templates,
    library: LazyHash<Library>,
    fonts: FontStore,
    signs: Signs,
    shared: BTreeMap<String, Shared>,
    pictures: HashMap<FileId, Bytes>,
    labels: BTreeMap<LanguageCode, Labels>,
    main: FileId,
    /// The files that are read beside it: the model, the table, the fixed words.
    read: [FileId; 3],
    standards: PdfStandards,
    origins: Origins,
}

/// A template that documents lead to.
struct Shared {
    source: Source,
    sha256: String,
    mentions: Mentions,
}

impl Shared {
    fn new(id: FileId, text: &str) -> Self {
        let source = Source::new(id, text.to_owned());
        Self { sha256: sha256(text.as_bytes()), mentions: Mentions::of(&source), source }
    }
}

/// The fixed words of a language, as its documents say them.
struct Labels {
    /// As JSON. All documents of the language are given the same file, so what is made of it alone stays in the memory of Typst.
    text: Bytes,
    sha256: String,
    value: Value,
}

impl Labels {
    fn new(language: &Language, signs: &Signs) -> Self {
        let text = serde_json::to_string(&language.labels).expect("labels are plain texts");
        let text = said(&text, signs);
        let value = serde_json::from_str(&text).expect("other signs in texts leave it JSON");
        Self { sha256: sha256(text.as_bytes()), text: Bytes::from_string(text), value }
    }
}

/// A text as documents say it: with signs that can be shown, and dashes that stay with their words. Signs of JSON itself are plain; all others
/// stand in texts.
fn said(text: &str, signs: &Signs) -> String {
    punctuation::dashes(&signs.shown(text))
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
    /// Loads templates, fonts and pictures.
    pub(super) fn new(
        languages: &BTreeMap<LanguageCode, Language>,
        templates: &BTreeMap<String, TextFile>,
        assets: &[BinaryFile],
    ) -> Self {
        let fonts = fonts(assets);
        let signs = signs(templates, &fonts);
        let features = [Feature::A11yExtras].into_iter().collect();
        let shared = templates
            .iter()
            .filter(|(path, _)| path.ends_with(".typ"))
            .filter_map(|(path, file)| Some((virtual_path(path)?.intern(), &file.text)))
            .map(|(id, text)| (id.vpath().get_without_slash().to_owned(), Shared::new(id, text)))
            .collect();
        let labels: BTreeMap<LanguageCode, Labels> =
            languages.iter().map(|(code, language)| (code.clone(), Labels::new(language, &signs))).collect();
        let words = labels.iter().map(|(code, labels)| (code, labels.value.clone())).collect();
        let filled_in = |markup| Templates::new(markup, (languages, &words), templates);
        Self {
            typst: filled_in(Markup::Typst),
            html: filled_in(Markup::Html),
            labels,
            library: LazyHash::new(Library::builder().with_features(features).with_inputs(pictures::inputs(assets)).build()),
            fonts,
            signs,
            shared,
            pictures: pictures::files(assets),
            main: file_id("report.typ"),
            read: [MODEL_FILE, "data.csv", LABELS_FILE].map(file_id),
            standards: PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a]).expect("UA-1 and A-3a go together"),
            origins: Origins::new(templates, languages),
        }
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
        let draft = Draft::new(manuscript, date);
        self.set(&draft, &self.written(&draft, &model(manuscript))?, csv)
    }

    /// Writes the text of a draft; `model` is given to its template, as JSON.
    pub(super) fn written(&self, draft: &Draft<'_>, model: &str) -> Result<Written, Failure> {
        let mut given: serde_json::Value =
            serde_json::from_str(&said(model, &self.signs)).expect("other signs in texts leave it JSON");
        let language = LanguageCode::new(draft.language);
        let filled = self.typst.fill(&language, &main_template(draft.folder), Value::from(Serde(&given)));
        let text = filled.map_err(|found| Failure { diagnostics: vec![*found], generated: None })?;
        let text = punctuation::stops(&punctuation::dashes(&text));
        let (reached, mentions) = self.reach(&Source::new(self.main, text.clone()));
        mentions.keep(&mut given);
        model::drawn(&mut given);
        let labels = &self.labels[&language];
        if mentions.has(LABELS) {
            given[LABELS] = serde_json::from_slice(&labels.text).expect("it was written");
        }
        let templates = reached.iter().map(|path| format!("{} {path}\n", self.shared[*path].sha256));
        let shared: String = templates.chain([format!("{} {LABELS_FILE}\n", labels.sha256)]).collect();
        Ok(Written {
            generated: Generated { text, model: given.to_string() },
            shared: sha256(shared.as_bytes()),
            audience: draft.audience.map(|words| said(words, &self.signs)),
        })
    }

    /// The fixed words of a language of the kit as its documents say them, as JSON.
    pub(super) fn labels(&self, language: &LanguageCode) -> &str {
        self.labels[language].text.as_str().expect("it was written as text")
    }

    /// The templates that a text leads to, and what it mentions with them.
    fn reach(&self, main: &Source) -> (BTreeSet<&str>, Mentions) {
        let shared: Vec<_> = self.shared.iter().map(|(path, shared)| (path.as_str(), &shared.mentions)).collect();
        Mentions::of(main).reach(&shared)
    }

    /// Sets a document from what is written of its draft.
    pub(super) fn set(&self, draft: &Draft<'_>, written: &Written, csv: &str) -> Result<Document, Failure> {
        let Generated { text, model } = &written.generated;
        let labels = &self.labels[&LanguageCode::new(draft.language)];
        let (year, month, day) = draft.day;
        let date = Datetime::from_ymd(year, month, day).expect("a day of the calendar");
        let [model, csv] = [model, csv].map(|text| Bytes::from_string(text.to_owned()));
        let files = self.read.into_iter().zip([model, csv, labels.text.clone()]).collect();
        let main = Source::new(self.main, text.clone());
        let (reached, _) = self.reach(&main);
        let template = format!("{}/report.typ.j2", draft.folder);
        let job = Job { engine: self, template, language: draft.language, main, reached, files, date };
        let compiled = forgetting(|| typst::compile::<PagedDocument>(&job));
        // Documents share little: kept for the next one, what this one leaves in the memory of Typst saves no time, nor does writing its PDF need it.
        // Only those of a single page, such as sheets of units, follow each other in hundreds and repeat most of what they say.
        let is_short = compiled.output.as_ref().is_ok_and(|document| document.pages().len() == 1);
        typst::comemo::evict(if is_short { 3 } else { 0 });
        let mut faults: Vec<SourceDiagnostic> = compiled.warnings.into_iter().collect();
        if let Ok(document) = &compiled.output {
            faults.extend(lint::breaches(document));
            faults.extend(written.audience.iter().flat_map(|words| audience::breaches(document, words)));
        }
        let outcome = match compiled.output {
            Ok(document) if faults.is_empty() => {
                let options = PdfOptions {
                    ident: Smart::Custom(format!("{}/{}", seen(draft.number), draft.language).as_str().into()),
                    creator: Smart::Custom(Some(concat!("esep ", env!("CARGO_PKG_VERSION")).into())),
                    timestamp: Some(Timestamp::new_utc(date)),
                    standards: self.standards.clone(),
                    ..PdfOptions::default()
                };
                let pages = document.pages().len();
                typst_pdf::pdf(&document, &options)
                    .map(|bytes| Document { bytes: ended(bytes), pages })
                    .map_err(|errors| faults.extend(errors))
            }
            Ok(_) => Err(()),
            Err(errors) => {
                faults.extend(errors);
                Err(())
            }
        };
        outcome.map_err(|()| job.failure(&faults))
    }

    /// Sets a Typst text that needs no model.
    pub(super) fn pages_of(&self, text: String) -> SourceResult<PagedDocument> {
        let date = Datetime::from_ymd(2000, 1, 1).expect("a day of the calendar");
        let main = Source::new(self.main, text);
        let (reached, _) = self.reach(&main);
        let template = String::new();
        let job = Job { engine: self, template, language: "", main, reached, files: HashMap::new(), date };
        typst::compile::<PagedDocument>(&job).output
    }

    /// The text of a page; `model` is given to its template, as JSON.
    pub(super) fn page(&self, page: &Page<'_>, model: &str) -> Result<String, Failure> {
        let failed = |found: Diagnostic| Failure { diagnostics: vec![found], generated: None };
        let given: Value = serde_json::from_str(&said(model, &self.signs)).expect("other signs in texts leave it JSON");
        let text = self.html.fill(&LanguageCode::new(page.language), page.template, given).map_err(|found| failed(*found))?;
        let text = punctuation::stops(&punctuation::dashes(&text));
        let told = page.audience.map(|words| phrases::html(&said(words, &self.signs)));
        if let Some(words) = told.filter(|words| !text.contains(words.as_str())) {
            let place = Place::File(FileName::new(format!("report-templates/{}", page.template)));
            let message = format!("expected “{words}” on every page, found a page without it");
            return Err(failed(Diagnostic::new(Rule::InvalidTemplate, place, message).hint("print `{{ audience }}`")));
        }
        Ok(lean(&text))
    }
}

/// A page without the blanks that templates leave at both ends of lines, without empty lines, and without the ends of elements that HTML
/// does not ask for: a fifth of a page of tables.
fn lean(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_matches([' ', '\t'])).filter(|line| !line.is_empty());
    let text = lines.fold(String::with_capacity(text.len()), |text, line| text + line + "\n");
    ["</td>", "</th>", "</tr>", "</li>", "</dt>", "</dd>", "</option>"].iter().fold(text, |text, end| text.replace(end, ""))
}

/// One document being set.
struct Job<'a> {
    engine: &'a Engine,
    /// The template that made its text.
    template: String,
    /// The code of its language.
    language: &'a str,
    main: Source,
    /// The templates that the text leads to; it is given no others.
    reached: BTreeSet<&'a str>,
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
        let path = id.vpath().get_without_slash();
        let shared = self.engine.shared.get(path).filter(|_| self.reached.contains(path) && *id.root() == VirtualRoot::Project);
        shared.map(|shared| shared.source.clone()).ok_or_else(|| missing(id))
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
                let found = self.place(fault.span).unwrap_or_else(|| ("report.typ".to_owned(), Span { line: 1, column: 1 }));
                // A function of the house was called with something that it cannot use: the call is what is to be mended.
                let call =
                    || fault.trace.iter().filter_map(|call| self.place(call.span)).find(|(file, _)| !self.is_of_the_house(file));
                let call = if self.is_of_the_house(&found.0) { call() } else { None };
                let inside = call
                    .is_some()
                    .then(|| format!("`report-templates/{}:{}:{}` finds it", found.0, found.1.line, found.1.column));
                let (file, span) = call.unwrap_or(found);
                let (mut file, mut span) =
                    (FileName::new(if file == "report.typ" { file } else { format!("report-templates/{file}") }), span);
                let inner = inner_fault(&fault.message);
                let mut hints: Vec<String> = match inner {
                    // The hints of Typst itself speak of its own text.
                    Some(_) => vec!["look for measures that no page has, such as a width beyond all paper".into()],
                    None => fault.hints.iter().map(|hint| hint.v.to_string()).collect(),
                };
                hints.extend(inside);
                if file.as_str() == "report.typ" {
                    // The templates made this file, so a line of it leads back to the template line that made it.
                    let line = self.main.text().lines().nth(span.line as usize - 1).unwrap_or_default();
                    hints.push(format!("the templates made the line `{line}`"));
                    (file, span) =
                        self.engine.origins.of(line, span.column, &self.template, self.language).unwrap_or((file, span));
                }
                let message = inner.map_or_else(|| fault.message.to_string(), |inner| format!("this cannot be set: {inner}"));
                Diagnostic::new(Rule::InvalidTemplate, Place::Text { file, span }, message)
                    .maybe_hint(Some(hints.join("; ")).filter(|hints| !hints.is_empty()))
            })
            .collect();
        Failure { diagnostics, generated: Some(self.main.text().to_owned()) }
    }

    /// Whether a file is the one that comes with the program.
    fn is_of_the_house(&self, file: &str) -> bool {
        self.engine.shared.get(file).is_some_and(|shared| house(file) == Some(shared.source.text()))
    }

    fn place(&self, span: impl Into<DiagSpan>) -> Option<(String, Span)> {
        let span = span.into();
        let (id, range) = (span.id()?, self.range(span)?);
        let (line, column) = self.source(id).ok()?.lines().byte_to_line_column(range.start)?;
        Some((self.name(id), Span { line: line as u32 + 1, column: column as u32 + 1 }))
    }
}

/// The message of a fault that Typst takes for its own, without the place in its own code; `None` for other faults.
fn inner_fault(message: &str) -> Option<&str> {
    let inner = message.strip_prefix("internal error: ")?;
    Some(inner.split(" (occurred at ").next().unwrap_or(inner))
}

/// A document that ends with the end of a line: programs that sign it add to it, and what they add must begin on a line of its own.
fn ended(mut bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::filters::escape;
    use super::super::forgetting::forgetting_when;
    use super::super::signs::REPLACEMENT;
    use super::*;

    fn engine() -> Engine {
        let text = include_str!("../../report-templates/theme.typ").to_owned();
        let theme = TextFile { name: FileName::new("report-templates/theme.typ"), text };
        let templates = BTreeMap::from([("theme.typ".to_owned(), theme)]);
        Engine::new(&BTreeMap::new(), &templates, &[])
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
    fn a_document_is_the_same_whatever_is_forgotten_while_it_is_set() {
        let engine = engine();
        let text = "#set page(footer: context counter(page).display(\"1 of 1\", both: true))\n#outline()\n#for n in range(30) [\n= Part #n\n\
                    #table(columns: (1fr, auto, 2fr), ..range(60).map(cell => [#n and #cell of @end]))\n]\n#figure(caption: [The end])[.] <end>";
        let pdf = |document: PagedDocument| typst_pdf::pdf(&document, &PdfOptions::default()).expect("it can be written");
        let set = || engine.pages_of(text.to_owned()).expect("the text can be set");
        let usual = set();
        assert!(usual.pages().len() > 10);
        let forgotten = AtomicUsize::new(0);
        let always = || {
            forgotten.fetch_add(1, Ordering::Relaxed);
            true
        };
        typst::comemo::evict(0);
        let other = forgetting_when(always, std::time::Duration::from_millis(1), set);
        assert!(forgotten.into_inner() > 10, "Typst forgets while it sets the document");
        assert!(pdf(usual) == pdf(other));
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
