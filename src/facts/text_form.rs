//! The document as JSON: what `--save-facts` writes, `--facts` and rule cases read.

use super::{Entry, Fact, Facts, Kind, Place, Record, Value, registry};
use serde_json::{Map, Value as Json, json};

/// Why a facts file cannot be read, and where (RFC 6901 pointer).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    pub pointer: String,
    pub message: String,
}

fn fail<T>(pointer: &str, message: impl Into<String>) -> Result<T, ReadError> {
    Err(ReadError { pointer: pointer.to_owned(), message: message.into() })
}

/// Reads a document; every name and type is held against the registry.
pub fn read(json: &Json) -> Result<Facts, ReadError> {
    let Json::Object(sections) = json else {
        return fail("", "a facts document is a mapping of sections");
    };
    let root = read_record("", sections, "")?;
    Ok(Facts { root })
}

fn read_record(name: &str, fields: &Map<String, Json>, pointer: &str) -> Result<Record, ReadError> {
    let mut record = Record::new();
    for (field, json) in fields {
        let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
        let pointer = format!("{pointer}/{}", field.replace('~', "~0").replace('/', "~1"));
        record.put(field.to_owned(), read_entry(&name, json, &pointer)?);
    }
    Ok(record)
}

fn read_entry(name: &str, json: &Json, pointer: &str) -> Result<Entry, ReadError> {
    if !registry::known_prefix(name) {
        let near = if name.contains('.') { registry::nearest(name) } else { registry::nearest_section(name) };
        let near = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
        return fail(pointer, format!("there is no fact {name}{near}"));
    }
    let fact = match json {
        Json::Null => Fact::Absent,
        Json::Object(map) if map.contains_key("$unknown") => match (map.len(), &map["$unknown"]) {
            (1, Json::String(reason)) => Fact::Unknown(reason.clone()),
            _ => return fail(pointer, "$unknown stands alone and is a text: the reason"),
        },
        Json::Object(map) if map.contains_key("$value") => {
            if let Some(other) = map.keys().find(|k| *k != "$value" && *k != "$place") {
                return fail(pointer, format!("beside $value stands only $place, not {other}"));
            }
            let mut entry = read_entry(name, &map["$value"], &format!("{pointer}/$value"))?;
            if let Some(place) = map.get("$place") {
                let place: Place = serde_json::from_value(place.clone())
                    .or_else(|e| fail(&format!("{pointer}/$place"), format!("not a place: {e}")))?;
                entry.place = Some(place);
            }
            return Ok(entry);
        }
        other => Fact::Known(read_value(name, other, pointer)?),
    };
    Ok(fact.into())
}

fn read_value(name: &str, json: &Json, pointer: &str) -> Result<Value, ReadError> {
    let spec = registry::find(name);
    if let Json::Object(map) = json {
        let is_record = spec.map_or_else(|| registry::known_prefix(&format!("{name}.")), |s| s.kind == Kind::Record);
        if !is_record {
            return fail(pointer, format!("{name} is not a record"));
        }
        return Ok(Value::Record(read_record(name, map, pointer)?));
    }
    let Some(spec) = spec else {
        return fail(pointer, format!("{name} is a section: a mapping of facts"));
    };
    let value = match (spec.kind, json) {
        (Kind::Text | Kind::Url, Json::String(text)) => {
            if !spec.one_of.is_empty() && !spec.one_of.contains(&text.as_str()) {
                return fail(pointer, format!("{name} is one of {}, not {text:?}", spec.one_of.join(", ")));
            }
            Value::Text(text.clone())
        }
        (Kind::Number | Kind::Duration, Json::Number(number)) => match number.as_i64() {
            Some(number) => Value::Number(number),
            None => return fail(pointer, format!("{name} is a whole number")),
        },
        (Kind::Truth, Json::Bool(truth)) => Value::Truth(*truth),
        (Kind::Time, Json::String(text)) => match text.parse() {
            Ok(time) => Value::Time(time),
            Err(_) => {
                return fail(pointer, format!("{name} is a time in RFC 3339, like 2026-11-22T09:20:46Z"));
            }
        },
        (Kind::Texts | Kind::Numbers | Kind::Records, Json::Array(items)) => {
            let mut list = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                list.push(read_item(spec.kind, name, item, &format!("{pointer}/{index}"))?);
            }
            Value::List(list)
        }
        (kind, _) => return fail(pointer, format!("{name} must be {}", kind.in_words())),
    };
    Ok(value)
}

fn read_item(kind: Kind, name: &str, json: &Json, pointer: &str) -> Result<Entry, ReadError> {
    if let Json::Object(map) = json
        && map.contains_key("$value")
        && let Some(value) = map.get("$value")
    {
        let mut entry = read_item(kind, name, value, pointer)?;
        entry.place = map.get("$place").and_then(|p| serde_json::from_value(p.clone()).ok());
        return Ok(entry);
    }
    match (kind, json) {
        (Kind::Texts, Json::String(text)) => Ok(text.as_str().into()),
        (Kind::Numbers, Json::Number(number)) if number.is_i64() => Ok(number.as_i64().unwrap_or_default().into()),
        (Kind::Records, Json::Object(map)) => Ok(read_record(&format!("{name}[]"), map, pointer)?.into()),
        _ => fail(pointer, format!("an item of {name} has the wrong type")),
    }
}

impl Facts {
    /// The document as JSON. Nothing is redacted here: that is the sink's work.
    pub fn to_json(&self) -> Json {
        record_to_json(&self.root)
    }
}

fn record_to_json(record: &Record) -> Json {
    Json::Object(record.iter().map(|(name, entry)| (name.to_owned(), entry_to_json(entry))).collect())
}

fn entry_to_json(entry: &Entry) -> Json {
    let json = match &entry.fact {
        Fact::Absent => Json::Null,
        Fact::Unknown(reason) => json!({"$unknown": reason}),
        Fact::Known(value) => value.to_json(),
    };
    match &entry.place {
        Some(place) => json!({"$value": json, "$place": place}),
        None => json,
    }
}

impl Value {
    pub fn to_json(&self) -> Json {
        match self {
            Value::Text(text) => json!(text),
            Value::Number(number) => json!(number),
            Value::Truth(truth) => json!(truth),
            Value::Time(time) => json!(time.to_string()),
            Value::List(list) => list.iter().map(entry_to_json).collect(),
            Value::Record(record) => record_to_json(record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_being_written_and_read() {
        let json = json!({
            "port": {
                "number": 7998,
                "listeners": [{"address": "127.0.0.1", "owner": {"$unknown": "belongs to another user"}}],
            },
            "definition": {"name": {"$value": "acme", "$place": {"file": "a.json", "line": 2, "column": 5, "pointer": "/name"}}},
            "machine": {"now": "2026-11-22T09:20:46Z", "container": null},
        });
        let facts = read(&json).unwrap();
        let again: Json = serde_json::from_str(&facts.to_json().to_string()).unwrap();
        assert_eq!(again, json);
    }

    #[test]
    fn an_unknown_fact_is_refused_with_the_nearest_name_and_its_place() {
        let error = read(&json!({"port": {"numbr": 7998}})).unwrap_err();
        assert_eq!(error.pointer, "/port/numbr");
        assert!(error.message.contains("port.number"), "{}", error.message);
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let error = read(&json!({"port": {"number": "7998"}})).unwrap_err();
        assert_eq!(error.message, "port.number must be a whole number");
    }

    #[test]
    fn a_value_outside_its_closed_set_is_refused() {
        let error = read(&json!({"port": {"configured_by": "magic"}})).unwrap_err();
        assert_eq!(error.pointer, "/port/configured_by");
    }
}
