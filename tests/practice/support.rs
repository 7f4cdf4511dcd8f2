//! A provider on a free port, and a raw client: query strings by hand, redirects not followed.

use std::collections::HashMap;
use std::sync::LazyLock;

use authsome_doctor::practice::{Options, parse_fault, serve};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use url::Url;

pub const DOCUMENTED: &str = "http://127.0.0.1:7998/auth/callback/oauth";
pub const OTHER_VERSION: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";
pub const STATE: &str = "a-state-of-43-characters-as-clients-send-them";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// One for all tests: the provider keeps no connection open, so nothing is shared but the set-up.
static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    rustls::crypto::ring::default_provider().install_default().expect("nobody else in this process does");
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
});

pub struct Provider {
    pub origin: String,
    pub definition: Value,
    pub secret: String,
    pub http: reqwest::Client,
}

pub fn options(fault: &str) -> Options {
    let fault = (!fault.is_empty()).then(|| parse_fault(fault).unwrap());
    Options { fault, ..Options::default() }
}

pub async fn start(options: Options) -> Provider {
    let (ready, wait) = oneshot::channel();
    tokio::spawn(serve(options, |up| drop(ready.send(up))));
    let up = wait.await.expect("the provider starts");
    let http = HTTP.clone();
    Provider { origin: up.issuer, definition: up.provider, secret: up.client_secret.expose_secret().to_owned(), http }
}

pub async fn healthy() -> Provider {
    start(Options::default()).await
}

pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// A good authorization request; tests replace what they are about. An empty value leaves a parameter out.
pub fn request<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut all = vec![
        ("response_type", "code".to_owned()),
        ("client_id", "practice".to_owned()),
        ("redirect_uri", DOCUMENTED.to_owned()),
        ("scope", "read write".to_owned()),
        ("state", STATE.to_owned()),
        ("code_challenge", s256(VERIFIER)),
        ("code_challenge_method", "S256".to_owned()),
    ];
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.push((name, (*value).to_owned()));
    }
    all.retain(|(_, value)| !value.is_empty());
    all
}

/// What came back, ready to be looked at.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Got {
    pub async fn from(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|problem| panic!("{problem}: {}", self.body))
    }

    /// The `error` of a JSON answer.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Where a redirect goes: the address without its query, and the query.
    pub fn redirect(&self) -> (String, HashMap<String, String>) {
        assert_eq!(self.status, 303, "no redirect but {}", self.body);
        let location = Url::parse(self.header("location")).unwrap();
        let query = location.query_pairs().into_owned().collect();
        (format!("{}{}", location.origin().ascii_serialization(), location.path()), query)
    }
}

impl Provider {
    pub async fn get(&self, path: &str) -> Got {
        Got::from(self.http.get(format!("{}{path}", self.origin)).send().await.unwrap()).await
    }

    pub async fn post<'a>(&self, path: &str, form: impl IntoIterator<Item = (&'a str, &'a str)>) -> Got {
        let form: Vec<_> = form.into_iter().collect();
        Got::from(self.http.post(format!("{}{path}", self.origin)).form(&form).send().await.unwrap()).await
    }

    pub fn authorization_url(&self, changes: &[(&str, &str)]) -> String {
        Url::parse_with_params(&format!("{}/authorize", self.origin), request(changes)).unwrap().into()
    }

    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Got {
        Got::from(self.http.get(self.authorization_url(changes)).send().await.unwrap()).await
    }

    /// Opens the page and presses a button.
    pub async fn consent(&self, changes: &[(&str, &str)], decision: &str) -> Got {
        let page = self.authorize(changes).await;
        assert_eq!(page.status, StatusCode::OK.as_u16(), "{}", page.body);
        self.press(&transaction(&page.body), decision).await
    }

    pub async fn press(&self, transaction: &str, decision: &str) -> Got {
        self.post("/consent", [("transaction", transaction), ("person", "kim"), ("decision", decision)]).await
    }

    pub async fn code(&self, changes: &[(&str, &str)]) -> String {
        self.consent(changes, "authorize").await.redirect().1["code"].clone()
    }

    /// A good token request with the secret in the body; tests replace what they are about.
    pub async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Got {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "practice"),
            ("client_secret", &self.secret),
            ("code", code),
            ("redirect_uri", DOCUMENTED),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.push((name, value));
        }
        form.retain(|(_, value)| !value.is_empty());
        self.post("/token", form).await
    }

    pub async fn tokens(&self, changes: &[(&str, &str)]) -> Value {
        let got = self.exchange(&self.code(changes).await, &[]).await;
        assert_eq!(got.status, 200, "{}", got.body);
        got.json()
    }

    pub async fn refresh(&self, refresh_token: &str) -> Got {
        let form =
            [("grant_type", "refresh_token"), ("client_id", "practice"), ("client_secret", self.secret.as_str())];
        self.post("/token", form.into_iter().chain([("refresh_token", refresh_token)])).await
    }

    pub async fn me(&self, access_token: &str) -> Got {
        let request = self.http.get(format!("{}/me", self.origin)).bearer_auth(access_token);
        Got::from(request.send().await.unwrap()).await
    }

    pub async fn start_device(&self) -> Got {
        self.post("/device/code", [("client_id", "practice-public"), ("scope", "read")]).await
    }

    pub async fn poll(&self, device_code: &str) -> Got {
        let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        self.post("/token", [grant, ("client_id", "practice-public"), ("device_code", device_code)]).await
    }

    pub async fn register(&self, metadata: &str) -> Got {
        let request = self.http.post(format!("{}/register", self.origin)).body(metadata.to_owned());
        Got::from(request.header("content-type", "application/json").send().await.unwrap()).await
    }
}

/// The hidden field of the consent page.
pub fn transaction(page: &str) -> String {
    let after = page.split_once("name=\"transaction\" value=\"").expect("a consent page").1;
    after.split_once('"').unwrap().0.to_owned()
}
