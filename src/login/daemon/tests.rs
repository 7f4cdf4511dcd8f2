//! Sessions of a daemon whose answers are written down: what is asked of it, and what is made of what it says. The real
//! daemons are in `tests/real`.

use super::session::Begun;
use super::wait::Waiting;
use super::*;
use crate::authsome::client::{Identity, Proved};
use crate::definition::ProviderDefinition;
use crate::facts;
use crate::host::{Answer, Host, Http, HttpFailure, Request};
use crate::login::{Browser, CodeChallenge, Flow, Narration, Registration, Via};
use crate::oauth::record::Recorder;
use crate::oauth::{Authentication, Client as OAuthClient};
use crate::pages::Trouble as PageTrouble;
use crate::prompt::{Nobody, Prompt, Scripted};
use crate::sink::Secret;
use crate::store::Journal;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;
use url::Url;

const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PAGE: &str = "https://acme.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A7998%2Fapi%2Fauth%2Fcallback%2Foauth&state=s&scope=a+b";

/// Answers by the end of the path, in order; the last answer stays.
#[derive(Default)]
struct Daemon {
    answers: Mutex<Vec<(&'static str, Vec<(u16, Value)>)>>,
    asked: Mutex<Vec<Request>>,
}

impl Http for Daemon {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        self.asked.lock().unwrap().push(request.clone());
        let place = format!("{} {}", request.method, request.url.path());
        let mut answers = self.answers.lock().unwrap();
        let of = answers.iter_mut().find(|(end, _)| place.ends_with(end));
        let (_, queue) = of.unwrap_or_else(|| panic!("{place} was asked for"));
        let (status, body) = if queue.len() > 1 { queue.remove(0) } else { queue[0].clone() };
        let location = body.get("location").and_then(Value::as_str);
        let headers = location.map(|to| ("location".to_owned(), to.to_owned())).into_iter().collect();
        Ok(Answer { status, headers, body: body.to_string().into_bytes(), cut_off: false, took: Duration::ZERO })
    }
}

struct Scene {
    daemon: Arc<Daemon>,
    home: tempfile::TempDir,
    facts: Facts,
    plan: Plan,
    wish: Wish,
}

impl Scene {
    fn new(answers: Vec<(&'static str, Vec<(u16, Value)>)>) -> Self {
        let found = json!({
            "daemon": {"base_url": "http://127.0.0.1:7998", "state": "running", "version": "0.7.2", "home_matches": true},
            "browser": {"can_open": false},
        });
        let plan = Plan {
            provider: "acme".into(),
            title: "Acme".into(),
            definition: ProviderDefinition::unknown("acme"),
            connection: "default".into(),
            via: Via::Daemon,
            flow: Flow::Pkce,
            client: None,
            client_from: "daemon",
            registration: Registration::default(),
            store: false,
            redirect_uri: Url::parse("http://127.0.0.1:7998/api/auth/callback/oauth").unwrap(),
            omit_redirect_uri: false,
            code_challenge: CodeChallenge::default(),
            scopes: vec!["a".into(), "b".into()],
            browser: Browser::PrintOnly,
            wait: Duration::from_millis(1200),
            offline: true,
        };
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("server/daemon")).unwrap();
        std::fs::write(
            home.path().join("server/daemon/daemon.log"),
            "INFO:     Uvicorn running on http://127.0.0.1:7998\n",
        )
        .unwrap();
        let daemon = Arc::new(Daemon { answers: Mutex::new(answers), asked: Mutex::default() });
        let wish = Wish { force: false, flow: None, scopes: None, base_url: None, wait: true };
        Self { daemon, home, facts: facts::read(&found).unwrap(), plan, wish }
    }

    fn with_client(mut self, secret: &str) -> Self {
        let secret = Some(Secret::new(secret));
        self.plan.client = Some(OAuthClient { id: "app".into(), secret, authentication: Authentication::Body });
        self.plan.client_from = "flag";
        self
    }

