//! Section `browser`: can a browser open here, and is its 127.0.0.1 ours.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("browser.can_open", Kind::Truth, "a browser can be opened from here").always(),
    spec("browser.name", Kind::Text, "the browser or opener that would be used"),
    spec("browser.found_by", Kind::Text, "how it was found").one_of(&["BROWSER", "opener", "path", "system"]),
    spec("browser.text_mode", Kind::Truth, "it is a text browser, which most login pages refuse"),
    spec("browser.why_not", Kind::Text, "why none can be opened"),
    spec("browser.variable", Kind::Text, "BROWSER"),
    spec("browser.variable_valid", Kind::Truth, "BROWSER names a program that exists"),
    spec("browser.display", Kind::Truth, "DISPLAY or WAYLAND_DISPLAY is set (always true on macOS and Windows)")
        .always(),
    spec("browser.same_machine", Kind::Truth, "the browser's 127.0.0.1 is this machine's").always(),
    spec("browser.elsewhere_because", Kind::Text, "why it is not").one_of(&[
        "ssh",
        "container",
        "wsl",
        "remote_editor",
    ]),
    spec("browser.forwarding_line", Kind::Text, "the exact line to type on the machine with the browser").personal(),
    spec("browser.way_back", Kind::Text, "what leads the browser from its own 127.0.0.1 to this one"),
];
