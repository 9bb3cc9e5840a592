//! One row for every session of a browser.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id_sha256: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub account_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub csrf: String,
    pub created_at: i64,
    pub seen_at: i64,
    #[sea_orm(column_type = "Text")]
    pub list: String,
    #[sea_orm(column_type = "Text")]
    pub pending: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
