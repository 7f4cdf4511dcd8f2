//! Pages: what a person sees of an HTML text, read like any other text, and the URLs in its markup.

use super::reading::Reading;
use super::{Origin, look, query};
use std::borrow::Cow;

/// Elements whose content nobody sees. What stands in a script may still name the error: it is looked into.
const HIDDEN: &[&str] = &["style", "template", "svg", "script"];
/// Elements that run on in a line.
const INLINE: &[&str] =
    &["a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "sub", "sup", "tt", "u"];

pub fn read(text: &str, reading: &mut Reading) {
    let page = visible(text);
    look(&page.text, Origin { at: 0, literal: false, depth: 1 }, reading);
    for said in reading.said_mut() {
        said.found_in = "page";
    }
    query::read(&entities(&page.addresses), Origin { at: 0, literal: false, depth: 1 }, reading);
    reading.look_into(&page.scripts, 0, Origin::top());
    reading.visible = Some(page.text);
}

struct Page {
    text: String,
    /// Tags that hold a URL with an error.
    addresses: String,
    scripts: String,
}

/// The text of a page, with a line break for each block.
fn visible(html: &str) -> Page {
    let mut page = Page { text: String::new(), addresses: String::new(), scripts: String::new() };
    let mut rest = html;
    let mut hidden: Option<&str> = None;
    while let Some(begin) = rest.find('<') {
        page.take(&rest[..begin], hidden);
        rest = &rest[begin..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name = rest[1..].trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let closing = rest.starts_with("</");
        if name.is_empty() && !rest.starts_with("<!") {
            page.take("<", hidden);
            rest = &rest[1..];
            continue;
        }
        match hidden {
            Some(element) if closing && name.eq_ignore_ascii_case(element) => hidden = None,
            // Inside a script a `<` is an operator.
            Some(_) => {
                page.take("<", hidden);
                rest = &rest[1..];
                continue;
            }
            None if !closing => hidden = HIDDEN.iter().copied().find(|element| name.eq_ignore_ascii_case(element)),
            None => {}
        }
        if hidden.is_none() && !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
            page.text.push('\n');
        }
        let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
        if tag.contains(['?', '#']) || tag.contains("rror") {
            page.addresses.push_str(tag);
            page.addresses.push('\n');
        }
        rest = after;
    }
    page.take(rest, hidden);
    page
}

impl Page {
    fn take(&mut self, text: &str, hidden: Option<&str>) {
        match hidden {
            None => self.text.push_str(&entities(text)),
            Some("script") => self.scripts.push_str(text),
            Some(_) => {}
        }
    }
}

/// Character references: the named ones that matter and all numeric ones.
pub fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find('&') {
        out.push_str(&rest[..begin]);
        rest = &rest[begin + 1..];
        let name_end = rest.floor_char_boundary(10);
        let decoded = rest[..name_end].split_once(';').and_then(|(name, _)| Some((name.len() + 1, entity(name)?)));
        if let Some((len, c)) = decoded {
            out.push(c);
            rest = &rest[len..];
        } else {
            out.push('&');
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "apos" | "rsquo" | "lsquo" => '\'',
        "quot" | "rdquo" | "ldquo" => '"',
        "ndash" | "mdash" => '-',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| !c.is_control())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sees_no_markup_styles_or_scripts() {
        let page = visible(
            "<!DOCTYPE html><title>Oops</title><style>a{error: x}</style><!-- error: y -->\
             <p>The <b>redirect_uri</b> is 1 < 2 &amp; client&#39;s</p><script>if (a<b) { go() }</script><p>end",
        );
        assert_eq!(crate::error_reader::reading::fold(&page.text), "Oops The redirect_uri is 1 < 2 & client's end");
        assert!(page.scripts.contains("go()"));
    }

    #[test]
    fn broken_markup_ends_quietly() {
        for html in ["<", "<p", "<!--", "</", "<script>", "<p>&", "&#x;", "&#99999999;", "<é>"] {
            visible(html);
        }
    }
}
