//! Hands a command that is not ours to the installed authsome, unchanged.
