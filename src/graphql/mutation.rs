//! The root of every mutation: the life of a version (contract §4). Drafts come from `POST /import`.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use uuid::Uuid;

use super::fault::Fault;
use super::work::World;
use crate::app::{AppError, PublishedNow, Settled};
use crate::domain::access::Curate;
use crate::domain::refs::Slug;

/// The root of every mutation.
#[derive(Clone, Copy, Debug)]
pub struct Mutation;

/// What became of a mutation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It had been done before: asking again changed nothing.
    AlreadyDone,
    /// It was not done; the message says why.
    Refused,
    /// There is no such draft or version.
    NotFound,
}

/// What became of a change to a data model.
#[derive(SimpleObject, Clone, Debug)]
pub struct ChangePayload {
    /// Whether it was done.
    outcome: Outcome,
    /// Why not, or what, in words.
    message: String,
    /// The data model that was published.
    slug: Option<String>,
    /// Its version now.
    version: Option<i32>,
}

impl ChangePayload {
    fn told(outcome: Outcome, message: impl Into<String>) -> Self {
        Self { outcome, message: message.into(), slug: None, version: None }
    }

    fn published(outcome: Outcome, made: &PublishedNow) -> Self {
        let message = format!("{} is published as version {}", made.slug, made.version);
        Self { slug: Some(made.slug.to_string()), version: Some(made.version), ..Self::told(outcome, message) }
    }

    /// What a user can mend is an answer, what they may not do and what failed are faults.
    fn of(result: Result<Self, AppError>) -> Result<Self, Fault> {
        match result {
            Err(AppError::NotFound(text)) => Ok(Self::told(Outcome::NotFound, text)),
            Err(error @ (AppError::BadRequest(_) | AppError::Refused(_))) => {
                Ok(Self::told(Outcome::Refused, error.to_string()))
            }
            other => Ok(other?),
        }
    }
}

const DISCARDED: &str = "the draft is discarded";

fn draft_id(id: &ID) -> Option<Uuid> {
    id.parse().ok()
}

/// Changes to what is published, for curators of the data model. Each may be sent again without harm: what was done
/// before answers ALREADY_DONE or, where it is sent again under the same key (as an argument, or in the header
/// `Idempotency-Key`), what it answered then.
#[Object]
impl Mutation {
    /// Publishes a draft.
    async fn publish_data_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft, as `POST /import` answered it.")] draft: ID,
        #[graphql(
            desc = "A key of your choice, such as a random UUID: sent again with it within a day, the request is answered the same and changes nothing."
        )]
        key: Option<String>,
    ) -> Result<ChangePayload, Fault> {
        let world = World::of(ctx)?;
        let permit = world.permit_once::<Curate>(ctx, key, format!("publish {}", draft.as_str()))?;
        let Some(id) = draft_id(&draft) else { return Ok(ChangePayload::told(Outcome::NotFound, "this is no draft")) };
        let publish = async {
            if let Some(made) = world.app().published_before(&permit).await?.as_deref().and_then(<[_]>::first) {
                return Ok(ChangePayload::published(Outcome::Done, made));
            }
            match world.app().settled(&permit, id).await? {
                Settled::Published(made) => Ok(ChangePayload::published(Outcome::AlreadyDone, &made)),
                Settled::Discarded => Ok(ChangePayload::told(Outcome::Refused, "the draft was discarded")),
                Settled::Open => {
                    let made = world.app().publish(&permit, &[id]).await?;
                    let made = made.first().ok_or_else(|| AppError::Internal("nothing was published".to_owned()))?;
                    Ok(ChangePayload::published(Outcome::Done, made))
                }
            }
        };
        ChangePayload::of(publish.await)
    }

    /// Throws a draft away.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft, as `POST /import` answered it.")] draft: ID,
        #[graphql(
            desc = "A key of your choice, such as a random UUID: sent again with it within a day, the request is answered the same and changes nothing."
        )]
        key: Option<String>,
    ) -> Result<ChangePayload, Fault> {
        let world = World::of(ctx)?;
        let permit = world.permit_once::<Curate>(ctx, key, format!("discard {}", draft.as_str()))?;
        let Some(id) = draft_id(&draft) else { return Ok(ChangePayload::told(Outcome::NotFound, "this is no draft")) };
        let discard = async {
            if world.app().discarded_before(&permit).await? {
                return Ok(ChangePayload::told(Outcome::Done, DISCARDED));
            }
            match world.app().settled(&permit, id).await? {
                Settled::Discarded => Ok(ChangePayload::told(Outcome::AlreadyDone, "the draft was discarded before")),
                Settled::Published(_) => Ok(ChangePayload::told(Outcome::Refused, "the draft is published")),
                Settled::Open => {
                    world.app().discard(&permit, id).await?;
                    Ok(ChangePayload::told(Outcome::Done, DISCARDED))
                }
            }
        };
        ChangePayload::of(discard.await)
    }

    /// Publishes the content of an old version as a new one.
    async fn rollback_data_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data model.")] slug: String,
        #[graphql(desc = "The version whose content comes back.")] version: i32,
        #[graphql(
            desc = "A key of your choice, such as a random UUID: sent again with it within a day, the request is answered the same and changes nothing."
        )]
        key: Option<String>,
    ) -> Result<ChangePayload, Fault> {
        let world = World::of(ctx)?;
        let permit = world.permit_once::<Curate>(ctx, key, format!("rollback {slug} {version}"))?;
        let slug = Slug::of(&slug).map_err(|error| Fault::bad(error.to_string()))?;
        let rolled = world.app().rollback(&permit, &slug, version).await;
        ChangePayload::of(rolled.map(|made| ChangePayload::published(Outcome::Done, &made)))
    }
}
