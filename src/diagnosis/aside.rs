//! Findings that do not count, and who said so: nothing disappears in silence.

use super::Finding;

/// Who set a finding aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A comment in the definition.
    Inline,
    /// The repository's config file.
    Config,
    /// The list of what was there when checks began.
    Baseline,
}

/// A finding that does not count.
#[derive(Clone, Debug)]
pub struct Suppressed {
    pub finding: Finding,
    pub by: By,
    /// In the words of whoever set it aside; a baseline has none.
    pub reason: Option<String>,
}

/// All that was found and does not count.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    pub suppressed: Vec<Suppressed>,
    /// How many findings stood there before the change that is looked at.
    pub unchanged: usize,
}

impl Aside {
    pub fn by(&self, by: By) -> usize {
        self.suppressed.iter().filter(|one| one.by == by).count()
    }

    pub fn is_empty(&self) -> bool {
        self.suppressed.is_empty() && self.unchanged == 0
    }

    pub fn append(&mut self, other: Self) {
        self.suppressed.extend(other.suppressed);
        self.unchanged += other.unchanged;
    }
}
