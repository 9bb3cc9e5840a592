//! Searching the audit log: by who, what, on what and when, a page at a time; and when somebody last signed in.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, Func, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::audit::{self, AuditEntry};
use super::columns::{micros, moment};
use super::entity::audit_entry::{Column, Entity};
use super::error::StoreError;
use super::{READ_DEADLINE, Store};

/// Which entries of the audit log are wanted; what is blank is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Part of the doer's name, in whatever case.
    pub who: String,
    /// What was done, exactly.
    pub action: String,
    /// Part of what it was done to, in whatever case.
    pub object: String,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    fn query(&self) -> Select<Entity> {
        let mut query = Entity::find();
        if !self.who.is_empty() {
            query = query.filter(holds(Column::Subject, &self.who));
        }
        if !self.action.is_empty() {
            query = query.filter(Column::Action.eq(&self.action));
        }
        if !self.object.is_empty() {
            query = query.filter(holds(Column::Object, &self.object));
        }
        if let Some(from) = self.from {
            query = query.filter(Column::At.gte(micros(from)));
        }
        if let Some(until) = self.until {
            query = query.filter(Column::At.lt(micros(until)));
        }
        query
    }
}

/// Whether a column holds a text, which is taken as it is: signs that mean something to LIKE do not.
fn holds(column: Column, text: &str) -> SimpleExpr {
    let plain = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(format!("%{plain}%")).escape('\\'))
}

impl Store {
    /// The entries wanted, newest first, after `skip`, up to `most`; and how many there are in all.
    pub async fn audit_search(
        &self,
        filter: &AuditFilter,
        skip: u64,
        most: u64,
    ) -> Result<(Vec<AuditEntry>, u64), StoreError> {
        let call = async {
            let all = filter.query().count(&self.database).await?;
            let query = filter.query().order_by_desc(Column::Seq).offset(skip).limit(most);
            Ok((query.all(&self.database).await?.into_iter().map(audit::read).collect(), all))
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Every kind of action in the log, in order.
    pub async fn audit_actions(&self) -> Result<Vec<String>, StoreError> {
        let call = async {
            let query = Entity::find().select_only().column(Column::Action).distinct().order_by_asc(Column::Action);
            Ok(query.into_tuple().all(&self.database).await?)
        };
        self.within(READ_DEADLINE, call).await
    }

    /// When each user last signed in, by what the log calls them (`user ada`).
    pub async fn last_sign_ins(&self) -> Result<HashMap<String, Timestamp>, StoreError> {
        let call = async {
            let query = Entity::find()
                .filter(Column::Action.eq("sign-in"))
                .filter(Column::Outcome.eq("done"))
                .select_only()
                .column(Column::Object)
                .column_as(Expr::col(Column::At).max(), "last")
                .group_by(Column::Object);
            let rows: Vec<(String, i64)> = query.into_tuple().all(&self.database).await?;
            rows.into_iter().map(|(object, at)| Ok((object, moment(at)?))).collect()
        };
        self.within(READ_DEADLINE, call).await
    }
}
