use proptest::prelude::*;

use super::scene::{self, ALONG, Area, Line, Node, Scene};
use super::{hops, lanes};

fn node(at: usize) -> Node {
    Node {
        slug: format!("d{at}"),
        title: format!("Dataset {at}"),
        note: "9 tables, 187 fields".to_owned(),
        href: String::new(),
        at: Area { x: 0.0, y: 0.0, w: scene::BOX.0, h: scene::BOX.1 },
        chosen: false,
    }
}

fn line(from: usize, to: usize) -> Line {
    Line {
        ends: (format!("d{from}"), format!("d{to}")),
        curve: [(0.0, 0.0); 4],
        label: "+ NWL-DAC".to_owned(),
        spoken: String::new(),
        href: String::new(),
        extra: from % 3,
        places: ALONG,
    }
}

fn sound(scene: &Scene) {
    let whole = Area { x: 0.0, y: 0.0, w: scene.width, h: scene.height };
    for (at, one) in scene.nodes.iter().enumerate() {
        assert!(
            one.at.x >= 0.0 && one.at.y >= 0.0 && one.at.x + one.at.w <= whole.w && one.at.y + one.at.h <= whole.h,
            "{} lies in the picture",
            one.slug
        );
        for other in scene.nodes.iter().skip(at + 1) {
            assert!(!one.at.meets(&other.at), "{} and {} lie apart", one.slug, other.slug);
        }
    }
    for pill in scene.pills() {
        assert!(pill.x >= 0.0 && pill.y >= 0.0 && pill.x + pill.w <= whole.w + 1.0 && pill.y + pill.h <= whole.h + 1.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn in_lanes_no_two_boxes_meet_and_all_is_inside_and_the_same_twice(sources in prop::collection::vec(0_u8..6, 1..20), pairs in prop::collection::vec((0_usize..20, 0_usize..20), 0..60)) {
        let many = sources.len();
        let make = || {
            let nodes = sources.iter().enumerate().map(|(at, source)| (format!("source {source}"), node(at))).collect();
            let links = pairs.iter().filter(|(a, b)| a < b && *b < many).map(|(a, b)| (*a, *b, line(*a, *b))).collect();
            lanes::layout(nodes, links)
        };
        let scene = make();
        prop_assert_eq!(scene.nodes.len(), many);
        sound(&scene);
        prop_assert_eq!(scene.svg("", "").0, make().svg("", "").0);
    }

    #[test]
    fn in_hops_no_two_boxes_meet_and_all_is_inside(first in 0_usize..=hops::MOST_ROWS, second in 0_usize..=hops::MOST_ROWS) {
        let mut columns = vec![vec![node(0)], (0..first).map(|at| node(at + 1)).collect()];
        let mut lines: Vec<_> = (0..first).map(|row| (0, 0, row, line(0, row + 1))).collect();
        if first > 0 {
            columns.push((0..second).map(|at| node(at + 100)).collect());
            lines.extend((0..second).map(|row| (1, row % first, row, line(row % first + 1, row + 100))));
        }
        sound(&hops::layout(columns, lines));
    }
}
