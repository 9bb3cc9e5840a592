//! The one who asks.

use async_graphql::SimpleObject;

use crate::domain::access::{Actor, Person};
use crate::graphql::words::Visibility;

/// The one who asks.
#[derive(SimpleObject, Clone, Debug)]
pub struct Viewer {
    /// Their name.
    name: String,
    /// Who vouches for them.
    issuer: String,
    /// What they are: `researcher`, `curator`, `ig-reviewer`, `administrator`.
    roles: Vec<String>,
    /// The data models that they curate.
    curates: Vec<String>,
    /// The highest class of content that they see.
    sees: Visibility,
}

impl Viewer {
    /// The viewer that an actor is; nobody in particular is none.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        let Actor::Person(Person { issuer, subject, roles, models, .. }) = actor else { return None };
        Some(Self {
            name: subject.clone(),
            issuer: issuer.clone(),
            roles: roles.iter().map(ToString::to_string).collect(),
            curates: models.iter().map(ToString::to_string).collect(),
            sees: actor.sees().into(),
        })
    }
}
