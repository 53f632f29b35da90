//! Names on the command line in, positions in the specifications out; unknown names are reported.

use esep::diagnostic::{did_you_mean_or_list, nearest};
use esep::language::LanguageCode;
use esep::period::PeriodIndex;
use esep::region::{LevelIndex, Region, RegionCode, RegionIndex};
use esep::spec::names::Reading;
use esep::spec::{Specs, fold};

use super::Stop;
use super::arguments::Choice;

pub fn period(specs: &Specs, id: &str) -> Result<PeriodIndex, Stop> {
    specs
        .programme
        .period(id)
        .ok_or_else(|| unknown("period", id, specs.programme.periods.iter().map(|period| period.id.as_str())))
}

/// Regions by their codes or names.
pub fn regions(specs: &Specs, texts: &[String]) -> Result<Vec<RegionIndex>, Stop> {
    texts.iter().map(|text| region(specs, text)).collect()
}

/// The codes of regions that are given by their codes or names.
pub fn codes(specs: &Specs, texts: &[String]) -> Result<Vec<String>, Stop> {
    let code = |region: RegionIndex| specs.hierarchy.region(region).code.as_str().to_owned();
    Ok(regions(specs, texts)?.into_iter().map(code).collect())
}

fn region(specs: &Specs, text: &str) -> Result<RegionIndex, Stop> {
    if let Some(region) = specs.hierarchy.find(&RegionCode::new(text)) {
        return Ok(region);
    }
    match called(specs, text).as_slice() {
        [region] => Ok(*region),
        [] => {
            if let Some(hint) = begun(specs, text) {
                return Err(Stop::CannotRun(format!("unknown region `{text}`; did you mean {hint}?")));
            }
            let regions = || specs.hierarchy.all().map(|(_, region)| region);
            let meant = nearest(text, regions().flat_map(spellings));
            let known = || regions().map(|region| region.code.as_str());
            Err(meant.map_or_else(|| unknown("region", text, known()), |meant| unknown("region", text, [meant])))
        }
        several => {
            let language = &specs.programme.publish[0];
            let named = |&index: &RegionIndex| {
                let region = specs.hierarchy.region(index);
                let outer = region.parent.map(|outer| specs.hierarchy.region(outer).name.get(language));
                let outer = outer.map_or_else(String::new, |outer| format!(", {outer}"));
                format!("`{}` ({}{outer})", region.code, region.name.get(language))
            };
            let named: Vec<String> = several.iter().map(named).collect();
            Err(Stop::CannotRun(format!("several regions are called `{text}`: {}; name one by its code", named.join("; "))))
        }
    }
}

/// The regions whose codes begin like this, each without those within it, where they are few.
fn begun(specs: &Specs, text: &str) -> Option<String> {
    const FEW: usize = 3;
    let begins = |region: RegionIndex| specs.hierarchy.region(region).code.as_str().starts_with(text);
    let is_outermost = |&region: &RegionIndex| begins(region) && !specs.hierarchy.upwards(region).skip(1).any(begins);
    let found: Vec<RegionIndex> = specs.hierarchy.all().map(|(region, _)| region).filter(is_outermost).collect();
    let language = &specs.programme.publish[0];
    let named = |&region: &RegionIndex| {
        let region = specs.hierarchy.region(region);
        format!("`{}` ({})", region.code, region.name.get(language))
    };
    let is_few = !text.is_empty() && (1..=FEW).contains(&found.len());
    is_few.then(|| found.iter().map(named).collect::<Vec<_>>().join(" or "))
}

/// The regions that bear a name, in any language of the programme. As in the offices' files, a spelling of the registry goes before a name
/// that is only alike, such as one without its word for the kind of region.
fn called(specs: &Specs, text: &str) -> Vec<RegionIndex> {
    let bearers = |is_borne: &dyn Fn(&Region) -> bool| -> Vec<RegionIndex> {
        specs.hierarchy.all().filter(|(_, region)| is_borne(region)).map(|(index, _)| index).collect()
    };
    let (spelt, names) = (fold(text), &specs.programme.names);
    let meant = names.readings(text);
    let mut found = bearers(&|region| spellings(region).any(|name| fold(name) == spelt));
    if found.is_empty() {
        found = bearers(&|region| {
            let readings: Vec<Reading> = spellings(region).flat_map(|name| names.readings(name)).collect();
            let is_of_kind = |kind: &usize| readings.iter().any(|own| own.kinds.contains(kind));
            meant.iter().any(|meant| readings.iter().any(|own| own.core == meant.core) && meant.kinds.iter().all(is_of_kind))
        });
    }
    // A region that is no more has often handed its name on.
    let exists = |index: &RegionIndex| {
        specs.programme.periods.last().is_some_and(|last| specs.hierarchy.region(*index).exists_on(last.date))
    };
    if found.len() > 1 && found.iter().any(exists) {
        found.retain(exists);
    }
    found
}

/// All that a region is called.
fn spellings(region: &Region) -> impl Iterator<Item = &str> {
    region.name.all().chain(region.aliases.iter().map(String::as_str))
}

/// The periods and regions that are chosen; all of them where none are named.
#[derive(Default)]
pub struct Chosen {
    pub periods: Vec<PeriodIndex>,
    pub regions: Vec<RegionIndex>,
}

impl Chosen {
    pub fn new(specs: &Specs, choice: &Choice) -> Result<Self, Stop> {
        let periods = choice.period.iter().map(|id| period(specs, id)).collect::<Result<_, _>>()?;
        Ok(Self { periods, regions: regions(specs, &choice.region)? })
    }

    pub fn has(&self, specs: &Specs, period: PeriodIndex, region: RegionIndex) -> bool {
        (self.periods.is_empty() || self.periods.contains(&period)) && self.has_any(specs, [region])
    }

    /// Whether one of the regions is, or lies in, a chosen one.
    pub fn has_any(&self, specs: &Specs, regions: impl IntoIterator<Item = RegionIndex>) -> bool {
        let is_within = |region| self.regions.iter().any(|&outer| specs.hierarchy.contains(outer, region));
        self.regions.is_empty() || regions.into_iter().any(is_within)
    }
}

pub fn indicators(specs: &Specs, ids: &[String]) -> Result<(), Stop> {
    let known = || specs.indicators.iter().map(|indicator| indicator.id.as_str());
    let strange = ids.iter().find(|id| !known().any(|known| known == id.as_str()));
    strange.map_or(Ok(()), |id| Err(unknown("indicator", id, known())))
}

pub fn levels(specs: &Specs, names: &[String]) -> Result<Vec<LevelIndex>, Stop> {
    let find = |name: &String| {
        let found = specs.programme.level(name);
        found.ok_or_else(|| unknown("level", name, specs.programme.levels.iter().map(|level| level.id.as_str())))
    };
    names.iter().map(find).collect()
}

pub fn languages(specs: &Specs, codes: &[String]) -> Result<Vec<LanguageCode>, Stop> {
    let known = &specs.programme.languages;
    let find = |code: &String| {
        let found = known.iter().find(|language| language.as_str() == code).cloned();
        found.ok_or_else(|| unknown("language", code, known.iter().map(LanguageCode::as_str)))
    };
    codes.iter().map(find).collect()
}

pub fn unknown<'a>(what: &str, name: &str, all: impl IntoIterator<Item = &'a str>) -> Stop {
    let hint = did_you_mean_or_list(name, all).map_or_else(String::new, |hint| format!("; {hint}"));
    Stop::CannotRun(format!("unknown {what} `{name}`{hint}"))
}
