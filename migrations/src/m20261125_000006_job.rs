//! Jobs that come round, of which several servers on one database do each once.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let job = Table::create()
            .table("job")
            .col(ColumnDef::new("name").text().not_null().primary_key())
            .col(ColumnDef::new("claimed_at").big_integer().not_null())
            .col(ColumnDef::new("claimed_by").text().not_null())
            .to_owned();
        manager.create_table(job).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("job").to_owned()).await
    }
}
