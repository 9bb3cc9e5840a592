//! The overview: up to twenty datasets in frames by source, in three columns, with the best-connected source in the middle.
//! Rows are ordered so that links cross as little as sweeps and swaps can bring about; the same catalogue gives the same
//! picture every time, so that people can remember where things are.

use std::collections::BTreeMap;

use super::scene::{ALONG, Area, BOX, Lane, Line, Node, Scene};

const ROW: f64 = 92.0;
const HEAD: f64 = 38.0;
const FOOT: f64 = 14.0;
/// Room under the boxes of a lane for what holds of all of them.
const NOTE: f64 = 22.0;
/// Datasets of a lane from which it is said once that all link to each other.
const CLIQUE: usize = 3;
const SIDE: f64 = 14.0;
const BETWEEN: f64 = 20.0;
const GAP: f64 = 150.0;
const EDGE: f64 = 46.0;
const SWEEPS: usize = 12;

/// A link: the places of its ends, and the line to draw.
type Link = (usize, usize, Line);

/// Lays out datasets by source. `links` are the ends of each link, as places in `nodes`, with the line to draw.
#[must_use]
pub fn layout(nodes: Vec<(String, Node)>, links: Vec<Link>) -> Scene {
    let (links, notes) = once_for_all(&nodes, links);
    let degree = |at: usize| links.iter().filter(|(from, to, _)| *from == at || *to == at).count();
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, (source, _)) in nodes.iter().enumerate() {
        match groups.iter_mut().find(|(held, _)| held == source) {
            Some((_, members)) => members.push(at),
            None => groups.push((source.clone(), vec![at])),
        }
    }
    // The group of the best-connected dataset in the middle, the others dealt to the shorter side.
    let hub = (0..nodes.len()).max_by_key(|at| (degree(*at), usize::MAX - at)).unwrap_or(0);
    let middle = groups.iter().position(|(_, members)| members.contains(&hub)).unwrap_or(0);
    let mut columns: [Vec<usize>; 3] = [Vec::new(), vec![middle], Vec::new()];
    if groups.is_empty() {
        return Scene { width: 2.0 * EDGE, height: 2.0 * EDGE, ..Scene::default() };
    }
    let tall = |column: &[usize]| -> f64 {
        column.iter().map(|group| height(groups.get(*group).map_or(0, |(_, members)| members.len()))).sum()
    };
    let mut rest: Vec<usize> = (0..groups.len()).filter(|group| *group != middle).collect();
    rest.sort_by_key(|group| std::cmp::Reverse(groups.get(*group).map_or(0, |(_, members)| members.len())));
    for group in rest {
        let [left, _, right] = &mut columns;
        if tall(left) <= tall(right) { left.push(group) } else { right.push(group) }
    }
    // The order of rows: sweeps to the mean place of neighbours, then swaps that lessen crossings.
    let mut order: Vec<Vec<Vec<usize>>> = columns
        .iter()
        .map(|column| {
            column.iter().filter_map(|group| groups.get(*group).map(|(_, members)| members.clone())).collect()
        })
        .collect();
    for _ in 0..SWEEPS {
        let places = places(&order);
        let pull = |at: usize| -> f64 {
            let near: Vec<f64> = links
                .iter()
                .filter_map(|(from, to, _)| {
                    if *from == at {
                        places.get(to)
                    } else if *to == at {
                        places.get(from)
                    } else {
                        None
                    }
                })
                .map(|(_, y)| *y)
                .collect();
            if near.is_empty() {
                places.get(&at).map_or(0.0, |(_, y)| *y)
            } else {
                near.iter().sum::<f64>() / f64::from(u32::try_from(near.len()).unwrap_or(1))
            }
        };
        let pulls: BTreeMap<usize, f64> = (0..nodes.len()).map(|at| (at, pull(at))).collect();
        for column in &mut order {
            for group in column.iter_mut() {
                group.sort_by(|a, b| {
                    pulls.get(a).unwrap_or(&0.0).total_cmp(pulls.get(b).unwrap_or(&0.0)).then(a.cmp(b))
                });
            }
        }
    }
    swaps(&mut order, &links);
    place(nodes, links, &order, &groups, &columns, &notes)
}

