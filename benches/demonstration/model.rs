//! Settings and specifications in, units and their answers out. Knows no country, no subject and no language.

use std::collections::BTreeMap;

use esep::period::Period;
use esep::region::RegionIndex;
use esep::spec::{Dataset, FieldKind, Specs};
use jiff::ToSpan;
use jiff::civil::Date;
use minijinja::{Environment, context};

use crate::draw::Chance;
use crate::settings::{Format, How, Keyed, Model, Number, Settings, first, fits, get, matches, product};

/// All that rows are made from.
pub struct World<'a> {
    pub specs: &'a Specs,
    pub settings: &'a Settings,
    pub chance: Chance,
}

/// What the settings say about a region.
pub struct Place {
    /// Its own code, those of what it lies in, and the words of every rule that fits one of them.
    pub words: Vec<String>,
    pub weight: f64,
    pub odds: f64,
    pub format: Format,
    pub language: String,
}

/// What a row of a table is about: a unit of the register, or a region.
pub struct Subject {
    /// Draws are made for this name. It never changes, however many others there are.
    pub id: String,
    pub region: RegionIndex,
    /// What keys of the settings are compared with.
    words: Vec<String>,
    traits: BTreeMap<String, String>,
    /// The identifier of a unit, and its name in each language.
    texts: Option<(String, BTreeMap<String, String>)>,
    weight: f64,
    odds: f64,
}

/// A cell before it is put into words.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    NotReported,
    NotApplicable,
    Flag(bool),
    Category(String),
    Count(i64),
    Text(String),
    Region(RegionIndex),
}

