//! How much memory the process may use, which an alert compares with how much it does, and of which imports may take a
//! share.

use std::path::Path;

/// The least of what the control groups of this process allow and what the machine has, in bytes. `None` where Linux
/// does not tell.
pub(crate) fn limit() -> Option<u64> {
    limit_in(Path::new("/proc"), Path::new("/sys/fs/cgroup"))
}

fn limit_in(proc: &Path, cgroups: &Path) -> Option<u64> {
    machine(proc).into_iter().chain(control_groups(proc, cgroups)).min()
}

fn machine(proc: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(proc.join("meminfo")).ok()?;
    let kibibytes: u64 =
        text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// The limits of the process's group and of every group around it. A container may be told the host's path of its
/// group, of which it sees only the root, so directories that are not there are passed over.
fn control_groups(proc: &Path, cgroups: &Path) -> Vec<u64> {
    let text = std::fs::read_to_string(proc.join("self/cgroup")).unwrap_or_default();
    let mut limits = Vec::new();
    for line in text.lines() {
        // "0::/group" of the second version, "7:cpu,memory:/group" of the first
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else { continue };
        let (root, file) = if controllers.is_empty() {
            (cgroups.to_owned(), "memory.max")
        } else if controllers.split(',').any(|controller| controller == "memory") {
            (cgroups.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        for ancestor in Path::new(group.trim_start_matches('/')).ancestors() {
            let value = std::fs::read_to_string(root.join(ancestor).join(file)).ok();
            // No limit is "max", or more than any machine has.
            limits.extend(value.and_then(|value| value.trim().parse::<u64>().ok()));
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with one gibibyte, this control group of the process, and these files.
    fn limit_with(group: &str, files: &[(&str, &str)]) -> Option<u64> {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let group = ("proc/self/cgroup", group);
        for (path, text) in [("proc/meminfo", "MemTotal:  1048576 kB\nMemFree: 1 kB\n"), group].iter().chain(files) {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), text).unwrap();
        }
        limit_in(&root.join("proc"), &root.join("cgroup"))
    }

    #[test]
    fn the_tightest_limit_counts() {
        let gibibyte = Some(1 << 30);
        assert_eq!(limit_with("0::/\n", &[("cgroup/memory.max", "536870912\n")]), Some(536_870_912));
        let around = [("cgroup/a/memory.max", "1000\n"), ("cgroup/a/b/memory.max", "2000\n")];
        assert_eq!(limit_with("0::/a/b\n", &around), Some(1000));
        assert_eq!(limit_with("0::/a\n", &[("cgroup/a/memory.max", "max\n")]), gibibyte);
        assert_eq!(limit_with("0::/not/here\n", &[]), gibibyte);
        assert_eq!(limit_with("", &[]), gibibyte);
    }

    #[test]
    fn the_first_version_of_control_groups_is_read_too() {
        let limit = [("cgroup/memory/memory.limit_in_bytes", "268435456\n")];
        assert_eq!(limit_with("7:cpu,memory:/docker/abc\n3:cpuset:/x\n", &limit), Some(268_435_456));
        let none = [("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")];
        assert_eq!(limit_with("7:memory:/\n", &none), Some(1 << 30));
    }

    #[test]
    fn where_nothing_is_told_there_is_none() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(limit_in(directory.path(), directory.path()), None);
    }
}
