//! `regions.yaml`: one tree of regions.

use super::{Frame, Loader};
use crate::diagnostic::{Place, Rule, Span, did_you_mean_or_list};
use crate::language::{CaseForm, LanguageCode};
use crate::region::{Broken, Hierarchy, LevelIndex, Region, RegionCode, RegionIndex};
use crate::spec::format::RawRegions;
use crate::yaml::{Entries, Parsed, Spanned};
use std::collections::HashMap;

impl Loader<'_> {
    /// A place on the map of tiles, which no other region has.
    fn tile(&mut self, raw: &Spanned<[u8; 2]>, taken: &mut HashMap<(u8, u8), Span>) -> Option<(u8, u8)> {
        /// A map of more does not fit on a page.
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
                Some(format!("the region in line {} has it; give one of them another place", first.line));
            return None;
        }
        Some((row, column))
    }

    pub fn hierarchy(&mut self, raw: Parsed<RawRegions>, frame: Frame<'_>) -> Option<Hierarchy> {
        let whole = raw.whole;
        let raw = raw.value.regions.0;
        self.distinct("the region", raw.iter().map(|region| &region.code));
        let positions: HashMap<&str, usize> =
            raw.iter().enumerate().rev().map(|(position, region)| (region.code.value.as_str(), position)).collect();
        let mut regions = Vec::new();
        let mut sound = whole;
        let mut tiles = HashMap::new();
        for region in &raw {
            let level = self.level(&region.level, frame);
            let parent = region.parent.as_ref().map(|code| positions.get(code.value.as_str()).copied().ok_or(code));
            if let Some(Err(code)) = parent
                && whole
            {
                let message =
                    format!("the region `{}` lies in `{}`, which is not in the registry", region.code.value, code.value);
                let hint = did_you_mean_or_list(&code.value, raw.iter().map(|region| region.code.value.as_str()));
                self.report(Rule::BrokenHierarchy, code.span, message).hint = hint;
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
            sound &= level.is_some() && !matches!(parent, Some(Err(_)));
            regions.push(Region {
                code: RegionCode::new(&region.code.value),
                level: level.unwrap_or(LevelIndex(0)),
                parent: parent.and_then(Result::ok).map(RegionIndex),
                name: self.text(&region.name),
                short: region.short.as_ref().map(|short| self.text(short)),
                aliases: region.aliases.0.clone(),
                cases: self.cases(&region.cases),
                tile: region.tile.as_ref().and_then(|tile| self.tile(tile, &mut tiles)),
                from,
                to,
            });
        }
        if !sound {
            return None;
        }
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
        let name = |position: usize| format!("`{}`", raw[position].code.value);
        let top = Span { line: 1, column: 1 };
        match Hierarchy::new(regions) {
            Ok(hierarchy) => return Some(hierarchy),
            Err(Broken::NoTop) => {
                self.report(Rule::BrokenHierarchy, top, "expected one region without `parent`, found none");
            }
            Err(Broken::SeveralTops(tops)) => {
                for &position in &tops[1..] {
                    let message = format!("the region {} has no `parent`, and neither has {}", name(position), name(tops[0]));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("only the top region has no parent".into());
                }
            }
            Err(Broken::Cycle(positions)) => {
                for position in positions {
                    let message = format!("the region {} lies within itself: its parents never reach the top", name(position));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("correct one `parent`".into());
                }
            }
        }
        None
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
