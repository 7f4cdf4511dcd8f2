use super::*;

fn broken(bytes: &[u8]) -> Broken {
    *read(bytes, "acme.jsonc").expect_err("it should not be readable")
}

/// Kind, line and column.
fn fault(text: &str) -> (Kind, u32, u32) {
    let broken = broken(text.as_bytes());
    (broken.kind, broken.place.line, broken.place.column)
}

#[test]
fn every_value_has_its_place_in_characters() {
    let document = read("// ü\n{ \"ä\": \"x\",\n  \"b\": [1, {\"c/d\": true}] }".as_bytes(), "f").unwrap();
    let spot = |node: &Node| (node.spot.line, node.spot.column);
    assert_eq!(spot(&document.root), (2, 1));
    assert_eq!(spot(document.root.get("ä").unwrap()), (2, 8));
    let items = document.root.get("b").unwrap().items();
    assert_eq!(spot(&items[1]), (3, 12));
    assert_eq!(spot(items[1].get("c/d").unwrap()), (3, 20));
    let text = document.root.get("ä").unwrap();
    assert_eq!(&document.text[text.spot.start..text.spot.end], "\"x\"");
}

#[test]
fn comments_of_both_kinds_are_read_over() {
    let document = read(
        br#"/* { */ {"url": "https://x/*no*/", // "a": [
        "b": 1 /* } */ } // end"#,
        "f",
    )
    .unwrap();
    assert_eq!(document.root.get("url").unwrap().as_text(), Some("https://x/*no*/"));
    assert_eq!(document.root.members().len(), 2);
}

#[test]
fn what_python_refuses_is_refused_at_its_place() {
    assert_eq!(fault("{\"a\": 1,}"), (Kind::TrailingComma, 1, 8));
    assert_eq!(fault("{\"a\": [1,\n]}"), (Kind::TrailingComma, 1, 9));
    assert_eq!(fault("{'a': 1}"), (Kind::Syntax, 1, 2));
    assert_eq!(fault("{a: 1}"), (Kind::Syntax, 1, 2));
    assert_eq!(fault("{\"a\": 1\n \"b\": 2}"), (Kind::Syntax, 1, 8));
    assert_eq!(fault("{\"a\": 0x1}"), (Kind::Syntax, 1, 7));
    assert_eq!(fault("{\"a\": 01}"), (Kind::Syntax, 1, 8));
    assert_eq!(fault("{} {}"), (Kind::Syntax, 1, 4));
    assert_eq!(fault("{\"a\": \"x\ty\"}"), (Kind::Syntax, 1, 9));
    assert_eq!(fault("{\"a\": \"\0\"}"), (Kind::Syntax, 1, 8));
    assert_eq!(fault("{\"a\":\u{a0}1}"), (Kind::Syntax, 1, 6));
    assert_eq!(fault("{\"a\": \"\\x41\"}"), (Kind::Syntax, 1, 8));
    assert_eq!(fault("{\"a\": 1"), (Kind::Syntax, 1, 1));
    assert_eq!(fault("{\"a\": 1} /* x"), (Kind::Syntax, 1, 10));
    assert_eq!(fault(" // nothing\n"), (Kind::Empty, 2, 1));
}

#[test]
fn a_string_left_open_is_named_where_it_opens_and_not_where_the_parser_stumbles() {
    let text = "{\n  \"token_url\": \"https://x,\n  \"scopes\": []\n}";
    assert_eq!(fault(text), (Kind::Syntax, 2, 16));
}

#[test]
fn the_first_fault_is_the_one_that_is_named() {
    assert_eq!(fault("{'a\tb': 1, \"c\": \"\t\"}"), (Kind::Syntax, 1, 2));
}

#[test]
fn a_byte_order_mark_is_named() {
    let found = broken(b"\xEF\xBB\xBF{}");
    assert_eq!((found.kind, found.place.line, found.place.column), (Kind::ByteOrderMark, 1, 1));
}

