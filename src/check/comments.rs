//! The comments of a definition and what stands between them. Looks at the text only: what it means is for others.

/// A stretch of a definition's text that is no white space, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub is_comment: bool,
    pub start: usize,
    pub end: usize,
}

/// The pieces of a text in their order: comments, strings with their quotes, and single characters. A mark of a comment inside
/// a string is no comment.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace() && c != '\u{feff}')?;
        let rest = &text[start..];
        let is_comment = rest.starts_with("//") || rest.starts_with("/*");
        let length = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if is_comment {
            rest[2..].find("*/").map_or(rest.len(), |end| end + 4)
        } else if rest.starts_with('"') {
            string_length(rest)
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at = start + length;
        Some(Piece { is_comment, start, end: at })
    })
}

/// Bytes of the string that begins here, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(text: &str) -> Vec<&str> {
        pieces(text).filter(|piece| piece.is_comment).map(|piece| &text[piece.start..piece.end]).collect()
    }

    #[test]
    fn a_mark_inside_a_string_is_no_comment() {
        assert_eq!(comments(r#"{"a": "// no", "b\"// no": "/* no */"} // yes"#), ["// yes"]);
    }

    #[test]
    fn a_comment_ends_with_its_line_or_its_mark() {
        assert_eq!(comments("// a\r\n{} /* b\n * c */ 1 /**/ // d"), ["// a", "/* b\n * c */", "/**/", "// d"]);
        assert_eq!(comments("/* open"), ["/* open"]);
    }
}
