//! Which names announce a secret, and which values are plainly none.

/// How a name announces a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Whatever stands behind it is one: `client_secret`.
    Always,
    /// It is one unless the value is a plain word or a short number: `code`, `state`, which also name error codes and
    /// conditions. In a URL there is no such doubt.
    Unless,
    /// An HTTP header with credentials.
    Header,
}

/// Endings of names, without `_` and `-`.
const ALWAYS: &[&str] = &[
    "accesstoken",
    "apikey",
    "assertion",
    "authcode",
    "authorizationcode",
    "clientsecret",
    "codeverifier",
    "devicecode",
    "idtoken",
    "idtokenhint",
    "masterkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "samlresponse",
    "secretkey",
    "subjecttoken",
];

/// Endings that are names of their own too.
const UNLESS_ENDING: &[&str] = &[
    "accesskey",
    "accountkey",
    "credential",
    "credentials",
    "deploykey",
    "encryptionkey",
    "licensekey",
    "secret",
    "secretkeybase",
    "signingkey",
    "token",
];

/// What stands behind a name where there are several of a kind: `client_secret_old`, `token_value`.
const BEHIND: &[&str] = &["dev", "live", "new", "old", "prod", "test", "v", "value"];

/// Whole names.
const UNLESS: &[&str] =
    &["auth", "code", "hmac", "jwt", "key", "otp", "pass", "pin", "pwd", "sig", "signature", "state", "ticket"];

const HEADERS: &[&str] =
    &["authorization", "cookie", "dpop", "proxyauthorization", "setcookie", "xapikey", "xauthtoken"];

/// The last part of a dotted or bracketed name decides: `oauth.client_secret`, `user[password]`.
pub fn announces(name: &str) -> Option<Name> {
    let last = name.trim_end_matches(']').rsplit(['.', '[']).next().unwrap_or(name);
    let plain: String = last.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let plain = plain.as_str();
    let stem = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = BEHIND.iter().find_map(|behind| stem.strip_suffix(behind)).unwrap_or(stem);
    if HEADERS.contains(&plain) {
        Some(Name::Header)
    } else if ALWAYS.iter().any(|end| stem.ends_with(end)) {
        Some(Name::Always)
    } else if UNLESS.contains(&plain) || UNLESS_ENDING.iter().any(|end| stem.ends_with(end)) {
        Some(Name::Unless)
    } else {
        None
    }
}

/// The first word of an Authorization header.
pub fn is_scheme(word: &str) -> bool {
    ["basic", "bearer", "digest", "dpop", "negotiate", "pop", "token"].contains(&word.to_ascii_lowercase().as_str())
}

/// Passwords are words too often for the plain-word test.
pub fn is_password(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "passphrase"].iter().any(|end| name.ends_with(end))
}

/// A definition's `export` says which value goes into which variable: `"ACME_ACCESS_TOKEN": "ACCESS_TOKEN"`, and under `env`
/// `"access_token": "ACME_TOKEN"`. Names stand there, perhaps misspelt: letters alone, and short.
pub fn is_name_of_value(name: &str, value: &str) -> bool {
    let capitals = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let small = || {
        value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && ["token", "key", "url"].iter().any(|word| value.contains(word))
    };
    if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
        let of_value = name.ends_with("TOKEN") || name.ends_with("KEY") || name.ends_with(value);
        of_value && value.len() <= 16 && (capitals(value) || small())
    } else {
        let of_authsome = matches!(name, "access_token" | "refresh_token" | "api_key");
        of_authsome && value.len() <= 32 && value.contains('_') && capitals(value)
    }
}

/// What this program wrote itself: `‹hidden›`, `‹ours, matches›`.
pub fn is_label(value: &str) -> bool {
    value
        .strip_prefix('‹')
        .and_then(|rest| rest.strip_suffix('›'))
        .is_some_and(|inner| inner.len() <= 24 && inner.chars().all(|c| c.is_ascii_lowercase() || c == ' ' || c == ','))
}

