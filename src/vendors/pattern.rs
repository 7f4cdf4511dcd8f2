//! An address with gaps: `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token`. A gap stands for one or more
//! characters without a slash; `{host}` for a whole host, with what a server may have before its paths.

use serde::{Deserialize, Deserializer, de};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// What is before the first gap, then each gap with what follows it.
    head: String,
    gaps: Vec<(String, String)>,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split('{');
        let head = parts.next().unwrap_or_default().to_owned();
        let gap = |part: &str| {
            let (name, rest) = part.split_once('}').ok_or("a { that is not closed")?;
            let named = !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
            if named { Ok((name.to_owned(), rest.to_owned())) } else { Err("a gap has a name of small letters") }
        };
        let gaps: Vec<(String, String)> = parts.map(gap).collect::<Result<_, &str>>()?;
        let (last, inner) = gaps.split_last().map_or((None, &[][..]), |(last, inner)| (Some(last), inner));
        if inner.iter().any(|(_, rest)| rest.is_empty()) {
            return Err("two gaps in a row".to_owned());
        }
        if !head.starts_with("https://") || last.is_some_and(|(name, rest)| name == "host" && rest.is_empty()) {
            return Err("it is no https address".to_owned());
        }
        Ok(Self { text: text.to_owned(), head, gaps })
    }

    /// As written in the vendor's record.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It has no gap.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty()
    }

    pub fn matches(&self, url: &str) -> bool {
        self.read(url).is_some()
    }

    /// What stands in its gaps, where this address fits. `url` is as the `url` crate writes it, without query and fragment.
    pub fn read<'p, 'u>(&'p self, url: &'u str) -> Option<Vec<(&'p str, &'u str)>> {
        let mut rest = url.strip_prefix(self.head.as_str())?;
        let mut read = Vec::new();
        for (at, (name, then)) in self.gaps.iter().enumerate() {
            let is_last = at + 1 == self.gaps.len();
            // The last gap takes what is left before the ending, another one as little as it can.
            let end =
                if is_last { rest.strip_suffix(then.as_str())?.len() } else { rest.get(1..)?.find(then.as_str())? + 1 };
            let inside = rest.get(..end)?;
            if inside.is_empty() || name != "host" && inside.contains('/') {
                return None;
            }
            read.push((name.as_str(), inside));
            rest = &rest[end + then.len()..];
        }
        rest.is_empty().then_some(read)
    }

    /// The address with its gaps filled from another one's; what is not known there stays a gap.
    pub fn filled(&self, with: &[(&str, &str)]) -> String {
        let mut text = self.head.clone();
        for (name, then) in &self.gaps {
            match with.iter().find(|(known, _)| known == name) {
                Some((_, value)) => text.push_str(value),
                None => text.extend(["{", name, "}"]),
            }
            text.push_str(then);
        }
        text
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(|why| de::Error::custom(format!("{text}: {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn reads(pattern: &str, url: &str) -> Option<Vec<(String, String)>> {
        let pattern = Pattern::parse(pattern).unwrap();
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        pattern.read(url).map(|read| read.into_iter().map(owned).collect())
    }

    #[test]
    fn a_whole_address_is_itself_and_nothing_else() {
        let whole = "https://github.com/login/oauth/authorize";
        assert_eq!(reads(whole, whole), Some(vec![]));
        for other in
            ["https://github.com/login/oauth/authorize/", "https://github.com/login/oauth", "https://github.com"]
        {
            assert_eq!(reads(whole, other), None, "{other}");
        }
    }

    #[test]
    fn a_gap_holds_one_step_and_its_content_is_told() {
        let tenant = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let read = reads(tenant, "https://login.microsoftonline.com/common/oauth2/v2.0/token");
        assert_eq!(read, Some(vec![pair("tenant", "common")]));
        assert_eq!(reads(tenant, "https://login.microsoftonline.com/a/b/oauth2/v2.0/token"), None);
        assert_eq!(reads(tenant, "https://login.microsoftonline.com//oauth2/v2.0/token"), None);
        let okta = reads("https://{host}/oauth2/{server}/v1/token", "https://a.okta.com/oauth2/default/v1/token");
        assert_eq!(okta, Some(vec![pair("host", "a.okta.com"), pair("server", "default")]));
        let below = reads("https://{host}/oauth/token", "https://acme.example:8443/gitlab/oauth/token");
        assert_eq!(below, Some(vec![pair("host", "acme.example:8443/gitlab")]));
    }

    #[test]
    fn an_address_is_filled_from_another() {
        let token = Pattern::parse("https://{host}/oauth2/{server}/v1/token").unwrap();
        assert_eq!(token.filled(&[("host", "a.okta.com")]), "https://a.okta.com/oauth2/{server}/v1/token");
    }

    #[test]
    fn a_pattern_that_could_not_be_read_is_none() {
        for wrong in
            ["http://a.example/t", "https://a.example/{", "https://a.example/{}", "https://{a}{b}/t", "https://{host}"]
        {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
