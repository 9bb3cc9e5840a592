//! Publishing: all or nothing, nothing lost, nothing changed afterwards.

use std::sync::Arc;

use linkwright::domain::catalogue::PublishedModel;
use linkwright::domain::data_model::DataModel;
use linkwright::domain::words::Visibility;
use linkwright::store::{DraftStatus, Fingerprint, NewVersion, Published, Source, Store, StoreError};
use uuid::Uuid;

use super::{draft, file, new_source, publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::{model, moment, slug};

on_both! {
    an_empty_catalogue_is_revision_nought,
    what_is_published_comes_back_the_same_also_after_reopening,
    every_version_is_kept_and_rolling_back_makes_a_new_one,
    a_publish_against_another_revision_leaves_nothing,
    a_publish_that_fails_in_the_middle_leaves_nothing,
    one_publish_holds_one_version_of_a_data_model,
    a_view_moves_only_with_its_digest,
    a_source_file_comes_back_byte_for_byte_and_is_kept_once,
    only_what_is_new_is_read_again,
    content_that_would_not_read_back_is_refused,
}

async fn an_empty_catalogue_is_revision_nought(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let published = store.published().await?;
    assert_eq!((published.revision, published.models.len()), (0, 0));
    assert_eq!(published.views.each_ref().map(|view| view.class), Visibility::ALL);
    assert!(published.views.iter().all(|view| view.version == 0 && view.changed_at.is_none()));
    assert_eq!(store.revision().await?, 0);
    Ok(())
}

async fn what_is_published_comes_back_the_same_also_after_reopening(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let (maternity, epr) = (model("Maternity", "1.5")?, model("EPR", "2026")?);
    let made = store.publish(publication(0, vec![version(&maternity), version(&epr)], ["p", "r", "s"])?).await?;
    assert_eq!(made.revision, 1);
    assert_eq!(made.versions, [(slug("maternity")?, 1), (slug("epr")?, 1)]);
    let published = store.published().await?;
    let expected = Published {
        revision: 1,
        views: made.views,
        // By slug, whatever the order in which they were published.
        models: [epr, maternity]
            .map(|model| PublishedModel { version: 1, published_at: moment(0).unwrap_or_default(), model })
            .to_vec(),
        seen: published.seen.clone(),
    };
    assert_eq!(published.seen.len(), 6, "two versions for three classes");
    assert!(published.seen.iter().all(|seen| seen.seen_version == 1));
    assert_eq!(published, expected);
    store.close().await;
    let again = Store::open(&database.url, false).await?;
    assert_eq!(again.pending_migrations().await?, Vec::<String>::new());
    assert_eq!(again.published().await?, expected);
    Ok(())
}

async fn every_version_is_kept_and_rolling_back_makes_a_new_one(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let maternity = slug("maternity")?;
    let (first, second) = (model("Maternity", "1")?, model("Maternity", "2")?);
    store.publish(publication(0, vec![version(&first)], ["a", "a", "a"])?).await?;
    store.publish(publication(1, vec![version(&second)], ["b", "b", "b"])?).await?;
    let back = NewVersion { rolled_back_from: Some(1), ..version(&first) };
    let made = store.publish(publication(2, vec![back], ["a", "a", "a"])?).await?;
    assert_eq!(made.versions, [(maternity.clone(), 3)]);

    let history: Vec<_> = store.versions(&maternity).await?;
    let told: Vec<_> =
        history.iter().map(|head| (head.version, head.label.as_str(), head.revision, head.rolled_back_from)).collect();
    assert_eq!(told, [(3, "1", 3, Some(1)), (2, "2", 2, None), (1, "1", 1, None)]);
    assert_eq!(history[0].content_sha256, history[2].content_sha256);
    for (number, content) in [(1, &first), (2, &second), (3, &first)] {
        let stored = store.version(&maternity, number).await?;
        assert_eq!(stored.as_ref().map(|stored| &stored.published.model), Some(content));
        assert_eq!(stored.map(|stored| stored.head), history.iter().find(|head| head.version == number).cloned());
    }
    assert_eq!(store.version(&maternity, 4).await?, None);
    assert_eq!(store.versions(&slug("nothing")?).await?, []);
    assert_eq!(store.published().await?.models.iter().map(|model| model.version).collect::<Vec<_>>(), [3]);

    let unknown = NewVersion { rolled_back_from: Some(9), ..version(&first) };
    let refused = store.publish(publication(3, vec![unknown], ["a", "a", "a"])?).await;
    assert_eq!(refused, Err(StoreError::NotFound { what: "version 9 of “maternity”".to_owned() }));
    Ok(())
}

async fn a_publish_against_another_revision_leaves_nothing(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    let before = store.published().await?;
    for expected in [0, 2] {
        let late = publication(
            expected,
            vec![version(&model("Maternity", "2")?), version(&model("New", "1")?)],
            ["b", "b", "b"],
        )?;
        assert_eq!(store.publish(late).await, Err(StoreError::RevisionMoved { expected, found: 1 }));
    }
    assert_eq!(store.published().await?, before);
    assert_eq!(store.versions(&slug("maternity")?).await?.len(), 1);
    assert_eq!(store.versions(&slug("new")?).await?, []);
    Ok(())
}

async fn a_publish_that_fails_in_the_middle_leaves_nothing(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let one = store.add_drafts(vec![draft(&model("Maternity", "1")?, Uuid::new_v4())?]).await?;
    let poisoned = Uuid::new_v4();
    // Two versions, a source file and a draft are written before the draft that is not there is looked for.
    let good = NewVersion { source: new_source("a.xlsx"), draft: Some(one[0].head.id), ..version(&one[0].content) };
    let bad = NewVersion { draft: Some(poisoned), ..version(&model("EPR", "1")?) };
    let failed = store.publish(publication(0, vec![good.clone(), bad], ["a", "a", "a"])?).await;
    assert_eq!(failed, Err(StoreError::NotFound { what: format!("draft {poisoned}") }));

    assert_eq!(store.revision().await?, 0);
    assert_eq!(store.published().await?.models, []);
    assert_eq!(store.versions(&slug("maternity")?).await?, []);
    assert_eq!(store.source_file(Fingerprint::of(&file("a.xlsx").bytes)).await?, None);
    assert_eq!(store.draft(one[0].head.id).await?.map(|draft| draft.head.status), Some(DraftStatus::Open));
    // And nothing is left in the way of doing it rightly.
    assert_eq!(store.publish(publication(0, vec![good], ["a", "a", "a"])?).await?.revision, 1);
    Ok(())
}

async fn one_publish_holds_one_version_of_a_data_model(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let twice = vec![version(&model("Maternity", "1")?), version(&model("Maternity", "2")?)];
    let refused = store.publish(publication(0, twice, ["a", "a", "a"])?).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    assert_eq!(store.revision().await?, 0);
    Ok(())
}

async fn a_view_moves_only_with_its_digest(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    for (expected, digests, versions) in [
        (0, ["p1", "r1", "s1"], [1, 1, 1]),
        (1, ["p1", "r1", "s2"], [1, 1, 2]),
        (2, ["p1", "r2", "s3"], [1, 2, 3]),
        (3, ["p1", "r2", "s3"], [1, 2, 3]),
        (4, ["p2", "r1", "s3"], [2, 3, 3]),
    ] {
        let made = store.publish(publication(expected, vec![], digests)?).await?;
        assert_eq!(made.views.each_ref().map(|view| view.version), versions);
        assert_eq!(made.views.each_ref().map(|view| view.digest.as_str()), digests);
        assert_eq!(store.published().await?.views, made.views);
    }
    let views = store.published().await?.views;
    assert_eq!(views.map(|view| view.changed_at), [Some(moment(4)?), Some(moment(4)?), Some(moment(2)?)]);
    Ok(())
}

async fn a_source_file_comes_back_byte_for_byte_and_is_kept_once(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let sha256 = Fingerprint::of(&file("a.xlsx").bytes);
    assert_eq!(store.source_file(sha256).await?, None);
    let first = NewVersion { source: new_source("maternity \u{0}.xlsx"), ..version(&model("Maternity", "1")?) };
    store.publish(publication(0, vec![first], ["a", "a", "a"])?).await?;
    let second = NewVersion { source: new_source("renamed.xlsx"), ..version(&model("Maternity", "2")?) };
    store.publish(publication(1, vec![second], ["b", "b", "b"])?).await?;
    let third = NewVersion { source: Some(Source::Kept(sha256)), ..version(&model("Maternity", "3")?) };
    store.publish(publication(2, vec![third], ["c", "c", "c"])?).await?;

    let kept = store.source_file(sha256).await?;
    assert_eq!(kept.as_ref().map(|kept| &kept.bytes), Some(&file("a.xlsx").bytes));
    assert_eq!(kept.map(|kept| (kept.sha256, kept.received_at)), Some((sha256, moment(0)?)));
    let sources: Vec<_> = store.versions(&slug("maternity")?).await?.iter().map(|head| head.source_sha256).collect();
    assert_eq!(sources, [Some(sha256); 3]);

    let unknown = Fingerprint::of(b"never seen");
    let lost = NewVersion { source: Some(Source::Kept(unknown)), ..version(&model("Maternity", "4")?) };
    let refused = store.publish(publication(3, vec![lost], ["d", "d", "d"])?).await;
    assert_eq!(refused, Err(StoreError::NotFound { what: format!("source file {unknown}") }));
    Ok(())
}

async fn only_what_is_new_is_read_again(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    store
        .publish(publication(
            0,
            vec![version(&model("Maternity", "1")?), version(&model("EPR", "1")?)],
            ["a", "a", "a"],
        )?)
        .await?;
    let before = store.published().await?;
    store.publish(publication(1, vec![version(&model("Maternity", "2")?)], ["b", "b", "b"])?).await?;
    let after = store.published_since(&before.models).await?;
    assert_eq!(after, store.published().await?);
    assert!(Arc::ptr_eq(&after.models[0].model, &before.models[0].model));
    Ok(())
}

async fn content_that_would_not_read_back_is_refused(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let mut content = DataModel::clone(&*model("Maternity", "1")?);
    for field in &mut content.fields {
        // JSON knows no NaN.
        Arc::make_mut(field).completeness = Some(f64::NAN);
    }
    let content = Arc::new(content);
    let refused = store.publish(publication(0, vec![version(&content)], ["a", "a", "a"])?).await;
    assert!(matches!(&refused, Err(StoreError::Refused { why }) if why.contains("maternity")), "{refused:?}");
    let refused = store.add_drafts(vec![draft(&content, Uuid::new_v4())?]).await;
    assert!(matches!(&refused, Err(StoreError::Refused { .. })), "{refused:?}");
    Ok(())
}
