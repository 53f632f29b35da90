//! What readers know before anything is published now: the sums that earlier releases told.

use std::collections::{HashMap, HashSet};

use super::system::Place;
use crate::compute::sums::Which;
use crate::compute::{Results, Slice};
use crate::intake::released::Released;
use crate::period::PeriodIndex;
use crate::spec::{Indicator, IndicatorIndex, Specs};
use crate::value::Amount;

/// The sums that earlier releases told of a period.
#[derive(Default)]
pub struct Earlier {
    /// Each place with the numbers that were told; editions may tell different ones.
    told: HashMap<Place, HashSet<Amount>>,
    /// The places of which something was withheld.
    withheld: HashSet<Place>,
}

impl Earlier {
    /// What some numbers tell of a period.
    pub fn new(specs: &Specs, results: &Results, released: &[Released], period: PeriodIndex) -> Self {
        let mut slices: HashMap<IndicatorIndex, HashMap<String, usize>> = HashMap::new();
        let mut earlier = Self::default();
        for number in released.iter().filter(|number| number.period == period) {
            let indicator = specs.indicator(number.indicator);
            let part = number.slice.strip_prefix("part=");
            if let Some(part) = part.and_then(|id| indicator.parts.iter().position(|part| &*part.id == id)) {
                earlier.note(number, Which::Part(part), 0, number.numerator);
                continue;
            }
            let slices =
                slices.entry(number.indicator).or_insert_with(|| names(specs, indicator, results.slices(number.indicator)));
            if let Some(&slice) = slices.get(&number.slice) {
                earlier.note(number, Which::Numerator, slice, number.numerator);
                earlier.note(number, Which::Denominator, slice, number.denominator);
            }
        }
        earlier
    }

    fn note(&mut self, number: &Released, which: Which, slice: usize, told: Option<Amount>) {
        let place = Place { indicator: number.indicator, which, region: number.region, slice };
        match told {
            Some(told) => {
                self.told.entry(place).or_default().insert(told);
            }
            None if number.is_withheld => {
                self.withheld.insert(place);
            }
            None => {}
        }
    }

    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Whether a sum was withheld, and told nowhere.
    pub fn keeps(&self, place: Place) -> bool {
        self.withheld.contains(&place) && !self.told.contains_key(&place)
    }

    /// Whether it was told that a sum is this number.
    pub fn tells(&self, place: Place, value: i64) -> bool {
        self.told.get(&place).is_some_and(|told| told.contains(&Amount::whole(value)))
    }
}

/// The positions of the slices of an indicator, by the names that tables give them.
fn names(specs: &Specs, indicator: &Indicator, slices: &[Slice]) -> HashMap<String, usize> {
    let name = |slice: &Slice| match slice.group(specs, indicator) {
        None => String::new(),
        Some((_, field, value)) => format!("{}={}", field.id, value.map_or("", |value| value.id.as_str())),
    };
    slices.iter().map(name).zip(0..).collect()
}
