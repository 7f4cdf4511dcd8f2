//! Linux: netlink through netstat2 for the sockets, `/proc` for the processes that hold them.

use super::Listener;
use netstat2::{AddressFamilyFlags, ProtocolFlags, ProtocolSocketInfo, TcpState};
use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::MetadataExt;

/// A listening socket before anybody has looked for its owner.
struct Row {
    address: IpAddr,
    inode: u64,
    uid: u32,
}

pub(super) fn listeners(port: u16) -> Result<Vec<Listener>, String> {
    let rows = match from_netlink(port) {
        Ok(rows) => rows,
        Err(refused) => from_proc(port).map_err(|error| format!("{refused}; {error}"))?,
    };
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let inodes: Vec<u64> = rows.iter().map(|row| row.inode).collect();
    let mut holders = holders(&inodes, rows.first().map(|row| row.uid));
    let listener = |row: Row| Listener {
        address: row.address,
        port,
        dual_stack: false,
        uid: Some(row.uid),
        pids: holders.remove(&row.inode).ok_or_else(|| why_hidden(row.uid)),
    };
    Ok(rows.into_iter().map(listener).collect())
}

/// An error also when the kernel answers with no socket at all: it says so where it has no socket diagnosis, too.
fn from_netlink(port: u16) -> Result<Vec<Row>, String> {
    let families = AddressFamilyFlags::IPV4 | AddressFamilyFlags::IPV6;
    let sockets = netstat2::iterate_sockets_info_without_pids(families, ProtocolFlags::TCP)
        .map_err(|error| format!("netlink: {error}"))?;
    let mut any = false;
    let mut rows = Vec::new();
    for socket in sockets {
        let socket = socket.map_err(|error| format!("netlink: {error}"))?;
        any = true;
        let ProtocolSocketInfo::Tcp(tcp) = socket.protocol_socket_info else { continue };
        if tcp.state == TcpState::Listen && tcp.local_port == port {
            rows.push(Row { address: tcp.local_addr, inode: socket.inode.into(), uid: socket.uid });
        }
    }
    if any { Ok(rows) } else { Err("netlink shows no socket".to_owned()) }
}

fn from_proc(port: u16) -> Result<Vec<Row>, String> {
    let table = fs::read_to_string("/proc/net/tcp").map_err(|error| format!("/proc/net/tcp: {error}"))?;
    // Absent where the kernel has no IPv6.
    let table6 = fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    Ok(table.lines().chain(table6.lines()).filter_map(|line| proc_row(line, port)).collect())
}

/// One line of `/proc/net/tcp` or `tcp6` (`proc_pid_net(5)`), if it is a listener (state 0A) on that port.
fn proc_row(line: &str, port: u16) -> Option<Row> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (address, local_port) = fields.get(1)?.split_once(':')?;
    if *fields.get(3)? != "0A" || u16::from_str_radix(local_port, 16).ok()? != port {
        return None;
    }
    // The words of an address stand in the byte order of the machine.
    let words: Vec<u8> = (0..address.len() / 8)
        .map(|word| u32::from_str_radix(address.get(word * 8..word * 8 + 8)?, 16).ok())
        .collect::<Option<Vec<u32>>>()?
        .into_iter()
        .flat_map(u32::to_ne_bytes)
        .collect();
    let address = match <[u8; 4]>::try_from(words.as_slice()) {
        Ok(four) => IpAddr::from(Ipv4Addr::from(four)),
        Err(_) => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(words.as_slice()).ok()?)),
    };
    Some(Row { address, inode: fields.get(9)?.parse().ok()?, uid: fields.get(7)?.parse().ok()? })
}

/// Who holds these sockets. Processes of the socket's own user first, and no further than needed: every open file of
/// a process costs a system call.
fn holders(inodes: &[u64], uid: Option<u32>) -> BTreeMap<u64, Vec<u32>> {
    let Ok(entries) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let mut pids: Vec<(bool, u32)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let same_user = entry.metadata().is_ok_and(|found| Some(found.uid()) == uid);
            Some((!same_user, pid))
        })
        .collect();
    pids.sort_unstable();
    let mut found = BTreeMap::new();
    for (_, pid) in pids {
        for inode in sockets_of(pid) {
            if inodes.contains(&inode) {
                found.entry(inode).or_insert(pid);
            }
        }
        if inodes.iter().all(|inode| found.contains_key(inode)) {
            break;
        }
    }
    found.into_iter().map(|(inode, pid)| (inode, family(inode, pid))).collect()
}

/// A server that forks shares its socket: the topmost holder first, then its children that hold it.
fn family(inode: u64, found: u32) -> Vec<u32> {
    let holds = |pid: u32| sockets_of(pid).any(|held| held == inode);
    let mut top = found;
    while let Some(parent) = crate::host::processes::parent(top).filter(|parent| *parent > 1 && holds(*parent)) {
        top = parent;
    }
    let children = fs::read_to_string(format!("/proc/{top}/task/{top}/children")).unwrap_or_default();
    let children = children.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).filter(|pid| holds(*pid));
    let mut pids: Vec<u32> = std::iter::once(top).chain(children).collect();
    if !pids.contains(&found) {
        pids.push(found);
    }
    pids
}

/// The socket inodes among a process's open files; none where the system hides them.
fn sockets_of(pid: u32) -> impl Iterator<Item = u64> {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    files.filter_map(|file| {
        let target = fs::read_link(file.ok()?.path()).ok()?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    })
}

fn why_hidden(uid: u32) -> String {
    let ours = rustix::process::geteuid();
    if ours.is_root() {
        "no process that is visible from here holds it: it belongs to another container or namespace".to_owned()
    } else if uid == ours.as_raw() {
        "its process hides its open files from its own user (it runs with other rights, or in a container)".to_owned()
    } else {
        let user = crate::host::processes::user_name(uid).unwrap_or_else(|| format!("user id {uid}"));
        format!("it belongs to another user ({user}), whose open files the system hides from you")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_proc_is_read_when_netlink_is_not_there() {
        let four = "   0: 0100007F:1F3E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1";
        let row = proc_row(four, 7998).unwrap();
        assert_eq!((row.address, row.inode, row.uid), (Ipv4Addr::LOCALHOST.into(), 4711, 1000));
        let six = "   1: 00000000000000000000000001000000:1F3E 00000000000000000000000000000000:0000 0A \
                   00000000:00000000 00:00000000 00000000     0        0 4712 1";
        assert_eq!(proc_row(six, 7998).unwrap().address, Ipv6Addr::LOCALHOST);
        assert!(proc_row(four, 7999).is_none());
        assert!(proc_row(&four.replace(" 0A ", " 01 "), 7998).is_none(), "a connection is no listener");
    }

    #[test]
    fn both_tables_of_this_machine_show_the_same_listener() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let inodes = |rows: Vec<Row>| rows.into_iter().map(|row| (row.address, row.inode)).collect::<Vec<_>>();
        assert_eq!(inodes(from_netlink(port).unwrap()), inodes(from_proc(port).unwrap()));
    }
}
