//! The provider's pages: one frame, three bodies. No script, no external resource; readable light, dark and on a phone.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

use super::clients::loopback_parts;

const STYLE: &str = include_str!("pages/style.css");

/// What is asked for, a line each.
fn asked(scopes: &[String]) -> Vec<Value> {
    let means = |scope: &str| match scope {
        "read" => "see your practice profile",
        "write" => "change your practice profile",
        _ => "administer everything (never granted)",
    };
    scopes.iter().map(|scope| context! { scope => scope.as_str(), means => means(scope) }).collect()
}

pub struct Pages {
    templates: Environment<'static>,
    style_hash: String,
}

impl Pages {
    pub fn new() -> Self {
        let mut templates = Environment::new();
        for (name, source) in [
            ("frame.html", include_str!("pages/frame.html")),
            ("consent.html", include_str!("pages/consent.html")),
            ("device.html", include_str!("pages/device.html")),
            ("message.html", include_str!("pages/message.html")),
        ] {
            templates.add_template(name, source).expect("a test renders every template");
        }
        Self { templates, style_hash: STANDARD.encode(Sha256::digest(STYLE)) }
    }

    /// The sign-in and consent page. Its form leads on to the client's redirect URI, so that origin is allowed too:
    /// browsers hold `form-action` against redirects as well.
    pub fn consent(&self, client: &str, redirect_uri: &str, transaction: &str, scopes: &[String]) -> Response {
        let goes_to = origin(redirect_uri);
        let values = context! { client, goes_to => goes_to.as_str(), transaction, asked => asked(scopes) };
        // A policy cannot name an IPv6 address.
        let target = if goes_to.contains('[') { "http:" } else { &goes_to };
        self.render(StatusCode::OK, "consent.html", "Sign in", &values, &format!("'self' {target}"))
    }

    /// The page of the device flow (RFC 8628, 3.3): asks for the code, or, with the code, for consent.
    pub fn device(&self, user_code: &str, client: Option<&str>, scopes: &[String], note: &str) -> Response {
        let values = context! { user_code, client, note, asked => asked(scopes) };
        self.render(StatusCode::OK, "device.html", "Connect a device", &values, "'self'")
    }

    pub fn message(&self, status: StatusCode, title: &str, words: &[String]) -> Response {
        self.render(status, "message.html", title, &context! { title, words => words.to_vec() }, "'none'")
    }

    fn render(&self, status: StatusCode, body: &str, title: &str, values: &Value, form_action: &str) -> Response {
        let render =
            |name: &str, values: &Value| self.templates.get_template(name).and_then(|page| page.render(values));
        let page = render(body, values)
            .and_then(|body| render("frame.html", &context! { title, style => STYLE, body }))
            .unwrap_or_else(|problem| format!("<!doctype html><title>Error</title>{}", problem.kind()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'",
            self.style_hash
        );
        let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

fn origin(uri: &str) -> String {
    let general = || url::Url::parse(uri).map(|parsed| parsed.origin().ascii_serialization()).unwrap_or_default();
    loopback_parts(uri).map_or_else(general, |parts| parts.origin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn policy(response: &Response) -> &str {
        response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap()
    }

    #[tokio::test]
    async fn foreign_text_cannot_break_out_of_a_page() {
        let evil = "\"><script>alert(1)</script>";
        let pages = Pages::new();
        let all = [
            pages.consent(evil, "http://127.0.0.1:1/cb", evil, &[evil.to_owned()]),
            pages.device(evil, Some(evil), &[evil.to_owned()], evil),
            pages.device(evil, None, &[], evil),
            pages.message(StatusCode::OK, evil, &[evil.to_owned()]),
        ];
        for page in all {
            assert!(!text(page).await.contains("<script"));
        }
    }

    #[tokio::test]
    async fn the_policy_lets_the_form_reach_the_client_and_nothing_else() {
        let pages = Pages::new();
        let page = |uri| pages.consent("c", uri, "t", &[]);
        assert!(policy(&page("http://127.0.0.1:7998/cb")).contains("form-action 'self' http://127.0.0.1:7998;"));
        assert!(policy(&page("https://app.example/cb?x=1")).contains("form-action 'self' https://app.example;"));
        assert!(policy(&page("http://[::1]:7998/cb")).contains("form-action 'self' http:;"));
    }

    #[tokio::test]
    async fn pages_load_nothing_from_anywhere() {
        let page = text(Pages::new().consent("c", "http://127.0.0.1:1/cb", "t", &["read".to_owned()])).await;
        assert!(!page.contains("src="));
        assert!(!page.contains("@import") && !page.contains("url("));
        assert!(page.contains("name=\"viewport\""));
        assert!(page.contains("prefers-color-scheme: dark"));
    }
}
