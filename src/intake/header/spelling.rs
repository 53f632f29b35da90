//! How headers are spelt: every spelling of a dataset, and which field some texts above each other name.

use std::collections::HashMap;

use crate::grid::Script;
use crate::spec::{Dataset, FieldIndex, Specs, fold_header};

/// Signs between a caption and a header below it when a dataset writes both as one.
const SEPARATORS: [&str; 5] = [" / ", " ", ", ", ": ", " – "];

/// Every spelling of every header of a dataset, folded.
pub fn spellings(dataset: &Dataset) -> HashMap<String, FieldIndex> {
    let fields = dataset.fields.iter().enumerate();
    fields
        .flat_map(|(position, field)| field.spellings().map(move |spelling| (fold_header(spelling), FieldIndex(position))))
        .collect()
}

/// How the tables of text of a project are written.
pub fn script(specs: &Specs) -> Script {
    let headers = specs.datasets.iter().flat_map(|dataset| spellings(dataset).into_keys()).collect();
    Script { encoding: specs.programme.encoding, headers }
}

/// A field that a header names, and whether captions above the header were left out to find it.
pub type Named = (FieldIndex, bool);

/// The field that captions and header name together, or the header with fewer of the captions.
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

/// The signs of a header that say what is measured: a share or a sum of money is no count, whatever the letters beside it, nor are
/// numbers above a bound those below it. All other signs say nothing.
pub fn signs(text: &str) -> String {
    let is_bounded = text.contains(|letter: char| letter.is_ascii_digit());
    let says = |letter: &char| match letter {
        '%' | '‰' | '‱' | '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}' => true,
        '<' | '>' | '≤' | '≥' => is_bounded,
        _ => false,
    };
    text.chars().filter(says).collect()
}
