//! Names and values: JSON and its cousins (Python, Ruby, JavaScript, Go, Java), whole, embedded in a log line, inside a
//! string, or cut off; and the same without braces, one pair a line, as pages and tools print them.

use super::keys::{self, Role};
use super::literal::Literals;
use super::reading::{MOST_PARTS, Part, Reading, may_hold_an_error};
use super::{Origin, codes, html, pair};

/// Deeper nesting than this is counted, not remembered.
const DEEPEST: usize = 64;
const LONGEST_NAME: usize = 40;
const SHORTEST_NAME: usize = 3;
/// How much is read of a value that no quote ends.
const LONGEST_BARE: usize = 600;
/// How many such values may overlap: `error: token: error: …`.
const MOST_OVERLAPPING: usize = 8;

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let walk = Walk {
        text,
        origin,
        at: 0,
        literals: Literals::new(text),
        nesting: Vec::new(),
        deeper: 0,
        objects: 0,
        parts: Vec::new(),
        braces: false,
        bare: (0, 0),
    };
    walk.run(reading);
}

struct Walk<'t> {
    text: &'t str,
    origin: Origin,
    at: usize,
    literals: Literals<'t>,
    /// For each open bracket: its object, and the role of the name before it.
    nesting: Vec<(u32, Option<Role>)>,
    deeper: usize,
    objects: u32,
    parts: Vec<Part>,
    /// The parts were met inside brackets.
    braces: bool,
    /// Up to here the last value without quotes or brackets goes, and how many were read up to here.
    bare: (usize, usize),
}

