//! Renders one `Report`: pure functions from the diagnosis to text. Must not judge, probe or read the environment.
