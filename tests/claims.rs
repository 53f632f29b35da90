//! Every sentence of the reports that compares something is true of the published numbers: for every region of the demonstration, and in
//! every language of the programme.
//!
//! The sentences are read from the text that the templates print, by the patterns in `tests/claims/`, one file a language. What they claim
//! is computed anew from the published numerators, denominators and marks. The test fails where a claim is false, where a sentence fits no
//! pattern, so that a phrase with new words cannot slip through, and where a pattern is met nowhere, neither in the demonstration nor in the
//! reports that `support/claims/rare.rs` changes. A phrase that compares and is new belongs in `tests/claims/report.typ.j2`.

#[path = "support/claims/facts.rs"]
mod facts;
#[path = "support/claims/patterns.rs"]
mod patterns;
#[path = "support/claims/rare.rs"]
mod rare;
#[path = "support/claims/truth.rs"]
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use esep::diagnostic::FileName;
use esep::grid::Reader;
use esep::language::LanguageCode;
use esep::project::{self, Computed, Project};
use esep::protect::Audience;
use esep::region::RegionIndex;
use esep::report::model::Report;
use esep::report::{self, Background, Material, Selection};
use esep::sources::TextFile;
use esep::threads;
use esep::typeset::{self, Engine, Kit};

use facts::Facts;
use patterns::Patterns;
use rare::RARE;
use truth::{Page, Said, Tongue, plain};

/// The folder of the shipped project.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The folder of the template that prints the sentences and nothing else.
const FOLDER: &str = "claims";
/// The phrase that is made of others.
const NARRATIVE: &str = "narrative";
/// How many false sentences are shown.
const SHOWN: usize = 40;

/// A phrase as it is printed: its name, the indicator that it is about, its text.
type Printed = (String, String, String);

/// What reports are made with.
struct Shop<'a> {
    engine: Engine,
    background: Background<'a>,
    material: Material<'a>,
}

impl Shop<'_> {
    fn report(&self, tongue: &Tongue<'_>, region: RegionIndex) -> Report {
        report::write(self.material, &self.background, tongue.language, region)
    }

    /// The phrases of a report. The template stops the typesetter at its first word, so that no page is laid out.
    fn phrases(&self, mut report: Report) -> Vec<Printed> {
        report.folder = FOLDER.to_owned();
        let day = self.material.specs.period(self.material.period).date;
        let failure = self.engine.typeset(&report, "", day).expect_err("no pages are wanted");
        let text = failure.generated.unwrap_or_else(|| panic!("the phrases are right: {:?}", failure.diagnostics));
        let printed = |part: &str| {
            let (head, text) = part.split_once('§').expect("a mark ends");
            let (phrase, id) = head.split_once('|').expect("a mark has two parts");
            [phrase, id, text].map(|text| plain(&unescaped(text))).into()
        };
        text.split("\n§").skip(1).map(printed).collect()
    }
}

/// A text without the backslashes before signs that Typst would take for markup.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    plain
}

/// What is false or cannot be read in a report, and the kinds of claims that were met.
fn faults(page: Page<'_>, printed: Vec<Printed>) -> (Vec<String>, Vec<(String, String)>) {
    let (mut faults, mut met) = (torn(&printed), Vec::new());
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    for (phrase, id, text) in printed.into_iter().filter(|(phrase, ..)| phrase != NARRATIVE) {
        let place = plain(&format!("{phrase} {id}"));
        let nth = before.entry(phrase.clone()).or_default();
        *nth += 1;
        let claims = match page.tongue.patterns.claims(&phrase, &text) {
            Ok(claims) => claims,
            Err(rest) => {
                faults.push(format!("{place}: “{rest}” – no pattern fits this"));
                continue;
            }
        };
        let said = Said { phrase, id, nth: *nth - 1, claims };
        for claim in &said.claims {
            met.push((said.phrase.clone(), claim.kind.clone()));
            if let Err(truth) = page.check(&said, claim) {
                faults.push(format!("{place}, {}: “{}” – {truth}", claim.kind, claim.sentence));
            }
        }
        if let Err(truth) = page.left_unsaid(&said) {
            faults.push(format!("{place}: “{text}” – {truth}"));
        }
    }
    (faults, met)
}

/// The paragraphs about indicators that are not made of the parts that stand behind them: only these are read.
fn torn(printed: &[Printed]) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, (phrase, id, text)) in printed.iter().enumerate() {
        let parts = printed[at + 1..].iter().take_while(|(phrase, ..)| phrase.starts_with("about_"));
        let parts = parts.map(|(.., text)| text.as_str()).collect::<Vec<_>>().join(" ");
        if phrase == NARRATIVE && *text != plain(&parts) {
            faults.push(format!("{phrase} {id}: “{text}” – its parts say “{}”", plain(&parts)));
        }
    }
    faults
}

