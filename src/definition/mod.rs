//! authsome's provider definitions: model, JSON and JSONC with places, lookup. Says what is written, not whether it is sound.
