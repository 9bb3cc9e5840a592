//! What the help pages say that another organisation would say differently: access, pathways, services, contacts and
//! words. Each is a TOML file in this program, and a file of the same name in the brand folder takes its place.

mod reading;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

/// Everything that the help pages say.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// How to get access.
    pub access: Access,
    /// The pathway navigator.
    pub navigator: Navigator,
    /// The services around health data.
    pub services: Services,
    /// Whom to ask.
    pub contacts: Contacts,
    /// Our own words.
    pub words: Words,
}

/// Where statements come from, by the name that the file calls it.
pub type Sources = BTreeMap<String, Source>;

/// Where a statement comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is.
    pub title: String,
    /// Its address; blank where there is none to give.
    #[serde(default)]
    pub address: String,
    /// The day on which somebody last read it.
    pub checked: Date,
}

/// A link that leads on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its text.
    pub text: String,
    /// A page of this service, or an address that begins with `https://`.
    pub href: Spanned<String>,
}

/// `access.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Where it comes from.
    pub sources: Sources,
    /// Its parts, in order.
    #[serde(default, rename = "part")]
    pub parts: Vec<Part>,
}

/// A part of the page on access.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its place in the address, after `#`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Whether its statements are steps, one after the other.
    #[serde(default)]
    pub numbered: bool,
    /// What it says.
    #[serde(default, rename = "statement")]
    pub statements: Vec<Statement>,
}

/// Something said, with its source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What is said.
    pub text: String,
    /// What is listed under it.
    #[serde(default)]
    pub points: Vec<String>,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// Where to go on.
    #[serde(default)]
    pub links: Vec<Link>,
    /// For which answers it holds.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// For which answers something holds: any of its lines.
pub type When = Vec<Spanned<String>>;

/// `pathway.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Navigator {
    /// Where it comes from.
    pub sources: Sources,
    /// The questions, in order.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    /// The pathways.
    #[serde(default, rename = "pathway")]
    pub pathways: Vec<Pathway>,
    /// Who decides.
    #[serde(default, rename = "committee")]
    pub committees: Vec<Committee>,
    /// What to do, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Statement>,
}

/// A question of the navigator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the address.
    pub id: String,
    /// The question.
    pub ask: String,
    /// What the summary of answers calls it.
    pub short: String,
    /// How to answer; may be blank.
    #[serde(default)]
    pub hint: String,
    /// What is said where no answer is given.
    pub error: String,
    /// Whether more than one answer may be given.
    #[serde(default)]
    pub several: bool,
    /// For which earlier answers it is asked.
    #[serde(default)]
    pub when: When,
    /// The answers.
    #[serde(default, rename = "option")]
    pub options: Vec<AnswerOption>,
}

/// An answer that may be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// Its name in the address.
    pub id: String,
    /// What it says.
    pub text: String,
    /// More about it; may be blank.
    #[serde(default)]
    pub hint: String,
    /// Whether it excludes the others.
    #[serde(default)]
    pub alone: bool,
    /// What it adds to a plan: a dataset of the catalogue; may be blank.
    #[serde(default)]
    pub item: String,
    /// What it says of the project to the planner: a characteristic such as `purpose=ai`; may be blank.
    #[serde(default)]
    pub project: String,
}

/// A way to access.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// For which answers it is the way.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// A body that decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    /// The approval of the catalogue that it gives, whose dates are shown; may be blank.
    #[serde(default)]
    pub approval: String,
    /// Its name.
    pub name: String,
    /// What it decides on.
    pub text: String,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// For which answers it decides.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `services.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// Where it comes from.
    pub sources: Sources,
    /// The services by kind.
    #[serde(default, rename = "group")]
    pub groups: Vec<ServiceGroup>,
}

/// Services of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceGroup {
    /// The kind.
    pub title: String,
    /// The services.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
}

/// A service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What it does.
    pub what: String,
    /// Who it is for.
    pub who: String,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// A dataset of the catalogue; may be blank.
    #[serde(default)]
    pub dataset: String,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `contacts.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Where it comes from.
    pub sources: Sources,
    /// The contacts, in order.
    #[serde(default, rename = "contact")]
    pub contacts: Vec<Contact>,
}

/// Whom to ask about something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// About what.
    pub about: String,
    /// Who it is.
    pub name: String,
    /// The address to write to.
    pub email: String,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `words.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words.
    #[serde(default, rename = "word")]
    pub words: Vec<Word>,
}

/// A word and what it means here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

/// The terms of one line of a condition, all of which must hold: `a=b + c=d`.
pub fn terms(line: &str) -> impl Iterator<Item = &str> {
    line.split('+').map(str::trim)
}
