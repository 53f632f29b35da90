//! Regions by code and by name, in any language of the programme. A name that several regions bear is looked up within another region.
//!
//! A spelling of the registry always wins. All other names are compared as the programme's `names` declare. A name that may mean several
//! regions is reported with all of them, and none is chosen.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::fault::{Fault, found};
use crate::diagnostic::{CauseKind, Fact, Rule, did_you_mean, list_some, slips};
use crate::grid::Raw;
use crate::language::LanguageCode;
use crate::letters::looks_like;
use crate::region::{Hierarchy, LevelIndex, RegionCode, RegionIndex};
use crate::spec::{Meant, Specs, fold};

/// Two names that differ by more slips of the pen are different names.
const MOST_SLIPS: usize = 2;
/// Names with fewer letters are never taken for misspelt: abbreviations differ in one letter.
const FEWEST_LETTERS: usize = 4;
/// A word with fewer letters may have no slip where the name has two.
const LETTERS_OF_A_WORD: usize = 5;
/// How many comparisons letter by letter a file gets for its misspelt names; after that nothing is suggested.
const PATIENCE: usize = 2_000_000;
/// The most regions that are suggested for a misspelt name.
const MOST_SUGGESTED: usize = 3;
/// The most regions that the fault of an ambiguous text names and concerns.
const MOST_MEANT: usize = 10;

/// A region that bears a spelling; `true` when the spelling is its name, `false` when it is an alias.
type Bearer = (RegionIndex, bool);

/// All spellings of all regions.
pub struct Gazetteer<'a> {
    specs: &'a Specs,
    hierarchy: &'a Hierarchy,
    language: Option<&'a LanguageCode>,
    /// The regions that bear each spelling, folded.
    names: HashMap<String, Vec<Bearer>>,
    /// The regions that bear each reading of a spelling.
    readings: HashMap<String, Vec<RegionIndex>>,
    /// For each region the kinds (such as city or district) that its names tell of, as bits.
    kinds: Vec<u64>,
    /// Every spelling, for suggestions.
    spellings: Vec<Spelling<'a>>,
}

/// A spelling that a misspelt one may stand for.
struct Spelling<'a> {
    text: &'a str,
    region: RegionIndex,
    form: Form,
}

/// A name prepared for comparison: its words, with or without the words for kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Form {
    words: Vec<String>,
    /// The kinds whose words were left out, as bits.
    kinds: u64,
    length: usize,
    /// The letters that occur in the name, as bits.
    letters: u64,
}

impl Form {
    fn new(words: Vec<String>, kinds: u64) -> Self {
        let letters = words.iter().flat_map(|word| word.chars());
        let (length, letters) =
            letters.fold((0, 0), |(length, letters), letter| (length + 1, letters | 1 << (u32::from(letter) % 64)));
        Self { words, kinds, length, letters }
    }

    /// How many slips a name differs from this one by; `None` when there are too many for a misspelling. A name may have one slip, or two
    /// in two different words: two slips in one word make another word, as from south to north.
    fn slips(&self, other: &Form, patience: &Cell<usize>) -> Option<usize> {
        // One slip changes at most two letters of the set.
        if self.length < FEWEST_LETTERS
            || self.length.abs_diff(other.length) > MOST_SLIPS
            || (self.letters ^ other.letters).count_ones() as usize > 2 * MOST_SLIPS
        {
            return None;
        }
        patience.set(patience.get().checked_sub(1)?);
        let differing = slips(&self.words.concat(), &other.words.concat());
        let within = |(own, other): (&String, &String)| {
            let allowed = usize::from(own.chars().count() >= LETTERS_OF_A_WORD);
            slips(own, other) <= allowed
        };
        let word_by_word = || self.words.len() == other.words.len() && self.words.iter().zip(&other.words).all(within);
        (differing < 2 || differing <= MOST_SLIPS && word_by_word()).then_some(differing)
    }
}

/// The region that a text was found to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The region.
    pub region: RegionIndex,
    /// The region in words, where the text is neither its code nor its name.
    pub understood: Option<String>,
}

/// Why a text gives no region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// No region here is called so.
    Unknown {
        /// The fault.
        fault: Fault,
        /// Whether it is like the name of one.
        near: bool,
    },
    /// The text means a region that cannot be taken: several bear the name, or the region lies elsewhere or exists at another time.
    Unusable(Fault),
}

