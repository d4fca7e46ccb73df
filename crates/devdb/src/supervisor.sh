# Stops a cluster when nobody uses it any more, however its users ended.
# $1 lock of the one supervisor, $2 lock shared by the users, $3 seconds to wait for a next user,
# $4 "erase" or "keep", $5 data directory, $6 pg_ctl
command -v flock >/dev/null || exit 3
{
    exec 8<"$1" 9<"$2" || exit
    flock -n 8 || exit
    while :; do
        flock 9 || exit
        [ "$3" -eq 0 ] && break
        flock -u 9
        sleep "$3"
        flock -n 9 && break
    done
    "$6" stop -D "$5" -m fast -w || "$6" stop -D "$5" -m immediate -w
    [ "$4" = erase ] && rm -rf "$5"
} &
