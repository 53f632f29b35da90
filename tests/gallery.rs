//! Every chart with its edge cases, through the real engine, in three languages: it is set without a warning, says every value and
//! every mark, has a text alternative, and no two of its words lie over each other.
//!
//! A file of `tests/gallery/` holds the examples of one family. In it, short forms stand for what the program would give:
//!
//! | written | becomes |
//! |---|---|
//! | `{"kk": …, "ru": …, "en": …}` | what stands there for the language |
//! | `"=58.3"`, `"=58.3 small incomplete"`, `"=not_reported"` | a Figure |
//! | `"@58.3"` | where it stands on the axis, 0 to 1 |
//! | `"~58.3"` | its text |
//! | `"#ticks"`, `"#half"` | six or three ticks of the axis, from the example's `start` (0 when left out) to its `end` (100) |
//!
//! The documents are left in `target/tmp/gallery-<family>-<language>.pdf`; `docs/gallery.sh` makes pictures of them.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Instant;

use esep::diagnostic::FileName;
use esep::language::{self, Direction, Language, LanguageCode};
use esep::report::model::{DateParts, FrontMatter, LanguageTag, Manuscript, PeriodWords, RegionWords};
use esep::sources::{self, TextFile};
use esep::typeset::{self, Engine, Kit};
use esep::value::{Missing, Ratio};
use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Dict, Name, Object, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{Context, Device, InterpreterCache, InterpreterSettings, interpret_page};
use serde::Serialize;
use serde_json::{Value, json};

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
/// The folder of the gallery's own template.
const FOLDER: &str = "gallery";

/// A document of the gallery.
#[derive(Serialize)]
struct Gallery {
    #[serde(flatten)]
    front: FrontMatter,
    family: String,
    examples: Vec<Value>,
    #[serde(skip)]
    labels: BTreeMap<String, String>,
}

impl Manuscript for Gallery {
    fn folder(&self) -> &str {
        FOLDER
    }

    fn front(&self) -> &FrontMatter {
        &self.front
    }
}

/// All that the documents share.
struct House {
    engine: Engine,
    languages: BTreeMap<LanguageCode, Language>,
}

impl House {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut templates = sources::read(root).expect("the project can be read").0.templates;
        let name = FileName::new("report-templates/gallery/report.typ.j2");
        let text = fs::read_to_string(root.join("tests/gallery/report.typ.j2")).expect("the gallery has a template");
        templates.insert("gallery/report.typ.j2".to_owned(), TextFile { name, text });
        let mut faults = Vec::new();
        let languages = language::load(&LANGUAGES.map(LanguageCode::new), &[], (&templates, &templates), [], &mut faults);
        let folders = BTreeSet::from([FOLDER.to_owned()]);
        let kit = Kit { languages: &languages, templates: &templates, folders: &folders, assets: &[], texts: &[] };
        let engine = typeset::prepare(kit, &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        Self { engine, languages }
    }

    fn set(&self, gallery: &Gallery) -> Vec<u8> {
        let day = jiff::civil::date(2025, 10, 5);
        match self.engine.typeset(gallery, "", day) {
            Ok(document) => document.bytes,
            Err(failure) => panic!("{}: {:#?}", gallery.family, failure.diagnostics),
        }
    }

    fn gallery(&self, family: &str, file: &Value, code: &str) -> Gallery {
        let language = &self.languages[&LanguageCode::new(code)];
        let examples = file["examples"].as_array().expect("a family has examples").iter().map(|example| {
            let axis = (example["start"].as_i64().unwrap_or(0), example["end"].as_i64().unwrap_or(100));
            let mut example = expand(example, language, axis);
            complete(&mut example);
            example
        });
        Gallery {
            front: front(language),
            family: expand(&file["family"], language, (0, 100)).as_str().unwrap_or(family).to_owned(),
            examples: examples.collect(),
            labels: language.labels.clone(),
        }
    }
}

