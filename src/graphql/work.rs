//! What one request works with: the view that its actor has, the day, and a budget of work that lists and plans
//! are charged to while they are resolved.
//!
//! The budget is exact where the library's complexity limit is not: it knows how long a list is. A deadline alone
//! would not do, as resolvers never wait and so cannot be interrupted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::{Context, SelectionField};
use jiff::civil::Date;

use super::fault::Fault;
use super::origin::Origin;
use crate::app::{App, View};
use crate::domain::access::Actor;
use crate::domain::data_model::Field;
use crate::domain::refs::Slug;

/// Values that one answer may hold.
const MOST_VALUES: usize = 250_000;
/// What a plan, or ranked paths, are charged.
pub const PLAN: usize = 10_000;
/// What a search is charged.
pub const SEARCH: usize = 2_000;
/// What a version of the past is charged.
const PAST: usize = 10_000;
/// What the direct joins of a table are charged.
pub const JOINS: usize = 100;

/// What one request works with.
pub struct World {
    app: Arc<App>,
    actor: Actor,
    /// What the actor sees.
    pub view: Arc<View>,
    /// The day in London.
    pub today: Date,
    left: AtomicUsize,
    until: Instant,
    holders: OnceLock<HashMap<Slug, Vec<Arc<Field>>>>,
}

impl World {
    /// A world for one request of an actor, which may take `time`.
    pub fn new(app: Arc<App>, actor: Actor, time: Duration) -> Result<Self, Fault> {
        let view = app.view(&actor)?;
        let today = app.clock().today();
        let until = Instant::now() + time;
        Ok(Self { app, actor, view, today, left: AtomicUsize::new(MOST_VALUES), until, holders: OnceLock::new() })
    }

    /// The world of the request that is being resolved.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self, Fault> {
        ctx.data_opt::<Self>().ok_or(Fault::Internal)
    }

    /// Pays for work before it is done.
    pub fn charge(&self, cost: usize) -> Result<(), Fault> {
        if Instant::now() > self.until {
            return Err(Fault::Deadline);
        }
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost))
            .map(|_| ())
            .map_err(|_| Fault::TooCostly)
    }

    /// A version of a data model that need not be the published one; `None` where there is none, or where the
    /// actor may not see it.
    pub async fn past(&self, model: &Slug, version: i32) -> Result<Option<Origin>, Fault> {
        self.charge(PAST)?;
        let found = self.app.model_version(&self.actor, model, version).await?;
        Ok(found.and_then(|found| Origin::past(&found, self.view.class)))
    }

    /// The fields that hold a scheme or a part of it.
    pub fn holders(&self, scheme: &Slug) -> &[Arc<Field>] {
        let holders = self.holders.get_or_init(|| {
            let mut holders: HashMap<Slug, Vec<Arc<Field>>> = HashMap::new();
            for field in self.view.catalogue.fields() {
                if let Some(held) = &field.scheme {
                    holders.entry(held.scheme.clone()).or_default().push(field.clone());
                }
            }
            holders
        });
        holders.get(scheme).map_or(&[], Vec::as_slice)
    }
}

/// Pays for a list of `items` that the field being resolved is about to give, by what is selected of each.
pub fn charge<'a>(ctx: &Context<'a>, items: usize) -> Result<&'a World, Fault> {
    let world = World::of(ctx)?;
    world.charge(items.max(1).saturating_mul(selected(ctx.field())))?;
    Ok(world)
}

/// How many fields are selected below this one. It runs as often as the list is resolved, at less than what that
/// is charged; `shape` has bounded how far fragments reach.
fn selected(field: SelectionField<'_>) -> usize {
    field.selection_set().fold(1, |sum, below| sum + selected(below))
}
