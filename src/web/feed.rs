//! `/changes.atom`: what was published lately, version by version, for programs that read feeds (RFC 4287).

use maud::html;

use super::answer::{Answer, NoPage};
use super::record;
use super::site::Site;
use super::visitor::Visitor;
use crate::app::{App, VersionHead};

/// Versions that the feed tells.
const MOST: usize = 50;

/// `/changes.atom`
pub async fn changes(site: &Site, app: &App, visitor: &Visitor) -> Result<Answer, NoPage> {
    let mut versions: Vec<(&str, VersionHead)> = Vec::new();
    for (slug, head) in &visitor.view.catalogue.models {
        let title = record::title(&head.about.title, slug.as_str());
        versions.extend(app.history(&visitor.actor, slug).await?.into_iter().map(|version| (title, version)));
    }
    versions.sort_by(|(_, one), (_, other)| {
        (other.published_at, &one.slug, other.version).cmp(&(one.published_at, &other.slug, one.version))
    });
    versions.truncate(MOST);
    let newest = versions.first().map(|(_, head)| head.published_at.to_string()).unwrap_or_default();
    let text = |text: &str| {
        // XML has no place for some characters, however they are written.
        let text: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
        html! { (text) }.into_string()
    };
    let entries: String = versions
        .iter()
        .map(|(title, head)| {
            let of = format!("{title}, version {}", head.version);
            let summary = match head.rolled_back_from {
                Some(from) => format!("Brings back version {from}."),
                None if head.label.trim().is_empty() => "Published.".to_owned(),
                None => format!("Published; its owner calls it {}.", head.label.trim()),
            };
            format!(
                "<entry><id>urn:x-linkwright:{slug}:{version}</id><title>{title}</title><updated>{at}</updated>\
                 <link href=\"{href}\"/><summary>{summary}</summary></entry>\n",
                slug = text(head.slug.as_str()),
                version = head.version,
                title = text(&of),
                at = head.published_at,
                href = text(&visitor.address(&format!("/models/{}", head.slug))),
                summary = text(&summary),
            )
        })
        .collect();
    let feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>urn:x-linkwright:changes</id>\n<title>{title}: what was published</title>\n<updated>{newest}</updated>\n\
         <author><name>{title}</name></author>\n<link rel=\"self\" href=\"{own}\"/>\n{entries}</feed>\n",
        title = text(&site.brand.service),
        own = text(&visitor.address("/changes.atom")),
    );
    Ok(Answer::File { media_type: "application/atom+xml; charset=utf-8", name: None, bytes: feed.into_bytes() })
}