impl Miss {
    /// The fault, to be reported.
    pub fn fault(self) -> Fault {
        match self {
            Miss::Unknown { fault, .. } | Miss::Unusable(fault) => fault,
        }
    }
}

/// Where a region is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The region that the wanted one lies in.
    pub within: Option<RegionIndex>,
    /// The level that decides when several regions bear the name.
    pub level: Option<LevelIndex>,
}

impl<'a> Gazetteer<'a> {
    /// With all regions of the registry.
    pub fn new(specs: &'a Specs) -> Self {
        let hierarchy = &specs.hierarchy;
        let mut gazetteer = Self {
            specs,
            hierarchy,
            language: specs.programme.publish.first(),
            names: HashMap::new(),
            readings: HashMap::new(),
            kinds: vec![0; hierarchy.len()],
            spellings: Vec::new(),
        };
        for (index, region) in hierarchy.all() {
            let official = region.name.all().map(|name| (name, true));
            for (name, official) in official.chain(region.aliases.iter().map(|name| (name.as_str(), false))) {
                gazetteer.add(index, name, official);
            }
        }
        gazetteer
    }

    fn add(&mut self, index: RegionIndex, name: &'a str, official: bool) {
        let bearers = self.names.entry(fold(name)).or_default();
        match bearers.iter_mut().find(|(bearer, _)| *bearer == index) {
            Some((_, known)) => *known |= official,
            None => bearers.push((index, official)),
        }
        for reading in self.specs.programme.names.readings(name) {
            self.kinds[index.0] |= bits(reading.kinds.iter().copied());
            let bearers = self.readings.entry(reading.core).or_default();
            if !bearers.contains(&index) {
                bearers.push(index);
            }
        }
        for form in self.forms(name) {
            let known = self.spellings.iter().rev().take_while(|spelling| spelling.region == index);
            if known.into_iter().all(|spelling| spelling.form.words != form.words) {
                self.spellings.push(Spelling { text: name, region: index, form });
            }
        }
    }

    /// A name with and without its words for kinds, in every reading.
    fn forms(&self, text: &str) -> Vec<Form> {
        let names = &self.specs.programme.names;
        let cores = names.readings(text).into_iter().map(|reading| Form::new(reading.words, bits(reading.kinds.into_iter())));
        let mut forms: Vec<Form> = cores.collect();
        for words in names.spelt(text) {
            if forms.iter().all(|form| form.words != words) {
                forms.push(Form::new(words, 0));
            }
        }
        forms
    }

    /// The region that a text means on `day`, by its code or its name. Regions at a level that is `meant` go first. Where no such region
    /// bears the name, the only region of another level is returned, and the caller judges whether it can be used. `patience` is how many
    /// comparisons of misspelt names are left.
    fn find_within(&self, text: &str, scope: Scope, (meant, day): (Meant, Date), patience: &Cell<usize>) -> Result<Found, Miss> {
        if let Some(index) = self.hierarchy.find(&RegionCode::new(text)) {
            self.existing(index, text, scope.within, day)?;
            return Ok(Found { region: index, understood: None });
        }
        let bearers = self.names.get(&fold(text)).map_or(&[][..], Vec::as_slice);
        let exact = |meant| self.choose(bearers.iter().map(|(index, _)| *index), scope, meant, day);
        let alike = self.alike(text);
        let alike_of = |meant| self.choose(alike.iter().copied(), scope, meant, day);
        let first = |meant| {
            let found = exact(meant);
            if found.is_empty() { alike_of(meant) } else { found }
        };
        let mut candidates = first(meant);
        if candidates.is_empty() && meant != Meant::Any {
            candidates = first(Meant::Any);
            // The office is not asked which of several regions it means where none of them can be meant.
            candidates.truncate(if candidates.len() > 1 { 0 } else { 1 });
        }
        let is_name = candidates.iter().all(|index| bearers.iter().any(|(bearer, official)| bearer == index && *official));
        match candidates.as_slice() {
            [index] => {
                self.existing(*index, text, scope.within, day)?;
                Ok(Found { region: *index, understood: (!is_name).then(|| self.describe(*index)) })
            }
            [] => {
                let elsewhere: BTreeSet<RegionIndex> = bearers.iter().map(|(index, _)| *index).chain(alike).collect();
                let elsewhere: Vec<RegionIndex> = elsewhere.into_iter().collect();
                // The name of one region is no misspelling of another region's name.
                let near = if elsewhere.is_empty() { self.near(text, (scope.within, meant, day), patience) } else { Vec::new() };
                Err(self.unknown(text, (scope.within, meant), &elsewhere, &near))
            }
            several => {
                let some: Vec<String> = several.iter().take(10).map(|&index| self.describe(index)).collect();
                let more = if several.len() > 10 { format!(" and {} more", several.len() - 10) } else { String::new() };
                let message = format!("several regions are called `{text}` in {{}}: {}{more}", some.join(", "));
                let mut facts = found(text);
                let codes = several.iter().take(10).map(|&index| self.hierarchy.region(index).code.as_str().into());
                facts.push(("regions", Fact::Regions(codes.collect())));
                Err(Miss::Unusable(
                    Fault::new(Rule::AmbiguousRegion, CauseKind::AmbiguousRegion, facts, message)
                        .hint("write the code, or fill in the column of the region that it lies in"),
                ))
            }
        }
    }

