//! What a stream can show: colour, characters, width. Decided once, from the flags, the environment and the terminal.

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// A person sits before it.
    pub terminal: bool,
    pub colour: bool,
    /// It has more than ASCII.
    pub unicode: bool,
    /// In characters.
    pub width: usize,
}

/// Where there is no terminal to ask.
const WIDTH: usize = 80;
/// Below, nothing can be laid out.
const NARROWEST: usize = 40;

impl Screen {
    /// A file or a pipe that takes UTF-8: no colour, 80 columns.
    pub const PLAIN: Self = Self { terminal: false, colour: false, unicode: true, width: WIDTH };

    /// `--color` before `NO_COLOR` before `CLICOLOR_FORCE` before what the stream is.
    pub fn decide(flag: Color, env: &dyn Fn(&str) -> Option<String>, terminal: bool, columns: Option<u16>) -> Self {
        let filled = |name: &str| env(name).filter(|value| !value.is_empty());
        let on = |name: &str| filled(name).is_some_and(|value| value != "0");
        let dumb = env("TERM").is_some_and(|term| term == "dumb");
        let colour = match flag {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if filled("NO_COLOR").is_some() => false,
            Color::Auto if on("CLICOLOR_FORCE") => true,
            Color::Auto => terminal && !dumb && env("CLICOLOR").is_none_or(|value| value != "0"),
        };
        let width = columns.map_or(WIDTH, usize::from).max(NARROWEST);
        Self { terminal, colour, unicode: !dumb && speaks_unicode(env), width: if terminal { width } else { WIDTH } }
    }
}

/// As the C library decides: the first of these variables that is filled names the character set.
fn speaks_unicode(env: &dyn Fn(&str) -> Option<String>) -> bool {
    if cfg!(windows) {
        return env("WT_SESSION").is_some() || env("TERM").is_some();
    }
    // The console of the Linux kernel has few characters, whatever the locale says.
    if env("TERM").is_some_and(|term| term == "linux") {
        return false;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env(name).filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(color: Color, terminal: bool, variables: &[(&str, &str)]) -> Screen {
        let env = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Screen::decide(color, &env, terminal, Some(132))
    }

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
        for (color, terminal, variables, expected) in [
            (Color::Auto, true, &[][..], true),
            (Color::Auto, false, &[], false),
            (Color::Auto, true, &[("NO_COLOR", "1")], false),
            (Color::Auto, true, &[("NO_COLOR", "")], true),
            (Color::Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (Color::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (Color::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (Color::Auto, true, &[("TERM", "dumb")], false),
            (Color::Auto, true, &[("CLICOLOR", "0")], false),
            (Color::Always, false, &[("NO_COLOR", "1")], true),
            (Color::Never, true, &[("CLICOLOR_FORCE", "1")], false),
        ] {
            assert_eq!(decide(color, terminal, variables).colour, expected, "{color:?} {terminal} {variables:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn characters_beyond_ascii_are_used_where_the_locale_has_them() {
        assert!(decide(Color::Auto, true, &[("LANG", "de_DE.UTF-8")]).unicode);
        assert!(!decide(Color::Auto, true, &[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]).unicode);
        assert!(!decide(Color::Auto, true, &[("LANG", "de_DE.UTF-8"), ("TERM", "dumb")]).unicode);
        assert!(!decide(Color::Auto, true, &[]).unicode);
    }

    #[test]
    fn a_pipe_is_eighty_columns_wide_and_a_terminal_as_wide_as_it_is() {
        assert_eq!(decide(Color::Auto, false, &[]).width, 80);
        assert_eq!(decide(Color::Auto, true, &[]).width, 132);
    }
}