impl World<'_> {
    /// What the settings say about a region.
    pub fn place(&self, region: RegionIndex) -> Place {
        let codes: Vec<String> = self.upwards(region).map(|index| self.code(index)).collect();
        let language = self.specs.programme.languages[0].to_string();
        let weight = self.chance.factor(self.settings.weight_spread.0, &[&self.code(region), "weight"]);
        let mut place = Place { words: codes.clone(), weight, odds: 1.0, format: Format::Xlsx, language };
        for (pattern, rule) in &self.settings.places.0 {
            if codes.iter().any(|code| matches(&pattern.value, code)) {
                place.words.extend(rule.words.iter().cloned());
                place.weight *= rule.weight.map_or(1.0, |weight| weight.0);
                place.odds *= rule.odds.map_or(1.0, |odds| odds.0);
                place.format = rule.format.unwrap_or(place.format);
                place.language = rule.language.clone().unwrap_or(place.language);
            }
        }
        place
    }

    /// The units of every region of a level, about `wanted` of them in all.
    pub fn units(&self, level: &str, wanted: usize) -> Result<Vec<Subject>, String> {
        let places: Vec<(RegionIndex, Place)> = self.regions(level)?.map(|region| (region, self.place(region))).collect();
        let size = |scale: f64, place: &Place| ((scale * place.weight).round() as usize).max(self.settings.fewest);
        let all = |scale: f64| places.iter().map(|(_, place)| size(scale, place)).sum::<usize>();
        let (mut low, mut high) = (0.0, wanted as f64);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if all(middle) > wanted { high = middle } else { low = middle }
        }
        let mut units = Vec::new();
        for (region, place) in &places {
            let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
            for number in 1..=size(low, place) {
                units.push(self.unit(*region, place, number, &mut numbers)?);
            }
        }
        Ok(units)
    }

    fn unit(
        &self,
        region: RegionIndex,
        place: &Place,
        number: usize,
        numbers: &mut BTreeMap<String, usize>,
    ) -> Result<Subject, String> {
        let code = self.code(region);
        let id = format!("{code}/{number}");
        let mut words = place.words.clone();
        let mut traits = BTreeMap::new();
        for kind in &self.settings.traits {
            let value = match kind.first.get(number - 1) {
                Some(value) => value.clone(),
                None => {
                    let shares = first(&kind.shares, &words).ok_or_else(|| no_fit("shares", &kind.name))?;
                    let weights: Vec<(&str, f64)> = shares.0.iter().map(|(value, share)| (&*value.value, share.0)).collect();
                    choose(&weights, self.chance.uniform(&[&id, &kind.name])).to_owned()
                }
            };
            words.push(value.clone());
            traits.insert(kind.name.clone(), value);
        }
        if self.settings.traits.iter().any(|kind| number <= kind.first.len()) {
            words.push("founding".to_owned());
        }
        let names = self.settings.names.0.iter().find(|(key, _)| fits(&key.value, &words));
        let (key, names) = names.ok_or_else(|| no_fit("names", &id))?;
        let alike = numbers.entry(key.value.clone()).or_default();
        *alike += 1;
        let identifier = render(&self.settings.identifier, context! { code, number })?;
        let names =
            names.0.iter().map(|(language, name)| Ok((language.value.clone(), render(name, context! { number => *alike })?)));
        let names = names.collect::<Result<_, String>>()?;
        let texts = Some((identifier, names));
        Ok(Subject { id, region, words, traits, texts, weight: place.weight, odds: place.odds })
    }

    /// A region as the subject of a row.
    pub fn region(&self, region: RegionIndex) -> Subject {
        let Place { words, weight, odds, .. } = self.place(region);
        Subject { id: self.code(region), region, words, traits: BTreeMap::new(), texts: None, weight, odds }
    }

    /// The regions of a level, whenever they exist.
    pub fn regions(&self, level: &str) -> Result<impl Iterator<Item = RegionIndex>, String> {
        let level = self.specs.programme.level(level).ok_or_else(|| format!("unknown level `{level}` in the settings"))?;
        Ok(self.specs.hierarchy.all().filter(move |(_, region)| region.level == level).map(|(index, _)| index))
    }

    /// Whether a unit is there in a period, and whether it reports.
    pub fn takes_part(&self, subject: &Subject, dataset: &Dataset, period: &Period) -> bool {
        let words = words(subject, dataset, period);
        let drawn = |keyed: &Keyed<Number>, name: &str, time: &str| {
            let percent = first(keyed, &words).map_or(0.0, |percent| percent.0);
            self.chance.uniform(&[&subject.id, name, time]) * 100.0 < percent
        };
        let exists = self.specs.hierarchy.region(subject.region).exists_on(period.date);
        let present = drawn(&self.settings.present, "present", "");
        let silent = dataset.expected.is_some() && drawn(&self.settings.silent, "silent", &period.id);
        exists && present && !silent
    }

    /// The day on which the office of a region sends a period's tables, when there is a last one for them.
    pub fn received(&self, office: RegionIndex, period: &Period) -> Option<Date> {
        let words = self.office(office, period);
        let earliest = self.settings.received.earliest.0;
        let early = (self.chance.uniform(&[&self.code(office), "received", &period.id]) * (earliest - 1.0)).ceil();
        let days = first(&self.settings.received.late, &words).map_or(early, |late| late.0);
        Some(period.due?.saturating_add((days as i64).days()))
    }

    /// The day on which it sends a correction, if it does.
    pub fn corrected(&self, office: RegionIndex, period: &Period) -> Option<Date> {
        let days = first(&self.settings.corrections, &self.office(office, period))?.0;
        Some(period.due?.saturating_add((days as i64).days()))
    }

    /// The words of an office in a period.
    fn office(&self, office: RegionIndex, period: &Period) -> Vec<String> {
        self.upwards(office).map(|index| self.code(index)).chain([period.id.clone()]).collect()
    }

    /// The cells of a row, one for each field of the dataset; `filled` with those that were left blank at first.
    pub fn row(
        &self,
        subject: &Subject,
        dataset: &Dataset,
        period: &Period,
        language: &str,
        filled: bool,
    ) -> Result<Vec<Cell>, String> {
        let words = words(subject, dataset, period);
        let mut answers: BTreeMap<String, Cell> = BTreeMap::new();
        let models = self.settings.fields.0.iter().find(|(id, _)| *id.value == *dataset.id).map_or(&[][..], |(_, models)| models);
        for model in models {
            self.answer(model, subject, dataset, period, &words, &mut answers)?;
        }
        // Counts and what they are split into are left blank together: a page that nobody filled in.
        let page = |field: &str| {
            let whole = models.iter().find(|model| model.into.0.iter().any(|(into, _)| into.value == field));
            whole.map_or(field.to_owned(), |model| model.field.value.clone())
        };
        let blank = first(&self.settings.blank, &words).map_or(0.0, |percent| percent.0) / 100.0;
        let mut regions = BTreeMap::new();
        let mut field = Some(dataset.region);
        for region in self.upwards(subject.region) {
            let Some(index) = field else { break };
            regions.insert(index, region);
            field = match &dataset.field(index).kind {
                FieldKind::Region { within, .. } => *within,
                FieldKind::Code | FieldKind::Text | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => None,
            };
        }
        let cells = (0..dataset.fields.len()).map(|position| {
            let index = esep::spec::FieldIndex(position);
            let field = dataset.field(index);
            if let Some(answer) = answers.remove(field.id.as_str()) {
                let draw = self.chance.uniform(&[&subject.id, &page(&field.id), &period.id, "blank"]);
                let in_words = self.settings.blank_in_words.0 / 100.0;
                return match answer {
                    Cell::Empty | Cell::NotApplicable => answer,
                    _ if filled || field.required || draw >= blank => answer,
                    _ if draw < blank * in_words => Cell::NotReported,
                    _ => Cell::Empty,
                };
            }
            match (&subject.texts, &field.kind) {
                (_, FieldKind::Region { .. }) => regions.get(&index).map_or(Cell::Empty, |region| Cell::Region(*region)),
                (Some((_, names)), _) if dataset.title == Some(index) => {
                    Cell::Text(names.get(language).cloned().unwrap_or_default())
                }
                (Some((identifier, _)), FieldKind::Code) if dataset.key.contains(&index) => Cell::Text(identifier.clone()),
                (_, _) => subject.traits.get(field.id.as_str()).map_or(Cell::Empty, |value| Cell::Category(value.clone())),
            }
        });
        Ok(cells.collect())
    }

    fn answer(
        &self,
        model: &Model,
        subject: &Subject,
        dataset: &Dataset,
        period: &Period,
        words: &[String],
        answers: &mut BTreeMap<String, Cell>,
    ) -> Result<(), String> {
        let field = model.field.value.as_str();
        if dataset.find(field).is_none() {
            return Err(format!("unknown field `{field}` of `{}` in line {} of the settings", dataset.id, model.field.span.line));
        }
        let targets: Vec<&str> = match model.how {
            How::Split => model.into.0.iter().map(|(into, _)| into.value.as_str()).collect(),
            How::Share | How::Posts | How::Size | How::Part => vec![field],
        };
        let mut all = |cell: Cell| answers.extend(targets.iter().map(|&target| (target.to_owned(), cell.clone())));
        let any = |keys: &[String]| keys.iter().any(|key| fits(key, words));
        if any(&model.except) {
            all(Cell::NotApplicable);
            return Ok(());
        }
        if !model.only.is_empty() && !any(&model.only) {
            all(Cell::Empty);
            return Ok(());
        }
        let count = |id: &str| match answers.get(id) {
            Some(Cell::Count(count)) => Ok(*count),
            _ => Err(format!("expected a count `{id}` above the model of `{field}` in the settings, found none")),
        };
        let of = match (&model.of, model.how) {
            (Some(of), _) => count(of)?,
            (None, How::Split) => count(field)?,
            (None, _) => 0,
        };
        let whole = of - model.less.as_deref().map_or(Ok(0), count)?;
        // A row keeps its draw over the periods: what it had it mostly still has.
        let time = if model.fresh { period.id.as_str() } else { "" };
        let draw = self.chance.uniform(&[&subject.id, field, time]);
        let spread = |name: &str| self.chance.factor(model.spread.map_or(0.0, |spread| spread.0), &[&subject.id, field, name]);
        let cell = match model.how {
            How::Size => {
                let median = first(&model.median, words).ok_or_else(|| no_fit("median", field))?.0;
                let weight = if model.weighted { subject.weight } else { 1.0 };
                let yearly = self.chance.factor(0.05, &[&subject.id, field, &period.id]);
                Cell::Count((median * weight * product(&model.times, words) * spread("size") * yearly).round() as i64)
            }
            How::Part => {
                let share = self.probability(model, subject, period, words, spread("part"))?;
                Cell::Count((whole as f64 * share + draw).floor() as i64)
            }
            How::Posts => {
                let share = self.probability(model, subject, period, words, 1.0)?;
                let more = model.per.map_or(0.0, |per| whole as f64 / per.0 * spread("posts"));
                Cell::Count(if draw < share { 1 + more.floor() as i64 } else { 0 })
            }
            How::Share => {
                let share = self.probability(model, subject, period, words, 1.0)?;
                let values: Vec<(&str, f64)> = model.values.0.iter().map(|(value, weight)| (&*value.value, weight.0)).collect();
                match &model.otherwise {
                    Some(_) if draw < share => Cell::Category(choose(&values, draw / share).to_owned()),
                    Some(otherwise) => Cell::Category(otherwise.clone()),
                    None => Cell::Flag(draw < share),
                }
            }
            How::Split => {
                let share = self.probability(model, subject, period, words, 1.0)?;
                let mut weights = Vec::new();
                for (into, weight) in &model.into.0 {
                    weights.push((into.value.as_str(), first(weight, words).ok_or_else(|| no_fit("into", &into.value))?.0));
                }
                let mut counts: BTreeMap<&str, i64> = weights.iter().map(|(into, _)| (*into, 0)).collect();
                for person in 0..whole {
                    let draw = self.chance.uniform(&[&subject.id, field, time, &person.to_string()]);
                    if draw < share {
                        *counts.entry(choose(&weights, draw / share)).or_default() += 1;
                    }
                }
                answers.extend(counts.into_iter().map(|(into, count)| (into.to_owned(), Cell::Count(count))));
                return Ok(());
            }
        };
        answers.insert(field.to_owned(), cell);
        Ok(())
    }

    /// The percentage of the settings, moved by odds: those of the row, of its regions, and of the period.
    fn probability(&self, model: &Model, subject: &Subject, period: &Period, words: &[String], own: f64) -> Result<f64, String> {
        let field = model.field.value.as_str();
        let share = first(&model.percent, words).ok_or_else(|| no_fit("percent", field))?.0 / 100.0;
        if share >= 1.0 {
            return Ok(1.0);
        }
        let mut odds = share / (1.0 - share) * product(&model.odds, words) * own;
        if !model.plain {
            odds *= subject.odds;
            for region in self.upwards(subject.region) {
                let level = &self.specs.programme.levels[self.specs.hierarchy.region(region).level.0].id;
                let code = self.code(region);
                odds *= self.chance.factor(get(&self.settings.spread, level)?.0, &[&code, field]);
                odds *= self.chance.factor(get(&self.settings.drift, level)?.0, &[&code, field, &period.id]);
            }
        }
        Ok(odds / (1.0 + odds))
    }

    /// A region and what it lies in, without the top.
    fn upwards(&self, region: RegionIndex) -> impl Iterator<Item = RegionIndex> {
        let top = self.specs.hierarchy.top();
        self.specs.hierarchy.upwards(region).filter(move |&index| index != top)
    }

    fn code(&self, region: RegionIndex) -> String {
        self.specs.hierarchy.region(region).code.to_string()
    }
}

/// A short text from a template of the settings.
pub fn render(template: &str, values: minijinja::Value) -> Result<String, String> {
    let outcome = Environment::new().render_str(template, values);
    outcome.map_err(|error| format!("cannot use the template `{template}` of the settings: {error}"))
}

fn words(subject: &Subject, dataset: &Dataset, period: &Period) -> Vec<String> {
    let mut words = subject.words.clone();
    words.extend([dataset.id.to_string(), period.id.clone()]);
    words
}

/// The value in whose stretch of the weights a draw from 0 to 1 falls.
fn choose<'a>(weights: &[(&'a str, f64)], draw: f64) -> &'a str {
    let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut rest = draw * sum;
    for (value, weight) in weights {
        rest -= weight;
        if rest < 0.0 {
            return value;
        }
    }
    weights.last().map_or("", |(value, _)| value)
}

fn no_fit(what: &str, of: &str) -> String {
    format!("no key of `{what}` fits `{of}` in the settings; end it with `all`")
}
