//! Names on the command line in, positions in the specifications out; unknown names are reported.

use esep::diagnostic::did_you_mean_or_list;
use esep::language::LanguageCode;
use esep::period::PeriodIndex;
use esep::region::{LevelIndex, RegionCode, RegionIndex};
use esep::spec::Specs;

use super::Stop;

pub fn period(specs: &Specs, id: &str) -> Result<PeriodIndex, Stop> {
    specs
        .programme
        .period(id)
        .ok_or_else(|| unknown("period", id, specs.programme.periods.iter().map(|period| period.id.as_str())))
}

pub fn regions(specs: &Specs, codes: &[String]) -> Result<Vec<RegionIndex>, Stop> {
    let find = |code: &String| {
        let found = specs.hierarchy.find(&RegionCode::new(code.as_str()));
        found.ok_or_else(|| unknown("region", code, specs.hierarchy.all().map(|(_, region)| region.code.as_str())))
    };
    codes.iter().map(find).collect()
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
