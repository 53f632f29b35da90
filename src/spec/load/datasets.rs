//! `datasets/*.yaml`: tables and their columns.

use super::{Frame, Loader};
use crate::diagnostic::{FileName, Rule, Span, list};
use crate::region::LevelIndex;
use crate::sources::TextFile;
use crate::spec::expression::Condition;
use crate::spec::format::{RawAmount, RawBlank, RawCorrections, RawDataset, RawField, RawJoin, RawKind, RawSigns};
use crate::spec::{
    Category, Corrections, Dataset, DatasetIndex, Field, FieldIndex, FieldKind, Join, LARGEST_COUNT, LARGEST_DECIMAL, Signs,
    UnitIndex, fold, fold_header, fold_suffix,
};
use crate::value::Amount;
use crate::yaml::{List, Parsed, Spanned};
use std::collections::HashMap;

impl Loader<'_> {
    pub fn datasets(&mut self, raw: Vec<(&TextFile, Parsed<RawDataset>)>, frame: Frame<'_>) -> Vec<Dataset> {
        let ids: Vec<String> = raw.iter().map(|(_, raw)| raw.value.id.value.clone()).collect();
        let mut seen: HashMap<String, &FileName> = HashMap::new();
        let mut datasets = Vec::new();
        let mut joins = Vec::new();
        for (file, mut raw) in raw {
            joins.push(std::mem::take(&mut raw.value.join));
            let mut loader = self.at(&file.name);
            if let Some(first) = seen.insert(raw.value.id.value.clone(), &file.name) {
                let message = format!("the dataset `{}` is declared a second time", raw.value.id.value);
                loader.report(Rule::DuplicateName, raw.value.id.span, message).hint =
                    Some(format!("the first one stands in `{first}`; give one of them another `id`").into());
            }
            datasets.push(loader.dataset(raw, &ids, frame));
        }
        for position in 0..datasets.len() {
            if !self.expectation(position, &datasets) {
                datasets[position].expected = None;
            }
        }
        self.join(joins, &mut datasets);
        self.distinct_tables(&mut datasets);
        datasets
    }

    /// Gives datasets the fields that are looked up in others.
    fn join(&mut self, raw: Vec<List<RawJoin>>, datasets: &mut [Dataset]) {
        let ids: Vec<String> = datasets.iter().map(|dataset| dataset.id.to_string()).collect();
        let columns: Vec<usize> = datasets.iter().map(|dataset| dataset.fields.len()).collect();
        for (position, raw) in raw.iter().enumerate() {
            for join in &raw.0 {
                let file = datasets[position].file.clone();
                let mut loader = self.at(&file);
                let Some(other) = ids.iter().position(|id| *id == join.dataset.value) else {
                    loader.unknown("dataset", &join.dataset, ids.iter().map(String::as_str));
                    datasets[position].whole = false;
                    continue;
                };
                let faults = loader.diagnostics.len();
                let joined = loader.joined(join, (DatasetIndex(position), DatasetIndex(other)), datasets, columns[other]);
                let is_sound = loader.diagnostics.len() == faults;
                datasets[position].whole &= is_sound;
                if let Some((join, fields)) = joined {
                    datasets[position].fields.extend(fields);
                    datasets[position].joins.push(join);
                }
            }
        }
    }

    /// What a dataset looks up in another one, of whose fields the first `columns` have columns; and the fields that this gives it.
    fn joined(
        &mut self,
        raw: &RawJoin,
        (index, other_index): (DatasetIndex, DatasetIndex),
        datasets: &[Dataset],
        columns: usize,
    ) -> Option<(Join, Vec<Field>)> {
        let (own, other) = (&datasets[index.0], &datasets[other_index.0]);
        if index == other_index {
            let message = format!("the dataset `{}` cannot look up its own fields", own.id);
            self.report(Rule::InvalidSpecification, raw.dataset.span, message);
            return None;
        }
        let names: Vec<Spanned<String>> = if raw.by.0.is_empty() {
            let key = other.key.iter().map(|&field| other.field(field).id.to_string());
            key.map(|value| Spanned { value, span: raw.dataset.span }).collect()
        } else {
            raw.by.0.clone()
        };
        let mut by = Vec::new();
        for name in &names {
            match own.find(&name.value).filter(|&field| !own.field(field).joined) {
                Some(field) => by.push(field),
                None if raw.by.0.is_empty() => {
                    let message = format!(
                        "the dataset `{}` has no field `{}`, by which rows of `{}` are told",
                        own.id, name.value, other.id
                    );
                    self.report(Rule::InvalidSpecification, name.span, message).hint = Some(
                        format!(
                            "name the field of `{}` that holds it: `by: [{}]`",
                            own.id,
                            own.field(own.key.first().copied().unwrap_or(FieldIndex(0))).id
                        )
                        .into(),
                    );
                }
                None => self.unknown("field", name, own.columns().map(|field| own.field(field).id.as_str())),
            }
        }
        if names.len() != other.key.len() {
            let message = format!(
                "expected as many fields in `by` as the key of `{}` has, {}, found {}",
                other.id,
                other.key.len(),
                names.len()
            );
            self.report(Rule::InvalidSpecification, raw.dataset.span, message);
        }
        let (mut fields, mut pairs) = (Vec::new(), Vec::new());
        for name in &raw.fields.0 {
            let Some(theirs) = other.find(&name.value).filter(|field| field.0 < columns) else {
                self.unknown("field", name, other.fields[..columns].iter().map(|field| field.id.as_str()));
                continue;
            };
            let field = other.field(theirs);
            let fault = if own.find(&name.value).is_some() || fields.iter().any(|known: &Field| known.id == field.id) {
                Some((Rule::DuplicateName, format!("the dataset `{}` has a field `{}` already", own.id, name.value)))
            } else if field.sensitive {
                // Else a second copy of the same persons would be counted, and withheld, apart from the first.
                Some((
                    Rule::InvalidSpecification,
                    format!("`{}` counts persons: it counts where it was reported only", name.value),
                ))
            } else if other.group_totals.iter().any(|(total, _)| *total == theirs) {
                Some((
                    Rule::InvalidSpecification,
                    format!("`{}` tells rows of groups from their totals: only its own dataset can do that", name.value),
                ))
            } else if matches!(field.kind, FieldKind::Region { .. }) {
                Some((Rule::InvalidSpecification, format!("`{}` is a region: a row lies where its own dataset says", name.value)))
            } else {
                None
            };
            if let Some((rule, message)) = fault {
                self.report(rule, name.span, message);
                continue;
            }
            pairs.push((FieldIndex(own.fields.len() + fields.len()), theirs));
            fields.push(Field {
                headers: Vec::new(),
                required: false,
                headless: false,
                asked: Condition::always(),
                joined: true,
                ..field.clone()
            });
        }
        Some((Join { dataset: other_index, by, fields: pairs }, fields))
    }

    /// Checks that the register of a dataset has the same key.
    fn expectation(&mut self, position: usize, datasets: &[Dataset]) -> bool {
        let dataset = &datasets[position];
        let Some(expected) = dataset.expected.map(|index| &datasets[index.0]) else { return true };
        let key = |dataset: &Dataset| dataset.key.iter().map(|&field| dataset.field(field).id.clone()).collect::<Vec<_>>();
        let alike = key(dataset) == key(expected);
        if dataset.whole && expected.whole && !alike {
            let message = format!(
                "the datasets `{}` and `{}` have different keys: {} and {}",
                dataset.id,
                expected.id,
                list(&key(dataset)),
                list(&key(expected))
            );
            let mut loader = self.at(&dataset.file);
            loader.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, message).hint =
                Some("units are matched by their key, so both need the same fields".into());
        }
        let is_number = |field: &Field| matches!(field.kind, FieldKind::Count { .. });
        let shared = dataset.fields.iter().filter_map(|field| Some((field, expected.field(expected.find(&field.id)?))));
        let unlike = shared.filter(|(own, other)| is_number(own) && is_number(other) && own.places() != other.places());
        let unlike: Vec<String> = unlike.map(|(own, _)| format!("`{}`", own.id)).collect();
        if !unlike.is_empty() {
            let message = format!("{} of `{}` and of `{}` have other `decimals`", unlike.join(", "), dataset.id, expected.id);
            let mut loader = self.at(&dataset.file);
            loader.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, message).hint =
                Some("what a register says of a unit is compared with its answer: declare the same `decimals` in both".into());
        }
        alike
    }

    /// Checks that a region lies in a field that stands earlier and has a higher level.
    fn nested(&mut self, raw: &RawDataset, fields: &[Field]) {
        for (position, field) in fields.iter().enumerate() {
            if let FieldKind::Region { within: Some(outer), .. } = field.kind
                && (outer.0 >= position || !matches!(fields[outer.0].kind, FieldKind::Region { .. }))
            {
                let message = format!(
                    "`within` of the field `{}` names `{}`, which is no earlier region field",
                    field.id, fields[outer.0].id
                );
                self.report(Rule::InvalidSpecification, raw.fields.0[position].id.span, message);
            }
            if let FieldKind::Region { within: Some(outer), level: Some(level) } = field.kind
                && let FieldKind::Region { level: Some(above), .. } = fields[outer.0].kind
                && above >= level
            {
                let message = format!("`{}` is to lie within `{}`, whose level is no higher", field.id, fields[outer.0].id);
                self.report(Rule::InvalidSpecification, raw.fields.0[position].id.span, message);
            }
        }
    }

    /// The level of the rows: the dataset's own, or that of the field with their region.
    fn level_of(&mut self, raw: &RawDataset, region: Option<&Field>, frame: Frame<'_>) -> Option<LevelIndex> {
        let level = raw.level.as_ref().and_then(|level| self.level(level, frame));
        let own = region.and_then(|region| match region.kind {
            FieldKind::Region { level, .. } => level,
            FieldKind::Code | FieldKind::Text | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => None,
        });
        if let (Some(level), Some(own), Some(raw)) = (level, own, &raw.level)
            && level != own
        {
            let message = format!("expected the level of the region field, `{}`, found `{}`", frame.level(own), raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        level.or(own)
    }

    fn dataset(&mut self, raw: Parsed<RawDataset>, ids: &[String], frame: Frame<'_>) -> Dataset {
        let whole = raw.whole;
        let raw = raw.value;
        let names: Vec<String> = raw.fields.0.iter().map(|field| field.id.value.clone()).collect();
        let find = |loader: &mut Self, name: &Spanned<String>| -> Option<FieldIndex> {
            let found = names.iter().position(|known| *known == name.value).map(FieldIndex);
            if found.is_none() && whole {
                loader.unknown("field", name, names.iter().map(String::as_str));
            }
            found
        };
        let signs = self.signs(&raw.numbers);
        let fields: Vec<Field> = raw.fields.0.iter().map(|field| self.field((field, signs, raw.blank), &find, frame)).collect();
        self.nested(&raw, &fields);
        let faults = self.diagnostics.len();
        self.distinct("the field", raw.fields.0.iter().map(|field| &field.id));
        self.distinct_headers(&raw.fields.0, &fields);
        self.one_headless(&raw.fields.0);
        self.replacing(&raw, &fields);
        // A dataset with columns that cannot be told apart is not read.
        let whole = whole && self.diagnostics.len() == faults;
        let region = find(self, &raw.region).filter(|&index| {
            let right = matches!(fields[index.0].kind, FieldKind::Region { .. });
            if !right {
                let message = format!("expected a field of type `region`, found `{}`", raw.region.value);
                self.report(Rule::InvalidSpecification, raw.region.span, message);
            }
            right
        });
        let key: Vec<FieldIndex> = raw.key.0.iter().filter_map(|name| find(self, name)).collect();
        if raw.key.0.is_empty() {
            let message = format!("expected a field in the `key` of the dataset `{}`, found none", raw.id.value);
            self.report(Rule::InvalidSpecification, raw.id.span, message);
        }
        let expected = raw.expected.as_ref().and_then(|name| {
            let found = ids.iter().position(|id| *id == name.value).map(DatasetIndex);
            if found.is_none() {
                self.unknown("dataset", name, ids.iter().map(String::as_str));
            }
            found
        });
        let sound = whole && region.is_some() && !key.is_empty();
        let level = self.level_of(&raw, region.map(|region| &fields[region.0]), frame);
        let spelt = fields
            .iter()
            .enumerate()
            .flat_map(|(position, field)| field.spellings().map(move |spelling| (fold_header(spelling), FieldIndex(position))));
        let mut dataset = Dataset {
            spellings: spelt.collect(),
            name: self.text(&raw.name),
            unit: self.unit_named(&raw.unit, frame).unwrap_or(UnitIndex(0)),
            sensitive: raw.sensitive,
            key,
            region: region.unwrap_or(FieldIndex(0)),
            title: raw.title.as_ref().and_then(|name| find(self, name)),
            level,
            life: self.life(raw.since.as_ref(), raw.until.as_ref(), frame),
            expected,
            corrections: raw.corrections.map(|rule| match rule {
                RawCorrections::Row => Corrections::Row,
                RawCorrections::Office => Corrections::Office,
            }),
            excerpt: self.excerpt(&raw, &fields, frame),
            replaces: raw.replaces.0.iter().map(|header| fold_header(&header.value)).collect(),
            id: raw.id.value.into(),
            joins: Vec::new(),
            group_totals: group_totals(&fields),
            fields,
            file: self.file.clone(),
            whole: sound,
        };
        self.unprotected(&raw.fields.0, &dataset);
        let asked = self.asked(&raw.fields.0, &dataset, frame);
        for (field, asked) in dataset.fields.iter_mut().zip(asked) {
            field.asked = asked;
        }
        dataset
    }

    /// Reports groups in rows beside their total where persons are counted: which rows are about the same persons is not known, so no proof
    /// could tell what follows from what.
    fn unprotected(&mut self, raw: &[RawField], dataset: &Dataset) {
        if !dataset.sensitive && !dataset.fields.iter().any(|field| field.sensitive) {
            return;
        }
        for total in raw.iter().flat_map(|field| &field.values.0).map(|value| &value.total).filter(|total| total.value) {
            let message = format!(
                "the groups of `{}` come in rows beside their total, and it counts persons: small counts could not be protected",
                dataset.id
            );
            self.report(Rule::InvalidSpecification, total.span, message).hint = Some(
                "read the totals and the groups as two datasets, each with its `rows`; or, where the numbers are published already, take \
                 `sensitive` out"
                    .into(),
            );
        }
    }

    /// Reports headers that two fields share: they cannot be matched.
    fn distinct_headers(&mut self, raw: &[RawField], fields: &[Field]) {
        let mut owner: HashMap<String, &str> = HashMap::new();
        for (raw, field) in raw.iter().zip(fields) {
            for spelling in field.spellings() {
                match owner.insert(fold_header(spelling), &field.id) {
                    Some(other) if *other != *field.id => {
                        let message = format!("the header `{spelling}` stands for both `{other}` and `{}`", field.id);
                        self.report(Rule::DuplicateName, raw.id.span, message).hint =
                            Some("give one of them another header".into());
                    }
                    Some(_) | None => {}
                }
            }
        }
    }

    /// Reports a second column without a header: nobody can tell which is which.
    fn one_headless(&mut self, raw: &[RawField]) {
        let mut headless = raw.iter().filter_map(|field| field.header.as_ref().map(|header| (field, header)));
        let Some((first, _)) = headless.next() else { return };
        for (field, header) in headless {
            let message = format!("`header: none` stands at both `{}` and `{}`", first.id.value, field.id.value);
            self.report(Rule::InvalidSpecification, header.span, message).hint =
                Some("only one column of a dataset can be told without its header".into());
        }
    }

    /// Checks that `replaces` is used with `corrections: row` only, and that its headers name no field.
    fn replacing(&mut self, raw: &RawDataset, fields: &[Field]) {
        let Some(first) = raw.replaces.0.first() else { return };
        if raw.corrections != Some(RawCorrections::Row) {
            let message = "`replaces` has no meaning without `corrections: row`".to_owned();
            self.report(Rule::InvalidSpecification, first.span, message);
        }
        for header in &raw.replaces.0 {
            let own = fold_header(&header.value);
            if let Some(field) = fields.iter().find(|field| field.spellings().any(|spelling| fold_header(spelling) == own)) {
                let message = format!("the header `{}` stands for both `replaces` and `{}`", header.value, field.id);
                self.report(Rule::DuplicateName, header.span, message).hint = Some("give one of them another header".into());
            }
        }
    }

    fn field(
        &mut self,
        (raw, signs, blank): (&RawField, Signs, Option<RawBlank>),
        find: &dyn Fn(&mut Self, &Spanned<String>) -> Option<FieldIndex>,
        frame: Frame<'_>,
    ) -> Field {
        let id = &raw.id;
        let named_well = id.value.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && id.value.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if !named_well {
            let message = format!("expected letters, digits and `_` in the name of a field, found `{}`", id.value);
            self.report(Rule::InvalidSpecification, id.span, message);
        }
        if ["all", "any", "not", "compare"].contains(&id.value.as_str()) {
            let message = format!("expected another name for the field `{}`: conditions use this word", id.value);
            self.report(Rule::InvalidSpecification, id.span, message);
        }
        let kind = raw.kind.value;
        let is_number = matches!(kind, RawKind::Count | RawKind::Decimal);
        let mut misplaced = |given: bool, key: &str, is_right: bool| {
            if given && !is_right {
                let message = format!("`{key}` has no meaning for the field `{}` of this type", id.value);
                self.report(Rule::InvalidSpecification, id.span, message);
            }
        };
        misplaced(!raw.values.0.is_empty(), "values", kind == RawKind::Category);
        misplaced(raw.min.is_some(), "min", is_number);
        misplaced(raw.max.is_some(), "max", is_number);
        misplaced(raw.sensitive.value, "sensitive", is_number);
        misplaced(!raw.suffixes.0.is_empty(), "suffixes", is_number);
        misplaced(raw.blank.is_some(), "blank", is_number);
        misplaced(raw.within.is_some(), "within", kind == RawKind::Region);
        misplaced(raw.level.is_some(), "level", kind == RawKind::Region);
        misplaced(raw.decimals.is_some() && kind != RawKind::Count, "decimals", kind == RawKind::Decimal);
        let name = self.text(&raw.name);
        let kind = match kind {
            RawKind::Code => FieldKind::Code,
            RawKind::Text => FieldKind::Text,
            RawKind::Flag => FieldKind::Flag,
            RawKind::Region => FieldKind::Region {
                within: raw.within.as_ref().and_then(|name| find(self, name)),
                level: raw.level.as_ref().and_then(|level| self.level(level, frame)),
            },
            RawKind::Count => {
                if let Some(decimals) = &raw.decimals {
                    let message = format!("`decimals` has no meaning for the field `{}`: a count is a whole number", id.value);
                    self.report(Rule::InvalidSpecification, decimals.span, message).hint =
                        Some("write `type: decimal` where numbers have decimals".into());
                }
                self.bounds(raw, 0, signs)
            }
            RawKind::Decimal => {
                let places = self.places(raw);
                self.bounds(raw, places, signs)
            }
            RawKind::Category => FieldKind::Category(self.categories(raw)),
        };
        let headers = raw.headers.0.iter().map(|header| header.value.clone()).collect();
        let life = self.life(raw.since.as_ref(), raw.until.as_ref(), frame);
        Field {
            id: id.value.clone().into(),
            name,
            headers,
            required: raw.required,
            sensitive: raw.sensitive.value && raw.kind.value == RawKind::Count,
            headless: raw.header.is_some(),
            life,
            asked: Condition::always(),
            blank_is_zero: is_number && raw.blank.as_ref().map_or(blank, |own| Some(own.value)) == Some(RawBlank::Zero),
            joined: false,
            kind,
        }
    }

    /// The places of a number with decimals. It cannot count persons: what is withheld of counts is decided for whole numbers.
    fn places(&mut self, raw: &RawField) -> u32 {
        let id = &raw.id;
        if raw.sensitive.value {
            let message =
                format!("`sensitive` has no meaning for the field `{}`: persons are counted in whole numbers", id.value);
            self.report(Rule::InvalidSpecification, raw.sensitive.span, message).hint =
                Some("write `type: count` where the field counts persons".into());
        }
        let Some(decimals) = &raw.decimals else {
            let message = format!("the key `decimals` is missing: how many places has `{}` after the decimal sign?", id.value);
            self.report(Rule::InvalidSpecification, id.span, message).hint = Some("add such as `decimals: 2`".into());
            return 1;
        };
        if !(1..=Amount::MOST_PLACES).contains(&decimals.value) {
            let most = Amount::MOST_PLACES;
            let message = format!("expected 1 to {most} `decimals`, found `{}`", decimals.value);
            let error = self.report(Rule::InvalidSpecification, decimals.span, message);
            if decimals.value == 0 {
                error.hint = Some("write `type: count` where numbers are whole".into());
            }
        }
        decimals.value.clamp(1, Amount::MOST_PLACES)
    }

    fn bounds(&mut self, raw: &RawField, places: u32, signs: Signs) -> FieldKind {
        let largest = if places == 0 { LARGEST_COUNT } else { LARGEST_DECIMAL };
        let min = raw.min.as_ref().map_or(0, |min| self.bound(min, places, 0));
        let max = raw.max.as_ref().map_or(largest, |max| self.bound(max, places, largest));
        if let Some(raw) = raw.max.as_ref().filter(|_| max > largest) {
            let [largest, max] = [largest, max].map(|bound| Amount::new(bound, places).trimmed());
            self.report(Rule::InvalidSpecification, raw.span, format!("expected `max` to be at most {largest}, found {max}"));
        }
        let max = max.min(largest);
        if let Some(raw) = raw.max.as_ref().or(raw.min.as_ref()).filter(|_| min > max) {
            let [min, max] = [min, max].map(|bound| Amount::new(bound, places).trimmed());
            self.report(
                Rule::InvalidSpecification,
                raw.span,
                format!("expected `max` to be at least `min`, found {max} and {min}"),
            );
            return FieldKind::Count { places, min: 0, max: largest, suffixes: Vec::new(), signs };
        }
        let suffixes = raw.suffixes.0.iter().map(|word| fold_suffix(&word.value)).collect();
        FieldKind::Count { places, min, max, suffixes, signs }
    }

    /// A bound in units of 10^-places; `otherwise` where it is none.
    fn bound(&mut self, raw: &Spanned<RawAmount>, places: u32, otherwise: i64) -> i64 {
        let RawAmount(amount) = raw.value;
        let expected = match places {
            0 => "a whole number from zero up".to_owned(),
            1 => "a number from zero up with at most 1 decimal, as `decimals` says".to_owned(),
            _ => format!("a number from zero up with at most {places} decimals, as `decimals` says"),
        };
        if amount < Amount::default() || amount.places > places {
            self.report(Rule::InvalidSpecification, raw.span, format!("expected {expected}, found `{amount}`"));
            return otherwise;
        }
        amount.at(places).map_or(i64::MAX, |amount| amount.units)
    }

    /// The signs within numbers, each of which is one sign and no digit.
    fn signs(&mut self, raw: &RawSigns) -> Signs {
        let mut sign = |raw: &Option<Spanned<String>>| {
            let raw = raw.as_ref()?;
            let mut signs = raw.value.chars();
            let found =
                signs.next().filter(|sign| signs.next().is_none() && !sign.is_alphanumeric() && !matches!(sign, '-' | '+'));
            if found.is_none() {
                let message = format!("expected one sign such as `,`, found `{}`", raw.value);
                self.report(Rule::InvalidSpecification, raw.span, message);
            }
            found
        };
        let signs = Signs { group: sign(&raw.group), decimal: sign(&raw.decimal) };
        if let (Some(group), Some(raw)) = (signs.group, &raw.decimal)
            && signs.decimal == Some(group)
        {
            let message = format!("`{group}` cannot stand both between groups and before decimals");
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        signs
    }

    fn categories(&mut self, raw: &RawField) -> Vec<Category> {
        if raw.values.0.is_empty() {
            let message = format!("expected `values` of the category `{}`, found none", raw.id.value);
            self.report(Rule::InvalidSpecification, raw.id.span, message);
        }
        self.distinct("the value", raw.values.0.iter().map(|value| &value.id));
        let mut owner: HashMap<String, &str> = HashMap::new();
        let mut categories = Vec::new();
        for value in &raw.values.0 {
            let name = self.text(&value.name);
            let spellings = value.words.0.iter().map(|word| word.value.as_str());
            let spellings = name.all().chain(spellings).chain([value.id.value.as_str()]);
            let mut words: Vec<(String, String)> = spellings.map(|word| (fold(word), word.to_owned())).collect();
            words.sort();
            words.dedup_by(|left, right| left.0 == right.0);
            for (word, _) in &words {
                if let Some(other) = owner.insert(word.clone(), &value.id.value)
                    && other != value.id.value
                {
                    let message = format!("the word `{word}` stands for both `{other}` and `{}`", value.id.value);
                    self.report(Rule::DuplicateName, value.id.span, message);
                }
            }
            categories.push(Category { id: value.id.value.clone(), name, words, is_total: value.total.value });
        }
        if let Some(second) = raw.values.0.iter().filter(|value| value.total.value).nth(1) {
            let message = format!("two values of the category `{}` stand for all groups together", raw.id.value);
            self.report(Rule::InvalidSpecification, second.total.span, message).hint =
                Some("write `total: true` at one of them, and its other spellings in `words`".into());
        }
        categories
    }
}

/// The category fields with a value for all groups together, and its position.
fn group_totals(fields: &[Field]) -> Vec<(FieldIndex, u16)> {
    let total = |(position, field): (usize, &Field)| match &field.kind {
        FieldKind::Category(values) => {
            let total = values.iter().position(|value| value.is_total)?;
            Some((FieldIndex(position), total as u16))
        }
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => None,
    };
    fields.iter().enumerate().filter_map(total).collect()
}
