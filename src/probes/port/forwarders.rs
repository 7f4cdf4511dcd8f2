//! Programs that hold a port for somebody else. Stopping one cuts a connection or a container, so we never do.

use crate::host::Process;

/// A program's name, words that must stand in its command line, and what it does, in words.
const FORWARDERS: &[(&str, &[&str], &str)] = &[
    ("sshd", &[], "an SSH server forwards the port for somebody who is logged in from elsewhere"),
    ("sshd-session", &[], "an SSH server forwards the port for somebody who is logged in from elsewhere"),
    ("ssh", &[], "an SSH connection forwards the port to another machine"),
    ("autossh", &[], "an SSH connection forwards the port to another machine"),
    ("docker-proxy", &[], "docker forwards the port into a container"),
    ("com.docker.backend", &[], "Docker Desktop forwards the port into a container"),
    ("com.docker.vpnkit", &[], "Docker Desktop forwards the port into a container"),
    ("vpnkit", &[], "Docker Desktop forwards the port into a container"),
    ("rootlessport", &[], "podman forwards the port into a container"),
    ("rootlesskit", &[], "a rootless container engine forwards the port into a container"),
    ("slirp4netns", &[], "a rootless container engine forwards the port into a container"),
    ("pasta", &[], "podman forwards the port into a container"),
    ("pasta.avx2", &[], "podman forwards the port into a container"),
    ("passt", &[], "a virtual machine's network forwards the port"),
    ("gvproxy", &[], "podman machine forwards the port into a virtual machine"),
    ("limactl", &[], "Lima forwards the port into a virtual machine"),
    ("colima", &[], "Colima forwards the port into a virtual machine"),
    ("wslrelay.exe", &[], "WSL forwards the port"),
    ("wslhost.exe", &[], "WSL forwards the port"),
    ("svchost.exe", &["iphlpsvc"], "a Windows port proxy forwards the port"),
    ("kubectl", &["port-forward"], "kubectl forwards the port into a cluster"),
    ("gh", &["codespace"], "GitHub's command line forwards the port to a codespace"),
    ("devtunnel", &[], "a dev tunnel forwards the port"),
    ("cloudflared", &[], "a tunnel forwards the port"),
    ("tsh", &[], "Teleport forwards the port to another machine"),
    ("session-manager-plugin", &[], "an AWS session forwards the port to another machine"),
    ("socat", &[], "socat passes the port on"),
    ("code", &[], "the editor forwards the port to a remote machine"),
    ("code-tunnel", &[], "the editor forwards the port to a remote machine"),
    ("code-insiders", &[], "the editor forwards the port to a remote machine"),
    ("cursor", &[], "the editor forwards the port to a remote machine"),
    ("node", &[".vscode-server"], "the editor's server forwards the port"),
    ("node", &[".cursor-server"], "the editor's server forwards the port"),
    ("jetbrains_client", &[], "the editor forwards the port to a remote machine"),
    ("remote-dev-server", &[], "the editor's server forwards the port"),
];

/// What a forwarder does, in words; none where it is no forwarder that we know.
pub fn what(process: &Process) -> Option<&'static str> {
    let program = process.executable.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    let called = process.command.first().and_then(|word| word.split([' ', ':']).next()?.rsplit('/').next());
    let is = |name: &str| process.name == name || program.as_deref() == Some(name) || called == Some(name);
    let says = |word: &&str| process.command.iter().any(|argument| argument.contains(word));
    let found = FORWARDERS.iter().find(|(name, words, _)| is(name) && words.iter().all(says));
    found.map(|(_, _, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(line: &str) -> Process {
        let command: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let name = command[0].rsplit('/').next().unwrap().trim_end_matches(':').to_owned();
        Process { name, command, ..Process::default() }
    }

    #[test]
    fn what_holds_a_port_for_somebody_else_is_a_forwarder() {
        for line in [
            "ssh -N -L 7998:127.0.0.1:7998 box",
            "sshd: dev@pts/0",
            "/usr/bin/docker-proxy -proto tcp -host-ip 127.0.0.1 -host-port 7998",
            "kubectl port-forward svc/web 7998:80",
            "/home/dev/.vscode-server/bin/1/node /home/dev/.vscode-server/bin/1/out/server-main.js",
        ] {
            assert!(what(&process(line)).is_some(), "{line}");
        }
    }

    #[test]
    fn an_ordinary_program_is_none() {
        for line in ["python3 -m http.server 7998", "node server.js", "kubectl get pods", "/opt/sshfs-web --port 7998"]
        {
            assert_eq!(what(&process(line)), None, "{line}");
        }
    }
}
