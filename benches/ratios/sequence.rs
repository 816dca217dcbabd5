//! A fixed sequence of numbers, so that the made-up files are the same on every machine and on every day.

/// A sequence of numbers (Knuth's multiplier), not of chance.
pub struct Sequence(u64);

impl Sequence {
    /// A sequence that begins at a place of its own.
    pub fn starting_at(place: u64) -> Sequence {
        Sequence(place)
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// A whole number from `least` to `most`.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        let width = u64::from(most - least) + 1;
        least + u32::try_from(self.below(width)).expect("less than the width, which came from two u32")
    }

    /// True in so many of a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index below `len`.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("below a length")
    }

    /// One of several, each as often as the others.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }
}

/// Ranks drawn as names occur in real files (Zipf's law): the second half as often as the first, the third a third.
pub struct Ranks(Vec<u64>);

impl Ranks {
    /// Ranks from 0 to below `count`.
    pub fn of(count: usize) -> Ranks {
        let mut sum = 0;
        let steps = (1..=count as u64).map(|rank| {
            sum += 10_000_000 / rank;
            sum
        });
        Ranks(steps.collect())
    }

    /// One rank.
    pub fn draw(&self, sequence: &mut Sequence) -> usize {
        let all = self.0.last().copied().expect("there is a rank");
        let at = sequence.below(all);
        self.0.partition_point(|upper| *upper <= at)
    }
}
