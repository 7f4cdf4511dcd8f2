//! The error codes that are known by name: how telling each is, and the step of a login in which it belongs.

/// A code, in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    pub name: &'static str,
    pub rank: Rank,
    /// A word of `error.step`.
    pub step: Option<&'static str>,
}

/// How much a code says; the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Names the one thing to fix.
    Exact,
    /// Names a kind of trouble with several causes.
    Kind,
    /// Says little more than that the request failed.
    Vague,
    /// Not in this table.
    Unknown,
    /// The name of an exception or of a wrapper around the real error.
    Wrapper,
}

/// Looks a code up, in lower case.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.binary_search_by(|code| code.name.cmp(name)).ok().map(|at| &CODES[at])
}

/// Looks a code up in any case, without a copy of it.
pub fn find_any_case(name: &[u8]) -> Option<&'static Code> {
    let lower = |bytes: &[u8], at: usize| bytes[at].to_ascii_lowercase();
    let compare = |code: &Code| {
        let known = code.name.as_bytes();
        let shorter = known.len().min(name.len());
        let differ = (0..shorter).find(|at| known[*at] != lower(name, *at));
        differ.map_or_else(|| known.len().cmp(&name.len()), |at| known[at].cmp(&lower(name, at)))
    };
    CODES.binary_search_by(compare).ok().map(|at| &CODES[at])
}

/// The known code that a name in capitals and small letters means: `InvalidGrant`, `InvalidGrantError`.
pub fn find_camel(name: &str) -> Option<&'static Code> {
    let name = name.strip_suffix("Error").or_else(|| name.strip_suffix("Exception")).unwrap_or(name);
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    if !(2..=6).contains(&capitals) || name.len() > 40 || !name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + capitals);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    find(&snake)
}

/// How telling a code is, known or not; in lower case.
pub fn rank(name: &str) -> Rank {
    match find(name) {
        Some(code) => code.rank,
        None if name.ends_with("error") || name.ends_with("exception") => Rank::Wrapper,
        None => Rank::Unknown,
    }
}

const fn code(name: &'static str, rank: Rank, step: &'static str) -> Code {
    Code { name, rank, step: if step.is_empty() { None } else { Some(step) } }
}

use Rank::{Exact, Kind, Vague};

/// Sorted by name. The RFCs' codes and those of the providers' own documentation.
const CODES: &[Code] = &[
    code("access_denied", Kind, "callback"),
    code("account_inactive", Exact, "api"),
    code("account_selection_required", Kind, "authorize"),
    code("admin_policy_enforced", Exact, "authorize"),
    code("application_suspended", Exact, "authorize"),
    code("authorization_pending", Exact, "device"),
    code("bad_auth_code", Exact, "token"),
    code("bad_client_id", Exact, "token"),
    code("bad_client_secret", Exact, "token"),
    code("bad_redirect_uri", Exact, "token"),
    code("bad_refresh_token", Exact, "refresh"),
    code("bad_verification_code", Exact, "token"),
    code("code_already_used", Exact, "token"),
    code("consent_required", Exact, "authorize"),
    code("deleted_client", Exact, "authorize"),
    code("device_flow_disabled", Exact, "device"),
    code("device_not_found", Kind, "device"),
    code("disabled_client", Exact, "authorize"),
    code("disallowed_useragent", Exact, "authorize"),
    code("expired_token", Kind, ""),
    code("incorrect_client_credentials", Exact, "token"),
    code("incorrect_device_code", Exact, "device"),
    code("insufficient_scope", Exact, "api"),
    code("interaction_required", Kind, "authorize"),
    code("invalid_auth", Kind, "api"),
    code("invalid_client", Kind, ""),
    code("invalid_client_id", Exact, ""),
    code("invalid_client_metadata", Kind, "registration"),
    code("invalid_code", Exact, "token"),
    code("invalid_grant", Kind, ""),
    code("invalid_grant_type", Exact, "token"),
    code("invalid_redirect_uri", Exact, ""),
    code("invalid_refresh_token", Exact, "refresh"),
    code("invalid_request", Vague, ""),
    code("invalid_request_object", Kind, "authorize"),
    code("invalid_request_uri", Kind, "authorize"),
    code("invalid_scope", Exact, ""),
    code("invalid_software_statement", Exact, "registration"),
    code("invalid_target", Kind, ""),
    code("invalid_token", Kind, "api"),
    code("login_required", Kind, "authorize"),
    code("missing_scope", Exact, "api"),
    code("missing_scopes", Exact, "api"),
    code("missing_state", Exact, "callback"),
    code("not_authed", Kind, "api"),
    code("oauth_authorization_url_mismatch", Exact, "token"),
    code("org_internal", Exact, "authorize"),
    code("rate_limit_exceeded", Exact, ""),
    code("rate_limited", Exact, ""),
    code("ratelimited", Exact, ""),
    code("redirect_uri_mismatch", Exact, ""),
    code("registration_not_supported", Exact, "registration"),
    code("request_not_supported", Kind, "authorize"),
    code("request_uri_not_supported", Kind, "authorize"),
    code("resource_exhausted", Exact, "api"),
    code("server_error", Vague, ""),
    code("session_expired", Kind, "callback"),
    code("slow_down", Kind, "device"),
    code("temporarily_unavailable", Kind, ""),
    code("token_expired", Kind, "api"),
    code("token_revoked", Kind, "api"),
    code("too_many_requests", Exact, ""),
    code("unapproved_software_statement", Exact, "registration"),
    code("unauthorized_client", Kind, ""),
    code("unmet_authentication_requirements", Kind, "authorize"),
    code("unsupported_grant_type", Exact, "token"),
    code("unsupported_response_type", Exact, "authorize"),
    code("unsupported_token_type", Kind, ""),
    code("unverified_user_email", Exact, "token"),
    code("use_dpop_nonce", Kind, "token"),
    code("user_not_assigned", Exact, "callback"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_steps_of_the_registry() {
        assert!(CODES.windows(2).all(|pair| pair[0].name < pair[1].name));
        let steps = crate::facts::registry::find("error.step").expect("registered").one_of;
        assert!(CODES.iter().filter_map(|code| code.step).all(|step| steps.contains(&step)));
    }

    #[test]
    fn an_exception_s_name_says_less_than_an_unknown_code() {
        assert!(rank("authenticationfailederror") > rank("some_new_code"));
        assert!(rank("redirect_uri_mismatch") < rank("invalid_grant"));
        assert!(rank("invalid_grant") < rank("invalid_request"));
    }
}
