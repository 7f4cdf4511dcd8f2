//! The protocol as a client (RFC 6749, 7636, 8252), every request and answer recorded as it was on the wire. Judges nothing.
