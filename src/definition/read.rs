//! Bytes to a [`Document`], exactly as authsome reads them: JSON with `//` and `/* */`, no trailing comma, no byte order
//! mark. The one file that knows the parser's crate.

use super::document::{Document, Member, Node, Ruler, Tree};
use super::scan::{self, Offence, TooMuch};
use super::stumble;
use crate::facts::Place;
use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind};
use std::borrow::Cow;
use std::sync::Arc;

/// The largest definition that is read, in bytes. The largest bundled one has 4 KiB.
pub const LIMIT: u64 = 1024 * 1024;

/// Why a definition cannot be read, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Broken {
    pub kind: Kind,
    /// A phrase without the place.
    pub message: String,
    /// What to write instead, where that is known.
    pub advice: Option<&'static str>,
    pub place: Place,
}

/// What kind of fault keeps a definition from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    TooLarge,
    TooDeep,
    NotUtf8,
    ByteOrderMark,
    Empty,
    TrailingComma,
    /// Half of a character: Python reads it, and nobody can store it.
    HalfCharacter,
    Syntax,
}

impl Kind {
    pub const WORDS: &'static [&'static str] = &[
        "too_large",
        "too_deep",
        "not_utf8",
        "byte_order_mark",
        "empty",
        "trailing_comma",
        "half_character",
        "syntax",
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// Reads a definition; `file` is only its name for people.
pub fn read(bytes: &[u8], file: &str) -> Result<Document, Box<Broken>> {
    let file = &Arc::from(file);
    let text = decode(bytes, file)?;
    let broken = |kind, at: usize, message: String| {
        let place = Ruler::new(text).spot(at, at).place(file, "");
        Box::new(Broken { kind, message, advice: None, place })
    };
    let looked = scan::look(text).map_err(|(at, too_much)| match too_much {
        TooMuch::Depth => broken(Kind::TooDeep, at, format!("nested deeper than {} levels", scan::MAX_DEPTH)),
        TooMuch::Values => broken(Kind::TooLarge, at, format!("more than {} values", scan::MAX_VALUES)),
    })?;
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &AS_AUTHSOME);
    let syntax = parsed.as_ref().err().map(|error| error.range().start);
    if let Some((at, offence)) = looked.offence.filter(|(at, _)| syntax.is_none_or(|syntax| *at <= syntax)) {
        return Err(broken(Kind::Syntax, at, offence_in_words(offence)));
    }
    let parsed = parsed.map_err(|error| {
        let (kind, at) = (kind_of(&error), error.range().start);
        // What stands there may have a name that says more than the parser does.
        match stumble::known(text, at).filter(|_| kind == Kind::Syntax) {
            Some((what, advice)) => Box::new(Broken { advice: Some(advice), ..*broken(kind, at, what.to_owned()) }),
            None => broken(kind, at, error_in_words(&error)),
        }
    });
    let value = parsed?.value;
    let Some(value) = value else {
        return Err(broken(Kind::Empty, text.len(), "there is nothing but white space and comments".to_owned()));
    };
    let root = node(value, &mut Ruler::new(text));
    if let Some(at) = looked.long_key {
        return Err(broken(Kind::TooLarge, at, format!("a key of more than {} bytes", scan::LONGEST_KEY)));
    }
    let comments = looked.comments;
    let first_comment = comments.first().map(|comment| Ruler::new(text).spot(comment.start, comment.start));
    Ok(Document { file: Arc::clone(file), text: text.to_owned(), root, first_comment, comments })
}

/// What a file is that is larger than [`LIMIT`]: the caller stopped reading there.
pub fn too_large(file: &str) -> Box<Broken> {
    let place = Place { file: file.into(), line: 1, column: 1, pointer: Cow::Borrowed("") };
    Box::new(Broken { kind: Kind::TooLarge, message: format!("larger than {} KiB", LIMIT / 1024), advice: None, place })
}

const AS_AUTHSOME: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    // Python's json reads NaN and Infinity.
    allow_non_finite_numbers: true,
    allow_extended_string_escapes: false,
};