/// The families and their files.
fn families() -> BTreeMap<String, Value> {
    let files = support::files(&support::tests().join("gallery")).expect("the gallery has files");
    let json = files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    json.map(|file| {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("a gallery file is text");
        (name.clone(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
    })
    .collect()
}

fn front(language: &Language) -> FrontMatter {
    let period =
        PeriodWords { id: "2025".into(), name: "2025".into(), within: "2025".into(), since: String::new(), previous: None };
    let mark = |(name, missing): (&'static str, Missing)| (name, language.mark(missing).to_owned());
    let reasons = [
        ("not_reported", Missing::NotReported),
        ("not_applicable", Missing::NotApplicable),
        ("zero_denominator", Missing::ZeroDenominator),
        ("withheld", Missing::Withheld),
        ("unreliable", Missing::Blocked),
    ];
    FrontMatter {
        language: LanguageTag {
            code: language.code.to_string(),
            name: language.name.clone(),
            region: None,
            direction: language.code.direction(),
        },
        marks: reasons.map(mark).into(),
        title: "Gallery".into(),
        subtitle: None,
        publisher: "esep".into(),
        source: String::new(),
        notice: None,
        check_code: None,
        signed_code: None,
        audience: None,
        edition: None,
        date: String::new(),
        date_iso: DateParts { year: 2025, month: 10, day: 5 },
        number: "gallery".into(),
        period,
        region: RegionWords {
            code: "0".into(),
            name: "esep".into(),
            level: String::new(),
            parents: Vec::new(),
            below: None,
            noun: BTreeMap::new(),
            below_noun: None,
            has_below: false,
        },
        imprint: None,
        imprint_facts: Vec::new(),
        abbreviations: None,
        signatures: Vec::new(),
        facts: Vec::new(),
    }
}

/// Where the axis of an example begins and ends.
type Axis = (i64, i64);

/// Replaces the short forms.
fn expand(value: &Value, language: &Language, axis: Axis) -> Value {
    match value {
        Value::Object(object) if LANGUAGES.iter().all(|code| object.contains_key(*code)) => {
            expand(&object[language.code.as_str()], language, axis)
        }
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), expand(value, language, axis))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| expand(item, language, axis)).collect()),
        Value::String(text) if text == "#ticks" => ticks(language, axis, 5),
        Value::String(text) if text == "#half" => ticks(language, axis, 2),
        Value::String(text) => match text.split_at_checked(1) {
            Some(("=", words)) => figure(words, language, axis),
            Some(("@", number)) => json!(position(number, axis)),
            Some(("~", number)) => json!(language.figure(percent(number), esep::value::Scale::percent(1))),
            _ => value.clone(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn ticks(language: &Language, (start, end): Axis, steps: i64) -> Value {
    let text = |step: i64| language.whole(i128::from(start + (end - start) * step / steps));
    let tick = |step: i64| json!({"at": step as f64 / steps as f64, "text": text(step)});
    Value::Array((0..=steps).map(tick).collect())
}

fn percent(number: &str) -> Ratio {
    Ratio::parse(number).unwrap_or_else(|| panic!("`{number}` is no number")).over(100)
}

fn position(number: &str, (start, end): Axis) -> f64 {
    (percent(number).approximate() * 100.0 - start as f64) / (end - start) as f64
}

fn figure(words: &str, language: &Language, axis: Axis) -> Value {
    let (first, flags) = words.split_once(' ').unwrap_or((words, ""));
    let mark = match first {
        "not_reported" => Some(language.mark(Missing::NotReported).to_owned()),
        "not_applicable" => Some(language.mark(Missing::NotApplicable).to_owned()),
        "zero_denominator" => Some(language.mark(Missing::ZeroDenominator).to_owned()),
        "withheld" => Some(language.mark(Missing::Withheld).to_owned()),
        "unreliable" => Some(language.mark(Missing::Blocked).to_owned()),
        _ => None,
    };
    let share = mark.is_none().then(|| position(first, axis));
    let missing = mark.as_ref().map(|_| first);
    let text = mark.clone().unwrap_or_else(|| language.figure(percent(first), esep::value::Scale::percent(1)));
    json!({"text": text, "share": share, "missing": missing, "small": flags.contains("small"), "incomplete": flags.contains("incomplete")})
}

/// Adds the text alternatives: the words of the data in their order.
fn complete(example: &mut Value) {
    let title = example["title"].as_str().unwrap_or_default().to_owned();
    let alt = |data: &Value| {
        let mut words = Vec::new();
        said(data, &mut words);
        format!("{title}: {}", words.join("; "))
    };
    let alts: Vec<String> = example["data"].as_array().into_iter().flatten().map(alt).collect();
    let whole = alt(&example["data"]);
    let object = example.as_object_mut().expect("an example is an object");
    object.insert("alt".into(), json!(whole));
    object.insert("alts".into(), json!(alts));
    object.entry("caption").or_insert(Value::Null);
}

/// What a chart prints of its data: of periods the first and the last, of lines the last values and every mark, of all others everything. The text alternative says all.
fn printed(example: &Value) -> Value {
    fn is_missing(value: &Value) -> bool {
        value["missing"].is_string()
    }
    let mut data = example["data"].clone();
    if example["chart"] == "table" {
        for row in data.as_array_mut().into_iter().flatten() {
            row["trend"] = Value::Null;
        }
    }
    if let Some(periods) = data.get_mut("periods").and_then(Value::as_array_mut) {
        *periods = [periods.first(), periods.last()].into_iter().flatten().cloned().collect();
    }
    for panel in data.get_mut("panels").and_then(Value::as_array_mut).into_iter().flatten() {
        for key in ["values", "parent"] {
            let Some(values) = panel[key].as_array_mut() else { continue };
            let last = values.pop();
            values.retain(|value| key == "values" && is_missing(value));
            values.extend(last);
        }
    }
    data
}

/// Every text of the data.
fn said(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "missing" | "axis" | "origin"))
            .for_each(|(_, value)| said(value, words)),
        Value::Array(items) => items.iter().for_each(|item| said(item, words)),
        Value::String(text) => words.push(text.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A letter on a page and the box of its ink.
struct Letter {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Letter {
    fn has_ink(&self) -> bool {
        self.right > self.left && self.bottom > self.top
    }
}

/// Collects the letters of a page.
#[derive(Default)]
struct Reader {
    letters: Vec<Letter>,
}

impl<'a> Device<'a> for Reader {
    fn set_soft_mask(&mut self, _: Option<hayro_interpret::SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: hayro_interpret::BlendMode) {}
    fn draw_path(
        &mut self,
        _: &kurbo::BezPath,
        _: kurbo::Affine,
        _: &hayro_interpret::Paint<'a>,
        _: &hayro_interpret::PathDrawMode,
    ) {
    }
    fn push_clip_path(&mut self, _: &hayro_interpret::ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<hayro_interpret::SoftMask<'a>>, _: hayro_interpret::BlendMode) {}
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: kurbo::Affine,
        glyph_transform: kurbo::Affine,
        _: &hayro_interpret::Paint<'a>,
        _: &hayro_interpret::GlyphDrawMode,
    ) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => letter.to_string(),
            Some(BfString::String(letters)) => letters,
            None => String::new(),
        };
        let Glyph::Outline(outline) = glyph else { return };
        let ink = (transform * glyph_transform) * outline.outline();
        let ink = kurbo::Shape::bounding_box(&ink);
        self.letters.push(Letter { text, left: ink.x0, right: ink.x1, top: ink.y0, bottom: ink.y1 });
    }
    fn draw_image(&mut self, _: hayro_interpret::Image<'a, '_>, _: kurbo::Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The letters of a page.
fn letters(pdf: &Pdf, page: &Page<'_>) -> Vec<Letter> {
    let mut reader = Reader::default();
    let cache = InterpreterCache::new();
    let bounds = kurbo::Rect::new(0.0, 0.0, 1000.0, 1000.0);
    let mut context = Context::new(kurbo::Affine::IDENTITY, bounds, &cache, pdf.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, &mut reader);
    reader.letters
}

/// Words are compared without spaces and invisible breaks: a line may end at each of them.
fn tight(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200b}').collect()
}

/// Letters that lie over each other by more than a third of the smaller one.
fn collisions(letters: &[Letter]) -> Vec<String> {
    let inked: Vec<&Letter> = letters.iter().filter(|letter| letter.has_ink()).collect();
    let mut found = Vec::new();
    for (index, one) in inked.iter().enumerate() {
        // The next letter of a word may lean into this one.
        for other in inked.iter().skip(index + 2) {
            let width = one.right.min(other.right) - one.left.max(other.left);
            let height = one.bottom.min(other.bottom) - one.top.max(other.top);
            if width <= 0.0 || height <= 0.0 {
                continue;
            }
            let size = |letter: &Letter| (letter.right - letter.left) * (letter.bottom - letter.top);
            if width * height > size(one).min(size(other)) / 3.0 {
                found.push(format!("`{}` and `{}` at {:.0}, {:.0}", one.text, other.text, one.left, one.top));
            }
        }
    }
    found
}

/// The text alternatives of all figures; a figure without one counts as empty.
fn alternatives(pdf: &Pdf) -> Vec<String> {
    let dicts = pdf.objects().into_iter().filter_map(|object| match object {
        Object::Dict(dict) => Some(dict),
        _ => None,
    });
    let is_figure = |dict: &Dict<'_>| dict.get::<Name<'_>>(b"S").is_some_and(|name| &*name == b"Figure");
    dicts
        .filter(is_figure)
        .map(|dict| {
            dict.get::<PdfString<'_>>(b"Alt").map(|alt| String::from_utf8_lossy(alt.as_bytes()).into_owned()).unwrap_or_default()
        })
        .collect()
}

/// The letters of a document, and those that lie over each other or outside their page.
fn misplaced(pdf: &Pdf) -> (String, Vec<String>) {
    let mut faults = Vec::new();
    let mut text = String::new();
    for (number, page) in pdf.pages().iter().enumerate() {
        let letters = letters(pdf, page);
        faults.extend(collisions(&letters).into_iter().take(5).map(|found| format!("page {}: {found} collide", number + 1)));
        text.extend(letters.iter().map(|letter| tight(&letter.text)));
        let (width, height) = page.render_dimensions();
        let outside = letters
            .iter()
            .filter(|letter| letter.has_ink())
            .find(|letter| letter.left < 20.0 || letter.right > f64::from(width) - 20.0 || letter.bottom > f64::from(height));
        faults.extend(outside.map(|letter| {
            format!("page {}: `{}` at {:.0}, {:.0} lies outside", number + 1, letter.text, letter.left, letter.top)
        }));
    }
    (text, faults)
}

/// What is wrong with a document that should say all of `gallery`.
fn faults(gallery: &Gallery, bytes: Vec<u8>) -> Vec<String> {
    let pdf = Pdf::new(bytes).expect("what Typst writes is a PDF");
    let (text, mut faults) = misplaced(&pdf);
    for example in &gallery.examples {
        let mut words = Vec::new();
        let printed = printed(example);
        said(&printed, &mut words);
        let mut marks = Vec::new();
        marked(&printed, &gallery.labels, &mut marks);
        let missing = words.iter().chain(&marks).filter(|word| !text.contains(&tight(word)));
        faults.extend(missing.map(|word| format!("{}: `{word}` is not on the page", example["title"])));
    }
    let alternatives = alternatives(&pdf);
    let expected: usize = gallery
        .examples
        .iter()
        .map(|example| if example["chart"] == "table" { 2 * example["alts"].as_array().map_or(0, Vec::len) } else { 1 })
        .sum();
    if alternatives.len() != expected || alternatives.iter().any(|alt| alt.trim().is_empty()) {
        faults.push(format!("expected {expected} figures with a text alternative, found {alternatives:?}"));
    }
    faults
}

/// Values with the marks that they must carry.
fn marked(value: &Value, labels: &BTreeMap<String, String>, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(text) = object.get("text").and_then(Value::as_str) {
                let mark =
                    |key: &str| if object.get(key) == Some(&json!(true)) { labels[&format!("mark_{key}")].as_str() } else { "" };
                found.push(format!("{text}{}{}", mark("small"), mark("incomplete")));
            }
            object.values().for_each(|value| marked(value, labels, found));
        }
        Value::Array(items) => items.iter().for_each(|item| marked(item, labels, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_chart_says_all_its_values_and_marks() {
    let house = House::new();
    let mut all = Vec::new();
    for (family, file) in families() {
        for code in LANGUAGES {
            let gallery = house.gallery(&family, &file, code);
            let bytes = house.set(&gallery);
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gallery-{family}-{code}.pdf"));
            fs::write(&path, &bytes).expect("the folder of tests can be written");
            all.extend(faults(&gallery, bytes).into_iter().map(|fault| format!("{family} ({code}): {fault}")));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn charts_are_drawn_from_the_left_whichever_way_words_run() {
    let house = House::new();
    let mut all = Vec::new();
    for (family, file) in families() {
        let mut gallery = house.gallery(&family, &file, "en");
        gallery.front.language.direction = Direction::RightToLeft;
        let bytes = house.set(&gallery);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gallery-{family}-from-right.pdf"));
        fs::write(&path, &bytes).expect("the folder of tests can be written");
        let (_, faults) = misplaced(&Pdf::new(bytes).expect("what Typst writes is a PDF"));
        all.extend(faults.into_iter().map(|fault| format!("{family}: {fault}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_chart_without_a_text_alternative_is_refused() {
    let house = House::new();
    let (family, file) = families().pop_first().expect("there is a family");
    let mut gallery = house.gallery(&family, &file, "en");
    gallery.examples[0]["alt"] = json!(" ");
    let failure = house.engine.typeset(&gallery, "", jiff::civil::date(2025, 10, 5)).expect_err("no alternative");
    assert!(format!("{:?}", failure.diagnostics).contains("a chart needs a text alternative"));
}

/// `cargo test --test gallery -- --ignored --nocapture`: a document with every example 21 times, less the same with it once; the
/// least of five runs, since other programs run too.
#[test]
#[ignore = "a measurement"]
fn how_long_a_chart_takes() {
    let house = House::new();
    for (family, file) in families() {
        let examples = house.gallery(&family, &file, "kk").examples;
        for example in examples {
            let time = |count: usize| {
                let run = |run: usize| {
                    let mut gallery = house.gallery(&family, &file, "kk");
                    gallery.examples = (0..count).map(|number| copy(&example, run * count + number)).collect();
                    let started = Instant::now();
                    house.set(&gallery);
                    started.elapsed().as_secs_f64() * 1000.0
                };
                (0..5).map(run).fold(f64::INFINITY, f64::min)
            };
            let each = (time(21) - time(1)) / 20.0;
            report(&format!("{each:6.2} ms  {family}: {}", example["title"]));
        }
    }
}

/// An example with other numbers, so that none is remembered from another.
fn copy(example: &Value, number: usize) -> Value {
    let mut copy = example.clone();
    copy["alt"] = json!(format!("{number}: {}", example["alt"]));
    vary(&mut copy["data"], number);
    copy
}

/// Moves every share a little, and turns every digit into another one.
fn vary(value: &mut Value, number: usize) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|value| vary(value, number)),
        Value::Array(items) => items.iter_mut().for_each(|item| vary(item, number)),
        Value::Number(share) if share.is_f64() => {
            *value = json!(share.as_f64().unwrap_or_default() * (1.0 - number as f64 / 10_000.0));
        }
        Value::String(text) => {
            let other = |digit: u32, place: usize| (digit as usize + number / 10_usize.pow(place as u32 % 3)) % 10;
            let letters = text.chars().enumerate();
            let turned = letters.map(|(place, letter)| match letter.to_digit(10) {
                Some(digit) => char::from_digit(other(digit, place) as u32, 10).expect("a digit"),
                None => letter,
            });
            *text = turned.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[allow(clippy::print_stdout)]
fn report(line: &str) {
    println!("{line}");
}
