//! A fact's address in the document: `port.listeners[0].owner.pid`.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Field(String),
    Item(usize),
}

/// Field names and list indexes from the root of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// Reads `a.b[2].c`. Text that is no path becomes field names that nothing has.
    pub fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            steps.push(Step::Field(name.to_owned()));
            while let Some((index, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
                if let Ok(index) = index.parse() {
                    steps.push(Step::Item(index));
                }
                rest = after;
            }
        }
        Self(steps)
    }

    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let mut steps = self.0.clone();
        steps.extend(name.split('.').map(|part| Step::Field(part.to_owned())));
        Self(steps)
    }

    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Item(index));
        Self(steps)
    }

    /// The registry's name of this fact: every index becomes `[]`.
    pub fn spec_name(&self) -> String {
        let mut name = String::new();
        for step in &self.0 {
            match step {
                Step::Field(field) => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(field);
                }
                Step::Item(_) => name.push_str("[]"),
            }
        }
        name
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(field) if at == 0 => f.write_str(field)?,
                Step::Field(field) => write!(f, ".{field}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
