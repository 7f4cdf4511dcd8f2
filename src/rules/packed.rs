//! The built-in rules as the binary holds them: what finds a rule, and each rule by itself, so that only those are unpacked
//! that a run needs.

use super::causes::Cause;
use super::compiled::Rule;
use super::index::Index;
use serde::{Deserialize, Serialize};

/// What finds a rule.
#[derive(Debug, Serialize, Deserialize)]
pub struct Contents {
    pub causes: Vec<Cause>,
    pub heads: Vec<Head>,
    pub index: Index,
}

/// One rule, as far as it takes to find it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    pub id: String,
    /// Its place among the causes.
    cause: u8,
    end: u32,
}

impl Contents {
    pub fn cause_of(&self, head: &Head) -> &str {
        &self.causes[usize::from(head.cause)].label
    }
}

/// The contents, their length before them, and the rules behind them.
pub fn pack(causes: Vec<Cause>, rules: &[Rule]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut heads = Vec::new();
    for rule in rules {
        packed.extend(postcard::to_stdvec(rule).expect("a rule is plain data"));
        let cause =
            causes.iter().position(|cause| cause.label == rule.cause).expect("a checked rule has a known cause");
        let end = u32::try_from(packed.len()).expect("four bytes suffice");
        heads.push(Head { id: rule.id.clone(), cause: u8::try_from(cause).expect("the causes are few"), end });
    }
    let contents = postcard::to_stdvec(&Contents { causes, heads, index: Index::new(rules) }).expect("plain data");
    let length = u32::try_from(contents.len()).expect("four bytes suffice").to_le_bytes();
    [&length[..], &contents, &packed].concat()
}

/// The contents, and the rules that are still packed.
pub fn open(bytes: &[u8]) -> (Contents, &[u8]) {
    let (length, rest) = bytes.split_at(4);
    let length = u32::from_le_bytes(length.try_into().expect("four bytes"));
    let (contents, packed) = rest.split_at(length as usize);
    (postcard::from_bytes(contents).expect("build.rs wrote it"), packed)
}

/// One rule.
pub fn unpack(contents: &Contents, packed: &[u8], number: usize) -> Rule {
    let begin = number.checked_sub(1).map_or(0, |before| contents.heads[before].end);
    postcard::from_bytes(&packed[begin as usize..contents.heads[number].end as usize]).expect("build.rs wrote it")
}
