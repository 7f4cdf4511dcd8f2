//! How a vendor writes scopes, and what a scope in its answer covers of those that were asked for.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A vendor's habits with scopes. The default is the standard (RFC 6749, section 3.3).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scopes {
    /// Between scopes in a request.
    pub separator: String,
    /// A granted scope to those that it contains, which the answer then leaves out.
    implies: BTreeMap<String, Vec<String>>,
    /// A scope as requested to its name in the answer.
    renames: BTreeMap<String, String>,
    /// Granted without being named in the answer.
    not_answered: Vec<String>,
    /// What the answer may put before a scope.
    prefixes: Vec<String>,
    ignore_case: bool,
}

impl Default for Scopes {
    fn default() -> Self {
        Self {
            separator: " ".to_owned(),
            implies: BTreeMap::new(),
            renames: BTreeMap::new(),
            not_answered: Vec::new(),
            prefixes: Vec::new(),
            ignore_case: false,
        }
    }
}

impl Scopes {
    /// Does this scope of the answer show that `wanted` was granted?
    pub fn covers(&self, granted: &str, wanted: &str) -> bool {
        let (granted, wanted) = (self.plain(granted), self.plain(wanted));
        granted == wanted
            || self.not_answered.contains(&wanted)
            || self.renames.get(&wanted).is_some_and(|renamed| *renamed == granted)
            || self.implies.get(&granted).is_some_and(|inner| inner.iter().any(|inner| self.covers(inner, &wanted)))
    }

    /// Has `outer` the other one within it, by the vendor's own list?
    pub fn contains(&self, outer: &str, inner: &str) -> bool {
        let within = self.implies.get(outer).map(Vec::as_slice).unwrap_or_default();
        within.iter().any(|one| one == inner || self.contains(one, inner))
    }

    fn plain(&self, scope: &str) -> String {
        let bare = self.prefixes.iter().find_map(|prefix| scope.strip_prefix(prefix.as_str())).unwrap_or(scope);
        if self.ignore_case { bare.to_ascii_lowercase() } else { bare.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use crate::vendors::{Scopes, find};

    fn covers(vendor: &str, granted: &str, wanted: &str) -> bool {
        find(vendor).unwrap().scopes.covers(granted, wanted)
    }

    #[test]
    fn a_granted_scope_covers_those_that_it_contains_and_those_that_they_contain() {
        assert!(covers("github", "repo", "public_repo"));
        assert!(covers("github", "admin:org", "read:org"));
        assert!(covers("todoist", "data:read_write", "task:add"));
    }

    #[test]
    fn a_contained_scope_does_not_cover_the_one_that_contains_it() {
        assert!(!covers("github", "public_repo", "repo"));
        assert!(!covers("gitlab", "read_api", "api"));
    }

    #[test]
    fn a_scope_that_the_answer_calls_otherwise_is_granted() {
        assert!(covers("google", "https://www.googleapis.com/auth/userinfo.email", "email"));
        assert!(!covers("google", "openid", "https://www.googleapis.com/auth/drive"));
        assert!(covers("microsoft", "https://graph.microsoft.com/Mail.Send", "mail.send"));
        assert!(covers("microsoft", "User.Read", "offline_access"), "the refresh token itself is the answer");
    }

    #[test]
    fn an_unknown_vendor_follows_the_standard() {
        assert!(Scopes::default().covers("read", "read"));
        assert!(!Scopes::default().covers("read", "Read"));
    }
}
