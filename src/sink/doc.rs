//! Composed text: pieces with a style each. What is pushed is made safe at once; what is rendered is redacted as a whole,
//! so a secret that runs over two pieces is found too.

use super::terminal::{safe_block, safe_line};
use super::{HIDDEN, Screen, disarm, find, parts, redact_text};
use std::ops::Range;

/// What a piece is, not what it looks like. The meaning never depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    /// What to read first.
    Strong,
    Good,
    Bad,
    Warn,
    /// What may be skipped.
    Faint,
    /// What to type or open.
    Typed,
    /// What a camera looks at: white on black, whatever the terminal's own colours are.
    Scanned,
}

#[derive(Clone, Debug)]
struct Piece {
    style: Style,
    text: String,
    /// An address to open: redacted by its own rules already.
    settled: bool,
    /// Its line may be broken at its blanks; what follows is indented by so many.
    hang: Option<usize>,
}

/// Lines longer than this are hard to read, however wide the screen.
const LONGEST_LINE: usize = 100;

/// A character on its way out.
#[derive(Clone, Copy)]
struct Cell {
    char: char,
    style: Style,
    hang: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct Doc {
    pieces: Vec<Piece>,
}

impl Doc {
    pub fn new() -> Self {
        Self::default()
    }

    /// One piece within a line; line breaks in it become blanks.
    pub fn push(&mut self, style: Style, text: impl AsRef<str>) -> &mut Self {
        self.add(style, safe_line(&redact_text(text.as_ref())), false)
    }

    pub fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.push(Style::Plain, text)
    }

    pub fn newline(&mut self) -> &mut Self {
        self.add(Style::Plain, "\n".to_owned(), false)
    }

    /// A piece that is wrapped to the screen's width; the lines that follow begin `hang` blanks from the left. Words are
    /// never parted.
    pub fn flow(&mut self, style: Style, hang: usize, text: impl AsRef<str>) -> &mut Self {
        let before = self.pieces.len();
        self.push(style, text);
        for piece in &mut self.pieces[before..] {
            piece.hang = Some(hang);
        }
        self
    }

    /// A whole line of plain text.
    pub fn line(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.text(text).newline()
    }

    /// Several lines, each after `indent`, with a line break at the end.
    pub fn block(&mut self, style: Style, indent: &str, text: impl AsRef<str>) -> &mut Self {
        for line in safe_block(&redact_text(text.as_ref())).lines() {
            let line = if line.is_empty() { String::new() } else { format!("{indent}{line}") };
            self.add(style, line, false).newline();
        }
        self
    }

    /// An address that the person is asked to open. It keeps the `state` that belongs to it; everything else is redacted.
    pub fn address_to_open(&mut self, url: &str) -> &mut Self {
        self.add(Style::Typed, safe_line(&parts::redact_address_to_open(url)), true)
    }

    /// Text that a renderer of ours coloured (source excerpts, help): its colours are kept, all else is made safe.
    pub fn coloured(&mut self, text: &str) -> &mut Self {
        let mut style = Style::Plain;
        let mut rest = text;
        while let Some(at) = rest.find("\u{1b}[") {
            let after = &rest[at + 2..];
            let digits = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            let parameters = &after[..after.len() - digits.len()];
            let Some(next) = digits.strip_prefix('m') else { break };
            self.add(style, safe_block(&rest[..at]), false);
            style = style_of(parameters, style);
            rest = next;
        }
        self.add(style, safe_block(rest), false)
    }