/// Where every two datasets of a source link in the same way, that is said once under them instead of drawn for each.
fn once_for_all(nodes: &[(String, Node)], links: Vec<Link>) -> (Vec<Link>, BTreeMap<String, String>) {
    let source = |at: usize| nodes.get(at).map(|(source, _)| source.as_str());
    let mut notes = BTreeMap::new();
    for (name, _) in nodes {
        let members = nodes.iter().filter(|(held, _)| held == name).count();
        let inside: Vec<&Line> = links
            .iter()
            .filter(|(from, to, _)| source(*from) == Some(name) && source(*to) == Some(name))
            .map(|(_, _, line)| line)
            .collect();
        let Some(first) = inside.first() else { continue };
        if members >= CLIQUE
            && inside.len() == members * (members - 1) / 2
            && inside.iter().all(|line| line.label == first.label)
        {
            notes.insert(name.clone(), format!("All link to each other: {}", first.label));
        }
    }
    let drawn = links.into_iter().filter(|(from, to, _)| {
        !(source(*from) == source(*to) && source(*from).is_some_and(|name| notes.contains_key(name)))
    });
    (drawn.collect(), notes)
}

fn height(rows: usize) -> f64 {
    HEAD + real(rows) * ROW - (ROW - BOX.1) + FOOT + NOTE + BETWEEN
}

/// Column and middle of every dataset, in an order.
fn places(order: &[Vec<Vec<usize>>]) -> BTreeMap<usize, (usize, f64)> {
    let tallest =
        order.iter().map(|column| column.iter().map(|group| height(group.len())).sum::<f64>()).fold(0.0, f64::max);
    let mut places = BTreeMap::new();
    for (at, column) in order.iter().enumerate() {
        let whole: f64 = column.iter().map(|group| height(group.len())).sum();
        let mut y = (tallest - whole) / 2.0 + EDGE;
        for group in column {
            for (row, node) in group.iter().enumerate() {
                places.insert(*node, (at, y + HEAD + real(row) * ROW + BOX.1 / 2.0));
            }
            y += height(group.len());
        }
    }
    places
}

/// How often straight lines between the same two columns cross.
fn crossings(places: &BTreeMap<usize, (usize, f64)>, links: &[Link]) -> usize {
    let ends: Vec<[(usize, f64); 2]> = links
        .iter()
        .filter_map(|(from, to, _)| Some([*places.get(from)?, *places.get(to)?]))
        .map(|[a, b]| if a.0 <= b.0 { [a, b] } else { [b, a] })
        .filter(|[a, b]| a.0 != b.0)
        .collect();
    let mut count = 0;
    for (at, [a, b]) in ends.iter().enumerate() {
        for [c, d] in ends.iter().skip(at + 1) {
            if a.0 == c.0 && b.0 == d.0 && (a.1 - c.1) * (b.1 - d.1) < 0.0 {
                count += 1;
            }
        }
    }
    count
}

fn swaps(order: &mut [Vec<Vec<usize>>], links: &[Link]) {
    let mut best = crossings(&places(order), links);
    for column in 0..order.len() {
        for group in 0..order.get(column).map_or(0, Vec::len) {
            let rows = order.get(column).and_then(|column| column.get(group)).map_or(0, Vec::len);
            for row in 1..rows {
                let swap = |order: &mut [Vec<Vec<usize>>]| {
                    if let Some(group) = order.get_mut(column).and_then(|column| column.get_mut(group)) {
                        group.swap(row - 1, row);
                    }
                };
                swap(order);
                let now = crossings(&places(order), links);
                if now < best { best = now } else { swap(order) }
            }
        }
    }
}

