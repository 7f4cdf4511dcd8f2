//! The practice provider: a real OAuth server on loopback, a process of its own. Shares no code with `oauth`.
