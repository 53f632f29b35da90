//! Regions by code and by name, in any language of the programme. A name that several regions bear is looked up within another region.

use std::collections::HashMap;

use jiff::civil::Date;

use super::cell::Fault;
use crate::diagnostic::{Rule, did_you_mean, list_some};
use crate::region::{Hierarchy, LevelIndex, RegionCode, RegionIndex};
use crate::spec::fold;

/// All spellings of all regions.
pub struct Gazetteer<'a> {
    hierarchy: &'a Hierarchy,
    /// Folded spelling to the regions that bear it, and how one of them writes it.
    names: HashMap<String, (String, Vec<RegionIndex>)>,
}

impl<'a> Gazetteer<'a> {
    /// Of every region in the registry.
    pub fn new(hierarchy: &'a Hierarchy) -> Self {
        let mut names: HashMap<String, (String, Vec<RegionIndex>)> = HashMap::new();
        for (index, region) in hierarchy.all() {
            for name in region.name.all().chain(region.aliases.iter().map(String::as_str)) {
                let (_, bearers) = names.entry(fold(name)).or_insert_with(|| (name.to_owned(), Vec::new()));
                if !bearers.contains(&index) {
                    bearers.push(index);
                }
            }
        }
        Self { hierarchy, names }
    }

    /// The region with a code or a name that exists on `day`, within `within` and of `level` where these are given.
    pub fn find(
        &self,
        text: &str,
        within: Option<RegionIndex>,
        level: Option<LevelIndex>,
        day: Date,
    ) -> Result<RegionIndex, Fault> {
        if let Some(index) = self.hierarchy.find(&RegionCode::new(text)) {
            return self.existing(index, text, within, day);
        }
        let bearers = self.names.get(&fold(text)).map_or(&[][..], |(_, bearers)| bearers.as_slice());
        let fits = |index: &RegionIndex| within.is_none_or(|outer| self.hierarchy.contains(outer, *index));
        let mut found: Vec<RegionIndex> = bearers.iter().copied().filter(fits).collect();
        // Only where several remain do the level and the day choose, so that a wrong level has its own message.
        for keep in [
            &|index: &RegionIndex| level.is_none_or(|level| self.hierarchy.region(*index).level == level),
            &|index: &RegionIndex| self.hierarchy.region(*index).exists_on(day),
        ] as [&dyn Fn(&RegionIndex) -> bool; 2]
        {
            if found.len() > 1 && found.iter().any(keep) {
                found.retain(keep);
            }
        }
        match found.as_slice() {
            [index] => self.existing(*index, text, within, day),
            [] => Err(self.unknown(text, within, !bearers.is_empty())),
            several => {
                let codes: Vec<&str> = several.iter().map(|&index| self.hierarchy.region(index).code.as_str()).collect();
                Err(Fault::new(
                    Rule::AmbiguousRegion,
                    format!("several regions are called `{text}` in {{}}: {}", list_some(&codes)),
                )
                .hint("write the code, or fill in the column of the region that it lies in"))
            }
        }
    }

    fn existing(&self, index: RegionIndex, text: &str, within: Option<RegionIndex>, day: Date) -> Result<RegionIndex, Fault> {
        let region = self.hierarchy.region(index);
        if !region.exists_on(day) {
            return Err(Fault::new(Rule::UnknownRegion, format!("the region `{text}` in {{}} does not exist on {day}"))
                .hint("its first and last day stand in `regions.yaml`"));
        }
        if let Some(outer) = within.filter(|&outer| !self.hierarchy.contains(outer, index)) {
            let outer = &self.hierarchy.region(outer).code;
            return Err(Fault::new(Rule::UnknownRegion, format!("the region `{text}` in {{}} does not lie in `{outer}`"))
                .hint("correct one of the two columns"));
        }
        Ok(index)
    }

    fn unknown(&self, text: &str, within: Option<RegionIndex>, elsewhere: bool) -> Fault {
        let place = within.map_or_else(String::new, |outer| format!(" within `{}`", self.hierarchy.region(outer).code));
        let message = format!("unknown region `{text}`{place} in {{}}");
        let fits = |bearers: &[RegionIndex]| {
            bearers.iter().any(|&index| within.is_none_or(|outer| self.hierarchy.contains(outer, index)))
        };
        let mut near: Vec<&str> =
            self.names.values().filter(|(_, bearers)| fits(bearers)).map(|(name, _)| name.as_str()).collect();
        near.sort_unstable();
        let hint = did_you_mean(text, near).unwrap_or_else(|| {
            if elsewhere {
                "a region of this name lies elsewhere".into()
            } else {
                "write the code or the name as in `regions.yaml`".into()
            }
        });
        Fault::new(Rule::UnknownRegion, message).hint(hint)
    }
}
