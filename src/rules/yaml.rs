//! YAML with a place for every value: the one file that knows the YAML crate's interface.
//!
//! Bounded against bombs: depth, nodes, aliases and size have limits, duplicate keys are errors.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// Line and column, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Raw,
    pub spot: Spot,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    Null,
    Truth(bool),
    Number(i64),
    Fraction(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    pub spot: Spot,
}

/// Why a text is no YAML that we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    pub spot: Spot,
    pub message: String,
}

/// Rule files are small; what is larger is a mistake or an attack.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads one document.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    if text.len() > MAX_BYTES {
        let message = format!("larger than {} KiB", MAX_BYTES / 1024);
        return Err(YamlError { spot: Spot { line: 1, column: 1 }, message });
    }
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_depth: 64,
            max_nodes: 200_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
        },
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: 20_000 },
        with_snippet: false,
    };
    serde_yaml::from_str_with_options::<Node>(text, options).map_err(|error| {
        let spot = error.location().map(spot).unwrap_or_default();
        let mut message = error.without_snippet().to_string();
        // The place is ours to print.
        if let Some(at) = message.rfind(" at line ").or_else(|| message.rfind(" (line")) {
            message.truncate(at);
        }
        YamlError { spot, message: message.lines().next().unwrap_or_default().to_owned() }
    })
}

#[expect(clippy::cast_possible_truncation, reason = "files of a mebibyte have fewer lines than u32")]
fn spot(location: serde_yaml::Location) -> Spot {
    Spot { line: location.line() as u32, column: location.column() as u32 }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Raw>::deserialize(deserializer)?;
        Ok(Self { value: spanned.value, spot: spot(spanned.referenced) })
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Raw, E> {
        Ok(Raw::Truth(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Raw, E> {
        Ok(Raw::Number(it))
    }

    fn visit_u64<E: serde::de::Error>(self, it: u64) -> Result<Raw, E> {
        i64::try_from(it).map(Raw::Number).map_err(|_| E::custom("a number too large"))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Raw, E> {
        Ok(Raw::Fraction(it))
    }

    fn visit_str<E>(self, it: &str) -> Result<Raw, E> {
        Ok(Raw::Text(it.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Node>()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let key = Key { name: key.value, spot: spot(key.referenced) };
            map.push((key, entries.next_value::<Node>()?));
        }
        Ok(Raw::Map(map))
    }
}

impl Node {
    /// What kind of value this is, for "must be …, not …".
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Raw::Null => "nothing",
            Raw::Truth(_) => "true or false",
            Raw::Number(_) | Raw::Fraction(_) => "a number",
            Raw::Text(_) => "a text",
            Raw::List(_) => "a list",
            Raw::Map(_) => "a mapping",
        }
    }

    /// As JSON, places dropped.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Raw::Null => Json::Null,
            Raw::Truth(it) => Json::Bool(*it),
            Raw::Number(it) => (*it).into(),
            Raw::Fraction(it) => (*it).into(),
            Raw::Text(it) => Json::String(it.clone()),
            Raw::List(items) => items.iter().map(Node::to_json).collect(),
            Raw::Map(map) => Json::Object(map.iter().map(|(k, v)| (k.name.clone(), v.to_json())).collect()),
        }
    }

    /// The spot of what an RFC 6901 pointer names; of the nearest that exists.
    pub fn spot_of(&self, pointer: &str) -> Spot {
        let mut node = self;
        let mut spot = self.spot;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let inner = match &node.value {
                Raw::Map(map) => map.iter().find(|(k, _)| k.name == part).map(|(k, v)| (k.spot, v)),
                Raw::List(items) => part.parse().ok().and_then(|i: usize| items.get(i)).map(|n| (n.spot, n)),
                _ => None,
            };
            let Some((found, inner)) = inner else { break };
            spot = found;
            node = inner;
        }
        spot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_and_key_has_its_place() {
        let node = parse("- id: a\n  when:\n    port.number: 7998\n").unwrap();
        assert_eq!(node.spot_of("/0/when/port.number"), Spot { line: 3, column: 5 });
        let Raw::List(items) = &node.value else { panic!("a list") };
        let Raw::Map(map) = &items[0].value else { panic!("a mapping") };
        assert_eq!(map[0].1.spot, Spot { line: 1, column: 7 });
    }

    #[test]
    fn a_quoted_number_stays_a_text() {
        let node = parse("a: \"7\"\nb: 7\nc: 0.1.0\n").unwrap();
        assert_eq!(node.to_json(), serde_json::json!({"a": "7", "b": 7, "c": "0.1.0"}));
    }

    #[test]
    fn a_duplicate_key_is_an_error_with_its_place() {
        let error = parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!(error.spot.line, 3, "{error:?}");
        assert!(error.message.contains("duplicate"), "{error:?}");
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let before = format!("*a{}", n - 1);
            text.push_str(&format!("a{n}: &a{n} [{}]\n", [before.as_str(); 9].join(", ")));
        }
        assert!(parse(&text).is_err());
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(500), "]".repeat(500))).is_err());
    }
}
