//! What we keep: credentials, last login. Locked, atomic, 0600.