    pub fn append(&mut self, other: Doc) -> &mut Self {
        self.pieces.extend(other.pieces);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.is_empty())
    }

    /// The text as `screen` can show it.
    pub fn render(&self, screen: &Screen) -> String {
        paint(&disarmed(wrapped(self.shown(screen), screen.width.min(LONGEST_LINE))), screen)
    }

    /// The first line, cut to the screen's width.
    pub(super) fn render_line(&self, screen: &Screen) -> String {
        let room = screen.width.saturating_sub(1);
        let cells: Vec<Cell> = self.shown(screen).into_iter().take_while(|cell| cell.char != '\n').take(room).collect();
        paint(&disarmed(cells), screen)
    }

    fn add(&mut self, style: Style, text: String, settled: bool) -> &mut Self {
        if !text.is_empty() {
            self.pieces.push(Piece { style, text, settled, hang: None });
        }
        self
    }

    /// The characters as they may be seen: redacted, in the alphabet of the screen.
    fn shown(&self, screen: &Screen) -> Vec<Cell> {
        let text: String = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        let mut start = 0;
        let mut settled: Vec<Range<usize>> = Vec::new();
        for piece in &self.pieces {
            if piece.settled {
                settled.push(start..start + piece.text.len());
            }
            start += piece.text.len();
        }
        let is_settled =
            |range: &Range<usize>| settled.iter().any(|own| range.start < own.end && own.start < range.end);
        let mut hidden = find(&text).into_iter().filter(|range| !is_settled(range)).peekable();

        let mut cells = Vec::with_capacity(text.len());
        let chars = self.pieces.iter().flat_map(|piece| piece.text.chars().map(move |char| (piece, char)));
        let mut at = 0;
        for (piece, char) in chars {
            let mut put = |char: char| {
                let cell = Cell { char, style: piece.style, hang: piece.hang };
                match in_ascii(char).filter(|_| !screen.unicode) {
                    Some(text) => cells.extend(text.chars().map(|char| Cell { char, ..cell })),
                    None => cells.push(cell),
                }
            };
            while hidden.peek().is_some_and(|range| range.end <= at) {
                hidden.next();
            }
            if let Some(range) = hidden.peek().filter(|range| range.contains(&at)) {
                if at == range.start {
                    HIDDEN.chars().for_each(put);
                }
            } else {
                put(char);
            }
            at += char.len_utf8();
        }
        cells
    }
}

/// What stands for our own marks where the screen has only ASCII. Foreign letters are left as they are.
fn in_ascii(char: char) -> Option<&'static str> {
    Some(match char {
        '✔' => "ok",
        '✖' => "x",
        '‹' => "<",
        '›' => ">",
        '…' => "...",
        '•' | '·' => "*",
        '→' => "->",
        '–' | '—' | '─' => "-",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '\u{fffd}' => "?",
        _ => return None,
    })
}

/// Breaks lines that are too long at the last blank that may be broken.
fn wrapped(cells: Vec<Cell>, width: usize) -> Vec<Cell> {
    if cells.iter().all(|cell| cell.hang.is_none()) {
        return cells;
    }
    let mut out: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut line_start = 0;
    let mut blank: Option<usize> = None;
    for cell in cells {
        out.push(cell);
        if cell.char == '\n' {
            (line_start, blank) = (out.len(), None);
        } else if cell.char == ' ' {
            blank = cell.hang.map_or(blank, |_| Some(out.len() - 1));
        } else if out.len() - line_start > width
            && let Some(at) = blank.take()
        {
            let indent = Cell { char: ' ', style: Style::Plain, hang: None };
            let hang = out[at].hang.unwrap_or(0);
            let rest = out.split_off(at + 1);
            while out.last().is_some_and(|cell| cell.char == ' ') {
                out.pop();
            }
            out.push(Cell { char: '\n', ..indent });
            line_start = out.len();
            out.extend(std::iter::repeat_n(indent, hang));
            out.extend(rest);
        }
    }
    out
}

/// A blank within the signs that begin a command where a CI system reads along.
fn disarmed(cells: Vec<Cell>) -> Vec<Cell> {
    let signs = disarm::signs(&cells, |cell| cell.char);
    if signs.is_empty() {
        return cells;
    }
    let mut signs = signs.into_iter().peekable();
    let parted = |(at, cell): (usize, Cell)| {
        let blank = signs.next_if_eq(&at).map(|_| Cell { char: ' ', ..cell });
        std::iter::once(cell).chain(blank)
    };
    cells.into_iter().enumerate().flat_map(parted).collect()
}

fn paint(cells: &[Cell], screen: &Screen) -> String {
    let mut out = String::with_capacity(cells.len());
    for run in cells.chunk_by(|a, b| a.style == b.style && a.char != '\n' && b.char != '\n') {
        let text = run.iter().map(|cell| cell.char);
        let style = run[0].style;
        if screen.colour && style != Style::Plain && !run.iter().all(|cell| cell.char.is_whitespace()) {
            out.push_str(&look_of(style).style(text.collect::<String>()).to_string());
        } else {
            out.extend(text);
        }
    }
    out
}

fn look_of(style: Style) -> owo_colors::Style {
    let look = owo_colors::Style::new();
    match style {
        Style::Plain => look,
        Style::Strong => look.bold(),
        Style::Good => look.green().bold(),
        Style::Bad => look.red().bold(),
        Style::Warn => look.yellow().bold(),
        Style::Faint => look.dimmed(),
        Style::Typed => look.cyan(),
        Style::Scanned => look.bright_white().on_black(),
    }
}

