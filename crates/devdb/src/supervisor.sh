# Stops a cluster when nobody uses it any more, however its users ended. Run in the cluster's directory.
# $1 seconds to wait for a next user, $2 "erase" or "keep", $3 pg_ctl
command -v flock >/dev/null || exit 3
{
    exec 8<supervisor.lock 9<users.lock || exit
    flock -n 8 || exit
    while :; do
        flock 9 || exit
        [ "$1" -eq 0 ] && break
        flock -u 9
        sleep "$1"
        flock -n 9 && break
    done
    # A left over pid file may name a stranger's process by now, which pg_ctl would signal: a server works in its data directory.
    if read -r pid <data/postmaster.pid && { [ ! -d /proc/self ] || [ "/proc/$pid/cwd" -ef data ]; }; then
        "$3" stop -D data -m fast -w || "$3" stop -D data -m immediate -w
    fi
    [ "$2" = erase ] && rm -rf data
} &
