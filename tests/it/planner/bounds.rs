//! Bar 10 of linkage.md §8: the interval of the expected cohort is what a linear program gives. Its variables are how
//! many people are in each combination of tables; the people of each table and of each join are what they must add up
//! to; the people in all of them are to be as many, and as few, as can be.

use crate::support::TestResult;
use linkwright::linkage::cohort::{Range, bounds, point};

/// Random numbers, the same in every run (SplitMix64, Steele and others 2014).
struct Numbers(u64);

impl Numbers {
    /// A number from `low` to `high`.
    fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + u32::try_from((z ^ (z >> 31)) % u64::from(high - low + 1)).unwrap_or_default()
    }
}

/// A random tree of joins: the people of each table, and two tables with the people in both.
fn tree(numbers: &mut Numbers) -> (Vec<u32>, Vec<(usize, usize, u32)>) {
    let size = numbers.between(2, 5);
    let people: Vec<u32> = (0..size).map(|_| numbers.between(1, 200)).collect();
    let joins = (1..size).map(|at| {
        let to = numbers.between(0, at - 1) as usize;
        let most = people[at as usize].min(people[to]);
        // Often nearly all, so that the lower bound is not always nought.
        let low = if numbers.between(0, 2) == 0 { 0 } else { most - most / 5 };
        (to, at as usize, numbers.between(low, most))
    });
    let joins = joins.collect();
    (people, joins)
}

/// The least of `cost · x` for `rows · x = right`, x ≥ 0, by the simplex method with Bland's rule; `right` is not
/// negative.
fn least(rows: &[Vec<f64>], right: &[f64], cost: &[f64]) -> Option<f64> {
    const EPSILON: f64 = 1e-9;
    let (m, n) = (rows.len(), cost.len());
    let mut table: Vec<Vec<f64>> = (0..m)
        .map(|row| {
            let artificial = (0..m).map(|at| if at == row { 1.0 } else { 0.0 });
            rows[row].iter().copied().chain(artificial).chain([right[row]]).collect()
        })
        .collect();
    let mut basis: Vec<usize> = (n..n + m).collect();
    let artificial: Vec<f64> = (0..n + m).map(|at| if at < n { 0.0 } else { 1.0 }).collect();
    let real: Vec<f64> = cost.iter().copied().chain(std::iter::repeat_n(0.0, m)).collect();
    for (phase, price) in [artificial, real].into_iter().enumerate() {
        let columns = if phase == 0 { n + m } else { n };
        loop {
            let reduced =
                |column: usize| price[column] - (0..m).map(|row| price[basis[row]] * table[row][column]).sum::<f64>();
            let Some(enters) = (0..columns).find(|column| reduced(*column) < -EPSILON) else { break };
            // A variable of the first phase that is left at nought must not come back: it leaves first.
            let left_over = |row: usize| phase == 1 && basis[row] >= n && table[row][enters].abs() > EPSILON;
            let ratio = |row: usize| if left_over(row) { 0.0 } else { table[row][n + m] / table[row][enters] };
            let leaves = (0..m)
                .filter(|row| left_over(*row) || table[*row][enters] > EPSILON)
                .min_by(|one, other| ratio(*one).total_cmp(&ratio(*other)).then(basis[*other].cmp(&basis[*one])))?;
            let pivot = table[leaves][enters];
            table[leaves].iter_mut().for_each(|value| *value /= pivot);
            let line = table[leaves].clone();
            for (_, values) in table.iter_mut().enumerate().filter(|(row, _)| *row != leaves) {
                let factor = values[enters];
                values.iter_mut().zip(&line).for_each(|(value, by)| *value -= factor * by);
            }
            basis[leaves] = enters;
        }
        let worth: f64 = (0..m).map(|row| price[basis[row]] * table[row][n + m]).sum();
        if phase == 0 && worth > 1e-6 {
            return None;
        }
        if phase == 1 {
            return Some(worth);
        }
    }
    None
}

#[test]
fn the_interval_is_that_of_a_linear_program_on_a_thousand_random_trees() -> TestResult {
    let mut numbers = Numbers(7);
    let mut above_nought = 0;
    for _ in 0..1_000 {
        let (people, joins) = tree(&mut numbers);
        let size = people.len();
        let combinations: Vec<usize> = (1..1 << size).collect();
        let holds = |held: usize| -> Vec<f64> {
            combinations.iter().map(|combination| if combination & held == held { 1.0 } else { 0.0 }).collect()
        };
        let singles = people.iter().enumerate().map(|(at, people)| (holds(1 << at), f64::from(*people)));
        let pairs = joins.iter().map(|(u, v, both)| (holds(1 << u | 1 << v), f64::from(*both)));
        let (rows, right): (Vec<Vec<f64>>, Vec<f64>) = singles.chain(pairs).unzip();
        let all = holds((1 << size) - 1);
        let negative: Vec<f64> = all.iter().map(|value| -value).collect();
        let low = least(&rows, &right, &all).ok_or_else(|| anyhow::anyhow!("no solution: {people:?} {joins:?}"))?;
        let high = -least(&rows, &right, &negative).ok_or_else(|| anyhow::anyhow!("no solution"))?;
        let tables: Vec<Range> = people.iter().map(|people| Range::exactly(f64::from(*people))).collect();
        let ranges: Vec<(usize, usize, Range)> =
            joins.iter().map(|(u, v, both)| (*u, *v, Range::exactly(f64::from(*both)))).collect();
        let found = bounds(&tables, &ranges);
        assert!((found.low - low).abs() < 1e-9, "{found:?} against {low}: {people:?} {joins:?}");
        assert!((found.high - high).abs() < 1e-9, "{found:?} against {high}: {people:?} {joins:?}");
        let plain: Vec<f64> = people.iter().map(|people| f64::from(*people)).collect();
        let both: Vec<(usize, usize, f64)> = joins.iter().map(|(u, v, both)| (*u, *v, f64::from(*both))).collect();
        let likely = point(&plain, &both);
        assert!(likely > found.low - 1e-9 && likely < found.high + 1e-9, "{likely} outside {found:?}");
        above_nought += usize::from(found.low > 0.0);
    }
    assert!(above_nought > 100, "the lower bound was nearly always nought: {above_nought}");
    Ok(())
}
