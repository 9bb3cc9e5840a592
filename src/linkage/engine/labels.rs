//! Sets of labels: what using a part of a network brings with it, as bits.

use std::hash::{BuildHasherDefault, Hasher};
use std::ops::{BitAnd, BitOr, BitOrAssign, Not};

use thiserror::Error;

/// A set of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels([u128; 2]);

/// More labels than a set can hold.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("more than {} approvals and rule terms bear on one request: split the request", Labels::MOST)]
pub struct TooManyLabels;

impl Labels {
    /// How many different labels a set can hold.
    pub const MOST: usize = 256;
    /// No label.
    pub const NONE: Self = Self([0, 0]);

    /// The set of one label.
    pub fn one(index: usize) -> Result<Self, TooManyLabels> {
        match index {
            0..128 => Ok(Self([1 << index, 0])),
            128..256 => Ok(Self([0, 1 << (index - 128)])),
            _ => Err(TooManyLabels),
        }
    }

    /// Whether every label of this set is in the other.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        self & other == self
    }

    /// How many labels.
    #[must_use]
    pub fn len(self) -> usize {
        (self.0[0].count_ones() + self.0[1].count_ones()) as usize
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// This set without the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self & !other
    }

    /// The labels by number, smallest first.
    pub fn indexes(self) -> impl Iterator<Item = usize> {
        let [low, high] = self.0;
        bits(low).chain(bits(high).map(|index| index + 128))
    }

    /// Each label as a set of one.
    pub fn each(self) -> impl Iterator<Item = Self> {
        self.indexes().filter_map(|index| Self::one(index).ok())
    }
}

fn bits(mut word: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(lowest)
    })
}

impl BitOr for Labels {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }
}
impl BitOrAssign for Labels {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}
impl BitAnd for Labels {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }
}
impl Not for Labels {
    type Output = Self;
    fn not(self) -> Self {
        Self([!self.0[0], !self.0[1]])
    }
}

/// Hashes sets of labels: they are many, short, and nobody from outside chooses them bit by bit.
pub type Quick = BuildHasherDefault<Mixing>;

/// Mixes words as they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixing(u64);

impl Hasher for Mixing {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            self.write_u64(word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_u128(&mut self, word: u128) {
        self.write_u64(word as u64);
        self.write_u64((word >> 64) as u64);
    }
}
