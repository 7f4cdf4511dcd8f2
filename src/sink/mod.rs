//! The one way out: secrets are redacted and foreign text is made harmless here, and nowhere else.
