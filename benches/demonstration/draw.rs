//! Numbers that look like chance and never change: each is drawn from a seed and from the name of what it is for.
//!
//! Only the four operations of arithmetic are used, so that every machine draws the same bits.

/// The source of all draws of a run.
pub struct Chance {
    seed: u64,
}

impl Chance {
    /// Another seed makes other organisations.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number from 0 to below 1, all of them equally likely. `about` says what it is drawn for.
    pub fn uniform(&self, about: &[&str]) -> f64 {
        fraction(mix(self.hash(about)))
    }

    /// A factor around 1, as likely `x` as `1/x`. `strength` is 0 for no scatter; at 0.5 two factors in three lie
    /// between 0.7 and 1.4, and none above 3.
    pub fn factor(&self, strength: f64, about: &[&str]) -> f64 {
        if strength == 0.0 {
            return 1.0;
        }
        let mut state = self.hash(about);
        let mut sum = 0.0;
        for _ in 0..3 {
            state = mix(state);
            sum += fraction(state);
        }
        let lean = strength * (sum / 1.5 - 1.0);
        (1.0 + lean) / (1.0 - lean)
    }

    /// FNV-1a over the names, with a mark after each.
    fn hash(&self, about: &[&str]) -> u64 {
        let bytes = about.iter().flat_map(|part| part.bytes().chain([0xff]));
        bytes.fold(mix(self.seed), |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }
}

/// The finishing step of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn fraction(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