impl Walk<'_> {
    fn run(mut self, reading: &mut Reading) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).copied() {
            match byte {
                b'[' => self.bracket(reading),
                b'{' => self.open(None),
                b'}' | b']' => self.shut(reading),
                b'"' | b'\'' | b'`' | b'\\' => self.quoted(reading),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(reading),
                b'<' => self.element(reading),
                b'0'..=b'9' => self.digits(reading),
                // After a blank line nothing goes on, whatever brackets are open.
                b'\n' if bytes.get(self.at + 1) == Some(&b'\n') => {
                    self.finish(reading);
                    self.nesting.clear();
                    self.deeper = 0;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.finish(reading);
    }

    /// A list, or PHP's `[name] => value`.
    fn bracket(&mut self, reading: &mut Reading) {
        match pair::in_brackets(self.text, self.at) {
            Some((role, after)) => {
                let bytes = self.text.as_bytes();
                let white = bytes[after..].iter().take(32).take_while(|b| b.is_ascii_whitespace()).count();
                self.value(role, after + white, reading);
            }
            None => self.open(None),
        }
    }

    fn element(&mut self, reading: &mut Reading) {
        let Some((role, begin, end)) = pair::element(self.text, self.at) else {
            self.at += 1;
            return;
        };
        let value = html::entities(&self.text[begin..end]).into_owned();
        let object = self.object();
        self.part(role, value, begin, object, true, reading);
        self.at = begin;
    }

    /// A number in a list that has a role: `"error_codes": [50011]`.
    fn digits(&mut self, reading: &mut Reading) {
        let begin = self.at;
        let bytes = self.text.as_bytes();
        self.at += bytes[begin..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if let Some((_, Some(Role::Number))) = self.nesting.last() {
            self.item(&self.text[begin..self.at], begin, true, reading);
        }
    }

    fn object(&self) -> u32 {
        self.nesting.last().map_or(0, |(object, _)| *object)
    }

    fn open(&mut self, role: Option<Role>) {
        self.at += 1;
        if self.nesting.len() < DEEPEST {
            self.objects += 1;
            self.nesting.push((self.objects, role));
        } else {
            self.deeper += 1;
        }
    }

    fn shut(&mut self, reading: &mut Reading) {
        self.at += 1;
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if self.nesting.pop().is_some() && self.nesting.is_empty() {
            self.finish(reading);
        }
    }

    /// What was met so far belongs together.
    fn finish(&mut self, reading: &mut Reading) {
        let found_in = if self.braces { "json" } else { "text" };
        if !self.parts.is_empty() {
            reading.add(&mut self.parts, found_in);
        }
        self.braces = false;
    }

    fn quoted(&mut self, reading: &mut Reading) {
        let begin = self.at;
        let bytes = self.text.as_bytes();
        // An apostrophe inside a word opens nothing.
        let in_word = bytes[begin] == b'\'' && begin > 0 && bytes[begin - 1].is_ascii_alphanumeric();
        let literal = if in_word { None } else { self.literals.at(begin, false) };
        let Some(literal) = literal else {
            // A run of backslashes is walked over at once.
            let run = bytes[begin..].iter().take_while(|b| **b == b'\\').count();
            self.at += run.max(1);
            return;
        };
        // The end of one value and the beginning of the next, where the text begins in the middle.
        if !literal.raw.is_empty() && literal.raw.bytes().all(|b| b" :,=>.\\".contains(&b)) {
            self.at += bytes[begin..].iter().take_while(|b| **b == b'\\').count() + 1;
            return;
        }
        self.at = literal.end;
        let tuple = || pair::in_tuple(bytes, begin, literal.end);
        if let Some(after) = pair::separator(bytes, self.at).or_else(tuple) {
            let role = keys::role(&literal.raw);
            self.value(role, after, reading);
        } else {
            if matches!(self.nesting.last(), Some((_, Some(_)))) {
                self.item(&literal.value(), begin, true, reading);
            }
            if may_hold_an_error(&literal.raw) {
                reading.look_into(&literal.value(), begin, self.origin);
            }
        }
    }

    fn word(&mut self, reading: &mut Reading) {
        let begin = self.at;
        let bytes = self.text.as_bytes();
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        self.at += bytes[begin..].iter().take_while(|b| is_word(b)).count();
        let word = &self.text[begin..self.at];
        if !(SHORTEST_NAME..=LONGEST_NAME).contains(&word.len()) {
            return;
        }
        let keyword = || pair::of_keyword(bytes, begin, self.at);
        let in_table = || pair::in_table(bytes, begin, self.at);
        let Some(after) = pair::separator(bytes, self.at).or_else(keyword).or_else(in_table) else {
            return;
        };
        let in_url = bytes[self.at] == b'=' && begin > 0 && matches!(bytes[begin - 1], b'?' | b'&' | b'#' | b';');
        let role = keys::role(word.rsplit('.').next().unwrap_or(word));
        if role.is_none() || in_url || self.begins_form(after) {
            return;
        }
        self.value(role, after, reading);
    }

    /// Is it the first parameter of a form (`error=x&…`), which is read as one?
    fn begins_form(&self, after: usize) -> bool {
        let bytes = self.text.as_bytes();
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',');
        bytes[after - 1] == b'=' && bytes[after..].iter().take(80).take_while(|b| !ends(b)).any(|b| *b == b'&')
    }

    /// A value in a list that has a role: `"error_codes": [50011]`, `"messages": ["…"]`.
    fn item(&mut self, value: &str, at: usize, exact: bool, reading: &mut Reading) {
        if let Some((object, Some(role))) = self.nesting.last().copied() {
            self.part(role, value.to_owned(), at, object, exact, reading);
        }
    }

    /// The value of a name, from `after` on.
    fn value(&mut self, role: Option<Role>, mut after: usize, reading: &mut Reading) {
        let bytes = self.text.as_bytes();
        if !self.nesting.is_empty() {
            after += bytes[after..].iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
        }
        after = pair::unwrapped(bytes, after);
        self.at = after;
        match bytes.get(after) {
            Some(b'{' | b'[') => self.open(role),
            Some(b'"' | b'\'' | b'`' | b'\\') => {
                let Some(literal) = self.literals.of_value(after, role.is_some()) else {
                    self.at += 1;
                    return;
                };
                self.at = literal.end;
                if let Some(role) = role {
                    let object = self.object();
                    self.part(role, literal.value().into_owned(), after, object, true, reading);
                }
                if may_hold_an_error(&literal.raw) {
                    reading.look_into(&literal.value(), after, self.origin);
                }
            }
            Some(_) => {
                if let Some(role) = role {
                    self.bare(role, after, reading);
                }
            }
            None => {}
        }
    }

    /// A value without quotes: a number, `True`, a Go or Java value inside brackets, or the rest of a line.
    fn bare(&mut self, role: Role, begin: usize, reading: &mut Reading) {
        let rest = &self.text[begin..];
        let object = self.nesting.last().map(|(object, _)| *object);
        let value = match object {
            Some(_) => inside_brackets(&rest[..rest.floor_char_boundary(LONGEST_BARE)]),
            None => {
                let Some(end) = self.end_of_bare(begin) else { return };
                &self.text[begin..end]
            }
        };
        let value = value.trim();
        // PHP on one line: `[error] => … [error_description] => … )`.
        let in_brackets = self.text[..begin].ends_with("=> ");
        let next = if in_brackets { value.find(" [").filter(|at| value[*at..].contains("] =>")) } else { None };
        let value = &value[..next.unwrap_or(value.len())];
        let value = value.strip_suffix(" )").or_else(|| value.strip_suffix(" |")).unwrap_or(value).trim();
        // YAML goes on in the next line.
        if [">-", ">", "|", "|-"].contains(&value) {
            self.at = begin + value.len();
            self.at += self.text.as_bytes()[self.at..].iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
            let line = self.text[self.at..].split('\n').next().unwrap_or_default();
            let line = line[..line.floor_char_boundary(LONGEST_BARE)].trim();
            let at = self.at;
            return self.part(role, line.to_owned(), at, object.unwrap_or(0), true, reading);
        }
        if matches!(role, Role::Code | Role::CodeOrSecret) && (object.is_none() || value.contains(' ')) {
            let (code, told) = split_code(value);
            if let Some(code) = code {
                self.part(role, code.to_owned(), begin, object.unwrap_or(0), told.is_empty(), reading);
            }
            if !told.is_empty() && role == Role::Code {
                self.part(Role::Description, told.to_owned(), begin, object.unwrap_or(0), false, reading);
            }
        } else {
            self.part(role, value.to_owned(), begin, object.unwrap_or(0), true, reading);
        }
        // What stands in the value may itself be names and values: it is walked over like the rest.
        self.at = begin;
        if object.is_some() {
            self.at += value.len();
        }
    }

    /// Where a value ends that has only its line, none where too many overlap.
    fn end_of_bare(&mut self, begin: usize) -> Option<usize> {
        if begin >= self.bare.0 {
            let rest = &self.text[begin..];
            let rest = &rest[..rest.floor_char_boundary(LONGEST_BARE)];
            self.bare = (begin + rest.find('\n').unwrap_or(rest.len()), 0);
        }
        self.bare.1 += 1;
        (self.bare.1 <= MOST_OVERLAPPING).then_some(self.bare.0)
    }

    fn part(&mut self, role: Role, value: String, offset: usize, object: u32, exact: bool, reading: &mut Reading) {
        // Outside of brackets a second code begins another error.
        if object == 0 && role == Role::Code && self.parts.iter().any(|part| part.role == Role::Code) {
            self.finish(reading);
        }
        self.braces |= object > 0;
        if self.parts.len() < MOST_PARTS {
            self.parts.push(Part { role, value, at: self.origin.of(offset), object, exact });
        }
    }
}

/// Up to the comma or bracket that ends it, or to the next name (Go prints `map[error:… error_description:…]`).
fn inside_brackets(rest: &str) -> &str {
    let end = rest.find([',', '}', ']', '\n']).unwrap_or(rest.len());
    // PowerShell: `@{error=invalid_grant; error_description=…}`.
    let end = rest[..end].find("; ").unwrap_or(end);
    let value = &rest[..end];
    for (blank, _) in value.match_indices(' ') {
        let next = &value[blank + 1..];
        let name_end = next.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(next.len());
        if next[name_end..].starts_with([':', '=']) && keys::role(&next[..name_end]).is_some() {
            return &value[..blank];
        }
    }
    value
}

/// `invalid_grant: Bad Request` and `access_denied (the user refused)` into code and words; a sentence has no code.
fn split_code(value: &str) -> (Option<&str>, &str) {
    let end = value.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(value.len());
    let (first, rest) = value.split_at(end);
    let told = rest.trim_start_matches([' ', ':', '-', '—', '–', ',', '.', '(']).trim_end_matches(')');
    let told = if told.contains(char::is_alphanumeric) { told } else { "" };
    if told.is_empty()
        || first.contains('_')
        || codes::find(first).is_some_and(|code| !code.is_ordinary())
        || first.chars().all(|c| c.is_ascii_digit())
    {
        (Some(first), told)
    } else {
        (None, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, String)> {
        let mut reading = Reading::default();
        read(text, Origin::top(), &mut reading);
        let pair = |s: super::super::reading::Said| (s.code.unwrap_or_default(), s.description.unwrap_or_default());
        reading.said().map(pair).collect()
    }

    fn one(code: &str, description: &str) -> Vec<(String, String)> {
        vec![(code.to_owned(), description.to_owned())]
    }

    #[test]
    fn an_error_is_read_in_the_dialect_of_every_language() {
        let expected = one("invalid_grant", "Bad Request");
        for text in [
            r#"{"error":"invalid_grant","error_description":"Bad Request"}"#,
            r"{'error': 'invalid_grant', 'error_description': 'Bad Request'}",
            r#"b'{"error":"invalid_grant","error_description":"Bad Request"}'"#,
            r#"{:error=>"invalid_grant", :error_description=>"Bad Request"}"#,
            r"{ error: 'invalid_grant', error_description: 'Bad Request' }",
            r#"{error: "invalid_grant", error_description: "Bad Request"}"#,
            r"map[error:invalid_grant error_description:Bad Request]",
            r"OAuth2Error{error=invalid_grant, error_description=Bad Request}",
            r#"%{"error" => "invalid_grant", "error_description" => "Bad Request"}"#,
            r#"{\"error\":\"invalid_grant\",\"error_description\":\"Bad Request\"}"#,
            r#"response body: "{\"error\":\"invalid_grant\",\"error_description\":\"Bad Request\"}""#,
            r#"2026-03-02 12:00:01 ERROR token refresh: {"error":"invalid_grant","error_description":"Bad Request"} (3)"#,
            "error: invalid_grant\nerror_description: Bad Request",
            "Array\n(\n    [error] => invalid_grant\n    [error_description] => Bad Request\n)\n",
            "array(2) { [\"error\"]=> string(13) \"invalid_grant\" [\"error_description\"]=> string(11) \"Bad Request\" }",
            "array(2) {\n  [\"error\"]=>\n  string(13) \"invalid_grant\"\n  [\"error_description\"]=>\n  string(11) \"Bad Request\"\n}",
            r#"Err(ServerResponse(BasicErrorResponse { error: InvalidGrant, error_description: Some("Bad Request"), error_uri: None }))"#,
            "<OAuth><error>invalid_grant</error><error_description>Bad Request</error_description></OAuth>",
            r#"{:error "invalid_grant", :error_description "Bad Request"}"#,
            r#"[{<<"error">>,<<"invalid_grant">>},{<<"error_description">>,<<"Bad Request">>}]"#,
            r"[('error', 'invalid_grant'), ('error_description', 'Bad Request')]",
            "@{error=invalid_grant; error_description=Bad Request; error_codes=System.Object[]}",
            "**error**: `invalid_grant`\n**error_description**: Bad Request",
            "error: invalid_grant\nerror_description: >-\n  Bad Request",
            r#"r":"x","error":"invalid_grant","error_description":"Bad Request","err"#,
            "{\"error\":\"invalid_grant\",\"error_description\":\"Bad\nRequest\"}",
            r#"level=error msg="it failed" error="invalid_grant" error_description="Bad Request""#,
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cut_off_body_is_read_as_far_as_it_goes() {
        assert_eq!(
            said(r#"{"error":"invalid_client","error_description":"Client auth"#),
            one("invalid_client", "Client auth")
        );
        assert_eq!(said(r#"{"error":"invalid_client","error_desc"#), one("invalid_client", ""));
    }

    #[test]
    fn nested_errors_keep_their_own_descriptions() {
        assert_eq!(
            said(
                r#"{"errors":[{"errorType":"invalid_grant","message":"expired"},{"errorType":"slow_down","message":"wait"}]}"#
            ),
            [one("invalid_grant", "expired"), one("slow_down", "wait")].concat()
        );
        assert_eq!(
            said(
                r#"{"error":{"code":401,"message":"Request had invalid credentials","status":"UNAUTHENTICATED_CALL"}}"#
            ),
            one("unauthenticated_call", "Request had invalid credentials")
        );
    }

    #[test]
    fn a_sentence_is_a_description_and_no_code() {
        assert_eq!(
            said("Error: address already in use: 127.0.0.1:7998"),
            one("", "address already in use: 127.0.0.1:7998")
        );
        assert_eq!(said("the user's error isn't a code: what's this"), vec![]);
    }
}
