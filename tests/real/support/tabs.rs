//! What a person does with tabs, reload and back, and what the browser keeps of it: history and console.

use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

use super::browser::Browser;

impl Browser {
    /// Runs a script on the page; it may open and steer other tabs without waiting for them.
    pub fn script(&self, script: &str) -> Value {
        self.ask("POST", "execute/sync", Some(&json!({"script": script, "args": []})))
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    pub fn back(&self) {
        self.ask("POST", "back", Some(&json!({}))).unwrap_or_else(|error| panic!("back: {error}"));
    }

    /// Brings each tab to the front in turn, and gives what it shows, as soon as it says `words`.
    #[track_caller]
    pub fn every_tab_says(&self, words: &str) -> usize {
        let handles = self.ask("GET", "window/handles", None).unwrap_or_else(|error| panic!("{error}"));
        let handles = handles.as_array().cloned().unwrap_or_default();
        for handle in &handles {
            let until = Instant::now() + Duration::from_secs(20);
            let shown = loop {
                // A tab that still loads does not come to the front yet.
                let switched = self.ask("POST", "window", Some(&json!({"handle": handle})));
                let shown = switched.map_or_else(|error| error, |_| self.text());
                if shown.contains(words) || Instant::now() > until {
                    break shown;
                }
                thread::sleep(Duration::from_millis(50));
            };
            assert!(shown.contains(words), "{}: no {words:?} in\n{shown}", self.url());
        }
        handles.len()
    }

    /// Every address that Back and Forward lead to.
    pub fn history(&self) -> Vec<String> {
        let command = json!({"cmd": "Page.getNavigationHistory", "params": {}});
        let history = self.ask("POST", "goog/cdp/execute", Some(&command)).unwrap_or_else(|error| panic!("{error}"));
        let entries = history["entries"].as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry["url"].as_str()).map(str::to_owned).collect()
    }

    /// Fails if the code is where others could find it, or if a page or the console had an error.
    #[track_caller]
    pub fn keeps_no_code_and_no_error(&self) {
        let history = self.history();
        assert!(!history.is_empty() && history.iter().all(|url| !url.contains("code=")), "{history:?}");
        let log =
            self.ask("POST", "se/log", Some(&json!({"type": "browser"}))).unwrap_or_else(|error| panic!("{error}"));
        // What the browser notes of pages of its own (a slow network on its start page) is none of ours.
        let own = |entry: &Value| entry["message"].as_str().is_some_and(|words| words.starts_with("chrome://"));
        let log: Vec<&Value> = log.as_array().expect("a list").iter().filter(|entry| !own(entry)).collect();
        assert_eq!(log, Vec::<&Value>::new(), "the console");
    }
}
