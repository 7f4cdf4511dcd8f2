//! A rule as checked: what the engine evaluates. Written by `build.rs` for the built-in rules, made at run time for the
//! user's own.

use super::{Certainty, Safety, Severity};
use crate::facts::{Entry, Near, Record};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub cause: String,
    pub severity: Severity,
    pub certainty: Certainty,
    /// Asked only where no other rule read anything in the text.
    pub last_resort: bool,
    pub title: Template,
    pub for_each: Option<ForEach>,
    pub when: Condition,
    pub evidence: Vec<FactRef>,
    pub explanation: Template,
    pub question: Option<Template>,
    pub alternatives: Vec<String>,
    pub fixes: Vec<Fix>,
    pub explains: Vec<Target>,
    pub explained_by: Vec<Target>,
    /// The fact whose place is the finding's.
    pub at: Option<FactRef>,
    pub refs: Vec<String>,
    pub since: String,
    /// machine, callback, daemon, provider, definition; `outside` for the user's own.
    pub family: String,
    /// The file that holds it, relative to the rules folder; the whole path for the user's own.
    pub file: String,
    pub line: u32,
    /// How many facts it tests; a test of the provider counts double.
    pub specificity: u32,
    /// The sections whose facts it tests.
    pub sections: Vec<String>,
    pub outside: bool,
}

impl Rule {
    /// It tests nothing but what somebody said.
    pub fn reads_only(&self) -> bool {
        self.is_text_rule() && self.sections.iter().all(|section| matches!(section.as_str(), "error" | "provider"))
    }

    /// A rule over what somebody said.
    pub fn is_text_rule(&self) -> bool {
        self.sections.iter().any(|section| section == "error")
    }
}

/// One finding for each item of a list that meets the condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForEach {
    pub list: FactRef,
    pub name: String,
}

/// What a rule explains, or is explained by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    Rule(String),
    Cause(String),
}

/// Where a name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Base {
    /// The document.
    Root,
    /// The item of `for_each`.
    Each,
    /// The item of the innermost `any_item` or `no_item`.
    Item,
}

/// A fact as a rule names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "ShortRef", into = "ShortRef")]
pub struct FactRef {
    pub base: Base,
    pub fields: Vec<String>,
    /// Its name in the registry.
    pub spec: String,
    #[serde(skip)]
    pub seen: Seen,
}

/// Where its fields stood in their records the last time.
#[derive(Debug, Default)]
pub struct Seen([Near; 4]);

impl FactRef {
    /// The entry of one of its fields, by the field's number, in the record that holds it.
    #[expect(clippy::inline_always, reason = "what every test of every rule passes, in a program that is built small")]
    #[inline(always)]
    pub fn field_in<'a>(&self, number: usize, record: &'a Record) -> Option<&'a Entry> {
        let name = self.fields.get(number)?;
        match self.seen.0.get(number) {
            Some(near) => record.get_near(name, near),
            None => record.get(name),
        }
    }
}

impl Clone for Seen {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Seen {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Seen {}

impl std::hash::Hash for Seen {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl PartialOrd for Seen {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Seen {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

/// The same as the binary holds it: a fact of the document is its name alone.
#[derive(Serialize, Deserialize)]
struct ShortRef(String, Option<(Base, Vec<String>)>);

impl From<FactRef> for ShortRef {
    fn from(fact: FactRef) -> Self {
        let plain = fact.base == Base::Root && fact.spec.split('.').eq(fact.fields.iter().map(String::as_str));
        Self(fact.spec, (!plain).then_some((fact.base, fact.fields)))
    }
}

impl From<ShortRef> for FactRef {
    fn from(ShortRef(spec, other): ShortRef) -> Self {
        let plain = || (Base::Root, spec.split('.').map(str::to_owned).collect());
        let (base, fields) = other.unwrap_or_else(plain);
        Self { base, fields, spec, seen: Seen::default() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    AnyItem { list: FactRef, inner: Box<Condition> },
    NoItem { list: FactRef, inner: Box<Condition> },
    Test(Test),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    pub fact: FactRef,
    pub op: Op,
    pub argument: Argument,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// One value, or any of several.
    Values(Vec<Literal>),
    Fact(FactRef),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Literal {
    Text(String),
    Pattern(Pattern),
    /// Also durations, in milliseconds.
    Number(i64),
    Truth(bool),
    /// RFC 3339.
    Time(String),
}

impl Literal {
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) | Self::Pattern(Pattern { text, .. }) = self { Some(text) } else { None }
    }

    pub fn as_pattern(&self) -> Option<&Pattern> {
        if let Self::Pattern(pattern) = self { Some(pattern) } else { None }
    }
}

/// A regular expression, and what a text must hold so that it can match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    pub text: String,
    /// One of these; none: nothing is known that it needs.
    pub ways: Vec<Way>,
}

/// Of each list at least one text.
pub type Way = Vec<Vec<String>>;

macro_rules! operators {
    ($($op:ident = $word:literal, $meaning:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Op { $($op,)* }

        impl Op {
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$op),)* _ => None }
            }