/// What a person is meant to fill in (`$SECRET`, `${SECRET}`, `<your secret>`, `***`), or a label of ours.
pub fn is_placeholder(value: &str) -> bool {
    let shell = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let angle = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || " _-".contains(c));
    is_label(value)
        || value.chars().all(|c| c == '*' || c == '•' || c == '.' || c == '…')
        || value.strip_prefix('$').is_some_and(shell)
        || value.strip_prefix("${").and_then(|v| v.strip_suffix('}')).is_some_and(shell)
        || value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).is_some_and(angle)
}

/// An error code or an ordinary word, which no secret looks like: `invalid_grant`, `InvalidToken`, `AADSTS50011`, `404`.
pub fn is_plain_word(value: &str) -> bool {
    let value = value.trim_matches(|c: char| "<>()=,.;:!?".contains(c));
    value.len() <= 64 && value.split(['_', '-', '.', ' ', '/']).all(|part| is_word(part) || is_number(part))
        || is_vendor_code(value)
}

fn is_number(part: &str) -> bool {
    part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit())
}

/// Letters alone, in one case, or capitals that each begin a run of small letters; a version's digit may follow (`oauth2`).
fn is_word(part: &str) -> bool {
    let part = part.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(part);
    if part.len() > 20 && !part.bytes().skip(1).any(|b| b.is_ascii_uppercase()) || part.len() > 40 {
        return false;
    }
    let one_case = part.bytes().all(|b| b.is_ascii_lowercase()) || part.bytes().all(|b| b.is_ascii_uppercase());
    one_case || is_camel(part)
}

fn is_camel(part: &str) -> bool {
    let mut run = 0;
    for (at, byte) in part.bytes().enumerate() {
        match byte {
            b'a'..=b'z' => run += 1,
            b'A'..=b'Z' if at == 0 || run >= 2 => run = 0,
            _ => return false,
        }
    }
    run >= 2
}

/// Letters, then digits: `AADSTS50011`, `E0000021`.
fn is_vendor_code(value: &str) -> bool {
    let letters = value.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = &value[letters..];
    (1..=8).contains(&letters) && (3..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for name in [
            "client_secret",
            "clientSecret",
            "CLIENT-SECRET",
            "oauth.client_secret",
            "user[password]",
            "password2",
            "client_secret_old",
            "clientSecretProd",
        ] {
            assert_eq!(announces(name), Some(Name::Always), "{name}");
        }
        for name in ["GITHUB_TOKEN", "aws_secret_access_key", "SECRET_V1", "token_value", "secret_key_base"] {
            assert_eq!(announces(name), Some(Name::Unless), "{name}");
        }
        assert_eq!(announces("Set-Cookie"), Some(Name::Header));
        for name in [
            "token_url",
            "token_type",
            "code_challenge",
            "user_code",
            "client_id",
            "session",
            "error_code",
            "auth0",
            "env",
        ] {
            assert_eq!(announces(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_of_a_value_is_no_secret() {
        for (name, value) in [
            ("TIDELINE_ACCESS_TOKEN", "TOKEN"),
            ("ACME_API_KEY", "API_KEYY"),
            ("GITHUB_ACCESS_TOKEN", "acces_token"),
            ("ACME_CLIENT_SECRET", "CLIENT_SECRET"),
            ("access_token", "ACME_TOKEN"),
        ] {
            assert!(is_name_of_value(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("ACME_API_KEY", "KX7QZ2"),
            ("ACME_API_KEY", "qwertzuiop"),
            ("ACME_CLIENT_SECRET", "HUNTER"),
            ("ACME_API_KEY", "QWERTZUIOPASDFGHJKL"),
            ("access_token", "QWERTZUIOP"),
            ("access_token", "acme_token"),
            ("client_secret", "ACME_SECRET"),
        ] {
            assert!(!is_name_of_value(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn error_codes_are_plain_words_and_authorization_codes_are_not() {
        for word in
            ["invalid_grant", "InvalidAuthenticationToken", "AADSTS50011", "E0000021", "404", "oauth2_required_v2"]
        {
            assert!(is_plain_word(word), "{word}");
        }
        for code in ["SplxlOBeZQQYbYS6WxSbIA", "1a2b3c4d5e6f7a8b9c0d", "qMlzVfTnBdKs", "4/0AbCdEf-123xyz", "x9f3"] {
            assert!(!is_plain_word(code), "{code}");
        }
    }
}
