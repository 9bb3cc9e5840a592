//! Drafts: workbooks read and checked, waiting to be published or discarded.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(draft()).await?;
        let by_status = Index::create().name("draft_by_status").table("draft").col("status").col("created_at").take();
        manager.create_index(by_status).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("draft").to_owned()).await
    }
}

fn draft() -> TableCreateStatement {
    Table::create()
        .table("draft")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("import_id").text().not_null())
        .col(ColumnDef::new("model_slug").text().not_null())
        .col(ColumnDef::new("content_sha256").text().not_null())
        .col(ColumnDef::new("source_sha256").text().null())
        .col(ColumnDef::new("based_on").integer().null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("created_by").text().not_null())
        .col(ColumnDef::new("status").text().not_null().check(Expr::col("status").is_in([
            "open",
            "published",
            "discarded",
        ])))
        .col(ColumnDef::new("closed_at").big_integer().null())
        .col(ColumnDef::new("closed_by").text().null())
        .col(ColumnDef::new("published_version").integer().null())
        .col(ColumnDef::new("report").text().not_null())
        .col(ColumnDef::new("content").text().not_null())
        .foreign_key(ForeignKey::create().from("draft", "source_sha256").to("source_file", "sha256"))
        .foreign_key(
            ForeignKey::create()
                .from("draft", ("model_slug", "based_on"))
                .to("data_model_version", ("slug", "version")),
        )
        .foreign_key(
            ForeignKey::create()
                .from("draft", ("model_slug", "published_version"))
                .to("data_model_version", ("slug", "version")),
        )
        .to_owned()
}
