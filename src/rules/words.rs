//! The closed sets of words in a rule.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// As written in rules and reports.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// How bad it is; the worst first.
    Severity {
        Error = "error",
        Warning = "warning",
        Note = "note",
    }
}

words! {
    /// How sure a finding is; the surest first.
    Certainty {
        Certain = "certain",
        Likely = "likely",
        Possible = "possible",
    }
}

words! {
    /// What a fix may do without a person.
    Safety {
        /// Undoes nothing that anybody made: applied by `--fix --yes`.
        Safe = "safe",
        /// Applied after a confirmation, or by `--fix --yes`.
        Confirm = "confirm",
        /// Never applied by this program: a person does it.
        Manual = "manual",
    }
}
