//! Proof of possession: a short JWT (RFC 7519) over one request, signed by the identity's Ed25519 key (RFC 8037), as
//! authsome's daemon demands it. Must not keep a proof: each is good for one request.

use super::identity::Identity;
use crate::sink;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// How long authsome's own client makes a proof good for: 60 s.
const GOOD_FOR: i64 = 60;
/// A daemon refuses a proof from the future, be it by a second: ours are dated back by so many seconds.
const BEFORE: i64 = 5;

/// The value of `Authorization` for this request. `target`: path and query as sent, without the origin.
pub fn authorization(identity: &Identity, now: Timestamp, method: &str, target: &str, body: &[u8]) -> String {
    let claims = json!({
        "iss": identity.did,
        "sub": identity.handle,
        "aud": "authsome-daemon",
        "iat": now.as_second() - BEFORE,
        "exp": now.as_second() + GOOD_FOR,
        "jti": hex(&rand::random::<[u8; 16]>()),
        "htm": method,
        "htu": target,
        "body_sha256": hex(&Sha256::digest(body)),
    });
    let header = json!({"alg": "EdDSA", "typ": "JWT"});
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let proof = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(identity.sign(signed.as_bytes())));
    sink::remember(&proof);
    format!("PoP {proof}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};
    use serde_json::Value;

    #[test]
    fn a_proof_is_bound_to_its_request_and_verifies_with_the_key_that_the_did_names() {
        // RFC 8032, 7.1, test 1.
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let identity = Identity::of_seed("calm-very-gladly-1234", seed).unwrap();
        assert_eq!(identity.did, "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw");
        let header = authorization(&identity, Timestamp::UNIX_EPOCH, "POST", "/api/auth/sessions?x=1", b"{}");
        let proof = header.strip_prefix("PoP ").unwrap();
        let parts: Vec<&str> = proof.split('.').collect();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims["htm"], "POST");
        assert_eq!(claims["htu"], "/api/auth/sessions?x=1");
        assert_eq!(claims["exp"], 60);
        assert_eq!(claims["body_sha256"], "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, identity.public_key().to_vec());
        public.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap();
        let again = authorization(&identity, Timestamp::UNIX_EPOCH, "POST", "/api/auth/sessions?x=1", b"{}");
        assert_ne!(header, again, "each has a number of its own");
        assert!(!sink::redact_text(&header).contains(parts[2]), "a proof is never shown");
    }
}
