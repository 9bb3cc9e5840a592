//! The hop view: a dataset on the left, those one link away, and those two links away, in columns. It stays legible however
//! large the catalogue is, as each column has a cap.

use super::scene::{AT_END, Area, BOX, Line, Node, Scene};
use crate::web::drawing::tall;

/// The most datasets of one column (ui.md §4).
pub const MOST_ROWS: usize = 14;
const ROW: f64 = 76.0;
const GAP: f64 = 290.0;
const EDGE: f64 = 16.0;

/// Lays out a chosen dataset and its columns. `lines` lead from a place in a column to one in the next: column 0 is the
/// chosen dataset alone.
#[must_use]
pub fn layout(columns: Vec<Vec<Node>>, lines: Vec<(usize, usize, usize, Line)>) -> Scene {
    let rows = columns.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let height = tall(rows) * ROW + 2.0 * EDGE;
    let width = 2.0 * EDGE + tall(columns.len()) * BOX.0 + tall(columns.len().saturating_sub(1)) * GAP;
    let mut placed: Vec<Vec<Area>> = Vec::new();
    let mut nodes = Vec::new();
    for (at, column) in columns.into_iter().enumerate() {
        let x = EDGE + tall(at) * (BOX.0 + GAP);
        // The chosen dataset stands in the middle; lists start at the top.
        let top = if at == 0 { (height - BOX.1) / 2.0 } else { EDGE + (ROW - BOX.1) / 2.0 };
        let mut areas = Vec::new();
        for (row, node) in column.into_iter().enumerate() {
            let area = Area { x, y: top + tall(row) * ROW, w: BOX.0, h: BOX.1 };
            areas.push(area);
            nodes.push(Node { at: area, ..node });
        }
        placed.push(areas);
    }
    let mut fans: Vec<((usize, usize), usize)> = Vec::new();
    for (column, from, _, _) in &lines {
        match fans.iter_mut().find(|(of, _)| *of == (*column, *from)) {
            Some((_, many)) => *many += 1,
            None => fans.push(((*column, *from), 1)),
        }
    }
    let mut used: Vec<((usize, usize), usize)> = Vec::new();
    let mut drawn = Vec::new();
    for (column, from, to, line) in lines {
        let (Some(start), Some(end)) = (
            placed.get(column).and_then(|areas| areas.get(from)),
            placed.get(column + 1).and_then(|areas| areas.get(to)),
        ) else {
            continue;
        };
        let many = fans.iter().find(|(of, _)| *of == (column, from)).map_or(1, |(_, many)| *many);
        let nth = match used.iter_mut().find(|(of, _)| *of == (column, from)) {
            Some((_, nth)) => {
                *nth += 1;
                *nth
            }
            None => {
                used.push(((column, from), 0));
                0
            }
        };
        // Ports spread along the side of the box.
        let port = start.y + start.h * (tall(nth) + 1.0) / (tall(many) + 1.0);
        let (x0, x3) = (start.x + start.w, end.x);
        let y3 = end.y + end.h / 2.0;
        let bend = (x3 - x0) * 0.5;
        drawn.push(Line {
            curve: [(x0, port), (x0 + bend * 0.6, port), (x0 + bend * 0.3, y3), (x3, y3)],
            places: AT_END,
            ..line
        });
    }
    Scene { width, height, lanes: Vec::new(), nodes, lines: drawn }
}
