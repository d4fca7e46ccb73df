//! The memory of a process, as the kernel counts it.

use anyhow::Context;
use nix::unistd::Pid;

/// What is resident now, in KiB.
pub(crate) const RESIDENT: &str = "VmRSS:";

/// The most that was resident since the process began, or since [`forget_peak`].
pub(crate) const PEAK: &str = "VmHWM:";

/// A line of /proc/PID/status that is an amount of memory, in KiB.
pub(crate) fn memory_of(process: Pid, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Makes the peak what is resident now (proc_pid_clear_refs(5)).
pub(crate) fn forget_peak(process: Pid) -> anyhow::Result<()> {
    Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}
