//! Request parameters as RFC 6749 has them: `application/x-www-form-urlencoded`, each at most once, empty means absent.

/// The parameters of a query or a form body.
#[derive(Clone)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(encoded: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(encoded);
        Self(pairs.into_owned().filter(|(_, value)| !value.is_empty()).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// The first parameter that is given twice, which RFC 6749, 3.1 and 3.2 forbid.
    pub fn repeated(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|(key, _)| key.as_str());
        let mut seen = std::collections::HashSet::new();
        names.find(|name| !seen.insert(*name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_without_a_value_counts_as_absent() {
        assert_eq!(Params::parse(b"state=&scope=a+b").get("state"), None);
        assert_eq!(Params::parse(b"state=&scope=a+b").get("scope"), Some("a b"));
    }

    #[test]
    fn a_parameter_given_twice_is_noticed() {
        assert_eq!(Params::parse(b"a=1&b=2&a=3").repeated(), Some("a"));
        assert_eq!(Params::parse(b"a=1&b=2").repeated(), None);
    }
}
