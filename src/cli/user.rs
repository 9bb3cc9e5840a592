//! `user`: accounts of people whom Linkwright itself knows by name and password.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{Answer, Database, manage_users};
use super::outcome::{Failure, Outcome};
use super::output;
use crate::app::Secret;
use crate::domain::access::Role;
use crate::domain::refs::Slug;
use crate::domain::visible::visible;

/// Bytes of a password file.
const MOST: u64 = 4_096;

/// Look after users: add, list, change and close accounts
///
/// Example: linkwright user first-administrator ada
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make the first administrator; works only while there is none, and prints a password once
    ///
    /// Example: linkwright user first-administrator ada
    #[command(verbatim_doc_comment)]
    FirstAdministrator {
        /// The administrator's name
        name: String,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Add a user
    ///
    /// Example: linkwright user add grace --role curator --model icare-maternity
    #[command(verbatim_doc_comment)]
    Add {
        /// The user's name
        name: String,
        #[command(flatten)]
        rights: Rights,
        #[command(flatten)]
        password: NewPassword,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// List users with what they are: what an access review needs
    ///
    /// Example: linkwright user list
    #[command(verbatim_doc_comment)]
    List {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Give a user these roles and data models, and no others
    ///
    /// Example: linkwright user roles grace --role researcher
    #[command(verbatim_doc_comment)]
    Roles {
        /// The user's name
        name: String,
        #[command(flatten)]
        rights: Rights,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Give a user a new password; their sessions end
    ///
    /// Example: linkwright user password grace
    #[command(verbatim_doc_comment)]
    Password {
        /// The user's name
        name: String,
        #[command(flatten)]
        password: NewPassword,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Close a user's account: sessions end, tokens are void, the name is not used again
    ///
    /// Example: linkwright user close grace
    #[command(verbatim_doc_comment)]
    Close {
        /// The user's name
        name: String,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Open a closed account again, with the roles that it had
    ///
    /// Example: linkwright user reopen grace
    #[command(verbatim_doc_comment)]
    Reopen {
        /// The user's name
        name: String,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
}

/// What a user may do.
#[derive(Debug, Args)]
struct Rights {
    /// A role: researcher, curator, ig-reviewer or administrator; repeat for several
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// A data model that a curator looks after; repeat for several
    #[arg(long = "model", value_name = "SLUG")]
    models: Vec<String>,
}

impl Rights {
    fn read(&self) -> Result<(BTreeSet<Role>, BTreeSet<Slug>), Failure> {
        let models = self.models.iter().map(|text| Slug::of(text)).collect::<Result<BTreeSet<_>, _>>();
        let models = models.map_err(|error| Failure::usage(error.to_string()))?;
        let roles: BTreeSet<Role> = self.roles.iter().copied().collect();
        let curator = roles.contains(&Role::Curator);
        if curator && models.is_empty() {
            return Err(Failure::usage("a curator looks after named data models: add --model SLUG for each"));
        }
        if !curator && !models.is_empty() {
            return Err(Failure::usage("--model is for curators: add --role curator, or leave it out"));
        }
        Ok((roles, models))
    }
}

/// Where a password comes from (clap has a group for each struct, and one `Password` for the subcommand). It is no argument: arguments are seen by everybody on the machine.
#[derive(Debug, Args)]
struct NewPassword {
    /// A file with the password in its first line, or - for standard input; without it one is made and printed once
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl NewPassword {
    fn read(&self) -> Result<Option<String>, Failure> {
        let Some(file) = &self.password_file else { return Ok(None) };
        let mut text = String::new();
        let read = if file == Path::new("-") {
            std::io::stdin().take(MOST).read_to_string(&mut text)
        } else {
            std::fs::File::open(file).and_then(|file| file.take(MOST).read_to_string(&mut text))
        };
        read.map_err(|error| Failure::usage(format!("the password file {} cannot be read: {error}", file.display())))?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }
}

fn done(answer: &Answer, name: &str, what: &str, made: Option<&Secret>) -> Result<Outcome, Failure> {
    if answer.is_json() {
        output::json(&json!({ "user": name, "done": what, "password": made.map(Secret::expose) }))?;
    } else {
        output::text(&format!("{}: {what}.", visible(name)));
        if let Some(made) = made {
            output::text(&format!("Password, shown only now: {}", made.expose()));
        }
    }
    Ok(Outcome::Yes)
}

impl User {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let permit = manage_users()?;
        match self.what {
            What::FirstAdministrator { name, database, answer } => {
                let app = database.open_or_create().await?;
                let made = app.first_administrator(&permit, &name).await?;
                done(&answer, &name, "is the first administrator", Some(&made))
            }
            What::Add { name, rights, password, database, answer } => {
                let ((roles, models), password) = (rights.read()?, password.read()?);
                let app = database.open().await?;
                let made = app.add_user(&permit, &name, roles, models, password.as_deref()).await?;
                done(&answer, &name, "added", made.as_ref())
            }
            What::List { database, answer } => {
                let users = database.open().await?.users(&permit).await?;
                if answer.is_json() {
                    output::json(&json!({ "users": users }))?;
                } else if users.is_empty() {
                    output::text("No users yet: `linkwright user first-administrator NAME` makes the first.");
                }
                for user in users.iter().filter(|_| !answer.is_json()) {
                    let roles: Vec<String> = user.roles.iter().map(ToString::to_string).collect();
                    let models: Vec<String> = user.models.iter().map(ToString::to_string).collect();
                    let mut line = format!(
                        "{}  {}",
                        visible(&user.name),
                        if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") }
                    );
                    if !models.is_empty() {
                        line += &format!(" of {}", models.join(", "));
                    }
                    if user.closed_at.is_some() {
                        line += " (closed)";
                    }
                    output::text(&line);
                }
                Ok(Outcome::Yes)
            }
            What::Roles { name, rights, database, answer } => {
                let (roles, models) = rights.read()?;
                database.open().await?.set_roles(&permit, &name, roles, models).await?;
                done(&answer, &name, "has these roles now", None)
            }
            What::Password { name, password, database, answer } => {
                let password = password.read()?;
                let made = database.open().await?.set_password(&permit, &name, password.as_deref()).await?;
                done(&answer, &name, "has a new password; their sessions have ended", made.as_ref())
            }
            What::Close { name, database, answer } => {
                database.open().await?.close_user(&permit, &name).await?;
                done(&answer, &name, "closed", None)
            }
            What::Reopen { name, database, answer } => {
                database.open().await?.reopen_user(&permit, &name).await?;
                done(&answer, &name, "open again", None)
            }
        }
    }
}
