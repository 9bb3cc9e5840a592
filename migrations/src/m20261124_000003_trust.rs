//! Who may do what and what was done: accounts, API tokens, sessions, and the audit log.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [account(), api_token(), session(), audit_entry()] {
            manager.create_table(table).await?;
        }
        let who = Index::create().name("account_by_who").table("account").col("issuer").col("subject").unique().take();
        manager.create_index(who).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_entry", "session", "api_token", "account"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// People, by issuer and subject. Only people of the embedded issuer have a password.
fn account() -> TableCreateStatement {
    Table::create()
        .table("account")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("issuer").text().not_null())
        .col(ColumnDef::new("subject").text().not_null())
        .col(ColumnDef::new("password_hash").text().null())
        .col(ColumnDef::new("roles").text().not_null())
        .col(ColumnDef::new("models").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("closed_at").big_integer().null())
        .to_owned()
}

/// Tokens for programs; of the secret only its SHA-256 is kept.
fn api_token() -> TableCreateStatement {
    Table::create()
        .table("api_token")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("secret_sha256").text().not_null().unique_key())
        .col(ColumnDef::new("account_id").text().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("scopes").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .col(ColumnDef::new("revoked_at").big_integer().null())
        .foreign_key(ForeignKey::create().from("api_token", "account_id").to("account", "id"))
        .to_owned()
}

/// Sessions of browsers; of the id only its SHA-256 is kept. Without an account it is an anonymous one.
fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(ColumnDef::new("id_sha256").text().not_null().primary_key())
        .col(ColumnDef::new("account_id").text().null())
        .col(ColumnDef::new("csrf").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("seen_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("session", "account_id").to("account", "id"))
        .to_owned()
}

/// One row for every change and decision, numbered from 1 without gaps, each holding the hash of the one before.
fn audit_entry() -> TableCreateStatement {
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
    Table::create()
        .table("audit_entry")
        .col(ColumnDef::new("seq").big_integer().not_null().primary_key().check(Expr::col("seq").gt(0)))
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(text("issuer"))
        .col(text("subject"))
        .col(text("role"))
        .col(text("action"))
        .col(text("object"))
        .col(text("outcome"))
        .col(text("request_id"))
        .col(text("previous"))
        .col(text("hash"))
        .col(text("before"))
        .col(text("after"))
        .to_owned()
}
