use super::*;
use std::net::{Ipv6Addr, TcpListener};

fn listener(address: impl Into<IpAddr>) -> Listener {
    Listener { address: address.into(), port: 1, dual_stack: false, uid: None, pids: Ok(vec![]) }
}

#[test]
fn a_listener_is_found_with_the_process_that_holds_it() {
    for address in ["127.0.0.1", "0.0.0.0", "::1", "::"] {
        let address: IpAddr = address.parse().unwrap();
        let Ok(socket) = TcpListener::bind((address, 0)) else { continue };
        let port = socket.local_addr().unwrap().port();
        let found = SystemSockets.listeners(port).unwrap();
        assert_eq!(found.len(), 1, "{address}");
        assert_eq!(found[0].address, address);
        assert!(found[0].pids.as_ref().unwrap().contains(&std::process::id()), "{address}");
    }
}

#[test]
fn a_free_port_has_no_listener() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(SystemSockets.listeners(port).unwrap(), []);
}

#[test]
fn a_socket_on_the_unspecified_ipv6_address_takes_ipv4_too_unless_another_does() {
    // The standard library leaves IPV6_V6ONLY to the system, whose default on Linux is off.
    let Ok(both) = TcpListener::bind("[::]:0") else { return };
    let port = both.local_addr().unwrap().port();
    let reachable = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert_eq!(SystemSockets.listeners(port).unwrap()[0].dual_stack, reachable);
}

#[test]
fn the_more_specific_socket_takes_what_comes_for_ipv4() {
    let mut found = [listener(Ipv4Addr::UNSPECIFIED), listener(Ipv6Addr::UNSPECIFIED)];
    settle_dual_stack(&mut found, |_| Ok(()));
    assert!(!found[1].dual_stack);
    let mut alone = [listener(Ipv6Addr::UNSPECIFIED), listener(Ipv6Addr::LOCALHOST)];
    settle_dual_stack(&mut alone, |_| Ok(()));
    assert_eq!((alone[0].dual_stack, alone[1].dual_stack), (true, false));
    settle_dual_stack(&mut alone, |_| Err(io::ErrorKind::ConnectionRefused.into()));
    assert!(!alone[0].dual_stack, "IPV6_V6ONLY");
}

#[test]
fn an_exchange_keeps_what_came_before_the_limit_and_names_silence() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();
    let silent = SystemSockets.exchange(to, b"hello", Duration::from_millis(50), 100).unwrap_err();
    assert_eq!(silent.kind(), io::ErrorKind::TimedOut);
    let answering = std::thread::spawn(move || {
        let (_first, _) = server.accept().unwrap();
        let (mut second, _) = server.accept().unwrap();
        second.write_all(b"half an answer").unwrap();
        std::thread::sleep(Duration::from_millis(200));
    });
    let answer = SystemSockets.exchange(to, b"hello", Duration::from_millis(100), 4).unwrap();
    assert_eq!(answer, b"half");
    answering.join().unwrap();
}