fn place(
    nodes: Vec<(String, Node)>,
    links: Vec<Link>,
    order: &[Vec<Vec<usize>>],
    groups: &[(String, Vec<usize>)],
    columns: &[Vec<usize>; 3],
    notes: &BTreeMap<String, String>,
) -> Scene {
    let places = places(order);
    let lane = BOX.0 + 2.0 * SIDE;
    let filled: Vec<usize> =
        (0..order.len()).filter(|at| order.get(*at).is_some_and(|column| !column.is_empty())).collect();
    let left = |column: usize| EDGE + real(filled.iter().position(|held| *held == column).unwrap_or(0)) * (lane + GAP);
    let width = 2.0 * EDGE + real(filled.len()) * lane + real(filled.len().saturating_sub(1)) * GAP;
    let tallest =
        order.iter().map(|column| column.iter().map(|group| height(group.len())).sum::<f64>()).fold(0.0, f64::max);
    let scene_height = tallest - BETWEEN + 2.0 * EDGE;
    let mut lanes = Vec::new();
    for (at, column) in order.iter().enumerate() {
        let whole: f64 = column.iter().map(|group| height(group.len())).sum();
        let mut y = (tallest - whole) / 2.0 + EDGE;
        for (nth, group) in column.iter().enumerate() {
            let title = columns
                .get(at)
                .and_then(|column| column.get(nth))
                .and_then(|group| groups.get(*group))
                .map(|(title, _)| title.clone());
            let note = title.as_ref().and_then(|title| notes.get(title)).cloned().unwrap_or_default();
            lanes.push(Lane {
                title: title.unwrap_or_default(),
                note,
                at: Area { x: left(at), y, w: lane, h: height(group.len()) - BETWEEN },
            });
            y += height(group.len());
        }
    }
    let area = |at: usize| {
        let (column, middle) = places.get(&at).copied().unwrap_or((0, 0.0));
        Area { x: left(column) + SIDE, y: middle - BOX.1 / 2.0, w: BOX.0, h: BOX.1 }
    };
    let mut ports: BTreeMap<(usize, bool), Vec<(f64, usize)>> = BTreeMap::new();
    for (nth, (from, to, _)) in links.iter().enumerate() {
        let (a, b) = (places.get(from).copied().unwrap_or((0, 0.0)), places.get(to).copied().unwrap_or((0, 0.0)));
        if a.0 != b.0 {
            ports.entry((*from, a.0 < b.0)).or_default().push((b.1, nth));
            ports.entry((*to, b.0 < a.0)).or_default().push((a.1, nth));
        } else if (a.1 - b.1).abs() > ROW * 1.5 {
            ports.entry((*from, true)).or_default().push((b.1, nth));
            ports.entry((*to, true)).or_default().push((a.1, nth));
        }
    }
    for held in ports.values_mut() {
        held.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    let port = |node: usize, right: bool, nth: usize| -> f64 {
        let area = area(node);
        let held = ports.get(&(node, right));
        let many = held.map_or(1, Vec::len);
        let at = held.and_then(|held| held.iter().position(|(_, link)| *link == nth)).unwrap_or(0);
        area.y + area.h * (real(at) + 1.0) / (real(many) + 1.0)
    };
    let lines = links
        .into_iter()
        .enumerate()
        .map(|(nth, (from, to, line))| {
            let (a, b) = (area(from), area(to));
            let (ca, cb) = (places.get(&from).map_or(0, |place| place.0), places.get(&to).map_or(0, |place| place.0));
            let curve = if ca == cb {
                if (a.y - b.y).abs() <= ROW * 1.5 {
                    // Neighbours in a lane: a short line from the one to the other.
                    let (top, bottom) = if a.y < b.y { (a, b) } else { (b, a) };
                    let x = top.x + top.w / 2.0;
                    let (y0, y3) = (top.y + top.h, bottom.y);
                    [(x, y0), (x, y0 + (y3 - y0) / 3.0), (x, y3 - (y3 - y0) / 3.0), (x, y3)]
                } else {
                    // Further apart: a bracket outside.
                    let x = a.x + a.w;
                    let out = x + 36.0 + (a.y - b.y).abs() * 0.12;
                    let (y0, y3) = (port(from, true, nth), port(to, true, nth));
                    [(x, y0), (out, y0), (out, y3), (x, y3)]
                }
            } else {
                let (start, end, from, to) = if ca < cb { (a, b, from, to) } else { (b, a, to, from) };
                let (x0, x3) = (start.x + start.w, end.x);
                let (y0, y3) = (port(from, true, nth), port(to, false, nth));
                let bend = (x3 - x0) * 0.5;
                if ca.abs_diff(cb) > 1 {
                    // Past a lane: over it or under it, whichever is nearer.
                    let over = if y0 + y3 < scene_height {
                        EDGE * 0.2 - (y0 + y3) * 0.08
                    } else {
                        scene_height - EDGE * 0.2 + (2.0 * scene_height - y0 - y3) * 0.08
                    };
                    [(x0, y0), (x0 + bend * 0.6, over), (x3 - bend * 0.6, over), (x3, y3)]
                } else {
                    [(x0, y0), (x0 + bend, y0), (x3 - bend, y3), (x3, y3)]
                }
            };
            Line { curve, places: ALONG, ..line }
        })
        .collect();
    let nodes = nodes.into_iter().enumerate().map(|(at, (_, node))| Node { at: area(at), ..node }).collect();
    Scene { width, height: scene_height, lanes, nodes, lines }
}

fn real(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap_or(u32::MAX))
}
