//! The closed set of cause labels, from `data/causes.yaml`.

use super::yaml::{self, Node, Raw};
use serde::{Deserialize, Serialize};

/// What to fix, not the code that a provider sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub label: String,
    /// `provider` or `machine`.
    pub side: String,
    pub fix: String,
}

/// Reads the file: a mapping of sides, each a mapping of labels to what is to be fixed.
pub fn read(text: &str) -> Result<Vec<Cause>, String> {
    let wrong = |node: &Node| format!("data/causes.yaml:{}: a mapping is expected", node.spot.line);
    let node = yaml::parse(text).map_err(|e| format!("data/causes.yaml:{}: {}", e.spot.line, e.message))?;
    let Raw::Map(sides) = &node.value else { return Err(wrong(&node)) };
    let mut causes = Vec::new();
    for (side, labels) in sides {
        let Raw::Map(labels) = &labels.value else { return Err(wrong(labels)) };
        for (label, fix) in labels {
            let Raw::Text(fix) = &fix.value else { return Err(wrong(fix)) };
            causes.push(Cause { label: label.name.clone(), side: side.name.clone(), fix: fix.clone() });
        }
    }
    Ok(causes)
}
