//! Who looks at a page, and what they see: their class's view of the catalogue and the day.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use maud::{Markup, html};

use super::answer::Asked;
use super::components::{Button, Variant, account_button, account_user};
use super::layout::{self, Place, Standing};
use crate::app::{Listing, ListingSheet, View};
use crate::domain::access::{Actor, Curate, Role};
use crate::domain::list::DataList;
use crate::domain::refs::{FieldRef, Ref, Slug};

/// The cookies of this service: name, what it is for, how long it stays.
pub const COOKIES: [(&str, &str, &str); 2] = [
    (
        "__Host-linkwright",
        "Holds a random number by which your session is found again: your list of data and, once you have signed in, who you are. It is set when you first add something to your list, or open the sign-in page.",
        "30 days; once you have signed in, until you close the browser, at most 12 hours",
    ),
    (
        "__Host-linkwright-seen",
        "Holds the version of the catalogue that you saw last, such as public-12, so that another of our servers does not show you an older one. It says nothing of you, and is only set where several servers share the work.",
        "until you close the browser",
    ),
];

/// Who looks at a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who it is.
    pub actor: Actor,
    /// What they see.
    pub view: Arc<View>,
    /// While the database does not answer: how old what they see is.
    pub stale: Option<Duration>,
    /// The day in London.
    pub today: Date,
    /// Where people reach this service, such as `https://linkwright.example`; blank where that is not known.
    pub reached: String,
    /// What they have collected.
    pub list: DataList,
    /// What the forms of their session must send back; `None` before there is one.
    pub csrf: Option<String>,
}

impl Visitor {
    /// The items of the account area in the header.
    #[must_use]
    pub fn account(&self) -> Vec<Markup> {
        let items = self.list.items().len();
        let list = html! {
            a class="nhsuk-header__account-link" href="/list" {
                "Your list" @if items > 0 { " " span class="app-count" { (items) } }
            }
        };
        let who = match &self.actor {
            Actor::Person(person) => {
                let out = account_button("Sign out", "/sign-out", &self.csrf_field());
                return vec![list, account_user(&person.subject, "/account"), out];
            }
            Actor::Anonymous | Actor::LocalOperator { .. } => {
                html! { a class="nhsuk-header__account-link" href="/sign-in" { "Sign in" } }
            }
        };
        vec![list, who]
    }

