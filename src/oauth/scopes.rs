//! Scopes asked for against scopes granted (RFC 6749, 3.3 and 5.1).

/// The scopes of one text: blanks by the standard, commas by habit of some providers.
pub fn split(text: &str) -> Vec<String> {
    text.split([' ', ',', '\t', '\n', '+']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// What was asked for and is not granted. `implied` says which scopes a granted one brings with it at this provider.
pub fn missing(requested: &[String], granted: &[String], implied: &dyn Fn(&str, &str) -> bool) -> Vec<String> {
    let covered = |wanted: &str| granted.iter().any(|scope| same(scope, wanted) || implied(scope, wanted));
    requested.iter().filter(|wanted| !covered(wanted)).cloned().collect()
}

/// Scopes are case-sensitive; a slash at the end of a URL scope is not held against it.
fn same(a: &str, b: &str) -> bool {
    a == b || (a.contains("://") && a.trim_end_matches('/') == b.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn commas_and_blanks_both_separate() {
        assert_eq!(split("repo,read:user gist"), list(&["repo", "read:user", "gist"]));
    }

    #[test]
    fn what_a_granted_scope_implies_is_not_missing() {
        let implied = |granted: &str, wanted: &str| granted == "repo" && wanted == "public_repo";
        assert_eq!(missing(&list(&["public_repo", "gist"]), &list(&["repo"]), &implied), list(&["gist"]));
    }
}