            pub fn word(self) -> &'static str {
                match self { $(Self::$op => $word,)* }
            }

            /// For editors.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$op => $meaning,)* }
            }
        }
    };
}

operators! {
    Is = "is", "equal";
    IsNot = "is_not", "not equal; true of an absent fact";
    OneOf = "one_of", "equal to one of a list";
    IEquals = "iequals", "equal, letter case aside";
    Contains = "contains", "a text holds this text, or a list this item; a list here means any of them";
    StartsWith = "starts_with", "begins with this text, or any of a list";
    EndsWith = "ends_with", "ends with this text, or any of a list";
    Matches = "matches", "a regular expression (linear time) is found in it; in a list, in any item";
    Lt = "lt", "less than";
    Le = "le", "less than or equal";
    Gt = "gt", "greater than";
    Ge = "ge", "greater than or equal";
    OlderThan = "older_than", "a time longer ago than this duration";
    YoungerThan = "younger_than", "a time less long ago than this duration";
    InCidr = "in_cidr", "an address within this network";
    Version = "version", "a version that meets this semver requirement";
    Exists = "exists", "true: it has a value; false: it was looked for and is not there";
    Empty = "empty", "true: it is absent, or a text or list without content";
    SubsetOf = "subset_of", "every item is in this list";
    Overlaps = "overlaps", "at least one item is in this list";
}

/// A text with places for facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Template(pub Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    Plain(String),
    Fact { fact: FactRef, filters: Vec<Filter> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    Join(String),
    Or(String),
    Count,
    /// Milliseconds in words: 5 min.
    Duration,
    /// Host, port and path of a URL, without query.
    Bare,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    pub id: String,
    pub title: Template,
    pub action: Action,
    pub safety: Safety,
    /// Offered only where this holds.
    pub when: Option<Condition>,
}

/// One action of RULES.md, "Fixes", its texts not yet filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    Run(Vec<Template>),
    Verb {
        verb: String,
        arguments: Vec<(String, Template)>,
    },
    StopProcess {
        pid: FactRef,
        started_at: FactRef,
    },
    StartDaemon,
    RestartDaemon,
    OpenUrl(Template),
    SetEnv(Vec<(String, Option<Template>)>),
    /// The records of a fact, each with `variable` and `value`; without a value it is unset.
    SetEnvFrom(FactRef),
    EditFile {
        at: FactRef,
        edit: Edit,
    },
    RemoveFile {
        path: Template,
        only_if_content: Option<Template>,
    },
    MoveAside {
        path: Template,
    },
    WriteFile {
        path: Template,
        content: Template,
    },
    Chmod {
        path: Template,
        mode: u32,
    },
    RetryWith {
        scopes: Option<ScopesFrom>,
        flow: Option<String>,
        redirect_uri: Option<Template>,
        port: Option<Template>,
        client_authentication: Option<String>,
        code_challenge: Option<String>,
    },
    Ask(Vec<(String, bool)>),
    Note(Template),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    Replace(Template),
    Insert(Template),
    Remove,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ScopesFrom {
    Fact(FactRef),
    List(Vec<String>),
}
