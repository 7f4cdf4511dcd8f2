//! Fills `browser`: can a browser open here, and is its 127.0.0.1 this machine's. Opens nothing.
//!
//! What is looked for is what Python's `webbrowser` (authsome) and this program try: BROWSER, then an opener or a browser
//! on PATH where there is a display, then a text browser.

use super::{Context, LOCAL, Probe, way_back};
use crate::facts::Facts;
use crate::host::Host;
use std::path::{Path, PathBuf};

pub const PROBE: Probe = Probe { section: "browser", needs: &["machine", "callback"], limit: LOCAL, run };

/// Need a display: openers first, as both programs do.
const GRAPHICAL: &[&str] = &[
    "xdg-open",
    "sensible-browser",
    "gio",
    "x-www-browser",
    "firefox",
    "firefox-esr",
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "brave-browser",
    "microsoft-edge",
    "opera",
    "konqueror",
    "epiphany",
];
const OPENERS: &[&str] = &["xdg-open", "sensible-browser", "gio", "x-www-browser", "wslview", "open"];
/// Open the browser of the Windows around a WSL.
const WINDOWS: &[&str] = &["wslview", "explorer.exe", "powershell.exe"];
const TEXT: &[&str] = &["www-browser", "links", "elinks", "lynx", "w3m"];

/// What would open.
struct Found {
    name: String,
    by: &'static str,
    text_mode: bool,
    /// The browser of Windows, outside this WSL.
    windows: bool,
}

fn run(context: &Context, facts: &Facts) -> Facts {
    let machine = Machine::of(context, facts);
    let mut found = Facts::new();
    let browser = machine.browser();
    let (can_open, why_not) = match &browser {
        Ok(_) => (true, None),
        Err(why) => (false, Some(why.clone())),
    };
    let variable = machine.variable();
    found.set("browser.can_open", can_open);
    found.set("browser.why_not", why_not);
    found.set("browser.name", browser.as_ref().ok().map(|browser| browser.name.as_str()));
    found.set("browser.found_by", browser.as_ref().ok().map(|browser| browser.by));
    found.set("browser.text_mode", browser.as_ref().ok().map(|browser| browser.text_mode));
    found.set("browser.variable", variable);
    found.set("browser.variable_valid", variable.map(|_| machine.named().is_some()));
    found.set("browser.display", machine.display());
    let elsewhere = machine.elsewhere(browser.as_ref().ok());
    found.set("browser.same_machine", elsewhere.is_none());
    found.set("browser.elsewhere_because", elsewhere);
    let way = elsewhere.map(|because| way_back::way_back(&context.host, facts, because));
    found.set("browser.forwarding_line", way.as_ref().and_then(|way| way.line.as_deref()));
    found.set("browser.way_back", way.map(|way| way.words));
    found
}

struct Machine<'a> {
    host: &'a Host,
    facts: &'a Facts,
    os: &'a str,
}

impl<'a> Machine<'a> {
    fn of(context: &'a Context, facts: &'a Facts) -> Self {
        Self { host: &context.host, facts, os: facts.text("machine.os").unwrap_or("other") }
    }

    fn is(&self, fact: &str) -> bool {
        self.facts.truth(fact) == Some(true)
    }

    /// Does the desktop belong to the system itself, without X11 or Wayland?
    fn own_desktop(&self) -> bool {
        matches!(self.os, "macos" | "windows")
    }

