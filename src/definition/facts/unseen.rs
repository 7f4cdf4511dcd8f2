//! Characters that nobody sees, or that turn the order of others (Unicode TR9, TR36), and the one that stands for a lost one.

use crate::sink::is_invisible;

/// What a program writes where it could not read a character.
pub const LOST: char = '\u{fffd}';

/// Nearly every text is: it has none of them, and no letter beyond ASCII.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The first of them. In prose some have their work: they join letters and pictures.
pub fn first(text: &str, is_prose: impl Fn() -> bool) -> Option<char> {
    if is_plain(text) {
        return None;
    }
    let mut before = '\0';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = || rest.clone().next().unwrap_or_default();
        if is_unseen(c) && !(has_work(before, c, after()) && is_prose()) {
            return Some(c);
        }
        before = c;
    }
    None
}

pub fn name_of(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn is_unseen(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() && c != '\n' && c != '\t';
    }
    let no_character = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    c.is_control() || is_invisible(c) || no_character || is_private(c) || matches!(c, '\u{2800}' | LOST)
}

/// Of private use: every typeface shows another thing.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

/// What the scripts and pictures beside it need it for.
fn has_work(before: char, c: char, after: char) -> bool {
    match c {
        '\u{200c}' => joins_letters(before) && joins_letters(after),
        '\u{200d}' => joins_letters(before) || (is_picture(before) || before == '\u{fe0f}') && is_picture(after),
        '\u{fe00}'..='\u{fe0f}' => {
            is_picture(before) || matches!(before, '0'..='9' | '#' | '*' | '\u{2e80}'..='\u{9fff}')
        }
        '\u{e0100}'..='\u{e01ef}' => matches!(before, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'),
        '\u{180b}'..='\u{180d}' => matches!(before, '\u{1800}'..='\u{18af}'),
        _ => is_private(c),
    }
}

/// Scripts whose letters change with their neighbours: Arabic and those like it, those of India, Myanmar and Khmer.
fn joins_letters(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{3030}'..='\u{303d}' | '\u{3297}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_found() {
        for c in "\u{34f}\u{3164}\u{2800}\u{fe0f}\u{fffe}\u{fff9}\u{202e}\u{200b}\u{200c}\u{200d}\u{7}\u{e0041}\u{fffd}"
            .chars()
        {
            assert_eq!(first(&format!("bo{c}ards"), || true), Some(c), "{}", name_of(c));
        }
        assert_eq!(first("bo\u{e000}ards", || false), Some('\u{e000}'));
    }

    #[test]
    fn what_joins_letters_and_pictures_has_its_work_in_prose_alone() {
        for text in [
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "क\u{94d}\u{200d}ष",
            "⚠\u{fe0f}",
        ] {
            assert_eq!(first(text, || true), None, "{text}");
            assert!(first(text, || false).is_some(), "{text}");
        }
        assert_eq!(first("Überraschung – 東京 ✓", || false), None);
    }
}
