//! The person at the terminal: one trait, the real terminal and a scripted one.
