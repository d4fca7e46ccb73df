//! The processor time that processes have used.

use std::time::Duration;

use anyhow::Context;
use nix::unistd::Pid;

/// Processor time, user and system together.
pub(crate) struct Cpu {
    /// Used by the threads of a process.
    pub(crate) own: Duration,
    /// Used by those of its children that have ended.
    pub(crate) ended_children: Duration,
}

/// What the kernel has counted for a process.
pub(crate) fn cpu_of(process: Pid) -> anyhow::Result<Cpu> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // proc_pid_stat(5): utime, stime, cutime and cstime are fields 14 to 17. The name in parentheses may hold blanks;
    // field 3 follows it.
    let (_, rest) = stat.rsplit_once(')').context("no name in /proc/PID/stat")?;
    let ticks = |field: usize| -> anyhow::Result<u64> {
        Ok(rest.split_whitespace().nth(field - 3).context("too few fields in /proc/PID/stat")?.parse()?)
    };
    // USER_HZ is 100 on every architecture that Linux runs on today.
    let time = |first: usize| anyhow::Ok(Duration::from_millis((ticks(first)? + ticks(first + 1)?) * 10));
    Ok(Cpu { own: time(14)?, ended_children: time(16)? })
}