    /// Runs `act` on the ground of this scene.
    fn with<T>(&mut self, prompt: &dyn Prompt, act: impl FnOnce(&Ground, &mut Plan, &mut Story, &Wish) -> T) -> T {
        let host = Host::real();
        let recorder = Arc::new(Recorder::new(Arc::clone(&self.daemon) as _));
        let client = Client::new(
            Proved::by(&self.facts).unwrap(),
            Identity::of_seed("calm-very-gladly-1234", SEED).unwrap(),
            Arc::clone(&recorder) as _,
            Arc::clone(&host.clock),
        );
        let setup = Setup {
            host: host.clone(),
            rules: crate::rules::Rules::default(),
            prompt,
            yes: false,
            home: Some(self.home.path().to_owned()),
            provider_file: None,
            callback_paths: crate::authsome::callback_paths(),
            covers_scope: Box::new(|granted, wanted| granted == wanted),
            journal: Journal::open(&host, self.home.path()),
            registrations: None,
            keep: &|_, _| {},
            recorder,
            show: &|_, _| {},
            trouble: &|_, _| PageTrouble {
                title: String::new(),
                explanation: String::new(),
                evidence: Vec::new(),
                steps: Vec::new(),
            },
        };
        let mut story = Story::new(Narration::Events, host.clock.now());
        let ground = Ground { setup: &setup, facts: &self.facts, client: &client, home: self.home.path().to_owned() };
        act(&ground, &mut self.plan, &mut story, &self.wish)
    }

    fn begin(&mut self, prompt: &dyn Prompt) -> Result<Begun, Halt> {
        self.with(prompt, session::begin)
    }

    fn sent(&self, end: &str) -> Vec<String> {
        let asked = self.daemon.asked.lock().unwrap();
        let of = asked.iter().filter(|it| format!("{} {}", it.method, it.url.path()).ends_with(end));
        of.map(|it| String::from_utf8(it.body.clone().unwrap_or_default()).unwrap()).collect()
    }

    /// Waits for a session that was begun, and what the login then says.
    fn outcome(&mut self, while_waiting: &str) -> (&'static str, Facts) {
        let lines = while_waiting.to_owned();
        let home = self.home.path().join("server/daemon/daemon.log");
        self.with(&Nobody, |ground, plan, story, _| {
            let since = wait::log_length(ground);
            let mut old = std::fs::read_to_string(&home).unwrap();
            old.push_str(&lines);
            std::fs::write(&home, old).unwrap();
            let begun = Begun { session: waiting("sess_1", PAGE), url: Url::parse(PAGE).ok(), form_in_browser: false };
            let page = browser::Page { url: None, by_us: true };
            let (ended, seen) = Waiting::new(ground, plan, &begun, since, page).wait(story);
            match ended {
                Ended::Completed => ("completed", Facts::new()),
                Ended::Failed(session) => {
                    ("failed", outcome::refused(ground, plan, story, &session, Some(&seen)).facts)
                }
                Ended::Interrupted => ("interrupted", Facts::new()),
                other => ("nothing", outcome::nothing(ground, plan, story, &other, &seen).facts),
            }
        })
    }
}

fn session_json(status: &str, url: &str) -> Value {
    json!({"id": "sess_1", "status": status, "message": null, "error": null, "next_action": {"type": "open_url", "url": url}})
}

fn waiting(id: &str, url: &str) -> Session {
    Session {
        id: id.into(),
        status: "waiting_for_user".into(),
        message: None,
        error: None,
        url: Url::parse(url).ok(),
        user_code: None,
        verification_uri: None,
    }
}

const FORM: &str = "http://127.0.0.1:7998/auth/input?session=sess_1";

fn fields(names: &[&str]) -> Value {
    let list: Vec<Value> = names.iter().map(|name| json!({"name": name, "default": ""})).collect();
    json!({"session_id": "sess_1", "fields": list})
}

fn problem(halt: Option<Halt>) -> String {
    match halt {
        Some(Halt::Failed(failure)) => failure.facts.text("login.problem").unwrap_or_default().to_owned(),
        Some(Halt::Interrupted) => "interrupted".to_owned(),
        _ => String::new(),
    }
}

