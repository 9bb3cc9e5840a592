//! A picture of datasets and links before it is drawn, and its drawing as SVG: boxes, lines, pills. Every colour and
//! pattern is a presentation attribute, so that the same picture stands in a page, in a file and on paper.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};

use crate::web::drawing::{fitted, note_height, noted, number, text_width, two_lines};

/// The size of a dataset's box, in pixels.
pub const BOX: (f64, f64) = (250.0, 64.0);
/// The height of a pill on a line.
const PILL: f64 = 22.0;

/// A rectangle: left, top, width, height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Area {
    /// Whether two rectangles share any point.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

/// A dataset.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How much it holds.
    pub note: String,
    /// Where it leads.
    pub href: String,
    /// Where it stands.
    pub at: Area,
    /// Whether it is the one that was chosen.
    pub chosen: bool,
}

/// A frame around datasets of one source.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The source.
    pub title: String,
    /// What holds of all datasets in it; may be blank.
    pub note: String,
    /// Where it stands.
    pub at: Area,
}

/// A link.
#[derive(Clone, Debug)]
pub struct Line {
    /// The slugs of its ends.
    pub ends: (String, String),
    /// From, two control points, to.
    pub curve: [(f64, f64); 4],
    /// What stands on it.
    pub label: String,
    /// What it says to those who do not see it.
    pub spoken: String,
    /// Where it leads.
    pub href: String,
    /// How many approvals beyond the standard application it takes.
    pub extra: usize,
    /// Where along the line its label may stand, in the order of preference, between 0 and 1.
    pub places: &'static [f64],
}

/// A whole picture.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Frames.
    pub lanes: Vec<Lane>,
    /// Datasets.
    pub nodes: Vec<Node>,
    /// Links.
    pub lines: Vec<Line>,
}

/// Places along a line that leads between lanes.
pub const ALONG: &[f64] = &[0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85];
/// The end of a line: the label stands beside the box that the line leads to, so that it is plain whose it is.
pub const AT_END: &[f64] = &[1.0];
/// How far from the box a label at the end of a line stands.
const BESIDE: f64 = 6.0;

/// A point of a cubic curve.
fn point(curve: &[(f64, f64); 4], t: f64) -> (f64, f64) {
    let u = 1.0 - t;
    let weights = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
    curve.iter().zip(weights).fold((0.0, 0.0), |(x, y), ((px, py), weight)| (x + px * weight, y + py * weight))
}

impl Scene {
    /// Where each label stands: on its line, at the first of its places that is free of boxes and other labels; where none
    /// is, at the one that meets fewest.
    #[must_use]
    pub fn pills(&self) -> Vec<Area> {
        let mut placed: Vec<Area> = Vec::new();
        for line in &self.lines {
            let width = text_width(&line.label, 12.5) + 18.0;
            let area = |t: f64| {
                let (x, y) = point(&line.curve, t);
                let centre = if t >= 1.0 { x - BESIDE - width / 2.0 } else { x };
                let x = (centre - width / 2.0).clamp(2.0, (self.width - width - 2.0).max(2.0));
                Area { x, y: (y - PILL / 2.0).clamp(2.0, (self.height - PILL - 2.0).max(2.0)), w: width, h: PILL }
            };
            let crowd = |area: &Area| {
                let boxes = self.nodes.iter().filter(|node| node.at.meets(area)).count();
                boxes * 3 + placed.iter().filter(|other| other.meets(area)).count()
            };
            let best = line.places.iter().map(|t| area(*t)).min_by_key(|area| crowd(area));
            placed.push(best.unwrap_or_else(|| area(0.5)));
        }
        placed
    }

