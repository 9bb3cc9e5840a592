//! What is published: revisions of the catalogue, its views, data models, their versions and source files.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [catalogue_revision(), catalogue_view(), source_file(), data_model(), data_model_version()] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["data_model_version", "data_model", "source_file", "catalogue_view", "catalogue_revision"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// One row for every publish, numbered from 1 without gaps.
fn catalogue_revision() -> TableCreateStatement {
    Table::create()
        .table("catalogue_revision")
        .col(ColumnDef::new("revision").big_integer().not_null().primary_key().check(Expr::col("revision").gt(0)))
        .col(ColumnDef::new("published_at").big_integer().not_null())
        .col(ColumnDef::new("published_by").text().not_null())
        .col(ColumnDef::new("message").text().not_null())
        .to_owned()
}

/// What each class of viewer sees at a revision; `version` counts the changes of that view alone.
fn catalogue_view() -> TableCreateStatement {
    Table::create()
        .table("catalogue_view")
        .col(ColumnDef::new("revision").big_integer().not_null())
        .col(ColumnDef::new("class").text().not_null().check(Expr::col("class").is_in([
            "public",
            "registered",
            "staff",
        ])))
        .col(ColumnDef::new("version").big_integer().not_null().check(Expr::col("version").gt(0)))
        .col(ColumnDef::new("digest").text().not_null())
        .col(ColumnDef::new("changed_at").big_integer().not_null())
        .primary_key(Index::create().col("revision").col("class"))
        .foreign_key(ForeignKey::create().from("catalogue_view", "revision").to("catalogue_revision", "revision"))
        .to_owned()
}

/// Workbooks, byte for byte.
fn source_file() -> TableCreateStatement {
    Table::create()
        .table("source_file")
        .col(ColumnDef::new("sha256").text().not_null().primary_key())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("format").text().not_null())
        .col(ColumnDef::new("size").big_integer().not_null())
        .col(ColumnDef::new("received_at").big_integer().not_null())
        .col(ColumnDef::new("bytes").blob().not_null())
        .to_owned()
}

/// Data models and which of their versions is current. `current_version` has no foreign key: it and
/// `data_model_version.slug` would each need the other row first.
fn data_model() -> TableCreateStatement {
    Table::create()
        .table("data_model")
        .col(ColumnDef::new("slug").text().not_null().primary_key())
        .col(ColumnDef::new("current_version").integer().null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("created_by").text().not_null())
        .to_owned()
}

/// Published versions, each with its whole content as one canonical JSON document.
fn data_model_version() -> TableCreateStatement {
    Table::create()
        .table("data_model_version")
        .col(ColumnDef::new("slug").text().not_null())
        .col(ColumnDef::new("version").integer().not_null().check(Expr::col("version").gt(0)))
        .col(ColumnDef::new("content_sha256").text().not_null())
        .col(ColumnDef::new("version_label").text().not_null())
        .col(ColumnDef::new("source_sha256").text().null())
        .col(ColumnDef::new("published_at").big_integer().not_null())
        .col(ColumnDef::new("published_by").text().not_null())
        .col(ColumnDef::new("revision").big_integer().not_null())
        .col(ColumnDef::new("rolled_back_from").integer().null())
        .col(ColumnDef::new("content").text().not_null())
        .primary_key(Index::create().col("slug").col("version"))
        .foreign_key(ForeignKey::create().from("data_model_version", "slug").to("data_model", "slug"))
        .foreign_key(ForeignKey::create().from("data_model_version", "source_sha256").to("source_file", "sha256"))
        .foreign_key(ForeignKey::create().from("data_model_version", "revision").to("catalogue_revision", "revision"))
        .foreign_key(
            ForeignKey::create()
                .from("data_model_version", ("slug", "rolled_back_from"))
                .to("data_model_version", ("slug", "version")),
        )
        .to_owned()
}
