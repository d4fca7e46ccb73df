//! The process that stops a cluster behind its last user.
//!
//! A server that is killed cannot stop its database. So every start leaves a shell behind that waits for the exclusive
//! lock on `users.lock`: the kernel grants it when the last user is gone. A user who comes while the shell stops the
//! cluster waits for it.

use std::{os::unix::process::CommandExt, path::Path, process::Stdio};

use crate::{error::DevDbError, home::Home, installation::Installation, settings::ClusterPurpose};

const SCRIPT: &str = include_str!("supervisor.sh");

/// Exit code of the script without util-linux' `flock`.
const NO_FLOCK: i32 = 3;

/// Makes sure that a supervisor waits. Called with the users' lock held, so that it does not find the cluster vacant at
/// once.
pub(crate) fn start(home: &Home, installation: &Installation, purpose: ClusterPurpose) -> Result<(), DevDbError> {
    let after = purpose.after_last_user();
    let script = home.dir.join("supervisor.sh");
    home.write(&script, SCRIPT)?;
    let status = home
        .account
        .command(Path::new("/bin/sh"))
        .arg(&script)
        .arg(after.linger.as_secs().to_string())
        .arg(if after.erase { "erase" } else { "keep" })
        .arg(installation.program("pg_ctl"))
        .current_dir(&home.dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Not in the terminal's foreground group: Ctrl-C is for the server, which stops the database when it is done
        // with it.
        .process_group(0)
        .status()
        .map_err(DevDbError::io("cannot run", "/bin/sh"))?;
    if status.code() == Some(NO_FLOCK) {
        tracing::debug!("flock is not installed: a database whose users are killed runs on until the next start");
    }
    Ok(())
}
