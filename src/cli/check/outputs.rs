//! Where the answers of a run go: each to a file of its own, and to none that the run reads.

use super::super::app::App;
use super::super::input::usage;
use super::CheckArgs;
use super::paths::Wanted;
use crate::diagnosis::{RunError, identity::tidy};
use crate::host::Files;
use std::path::{Path, PathBuf};

/// A file that is to be written, and the option that says so.
struct Output<'a> {
    option: &'static str,
    file: &'a Path,
    real: PathBuf,
}

/// Asked before anything is judged, so that nothing is lost.
pub fn check(app: &App, args: &CheckArgs, wanted: &[Wanted]) -> Result<(), RunError> {
    let files = &*app.host.files;
    let outputs = outputs(app, args, files)?;
    for (at, output) in outputs.iter().enumerate() {
        if let Some(other) = outputs[..at].iter().find(|other| other.real == output.real) {
            let (file, first, second) = (output.file.display(), other.option, output.option);
            return Err(usage(format!("{first} and {second} would both write {file}: give each a file of its own")));
        }
        let config = args.living.config.as_deref().unwrap_or(Path::new(crate::check::CONFIG_FILE));
        let what = if wanted.iter().filter_map(Wanted::path).any(|path| is(files, output, path)) {
            "one of the definitions that are judged"
        } else if is(files, output, config) {
            "the config file"
        } else {
            continue;
        };
        let (file, option) = (output.file.display(), output.option);
        return Err(usage(format!("{option} would overwrite {file}, which is {what}: name another file")));
    }
    Ok(())
}

fn outputs<'a>(app: &'a App, args: &'a CheckArgs, files: &dyn Files) -> Result<Vec<Output<'a>>, RunError> {
    let also = args.also.iter().map(|also| ("--also", also.file.as_path()));
    let answer = app.global.output.as_deref().map(|file| ("--output", file));
    let baseline = args.living.write_baseline.as_deref().map(|file| ("--write-baseline", file));
    let all = answer.into_iter().chain(also).chain(baseline);
    let mut outputs = Vec::new();
    for (option, file) in all {
        if file == Path::new("-") {
            let instead = "standard output has the answer of --format; ./- is a file of that name";
            return Err(usage(format!("{option} needs a file, not -: {instead}")));
        }
        // A pipe or a device takes what it is given, from several too.
        if files.metadata(file).is_ok_and(|about| !about.is_file) {
            continue;
        }
        outputs.push(Output { option, file, real: real(files, file) });
    }
    Ok(outputs)
}

/// Also of a file that is not there yet.
fn real(files: &dyn Files, file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let in_folder = || Some(files.real_path(folder).ok()?.join(file.file_name()?));
    files.real_path(file).ok().or_else(in_folder).unwrap_or_else(|| tidy(file))
}

/// Only what is called alike is looked at: there may be a hundred thousand.
fn is(files: &dyn Files, output: &Output, path: &Path) -> bool {
    path.file_name() == output.real.file_name() && files.real_path(path).is_ok_and(|path| path == output.real)
}
