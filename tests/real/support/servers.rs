//! The OAuth servers of other people, one process each, and the definition that leads authsome to them.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::port::free_port;
use super::process::Running;
use super::program::World;
use super::proxy::{Certificates, HOST};
use super::{installed, server_script};

/// The client that both servers know, and its secret.
pub const CLIENT: &str = "confidential";
pub const SECRET: &str = "correct-horse-battery";

/// The documented redirect URI, which is sent where no authsome is installed.
pub const DOCUMENTED: &str = "http://127.0.0.1:7998/auth/callback/oauth";

pub struct Server {
    pub issuer: String,
    authorize_path: &'static str,
    process: Running,
}

impl Server {
    /// npm's oidc-provider with these redirect URIs registered.
    pub fn oidc_provider(redirect_uris: &[&str]) -> Self {
        Self::start(oidc(), redirect_uris, "/auth")
    }

    /// The same, with access tokens that live so long.
    pub fn oidc_provider_with_tokens_of(seconds: u32, redirect_uris: &[&str]) -> Self {
        let mut command = oidc();
        command.env("ACCESS_TOKEN_SECONDS", seconds.to_string());
        Self::start(command, redirect_uris, "/auth")
    }

    /// The same as a hosted provider: with TLS, under a name that only `tinyproxy` knows.
    pub fn hosted_oidc_provider(certificates: &Certificates, redirect_uris: &[&str]) -> Self {
        let mut command = oidc();
        command.env("TLS_HOST", HOST);
        command.env("TLS_CERT", certificates.path("leaf.pem")).env("TLS_KEY", certificates.path("leaf.key"));
        Self::start(command, redirect_uris, "/auth")
    }

    /// Authlib's server in Flask with these redirect URIs registered.
    pub fn authlib(redirect_uris: &[&str]) -> Self {
        let mut command = Command::new(installed("python-servers/bin/python"));
        command.arg(server_script("authlib_server.py"));
        Self::start(command, redirect_uris, "/authorize")
    }

    /// Registers other redirect URIs, as a person does in the settings of the app; the address stays.
    pub fn registers(&mut self, redirect_uris: &[&str]) {
        let port = self.issuer.rsplit(':').next().expect("a port").to_owned();
        self.process.stop();
        *self = Self::start_at(&port, oidc(), redirect_uris, "/auth");
    }

    fn start(command: Command, redirect_uris: &[&str], authorize_path: &'static str) -> Self {
        Self::start_at(&free_port().to_string(), command, redirect_uris, authorize_path)
    }

    fn start_at(port: &str, mut command: Command, redirect_uris: &[&str], authorize_path: &'static str) -> Self {
        command.arg(port).args(redirect_uris);
        // What the tests' own shell says of proxies is not for a server on loopback.
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(name);
        }
        let mut process = Running::fed(&mut command);
        let issuer = process.wait_for("its ready line", Duration::from_secs(30), |stdout, _| {
            let ready: Value = stdout.lines().find_map(|line| serde_json::from_str(line).ok())?;
            ready["issuer"].as_str().map(str::to_owned)
        });
        Self { issuer, authorize_path, process }
    }

    /// This server as a provider definition, with these scopes.
    pub fn definition(&self, scopes: &[&str]) -> Value {
        json!({
            "schema_version": 1,
            "name": "acme",
            "display_name": "Acme",
            "auth_type": "oauth2",
            "flow": "pkce",
            "oauth": {
                "authorization_url": format!("{}{}", self.issuer, self.authorize_path),
                "token_url": format!("{}/token", self.issuer),
                "scopes": scopes,
                "pkce": true,
                "authorization_method": "body"
            }
        })
    }

    pub fn authorization_url(&self) -> String {
        format!("{}{}?", self.issuer, self.authorize_path)
    }
}

fn oidc() -> Command {
    let mut command = Command::new("node");
    command.arg(server_script("oidc.mjs")).env("REAL_SERVERS", installed("servers"));
    command
}

/// The arguments of a standalone login at `server` as `CLIENT` with `secret`, opening no browser of its own.
pub fn login_arguments(world: &World, server: &Server, scopes: &[&str], secret: &str) -> Vec<String> {
    let definition = world.file("acme.json", &server.definition(scopes).to_string());
    let secret = world.file("secret", secret);
    let path = |path: PathBuf| path.to_string_lossy().into_owned();
    ["login", "acme", "--via", "standalone", "--format", "json", "--no-browser", "--wait", "60"]
        .map(str::to_owned)
        .into_iter()
        .chain(["--provider-file".to_owned(), path(definition)])
        .chain(["--client-id".to_owned(), CLIENT.to_owned()])
        .chain(["--client-secret-file".to_owned(), path(secret)])
        .collect()
}

/// The same for a person at a terminal, who reads the address and opens it by hand.
pub fn login_at_terminal(world: &World, server: &Server, client: &str, secret: &str) -> Command {
    let definition = world.file("acme.json", &server.definition(&["openid"]).to_string());
    let secret = world.file("secret", secret);
    let mut command = world.process();
    command.args(["login", "acme", "--via", "standalone", "--no-browser", "--client-id", client]);
    command.arg("--client-secret-file").arg(secret).arg("--provider-file").arg(definition);
    command
}

/// The authorization URL that a login at `server` printed for the person to open.
pub fn authorization_url(login: &mut Running, server: &Server) -> String {
    printed_url(login, &server.authorization_url())
}

/// The first URL on standard error that contains `part`.
pub fn printed_url(login: &mut Running, part: &str) -> String {
    login.wait_for("the authorization URL", Duration::from_secs(30), |_, stderr| {
        let words = stderr.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'));
        words.into_iter().find(|word| word.starts_with("http") && word.contains(part)).map(str::to_owned)
    })
}
