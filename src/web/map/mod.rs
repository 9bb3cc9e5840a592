//! `/map` and `/map.svg`: which datasets link, drawn and as a table from the same list. Up to twenty datasets stand in lanes;
//! of more, a chosen one and those one or two links away.

mod asked;
mod hops;
mod lanes;
mod near;
mod rows;
mod scene;
#[cfg(test)]
mod tests;

use maud::html;

use super::answer::{Answer, Asked, Twin, page};
use super::components::{Crumb, inset_text};
use super::layout::{Place, Standing};
use super::site::Site;
use super::visitor::Visitor;
use super::{datasets, links, record, text};
use crate::app::PairLink;
use crate::domain::refs::Slug;
use asked::{Wanted, filters, passes, read, scope};
pub use near::near;
use rows::{sheet, table};
use scene::{ALONG, Area, Line, Node, Scene};

/// The most datasets that stand in one picture of lanes (ui.md §4).
const MOST_DRAWN: usize = 20;
/// Codes that stand on a line before the rest is counted.
const MOST_CODES: usize = 2;

/// What is shown: the links, those that are drawn, and the picture.
struct Shown {
    links: Vec<PairLink>,
    drawn: usize,
    scene: Scene,
}

/// `/map`
#[must_use]
pub fn map(site: &Site, visitor: &Visitor, asked: &Asked, svg: bool) -> Answer {
    let wanted = read(site, visitor, &asked.query);
    let shown = show(visitor, &wanted);
    let note = visitor.picture_note(&Standing::All);
    if svg {
        let picture = shown.scene.svg("Linkage map", &note);
        return Answer::File {
            media_type: "image/svg+xml",
            name: Some("linkage-map.svg".to_owned()),
            bytes: scene::file(&picture),
        };
    }
    if asked.twin != Twin::Html {
        return visitor.listing("Links between datasets", "links", asked, vec![sheet(visitor, &shown.links)]).into();
    }
    let body = html! {
        h1 class="nhsuk-heading-l" { "Linkage map" }
        p class="app-lead" {
            "Each line is a way to link 2 datasets. The line style shows how many approvals the link needs, the label shows which ones. "
            span class="app-past-map app-past-map--desk" { a href="#links-table" { "Skip the map and go to the table" } "." }
            span class="app-past-map app-past-map--phone" { "The table comes first, " a href="#map" { "the map after it" } "." }
        }
        @if let Some(unknown) = &wanted.unknown { (inset_text(&html! { p { "“" (unknown) "” is no dataset that you may see, so the whole map is shown." } })) }
        (filters(visitor, asked, &wanted))
        @if wanted.chosen_for {
            @if let Some(focus) = &wanted.focus {
                p { "There are " (text::count(visitor.view.catalogue.datasets.len(), "dataset")) ", too many for one picture. This one starts from " strong { (title(visitor, focus)) } ": choose another above, or " a href="/datasets" { "browse the datasets" } "." }
            }
        }
        @if shown.links.is_empty() {
            p { "No links match. " @if wanted.most_extra.is_some() { "Allow more approvals, or show " } @else { "Show " } "up to 2 links away." }
        } @else {
            p class="app-small" {
                (text::count(shown.links.len(), "link")) ". "
                @if shown.drawn < shown.links.len() { (text::number((shown.links.len() - shown.drawn) as u64)) " of them are not drawn; all are in the table." }
            }
            div class="app-map-and-table" {
                div class="app-picture app-picture--wide" id="map" {
                    (record::scrolling("Map", &shown.scene.svg("Datasets and their links", &note)))
                    (record::lines_key())
                }
                div { (table(visitor, &shown.links)) }
            }
        }
        ul class="app-inline" {
            li { a href=(asked.query.href("/map.svg")) download { "Download image (SVG)" } }
            @for (ending, name) in [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")] { li { a href=(asked.twin_href(ending)) download { "Download links (" (name) ")" } } }
            li { a href="/export" { "Export for graph programs" } }
        }
    };
    let mut page = page("Linkage map", Place::Map, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

fn show(visitor: &Visitor, wanted: &Wanted) -> Shown {
    match &wanted.focus {
        Some(focus) => hop_view(visitor, wanted, focus),
        None => overview(visitor, wanted),
    }
}

fn overview(visitor: &Visitor, wanted: &Wanted) -> Shown {
    let slugs = scope(visitor, wanted.source.as_ref());
    let links: Vec<PairLink> =
        visitor.view.links_among(&slugs, visitor.today).into_iter().filter(|link| passes(wanted, link)).collect();
    let at = |slug: &Slug| slugs.iter().position(|held| held == slug).unwrap_or(0);
    let models = &visitor.view.catalogue.models;
    let nodes = slugs
        .iter()
        .map(|slug| {
            let model = visitor.view.catalogue.dataset(slug).map(|entry| entry.model.clone());
            let source = model
                .and_then(|model| models.get(&model))
                .map(|head| record::title(&head.about.title, head.about.slug.as_str()).to_owned());
            (source.unwrap_or_default(), node(visitor, slug, false))
        })
        .collect();
    let lines = links.iter().map(|link| (at(&link.from), at(&link.to), line(visitor, link))).collect();
    Shown { drawn: links.len(), scene: lanes::layout(nodes, lines), links }
}

fn hop_view(visitor: &Visitor, wanted: &Wanted, focus: &Slug) -> Shown {
    let near = |slug: &Slug| -> Vec<PairLink> {
        let mut found: Vec<PairLink> =
            visitor.view.links_of(slug, visitor.today).iter().filter(|link| passes(wanted, link)).cloned().collect();
        found.sort_by_key(|link| (link.extra(), link.discuss, title(visitor, &link.to).to_lowercase()));
        found
    };
    let first = near(focus);
    let mut links = first.clone();
    let mut columns = vec![vec![node(visitor, focus, true)]];
    let shown: Vec<&PairLink> = some_of_each(&first);
    columns.push(shown.iter().map(|link| node(visitor, &link.to, false)).collect());
    let mut lines: Vec<(usize, usize, usize, Line)> =
        shown.iter().enumerate().map(|(row, link)| (0, 0, row, line(visitor, link))).collect();
    if wanted.hops == 2 {
        let mut second: Vec<(usize, PairLink)> = Vec::new();
        for (row, link) in shown.iter().enumerate() {
            for further in near(&link.to) {
                let known = further.to == *focus
                    || first.iter().any(|link| link.to == further.to)
                    || second.iter().any(|(_, held)| held.to == further.to);
                if !known {
                    second.push((row, further));
                }
            }
        }
        second.sort_by_key(|(_, link)| (link.extra(), title(visitor, &link.to).to_lowercase()));
        links.extend(second.iter().map(|(_, link)| link.clone()));
        let drawn: Vec<&(usize, PairLink)> = second.iter().take(hops::MOST_ROWS).collect();
        if !drawn.is_empty() {
            columns.push(drawn.iter().map(|(_, link)| node(visitor, &link.to, false)).collect());
            lines.extend(drawn.iter().enumerate().map(|(row, (from, link))| (1, *from, row, line(visitor, link))));
        }
    }
    Shown { drawn: lines.len(), scene: hops::layout(columns, lines), links }
}

/// As many links as a column holds: where there are more, some of each number of approvals, so that a picture shows every
/// kind that there is.
fn some_of_each(links: &[PairLink]) -> Vec<&PairLink> {
    let mut levels: Vec<Vec<usize>> = vec![Vec::new(); 3];
    for (at, link) in links.iter().enumerate() {
        if let Some(level) = levels.get_mut(link.extra().min(2)) {
            level.push(at);
        }
    }
    let deepest = levels.iter().map(Vec::len).max().unwrap_or(0);
    let dealt = (0..deepest).flat_map(|round| levels.iter().filter_map(move |level| level.get(round).copied()));
    let mut chosen: Vec<usize> = dealt.take(hops::MOST_ROWS).collect();
    chosen.sort_unstable();
    chosen.into_iter().filter_map(|at| links.get(at)).collect()
}

fn title<'a>(visitor: &'a Visitor, slug: &'a Slug) -> &'a str {
    visitor
        .view
        .catalogue
        .dataset(slug)
        .map_or(slug.as_str(), |entry| record::title(&entry.dataset.title, &entry.dataset.name))
}

fn node(visitor: &Visitor, slug: &Slug, chosen: bool) -> Node {
    let note = visitor.view.catalogue.dataset(slug).map(|entry| {
        format!("{}, {}", text::count(entry.tables.len(), "table"), text::count(datasets::fields(entry), "field"))
    });
    Node {
        slug: slug.to_string(),
        title: title(visitor, slug).to_owned(),
        note: note.unwrap_or_default(),
        href: if chosen { links::dataset(slug) } else { format!("/map?focus={slug}") },
        at: Area { x: 0.0, y: 0.0, w: scene::BOX.0, h: scene::BOX.1 },
        chosen,
    }
}

fn line(visitor: &Visitor, link: &PairLink) -> Line {
    Line {
        ends: (link.from.to_string(), link.to.to_string()),
        curve: [(0.0, 0.0); 4],
        label: label(link),
        spoken: format!("link between {} and {}", title(visitor, &link.from), title(visitor, &link.to)),
        href: links::link(&link.from, &link.to),
        extra: link.extra(),
        places: ALONG,
    }
}

/// Which approvals a link takes: the standard ones by code, else those on top of them.
fn label(link: &PairLink) -> String {
    let extra: Vec<&str> = link.approvals.iter().filter(|mark| mark.extra).map(|mark| mark.code.as_str()).collect();
    match extra.as_slice() {
        [] if link.approvals.is_empty() => "None recorded".to_owned(),
        [] => link.approvals.iter().map(|mark| mark.code.as_str()).collect::<Vec<_>>().join(" + "),
        codes if codes.len() <= MOST_CODES => format!("+ {}", codes.join(" + ")),
        codes => format!("+ {} + {} more", codes.iter().take(1).copied().collect::<String>(), codes.len() - 1),
    }
}
