//! `check-digit`: the last digit of an identifier does not follow from the others.

use super::{Scene, plain};
use crate::diagnostic::Diagnostic;
use crate::spec::checks::check_digit::CheckDigit;

/// A row without an identifier is passed over.
pub fn check(scene: &Scene<'_>, &CheckDigit { field, ref weights, modulus }: &CheckDigit, found: &mut Vec<Diagnostic>) {
    for row in scene.rows() {
        let Ok(text) = scene.table.text(field, row) else { continue };
        let expected = match digits(text) {
            Some(digits) if weights.first().is_some_and(|first| digits.len() == first.len() + 1) => {
                let (last, body) = (digits[digits.len() - 1], &digits[..digits.len() - 1]);
                let expected = last_digit(body, weights, modulus);
                if expected == Some(last) {
                    continue;
                }
                expected.map_or_else(|| "—".to_owned(), |digit| digit.to_string())
            }
            Some(_) | None => "—".to_owned(),
        };
        let facts = vec![scene.field("field", field), plain("value", text), plain("expected", expected)];
        found.push(scene.about_row(row, &[field], facts));
    }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|letter| letter.to_digit(10)).collect()
}

/// The first remainder that is a digit; `None` when no list of weights gives one: such an identifier is never given out.
fn last_digit(body: &[u32], weights: &[Vec<u32>], modulus: u32) -> Option<u32> {
    weights.iter().find_map(|list| {
        let sum: u64 = body.iter().zip(list).map(|(digit, weight)| u64::from(*digit) * u64::from(*weight)).sum();
        let rest = (sum % u64::from(modulus)) as u32;
        (rest < 10).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_weights_serve_where_the_first_give_ten() {
        let weights = [(1..=11).collect::<Vec<u32>>(), vec![3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]];
        let control = |body: &str| last_digit(&digits(body).expect("digits"), &weights, 11);
        assert_eq!(control("00000000000"), Some(0));
        assert_eq!(control("10000000000"), Some(1));
        // 10 by the first weights, then 1 by the second.
        assert_eq!(control("00000000010"), Some(1));
        // 10 by both: no such number is given out. 1·5 + 5·1 is 10; 1·7 + 5·3 is 22, so this one is sound.
        assert_eq!(control("50001000000"), Some(0));
        assert_eq!(digits("12a"), None);
    }
}
