//! The tree search on public Steiner instances with known optima (PACE 2018, track 1): never a wrong value, bounds
//! that hold, and how many are proved in five seconds.

#[path = "../../examples/formats/gr.rs"]
mod format;

use std::time::{Duration, Instant};

use linkwright::linkage::engine::checker::accepts_bound;
use linkwright::linkage::engine::labels::Labels;
use linkwright::linkage::engine::network::Limits;
use linkwright::linkage::engine::steiner::{Asking, cheapest};

use crate::linkplan::rows;
use crate::{processor, shared, told};

const DEADLINE: Duration = Duration::from_secs(5);

#[test]
fn no_value_is_wrong_and_most_are_proved_in_time() {
    let Some(kit) = shared("data/steiner/dev") else { return };
    let rows = rows(&kit.join("optima.csv"));
    let (mut proved, mut log_ratio, mut compared, mut checked) = (0, 0.0, 0, 0);
    for row in &rows {
        let network = format::parse(&std::fs::read_to_string(kit.join(&row[0])).expect("listed")).expect("well formed");
        let optimum: u64 = row[4].parse().expect("a number");
        let (start, before) = (Instant::now(), processor());
        let over = || start.elapsed() >= DEADLINE;
        let limits = Limits { over: &over, ..Limits::NONE };
        let answer = cheapest(&network, Asking::default(), &limits);
        let (wall, took) = (start.elapsed(), processor().saturating_sub(before));
        let tree = answer.tree.expect("every instance has a tree");
        assert!(answer.bound <= optimum && optimum <= tree.cost, "{row:?}: {} to {}", answer.bound, tree.cost);
        let gap = (tree.cost - answer.bound) as f64 / tree.cost as f64;
        if tree.proved() {
            assert_eq!(tree.cost, optimum, "{row:?}");
            proved += 1;
            if let Ok(winner) = row[7].parse::<f64>() {
                log_ratio += (took.as_secs_f64().max(0.001) / winner.max(0.001)).ln();
                compared += 1;
            }
            if took < Duration::from_millis(100) {
                let proof = cheapest(&network, Asking { prove: true, ..Asking::default() }, &Limits::NONE).proof;
                assert!(accepts_bound(&network, Labels::NONE, optimum, &proof), "{row:?}");
                assert!(!accepts_bound(&network, Labels::NONE, optimum + 1, &proof), "{row:?}");
                checked += 1;
            }
        } else {
            println!("{}: {} to {} (optimum {optimum}, gap {:.2} %)", row[0], answer.bound, tree.cost, gap * 100.0);
            assert!(gap <= 0.05, "{row:?}");
        }
        assert!(wall <= DEADLINE.mul_f64(1.1), "{row:?}: {wall:?}");
    }
    let ratio = (log_ratio / f64::from(compared)).exp();
    let all = rows.len();
    told("3. PACE 2018 track 1: none wrong, proved in 5 s", "24 of 34", &format!("{proved} of {all}"));
    told("3. Time over the PACE winner's, geometric mean", "0.5", &format!("{ratio:.2}"));
    told(
        "5. Certificates of PACE trees accepted, claims of one more refused",
        "all",
        &format!("{checked} of {checked}"),
    );
    assert!(proved >= 24);
}