#[test]
fn the_first_byte_that_is_not_utf8_is_named_with_its_place() {
    let found = broken(b"{\n \"\xC3\xA4\": \"\xFF\"}");
    assert_eq!((found.kind, found.place.line, found.place.column), (Kind::NotUtf8, 2, 8));
    assert!(found.message.contains("0xFF"), "{}", found.message);
    assert_eq!(broken(b"\xFF\xFE{\0}\0").kind, Kind::NotUtf8);
}

#[test]
fn escapes_in_keys_are_read() {
    let document = read(br#"{"to\u006ben_url": "\ud83d\ude00", "a\"\/b": 1}"#, "f").unwrap();
    assert_eq!(document.root.get("token_url").unwrap().as_text(), Some("\u{1F600}"));
    assert!(document.root.get("a\"/b").is_some());
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let document = read(br#"{"name": "a", "name": "b"}"#, "f").unwrap();
    assert_eq!(document.root.get("name").unwrap().as_text(), Some("b"));
}

#[test]
fn deep_nesting_is_refused_before_anything_recurses() {
    assert_eq!(broken("[".repeat(1_000_000).as_bytes()).kind, Kind::TooDeep);
    assert_eq!(broken("{\"a\":".repeat(200_000).as_bytes()).kind, Kind::TooDeep);
    let nested = format!("{}1{}", "[".repeat(scan::MAX_DEPTH), "]".repeat(scan::MAX_DEPTH));
    assert!(read(nested.as_bytes(), "f").is_ok());
}

#[test]
fn what_is_too_large_is_refused_unread() {
    let large = vec![b' '; usize::try_from(LIMIT).unwrap() + 1];
    assert_eq!(broken(&large).kind, Kind::TooLarge);
    let many = format!("[{}1]", "1,".repeat(scan::MAX_VALUES));
    assert_eq!(broken(many.as_bytes()).kind, Kind::TooLarge);
}

#[test]
fn brackets_in_strings_and_comments_do_not_count_as_depth() {
    let brackets = "[".repeat(1000);
    let text = format!("{{\"a\": \"\\\"{brackets}\" /* {brackets} */ }} // {brackets}");
    assert!(read(text.as_bytes(), "f").is_ok());
}

#[test]
fn numbers_and_truth_are_read_as_authsome_takes_them() {
    let document = read(br#"{"a": "yes", "b": 0, "c": "maybe", "d": 1.0, "e": "2", "f": 1.5}"#, "f").unwrap();
    let node = |key| document.root.get(key).unwrap();
    assert_eq!(node("a").as_truth(), Some(true));
    assert_eq!(node("b").as_truth(), Some(false));
    assert_eq!(node("c").as_truth(), None);
    assert_eq!(node("d").as_whole_number(), Some(1));
    assert_eq!(node("e").as_whole_number(), Some(2));
    assert_eq!(node("f").as_whole_number(), None);
}

#[test]
fn a_definition_can_be_given_out_as_plain_json() {
    let document = read(br#"{"a": [1, 2.50, NaN, null, true], /* x */ "b": {"c": "d"}, "b": 1}"#, "f").unwrap();
    assert_eq!(document.root.to_json().to_string(), r#"{"a":[1,2.5,null,null,true],"b":1}"#);
}

#[test]
fn a_key_has_a_largest_length_and_a_value_has_not() {
    let long = "k".repeat(257);
    let broken = read(format!(r#"{{"a": {{"{long}" : 1}}}}"#).as_bytes(), "x.json").unwrap_err();
    assert_eq!((broken.kind, broken.place.column), (Kind::TooLarge, 8), "{broken}");
    assert!(broken.message.contains("a key of more than 256 bytes"), "{broken}");
    assert!(read(format!(r#"{{"a": "{long}", "b": ["{long}"]}}"#).as_bytes(), "x.json").is_ok());
}
