//! What one request works with: the view that its actor has, the day, and a budget of work that lists and plans
//! are charged to while they are resolved.
//!
//! The budget is exact where the library's complexity limit is not: it knows how long a list is. A deadline alone
//! would not do, as resolvers never wait and so cannot be interrupted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::{Context, SelectionField};
use jiff::civil::Date;

use super::fault::Fault;
use super::origin::Origin;
use crate::app::{App, View};
use crate::domain::access::{Actor, OnceKey, Permit, Privilege};
use crate::domain::refs::Slug;

/// Values that one answer may hold: what an answer may cost of memory and time hangs on it (threats.md §7, 3).
pub const MOST_VALUES: usize = 40_000;
/// What a plan, or ranked paths, are charged.
pub const PLAN: usize = 10_000;
/// What a form of a plan is charged.
pub const FORM: usize = 1_000;
/// What a search is charged.
pub const SEARCH: usize = 2_000;
/// What a version of the past is charged.
const PAST: usize = 10_000;
/// What the direct joins of a table are charged.
pub const JOINS: usize = 200;

/// What one request works with.
pub struct World {
    app: Arc<App>,
    actor: Actor,
    request: String,
    /// The key under which changes are made once.
    key: Option<String>,
    /// What the actor sees.
    pub view: Arc<View>,
    /// The day in London.
    pub today: Date,
    left: AtomicUsize,
    /// The first charge that could not be paid.
    spent: OnceLock<Fault>,
    until: Instant,
}

impl World {
    /// A world for one request of an actor, which may take `time`.
    pub fn new(app: Arc<App>, actor: Actor, request: &str, time: Duration) -> Result<Self, Fault> {
        let view = app.view(&actor)?;
        let today = app.clock().today();
        let until = Instant::now() + time;
        Ok(Self {
            app,
            actor,
            request: request.to_owned(),
            key: None,
            view,
            today,
            left: AtomicUsize::new(MOST_VALUES),
            spent: OnceLock::new(),
            until,
        })
    }

    /// The same with the key under which the request asks for its changes to be made once.
    #[must_use]
    pub fn with_key(self, key: Option<String>) -> Self {
        Self { key, ..self }
    }

    /// The world of the request that is being resolved.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self, Fault> {
        ctx.data_opt::<Arc<Self>>().map(|world| &**world).ok_or(Fault::Internal)
    }

    /// Who asks.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The use cases, for changes.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Asks for leave to do `P`, for the record of this request.
    pub fn permit<P: Privilege>(&self) -> Result<Permit<P>, Fault> {
        Ok(self.actor.permit_for(self.request.clone())?)
    }

    /// The same for a change that is made once where a key is given: as an argument, or with the whole request, in which
    /// case each of its changes has one of its own.
    pub fn permit_once<P: Privilege>(
        &self,
        ctx: &Context<'_>,
        key: Option<String>,
        asked_for: String,
    ) -> Result<Permit<P>, Fault> {
        let field = ctx.field();
        let with_request = || Some(format!("{} {}", self.key.as_ref()?, field.alias().unwrap_or(field.name())));
        let key = match key.or_else(with_request) {
            Some(key) => Some(OnceKey::of(&key, asked_for).map_err(Fault::bad)?),
            None => None,
        };
        Ok(self.permit()?.once(key))
    }

    /// Pays for work before it is done.
    pub fn charge(&self, cost: usize) -> Result<(), Fault> {
        let late = Instant::now() > self.until;
        let pay = |left: usize| left.checked_sub(cost).filter(|_| !late);
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay) {
            Ok(_) => Ok(()),
            Err(_) => {
                // Nothing more is given out: what is already under way comes to its end.
                self.left.store(0, Ordering::Relaxed);
                Err(self.spent.get_or_init(|| if late { Fault::Deadline } else { Fault::TooCostly }).clone())
            }
        }
    }

    /// Pays for items that the field being resolved is about to give, by what is selected of each.
    pub fn charge_items(&self, ctx: &Context<'_>, items: usize) -> Result<(), Fault> {
        self.charge(items.max(1).saturating_mul(selected(ctx.field())))
    }

    /// Why the request was cut short, if it was.
    #[must_use]
    pub fn spent(&self) -> Option<&Fault> {
        self.spent.get()
    }

    /// A version of a data model that need not be the published one; `None` where there is none, or where the
    /// actor may not see it.
    pub async fn past(&self, model: &Slug, version: i32) -> Result<Option<Origin>, Fault> {
        self.charge(PAST)?;
        let found = self.app.model_version(&self.actor, model, version).await?;
        Ok(found.and_then(|found| Origin::past(&found, self.view.class)))
    }
}

/// Pays for a list of so many items and makes it. Once the
/// request is cut short, lists are empty: its answer is thrown away, and errors by the thousand need not be kept.
pub fn list<T>(ctx: &Context<'_>, items: usize, make: impl FnOnce() -> Vec<T>) -> Result<Vec<T>, Fault> {
    let world = World::of(ctx)?;
    if world.spent().is_some() {
        return Ok(Vec::new());
    }
    world.charge_items(ctx, items)?;
    Ok(make())
}

/// How many fields are selected below this one. It runs as often as the list is resolved, at less than what that
/// is charged; `shape` has bounded how far fragments reach.
fn selected(field: SelectionField<'_>) -> usize {
    field.selection_set().fold(1, |sum, below| sum + selected(below))
}
