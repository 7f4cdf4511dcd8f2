//! The JSON Schema of a rule file, for editors: derived from the registry, the operators and the closed sets of words.

use super::compiled::Op;
use super::{Certainty, Safety, Severity, fix};
use crate::facts::{Kind, Spec, registry};
use serde_json::{Map, Value, json};

/// The schema (draft 2020-12). `labels` are the cause labels.
pub fn schema(labels: &[String]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "authsome-doctor rules",
        "type": "array",
        "items": {"$ref": "#/$defs/rule"},
        "$defs": {
            "rule": rule(labels),
            "condition": condition(),
            "texts": {"type": "array", "items": {"type": "string"}},
            "fix": fix(),
            "case": case(),
        },
    })
}

fn rule(labels: &[String]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "cause", "severity", "title", "when", "explanation", "since", "cases"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "stable, unique, says what is wrong"},
            "cause": {"enum": labels},
            "severity": {"enum": Severity::WORDS},
            "certainty": {"enum": Certainty::WORDS, "default": "certain"},
            "last_resort": {"type": "boolean", "default": false, "description": "asked only where no other rule read anything in the text"},
            "title": {"type": "string", "description": "one line; {fact} and {fact|or \"…\"} stand for facts"},
            "for_each": {"type": "string", "pattern": "^[a-z_.]+( as [a-z_]+)?$", "description": "port.listeners as listener"},
            "when": {"$ref": "#/$defs/condition"},
            "evidence": {"$ref": "#/$defs/texts"},
            "explanation": {"type": "string"},
            "question": {"type": "string", "description": "the one question that would settle the alternatives"},
            "alternatives": {"type": "array", "items": {"enum": labels}},
            "fixes": {"type": "array", "items": {"$ref": "#/$defs/fix"}},
            "explains": {"$ref": "#/$defs/texts"},
            "explained_by": {"$ref": "#/$defs/texts"},
            "at": {"type": "string", "description": "the fact whose place is the finding's"},
            "refs": {"type": "array", "items": {"type": "string", "format": "uri"}},
            "since": {"type": "string"},
            "cases": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/case"}},
        },
    })
}

/// Every fact by its name. Names under `for_each` and `any_item` are the author's, so others are allowed here and
/// checked by `rules lint`.
fn condition() -> Value {
    let mut properties = Map::new();
    for spec in registry::all().filter(|spec| !spec.name.contains("[]")) {
        properties.insert(spec.name.to_owned(), tests(spec));
    }
    for several in ["all", "any"] {
        properties.insert(several.to_owned(), json!({"type": "array", "items": {"$ref": "#/$defs/condition"}}));
    }
    properties.insert("not".to_owned(), json!({"$ref": "#/$defs/condition"}));
    for items in ["any_item", "no_item"] {
        let shape = json!({
            "type": "object",
            "required": ["in", "where"],
            "additionalProperties": false,
            "properties": {"in": {"type": "string"}, "where": {"$ref": "#/$defs/condition"}},
        });
        properties.insert(items.to_owned(), shape);
    }
    json!({"type": "object", "minProperties": 1, "properties": properties})
}

fn tests(spec: &Spec) -> Value {
    let literal = literal(spec);
    let operators: Map<String, Value> = Op::WORDS
        .iter()
        .filter_map(|word| Some((word, Op::from_word(word)?)))
        .map(|(word, op)| ((*word).to_owned(), json!({"description": op.meaning()})))
        .collect();
    json!({
        "description": spec.meaning,
        "anyOf": [
            literal,
            {"type": "array", "items": literal},
            {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": operators},
        ],
    })
}

fn literal(spec: &Spec) -> Value {
    match spec.kind {
        Kind::Text | Kind::Texts if !spec.one_of.is_empty() => json!({"enum": spec.one_of}),
        Kind::Number | Kind::Numbers => json!({"type": "integer"}),
        Kind::Duration => json!({"type": ["integer", "string"], "description": "milliseconds, or 5s, 10min, 2h"}),
        Kind::Truth => json!({"type": "boolean"}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Text | Kind::Texts | Kind::Url | Kind::Records | Kind::Record => json!({"type": "string"}),
    }
}

fn fix() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "title"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "safety": {"enum": Safety::WORDS, "default": "manual"},
            "when": {"$ref": "#/$defs/condition"},
            "run": {"$ref": "#/$defs/texts", "description": "an argument list, never a shell string"},
            "verb": {"type": "object", "minProperties": 1, "maxProperties": 1, "description": "a command of ours, or of the installed authsome in its own words",
                "properties": verbs(), "additionalProperties": false},
            "start_daemon": {"type": "object"},
            "stop_process": {"type": "object", "required": ["pid", "started_at"]},
            "restart_daemon": {"type": "object"},
            "open_url": {"type": "string"},
            "set_env": {"type": ["object", "string"], "description": "null unsets; or a fact that lists variable and value"},
            "edit_file": {"type": "object", "required": ["at"]},
            "remove_file": {"type": "object", "required": ["path"]},
            "move_aside": {"type": "object", "required": ["path"], "description": "renamed beside itself, nothing deleted"},
            "write_file": {"type": "object", "required": ["path", "content"], "description": "what stands there is moved aside first"},
            "chmod": {"type": "object", "required": ["path", "mode"]},
            "retry_with": retry_with(),
            "ask": {"type": "object"},
            "note": {"type": "string"},
        },
    })
}

fn verbs() -> Value {
    let arguments = || json!({"type": ["object", "null"], "description": "arguments by name"});
    fix::OUR_VERBS.iter().chain(fix::THEIR_VERBS).map(|verb| ((*verb).to_owned(), arguments())).collect()
}

/// What a login changes for its next attempt; nothing is "start over".
fn retry_with() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "scopes": {"type": ["array", "string"], "description": "a list, or a fact that is one"},
            "flow": {"enum": fix::FLOWS},
            "redirect_uri": {"type": "string", "description": "empty: leave the parameter out"},
            "port": {"type": ["string", "integer"]},
            "client_authentication": {"enum": fix::CLIENT_AUTHENTICATIONS},
            "code_challenge": {"enum": fix::CODE_CHALLENGES},
        },
    })
}

fn case() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "expect"],
        "properties": {
            "name": {"type": "string"},
            "facts": {"type": "object"},
            "fixture": {"type": "string", "description": "recorded facts, relative to the fixtures folder"},
            "text": {"type": "string", "description": "what somebody said; facts beside it win over what is read in it"},
            "expect": {"enum": ["fires", "silent", "inconclusive"]},
        },
    })
}
