//! How fast the typesetter itself is on what `esep build --keep-sources` and `esep sheets --keep-sources` keep: `typst::compile` and `typst_pdf::pdf`, and nothing else.
//!
//! `cargo bench --profile dev --bench yardstick -- out/2025-sources [THREADS [ROUNDS [FOLDER]]]` sets all documents of the folder on so many
//! threads so many times, with the fonts, the standards and the cache of the program, and tells seconds of the clock and of the processor.
//! In the last FOLDER, if there is one, the PDFs are stored. Templates in `shared/` may be changed between two runs: what a change of them
//! is worth can be measured without building anything.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, IntoValue, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use walkdir::WalkDir;

/// That of the program.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::print_stdout, reason = "what it measures is printed")]
fn main() {
    // `cargo bench` adds a flag of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(folder) = arguments.next() else { return };
    let folder = Path::new(&folder);
    let mut number = || arguments.next().map_or(1, |number| number.parse().expect("a number"));
    let (threads, rounds) = (number(), number());
    let out = arguments.next().map(PathBuf::from);
    let shop = Shop::new(&folder.join("shared"));
    let jobs: Vec<Job<'_>> = documents(folder).map(|document| Job::new(&shop, folder, &document)).collect();
    for _ in 0..rounds {
        let (pages, bytes, writing) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicU64::new(0));
        let (clock, processor) = (Instant::now(), processor_time());
        let set = |job: &Job<'_>| {
            let (document, pdf, took) = job.set();
            pages.fetch_add(document.pages().len(), Ordering::Relaxed);
            bytes.fetch_add(pdf.len(), Ordering::Relaxed);
            writing.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
            if let Some(out) = &out {
                fs::create_dir_all(out).expect("the folder can be made");
                fs::write(out.join(format!("{}.pdf", job.name.replace('/', "_"))), pdf).expect("it can be written");
            }
        };
        esep::threads::for_each(&jobs, threads, set).expect("threads can be started");
        let (clock, processor) = (clock.elapsed().as_secs_f64(), (processor_time() - processor).as_secs_f64());
        let (pages, kilobytes) = (pages.into_inner(), bytes.into_inner() / 1024);
        println!(
            "{} documents, {pages} pages, {kilobytes} kB; {clock:.2} s; processor {processor:.2} s, {:.2} ms a page; writing PDF {:.2} s",
            jobs.len(),
            processor * 1000.0 / pages as f64,
            writing.into_inner() as f64 / 1e6,
        );
    }
}

/// The processor time of this process.
fn processor_time() -> Duration {
    esep::process::processor_time(std::process::id()).unwrap_or_default()
}

/// The folders of documents.
fn documents(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    files.filter(|entry| entry.file_name() == "report.typ").filter_map(|entry| entry.path().parent().map(Path::to_owned))
}

fn id(path: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).expect("a plain path")).intern()
}

/// What all documents share.
struct Shop {
    library: LazyHash<Library>,
    fonts: FontStore,
    templates: HashMap<FileId, Source>,
    pictures: HashMap<FileId, Bytes>,
    standards: PdfStandards,
}

impl Shop {
    fn new(folder: &Path) -> Self {
        let mut fonts = FontStore::new();
        let mut add = |data: Bytes| {
            fonts.extend(Font::iter(data).map(|font| {
                let info = font.info().clone();
                (font, info)
            }));
        };
        let (mut templates, mut pictures) = (HashMap::new(), HashMap::new());
        let mut inputs = Dict::new();
        for entry in WalkDir::new(folder).sort_by_file_name().into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
            let path = entry.path().strip_prefix(folder).expect("it lies there").to_string_lossy().into_owned();
            let bytes = fs::read(entry.path()).expect("it can be read");
            match entry.path().extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
                "typ" => drop(templates.insert(id(&path), Source::new(id(&path), String::from_utf8(bytes).expect("a text")))),
                "ttf" | "otf" => add(Bytes::new(bytes)),
                _ => {
                    if path.starts_with("emblem.") {
                        inputs.insert("emblem".into(), format!("/{path}").into_value());
                    }
                    pictures.insert(id(&path), Bytes::new(bytes));
                }
            }
        }
        for data in [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF] {
            add(Bytes::new(data));
        }
        fonts.extend(typst_kit::fonts::embedded());
        let features = [Feature::A11yExtras].into_iter().collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).with_inputs(inputs).build()),
            fonts,
            templates,
            pictures,
            standards: PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a]).expect("they go together"),
        }
    }
}

/// One document.
struct Job<'a> {
    shop: &'a Shop,
    name: String,
    main: Source,
    files: HashMap<FileId, Bytes>,
    date: Datetime,
    ident: String,
}

impl<'a> Job<'a> {
    fn new(shop: &'a Shop, all: &Path, folder: &Path) -> Self {
        let read = |name: &str| fs::read(folder.join(name)).expect("it was kept");
        let model: Value = serde_json::from_slice(&read("data.json")).expect("JSON");
        let part = |name: &str| model["date_iso"][name].as_u64().unwrap_or(1);
        let text = String::from_utf8(read("report.typ")).expect("a text");
        let language = model["language"]["code"].as_str().unwrap_or_default();
        let labels = fs::read(all.join("shared").join(format!("labels.{language}.json"))).expect("it was kept");
        let labels = (id("labels.json"), Bytes::new(labels));
        Self {
            shop,
            name: folder.strip_prefix(all).expect("it lies there").to_string_lossy().into_owned(),
            main: Source::new(id("report.typ"), text),
            files: ["data.json", "data.csv"].into_iter().map(|name| (id(name), Bytes::new(read(name)))).chain([labels]).collect(),
            date: Datetime::from_ymd(part("year") as i32, part("month") as u8, part("day") as u8).expect("a day"),
            ident: format!(
                "{}/{}",
                model["number"].as_str().unwrap_or_default(),
                model["language"]["code"].as_str().unwrap_or_default()
            ),
        }
    }

    /// Sets it; with the time that writing the PDF took.
    fn set(&self) -> (PagedDocument, Vec<u8>, Duration) {
        let document = typst::compile::<PagedDocument>(self).output.expect("it was set before");
        let options = PdfOptions {
            ident: Smart::Custom(self.ident.as_str().into()),
            creator: Smart::Custom(Some(concat!("esep ", env!("CARGO_PKG_VERSION")).into())),
            timestamp: Some(Timestamp::new_utc(self.date)),
            standards: self.shop.standards.clone(),
            ..PdfOptions::default()
        };
        typst::comemo::evict(if document.pages().len() == 1 { 3 } else { 0 });
        let start = Instant::now();
        let pdf = typst_pdf::pdf(&document, &options).expect("it was written before");
        (document, pdf, start.elapsed())
    }
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shop.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        self.shop.fonts.book()
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        let known = if id == self.main.id() { Some(&self.main) } else { self.shop.templates.get(&id) };
        known.cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let known = self.files.get(&id).or_else(|| self.shop.pictures.get(&id));
        known.cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.shop.fonts.font(index)
    }
    fn today(&self, _: Option<typst::foundations::Duration>) -> Option<Datetime> {
        Some(self.date)
    }
}
