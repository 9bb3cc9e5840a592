//! What a provider says of somebody beyond the standard claims, and what their groups make of them here.

use std::collections::BTreeSet;

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::domain::access::Role;
use crate::domain::refs::Slug;

/// The claims that the standard has no name for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AllClaims {
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl AdditionalClaims for AllClaims {}

/// What a person is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their roles.
    pub roles: BTreeSet<Role>,
    /// The data models that they curate.
    pub models: BTreeSet<Slug>,
}

/// A line of the mapping that says nothing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("oidc-roles: “{line}”: {why}")]
pub struct WrongMapping {
    line: String,
    why: String,
}

/// What groups make of people.
#[derive(Clone, Debug)]
pub struct Mapping {
    claim: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    group: String,
    role: Role,
    model: Option<Slug>,
}

/// The group that everybody is in.
const EVERYBODY: &str = "*";

impl Mapping {
    /// Reads lines such as `data-team=curator:maternity`.
    pub fn read(claim: &str, lines: &[String]) -> Result<Self, WrongMapping> {
        let rules = lines.iter().map(|line| {
            let wrong = |why: &str| WrongMapping { line: line.clone(), why: why.to_owned() };
            let (group, what) = line.rsplit_once('=').ok_or_else(|| wrong("write GROUP=ROLE"))?;
            let (role, model) = what.split_once(':').map_or((what, None), |(role, model)| (role, Some(model)));
            let role: Role = role.parse().map_err(|why: String| wrong(&why))?;
            let model = model.map(Slug::of).transpose().map_err(|error| wrong(&error.to_string()))?;
            match (role, &model) {
                (Role::Curator, None) => {
                    Err(wrong("a curator looks after named data models: write GROUP=curator:MODEL, a line for each"))
                }
                (Role::Researcher | Role::IgReviewer | Role::Administrator, Some(_)) => {
                    Err(wrong("only a curator has data models: leave out what follows the colon"))
                }
                _ => Ok(Rule { group: group.trim().to_owned(), role, model }),
            }
        });
        Ok(Self { claim: claim.to_owned(), rules: rules.collect::<Result<_, _>>()? })
    }

    /// Whether groups make anything of anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether the claim is there.
    #[must_use]
    pub fn is_told_by(&self, claims: &AllClaims) -> bool {
        found(&claims.rest, &self.claim).is_some()
    }

    /// What somebody is.
    #[must_use]
    pub fn standing(&self, claims: &AllClaims) -> Standing {
        let groups: Vec<&str> = match found(&claims.rest, &self.claim) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut standing = Standing::default();
        for rule in self.rules.iter().filter(|rule| rule.group == EVERYBODY || groups.contains(&rule.group.as_str())) {
            standing.roles.insert(rule.role);
            standing.models.extend(rule.model.clone());
        }
        standing
    }
}

/// A claim by its name, or by names joined by dots that go inside. A whole name counts first: some hold dots.
fn found<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| match claims.get(&path[..at]) {
        Some(Value::Object(inside)) => found(inside, &path[at + 1..]),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(claim: &str, lines: &[&str], claims: Value) -> anyhow::Result<String> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let standing = Mapping::read(claim, &lines)?.standing(&serde_json::from_value(claims)?);
        let words =
            standing.roles.iter().map(ToString::to_string).chain(standing.models.iter().map(ToString::to_string));
        Ok(words.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn groups_make_roles_wherever_the_claim_is() -> anyhow::Result<()> {
        let lines =
            ["*=researcher", "data=curator:maternity", "data=curator:wsic", "ig=ig-reviewer", "a=b=administrator"];
        for (claim, claims, is) in [
            ("roles", json!({ "roles": ["data", "other"] }), "researcher curator maternity wsic"),
            ("roles", json!({ "roles": "ig" }), "researcher ig-reviewer"),
            ("roles", json!({ "roles": ["a=b"] }), "researcher administrator"),
            ("roles", json!({ "roles": { "data": true } }), "researcher"),
            ("roles", json!({}), "researcher"),
            (
                "realm_access.roles",
                json!({ "realm_access": { "roles": ["data"] } }),
                "researcher curator maternity wsic",
            ),
            ("https://x.example/roles", json!({ "https://x.example/roles": ["ig"] }), "researcher ig-reviewer"),
            ("a.b.c", json!({ "a.b": { "c": ["ig"] } }), "researcher ig-reviewer"),
            ("roles", json!({ "roles": ["DATA", "dat", "data "] }), "researcher"),
        ] {
            assert_eq!(told(claim, &lines, claims.clone())?, is, "{claim} in {claims}");
        }
        assert_eq!(told("roles", &["ig=ig-reviewer"], json!({ "roles": ["*"] }))?, "");
        Ok(())
    }

    #[test]
    fn a_line_that_says_nothing_is_told() {
        for (line, why) in [
            ("data", "GROUP=ROLE"),
            ("data=king", "is no role"),
            ("data=curator", "curator:MODEL"),
            ("ig=ig-reviewer:maternity", "only a curator"),
            ("data=curator:", "no letter or digit"),
        ] {
            let wrong = Mapping::read("roles", &[line.to_owned()]).err().map(|wrong| wrong.to_string());
            assert!(wrong.as_deref().is_some_and(|text| text.contains(why)), "{line}: {wrong:?}");
        }
    }
}
