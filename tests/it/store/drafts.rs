//! Drafts: they wait, become a version or are thrown away, once.

use linkwright::store::{Closed, DraftStatus, Fingerprint, NewDraft, NewVersion, Source, StoreError};
use uuid::Uuid;

use super::{draft, file, new_source, publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::{model, moment, slug};

on_both! {
    the_drafts_of_one_import_are_kept_together,
    an_import_of_which_one_draft_fails_leaves_none,
    a_draft_is_published_once,
    a_draft_is_discarded_once_and_kept,
    a_draft_of_one_data_model_becomes_no_version_of_another,
}

async fn the_drafts_of_one_import_are_kept_together(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let import = Uuid::new_v4();
    let (maternity, epr) = (model("Maternity", "1")?, model("EPR", "1")?);
    let new = vec![
        NewDraft { source: new_source("a.xlsx"), ..draft(&maternity, import)? },
        NewDraft { source: new_source("a.xlsx"), ..draft(&epr, import)? },
    ];
    let ids: Vec<Uuid> = new.iter().map(|draft| draft.id).collect();
    let report = new[0].report.clone();
    let added = store.add_drafts(new).await?;
    assert_eq!(added.iter().map(|draft| draft.head.id).collect::<Vec<_>>(), ids);
    assert!(added.iter().all(|draft| draft.head.status == DraftStatus::Open && draft.head.import_id == import));
    assert_eq!(added.iter().map(|draft| &draft.content).collect::<Vec<_>>(), [&maternity, &epr]);
    assert_eq!(added[0].report, report);
    for draft in &added {
        assert_eq!(store.draft(draft.head.id).await?.as_ref(), Some(draft));
    }
    // In the same moment, by slug.
    let waiting = store.open_drafts().await?;
    assert_eq!(waiting.iter().map(|head| head.slug.as_str()).collect::<Vec<_>>(), ["epr", "maternity"]);
    assert_eq!(waiting[1], added[0].head);
    let sha256 = Fingerprint::of(&file("a.xlsx").bytes);
    assert_eq!(waiting[0].source_sha256, Some(sha256));
    assert_eq!(store.source_file(sha256).await?.map(|kept| kept.name), Some("a.xlsx".to_owned()));
    assert_eq!(store.draft(Uuid::new_v4()).await?, None);
    Ok(())
}

async fn an_import_of_which_one_draft_fails_leaves_none(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let import = Uuid::new_v4();
    let good = NewDraft { source: new_source("a.xlsx"), ..draft(&model("Maternity", "1")?, import)? };
    let lost = Some(Source::Kept(Fingerprint::of(b"never seen")));
    let bad = NewDraft { source: lost, ..draft(&model("EPR", "1")?, import)? };
    let id = good.id;
    let failed = store.add_drafts(vec![good, bad]).await;
    assert!(matches!(failed, Err(StoreError::NotFound { .. })), "{failed:?}");
    assert_eq!(store.draft(id).await?, None);
    assert_eq!(store.open_drafts().await?, []);
    assert_eq!(store.source_file(Fingerprint::of(&file("a.xlsx").bytes)).await?, None);
    Ok(())
}

async fn a_draft_is_published_once(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let maternity = model("Maternity", "1")?;
    let added = store.add_drafts(vec![draft(&maternity, Uuid::new_v4())?]).await?;
    let id = added[0].head.id;
    let new = NewVersion { draft: Some(id), ..version(&maternity) };
    let made = store.publish(publication(0, vec![new.clone()], ["a", "a", "a"])?).await?;
    assert_eq!(made.versions, [(slug("maternity")?, 1)]);
    let head = store.draft(id).await?.map(|draft| draft.head);
    assert_eq!(head.as_ref().map(|head| head.status), Some(DraftStatus::Published(1)));
    assert_eq!(head.and_then(|head| head.closed), Some(Closed { at: moment(0)?, by: "local operator ada".to_owned() }));
    assert_eq!(store.open_drafts().await?, []);

    let status = DraftStatus::Published(1);
    let again = store.publish(publication(1, vec![new], ["b", "b", "b"])?).await;
    assert_eq!(again, Err(StoreError::DraftNotOpen { id, status }));
    assert_eq!(store.discard(id, "bob", moment(9)?).await, Err(StoreError::DraftNotOpen { id, status }));
    assert_eq!(store.revision().await?, 1);
    Ok(())
}

async fn a_draft_is_discarded_once_and_kept(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let maternity = model("Maternity", "1")?;
    let added = store.add_drafts(vec![draft(&maternity, Uuid::new_v4())?]).await?;
    let id = added[0].head.id;
    store.discard(id, "bob", moment(7)?).await?;
    let kept = store.draft(id).await?;
    assert_eq!(kept.as_ref().map(|draft| draft.head.status), Some(DraftStatus::Discarded));
    assert_eq!(
        kept.as_ref().and_then(|draft| draft.head.closed.clone()),
        Some(Closed { at: moment(7)?, by: "bob".to_owned() })
    );
    assert_eq!(kept.map(|draft| draft.content), Some(maternity.clone()));
    assert_eq!(store.open_drafts().await?, []);

    let status = DraftStatus::Discarded;
    assert_eq!(store.discard(id, "bob", moment(8)?).await, Err(StoreError::DraftNotOpen { id, status }));
    let new = NewVersion { draft: Some(id), ..version(&maternity) };
    let late = store.publish(publication(0, vec![new], ["a", "a", "a"])?).await;
    assert_eq!(late, Err(StoreError::DraftNotOpen { id, status }));
    let nowhere = Uuid::new_v4();
    let unknown = StoreError::NotFound { what: format!("draft {nowhere}") };
    assert_eq!(store.discard(nowhere, "bob", moment(8)?).await, Err(unknown));
    Ok(())
}

async fn a_draft_of_one_data_model_becomes_no_version_of_another(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    let added = store.add_drafts(vec![draft(&model("Maternity", "1")?, Uuid::new_v4())?]).await?;
    let wrong = NewVersion { draft: Some(added[0].head.id), ..version(&model("EPR", "1")?) };
    let refused = store.publish(publication(0, vec![wrong], ["a", "a", "a"])?).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    Ok(())
}