    /// The parts of the site that are for some roles only: what they are called, where, and which they are.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, &'static str, Place)> {
        let Actor::Person(person) = &self.actor else { return Vec::new() };
        let mut parts = Vec::new();
        if person.roles.contains(&Role::Curator) {
            parts.push(("Curate", "/curate", Place::Curate));
        }
        if person.roles.contains(&Role::Administrator) {
            parts.push(("Administer", "/admin/users", Place::Admin));
        }
        parts
    }

    /// Whether they look after a data model.
    #[must_use]
    pub fn curates(&self, model: &Slug) -> bool {
        self.actor.permit::<Curate>().is_ok_and(|permit| permit.covers(model).is_ok())
    }

    /// The hidden field that every form of a session sends back.
    #[must_use]
    pub fn csrf_field(&self) -> Markup {
        html! { @if let Some(csrf) = &self.csrf { input type="hidden" name="csrf" value=(csrf); } }
    }

    /// Rows for a file, with what a reader must know of them: where they come from and what they are worth.
    #[must_use]
    pub fn listing(&self, title: &str, file_stem: &str, asked: &Asked, sheets: Vec<ListingSheet>) -> Listing {
        self.listing_of(&Standing::All, title, file_stem, asked, sheets)
    }

    /// The same of rows that are about some data models only.
    #[must_use]
    pub fn listing_of(
        &self,
        of: &Standing,
        title: &str,
        file_stem: &str,
        asked: &Asked,
        sheets: Vec<ListingSheet>,
    ) -> Listing {
        let within = |slug: &Slug| match of {
            Standing::All => true,
            Standing::Of(slugs) => slugs.contains(slug),
            Standing::Nothing => false,
        };
        let mut about = vec![
            ("Address".to_owned(), self.address(&asked.href())),
            ("Catalogue version".to_owned(), self.view.version.to_string()),
            ("Made on".to_owned(), super::text::day(self.today)),
        ];
        let heads = self.view.catalogue.models.values().filter(|head| within(&head.about.slug));
        let notes = heads.filter(|head| !head.about.standing().is_empty());
        about.extend(notes.map(|head| (format!("Standing of {}", head.about.slug), head.about.standing().to_owned())));
        about.push((
            "Note".to_owned(),
            "This describes data. It holds no patient data, and it is not an approval.".to_owned(),
        ));
        Listing { title: title.to_owned(), file_stem: file_stem.to_owned(), about, sheets }
    }

    /// What stands in a picture that may be taken out of its page: what the data is worth, and of which version it is.
    #[must_use]
    pub fn picture_note(&self, of: &Standing) -> String {
        let first = layout::standing(self, of).into_iter().next().unwrap_or_default();
        let (version, day) = (self.view.version, super::text::day(self.today));
        format!("{first} Catalogue version {version}, {day}. Not an approval.").trim_start().to_owned()
    }

    /// The whole address of a page, for what leaves the screen: paper and files.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.reached)
    }

    /// A button that adds something to the visitor's list, or that it is on it.
    #[must_use]
    pub fn add_button(&self, text: &str, reference: &str, asked: &Asked) -> Markup {
        self.add(reference, &asked.href(), &Button { text, ..Button::default() })
    }

    /// The same, small, beside a search result or in a row; `back` is where it leads back to.
    #[must_use]
    pub fn add_small(&self, reference: &str, title: &str, back: &str) -> Markup {
        let small = Button {
            text: "Add to list",
            hidden: title,
            variant: Variant::Secondary,
            small: true,
            ..Button::default()
        };
        self.add(reference, back, &small)
    }

    fn add(&self, reference: &str, back: &str, button: &Button<'_>) -> Markup {
        if reference.parse().is_ok_and(|reference| self.list.holds(&reference)) {
            return html! { p class="app-small" { a href="/list" { "On your list" span class="nhsuk-u-visually-hidden" { " " (button.hidden) } } } };
        }
        html! {
            form action="/list" method="post" class="app-add" {
                (self.csrf_field())
                input type="hidden" name="item" value=(reference);
                input type="hidden" name="back" value=(back);
                (button.html())
            }
        }
    }

    /// A button that adds what is not on the visitor's list yet, and leads there; a link where all of it is.
    #[must_use]
    pub fn add_all(&self, text: &str, references: &[Ref]) -> Markup {
        let missing: Vec<&Ref> = references.iter().filter(|reference| !self.list.holds(reference)).collect();
        if missing.is_empty() {
            return html! { a href="/list" { "All of this is on your list" } };
        }
        html! {
            form action="/list" method="post" class="app-add" {
                (self.csrf_field())
                @for reference in missing { input type="hidden" name="item" value=(reference); }
                input type="hidden" name="back" value="/list";
                (Button { text, ..Button::default() }.html())
            }
        }
    }

    /// A table of fields of which some can be ticked and added to the visitor's list.
    #[must_use]
    pub fn add_fields(&self, asked: &Asked, fields: &Markup) -> Markup {
        html! {
            form action="/list" method="post" {
                (self.csrf_field())
                input type="hidden" name="back" value={ (asked.href()) "#fields" };
                (fields)
                (Button { text: "Add ticked fields to your list", variant: Variant::Secondary, small: true, ..Button::default() }.html())
            }
        }
    }

    /// The box that ticks a field for [`Self::add_fields`].
    #[must_use]
    pub fn tick(&self, reference: &FieldRef, title: &str) -> Markup {
        let id = format!("add-{}", reference.field);
        html! {
            @if self.list.holds(&Ref::Field(reference.clone())) {
                a class="app-small" href="/list" { "Listed" }
            } @else {
                div class="nhsuk-checkboxes nhsuk-checkboxes--small" {
                    div class="nhsuk-checkboxes__item" {
                        input class="nhsuk-checkboxes__input" id=(id) name="item" type="checkbox" value=(reference);
                        label class="nhsuk-label nhsuk-checkboxes__label" for=(id) { span class="nhsuk-u-visually-hidden" { "Add " (title) } }
                    }
                }
            }
        }
    }
}
