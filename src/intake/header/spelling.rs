//! How headers are spelt: every spelling of a dataset, and the field that a stack of texts names.

use std::collections::HashMap;

use crate::grid::Script;
use crate::spec::{Dataset, FieldIndex, Specs};

/// Signs that a dataset may write between a caption and the header below it.
const SEPARATORS: [&str; 5] = [" / ", " ", ", ", ": ", " – "];

/// How the tables of text of a project are written.
pub fn script(specs: &Specs) -> Script {
    let of_dataset = |dataset: &Dataset| -> Vec<String> {
        let further = dataset.excerpt.headers().chain(&dataset.replaces);
        dataset.spellings.keys().chain(further).cloned().collect()
    };
    let ignored = specs.datasets.iter().flat_map(|dataset| dataset.excerpt.ignored.iter().cloned()).collect();
    Script { encoding: specs.programme.encoding, headers: specs.datasets.iter().flat_map(of_dataset).collect(), ignored }
}

/// A field that a header names, and whether it was found only by leaving out captions above the header.
pub type Named = (FieldIndex, bool);

/// The field that captions and header name together; captions are left out from the top until a field is found.
pub fn named(spellings: &HashMap<String, FieldIndex>, stack: &[&str]) -> Option<Named> {
    for start in 0..stack.len() {
        let rest = &stack[start..];
        for separator in &SEPARATORS[..if rest.len() == 1 { 1 } else { SEPARATORS.len() }] {
            if let Some(&field) = spellings.get(&rest.join(separator)) {
                return Some((field, start > 0));
            }
        }
    }
    None
}

/// The signs of a header that say what is measured. A share or a sum of money is never a count, and numbers above a bound are not numbers
/// below it, whatever the letters beside the signs. All other signs say nothing.
pub fn signs(text: &str) -> String {
    let is_bounded = text.contains(|letter: char| letter.is_ascii_digit());
    let says = |letter: &char| match letter {
        '%' | '‰' | '‱' | '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}' => true,
        '<' | '>' | '≤' | '≥' => is_bounded,
        _ => false,
    };
    text.chars().filter(says).collect()
}
