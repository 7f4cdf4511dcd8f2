//! The steps of a login, and what each teaches.

/// One step: data for the narration and for the JSON document.
pub struct Step {
    /// Stable, for programs; also the value of `login.failed_step` where it can fail.
    pub name: &'static str,
    pub title: &'static str,
    /// Why it is done.
    pub why: &'static str,
    pub reference: &'static str,
}

pub const LOOK: Step = Step {
    name: "preflight",
    title: "Look first",
    why: "what would stop the login later is said now, before a browser opens",
    reference: "",
};
pub const KEPT: Step = Step {
    name: "registration",
    title: "Look at the client that was registered before",
    why: "a client is registered once, not at every login; it is good only for the redirect URI that it was registered with",
    reference: "RFC 7592, 2.1",
};
pub const STORED: Step = Step {
    name: "stored",
    title: "Look at the connection that is kept",
    why: "one that is still good needs no login; one that has ended may be renewed without a browser",
    reference: "RFC 6749, 1.5",
};
pub const DAEMON: Step = Step {
    name: "daemon",
    title: "Find authsome's daemon",
    why: "it is the OAuth client of this login, and keeps the credential in its vault; only a daemon that is proved to be yours is told anything",
    reference: "",
};
pub const IDENTITY: Step = Step {
    name: "identity",
    title: "Prove to the daemon who you are",
    why: "each request is signed with the key of your identity: whoever else reaches its port can do nothing in your name",
    reference: "RFC 8037; as RFC 9449, 4.2",
};
pub const CLAIM: Step = Step {
    name: "claim",
    title: "Claim this identity in your browser",
    why: "the daemon gives the vault of an account only to identities that the account's owner has claimed",
    reference: "",
};
pub const SESSION: Step = Step {
    name: "session",
    title: "Begin a login in the daemon",
    why: "it makes the code_verifier and the state, and waits for the browser for 300 s",
    reference: "RFC 7636, 4.1",
};
pub const CLIENT: Step = Step {
    name: "client",
    title: "Give the daemon the client of this provider",
    why: "client id and secret come from the app that you made at the provider; the daemon keeps them for every login to it",
    reference: "RFC 6749, 2.3",
};
pub const REGISTERED: Step = Step {
    name: "preflight",
    title: "Ask the provider whether it knows this redirect URI",
    why: "a redirect URI that is not registered ends on a page of the provider's, and nobody comes back",
    reference: "RFC 6749, 3.1.2.4",
};
pub const OUTCOME: Step = Step {
    name: "outcome",
    title: "See what became of it",
    why: "authsome's own login ends before this and never tells: the session, the audit table and the daemon's log do",
    reference: "",
};
pub const REGISTER: Step = Step {
    name: "registration",
    title: "Register a client with the provider",
    why: "with exactly the redirect URI that we listen on, so it cannot differ",
    reference: "RFC 7591, 3",
};
pub const SECRET: Step = Step {
    name: "secret",
    title: "Make a secret that only this program knows",
    why: "a code that somebody steals is useless without the code_verifier; the state ties the answer to this login",
    reference: "RFC 7636, 4.1; RFC 6749, 10.12",
};
pub const LISTEN: Step = Step {
    name: "listen",
    title: "Listen for the browser",
    why: "the provider sends the browser to this address; it is loopback, so nobody else can be there",
    reference: "RFC 8252, 7.3",
};
pub const ASK: Step = Step {
    name: "authorize",
    title: "Ask the provider, in your browser",
    why: "you log in there, not here: no password passes this program",
    reference: "RFC 6749, 4.1.1; RFC 7636, 4.3",
};
pub const BACK: Step = Step {
    name: "callback",
    title: "The browser came back",
    why: "the state must be the one that we sent, else somebody else's answer could be slipped in",
    reference: "RFC 6749, 4.1.2",
};
pub const SWAP: Step = Step {
    name: "token",
    title: "Swap the code for a token",
    why: "the code passed through the browser and is worth nothing alone; the token never does",
    reference: "RFC 6749, 4.1.3; RFC 7636, 4.5",
};
pub const TOKEN_AGAIN: Step = Step {
    name: "token_probe",
    title: "Ask for the provider's own words",
    why: "authsome keeps the status of a refused token request and drops the answer; a code that cannot be valid shows how far the provider comes",
    reference: "RFC 6749, 5.2",
};
pub const COMPARE: Step = Step {
    name: "scopes",
    title: "Compare what was granted with what was asked",
    why: "a provider or a person may grant less; calls would fail later, far from here",
    reference: "RFC 6749, 3.3 and 5.1",
};
pub const REFRESH: Step = Step {
    name: "refresh",
    title: "Try the refresh token",
    why: "this access token ends within authsome's refresh window of 300 s: without a fresh one the next call fails",
    reference: "RFC 6749, 6",
};
pub const DEVICE_START: Step = Step {
    name: "device",
    title: "Ask for a code to type on any device",
    why: "no browser of this machine is needed, and no address to come back to",
    reference: "RFC 8628, 3.1",
};
pub const DEVICE_POLL: Step = Step {
    name: "device",
    title: "Wait until you have typed it",
    why: "the provider answers authorization_pending until then",
    reference: "RFC 8628, 3.4",
};
