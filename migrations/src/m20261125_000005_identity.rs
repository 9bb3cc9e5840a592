//! Signing in with an identity provider, requests that are answered once, and versions of a data model as each class
//! of viewer sees it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("session", "pending"), ("account", "known_as")] {
            let column = ColumnDef::new(column).text().not_null().default("").take();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(answered_request()).await?;
        manager.create_table(data_model_view()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["data_model_view", "answered_request"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, column) in [("account", "known_as"), ("session", "pending")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// Changes that were made under an idempotency key, with what was answered, so that the same request sent again is
/// answered the same and changes nothing.
fn answered_request() -> TableCreateStatement {
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
    Table::create()
        .table("answered_request")
        .col(text("who"))
        .col(text("key"))
        .col(text("request_sha256"))
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(text("answer"))
        .primary_key(Index::create().col("who").col("key"))
        .to_owned()
}

/// What a version of a data model is to one class of viewer: the number that it has for them, which moves only when
/// what they see of it does. A blank digest: they see nothing of it.
fn data_model_view() -> TableCreateStatement {
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
    Table::create()
        .table("data_model_view")
        .col(text("slug"))
        .col(ColumnDef::new("version").integer().not_null())
        .col(text("class"))
        .col(ColumnDef::new("seen_version").integer().not_null())
        .col(ColumnDef::new("changed_at").big_integer().not_null())
        .col(text("digest"))
        .primary_key(Index::create().col("slug").col("version").col("class"))
        .foreign_key(
            ForeignKey::create()
                .from("data_model_view", ("slug", "version"))
                .to("data_model_version", ("slug", "version")),
        )
        .to_owned()
}
