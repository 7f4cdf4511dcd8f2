//! doctor looks and touches nothing: no daemon of authsome is started, stopped or changed, and nothing under its home is.
