//! Where numbers come from: the rows behind every number of the demonstration add up to it.

use std::path::Path;

use esep::compute::contributions::{Contribution, Does};
use esep::grid::Reader;
use esep::numbers::Numbers;
use esep::project;
use esep::protect::{Audience, Published};
use esep::region::RegionIndex;
use esep::trace::{Question, asked};

/// What some rows add to the numerator and the denominator of each region that they lie in.
fn sums(published: &Published<'_>, question: Question<'_>, contributions: &[Contribution]) -> Vec<(i64, i64)> {
    let hierarchy = &published.specs().hierarchy;
    let mut sums = vec![(0, 0); hierarchy.len()];
    for &Contribution { dataset, row, does } in contributions {
        let Does::Adds { numerator, denominator } = does else { continue };
        let rows = published.rows(question.period, dataset);
        for region in hierarchy.upwards(rows.region(row)) {
            sums[region.0].0 += numerator;
            sums[region.0].1 += denominator;
        }
    }
    sums
}

#[test]
fn the_rows_behind_every_number_add_up_to_it() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let published = &ready.published;
    let specs = published.specs();
    let period = published.latest().expect("there are data");
    let numbers = Numbers::new(published, period);
    let top = specs.hierarchy.top();
    let mut compared = 0;
    for (indicator, about) in specs.indicators_of(period) {
        for subject in numbers.subjects(indicator) {
            let question = Question { indicator, period, region: top, subject };
            let contributions = published.contributions(asked(published, question)).expect("this is internal");
            let sums = sums(published, question, &contributions);
            for (region, named) in specs.hierarchy.all() {
                let number = numbers.number(indicator, period, region, subject);
                if number.value.is_ok() {
                    let place = format!("{} {} {}", about.id, subject.id(), named.code);
                    let (numerator, denominator) = sums[region.0];
                    assert_eq!((number.told_numerator, number.told_denominator), (Some(numerator), Some(denominator)), "{place}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared} numbers have been compared");
}

#[test]
fn a_region_is_asked_about_its_own_rows_only_and_the_public_about_none() {
    let project = project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read");
    let ready = |audience| project.ready(audience).expect("the shipped specifications are right");
    let (internal, public) = (ready(Audience::Internal), ready(Audience::Public));
    let specs = internal.published.specs();
    let period = internal.published.latest().expect("there are data");
    let numbers = Numbers::new(&internal.published, period);
    let (indicator, _) = specs.indicators_of(period).next().expect("there are indicators");
    let subject = numbers.subjects(indicator)[0];
    for region in [1, 5, 40].map(RegionIndex) {
        let question = Question { indicator, period, region, subject };
        let contributions = internal.published.contributions(asked(&internal.published, question)).expect("this is internal");
        let number = numbers.number(indicator, period, region, subject);
        let (numerator, denominator) = sums(&internal.published, question, &contributions)[region.0];
        assert_eq!((number.numerator, number.denominator), (numerator, denominator));
        assert!(contributions.iter().all(|found| {
            let rows = internal.published.rows(period, found.dataset);
            specs.hierarchy.contains(region, rows.region(found.row))
        }));
        assert!(public.published.contributions(asked(&public.published, question)).is_none());
    }
}