    /// The picture. Boxes come before labels, so that a keyboard meets them first.
    #[must_use]
    pub fn svg(&self, label: &str, note: &str) -> Markup {
        let pills = self.pills();
        let bottom = self.height + note_height(note, self.width);
        html! {
            svg class="app-map" xmlns="http://www.w3.org/2000/svg" width=(number(self.width)) height=(number(bottom)) viewBox={ "0 0 " (number(self.width)) " " (number(bottom)) }
                role="group" aria-label=(label) font-family="Arial, sans-serif" data-map {
                rect width="100%" height="100%" fill="#ffffff" {}
                @for lane in &self.lanes {
                    rect x=(number(lane.at.x)) y=(number(lane.at.y)) width=(number(lane.at.w)) height=(number(lane.at.h)) fill="#f0f4f5" {}
                    text x=(number(lane.at.x + 14.0)) y=(number(lane.at.y + 24.0)) font-size="14" font-weight="bold" fill="#4c6272" { (fitted(&lane.title, 14.0, lane.at.w - 24.0)) }
                    " "
                    @if !lane.note.is_empty() {
                        text x=(number(lane.at.x + 14.0)) y=(number(lane.at.y + lane.at.h - 12.0)) font-size="13" fill="#005eb8" { (fitted(&lane.note, 13.0, lane.at.w - 24.0)) }
                        " "
                    }
                }
                @for line in &self.lines { (drawn(line)) }
                @for node in &self.nodes { (boxed(node)) " " }
                @for (line, pill) in self.lines.iter().zip(&pills) { (labelled(line, pill)) " " }
                (noted(note, self.height, self.width))
            }
        }
    }
}

fn path(curve: &[(f64, f64); 4]) -> String {
    let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = curve;
    let mut path = String::new();
    let n = |value: &f64| number(*value);
    let _ = write!(path, "M{} {}C{} {} {} {} {} {}", n(x0), n(y0), n(x1), n(y1), n(x2), n(y2), n(x3), n(y3));
    path
}

/// A line with a white halo, in the pattern of how many approvals it takes (ui.md §4.2).
fn drawn(line: &Line) -> Markup {
    let path = path(&line.curve);
    let (stroke, width, dash, cap) = match line.extra {
        0 => ("#005eb8", "2.5", None, None),
        1 => ("#7c2855", "3", Some("11 5"), None),
        _ => ("#212b32", "4", Some("0 7"), Some("round")),
    };
    html! {
        g data-ends={ (line.ends.0) " " (line.ends.1) } {
            path d=(path) fill="none" stroke="#ffffff" stroke-width="7" {}
            path class={ "app-map__line app-map__line--" (line.extra.min(2)) } d=(path) fill="none" stroke=(stroke) stroke-width=(width) stroke-dasharray=[dash] stroke-linecap=[cap] {}
        }
    }
}

fn boxed(node: &Node) -> Markup {
    let (fill, ink, second) =
        if node.chosen { ("#005eb8", "#ffffff", "#ffffff") } else { ("#ffffff", "#003087", "#4c6272") };
    let Area { x, y, w, h } = node.at;
    html! {
        a href=(node.href) data-ends=(node.slug) aria-label={ (two_lines(&node.title, 15.0, w - 20.0).join(" ")) " " (node.note) ": " (node.title) } {
            rect x=(number(x)) y=(number(y)) width=(number(w)) height=(number(h)) rx="3" fill=(fill) stroke="#4c6272" stroke-width="1.5" {}
            @let lines = two_lines(&node.title, 15.0, w - 20.0);
            @for (at, line) in lines.iter().enumerate() {
                text x=(number(x + 10.0)) y=(number(y + if lines.len() == 1 { 27.0 } else if at == 0 { 19.0 } else { 37.0 })) font-size="15" font-weight="bold" fill=(ink) { (line) }
                " "
            }
            text x=(number(x + 10.0)) y=(number(y + if lines.len() == 1 { 47.0 } else { 55.0 })) font-size="13" fill=(second) { (node.note) }
        }
    }
}

fn labelled(line: &Line, pill: &Area) -> Markup {
    let ink = match line.extra {
        0 => "#005eb8",
        1 => "#7c2855",
        _ => "#212b32",
    };
    html! {
        a href=(line.href) data-ends={ (line.ends.0) " " (line.ends.1) } aria-label={ (line.label) ": " (line.spoken) } {
            rect x=(number(pill.x)) y=(number(pill.y)) width=(number(pill.w)) height=(number(pill.h)) rx="11" fill="#ffffff" stroke=(ink) stroke-width="1.5" {}
            text x=(number(pill.x + pill.w / 2.0)) y=(number(pill.y + 15.5)) font-size="12.5" font-weight="bold" text-anchor="middle" fill=(ink) { (line.label) }
        }
    }
}

/// The picture as a file of its own.
#[must_use]
pub fn file(svg: &Markup) -> Vec<u8> {
    PreEscaped(svg.0.clone()).into_string().into_bytes()
}
