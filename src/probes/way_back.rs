//! What leads a browser on another machine from its own 127.0.0.1 to ours: a line to type there where there is one, and in
//! words. Only where `browser` has found that it is elsewhere.

use crate::facts::Facts;
use crate::host::Host;
use std::path::Path;

pub struct WayBack {
    /// The exact line to type on the machine with the browser.
    pub line: Option<String>,
    pub words: String,
}

/// Where Kubernetes tells a container its namespace.
const NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

pub fn way_back(host: &Host, facts: &Facts, because: &str) -> WayBack {
    let port = facts.number("callback.port").unwrap_or(7998);
    let ssh = ssh(host, facts, port);
    match (because, facts.text("machine.remote_editor"), facts.text("machine.container")) {
        ("remote_editor", Some("codespaces"), _) => WayBack {
            line: host
                .env
                .filled("CODESPACE_NAME")
                .map(|name| format!("gh codespace ports forward {port}:{port} -c {name}")),
            words: format!(
                "VS Code on your machine forwards port {port} by itself (its Ports view); the browser's editor does not lead 127.0.0.1 here"
            ),
        },
        ("remote_editor", Some("cloud shell"), _) => WayBack {
            line: Some(format!("gcloud cloud-shell ssh --ssh-flag=\"-L {port}:127.0.0.1:{port}\"")),
            words: format!("an SSH forward of port {port}; Web Preview has another address and does not do it"),
        },
        ("remote_editor", Some("gitpod"), _) => WayBack {
            line: ssh,
            words: format!(
                "an editor on your machine (VS Code, JetBrains) forwards port {port}; the browser's editor does not lead 127.0.0.1 here"
            ),
        },
        ("remote_editor", Some("jetbrains"), _) => WayBack {
            line: ssh,
            words: format!("the client forwards port {port} when you allow it there (Port Forwarding, Add Port)"),
        },
        ("remote_editor", ..) => WayBack {
            line: ssh,
            words: format!("the editor forwards port {port} by itself; if not: its Ports view, Forward a Port, {port}"),
        },
        ("container", _, Some("kubernetes")) => WayBack {
            line: host.env.filled("HOSTNAME").map(|pod| kubectl(host, pod, port)),
            words: format!("kubectl forwards port {port} to 127.0.0.1 of the pod"),
        },
        ("container", _, Some("devcontainer")) => WayBack {
            line: None,
            words: format!("the editor forwards port {port} by itself; if not: its Ports view, Forward a Port, {port}"),
        },
        ("container", ..) => WayBack {
            line: None,
            words: "a container that shares the network (--network host); a published port (-p) does not reach a listener on 127.0.0.1"
                .to_owned(),
        },
        ("wsl", ..) => WayBack {
            line: None,
            words: "Windows leads its localhost here by itself; if not: networkingMode=mirrored in .wslconfig, then wsl --shutdown"
                .to_owned(),
        },
        _ => WayBack { line: ssh, words: format!("an SSH forward of port {port}, opened on the machine with the browser") },
    }
}

/// The host and the port of the SSH server are those that the client reached.
fn ssh(host: &Host, facts: &Facts, port: i64) -> Option<String> {
    if facts.truth("machine.ssh") != Some(true) {
        return None;
    }
    let server = facts.text("machine.ssh_server")?;
    let user = facts.text("machine.user").or_else(|| host.env.filled("USER"));
    let at = user.map(|user| format!("{user}@")).unwrap_or_default();
    let ssh_port = match facts.number("machine.ssh_port") {
        Some(port) if port != 22 => format!("-p {port} "),
        _ => String::new(),
    };
    Some(format!("ssh {ssh_port}-L {port}:127.0.0.1:{port} {at}{server}"))
}

fn kubectl(host: &Host, pod: &str, port: i64) -> String {
    let namespace = host.files.read_text(Path::new(NAMESPACE), 256).unwrap_or_default();
    let option = match namespace.trim() {
        "" => String::new(),
        name => format!(" -n {name}"),
    };
    format!("kubectl port-forward{option} pod/{pod} {port}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn way(because: &str, variables: &[(&str, &str)], machine: &[(&str, &str)]) -> WayBack {
        let host = Host { env: Arc::new(variables.iter().copied().collect()), ..Host::real() };
        let mut facts = Facts::new();
        facts.set("callback.port", 7998);
        for (name, value) in machine {
            facts.set(name, *value);
        }
        way_back(&host, &facts, because)
    }

    #[test]
    fn a_line_names_this_port_and_this_machine_where_there_is_one() {
        let codespace =
            way("remote_editor", &[("CODESPACE_NAME", "octo-box-1")], &[("machine.remote_editor", "codespaces")]);
        assert_eq!(codespace.line.as_deref(), Some("gh codespace ports forward 7998:7998 -c octo-box-1"));
        let pod = way("container", &[("HOSTNAME", "web-0")], &[("machine.container", "kubernetes")]);
        assert_eq!(pod.line.as_deref(), Some("kubectl port-forward pod/web-0 7998:7998"));
        let shell = way("remote_editor", &[], &[("machine.remote_editor", "cloud shell")]);
        assert!(shell.line.is_some_and(|line| line.contains("-L 7998:127.0.0.1:7998")));
    }

    #[test]
    fn where_no_line_helps_the_words_say_what_does() {
        for (because, machine, says) in [
            ("container", ("machine.container", "docker"), "--network host"),
            ("container", ("machine.container", "devcontainer"), "Ports view"),
            ("remote_editor", ("machine.remote_editor", "vscode"), "Ports view"),
            ("remote_editor", ("machine.remote_editor", "jetbrains"), "Port Forwarding"),
            ("wsl", ("machine.os", "linux"), "mirrored"),
        ] {
            let way = way(because, &[], &[machine]);
            assert!(way.line.is_none() && way.words.contains(says), "{}", way.words);
        }
    }
}
