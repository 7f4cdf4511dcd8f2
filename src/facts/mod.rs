//! The facts: one typed document of what is true here and now, and the registry that names every fact. Stands on nothing.
