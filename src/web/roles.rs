//! What roles are called on pages, and what each allows.

use crate::domain::access::Role;

/// What a role is called.
#[must_use]
pub fn title(role: Role) -> &'static str {
    match role {
        Role::Researcher => "Researcher",
        Role::Curator => "Curator",
        Role::IgReviewer => "Information governance reviewer",
        Role::Administrator => "Administrator",
    }
}

/// What a role allows, beyond what everybody may.
#[must_use]
pub fn may(role: Role) -> &'static [&'static str] {
    match role {
        Role::Researcher => &["See datasets, tables, fields and links for signed-in researchers"],
        Role::Curator => &[
            "See everything in the catalogue, also what is for staff only",
            "Upload workbooks of the data models named for them, and read what was found in them",
            "Publish, discard and restore versions of these data models",
        ],
        Role::IgReviewer => {
            &["See everything in the catalogue, also what is for staff only, with who published each version"]
        }
        Role::Administrator => &[
            "See everything in the catalogue, also what is for staff only",
            "Add users, change their roles, reset their passwords, close and reopen their accounts",
            "Read, verify and export the audit log",
            "See how this installation is set up",
        ],
    }
}
