//! People who are known and ask for what they may not do: each time is a row of the audit log, as what is done is. Of
//! anonymous visitors the log of requests tells enough.

use std::cell::RefCell;
use std::future::Future;

use crate::domain::access::{Actor, Denied};

/// Somebody who was turned away.
#[derive(Clone, Debug)]
pub struct TurnedAway {
    /// Who.
    pub who: Actor,
    /// Why, in the words that they were told.
    pub why: String,
}

tokio::task_local! {
    static SEEN: RefCell<(Actor, Option<String>)>;
}

/// Notes who sent the request under way.
pub fn came(who: &Actor) {
    let _ = SEEN.try_with(|seen| seen.borrow_mut().0 = who.clone());
}

/// Notes that whoever sent the request under way may not do what it asks for.
pub fn denied(denied: &Denied) {
    if !denied.is_anonymous() {
        because(&denied.to_string());
    }
}

/// The same in the words that were told.
pub fn because(why: &str) {
    let _ = SEEN.try_with(|seen| {
        seen.borrow_mut().1.get_or_insert_with(|| why.to_owned());
    });
}

/// Runs a request and says who was turned away by it.
pub async fn watched<T>(request: impl Future<Output = T>) -> (T, Option<TurnedAway>) {
    let nobody = RefCell::default();
    let watched = SEEN.scope(nobody, async {
        let done = request.await;
        let (who, why) = SEEN.with(|seen| seen.take());
        (done, why.filter(|_| matches!(who, Actor::Person(_))).map(|why| TurnedAway { who, why }))
    });
    watched.await
}
