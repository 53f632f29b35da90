//! Quantiles of exact values.

use crate::value::Ratio;

/// The value that `percent` per cent of the values do not exceed, with how many values there are: where that falls between two of them, the
/// mean of both, so that the median of an even number is the mean of the middle two (Hyndman and Fan 1996, definition 2). `None` without
/// values.
pub fn of(mut values: Vec<Ratio>, percent: u32) -> Option<(Ratio, u64)> {
    values.sort();
    let count = values.len();
    let hundredths = count * percent as usize;
    let at = hundredths / 100;
    let value = if hundredths.is_multiple_of(100) && at > 0 {
        values.get(at - 1)?.plus(*values.get(at)?).over(2)
    } else {
        *values.get(at)?
    };
    Some((value, count as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(numbers: &[i64]) -> Vec<Ratio> {
        numbers.iter().map(|&number| Ratio::whole(number)).collect()
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(of(whole(&[]), 50), None);
        assert_eq!(of(whole(&[7]), 50), Some((Ratio::whole(7), 1)));
        assert_eq!(of(whole(&[3, 1, 2]), 50), Some((Ratio::whole(2), 3)));
        assert_eq!(of(whole(&[4, 1, 3, 2]), 50), Ratio::new(5, 2).map(|half| (half, 4)));
        assert_eq!(of(whole(&[1, 2, 3, 4]), 25), Ratio::new(3, 2).map(|value| (value, 4)));
        assert_eq!(of(whole(&[1, 2, 3, 4, 5]), 90), Some((Ratio::whole(5), 5)));
    }

    proptest! {
        #[test]
        fn it_is_what_a_plain_count_gives(numbers in prop::collection::vec(-50_i64..50, 1..40), percent in 1_u32..100) {
            let (value, count) = of(whole(&numbers), percent).expect("there are values");
            prop_assert_eq!(count as usize, numbers.len());
            // At least so many lie at or below it, and at least the rest at or above it.
            let below = numbers.iter().filter(|&&number| Ratio::whole(number) <= value).count();
            let above = numbers.iter().filter(|&&number| Ratio::whole(number) >= value).count();
            prop_assert!(below * 100 >= numbers.len() * percent as usize);
            prop_assert!(above * 100 >= numbers.len() * (100 - percent) as usize);
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            if percent == 50 {
                let naive = Ratio::whole(sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]).over(2);
                prop_assert_eq!(value, naive);
            }
        }
    }
}
