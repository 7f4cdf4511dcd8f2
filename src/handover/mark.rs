//! The one variable that handing on adds: which process was handed on, and by and to which files. It tells a command that
//! leads back to this program (the same process comes by again) from one that authsome starts (`authsome run -- authsome …`).

use crate::host::{FileIdentity, Host};
use jiff::Timestamp;

pub const NAME: &str = "AUTHSOME_FRONT_DEPTH";

/// `DEPTH:PID:SECONDS:DEVICE-INODE,…`, numbers in decimal, files in hexadecimal figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// How many processes were handed on, one inside the other.
    pub depth: u32,
    /// The last of them: a program keeps its process when it becomes another one.
    process: Option<(u32, Timestamp)>,
    /// The files that this process has been.
    passed: Vec<(u64, u64)>,
}

impl Mark {
    /// As this process finds it. What cannot be read is no mark.
    pub fn found(host: &Host) -> Self {
        host.env.get(NAME).map(Self::read).unwrap_or_default()
    }

    fn read(text: &str) -> Self {
        let mut parts = text.split(':');
        let Some(depth) = parts.next().and_then(|depth| depth.parse().ok()) else { return Self::default() };
        let process = (|| {
            let pid = parts.next()?.parse().ok()?;
            Some((pid, Timestamp::from_second(parts.next()?.parse().ok()?).ok()?))
        })();
        let file = |text: &str| {
            let (device, inode) = text.split_once('-')?;
            Some((u64::from_str_radix(device, 16).ok()?, u64::from_str_radix(inode, 16).ok()?))
        };
        let passed = parts.next().unwrap_or_default().split(',').filter_map(file).collect();
        Self { depth, process, passed }
    }

    /// The mark of this process: the one that was found where that is of this process, else one level deeper and empty.
    #[must_use]
    pub fn of_this_process(self, host: &Host) -> Self {
        let pid = host.processes.own_pid();
        let process = host.processes.get(pid).ok().flatten();
        // A number is given again when its process has ended: the time of its start tells.
        let same = matches!((self.process, &process), (Some((marked, started_at)), Some(process))
            if marked == pid && process.is_still(started_at));
        if same {
            return self;
        }
        let process = process.and_then(|process| Some((pid, process.started_at?)));
        Self { depth: self.depth + 1, process, passed: Vec::new() }
    }

    pub fn has_passed(&self, file: &FileIdentity) -> bool {
        number(file).is_some_and(|file| self.passed.contains(&file))
    }

    pub fn pass(&mut self, file: &FileIdentity) {
        self.passed.extend(number(file).filter(|file| !self.passed.contains(file)));
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.depth)?;
        let Some((pid, started_at)) = self.process else { return Ok(()) };
        let files: Vec<String> = self.passed.iter().map(|(device, inode)| format!("{device:x}-{inode:x}")).collect();
        write!(f, ":{pid}:{}:{}", started_at.as_second(), files.join(","))
    }
}

/// Where files have no number, a program does not become another one either: its process would not come by again.
fn number(file: &FileIdentity) -> Option<(u64, u64)> {
    match file {
        FileIdentity::Inode(device, inode) => Some((*device, *inode)),
        FileIdentity::Path(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(inode: u64) -> FileIdentity {
        FileIdentity::Inode(0x803, inode)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut mark = Mark::default().of_this_process(&Host::real());
        mark.pass(&file(10));
        mark.pass(&file(11));
        mark.pass(&file(10));
        assert_eq!(Mark::read(&mark.to_string()), mark);
        assert!(mark.to_string().ends_with(":803-a,803-b"), "{mark}");
        assert!(mark.has_passed(&file(11)) && !mark.has_passed(&file(12)));
    }

    #[test]
    fn the_same_process_keeps_its_mark_and_another_begins_a_new_one() {
        let host = Host::real();
        let mut mark = Mark::default().of_this_process(&host);
        mark.pass(&file(10));
        assert_eq!(mark.clone().of_this_process(&host), mark);
        let parent = Mark { process: mark.process.map(|(pid, at)| (pid + 1, at)), ..mark.clone() };
        let nested = parent.of_this_process(&host);
        assert_eq!((nested.depth, nested.has_passed(&file(10))), (2, false));
        let long_ago = Mark { process: mark.process.map(|(pid, _)| (pid, Timestamp::UNIX_EPOCH)), ..mark };
        assert!(!long_ago.of_this_process(&host).has_passed(&file(10)), "the number was given again");
    }

    #[test]
    fn a_variable_of_anybody_else_is_no_mark() {
        for text in ["", "x", "-1", ":::", "99999999999999"] {
            assert_eq!(Mark::read(text), Mark::default(), "{text}");
        }
        assert_eq!(Mark::read("3"), Mark { depth: 3, ..Mark::default() });
        assert_eq!(Mark::read("3:7:x:1-2").process, None);
    }
}
