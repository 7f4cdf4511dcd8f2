//! The machine of a person who sits before it. Where these tests run in a container, a program that opens a browser is
//! right to say that the browser is on another machine, and says so before anything else; whoever logs in at a desktop is
//! not told that. So the program is run under a root without the file that tells of the container.

use std::path::Path;
use std::process::Command;

/// The file that Docker leaves in every container.
const MARK: &str = "/.dockerenv";

/// Every folder of `/` is there under the new root, and no file of it.
const UNDER_ANOTHER_ROOT: &str = r#"
    mount -t tmpfs none "$0" || exit
    for one in /*; do
        if [ -L "$one" ]; then cp -P "$one" "$0$one"
        elif [ -d "$one" ]; then mkdir "$0$one" && mount --rbind "$one" "$0$one" || exit
        fi
    done
    chroot=$(PATH=$PATH:/usr/sbin:/sbin; command -v chroot) || exit
    exec "$chroot" "$0" "$@""#;

/// `inner` with its arguments, environment and folder, under such a root where one is needed; `root` is an empty folder.
pub fn at_a_desktop(inner: Command, root: &Path) -> Command {
    if !Path::new(MARK).exists() {
        return inner;
    }
    let mut command = Command::new("unshare");
    // Root of a namespace of its own would not see whose process the daemon is.
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--mount", "sh", "-c", UNDER_ANOTHER_ROOT]).arg(root).arg(inner.get_program()).args(inner.get_args());
    command.env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = inner.get_current_dir() {
        command.current_dir(folder);
    }
    command
}
