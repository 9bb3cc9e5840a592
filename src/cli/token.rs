//! `token`: API tokens, which programs send as `Authorization: Bearer`.

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::arguments::{Answer, Database, manage_users};
use super::outcome::{Failure, Outcome};
use super::output;
use crate::domain::access::Scope;
use crate::domain::visible::visible;

/// Look after API tokens: add, list and revoke them
///
/// Example: linkwright token add ada --name nightly --scope read --days 90
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Token {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a token for a user; its secret is printed once
    ///
    /// Example: linkwright token add ada --name nightly --scope read --days 90
    #[command(verbatim_doc_comment)]
    Add {
        /// Whose it is; it never gives more than this user's roles do
        user: String,
        /// What it is called
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may be used for: read or curate; repeat for both
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        /// How long it is good for, up to 366 days
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        days: u32,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// List tokens, without their secrets
    ///
    /// Example: linkwright token list
    #[command(verbatim_doc_comment)]
    List {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Make a token void at once
    ///
    /// Example: linkwright token revoke 0198f3c2-7d1e-7a55-9d0c-0c6a54a1e7aa
    #[command(verbatim_doc_comment)]
    Revoke {
        /// The token's id, as `token list` prints it
        id: Uuid,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
}

impl Token {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let permit = manage_users()?;
        match self.what {
            What::Add { user, name, scopes, days, database, answer } => {
                let app = database.open().await?;
                let (id, secret) = app.add_token(&permit, &user, &name, scopes.into_iter().collect(), days).await?;
                if answer.is_json() {
                    output::json(&json!({ "id": id, "token": secret.expose() }))?;
                } else {
                    output::text(&format!("Token {id}, shown only now: {}", secret.expose()));
                }
            }
            What::List { database, answer } => {
                let tokens = database.open().await?.tokens(&permit).await?;
                if answer.is_json() {
                    output::json(&json!({ "tokens": tokens }))?;
                }
                for token in tokens.iter().filter(|_| !answer.is_json()) {
                    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
                    let void = if token.revoked_at.is_some() { " (revoked)" } else { "" };
                    output::text(&format!(
                        "{}  {} “{}” {} until {}{void}",
                        token.id,
                        visible(&token.owner),
                        visible(&token.name),
                        scopes.join(" "),
                        token.expires_at
                    ));
                }
            }
            What::Revoke { id, database, answer } => {
                database.open().await?.revoke_token(&permit, id).await?;
                if answer.is_json() {
                    output::json(&json!({ "revoked": id }))?;
                } else {
                    output::text(&format!("Revoked the token {id}."));
                }
            }
        }
        Ok(Outcome::Yes)
    }
}
