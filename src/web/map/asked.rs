//! What an address of the map asks to see, and the form that asks it.

use maud::{Markup, html};

use super::MOST_DRAWN;
use crate::app::PairLink;
use crate::domain::refs::Slug;
use crate::web::answer::Asked;
use crate::web::components::{self as nhs, Button, Control, Label, Select, SelectItem, Variant};
use crate::web::query::Query;
use crate::web::record;
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What an address asks to see.
pub struct Wanted {
    /// The dataset to start from.
    pub focus: Option<Slug>,
    /// How far from it: 1 or 2 links.
    pub hops: usize,
    /// The most approvals beyond the standard application.
    pub most_extra: Option<usize>,
    /// The key that links are to use.
    pub key: Option<Slug>,
    /// The data model whose datasets are shown.
    pub source: Option<Slug>,
    /// A dataset that was asked for and is not known.
    pub unknown: Option<String>,
    /// Whether the focus was chosen for the reader, as there is too much for one picture.
    pub chosen_for: bool,
}

/// What an address asks to see.
pub fn read(site: &Site, visitor: &Visitor, query: &Query) -> Wanted {
    let catalogue = &visitor.view.catalogue;
    let known = |text: &str| Slug::of(text).ok().filter(|slug| catalogue.dataset(slug).is_some());
    let named = query.first("focus");
    let source =
        query.first("source").and_then(|text| Slug::of(text).ok()).filter(|slug| catalogue.models.contains_key(slug));
    let mut focus = named.and_then(known);
    let unknown = named.filter(|_| focus.is_none()).map(str::to_owned);
    let within = scope(visitor, source.as_ref());
    // Alone it has nothing to be drawn with: its links lead elsewhere.
    if let ([only], None) = (within.as_slice(), &focus) {
        focus = Some(only.clone());
    }
    let chosen_for = focus.is_none() && within.len() > MOST_DRAWN;
    if chosen_for {
        let day = visitor.today;
        let mut slugs = within;
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
pub fn scope(visitor: &Visitor, source: Option<&Slug>) -> Vec<Slug> {
    let entries = visitor.view.catalogue.datasets.values();
    entries
        .filter(|entry| source.is_none_or(|source| entry.model == *source))
        .map(|entry| entry.dataset.slug.clone())
        .collect()
}

/// Whether a link is among those asked for.
pub fn passes(wanted: &Wanted, link: &PairLink) -> bool {
    wanted.most_extra.is_none_or(|most| link.extra() <= most)
        && wanted.key.as_ref().is_none_or(|key| link.keys.contains(key))
}

/// The form above the map.
pub fn filters(visitor: &Visitor, asked: &Asked, wanted: &Wanted) -> Markup {
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
        form class="app-panel app-form-inline app-form-inline--map" action="/map" method="get" {
            (nhs::select(&Select { control: control("focus", "Start from"), items: &starts, value: focus }))
            (nhs::select(&Select { control: control("hops", "Show"), items: &far, value: if wanted.hops == 2 { "2" } else { "" } }))
            (nhs::select(&Select { control: control("max", "Approvals"), items: &most, value: asked.query.text("max") }))
            (nhs::select(&Select { control: control("key", "Key"), items: &keys, value: wanted.key.as_ref().map_or("", Slug::as_str) }))
            (nhs::select(&Select { control: control("source", "Source"), items: &sources, value: wanted.source.as_ref().map_or("", Slug::as_str) }))
            (Button { text: "Update map", variant: Variant::Secondary, small: true, ..Button::default() }.html())
        }
    }
}
