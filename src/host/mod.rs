//! All contact with the machine, behind traits that tests replace.