/// The kinds of claims that are met nowhere: `met` are those of the demonstration.
fn unmet(shop: &Shop<'_>, tongue: &Tongue<'_>, met: &BTreeSet<(String, String)>) -> Vec<String> {
    let mut faults = Vec::new();
    let is_rare = |phrase: &str, kind: &str| RARE.iter().any(|(rare, own, _)| (*rare, *own) == (phrase, kind));
    for (phrase, kind) in tongue.patterns.kinds() {
        match (met.contains(&(phrase.clone(), kind.clone())), is_rare(&phrase, &kind)) {
            (false, false) => faults.push(format!("no sentence fits `{phrase}.{kind}`")),
            (true, true) => faults.push(format!("`{phrase}.{kind}` is called rare and stands in the demonstration")),
            (true, false) | (false, true) => {}
        }
    }
    for (phrase, kind, change) in RARE {
        let mut report = shop.report(tongue, shop.material.specs.hierarchy.top());
        change(&mut report);
        let texts: Vec<String> =
            shop.phrases(report).into_iter().filter(|(own, ..)| own == phrase).map(|(.., text)| text).collect();
        let says = |text: &String| {
            let claims = tongue.patterns.claims(phrase, text);
            claims.is_ok_and(|claims| claims.iter().any(|claim| claim.kind == *kind))
        };
        if !texts.iter().any(says) {
            faults.push(format!("no sentence fits `{phrase}.{kind}`: “{}”", texts.join(" ")));
        }
    }
    faults
}

/// The text of a file of this test.
fn file(name: &str) -> String {
    let path = Path::new(ROOT).join("tests/claims").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The engine with the template that prints the sentences.
fn engine(project: &Project, computed: &Computed) -> Engine {
    let mut templates = project.sources.templates.clone();
    let name = format!("{FOLDER}/report.typ.j2");
    templates.insert(name.clone(), TextFile { name: FileName::new(name), text: file("report.typ.j2") });
    let folders = BTreeSet::from([FOLDER.to_owned()]);
    let kit = Kit { languages: &computed.languages, templates: &templates, folders: &folders, assets: &[], texts: &[] };
    let mut faults = Vec::new();
    let engine = typeset::prepare(kit, &mut faults);
    assert!(faults.is_empty(), "the shipped templates are right: {faults:?}");
    engine
}

#[test]
fn every_sentence_that_compares_is_true_of_the_published_numbers() {
    let project = project::load(Path::new(ROOT), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let (published, specs) = (&ready.published, &computed.specs);
    let period = computed.latest().expect("the shipped project has data");
    let facts = Facts::new(published, period);
    let (background, material) = (Background::new(published, period), Material::new(published, period, None));
    let shop = Shop { engine: engine(&project, computed), background, material };
    let tongue = |code: &LanguageCode| {
        let names = specs.hierarchy.all().map(|(_, region)| region.name.get(code));
        Tongue::new(&computed.languages[code], Patterns::new(&file(&format!("{code}.yaml"))), names)
    };
    let tongues: Vec<Tongue<'_>> = specs.programme.languages.iter().map(tongue).collect();
    let regions = Selection::default().regions_on(&specs.hierarchy, specs.period(period).date);
    let found = Mutex::new((Vec::new(), vec![BTreeSet::new(); tongues.len()]));
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let started = threads::for_each(&regions, jobs, |&region| {
        for (at, tongue) in tongues.iter().enumerate() {
            let page = Page { facts: &facts, tongue, region };
            let report = shop.report(tongue, region);
            let signs = page.matrix(&report);
            let (wrong, met) = faults(page, shop.phrases(report));
            let (own, code) = (specs.hierarchy.region(region), &tongue.language.code);
            let head = format!("{} {}, {code}", own.code, own.name.get(code));
            let mut found = found.lock().expect("nobody panics with the list");
            found.0.extend(wrong.into_iter().chain(signs).map(|fault| format!("{head}, {fault}")));
            found.1[at].extend(met);
        }
    });
    started.expect("threads start");
    let (mut wrong, met) = found.into_inner().expect("nobody panics with the list");
    wrong.sort();
    for (tongue, met) in tongues.iter().zip(&met) {
        wrong.extend(unmet(&shop, tongue, met).into_iter().map(|fault| format!("{}: {fault}", tongue.language.code)));
    }
    let more = wrong.len().saturating_sub(SHOWN);
    wrong.truncate(SHOWN);
    assert!(wrong.is_empty(), "{}\nand {more} more", wrong.join("\n"));
}
