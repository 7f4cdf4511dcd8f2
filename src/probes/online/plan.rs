//! What will be asked at most, counted before anything is sent: so a limit cuts off the same questions in every run,
//! whoever answers first.

use super::subject::Subject;
use super::web::{Question, name};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// Questions to one host in one run, beside those that it is led to.
const PER_HOST: usize = 24;
/// Redirects that lead to one host in one run: as many as its own questions can give rise to, so that only many hosts that
/// lead to one come to the end of it.
const FOLLOWED_PER_HOST: usize = 3 * PER_HOST;
/// Questions in one run.
const IN_TOTAL: usize = 2000;
/// Redirects in one run.
const FOLLOWED_IN_TOTAL: usize = 500;
/// Requests to one address in one run: whoever has a name can give an address as many names as they like.
const PER_ADDRESS: usize = 200;

/// The questions that may be asked.
#[derive(Default)]
pub struct Allowed {
    questions: HashSet<(Question, Url)>,
    followed: Mutex<HashMap<String, usize>>,
    reached: Mutex<HashMap<IpAddr, usize>>,
}

impl Allowed {
    /// In the order of the definitions.
    pub fn of(subjects: &[Subject]) -> Self {
        let mut questions = HashSet::new();
        let mut hosts: HashMap<String, usize> = HashMap::new();
        for (question, mut url) in subjects.iter().flat_map(Subject::questions) {
            url.set_fragment(None);
            let asked = hosts.entry(name(&url)).or_default();
            if *asked < PER_HOST && questions.len() < IN_TOTAL && questions.insert((question, url)) {
                *asked += 1;
            }
        }
        Self { questions, ..Self::default() }
    }

    pub fn has(&self, question: Question, url: &Url) -> bool {
        self.questions.contains(&(question, url.clone()))
    }

    pub fn may_follow(&self, url: &Url) -> bool {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let times = followed.entry(name(url)).or_default();
        *times += 1;
        *times <= FOLLOWED_PER_HOST && followed.values().sum::<usize>() <= FOLLOWED_IN_TOTAL
    }

    /// Counted for the first address, which is the one that is connected to where it answers.
    pub fn may_reach(&self, addresses: &[IpAddr]) -> bool {
        let Some(first) = addresses.first() else { return true };
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let times = reached.entry(*first).or_default();
        *times += 1;
        *times <= PER_ADDRESS
    }
}