/// The nearest of our styles to the parameters of a colour sequence.
fn style_of(parameters: &str, current: Style) -> Style {
    parameters.split(';').fold(current, |style, parameter| match parameter {
        "" | "0" => Style::Plain,
        "1" if style == Style::Plain => Style::Strong,
        "2" => Style::Faint,
        "31" | "91" => Style::Bad,
        "32" | "92" => Style::Good,
        "33" | "93" => Style::Warn,
        "34" | "36" | "94" | "96" => Style::Typed,
        _ => style,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOURED: Screen = Screen { terminal: true, colour: true, unicode: true, width: 20 };
    const ASCII: Screen = Screen { terminal: true, colour: false, unicode: false, width: 80 };

    fn plain(doc: &Doc) -> String {
        doc.render(&Screen::PLAIN)
    }

    #[test]
    fn a_secret_that_runs_over_two_pieces_is_hidden() {
        let mut doc = Doc::new();
        doc.text("GET /cb?code=").push(Style::Strong, "Splx").text("lOBe done").newline();
        assert_eq!(plain(&doc), "GET /cb?code=‹hidden› done\n");
    }

    #[test]
    fn colours_of_ours_are_kept_and_colours_of_others_are_not() {
        let mut doc = Doc::new();
        doc.push(Style::Bad, "✖").text(" a\u{1b}[32mb\u{1b}[0m");
        let text = doc.render(&COLOURED);
        assert!(text.starts_with("\u{1b}[") && text.ends_with(" ab"), "{text:?}");
        assert_eq!(plain(&doc), "✖ ab");
        assert_eq!(doc.render(&ASCII), "x ab");
    }

    #[test]
    fn foreign_text_cannot_begin_a_workflow_command() {
        let mut doc = Doc::new();
        doc.text("  ::error file=x::y").newline().text("a ::b ##[error]c ##vso[x]").newline();
        doc.push(Style::Plain, ":").push(Style::Plain, ":warning::z");
        assert_eq!(plain(&doc), "  : :error file=x::y\na ::b # #[error]c # #vso[x]\n: :warning::z");
    }

    #[test]
    fn a_piece_stays_in_its_line_and_a_block_keeps_its_lines() {
        let mut doc = Doc::new();
        doc.line("a\nb").block(Style::Plain, "  ", "c\n\nd");
        assert_eq!(plain(&doc), "a b\n  c\n\n  d\n");
    }

    #[test]
    fn an_address_to_open_keeps_its_state_and_nothing_else() {
        let mut doc = Doc::new();
        doc.address_to_open("https://p.example/authorize?state=Xy12ab&client_secret=q1&scope=read");
        assert_eq!(plain(&doc), "https://p.example/authorize?state=Xy12ab&client_secret=‹hidden›&scope=read");
    }

    #[test]
    fn text_of_our_own_renderers_keeps_its_colours_and_is_redacted() {
        let mut doc = Doc::new();
        doc.coloured("\u{1b}[1;31merror\u{1b}[0m: code=Ab12\u{1b}]0;x\u{7} \u{1b}[5A");
        assert_eq!(plain(&doc), "error: code=‹hidden› ");
        assert!(doc.render(&COLOURED).starts_with("\u{1b}[31;1merror"), "{:?}", doc.render(&COLOURED));
    }

    #[test]
    fn a_flowing_piece_is_wrapped_between_words_and_never_inside_one() {
        let mut doc = Doc::new();
        doc.text("  how  ").flow(Style::Plain, 7, "a long sentence that goes on, http://127.0.0.1:7998/x").newline();
        let narrow = Screen { width: 24, ..Screen::PLAIN };
        assert_eq!(
            doc.render(&narrow),
            "  how  a long sentence\n       that goes on,\n       http://127.0.0.1:7998/x\n"
        );
        assert_eq!(doc.render(&ASCII).lines().count(), 1);

        let mut doc = Doc::new();
        doc.flow(Style::Plain, 2, "a sentence that breaks ::error::here");
        assert_eq!(doc.render(&narrow), "a sentence that breaks\n  : :error::here");
    }

    #[test]
    fn a_status_line_is_cut_to_the_screen() {
        let mut doc = Doc::new();
        doc.text("0123456789").push(Style::Strong, "0123456789abcdef").newline().text("next");
        assert_eq!(doc.render_line(&Screen { colour: false, ..COLOURED }), "0123456789012345678");
    }
}
