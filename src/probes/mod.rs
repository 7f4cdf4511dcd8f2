//! Fills the facts, one file a section. Reads only, judges never, says why when it cannot tell.
