//! macOS and Windows: sockets and their processes as netstat2 gives them. Not tried on those systems.

use super::Listener;
use netstat2::{AddressFamilyFlags, ProtocolFlags, ProtocolSocketInfo, TcpState};

pub(super) fn listeners(port: u16) -> Result<Vec<Listener>, String> {
    let families = AddressFamilyFlags::IPV4 | AddressFamilyFlags::IPV6;
    let sockets = netstat2::get_sockets_info(families, ProtocolFlags::TCP).map_err(|error| error.to_string())?;
    let listener = |socket: netstat2::SocketInfo| {
        let ProtocolSocketInfo::Tcp(tcp) = socket.protocol_socket_info else { return None };
        let pids = match socket.associated_pids {
            pids if pids.is_empty() => Err("the system hides its process from you".to_owned()),
            pids => Ok(pids),
        };
        (tcp.state == TcpState::Listen && tcp.local_port == port).then_some(Listener {
            address: tcp.local_addr,
            port,
            dual_stack: false,
            uid: None,
            pids,
        })
    };
    Ok(sockets.into_iter().filter_map(listener).collect())
}
