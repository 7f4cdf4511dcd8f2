//! What stands where the parser stumbles, where it is something that people know by a name: a merge conflict, a word of
//! Python, a typographic quotation mark.

/// How such a text begins, what it is, and what to write instead.
const KNOWN: &[(&str, &str, &str)] = &[
    ("<<<<<<<", CONFLICT, KEEP_ONE),
    ("=======", CONFLICT, KEEP_ONE),
    (">>>>>>>", CONFLICT, KEEP_ONE),
    ("|||||||", CONFLICT, KEEP_ONE),
    ("```", "this is the fence of a code block in Markdown", "Leave the fences out: the file begins with {"),
    ("“", TYPOGRAPHIC, STRAIGHT),
    ("”", TYPOGRAPHIC, STRAIGHT),
    ("„", TYPOGRAPHIC, STRAIGHT),
    ("‘", TYPOGRAPHIC, STRAIGHT),
    ("’", TYPOGRAPHIC, STRAIGHT),
    ("«", TYPOGRAPHIC, STRAIGHT),
    ("`", "a back tick is no quotation mark of JSON", STRAIGHT),
    ("'", "strings stand in double quotes", STRAIGHT),
    ("#", "a comment of another language stands here", "Begin the comment with //"),
    ("=", "an equals sign stands here", "Write a colon between a key and its value"),
    (",", "a comma too many stands here", "Remove it"),
    ("+", "a number begins with a plus", "Write it without the plus"),
    (";", "a semicolon stands here", "Write a comma between two members, and nothing behind the last"),
];
/// Words of other languages, and JSON's own.
const WORDS: &[(&str, &str, &str)] = &[
    ("True", "True is a word of Python", "Write true"),
    ("False", "False is a word of Python", "Write false"),
    ("None", "None is a word of Python", "Write null"),
    ("TRUE", "TRUE is no word of JSON", "Write true"),
    ("FALSE", "FALSE is no word of JSON", "Write false"),
    ("NULL", "NULL is no word of JSON", "Write null"),
    ("undefined", "undefined is a word of JavaScript", "Write null, or leave the key out"),
    ("nil", "nil is no word of JSON", "Write null"),
    ("yes", "yes is no word of JSON", "Write true"),
    ("no", "no is no word of JSON", "Write false"),
];
const CONFLICT: &str = "a conflict of a merge was left in the file";
const KEEP_ONE: &str = "Keep one of the two sides, and remove the lines of <<<<<<<, ======= and >>>>>>>";
const TYPOGRAPHIC: &str = "this is a typographic quotation mark";
const STRAIGHT: &str = "Write the straight double quote, \", on both sides";

/// What it is, and what to do; `None` for what has no name.
pub fn known(text: &str, at: usize) -> Option<(&'static str, &'static str)> {
    let (before, rest) = text.split_at_checked(at)?;
    if before.ends_with('0') && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(("a number begins with a zero", "Write it without the zero in front"));
    }
    // A parser that wants a comma stops behind the value; what is in its way stands behind white space.
    let rest = rest.trim_start();
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let found = KNOWN.iter().find(|(begin, ..)| rest.starts_with(begin));
    if let Some((_, what, instead)) = found.or_else(|| WORDS.iter().find(|(known, ..)| *known == word)) {
        return Some((what, instead));
    }
    let is_first = before.trim_start().is_empty() && rest.starts_with(|c: char| c.is_alphabetic() || c == '-');
    is_first.then_some((
        "this is no JSON: a definition begins with {",
        "Write it as JSON; authsome reads no YAML and no TOML",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_know_by_a_name_is_named() {
        for (text, at, what) in [
            ("{\"a\": 01}", 7, "begins with a zero"),
            ("{\n<<<<<<< HEAD\n", 2, "merge"),
            ("{\"a\": 1\n=======\n", 7, "merge"),
            ("{\"a\": True}", 6, "Python"),
            ("{\"a\": “x”}", 6, "typographic"),
            ("```json\n{}", 0, "Markdown"),
            ("name: acme", 0, "no JSON"),
        ] {
            assert!(known(text, at).is_some_and(|(said, _)| said.contains(what)), "{text}");
        }
        assert_eq!(known("{\"a\": 1 \"b\": 2}", 8), None);
        assert_eq!(known("{\"a\": Truest}", 6), None);
        assert_eq!(known("{\"a\": 10 1}", 8), None);
    }
}