    fn display(&self) -> bool {
        self.own_desktop() || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| self.host.env.filled(name).is_some())
    }

    fn variable(&self) -> Option<&'a str> {
        self.host.env.filled("BROWSER")
    }

    /// The first program of BROWSER that exists. It is a list with the separator of PATH; each entry a command line, in
    /// which `%s` stands for the address.
    fn named(&self) -> Option<String> {
        let separator = if self.os == "windows" { ';' } else { ':' };
        let entries = self.variable()?.split(separator);
        let program =
            |entry: &str| entry.split_whitespace().next().map(|word| word.trim_matches(['"', '\'']).to_owned());
        entries.filter_map(program).find(|program| self.which(program).is_some())
    }

    fn browser(&self) -> Result<Found, String> {
        if let Some(program) = self.named() {
            let name = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text_mode = TEXT.contains(&name.as_str());
            return Ok(Found { name, by: "BROWSER", text_mode, windows: false });
        }
        let first = |names: &[&'static str]| names.iter().copied().find(|name| self.which(name).is_some());
        let by = |name: &str| if OPENERS.contains(&name) { "opener" } else { "path" };
        let found = |name: &str, by, text_mode, windows| Found { name: name.to_owned(), by, text_mode, windows };
        if self.own_desktop() {
            // Nobody sits at the desktop of a machine that is reached over SSH.
            return if self.is("machine.ssh") {
                Err("this is an SSH session: a browser would open on a screen that you do not see".to_owned())
            } else {
                Ok(found(if self.os == "macos" { "open" } else { "the default browser" }, "system", false, false))
            };
        }
        if self.display()
            && let Some(name) = first(GRAPHICAL)
        {
            return Ok(found(name, by(name), false, false));
        }
        if self.is("machine.wsl")
            && let Some(name) = first(WINDOWS)
        {
            return Ok(found(name, by(name), false, true));
        }
        if let Some(name) = first(TEXT) {
            return Ok(found(name, "path", true, false));
        }
        Err(self.why_not())
    }

    fn why_not(&self) -> String {
        let bad =
            self.variable().map(|value| format!("BROWSER names {value}, which is not there; ")).unwrap_or_default();
        let rest = if self.display() {
            "no browser and no opener (xdg-open, gio) is on PATH"
        } else {
            "there is no display (DISPLAY and WAYLAND_DISPLAY are not set) and no text browser on PATH"
        };
        format!("{bad}{rest}")
    }

    /// Why the browser of the person is on another machine than this one.
    fn elsewhere(&self, browser: Option<&Found>) -> Option<&'static str> {
        // A window on a display, forwarded or not, belongs to a program that runs here.
        let window_here = browser.is_some_and(|browser| !browser.windows && browser.by != "BROWSER") && self.display();
        if self.facts.text("machine.remote_editor").is_some() {
            // Its BROWSER opens the address on the editor's own machine.
            return Some("remote_editor");
        }
        if window_here && !(self.own_desktop() && self.is("machine.ssh")) {
            return None;
        }
        if self.is("machine.ssh") {
            return Some("ssh");
        }
        if self.facts.text("machine.container").is_some() {
            return Some("container");
        }
        browser.is_some_and(|browser| browser.windows).then_some("wsl")
    }

    /// A program by its path, or on PATH.
    fn which(&self, program: &str) -> Option<PathBuf> {
        if program.contains('/') || program.contains('\\') {
            return Some(PathBuf::from(program)).filter(|path| self.host.files.executable(path));
        }
        let path = self.host.env.filled("PATH")?;
        std::env::split_paths(path).map(|folder| folder.join(program)).find(|path| self.host.files.executable(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Looked, Value};
    use std::sync::Arc;

    /// A machine with these programs on its PATH, these variables and these facts of `machine`.
    fn probed(programs: &[&str], variables: &[(&str, &str)], machine: &[(&str, Value)]) -> Facts {
        let folder = tempfile::tempdir().unwrap();
        for program in programs {
            let path = folder.path().join(program);
            std::fs::write(&path, "").unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let path = folder.path().to_string_lossy().into_owned();
        let variables = variables.iter().copied().chain([("PATH", path.as_str())]);
        let host = Host { env: Arc::new(variables.collect()), ..Host::real() };
        let mut facts = Facts::new();
        facts.set("machine.os", "linux");
        facts.set("callback.port", 7998);
        for (name, value) in machine {
            facts.set(name, crate::facts::Fact::Known(value.clone()));
        }
        let context = Context::of(host);
        run(&context, &facts)
    }

    #[test]
    fn a_desktop_with_an_opener_can_open_and_is_here() {
        let facts = probed(&["xdg-open", "firefox"], &[("DISPLAY", ":0")], &[]);
        assert_eq!(facts.truth("browser.can_open"), Some(true));
        assert_eq!(facts.text("browser.name"), Some("xdg-open"));
        assert_eq!(facts.text("browser.found_by"), Some("opener"));
        assert_eq!(facts.truth("browser.same_machine"), Some(true));
        assert_eq!(facts.get("browser.forwarding_line"), Looked::Absent);
    }

    #[test]
    fn a_server_reached_over_ssh_opens_nothing_and_gives_the_line_to_type() {
        let ssh = |port: u16| {
            [
                ("machine.ssh", true.into()),
                ("machine.ssh_server", "192.0.2.10".into()),
                ("machine.user", "dev".into()),
                ("machine.ssh_port", port.into()),
            ]
        };
        let facts = probed(&["xdg-open"], &[], &ssh(22));
        assert_eq!(facts.truth("browser.can_open"), Some(false));
        assert!(facts.text("browser.why_not").unwrap().contains("no display"));
        assert_eq!(facts.text("browser.elsewhere_because"), Some("ssh"));
        assert_eq!(facts.text("browser.forwarding_line"), Some("ssh -L 7998:127.0.0.1:7998 dev@192.0.2.10"));
        let facts = probed(&[], &[], &ssh(2222));
        assert_eq!(facts.text("browser.forwarding_line"), Some("ssh -p 2222 -L 7998:127.0.0.1:7998 dev@192.0.2.10"));
    }

    #[test]
    fn a_window_forwarded_over_ssh_belongs_to_this_machine() {
        let facts = probed(&["firefox"], &[("DISPLAY", "localhost:10.0")], &[("machine.ssh", true.into())]);
        assert_eq!(facts.truth("browser.can_open"), Some(true));
        assert_eq!(facts.truth("browser.same_machine"), Some(true));
    }

    #[test]
    fn the_browser_of_a_remote_editor_is_elsewhere_although_it_opens() {
        let helper = tempfile::NamedTempFile::new().unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(helper.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let variable = helper.path().to_string_lossy().into_owned();
        let facts = probed(&[], &[("BROWSER", &variable)], &[("machine.remote_editor", "vscode".into())]);
        assert_eq!(facts.truth("browser.can_open"), Some(true));
        assert_eq!(facts.text("browser.found_by"), Some("BROWSER"));
        assert_eq!(facts.text("browser.elsewhere_because"), Some("remote_editor"));
    }

    #[test]
    fn a_container_without_a_browser_has_its_person_outside() {
        let facts = probed(&[], &[], &[("machine.container", "docker".into())]);
        assert_eq!(facts.truth("browser.can_open"), Some(false));
        assert_eq!(facts.text("browser.elsewhere_because"), Some("container"));
    }

    #[test]
    fn wsl_opens_the_browser_of_windows() {
        let facts = probed(&["wslview"], &[], &[("machine.wsl", true.into())]);
        assert_eq!(facts.text("browser.name"), Some("wslview"));
        assert_eq!(facts.text("browser.elsewhere_because"), Some("wsl"));
    }

    #[test]
    fn a_browser_variable_is_a_list_of_command_lines() {
        let facts = probed(&["lynx"], &[("BROWSER", "/nowhere/firefox:lynx %s")], &[]);
        assert_eq!(facts.text("browser.name"), Some("lynx"));
        assert_eq!(facts.truth("browser.text_mode"), Some(true));
        assert_eq!(facts.truth("browser.variable_valid"), Some(true));
    }

    #[test]
    fn a_browser_variable_that_names_nothing_is_told_and_the_rest_is_still_looked_for() {
        let facts = probed(&[], &[("BROWSER", "/nowhere/firefox"), ("DISPLAY", ":0")], &[]);
        assert_eq!(facts.truth("browser.variable_valid"), Some(false));
        assert!(facts.text("browser.why_not").unwrap().starts_with("BROWSER names /nowhere/firefox"));
        let facts = probed(&["chromium"], &[("BROWSER", "/nowhere/firefox"), ("WAYLAND_DISPLAY", "wayland-0")], &[]);
        assert_eq!(facts.truth("browser.variable_valid"), Some(false));
        assert_eq!(facts.text("browser.name"), Some("chromium"));
    }

    #[test]
    fn a_file_that_nobody_may_run_is_no_browser() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let facts = probed(&[], &[("BROWSER", &file.path().to_string_lossy())], &[]);
        assert_eq!(facts.truth("browser.variable_valid"), Some(false));
    }

    #[test]
    fn macos_always_has_a_browser_unless_nobody_sees_its_screen() {
        let facts = probed(&[], &[], &[("machine.os", "macos".into())]);
        assert_eq!(facts.truth("browser.can_open"), Some(true));
        assert_eq!(facts.truth("browser.same_machine"), Some(true));
        let facts = probed(&[], &[], &[("machine.os", "macos".into()), ("machine.ssh", true.into())]);
        assert_eq!(facts.truth("browser.can_open"), Some(false));
        assert_eq!(facts.text("browser.elsewhere_because"), Some("ssh"));
    }
}
