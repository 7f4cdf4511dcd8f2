//! The `authsome` command.

fn main() -> std::process::ExitCode {
    // A panic has been reported by its hook; the exit code says that it was one.
    std::panic::catch_unwind(authsome_doctor::cli::main).unwrap_or(std::process::ExitCode::from(101))
}
