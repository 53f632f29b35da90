//! Regions by code and by name, in any language of the programme. A name that several regions bear is looked up within another region.
//!
//! A spelling of the registry always wins. Else names are compared as the programme's `names` declare; what is then meant by
//! several regions is named with all of them, never chosen.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::Date;

use super::cell::{Fault, Raw, found};
use crate::diagnostic::{CauseKind, Fact, Rule, did_you_mean};
use crate::language::LanguageCode;
use crate::region::{Hierarchy, LevelIndex, RegionCode, RegionIndex};
use crate::spec::{Specs, fold};

/// A region that bears a spelling, and whether that is its name and no alias.
type Bearer = (RegionIndex, bool);

/// All spellings of all regions.
pub struct Gazetteer<'a> {
    specs: &'a Specs,
    hierarchy: &'a Hierarchy,
    language: Option<&'a LanguageCode>,
    /// Folded spelling to the regions that bear it.
    names: HashMap<String, Vec<Bearer>>,
    /// A reading of a spelling to the regions that bear it.
    readings: HashMap<String, Vec<RegionIndex>>,
    /// The kinds that the names of each region tell of, as bits.
    kinds: Vec<u64>,
    /// Every spelling, to be suggested.
    spellings: Vec<Spelling<'a>>,
}

/// A spelling that a misspelt one may stand for.
struct Spelling<'a> {
    text: &'a str,
    region: RegionIndex,
    length: usize,
    letters: u64,
}

/// What a text was found to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The region.
    pub region: RegionIndex,
    /// The region in words, where the text is neither its code nor its name.
    pub understood: Option<String>,
}

/// Why no region was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// No region is called so here; whether the text is like the name of one.
    Unknown {
        /// The fault.
        fault: Fault,
        /// Whether it is like the name of one.
        near: bool,
    },
    /// A region is meant, and cannot be taken: several are called so, or the one that is lies elsewhere or is of another time.
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

/// Where a region is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The region that it lies in.
    pub within: Option<RegionIndex>,
    /// The level that decides between several.
    pub level: Option<LevelIndex>,
}

impl<'a> Gazetteer<'a> {
    /// Of every region in the registry.
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
        let (length, letters) = outline(name);
        self.spellings.push(Spelling { text: name, region: index, length, letters });
    }

    /// The region with a code or a name that exists on `day`.
    pub fn find(&self, text: &str, scope: Scope, day: Date) -> Result<Found, Miss> {
        if let Some(index) = self.hierarchy.find(&RegionCode::new(text)) {
            self.existing(index, text, scope.within, day)?;
            return Ok(Found { region: index, understood: None });
        }
        let bearers = self.names.get(&fold(text)).map_or(&[][..], Vec::as_slice);
        let exact = self.choose(bearers.iter().map(|(index, _)| *index), scope, day);
        let (candidates, is_name) = if exact.is_empty() {
            (self.choose(self.alike(text).into_iter(), scope, day), false)
        } else {
            let is_name = |index| bearers.iter().any(|(bearer, official)| *bearer == index && *official);
            let all = exact.iter().all(|&index| is_name(index));
            (exact, all)
        };
        match candidates.as_slice() {
            [index] => {
                self.existing(*index, text, scope.within, day)?;
                Ok(Found { region: *index, understood: (!is_name).then(|| self.describe(*index)) })
            }
            [] => {
                let elsewhere = !bearers.is_empty() || !self.alike(text).is_empty();
                Err(self.unknown(text, scope.within, elsewhere))
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
        let is_number = |cell: &Raw| match cell {
            Raw::Number(_) | Raw::Percent(_) => true,
            Raw::Text(text) => text.trim().parse::<f64>().is_ok(),
            Raw::Empty | Raw::Date(_) | Raw::Bool(_) | Raw::Error(_) | Raw::Stale => false,
        };
        cells.iter().any(is_number) && cells.iter().any(names)
    }

    /// Regions of which a name reads like the text; words for a kind must be those of the region.
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

    /// Those that lie within; only where several remain do the level and the day choose, so that a wrong level has its own message.
    fn choose(&self, bearers: impl Iterator<Item = RegionIndex>, scope: Scope, day: Date) -> Vec<RegionIndex> {
        let fits = |index: &RegionIndex| scope.within.is_none_or(|outer| self.hierarchy.contains(outer, *index));
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

    fn unknown(&self, text: &str, within: Option<RegionIndex>, elsewhere: bool) -> Miss {
        let place = within.map_or_else(String::new, |outer| format!(" within `{}`", self.hierarchy.region(outer).code));
        let message = format!("unknown region `{text}`{place} in {{}}");
        let (length, letters) = outline(text);
        // A suggestion is at most three letters away, and one letter changes the outline by two bits at most.
        let mut near: Vec<&str> = self
            .spellings
            .iter()
            .filter(|spelling| {
                spelling.length.abs_diff(length) <= 3
                    && (spelling.letters ^ letters).count_ones() <= 6
                    && within.is_none_or(|outer| self.hierarchy.contains(outer, spelling.region))
            })
            .map(|spelling| spelling.text)
            .collect();
        near.sort_unstable();
        near.dedup();
        let suggestion = did_you_mean(text, near);
        let near = suggestion.is_some();
        let hint = suggestion.unwrap_or_else(|| {
            if elsewhere {
                "a region of this name lies elsewhere".into()
            } else {
                "write the code or the name as in `regions.yaml`".into()
            }
        });
        let fault = Fault::new(Rule::UnknownRegion, CauseKind::UnknownRegion, found(text), message);
        Miss::Unknown { fault: fault.hint(hint), near }
    }
}

fn bits(kinds: impl Iterator<Item = usize>) -> u64 {
    kinds.fold(0, |bits, kind| bits | 1 << (kind % 64))
}

/// How many letters a text has, and which, as bits.
fn outline(text: &str) -> (usize, u64) {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.fold((0, 0), |(length, letters), letter| (length + 1, letters | 1 << (u32::from(letter) % 64)))
}

/// What was answered for each spelling.
type Answers = HashMap<String, Result<Found, Miss>>;

/// Answers of the gazetteer on one day, remembered: an office writes the same names again and again.
pub struct Lookup<'a> {
    /// Whom it asks.
    pub gazetteer: &'a Gazetteer<'a>,
    day: Date,
    answers: RefCell<HashMap<Scope, Answers>>,
}

impl<'a> Lookup<'a> {
    /// Without answers yet.
    pub fn new(gazetteer: &'a Gazetteer<'a>, day: Date) -> Self {
        Self { gazetteer, day, answers: RefCell::default() }
    }

    /// What a text means in a scope.
    pub fn find(&self, text: &str, scope: Scope) -> Result<Found, Miss> {
        let mut answers = self.answers.borrow_mut();
        let answers = answers.entry(scope).or_default();
        if let Some(answer) = answers.get(text) {
            return answer.clone();
        }
        let answer = self.gazetteer.find(text, scope, self.day);
        answers.insert(text.to_owned(), answer.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

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
                    match gazetteer.find(&variant, scope, day) {
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

    #[test]
    fn a_word_for_a_kind_keeps_regions_apart() {
        let specs = shipped();
        let gazetteer = Gazetteer::new(&specs);
        let day: Date = "2025-10-05".parse().expect("a day");
        let within = specs.hierarchy.find(&RegionCode::new("390000000"));
        let level = specs.programme.level("district");
        let find = |text: &str| gazetteer.find(text, Scope { within, level }, day);
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