    /// Whether cells look like a row of a table about regions: one of them names a region as the registry does, another is a number.
    pub fn is_row(&self, cells: &[Raw]) -> bool {
        let names = |cell: &Raw| {
            let text = cell.text();
            text.chars().any(char::is_alphabetic)
                && (self.names.contains_key(&fold(&text)) || self.hierarchy.find(&RegionCode::new(text)).is_some())
        };
        cells.iter().any(Raw::is_number) && cells.iter().any(names)
    }

    /// Whether some words of a text are the name of a region as the registry writes it.
    pub fn is_named_in(&self, text: &str) -> bool {
        /// The most words of a name.
        const MOST: usize = 4;
        let words: Vec<&str> =
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '-').filter(|word| !word.is_empty()).collect();
        let spans =
            (0..words.len().min(40)).flat_map(|start| (1..=MOST.min(words.len() - start)).map(move |length| (start, length)));
        spans.into_iter().any(|(start, length)| {
            let name = words[start..start + length].join(" ");
            name.chars().any(char::is_alphabetic) && self.names.contains_key(&fold(&name))
        })
    }

    /// The regions of which a name reads like the text. Where the text has words for a kind, the region must be of this kind.
    fn alike(&self, text: &str) -> Vec<RegionIndex> {
        let mut found = Vec::new();
        for reading in self.specs.programme.names.readings(text) {
            let kinds = bits(reading.kinds.iter().copied());
            for &index in self.readings.get(&reading.core).map_or(&[][..], Vec::as_slice) {
                if self.kinds[index.0] & kinds == kinds && !found.contains(&index) {
                    found.push(index);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// The regions that lie within the scope at a level that is meant. Level and day choose only where several remain: one region of the
    /// wrong level stays, and gets a message of its own.
    fn choose(&self, bearers: impl Iterator<Item = RegionIndex>, scope: Scope, meant: Meant, day: Date) -> Vec<RegionIndex> {
        let fits = |index: &RegionIndex| {
            meant.holds(self.hierarchy.region(*index).level)
                && scope.within.is_none_or(|outer| self.hierarchy.contains(outer, *index))
        };
        let mut found: Vec<RegionIndex> = bearers.filter(fits).collect();
        for keep in [
            &|index: &RegionIndex| scope.level.is_none_or(|level| self.hierarchy.region(*index).level == level),
            &|index: &RegionIndex| self.hierarchy.region(*index).exists_on(day),
        ] as [&dyn Fn(&RegionIndex) -> bool; 2]
        {
            if found.len() > 1 && found.iter().any(keep) {
                found.retain(keep);
            }
        }
        found
    }

    /// A region by code and name.
    pub fn describe(&self, index: RegionIndex) -> String {
        let region = self.hierarchy.region(index);
        let name = self.language.map_or("", |language| region.name.get(language));
        format!("`{}` ({name})", region.code)
    }

    fn existing(&self, index: RegionIndex, text: &str, within: Option<RegionIndex>, day: Date) -> Result<(), Miss> {
        let region = self.hierarchy.region(index);
        if !region.exists_on(day) {
            let message = format!("the region `{text}` in {{}} does not exist on {day}");
            return Err(Miss::Unusable(
                Fault::new(Rule::UnknownRegion, CauseKind::RegionOfAnotherTime, found(text), message)
                    .hint("its first and last day stand in `regions.yaml`"),
            ));
        }
        if let Some(outer) = within.filter(|&outer| !self.hierarchy.contains(outer, index)) {
            let outer = &self.hierarchy.region(outer).code;
            let mut facts = found(text);
            facts.push(("outer", Fact::Regions(vec![outer.as_str().into()])));
            let message = format!("the region `{text}` in {{}} does not lie in `{outer}`");
            return Err(Miss::Unusable(
                Fault::new(Rule::UnknownRegion, CauseKind::RegionElsewhere, facts, message)
                    .hint("correct one of the two columns"),
            ));
        }
        Ok(())
    }

    fn unknown(
        &self,
        text: &str,
        (within, meant): (Option<RegionIndex>, Meant),
        elsewhere: &[RegionIndex],
        near: &[(RegionIndex, &str)],
    ) -> Miss {
        let place = within.map_or_else(String::new, |outer| format!(" within `{}`", self.hierarchy.region(outer).code));
        let message = format!("unknown region `{text}`{place} in {{}}");
        let hint: Cow<'static, str> = match near {
            [] if !elsewhere.is_empty() && meant != Meant::Any => {
                "a region of this name lies elsewhere, or is of another level".into()
            }
            [] if !elsewhere.is_empty() => "a region of this name lies elsewhere".into(),
            [] => {
                let codes = self.hierarchy.all().map(|(_, region)| region.code.as_str());
                let meant = codes.filter(|code| looks_like(text, code)).find_map(|code| did_you_mean(text, [code]));
                meant.map_or_else(|| "write the code or the name as in `regions.yaml`".into(), Cow::Owned)
            }
            some if some.len() <= MOST_SUGGESTED => format!("did you mean {}?", self.told_apart(some).join(" or ")).into(),
            several => {
                let names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
                format!("the names of several regions are like it: {}", list_some(&names)).into()
            }
        };
        let codes =
            |regions: &[RegionIndex]| regions.iter().map(|&region| self.hierarchy.region(region).code.as_str().into()).collect();
        let meant: Vec<RegionIndex> =
            near.iter().map(|(region, _)| *region).chain(elsewhere.iter().copied()).take(MOST_MEANT).collect();
        let mut facts = found(text);
        let kind = match (meant.is_empty(), within) {
            (true, _) => CauseKind::UnknownRegion,
            (false, Some(outer)) if !elsewhere.is_empty() => {
                facts.push(("outer", Fact::Regions(codes(&[outer]))));
                CauseKind::RegionElsewhere
            }
            (false, _) => CauseKind::MisspeltRegion,
        };
        facts.push(("regions", Fact::Regions(codes(&meant))));
        let fault = Fault::new(Rule::UnknownRegion, kind, facts, message);
        Miss::Unknown { fault: fault.hint(hint), near: !near.is_empty() }
    }

    /// Names of regions for a message; a name that several of them bear comes with the code.
    fn told_apart(&self, regions: &[(RegionIndex, &str)]) -> Vec<String> {
        let is_shared = |name: &str| regions.iter().filter(|(_, other)| *other == name).count() > 1;
        let told = |&(region, name): &(RegionIndex, &str)| match is_shared(name) {
            true => format!("`{}` ({name})", self.hierarchy.region(region).code),
            false => format!("`{name}`"),
        };
        regions.iter().map(told).collect()
    }

    /// The spellings that a misspelt name may stand for, one for each region: those with the fewest slips.
    fn near(
        &self,
        text: &str,
        (within, meant, day): (Option<RegionIndex>, Meant, Date),
        patience: &Cell<usize>,
    ) -> Vec<(RegionIndex, &'a str)> {
        let forms = self.forms(text);
        let mut least = MOST_SLIPS;
        let mut near: Vec<(RegionIndex, &str)> = Vec::new();
        for spelling in &self.spellings {
            let slips = forms.iter().filter_map(|form| {
                let slips = spelling.form.slips(form, patience)?;
                // A region of another kind is suggested only when the rest of the name has no slip.
                if self.kinds[spelling.region.0] & form.kinds == form.kinds {
                    Some(slips)
                } else {
                    (slips == 0).then_some(MOST_SLIPS)
                }
            });
            let Some(slips) = slips.min().filter(|slips| *slips <= least) else { continue };
            let region = self.hierarchy.region(spelling.region);
            let here = within.is_none_or(|outer| self.hierarchy.contains(outer, spelling.region));
            if !here || !meant.holds(region.level) || !region.exists_on(day) {
                continue;
            }
            if slips < least {
                near.clear();
                least = slips;
            }
            if near.last().is_none_or(|(region, _)| *region != spelling.region) {
                near.push((spelling.region, spelling.text));
            }
        }
        near
    }
}

fn bits(kinds: impl Iterator<Item = usize>) -> u64 {
    kinds.fold(0, |bits, kind| bits | 1 << (kind % 64))
}

/// The answer for each spelling.
type Answers = HashMap<String, Result<Found, Miss>>;

/// The gazetteer on one day, which remembers its answers: an office writes the same names again and again.
pub struct Lookup<'a> {
    /// The gazetteer that is asked.
    pub gazetteer: &'a Gazetteer<'a>,
    day: Date,
    answers: RefCell<HashMap<(Scope, Meant), Answers>>,
    patience: Cell<usize>,
}

impl<'a> Lookup<'a> {
    /// Without answers yet.
    pub fn new(gazetteer: &'a Gazetteer<'a>, day: Date) -> Self {
        Self { gazetteer, day, answers: RefCell::default(), patience: Cell::new(PATIENCE) }
    }

    /// The codes of all regions that a row of a table of `level` may be about, judged by its texts. Where a text names an outer region,
    /// these are all regions within it; else all regions that the texts name, each with all that bear the name.
    pub fn meant_by(&self, texts: impl Iterator<Item = String>, level: Option<LevelIndex>) -> Vec<Arc<str>> {
        let hierarchy = self.gazetteer.hierarchy;
        let code = |index: usize| -> Arc<str> { hierarchy.region(RegionIndex(index)).code.as_str().into() };
        let is_outer = |region: RegionIndex| level.is_some_and(|level| hierarchy.region(region).level < level);
        let (mut outer, mut named) = (BTreeSet::new(), BTreeSet::new());
        for text in texts.filter(|text| text.chars().any(char::is_alphabetic)) {
            match self.find(&text, Scope { within: None, level: None }) {
                Ok(found) if is_outer(found.region) => outer.extend(hierarchy.within(found.region).map(code)),
                Ok(found) => {
                    named.insert(code(found.region.0));
                }
                Err(Miss::Unusable(fault)) => named.extend(fault.regions().cloned()),
                Err(Miss::Unknown { .. }) => {}
            }
        }
        if outer.is_empty() { named.into_iter().collect() } else { outer.into_iter().collect() }
    }

    /// What a text means in a scope.
    pub fn find(&self, text: &str, scope: Scope) -> Result<Found, Miss> {
        self.find_meant(text, scope, Meant::Any)
    }

    /// What a text means in a scope, where only regions of some levels can be meant.
    pub fn find_meant(&self, text: &str, scope: Scope, meant: Meant) -> Result<Found, Miss> {
        let mut answers = self.answers.borrow_mut();
        let answers = answers.entry((scope, meant)).or_default();
        if let Some(answer) = answers.get(text) {
            return answer.clone();
        }
        let answer = self.gazetteer.find_within(text, scope, (meant, self.day), &self.patience);
        answers.insert(text.to_owned(), answer.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    impl Gazetteer<'_> {
        /// What a text means, with the full number of comparisons left.
        fn find(&self, text: &str, scope: Scope, meant: Meant, day: Date) -> Result<Found, Miss> {
            self.find_within(text, scope, (meant, day), &Cell::new(PATIENCE))
        }
    }

    /// Specifications of the shipped project.
    fn shipped() -> Specs {
        let (sources, _) = crate::sources::read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the project is there");
        crate::spec::load(&sources.specs, &mut Vec::new()).expect("the shipped specifications are sound")
    }

    /// Spellings of one name as offices write it.
    fn variants(name: &str) -> Vec<String> {
        let swap = |pairs: &[(&str, &str)]| pairs.iter().fold(name.to_owned(), |text, (from, to)| text.replace(from, to));
        let latin = [("а", "a"), ("е", "e"), ("о", "o"), ("с", "c"), ("р", "p"), ("х", "x"), ("і", "i"), ("А", "A"), ("К", "K")];
        let latin = [&latin[..], &[("М", "M"), ("Т", "T"), ("Н", "H"), ("В", "B"), ("С", "C"), ("О", "O"), ("Е", "E")]].concat();
        let cyrillic: Vec<(&str, &str)> = latin.iter().map(|(from, to)| (*to, *from)).collect();
        let legacy = [
            ("ә", "ј"),
            ("ғ", "є"),
            ("қ", "ќ"),
            ("ң", "ѕ"),
            ("ө", "ґ"),
            ("ұ", "ў"),
            ("ү", "ї"),
            ("Қ", "Ќ"),
            ("Ұ", "Ў"),
            ("Ү", "Ї"),
        ];
        let plain = [
            ("ә", "а"),
            ("ғ", "г"),
            ("қ", "к"),
            ("ң", "н"),
            ("ө", "о"),
            ("ұ", "у"),
            ("ү", "у"),
            ("і", "и"),
            ("Қ", "К"),
            ("Ә", "А"),
        ];
        let exchange = |from: &[&str], to: &[&str]| -> Vec<String> {
            let hit = from.iter().find(|word| name.contains(**word));
            hit.map_or_else(Vec::new, |word| {
                to.iter().map(|other| name.replace(word, &format!(" {other} ")).trim().to_owned()).collect()
            })
        };
        let mut list = vec![
            name.to_uppercase(),
            name.to_lowercase(),
            name.replace(' ', "\u{a0}"),
            name.replace(' ', "  "),
            format!(" «{name}» "),
            name.replace('-', " – "),
            name.replace('-', ""),
            name.replace('е', "ё"),
            swap(&latin),
            swap(&cyrillic),
            swap(&legacy),
            swap(&plain),
            swap(&[("ә", "ə"), ("Ә", "Ə")]),
        ];
        list.extend(exchange(&[" қаласы", "г. ", " (city)"], &["", "қ.", "Г.А.", "қ.ә.", "ГА", "г."]));
        list.extend(exchange(&[" ауданы", " район", "район ", " District"], &["", "р-н", "аудан", "ауд.", "р-он", "район"]));
        list.extend(exchange(&[" облысы", " область", "область ", " Region"], &["обл.", "обл", "облыс", "область"]));
        list.retain(|variant| variant.trim() != name);
        list
    }

    #[test]
    fn every_unambiguous_spelling_is_found_and_no_other_region_is() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let (mut tried, mut unique, mut faults) = (0, 0, Vec::new());
        for (index, region) in specs.hierarchy.all() {
            let scope = Scope { within: region.parent, level: Some(region.level) };
            for name in region.name.all() {
                for variant in variants(name).into_iter().chain([name.to_owned(), region.code.as_str().to_owned()]) {
                    tried += 1;
                    match gazetteer.find(&variant, scope, Meant::Any, day) {
                        Ok(found) if found.region == index => unique += 1,
                        Err(Miss::Unusable(fault))
                            if fault.rule == Rule::AmbiguousRegion && fault.message.contains(&gazetteer.describe(index)) => {}
                        other => faults.push(format!("{variant} for {name}: {other:?}")),
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
        assert!(unique * 1000 > tried * 985, "too many spellings are ambiguous: {} of {tried}", tried - unique);
    }

    /// A name with one slip of the pen, in every place: a letter left out, changed places with the next one, or another one.
    fn slips(name: &str) -> Vec<String> {
        let letters: Vec<char> = name.chars().collect();
        let mut list = Vec::new();
        for at in 0..letters.len() {
            let mut without = letters.clone();
            without.remove(at);
            list.push(without.iter().collect());
            let mut other = letters.clone();
            other[at] = if name.is_ascii() { 'q' } else { 'ц' };
            list.push(other.iter().collect());
            if at + 1 < letters.len() {
                let mut swapped = letters.clone();
                swapped.swap(at, at + 1);
                list.push(swapped.iter().collect());
            }
        }
        list.retain(|slip: &String| slip != name);
        list
    }

    #[test]
    fn every_slip_in_a_name_is_hinted_rightly_or_names_several_regions() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let (mut tried, mut faults) = (0, Vec::new());
        for (index, region) in specs.hierarchy.all() {
            let scope = Scope { within: region.parent, level: Some(region.level) };
            let spellings: Vec<&str> = region.name.all().chain(region.aliases.iter().map(String::as_str)).collect();
            for name in region.name.all().filter(|name| name.chars().filter(|letter| letter.is_alphabetic()).count() >= 5) {
                for slip in slips(name) {
                    tried += 1;
                    let right = match gazetteer.find(&slip, scope, Meant::Any, day) {
                        // Where the slip gives the name of another region, that region is meant.
                        Ok(found) => found.region == index || !gazetteer.alike(&slip).contains(&index),
                        Err(Miss::Unusable(fault)) => fault.rule == Rule::AmbiguousRegion,
                        Err(Miss::Unknown { fault, near }) => {
                            let hint = fault.hint.unwrap_or_default();
                            let meant = spellings.iter().any(|spelling| hint.contains(&format!("`{spelling}`")));
                            near && (meant || hint.contains("several regions"))
                        }
                    };
                    if !right {
                        faults.push(format!("{slip} for {name}: {:?}", gazetteer.find(&slip, scope, Meant::Any, day)));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
    }

    #[test]
    fn the_name_of_a_region_is_no_misspelling_of_another_one() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let outer: Vec<RegionIndex> = specs.hierarchy.children(specs.hierarchy.top(), day);
        for (_, region) in specs.hierarchy.all() {
            for name in region.name.all().chain(region.aliases.iter().map(String::as_str)) {
                for &within in &outer {
                    let scope = Scope { within: Some(within), level: None };
                    if let Err(Miss::Unknown { fault, near }) = gazetteer.find(name, scope, Meant::Any, day) {
                        assert!(!near, "{name}: {fault:?}");
                    }
                }
            }
        }
        let foreign = ["ЮКО", "ОҚО", "Оңтүстік Қазақстан облысы", "Южно-Казахстанская область", "South Kazakhstan Region"];
        for name in foreign.into_iter().chain(["Таранды ауданы", "Центральный район", "Central Region"])
        {
            let answer = gazetteer.find(name, Scope { within: None, level: None }, Meant::Any, day);
            assert!(matches!(answer, Err(Miss::Unknown { near: false, .. })), "{name}: {answer:?}");
        }
    }

    #[test]
    fn two_slips_are_a_misspelling_in_two_words_only() {
        let form = |text: &str| Form::new(text.split(' ').map(str::to_owned).collect(), 0);
        let slips = |known: &str, written: &str| form(known).slips(&form(written), &Cell::new(PATIENCE));
        assert_eq!(slips("abcdefghi", "xbcdefghi"), Some(1));
        assert_eq!(slips("abcdefghi", "xycdefghi"), None);
        // Four letters that only one of the names has.
        assert_eq!(slips("abcde fghij", "xbcde yghij"), Some(2));
        assert_eq!(slips("abcd fghij", "xbcd yghij"), None);
        assert_eq!(slips("abcde fghij", "xycde fghij"), None);
        assert_eq!(slips("abcde fghij", "xbcdefghij"), Some(1));
        assert_eq!((slips("abcd", "abcx"), slips("abc", "abx")), (Some(1), None));
    }

    #[test]
    fn a_level_that_is_meant_goes_before_a_spelling() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let oblast = Meant::Of(specs.programme.level("oblast").expect("a level"));
        let code = |text: &str, meant| {
            let found = gazetteer.find(text, Scope { within: None, level: None }, meant, day).expect("found");
            specs.hierarchy.region(found.region).code.as_str()
        };
        assert_eq!((code("Атырау", Meant::Any), code("Атырау", oblast)), ("231000000", "230000000"));
        assert_eq!((code("Караганда", Meant::Any), code("Караганда", oblast)), ("351000000", "350000000"));
        assert_eq!(code("г. Семей", oblast), "101000000");
    }

    #[test]
    fn a_word_for_a_kind_keeps_regions_apart() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let within = specs.hierarchy.find(&RegionCode::new("390000000"));
        let level = specs.programme.level("district");
        let find = |text: &str| gazetteer.find(text, Scope { within, level }, Meant::Any, day);
        let code = |text: &str| specs.hierarchy.region(find(text).expect("found").region).name.all().next().map(str::to_owned);
        assert_eq!(code("Костанай г.а."), Some("Kostanay (city)".to_owned()));
        assert_eq!(code("Костанай р-н"), Some("Kostanay District".to_owned()));
        assert!(matches!(find("Костанай"), Err(Miss::Unusable(fault)) if fault.rule == Rule::AmbiguousRegion));
        assert!(matches!(find("Рудный р-н"), Err(Miss::Unknown { .. })));
    }

    #[test]
    fn thousands_of_bad_names_are_answered_in_no_time() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let lookup = Lookup::new(&gazetteer, "2025-10-05".parse().expect("a day"));
        let start = std::time::Instant::now();
        for number in 0..5000 {
            let scope = Scope { within: None, level: None };
            assert!(lookup.find(&format!("Белгісіз {number} ауданы"), scope).is_err());
        }
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
