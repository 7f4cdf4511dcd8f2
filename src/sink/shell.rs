//! Words as a POSIX shell reads them, for lines that a person types.

/// A word that the shell takes as it is, in quotes where it needs them.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+‹›".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The line that sets a variable, or takes it away.
pub fn set_variable(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("unset {name}"), |value| format!("export {name}={}", quote(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_blanks_stays_one_word() {
        assert_eq!(set_variable("SSL_CERT_FILE", Some("/my files/ca.pem")), "export SSL_CERT_FILE='/my files/ca.pem'");
        assert_eq!(set_variable("HTTPS_PROXY", None), "unset HTTPS_PROXY");
    }
}
