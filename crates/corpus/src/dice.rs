//! Chance that always falls the same.

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What falls depends on the seed and on what it is about, and on nothing that was asked before.
#[derive(Clone, Debug)]
pub(crate) struct Dice(StdRng);

impl Dice {
    pub(crate) fn of(seed: u64, about: &str) -> Self {
        Self(StdRng::seed_from_u64(xxh3_64_with_seed(about.as_bytes(), seed)))
    }

    /// Whether something happens that happens with this probability.
    pub(crate) fn falls(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// From `low` to `high`, `high` excluded.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Below `end`; 0 for 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// Any number.
    pub(crate) fn word(&mut self) -> u64 {
        self.0.random()
    }

    /// One of them; they are not empty.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of them, each as often as its weight says; they are not empty.
    pub(crate) fn weighted<'a, T>(&mut self, of: &'a [(T, f64)]) -> &'a T {
        let mut at = self.unit() * of.iter().map(|(_, weight)| weight).sum::<f64>();
        for (one, weight) in of {
            at -= weight;
            if at < 0.0 {
                return one;
            }
        }
        &of[of.len() - 1].0
    }

    /// Log-normal with that median: counts and sizes on the web have a long tail.
    pub(crate) fn around(&mut self, median: f64, sigma: f64) -> f64 {
        // Box and Muller.
        let (one, two) = (self.unit().max(f64::MIN_POSITIVE), self.unit());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        median * (sigma * normal).exp()
    }

    /// As [`Dice::around`], as a count.
    pub(crate) fn count(&mut self, median: f64, sigma: f64) -> usize {
        self.around(median, sigma).round() as usize
    }

    /// A whole number whose mean is `mean`.
    pub(crate) fn about(&mut self, mean: f64) -> usize {
        let whole = mean.floor();
        whole as usize + usize::from(self.falls(mean - whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_the_same_for_the_same_and_otherwise_for_others() {
        assert_eq!(Dice::of(1, "a").word(), Dice::of(1, "a").word());
        assert_ne!(Dice::of(1, "a").word(), Dice::of(1, "b").word());
        assert_ne!(Dice::of(1, "a").word(), Dice::of(2, "a").word());
        let mut dice = Dice::of(7, "mean");
        let mean = (0..10_000).map(|_| dice.about(2.25)).sum::<usize>() as f64 / 10_000.0;
        assert!((2.2..2.3).contains(&mean), "{mean}");
        let mut counts: Vec<usize> = (0..10_001).map(|_| dice.count(71.0, 0.6)).collect();
        counts.sort_unstable();
        assert!((68..75).contains(&counts[5_000]), "{}", counts[5_000]);
    }
}
