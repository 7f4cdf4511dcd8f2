//! The installed authsome: versions, paths, configuration. Never runs its command line.
