//! The product against what nobody here wrote: released versions of authsome, OAuth servers of other people, a real
//! browser, a real proxy, real holders of the callback port. `tests/real/install` installs them; nothing is faked but
//! the account that logs in. A missing piece fails the test that needs it: these tests never skip.

mod support;

mod authsome_daemon;
mod authsome_daemon_trouble;
mod callback_page;
mod check_bundled;
mod connection_commands;
mod daemon_login;
mod daemon_matrix;
mod daemon_restart;
mod explain_answers;
mod flows_oidc;
mod granted_scopes;
mod handover;
mod healthy;
mod identity;
mod kept_connection;
mod live_faults;
mod login_authlib;
mod login_oidc;
mod port_holder;
mod practice_logins;
mod proxy;
mod proxy_cells;
mod untouched;