#[test]
fn a_client_that_the_daemon_knows_leads_straight_to_the_provider() {
    let mut scene = Scene::new(vec![("POST /api/auth/sessions", vec![(200, session_json("waiting_for_user", PAGE))])]);
    let begun = scene.begin(&Nobody).ok().unwrap();
    assert_eq!(begun.url.unwrap().as_str(), PAGE);
    let client = scene.plan.client.as_ref().unwrap();
    assert_eq!((client.id.as_str(), scene.plan.client_from), ("app", "daemon"), "read off the address");
    assert_eq!(scene.plan.scopes, ["a", "b"]);
    let sent: Value = serde_json::from_str(&scene.sent("POST /api/auth/sessions")[0]).unwrap();
    assert_eq!((&sent["provider"], &sent["force"], &sent["scopes"]), (&json!("acme"), &json!(false), &Value::Null));
}

#[test]
fn scopes_alone_are_said_with_a_second_request_and_not_kept_for_everybody() {
    let mut scene = Scene::new(vec![
        (
            "POST /api/auth/sessions",
            vec![(200, session_json("waiting_for_user", FORM)), (200, session_json("waiting_for_user", PAGE))],
        ),
        ("GET /api/auth/sessions/sess_1/input", vec![(200, fields(&["scopes"]))]),
    ]);
    assert_eq!(scene.begin(&Nobody).ok().unwrap().url.unwrap().as_str(), PAGE);
    let sent: Value = serde_json::from_str(&scene.sent("POST /api/auth/sessions")[1]).unwrap();
    assert_eq!(sent["scopes"], json!(["a", "b"]));
    assert!(scene.sent("POST /api/auth/sessions/sess_1/input").is_empty());
}

fn asks_for_client() -> Vec<(&'static str, Vec<(u16, Value)>)> {
    vec![
        ("POST /api/auth/sessions", vec![(200, session_json("waiting_for_user", FORM))]),
        ("GET /api/auth/sessions/sess_1/input", vec![(200, fields(&["client_id", "client_secret", "scopes"]))]),
        ("POST /api/auth/sessions/sess_1/input", vec![(303, json!({"location": PAGE}))]),
    ]
}

#[test]
fn a_client_that_was_given_is_filled_into_the_daemons_form() {
    let mut scene = Scene::new(asks_for_client()).with_client("the-secret-of-the-app");
    assert_eq!(scene.begin(&Nobody).ok().unwrap().url.unwrap().as_str(), PAGE);
    let form = &scene.sent("POST /api/auth/sessions/sess_1/input")[0];
    assert_eq!(form, "client_id=app&client_secret=the-secret-of-the-app&scopes=a%2Cb");
}

#[test]
fn a_given_secret_takes_the_place_of_a_kept_one_that_the_daemon_would_never_ask_for_again() {
    let mut answers = asks_for_client();
    answers[0].1 = vec![(200, session_json("waiting_for_user", PAGE))];
    let mut scene = Scene::new(answers).with_client("the-new-secret-of-it");
    assert!(scene.begin(&Nobody).is_ok());
    let form = &scene.sent("POST /api/auth/sessions/sess_1/input")[0];
    assert_eq!(form, "client_id=app&client_secret=the-new-secret-of-it");
}

#[test]
fn without_a_client_a_person_types_it_and_where_nobody_is_it_is_said() {
    let mut scene = Scene::new(asks_for_client());
    let person = Scripted::new(["type client id", "app", "typed-by-the-person"]);
    assert!(scene.begin(&person).is_ok());
    assert!(scene.sent("POST /api/auth/sessions/sess_1/input")[0].contains("client_secret=typed-by-the-person"));
    assert_eq!(problem(Scene::new(asks_for_client()).begin(&Nobody).err()), "client_missing");
}

