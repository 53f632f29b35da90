//! The colours of `report-templates/theme.typ`, measured: readable, told apart by neighbours, in grey print and by colour-blind readers.
//!
//! Relative luminance and contrast: WCAG 2.2. Lightness and differences: CIE 1976 L*a*b* (D65). Colour-blindness: the matrices of
//! severity 1.0 of Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency,
//! IEEE Transactions on Visualization and Computer Graphics 15(6), 2009, applied to linear RGB.

use std::collections::BTreeMap;

/// Linear red, green and blue, 0 to 1.
type Light = [f64; 3];

/// What letters are set in, and on what.
const LETTERS: [(&str, &str); 13] = [
    ("ink", "white"),
    ("ink", "paper"),
    ("muted", "white"),
    ("muted", "paper"),
    ("strong", "white"),
    ("strong", "paper"),
    ("target", "white"),
    ("target", "paper"),
    ("ink", "tone-1"),
    ("ink", "tone-2"),
    ("white", "tone-3"),
    ("white", "tone-4"),
    ("ink", "bar"),
];

/// Shapes and what they lie on: told apart by their edge alone (WCAG 1.4.11). Lines of the grid are left out: every value is printed.
const SHAPES: [(&str, &str); 10] = [
    ("bar", "white"),    // other regions
    ("strong", "white"), // the own region, solid dots, trend lines
    ("strong", "bar"),   // the own region among the others
    ("strong", "paper"), // a bullet bar on its track, a dot on the band of the own region
    ("target", "white"), // the line of the target has a white edge on both sides, so white is what it lies on
    ("target", "paper"),
    ("ink", "white"),   // the dashed line, rings, outlines of parts
    ("ink", "bar"),     // the dashed line over bars
    ("muted", "white"), // outlines of tiles, hatching
    ("muted", "paper"),
];

/// Shades that stand side by side. Each has an outline or a white line between, and its number printed; the shade must still
/// differ in lightness, on grey paper prints too.
const SHADES: [(&str, &str); 7] = [
    ("white", "tone-1"),
    ("tone-1", "tone-2"),
    ("tone-2", "tone-3"),
    ("tone-3", "tone-4"),
    // In stacked bars.
    ("tone-4", "tone-2"),
    ("tone-1", "tone-3"),
    ("tone-3", "white"),
];

/// Colours of different meaning that a reader compares.
const MEANINGS: [(&str, &str); 4] = [("target", "strong"), ("target", "bar"), ("target", "muted"), ("strong", "bar")];

const PROTANOPIA: [Light; 3] =
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];
const DEUTERANOPIA: [Light; 3] =
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];

fn theme() -> BTreeMap<String, Light> {
    let text = include_str!("../report-templates/theme.typ");
    let mut colours = BTreeMap::from([("white".to_owned(), [1.0; 3])]);
    for line in text.lines() {
        let Some((name, rest)) = line.trim().split_once(": rgb(\"#") else { continue };
        let code = rest.get(..6).expect("a colour has six digits");
        let channel = |from: usize| u8::from_str_radix(&code[from..from + 2], 16).expect("hexadecimal digits");
        colours.insert(name.to_owned(), [0, 2, 4].map(|from| linear(f64::from(channel(from)) / 255.0)));
    }
    colours
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn luminance([red, green, blue]: Light) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Light, other: Light) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// CIE L*a*b*.
fn lab([red, green, blue]: Light) -> [f64; 3] {
    let curve = |part: f64| if part > 216.0 / 24389.0 { part.cbrt() } else { (24389.0 / 27.0 * part + 16.0) / 116.0 };
    let x = curve((0.412_456 * red + 0.357_576 * green + 0.180_438 * blue) / 0.950_47);
    let y = curve(luminance([red, green, blue]));
    let z = curve((0.019_334 * red + 0.119_192 * green + 0.950_304 * blue) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(one: Light, other: Light) -> f64 {
    let (one, other) = (lab(one), lab(other));
    (0..3).map(|part| (one[part] - other[part]).powi(2)).sum::<f64>().sqrt()
}

fn lightness_apart(one: Light, other: Light) -> f64 {
    (lab(one)[0] - lab(other)[0]).abs()
}

fn seen(matrix: [Light; 3], colour: Light) -> Light {
    matrix.map(|row| (0..3).map(|part| row[part] * colour[part]).sum::<f64>().clamp(0.0, 1.0))
}

/// Measures pairs of colours; says all that fall short.
#[track_caller]
fn at_least(least: f64, pairs: &[(&str, &str)], measure: impl Fn(Light, Light) -> f64) {
    let theme = theme();
    let short: Vec<String> = pairs
        .iter()
        .map(|(one, other)| (one, other, measure(theme[*one], theme[*other])))
        .filter(|(.., found)| *found < least)
        .map(|(one, other, found)| format!("{one} and {other}: expected {least} or more, found {found:.2}"))
        .collect();
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn letters_are_readable() {
    at_least(4.5, &LETTERS, contrast);
}

#[test]
fn shapes_stand_out_from_what_they_lie_on() {
    at_least(3.0, &SHAPES, contrast);
}

#[test]
fn shades_differ_in_grey_print() {
    // Steps of lightness are noticed from about 1; printers and copiers lose some, so every step takes a multiple of that.
    at_least(7.0, &SHADES[..1], lightness_apart);
    at_least(15.0, &SHADES[1..], lightness_apart);
}

#[test]
fn meanings_differ_for_colour_blind_readers() {
    for matrix in [PROTANOPIA, DEUTERANOPIA] {
        at_least(20.0, &MEANINGS, |one, other| distance(seen(matrix, one), seen(matrix, other)));
        at_least(15.0, &SHADES[1..], |one, other| distance(seen(matrix, one), seen(matrix, other)));
    }
}

#[test]
fn colours_of_one_meaning_keep_their_order_of_lightness() {
    let theme = theme();
    let order = ["ink", "strong", "muted", "target", "bar", "line", "paper", "white"];
    let lightness = order.map(|name| luminance(theme[name]));
    assert!(lightness.is_sorted(), "{order:?}: {lightness:.3?}");
}
