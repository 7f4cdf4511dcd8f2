//! What we know of each provider, from `data/vendors/`.
