//! `GET /export/…`: what `linkwright export` makes, over HTTP, for whoever asks (contract §6).

use std::collections::BTreeSet;
use std::sync::Arc;

use linkwright::app::exporters;
use linkwright::config::Limits;
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::data_model::{DataModel, Dataset};
use linkwright::domain::words::Visibility;
use serde_json::Value;

use super::seen;
use super::served::fetch;
use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::Server;

const HTML: (&str, &str) = ("Accept", "text/html");

/// The files that a server lists: format, name, address.
fn listed(server: &Server, headers: &[(&str, &str)], path: &str) -> anyhow::Result<Vec<(String, String, String)>> {
    let list = server.request("GET", path, headers, &[])?.json()?;
    let rows = list["rows"]["files"].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    Ok(rows.iter().map(|row| (text(row, "format"), text(row, "file"), text(row, "address"))).collect())
}

#[test]
fn every_format_has_an_address_for_each_of_its_files() -> TestResult {
    let server = Server::shipped()?;
    let listed = listed(server, &[], "/export.json")?;
    for exporter in exporters() {
        let format = exporter.format();
        let made = server.app.export(&Actor::Anonymous, format, &[])?;
        let of: Vec<_> = listed.iter().filter(|(of, ..)| of == format).collect();
        assert_eq!(of.len(), made.len(), "{format}: {listed:?}");
        for (file, (_, name, address)) in made.iter().zip(of) {
            assert_eq!((name, address), (&file.name, &format!("/export/{format}/{name}")));
            let (head, body) = fetch(server, address, &[])?;
            assert!(head.contains(" 200 "), "{address}: {head}");
            assert!(head.contains(&format!("content-type: {}\r\n", file.media_type)), "{address}: {head}");
            assert!(head.contains(&format!("content-disposition: attachment; filename=\"{name}\"")), "{head}");
            assert!(body == file.bytes, "{address}: as the command line writes it");
        }
        let (head, body) = fetch(server, &format!("/export/{format}"), &[HTML])?;
        match made.as_slice() {
            [only] => assert!(body == only.bytes && head.contains("content-disposition"), "{format}: {head}"),
            several => {
                let page = String::from_utf8(body)?;
                assert!(head.contains("text/html") && several.iter().all(|file| page.contains(&file.name)), "{page}");
            }
        }
    }
    Ok(())
}

#[test]
fn an_export_can_be_of_some_datasets_only() -> TestResult {
    let server = Server::shipped()?;
    let (head, body) = fetch(server, "/export/graphml?dataset=maternity&dataset=wsic", &[])?;
    let text = String::from_utf8(body)?;
    assert!(head.contains(" 200 ") && text.contains("\"maternity\"") && text.contains("\"wsic\""), "{head}");
    assert!(!text.contains("\"ichtb\""), "what was not asked for is not in it");
    let files = listed(server, &[], "/export/workbook.json?dataset=maternity")?;
    let addresses: Vec<&str> = files.iter().map(|(.., address)| address.as_str()).collect();
    assert_eq!(addresses, ["/export/workbook/icare-maternity.xlsx?dataset=maternity"]);
    let page = server.request("GET", "/export?dataset=maternity", &[HTML], &[])?;
    assert!(page.body.contains("href=\"/export/dot/linkages.dot?dataset=maternity\""), "{}", page.body);
    Ok(())
}

#[test]
fn what_is_not_there_is_told_with_what_is() -> TestResult {
    let server = Server::shipped()?;
    for (path, offered) in [
        ("/export/graphm", "/export/graphml"),
        ("/export/docx", "/export/workbook"),
        ("/export/docx/x", "/export/dot"),
        ("/export/workbook/icare-maternty.xlsx", "/export/workbook/icare-maternity.xlsx"),
        ("/export/graphml/zzzzz", "/export/graphml/linkages.graphml"),
        ("/export/graphml?dataset=maternty", "maternity"),
    ] {
        let program = server.get(path)?;
        assert_eq!(program.status, 404, "{path}: {}", program.body);
        let message = program.json()?["errors"].to_string();
        assert!(message.contains(offered), "{path}: {message}");
        let page = server.request("GET", path, &[HTML], &[])?;
        assert_eq!(page.status, 404, "{path}");
        assert!(seen(&page.body).contains(offered.trim_start_matches('/')), "{path}: {}", seen(&page.body));
    }
    let table = server.get("/export/graphml?dataset=maternity/msd301")?;
    assert_eq!(table.status, 400, "{}", table.body);
    assert!(table.body.contains("whole datasets are exported"), "{}", table.body);
    Ok(())
}

fn of_class(name: &str, class: Visibility) -> anyhow::Result<Arc<DataModel>> {
    let mut model = DataModel::clone(&*model(name, "1")?);
    let seen_by = |dataset: &Arc<Dataset>| Arc::new(Dataset { visibility: class, ..Dataset::clone(dataset) });
    model.datasets = model.datasets.iter().map(seen_by).collect();
    Ok(Arc::new(model))
}

#[test]
fn everybody_exports_what_they_may_see_and_no_more() -> TestResult {
    let models = vec![
        of_class("Maternity", Visibility::Public)?,
        of_class("Register", Visibility::Registered)?,
        of_class("Vault", Visibility::Staff)?,
    ];
    let server = Server::of(models, Limits::default())?;
    let permit = Actor::LocalOperator { account: "test".to_owned() }.permit::<ManageUsers>()?;
    let bearer = |name: &str, role| -> anyhow::Result<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let secret = runtime.block_on(async {
            server.app.add_user(&permit, name, BTreeSet::from([role]), BTreeSet::new(), None).await?;
            server.app.add_token(&permit, name, "test", BTreeSet::from([Scope::Read]), 1).await
        })?;
        Ok(format!("Bearer {}", secret.1.expose()))
    };
    let (rita, iggy) = (bearer("rita", Role::Researcher)?, bearer("iggy", Role::IgReviewer)?);
    let all = ["maternity", "register", "vault"];
    for (who, sees) in [(None, 1), (Some(rita.as_str()), 2), (Some(iggy.as_str()), 3)] {
        let headers: Vec<(&str, &str)> = who.into_iter().map(|bearer| ("Authorization", bearer)).collect();
        let files = listed(&server, &headers, "/export/workbook.json")?;
        let names: Vec<&str> = files.iter().map(|(_, name, _)| name.trim_end_matches(".xlsx")).collect();
        assert_eq!(names, all[..sees], "{who:?}");
        let (_, drawn) = fetch(&server, "/export/graphml", &headers)?;
        let drawn = String::from_utf8(drawn)?;
        for (at, name) in all.iter().enumerate() {
            assert_eq!(drawn.contains(name), at < sees, "{name} as {who:?}");
            let (head, _) = fetch(&server, &format!("/export/workbook/{name}.xlsx"), &headers)?;
            let status = if at < sees { " 200 " } else { " 404 " };
            assert!(head.contains(status), "{name} as {who:?}: {head}");
        }
    }
    Ok(())
}
