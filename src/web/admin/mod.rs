//! The pages of administrators: users, roles and who has them, the audit log, the settings in force.

mod audit;
mod roles;
mod settings;
mod user;
mod users;

use maud::{Markup, html};

use super::answer::page;
use super::components::Crumb;
use super::layout::{Page, Place, Standing};

pub use audit::audit;
pub use roles::roles;
pub use settings::{Configured, settings};
pub use user::{Change, chosen, confirm, password_made, roles_confirm, roles_form, user};
pub use users::{add, users};

/// The pages of this part, and which of them this is.
const PARTS: [(&str, &str); 4] = [
    ("Users", "/admin/users"),
    ("Roles and access", "/admin/roles"),
    ("Audit log", "/admin/audit"),
    ("Settings", "/admin/settings"),
];

/// A page of administrators, under one of the parts.
fn framed(title: &str, part: &str, body: Markup) -> Page {
    let body = html! {
        nav class="app-subnav" aria-label="Administration" {
            ul class="app-inline" {
                @for (text, href) in PARTS {
                    li { @if href == part { a href=(href) aria-current="true" { (text) } } @else { a href=(href) { (text) } } }
                }
            }
        }
        (body)
    };
    let mut page = page(title, Place::Admin, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page
}
