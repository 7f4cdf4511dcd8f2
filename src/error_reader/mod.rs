//! Reads any provider's error out of any text into error facts. Names what was said, never what it means.
