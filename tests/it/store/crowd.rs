//! Many at once: nobody's publish is lost, nobody waits for ever.

use std::collections::BTreeSet;

use linkwright::store::{DraftStatus, NewVersion, Store, StoreError};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{draft, publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::{model, moment, slug};

on_both! {
    of_eight_who_publish_at_once_one_wins_each_revision,
    of_eight_who_close_a_draft_at_once_one_does,
    eight_that_start_at_once_migrate_once,
    readers_see_one_state_while_others_publish,
}

async fn of_eight_who_publish_at_once_one_wins_each_revision(database: &TestDatabase) -> TestResult {
    const EACH: usize = 5;
    drop(database.store().await?);
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        // A store of its own each, as if each were a process of its own.
        let store = Store::open(&database.url, false).await?;
        tasks.spawn(async move {
            let (mut won, mut moved) = (Vec::new(), 0);
            while won.len() < EACH {
                let expected = store.revision().await?;
                let new =
                    vec![version(&model("Shared", &format!("{task}"))?), version(&model(&format!("Own {task}"), "1")?)];
                let digest = format!("{task} {expected}");
                match store.publish(publication(expected, new, [&digest; 3])?).await {
                    Ok(made) => won.push((made.revision, made.versions[0].1)),
                    Err(StoreError::RevisionMoved { expected: told, found }) => {
                        assert!(told == expected && found > expected, "{told} {expected} {found}");
                        moved += 1;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            anyhow::Ok((won, moved))
        });
    }
    let mut won = BTreeSet::new();
    let mut moved = 0;
    while let Some(task) = tasks.join_next().await {
        let (revisions, lost) = task??;
        won.extend(revisions);
        moved += lost;
    }
    // Revisions 1 to 40 without a gap, and version n of the shared data model came with revision n.
    let all: BTreeSet<(i64, i32)> = (1..=40).map(|n| (i64::from(n), n)).collect();
    assert_eq!(won, all);
    assert!(moved > 0, "nobody ever collided: this proves nothing");
    let store = Store::open(&database.url, false).await?;
    let published = store.published().await?;
    assert_eq!((published.revision, published.models.len()), (40, 9));
    assert_eq!(published.views[0].version, 40);
    assert_eq!(store.versions(&slug("shared")?).await?.len(), 40);
    assert_eq!(store.versions(&slug("own-3")?).await?.len(), EACH);
    Ok(())
}

async fn of_eight_who_close_a_draft_at_once_one_does(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let maternity = model("Maternity", "1")?;
    let id = store.add_drafts(vec![draft(&maternity, Uuid::new_v4())?]).await?[0].head.id;
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let (store, maternity) = (Store::open(&database.url, false).await?, maternity.clone());
        tasks.spawn(async move {
            let closed = if task % 2 == 0 {
                let new = NewVersion { draft: Some(id), ..version(&maternity) };
                store.publish(publication(0, vec![new], ["a", "a", "a"])?).await.map(|_| ())
            } else {
                store.discard(id, "bob", moment(1)?).await
            };
            anyhow::Ok(closed)
        });
    }
    let mut done = 0;
    while let Some(task) = tasks.join_next().await {
        match task?? {
            Ok(()) => done += 1,
            Err(StoreError::DraftNotOpen { .. } | StoreError::RevisionMoved { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!(done, 1);
    let status = store.draft(id).await?.map(|draft| draft.head.status);
    let published = store.revision().await? == 1;
    assert_eq!(status, Some(if published { DraftStatus::Published(1) } else { DraftStatus::Discarded }));
    Ok(())
}

async fn eight_that_start_at_once_migrate_once(database: &TestDatabase) -> TestResult {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let url = database.url.clone();
        tasks.spawn(async move { Store::open(&url, true).await?.migrate().await });
    }
    let mut ran = 0;
    while let Some(task) = tasks.join_next().await {
        ran += task??.len();
    }
    assert_eq!(ran, linkwright_migrations::Migrator::known().len());
    assert_eq!(Store::open(&database.url, false).await?.revision().await?, 0);
    Ok(())
}

async fn readers_see_one_state_while_others_publish(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let writer = store.clone();
    let publishing = tokio::spawn(async move {
        for expected in 0..20_i64 {
            let label = (expected + 1).to_string();
            let new = vec![version(&model("One", &label)?), version(&model("Two", &label)?)];
            writer.publish(publication(expected, new, [&label; 3])?).await?;
        }
        anyhow::Ok(())
    });
    while !publishing.is_finished() {
        let published = store.published().await?;
        let revision = published.revision;
        assert!(published.views.iter().all(|view| view.version == revision), "{:?}", published.views);
        assert!(published.models.iter().all(|model| i64::from(model.version) == revision));
        assert_eq!(published.models.len(), if revision == 0 { 0 } else { 2 });
    }
    publishing.await??;
    Ok(())
}
