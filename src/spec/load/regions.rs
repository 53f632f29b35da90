//! `regions.yaml`: one tree of regions.

use super::{Frame, Loader};
use crate::diagnostic::{Place, Rule, Severity, Span};
use crate::language::{CaseForm, LanguageCode};
use crate::letters::{foreign, look};
use crate::region::{Broken, Hierarchy, Region, RegionCode, RegionIndex};
use crate::spec::format::{RawRegion, RawRegions};
use crate::yaml::{Entries, Parsed, Spanned};
use std::collections::HashMap;

/// The regions as they are declared.
struct Registry<'a> {
    raw: &'a [RawRegion],
    /// The first position of each code.
    positions: HashMap<&'a str, usize>,
    /// Whether all regions could be read.
    whole: bool,
}

impl Loader<'_> {
    /// The place of a region on the map of tiles; reported when another region has it.
    fn tile(&mut self, raw: &Spanned<[u8; 2]>, taken: &mut HashMap<(u8, u8), Span>) -> Option<(u8, u8)> {
        /// A larger map does not fit on a page.
        const MOST: u8 = 20;
        let [row, column] = raw.value;
        if !(1..=MOST).contains(&row) || !(1..=MOST).contains(&column) {
            let message = format!("expected a row and a column from 1 to {MOST}, found {row} and {column}");
            self.report(Rule::InvalidSpecification, raw.span, message);
            return None;
        }
        if let Some(first) = taken.insert((row, column), raw.span) {
            let message = format!("the tile in row {row} and column {column} is taken");
            self.report(Rule::DuplicateName, raw.span, message).hint =
                Some(format!("the region in line {} has it; give one of them another place", first.line).into());
            return None;
        }
        Some((row, column))
    }

    pub fn hierarchy(&mut self, raw: Parsed<RawRegions>, frame: Frame<'_>) -> Option<Hierarchy> {
        let whole = raw.whole;
        let raw = raw.value.regions.0;
        self.distinct("the region", raw.iter().map(|region| &region.code));
        raw.iter().for_each(|region| self.seems_latin(&region.code));
        let positions: HashMap<&str, usize> =
            raw.iter().enumerate().rev().map(|(position, region)| (region.code.value.as_str(), position)).collect();
        let registry = Registry { raw: &raw, positions, whole };
        let mut tiles = HashMap::new();
        let read = |region: &RawRegion| {
            let tile = region.tile.as_ref().and_then(|tile| self.tile(tile, &mut tiles));
            self.declared_region(region, &registry, frame).map(|found| Region { tile, ..found })
        };
        // All regions are read before any fault ends the loading.
        let regions: Vec<Option<Region>> = raw.iter().map(read).collect();
        let regions = regions.into_iter().collect::<Option<Vec<Region>>>().filter(|_| whole)?;
        for (position, region) in regions.iter().enumerate() {
            if let Some(parent) = region.parent
                && regions[parent.0].level >= region.level
                && parent.0 != position
            {
                let (inner, outer) =
                    (&frame.programme.levels[region.level.0].id, &frame.programme.levels[regions[parent.0].level.0].id);
                let message = format!("the region `{}` of the level `{inner}` lies in one of the level `{outer}`", region.code);
                self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                    Some("a region lies in one of a higher level".into());
            }
        }
        self.lives(&raw, &regions, frame);
        Hierarchy::new(regions).map_err(|broken| self.broken(broken, &raw)).ok()
    }

    /// Warns of a code with letters that only look like Latin ones: whoever types it in Latin means another one.
    fn seems_latin(&mut self, code: &Spanned<String>) {
        let seen = look(&code.value);
        if code.value.is_ascii() || !seen.is_ascii() || seen.chars().count() != code.value.chars().count() {
            return;
        }
        let others: Vec<String> =
            foreign(&code.value, &seen).iter().map(|(_, letter, script)| format!("`{letter}` ({script})")).collect();
        if others.is_empty() {
            return;
        }
        let message = format!("the code `{}` holds letters that only look Latin: {}", code.value, others.join(", "));
        let found = self.report(Rule::InvalidSpecification, code.span, message);
        found.severity = Severity::Warning;
        found.hint = Some("type it anew in one script, as the offices do".into());
    }

    /// A region as it is declared; `None` when its level or its parent is unknown.
    fn declared_region(&mut self, region: &RawRegion, registry: &Registry<'_>, frame: Frame<'_>) -> Option<Region> {
        let Registry { raw, positions, whole } = registry;
        let level = self.level(&region.level, frame);
        let parent = region.parent.as_ref().map(|code| positions.get(code.value.as_str()).copied().ok_or(code));
        if let (Some(Err(code)), true) = (parent, *whole) {
            let message = format!("the region `{}` lies in `{}`, which is not in the registry", region.code.value, code.value);
            let hint = self.suggestion(&code.value, raw.iter().map(|region| region.code.value.as_str()));
            self.report(Rule::BrokenHierarchy, code.span, message).hint = hint.map(Into::into);
        }
        let from = region.from.as_ref().and_then(|date| self.date(date));
        let to = region.to.as_ref().and_then(|date| self.date(date));
        if let (Some(first), Some(end), Some(raw)) = (from, to, &region.to)
            && end <= first
        {
            let message = format!("the region `{}` ends on {end}, before its first day {first}", region.code.value);
            self.report(Rule::InvalidSpecification, raw.span, message).hint =
                Some("`from` is the first day of its existence, `to` the first day after it".into());
        }
        let (name, short, cases) =
            (self.text(&region.name), region.short.as_ref().map(|short| self.text(short)), self.cases(&region.cases));
        let parent = parent.transpose().ok()?.map(RegionIndex);
        let (code, aliases) = (RegionCode::new(&region.code.value), region.aliases.0.clone());
        Some(Region { code, level: level?, parent, name, short, aliases, cases, tile: None, from, to })
    }

    /// Reports why the regions form no tree.
    fn broken(&mut self, broken: Broken, raw: &[RawRegion]) {
        let name = |position: usize| format!("`{}`", raw[position].code.value);
        match broken {
            Broken::NoTop => {
                let top = Span { line: 1, column: 1 };
                self.report(Rule::BrokenHierarchy, top, "expected one region without `parent`, found none");
            }
            Broken::SeveralTops(tops) => {
                for &position in &tops[1..] {
                    let message = format!("the region {} has no `parent`, and neither has {}", name(position), name(tops[0]));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("only the top region has no parent".into());
                }
            }
            Broken::Cycle(positions) => {
                for position in positions {
                    let message = format!("the region {} lies within itself: its parents never reach the top", name(position));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("correct one `parent`".into());
                }
            }
        }
    }

    /// Reports regions that exist on days on which their parent does not: they would stand in no table. A region without a first day exists
    /// from the beginning. That is a fault only where a period is concerned, since few know the first days of all regions.
    fn lives(&mut self, raw: &[RawRegion], regions: &[Region], frame: Frame<'_>) {
        for (raw, region) in raw.iter().zip(regions) {
            let Some(outer) = region.parent.map(|parent| &regions[parent.0]) else { continue };
            let (code, outer_code) = (&region.code, &outer.code);
            if let Some(begin) = outer.from.filter(|begin| region.from.is_none_or(|from| from < *begin)) {
                let first = frame.programme.periods.iter().find(|period| period.date < begin && region.exists_on(period.date));
                let found = match (region.from, first) {
                    (Some(from), _) => Some(format!("begins on {from}")),
                    (None, Some(period)) => Some(format!("has no first day, and counts in `{}`", period.id)),
                    (None, None) => None,
                };
                if let Some(found) = found {
                    let message = format!("the region `{code}` {found}; `{outer_code}`, in which it lies, begins on {begin}");
                    let span = raw.from.as_ref().map_or(raw.code.span, |from| from.span);
                    self.report(Rule::BrokenHierarchy, span, message).hint = Some(
                        format!("give it `from: {begin}`, and write an entry with a code of its own for the time before").into(),
                    );
                }
            }
            if let Some(end) = outer.to.filter(|end| region.to.is_none_or(|to| to > *end)) {
                let found = region.to.map_or("has no end".to_owned(), |to| format!("ends on {to}"));
                let message = format!("the region `{code}` {found}; `{outer_code}`, in which it lies, ends on {end}");
                let span = raw.to.as_ref().map_or(raw.code.span, |to| to.span);
                self.report(Rule::BrokenHierarchy, span, message).hint =
                    Some(format!("give it `to: {end}`, and write an entry with a code of its own for the time after").into());
            }
        }
    }

    fn cases(&mut self, raw: &Entries<Entries<String>>) -> Vec<CaseForm> {
        let mut all = Vec::new();
        for (language, forms) in &raw.0 {
            let code = LanguageCode::new(&language.value);
            if !self.languages.contains(&code) {
                self.unknown_language(language);
                continue;
            }
            all.extend(forms.0.iter().map(|(case, form)| CaseForm {
                language: code.clone(),
                case: case.value.clone(),
                form: form.clone(),
                place: Place::Text { file: self.file.clone(), span: case.span },
            }));
        }
        all
    }
}
