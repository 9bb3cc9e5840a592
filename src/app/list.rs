//! Use cases of the list of data that somebody collects for an application. It hangs on the session of their browser and
//! needs no account.

use super::App;
use super::accounts::Session;
use super::error::AppError;
use crate::domain::list::{DataList, ListChange};

impl App {
    /// Changes the list of a session and gives it as it then is.
    pub async fn change_list(&self, session: &Session, change: ListChange) -> Result<DataList, AppError> {
        let mut changed = DataList::default();
        let held = self
            .store
            .change_list(session.fingerprint, |text| {
                let mut list = read(text);
                list.change(change);
                serde_json::to_string(&list).unwrap_or_default()
            })
            .await?;
        if let Some(text) = held {
            changed = read(&text);
        }
        Ok(changed)
    }
}

/// A list as it is stored; one that cannot be read, of another version of this program, is empty.
pub(super) fn read(text: &str) -> DataList {
    serde_json::from_str(text).unwrap_or_default()
}
