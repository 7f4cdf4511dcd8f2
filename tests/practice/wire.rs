//! The faults that are no answers: torn bodies and connections that are reset.

use std::error::Error;
use std::io;

use authsome_doctor::practice::faults::{Answer, Place, table};

use crate::support::{Provider, options, start};

impl Provider {
    /// A request that meets a fault at this place.
    fn asking(&self, place: Place) -> reqwest::RequestBuilder {
        if place == Place::Registration {
            return self
                .http
                .post(format!("{}/register", self.origin))
                .body(r#"{"redirect_uris":["http://127.0.0.1:1/cb"]}"#);
        }
        let form = [("grant_type", "authorization_code"), ("code", "made-up"), ("client_id", "practice")];
        self.http.post(format!("{}/token", self.origin)).form(&form)
    }
}

#[tokio::test]
async fn a_torn_answer_ends_before_the_length_that_it_names() {
    let mut torn = 0;
    for row in table() {
        let Answer::Torn { status, text, length, .. } = row.answer else { continue };
        torn += 1;
        let provider = start(options(&row.name())).await;
        let mut response = provider.asking(row.place).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.content_length()), (status, Some(length as u64)));
        let mut body = Vec::new();
        let failure = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => panic!("{} ends well", row.name()),
                Err(failure) => break failure,
            }
        };
        assert_eq!(String::from_utf8_lossy(&body), text, "{}", row.name());
        assert!(!format!("{failure:?}").contains("ConnectionReset"), "it ends, and is not reset: {failure:?}");
    }
    assert!(torn > 0);
}

#[tokio::test]
async fn a_reset_connection_is_told_from_one_that_ends() {
    let mut reset = 0;
    for row in table().filter(|row| matches!(row.answer, Answer::Reset)) {
        reset += 1;
        let provider = start(options(&row.name())).await;
        let failure = provider.asking(row.place).send().await.unwrap_err();
        let mut cause = failure.source();
        let kind = loop {
            let here = cause.unwrap_or_else(|| panic!("{}: no cause in {failure:?}", row.name()));
            if let Some(found) = here.downcast_ref::<io::Error>() {
                break found.kind();
            }
            cause = here.source();
        };
        assert_eq!(kind, io::ErrorKind::ConnectionReset, "{}", row.name());
    }
    assert!(reset > 0);
}