#[test]
fn what_only_an_administrator_may_do_is_told_apart() {
    let mut answers = asks_for_client();
    let said = "[acme] provider client configuration requires an admin principal";
    answers[2].1 = vec![(400, json!({"error": "AuthenticationFailedError", "message": said}))];
    assert_eq!(problem(Scene::new(answers).with_client("x-x-x-x-x").begin(&Nobody).err()), "not_admin");
}

fn told(status: u16, body: Value) -> Scene {
    Scene::new(vec![(
        "GET /api/auth/sessions/sess_1/status",
        vec![(200, session_json("waiting_for_user", "")), (status, body)],
    )])
}

fn failed(error: &str) -> Value {
    json!({"id": "sess_1", "status": "failed", "error": error})
}

const REFUSED: &str = "INFO:     127.0.0.1:5 - \"GET /api/auth/callback/oauth?error=access_denied&error_description=not+on+the+test+list&state=s HTTP/1.1\" 303 See Other\n";

#[test]
fn the_description_that_authsome_dropped_comes_from_the_daemons_log() {
    let mut scene =
        told(200, failed("AuthenticationFailedError: [acme] Authentication failed: OAuth error: access_denied"));
    let (ended, facts) = scene.outcome(REFUSED);
    assert_eq!(ended, "failed");
    assert_eq!(facts.text("error.code"), Some("access_denied"));
    assert!(facts.text("error.text").unwrap().contains("not on the test list"), "{:?}", facts.text("error.text"));
    assert_eq!((facts.text("error.step"), facts.number("login.callbacks_seen")), (Some("callback"), Some(1)));
}

#[test]
fn each_end_of_a_session_has_a_name() {
    let done = told(200, json!({"id": "sess_1", "status": "completed"})).outcome("");
    assert_eq!(done.0, "completed");
    let exchange = "AuthenticationFailedError: [acme] Authentication failed: Token exchange failed: 401 Client Error: Unauthorized for url: https://acme.example/token";
    assert_eq!(told(200, failed(exchange)).outcome("").1.text("error.step"), Some("token"));
    let problem = |scene: &mut Scene, log: &str| scene.outcome(log).1.text("login.problem").map(str::to_owned);
    let gone = json!({"detail": "Authentication session not found"});
    assert_eq!(problem(&mut told(404, gone), "").as_deref(), Some("daemon_gone"), "long before its time");
    let quiet = || told(200, session_json("waiting_for_user", ""));
    assert_eq!(problem(&mut quiet(), "").as_deref(), Some("nobody_came"));
    let line = |target: &str, status: &str| format!("INFO:     127.0.0.1:5 - \"GET {target} HTTP/1.1\" {status}\n");
    let other = line("/auth/callback/oauth?code=c&state=s", "404 Not Found");
    assert_eq!(problem(&mut quiet(), &other).as_deref(), Some("other_version_path"));
    let stale = line("/api/auth/callback/oauth?code=c&state=old", "303 See Other")
        + &line("/auth/success?error=session_expired", "307 Temporary Redirect");
    assert_eq!(problem(&mut quiet(), &stale).as_deref(), Some("state_foreign"));
    let bare = line("/api/auth/callback/oauth?code=c", "303 See Other")
        + &line("/auth/success?error=missing_state", "307 Temporary Redirect");
    assert_eq!(problem(&mut quiet(), &bare).as_deref(), Some("state_missing"));
}

#[test]
fn a_tab_of_an_earlier_login_does_not_end_this_one() {
    let mut scene = Scene::new(vec![(
        "GET /api/auth/sessions/sess_1/status",
        vec![
            (200, session_json("waiting_for_user", "")),
            (200, session_json("waiting_for_user", "")),
            (200, json!({"id": "sess_1", "status": "completed"})),
        ],
    )]);
    let stale = "INFO:     127.0.0.1:5 - \"GET /api/auth/callback/oauth?code=c&state=old HTTP/1.1\" 303 See Other\nINFO:     127.0.0.1:5 - \"GET /auth/success?error=session_expired HTTP/1.1\" 307 Temporary Redirect\n";
    assert_eq!(scene.outcome(stale).0, "completed");
}
