//! Section `machine`: the system that this program runs on.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("machine.os", Kind::Text, "the operating system").one_of(&["linux", "macos", "windows", "other"]).always(),
    spec("machine.user", Kind::Text, "who runs this program").personal(),
    spec("machine.is_root", Kind::Truth, "this program runs with an administrator's rights"),
    spec(
        "machine.container",
        Kind::Text,
        "the kind of container that this is: docker, podman, kubernetes, lxc, devcontainer …",
    ),
    spec("machine.wsl", Kind::Truth, "this is a Linux inside Windows (WSL)"),
    spec("machine.ssh", Kind::Truth, "the person sits at the other end of an SSH connection"),
    spec("machine.ssh_client", Kind::Text, "the address that the SSH connection comes from").personal(),
    spec("machine.ssh_server", Kind::Text, "the address of this machine as the SSH client reached it").personal(),
    spec("machine.ssh_port", Kind::Number, "the port of this machine's SSH server, as the client reached it"),
    spec(
        "machine.remote_editor",
        Kind::Text,
        "the remote editor whose terminal this is: vscode, codespaces, gitpod, jetbrains …",
    ),
    spec("machine.now", Kind::Time, "this machine's clock when the diagnosis began").always(),
];
