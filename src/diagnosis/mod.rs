//! Facts times rules: which rules fired, in which order, with what evidence. Probes nothing and renders nothing.
