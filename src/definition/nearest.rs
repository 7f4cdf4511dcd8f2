//! The right name for a wrong one: the one that a slip of the pen or another program's habit would make of it, or none.

/// Longer names are nobody's slip of the pen.
const LONGEST: usize = 48;

/// What RFC 6749, 8414, 7591 and common client libraries call authsome's fields and words.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("authorization_endpoint", "authorization_url"),
    ("authorize_url", "authorization_url"),
    ("authorize_endpoint", "authorization_url"),
    ("auth_url", "authorization_url"),
    ("auth_uri", "authorization_url"),
    ("token_endpoint", "token_url"),
    ("access_token_url", "token_url"),
    ("revocation_endpoint", "revocation_url"),
    ("revoke_url", "revocation_url"),
    ("device_authorization_endpoint", "device_authorization_url"),
    ("device_url", "device_authorization_url"),
    ("device_code_url", "device_authorization_url"),
    ("registration_url", "registration_endpoint"),
    ("token_endpoint_auth_method", "authorization_method"),
    ("token_auth_method", "authorization_method"),
    ("auth_method", "authorization_method"),
    ("auth_params", "authorization_params"),
    ("extra_params", "authorization_params"),
    ("use_pkce", "pkce"),
    ("title", "display_name"),
    ("label", "display_name"),
    ("documentation_url", "docs_url"),
    ("api_base_url", "api_url"),
    ("authorization_code", "pkce"),
    ("device", "device_code"),
    ("dcr", "dcr_pkce"),
    ("client_secret_basic", "basic"),
    ("client_secret_post", "body"),
    ("header", "basic"),
    ("form", "oauth2_form"),
];

/// Of these other names nobody can be sure that authsome's means the same: a person has to look.
const GUESSES: &[&str] = &[
    "title",
    "label",
    "header",
    "form",
    "device",
    "authorization_code",
    "auth_method",
    "auth_params",
    "extra_params",
    "api_base_url",
    "device_url",
    "auth_uri",
];

/// Is it beyond doubt that `written` was meant to be `right`? Only then may a program write it: a name in another spelling,
/// what the standards call the same thing, or a slip of one letter (two in a long name) that no other name is as near to.
pub fn is_certain<'a>(written: &str, right: &str, names: impl IntoIterator<Item = &'a str>) -> bool {
    let plain = written.trim().to_lowercase().replace(['-', ' '], "_");
    if plain == right {
        return true;
    }
    if let Some((other, name)) = OTHER_NAMES.iter().find(|(other, _)| *other == plain) {
        return *name == right && !GUESSES.contains(other);
    }
    let slips = strsim::osa_distance(&plain, right);
    let allowed = match right.len() {
        0..5 => 0,
        5..10 => 1,
        _ => 2,
    };
    let rival = |name: &str| name != right && strsim::osa_distance(&plain, name) <= slips + 1;
    slips <= allowed && !names.into_iter().any(rival)
}

/// The one of `names` that `written` was probably meant to be.
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if written.len() > LONGEST {
        return None;
    }
    let names: Vec<&str> = names.into_iter().collect();
    let written = written.trim().to_lowercase().replace(['-', ' '], "_");
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == written).map(|(_, name)| *name);
    if let Some(name) = other.filter(|name| names.contains(name)) {
        return Some(name.to_owned());
    }
    let close = names
        .iter()
        .map(|name| (strsim::osa_distance(&written, name), *name))
        .filter(|(distance, name)| *distance <= if name.len() < 6 { 1 } else { 2 })
        .min();
    let begun = || {
        let mut longer = names.iter().copied().filter(|name| written.len() > 4 && name.starts_with(&written));
        longer.next().filter(|_| longer.next().is_none())
    };
    close.map(|(_, name)| name).or_else(begun).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_other_programs_names_are_understood_and_strangers_are_left_alone() {
        let names = ["authorization_url", "token_url", "scopes", "pkce", "display_name", "authorization_method"];
        let near = |written| nearest(written, names);
        for (written, right) in [
            ("tokn_url", Some("token_url")),
            ("Token-URL", Some("token_url")),
            ("scope", Some("scopes")),
            ("authorisation_method", Some("authorization_method")),
            ("authorization_endpoint", Some("authorization_url")),
            ("display", Some("display_name")),
            ("pkc", Some("pkce")),
            ("authorization", None),
            ("client_id", None),
            ("colour", None),
        ] {
            assert_eq!(near(written).as_deref(), right, "{written}");
        }
        assert_eq!(near(&"token_url".repeat(1000)), None);
    }

    #[test]
    fn only_what_nobody_can_doubt_is_certain() {
        let names =
            ["authorization_url", "token_url", "scopes", "pkce", "display_name", "authorization_method", "docs_url"];
        for (written, right, certain) in [
            ("tokn_url", "token_url", true),
            ("Token-URL", "token_url", true),
            ("scope", "scopes", true),
            ("authorisation_methd", "authorization_method", true),
            ("token_endpoint", "token_url", true),
            ("PKCE", "pkce", true),
            ("pkc", "pkce", false),
            ("tkn_ur", "token_url", false),
            ("title", "display_name", false),
            ("display", "display_name", false),
            ("auth_method", "authorization_method", false),
        ] {
            assert_eq!(is_certain(written, right, names), certain, "{written}");
        }
        assert!(!is_certain("abcde_url", "abcdf_url", ["abcdf_url", "abcdg_url"]), "two are as near");
    }

    #[test]
    fn another_programs_name_counts_only_where_authsomes_name_is_one_of_the_choices() {
        assert_eq!(nearest("auth_url", ["entry_url"]), None);
    }
}
