//! As much of HTML as a robot needs to read a plain page: its text, and the form with a given button.
//!
//! Tolerant by design, like a browser: what it does not understand it skips.

/// A form as it would be sent by pressing one of its buttons.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The first form that has a button with these words on it.
    pub fn with_button(source: &str, words: &str) -> Option<Self> {
        let mut form: Option<Self> = None;
        let mut button: Option<Tag<'_>> = None;
        let mut label = String::new();
        for token in tokens(source) {
            match token {
                Token::Tag(tag) if tag.is("form") => {
                    form = Some(Self { action: tag.attribute("action").unwrap_or_default(), fields: Vec::new() });
                }
                Token::Tag(tag) if tag.is("input") => {
                    let value = || tag.attribute("value").unwrap_or_default();
                    if let (Some(form), Some(name)) = (&mut form, tag.attribute("name")) {
                        form.fields.push((name, value()));
                    }
                }
                Token::Tag(tag) if tag.is("button") => {
                    button = Some(tag);
                    label.clear();
                }
                Token::Tag(tag) if tag.is("/button") => {
                    let pressed = button.take().filter(|_| label.trim() == words);
                    if let (Some(pressed), Some(mut form)) = (pressed, form.take_if(|_| label.trim() == words)) {
                        form.fields.extend(pressed.attribute("name").zip(pressed.attribute("value")));
                        return Some(form);
                    }
                }
                Token::Tag(tag) if tag.is("/form") => form = None,
                Token::Text(text) => label.push_str(&decode(text)),
                Token::Tag(_) => {}
            }
        }
        None
    }
}

/// The text that a person sees, one line per block.
pub fn visible_text(source: &str) -> String {
    let mut text = String::new();
    let mut hidden_until: Option<String> = None;
    for token in tokens(source) {
        match token {
            Token::Tag(tag) if hidden_until.as_deref() == Some(&tag.name().to_ascii_lowercase()) => hidden_until = None,
            _ if hidden_until.is_some() => {}
            Token::Tag(tag) if ["script", "style", "head", "title"].iter().any(|name| tag.is(name)) => {
                hidden_until = Some(format!("/{}", tag.name().to_ascii_lowercase()));
            }
            Token::Tag(tag) => text.push(if INLINE.iter().any(|name| tag.is(name)) { ' ' } else { '\n' }),
            Token::Text(words) => text.push_str(&decode(words).replace(['\n', '\r', '\t'], " ")),
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

const INLINE: [&str; 12] = ["a", "/a", "b", "/b", "i", "/i", "em", "/em", "strong", "/strong", "span", "/span"];

enum Token<'a> {
    Tag(Tag<'a>),
    Text(&'a str),
}

/// What stands between `<` and `>`.
struct Tag<'a>(&'a str);

impl Tag<'_> {
    fn name(&self) -> &str {
        self.0.split(|letter: char| letter.is_whitespace()).next().unwrap_or_default()
    }

    fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.0[self.name().len()..].trim_start();
        while !rest.is_empty() {
            let name_end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
            let (name, after) = rest.split_at(name_end);
            let (value, left) = match after.trim_start().strip_prefix('=').map(str::trim_start) {
                None => ("", after),
                Some(quoted) if quoted.starts_with(['"', '\'']) => {
                    let (quote, inside) = quoted.split_at(1);
                    inside.split_once(quote).unwrap_or((inside, ""))
                }
                Some(bare) => bare.split_at(bare.find(char::is_whitespace).unwrap_or(bare.len())),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decode(value));
            }
            rest = if name.is_empty() && left.len() == rest.len() { "" } else { left.trim_start() };
        }
        None
    }
}

fn tokens(source: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = source;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let tag = rest.strip_prefix('<').and_then(|inside| inside.split_once('>'));
        if let Some((tag, after)) = tag {
            rest = after;
            return Some(Token::Tag(Tag(tag)));
        }
        // A `<` that opens no tag is text.
        let end = rest.char_indices().skip(1).find(|(_, letter)| *letter == '<').map_or(rest.len(), |(at, _)| at);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Token::Text(text))
    })
}

/// The character references that pages here and elsewhere commonly use.
fn decode(text: &str) -> String {
    const NAMED: [(&str, &str); 8] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    NAMED.iter().fold(text.to_owned(), |text, (reference, letter)| text.replace(reference, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html><head><title>t</title><style>p{}</style></head><body><h1>Hello <b>you</b></h1>
        <form action=/other><button>Search</button></form>
        <form method='post' action=\"/consent?a=1&amp;b=2\"><input type=hidden name=t value=\"x&amp;y\"><input name='person' value='pat'>
        <button class=\"go\" name=\"decision\" value=\"authorize\">Authorize</button><button name=decision value=deny>Deny</button></form>
        <script>alert('<p>no</p>')</script><p>1 &lt; 2</p></body>";

    #[test]
    fn the_form_is_sent_as_the_pressed_button_sends_it() {
        let form = Form::with_button(PAGE, "Deny").unwrap();
        assert_eq!(form.action, "/consent?a=1&b=2");
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("t", "x&y"), ("person", "pat"), ("decision", "deny")]);
        assert_eq!(Form::with_button(PAGE, "Buy"), None);
    }

    #[test]
    fn a_person_sees_text_and_neither_scripts_nor_styles() {
        assert_eq!(visible_text(PAGE), "Hello you\nSearch\nAuthorize\nDeny\n1 < 2");
    }

    #[test]
    fn broken_pages_end_too() {
        for page in ["<", "<<<", "<a href=", "<form action='x", "a < b", "<input = = =>", "é<é", "<button>Authorize"]
        {
            visible_text(page);
            assert_eq!(Form::with_button(page, "Authorize"), None, "{page}");
        }
    }
}
