//! Section `machine`: the system that this program runs on, from its environment and a few files.

use super::{Context, LOCAL, Probe};
use crate::facts::Facts;
use crate::host::{Env, Files, Host};
use std::path::Path;

pub const PROBE: Probe = Probe { section: "machine", needs: &[], limit: LOCAL, run };

fn run(context: &Context, _: &Facts) -> Facts {
    let host = &context.host;
    let mut facts = Facts::new();
    facts.set("machine.os", os());
    facts.set("machine.user", host.processes.own_user().or_else(|| user_of(&host.env)));
    facts.set("machine.is_root", host.processes.own_uid() == Some(0));
    facts.set("machine.container", container(&*host.files, &host.env));
    facts.set("machine.wsl", wsl(host));
    facts.set("machine.remote_editor", remote_editor(&host.env));
    facts.set("machine.now", host.clock.now());
    let ssh = ssh(&host.env);
    facts.set("machine.ssh", ssh.is_some());
    facts.set("machine.ssh_client", ssh.as_ref().and_then(|ssh| ssh.client.clone()));
    facts.set("machine.ssh_server", ssh.as_ref().and_then(|ssh| ssh.server.clone()));
    facts.set("machine.ssh_port", ssh.and_then(|ssh| ssh.port));
    facts
}

fn os() -> &'static str {
    match std::env::consts::OS {
        os @ ("linux" | "macos" | "windows") => os,
        _ => "other",
    }
}

fn user_of(env: &Env) -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| env.filled(name)).map(str::to_owned)
}

/// An editor's terminal and a codespace are told by their own variables; for the rest the engine leaves a file or a
/// variable, and `container` is systemd's convention.
fn container(files: &dyn Files, env: &Env) -> Option<String> {
    let there = |path: &str| files.metadata(Path::new(path)).is_ok();
    let name = if env.is_set("KUBERNETES_SERVICE_HOST") {
        "kubernetes"
    } else if env.filled("REMOTE_CONTAINERS").is_some() || env.filled("DEVCONTAINER").is_some() {
        "devcontainer"
    } else if there("/.dockerenv") {
        "docker"
    } else if there("/run/.containerenv") {
        "podman"
    } else {
        // WSL's own init sets it too; that is a machine of its own, told by another fact.
        return env.filled("container").filter(|name| *name != "wsl").map(str::to_owned);
    };
    Some(name.to_owned())
}

fn wsl(host: &Host) -> bool {
    let kernel = || host.files.head(Path::new("/proc/sys/kernel/osrelease"), 256).unwrap_or_default();
    host.env.is_set("WSL_DISTRO_NAME")
        || host.env.is_set("WSL_INTEROP")
        || String::from_utf8_lossy(&kernel()).to_lowercase().contains("microsoft")
}

struct Ssh {
    client: Option<String>,
    server: Option<String>,
    port: Option<u32>,
}

/// `SSH_CONNECTION` holds the client's address and port, then the server's (sshd(8)).
fn ssh(env: &Env) -> Option<Ssh> {
    let connection = env.filled("SSH_CONNECTION");
    connection.or(env.filled("SSH_CLIENT")).or(env.filled("SSH_TTY"))?;
    let words: Vec<&str> = connection.unwrap_or_default().split_ascii_whitespace().collect();
    let text = |at: usize| words.get(at).map(|word| (*word).to_owned());
    Some(Ssh { client: text(0), server: text(2), port: words.get(3).and_then(|port| port.parse().ok()) })
}

/// The remote editor whose terminal this is. A local editor's terminal sets `TERM_PROGRAM` alone.
fn remote_editor(env: &Env) -> Option<String> {
    let set = |name: &str| env.filled(name).is_some();
    let name = if set("CODESPACES") {
        "codespaces"
    } else if set("GITPOD_WORKSPACE_ID") {
        "gitpod"
    } else if set("CLOUD_SHELL") || set("GOOGLE_CLOUD_SHELL") {
        "cloud shell"
    } else if set("REMOTE_CONTAINERS_IPC") || (set("VSCODE_IPC_HOOK_CLI") && remote_vscode(env)) {
        "vscode"
    } else if set("REMOTE_DEV_SERVER_LAUNCHED") || env.get("TERMINAL_EMULATOR") == Some("JetBrains-Gateway") {
        "jetbrains"
    } else {
        return None;
    };
    Some(name.to_owned())
}

/// The opener that a remote window of VS Code (or an editor made from it) gives its terminals.
fn remote_vscode(env: &Env) -> bool {
    let markers = [".vscode-server", ".vscode-remote", ".cursor-server", ".windsurf-server", "code-server"];
    let texts = ["BROWSER", "VSCODE_GIT_ASKPASS_MAIN", "VSCODE_GIT_ASKPASS_NODE", "PATH"];
    texts.iter().filter_map(|name| env.get(name)).any(|text| markers.iter().any(|marker| text.contains(marker)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Looked;
    use std::sync::Arc;

    fn probed(pairs: &[(&str, &str)]) -> Facts {
        let env = pairs.iter().copied().collect();
        run(&Context::of(Host { env: Arc::new(env), ..Host::real() }), &Facts::new())
    }

    #[test]
    fn the_system_and_its_user_are_told() {
        let facts = probed(&[]);
        assert_eq!(facts.text("machine.os"), Some(os()));
        assert_eq!(facts.truth("machine.ssh"), Some(false));
        assert_eq!(facts.get("machine.ssh_client"), Looked::Absent);
    }

    #[test]
    fn an_ssh_connection_gives_both_ends() {
        let facts = probed(&[("SSH_CONNECTION", "198.51.100.7 50722 203.0.113.5 2222")]);
        assert_eq!(facts.truth("machine.ssh"), Some(true));
        assert_eq!(facts.text("machine.ssh_client"), Some("198.51.100.7"));
        assert_eq!(facts.text("machine.ssh_server"), Some("203.0.113.5"));
        assert_eq!(facts.number("machine.ssh_port"), Some(2222));
    }

    #[test]
    fn a_remote_editor_is_told_from_a_local_one() {
        let editor = |pairs: &[(&str, &str)]| probed(pairs).text("machine.remote_editor").map(str::to_owned);
        assert_eq!(editor(&[("TERM_PROGRAM", "vscode"), ("VSCODE_IPC_HOOK_CLI", "/run/x.sock")]), None);
        let opener = "/home/dev/.vscode-server/bin/1/bin/helpers/browser.sh";
        let remote = editor(&[("VSCODE_IPC_HOOK_CLI", "/run/x.sock"), ("BROWSER", opener)]);
        assert_eq!(remote.as_deref(), Some("vscode"));
        assert_eq!(editor(&[("CODESPACES", "true")]).as_deref(), Some("codespaces"));
    }

    #[test]
    fn a_cluster_and_systemds_convention_are_containers_and_wsl_is_none() {
        let there = |pairs: &[(&str, &str)]| container(&crate::host::RealFiles, &pairs.iter().copied().collect());
        assert_eq!(there(&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")]).as_deref(), Some("kubernetes"));
        assert_eq!(there(&[("REMOTE_CONTAINERS", "true")]).as_deref(), Some("devcontainer"));
        assert_eq!(probed(&[("WSL_DISTRO_NAME", "Ubuntu")]).truth("machine.wsl"), Some(true));
    }
}
