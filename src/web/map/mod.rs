//! `/map` and `/map.svg`: which datasets link, drawn and as a table from the same list. Up to twenty datasets stand in lanes;
//! of more, a chosen one and those one or two links away.

mod hops;
mod lanes;
mod scene;

use maud::{Markup, html};

use super::answer::{Answer, Asked, Twin, page};
use super::components::{
    self as nhs, Button, Column, Control, Crumb, DataTable, Label, Row, Select, SelectItem, Variant, inset_text,
};
use super::layout::{Place, Standing};
use super::query::Query;
use super::site::Site;
use super::visitor::Visitor;
use super::{datasets, links, record, text};
use crate::app::{Datum, ListingSheet, PairLink};
use crate::domain::refs::Slug;
use scene::{ALONG, Area, Line, Node, Scene};

/// The most datasets that stand in one picture of lanes (ui.md §4).
const MOST_DRAWN: usize = 20;
/// Codes that stand on a line before the rest is counted.
const MOST_CODES: usize = 2;

/// What an address asks to see.
struct Wanted {
    focus: Option<Slug>,
    hops: usize,
    most_extra: Option<usize>,
    key: Option<Slug>,
    source: Option<Slug>,
    /// A dataset that was asked for and is not known.
    unknown: Option<String>,
    /// Whether the focus was chosen for the reader, as there is too much for one picture.
    chosen_for: bool,
}

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
    if svg {
        let picture = shown.scene.svg("Linkage map", &standing(visitor));
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
            a href="#links-table" { "Skip the map and go to the table" } "."
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
            div class="app-picture app-picture--wide" {
                div class="app-scroll" role="region" aria-label="Map, scrolls sideways" tabindex="0" { (shown.scene.svg("Datasets and their links", "")) }
                ul class="app-key" {
                    li class="app-line-label" { (record::line(Some(0))) "Standard application only" }
                    li class="app-line-label" { (record::line(Some(1))) "1 more approval" }
                    li class="app-line-label" { (record::line(Some(2))) "2 or more" }
                }
            }
            (table(visitor, &shown.links))
        }
        ul class="app-inline" {
            li { a href=(asked.query.href("/map.svg")) download { "Download image (SVG)" } }
            @for (ending, name) in [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")] { li { a href=(asked.twin_href(ending)) download { "Download links (" (name) ")" } } }
        }
    };
    let mut page = page("Linkage map", Place::Map, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

/// What stands under a picture that is taken away: what it is worth.
fn standing(visitor: &Visitor) -> String {
    let notes =
        visitor.view.catalogue.models.values().map(|head| head.about.standing()).filter(|note| !note.is_empty());
    let first = notes.into_iter().next().unwrap_or_default();
    format!("{first} Catalogue version {}, {}. Not an approval.", visitor.view.version, text::day(visitor.today))
        .trim()
        .to_owned()
}

fn read(site: &Site, visitor: &Visitor, query: &Query) -> Wanted {
    let catalogue = &visitor.view.catalogue;
    let known = |text: &str| Slug::of(text).ok().filter(|slug| catalogue.dataset(slug).is_some());
    let named = query.first("focus");
    let source =
        query.first("source").and_then(|text| Slug::of(text).ok()).filter(|slug| catalogue.models.contains_key(slug));
    let mut focus = named.and_then(known);
    let unknown = named.filter(|_| focus.is_none()).map(str::to_owned);
    let many = scope(visitor, source.as_ref()).len() > MOST_DRAWN;
    let chosen_for = focus.is_none() && many;
    if chosen_for {
        let day = visitor.today;
        let mut slugs = scope(visitor, source.as_ref());
        // In a very large catalogue the first are looked at; whoever wants another chooses it.
        slugs.truncate(MOST_DRAWN * 5);
        let best = slugs
            .iter()
            .enumerate()
            .max_by_key(|(at, slug)| (visitor.view.links_of(slug, day).len(), usize::MAX - at))
            .map(|(_, slug)| slug.clone());
        focus = known(&site.brand.map_start).filter(|slug| slugs.contains(slug)).or(best);
    }
    Wanted {
        focus,
        hops: if query.text("hops") == "2" { 2 } else { 1 },
        most_extra: query.first("max").and_then(|text| text.parse().ok()),
        key: query
            .first("key")
            .and_then(|text| Slug::of(text).ok())
            .filter(|slug| catalogue.schemes.contains_key(slug)),
        source,
        unknown,
        chosen_for,
    }
}

/// The datasets of a source, or all.
fn scope(visitor: &Visitor, source: Option<&Slug>) -> Vec<Slug> {
    let entries = visitor.view.catalogue.datasets.values();
    entries
        .filter(|entry| source.is_none_or(|source| entry.model == *source))
        .map(|entry| entry.dataset.slug.clone())
        .collect()
}

fn passes(wanted: &Wanted, link: &PairLink) -> bool {
    wanted.most_extra.is_none_or(|most| link.extra() <= most)
        && wanted.key.as_ref().is_none_or(|key| link.keys.contains(key))
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

fn filters(visitor: &Visitor, asked: &Asked, wanted: &Wanted) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let control = |id, text| Control { id, name: id, label: Label { text, ..Label::default() }, ..Control::default() };
    let mut starts = vec![SelectItem::new("", "All datasets")];
    starts.extend(catalogue.datasets.values().map(|entry| {
        SelectItem::new(entry.dataset.slug.as_str(), record::title(&entry.dataset.title, &entry.dataset.name))
    }));
    let mut sources = vec![SelectItem::new("", "Any source")];
    sources.extend(
        catalogue
            .models
            .values()
            .filter(|head| catalogue.datasets.values().any(|entry| entry.model == head.about.slug))
            .map(|head| {
                SelectItem::new(head.about.slug.as_str(), record::title(&head.about.title, head.about.slug.as_str()))
            }),
    );
    let mut keys = vec![SelectItem::new("", "Any key")];
    keys.extend(
        catalogue
            .schemes
            .values()
            .filter(|scheme| scheme.entity.links())
            .map(|scheme| SelectItem::new(scheme.slug.as_str(), record::title(&scheme.title, &scheme.name))),
    );
    let far = [("", "1 link away"), ("2", "Up to 2 links away")].map(|(value, text)| SelectItem::new(value, text));
    let most = [("", "Any"), ("0", "Standard application only"), ("1", "At most 1 more")]
        .map(|(value, text)| SelectItem::new(value, text));
    let focus = if wanted.chosen_for { "" } else { wanted.focus.as_ref().map_or("", Slug::as_str) };
    html! {
        form class="app-panel app-form-inline" action="/map" method="get" {
            (nhs::select(&Select { control: control("focus", "Start from"), items: &starts, value: focus }))
            (nhs::select(&Select { control: control("hops", "Show"), items: &far, value: if wanted.hops == 2 { "2" } else { "" } }))
            (nhs::select(&Select { control: control("max", "Approvals"), items: &most, value: asked.query.text("max") }))
            (nhs::select(&Select { control: control("key", "Key"), items: &keys, value: wanted.key.as_ref().map_or("", Slug::as_str) }))
            (nhs::select(&Select { control: control("source", "Source"), items: &sources, value: wanted.source.as_ref().map_or("", Slug::as_str) }))
            (Button { text: "Update map", variant: Variant::Secondary, small: true, ..Button::default() }.html())
        }
    }
}

fn table(visitor: &Visitor, links_shown: &[PairLink]) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let columns = [
        Column::text("From"),
        Column::text("To"),
        Column::text("Link on"),
        Column::text("Approvals on top of the standard application"),
        Column::numeric("Records that link"),
        Column::text("More"),
    ];
    let row = |link: &PairLink| {
        Row::from(vec![
            html! { a href=(links::dataset(&link.from)) { (title(visitor, &link.from)) } },
            html! { a href=(links::dataset(&link.to)) { (title(visitor, &link.to)) } },
            html! { (record::scheme_chain(catalogue, &link.schemes)) @if link.ways > 1 { br; span class="app-muted" { (text::count(link.ways, "way")) } } },
            record::link_approvals(catalogue, &link.approvals),
            html! { (text::share(link.match_rate)) },
            html! { a href=(links::link(&link.from, &link.to)) { "Details" (nhs::hidden(&format!(" of the link between {} and {}", title(visitor, &link.from), title(visitor, &link.to)))) } },
        ])
    };
    html! {
        h2 id="links-table" tabindex="-1" { "Links as a table" }
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "links-caption", caption: "Links between datasets", caption_size: None, caption_hidden: true, columns: &columns,
                rows: links_shown.iter().map(row).collect(), first_is_header: false, scrolls: true,
            }))
        }
    }
}

fn sheet(visitor: &Visitor, links_shown: &[PairLink]) -> ListingSheet {
    let join = |items: Vec<String>| Datum::text(items.join("; "));
    let row = |link: &PairLink| {
        vec![
            Datum::text(link.from.as_str()),
            Datum::text(title(visitor, &link.from)),
            Datum::text(link.to.as_str()),
            Datum::text(title(visitor, &link.to)),
            join(link.schemes.iter().map(ToString::to_string).collect()),
            Datum::Count(link.ways as u64),
            Datum::Count(link.extra() as u64),
            join(
                link.approvals
                    .iter()
                    .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
                    .collect(),
            ),
            Datum::text(text::share(link.match_rate)),
            Datum::Flag(link.discuss),
        ]
    };
    ListingSheet {
        name: "Links".to_owned(),
        columns: vec![
            "From",
            "From title",
            "To",
            "To title",
            "Keys",
            "Ways",
            "Extra approvals",
            "Approvals",
            "Records that link",
            "Talk first",
        ],
        rows: links_shown.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            assert!(
                pill.x >= 0.0 && pill.y >= 0.0 && pill.x + pill.w <= whole.w + 1.0 && pill.y + pill.h <= whole.h + 1.0
            );
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
}