fn decode<'a>(bytes: &'a [u8], file: &Arc<str>) -> Result<&'a str, Box<Broken>> {
    if bytes.len() as u64 > LIMIT {
        return Err(too_large(file));
    }
    let broken = |kind, before: &[u8], message: &str| {
        let text = String::from_utf8_lossy(before);
        let place = Ruler::new(&text).spot(text.len(), text.len()).place(file, "");
        Box::new(Broken { kind, message: message.to_owned(), advice: None, place })
    };
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        let message = "begins with a byte order mark (U+FEFF), which authsome refuses";
        return Err(broken(Kind::ByteOrderMark, &[], message));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(broken(Kind::NotUtf8, &[], "is UTF-16; authsome reads UTF-8 only"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("is not UTF-8: byte 0x{:02X}", bytes[at]);
        broken(Kind::NotUtf8, &bytes[..at], &message)
    })
}

fn offence_in_words(offence: Offence) -> String {
    match offence {
        Offence::StringNotClosed => "this string is not closed on its line".to_owned(),
        Offence::ControlCharacter(c) => {
            format!("the control character U+{:04X} stands in a string unescaped", u32::from(c))
        }
        Offence::WhiteSpace(c) => format!("U+{:04X} is no white space in JSON", u32::from(c)),
    }
}

fn kind_of(error: &ParseError) -> Kind {
    match error.kind() {
        ParseErrorKind::TrailingCommasNotAllowed => Kind::TrailingComma,
        ParseErrorKind::NestingDepthExceeded => Kind::TooDeep,
        ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(what))
            if what.contains("unpaired") =>
        {
            Kind::HalfCharacter
        }
        _ => Kind::Syntax,
    }
}

fn error_in_words(error: &ParseError) -> String {
    match error.kind() {
        ParseErrorKind::TrailingCommasNotAllowed => "a comma before the closing bracket".to_owned(),
        ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(what))
            if what.contains("unpaired") =>
        {
            let digits = what.split(' ').next().unwrap_or_default();
            format!("\\u{digits} is one half of a character, and the other half is missing")
        }
        ParseErrorKind::ExpectedStringObjectProperty => "a key stands in double quotes".to_owned(),
        ParseErrorKind::ExpectedComma => "a comma is missing here".to_owned(),
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon is missing behind this key".to_owned(),
        ParseErrorKind::UnexpectedToken | ParseErrorKind::UnexpectedWord => {
            "a value of JSON is wanted here: a text in double quotes, a number, true, false, null, a list or an object"
                .to_owned()
        }
        ParseErrorKind::UnexpectedTokenInObject => "a key in double quotes is wanted here".to_owned(),
        ParseErrorKind::UnexpectedCloseBrace | ParseErrorKind::UnexpectedCloseBracket => {
            "this closes what is not open, or not the last that was opened".to_owned()
        }
        ParseErrorKind::MultipleRootJsonValues => "something follows after the end of the definition".to_owned(),
        ParseErrorKind::UnterminatedObject => "this object is never closed".to_owned(),
        ParseErrorKind::UnterminatedArray => "this list is never closed".to_owned(),
        ParseErrorKind::UnterminatedCommentBlock => "this comment is never closed".to_owned(),
        other => {
            let words = other.to_string();
            let mut letters = words.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// Recursion is bounded by [`scan::MAX_DEPTH`].
fn node(value: Value<'_>, ruler: &mut Ruler<'_>) -> Node {
    let range = value.range();
    let spot = ruler.spot(range.start, range.end);
    let value = match value {
        Value::NullKeyword(_) => Tree::Null,
        Value::BooleanLit(it) => Tree::Truth(it.value),
        Value::NumberLit(it) => Tree::Number(it.value.to_owned()),
        Value::StringLit(it) => Tree::Text(it.value.into_owned()),
        Value::Array(it) => Tree::List(it.elements.into_iter().map(|item| node(item, ruler)).collect()),
        Value::Object(it) => Tree::Object(
            it.properties
                .into_iter()
                .map(|property| {
                    let range = property.name.range();
                    let key = match property.name {
                        ObjectPropName::String(name) => name.value.into_owned(),
                        ObjectPropName::Word(name) => name.value.to_owned(),
                    };
                    let key_spot = ruler.spot(range.start, range.end);
                    Member { key, key_spot, value: node(property.value, ruler) }
                })
                .collect(),
        ),
    };
    Node { value, spot }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
