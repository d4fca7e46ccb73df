#!/bin/sh
# install.sh              makes this release the one that runs: the first one, the next one, or, out of /opt/clockwork/VERSION, an earlier one again
# install.sh uninstall    stops Clockwork and removes it; settings, secrets and the user stay
# install.sh uninstall --purge   removes these, too
#
# To be run as root where systemd (250 or newer) runs. It may be run as often as you like. With DESTDIR set, it only puts the files there, for a package.
# When the migrations or the start fail, the release before goes on, and the exit code is 1.
set -eu
umask 022

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
destination=${DESTDIR:-}
base=$destination/opt/clockwork
units=$destination/usr/local/lib/systemd/system
settings=$destination/etc/clockwork

say() { printf 'clockwork: %s\n' "$*"; }
fail() {
    printf 'clockwork: %s\n' "$*" >&2
    exit 1
}

# put_units RELEASE: what systemd reads, as that release has it.
put_units() {
    install -D -m 0644 -t "$units" "$1"/systemd/*.service
    install -D -m 0644 "$1/systemd/clockwork.sysusers.conf" "$destination/usr/local/lib/sysusers.d/clockwork.conf"
    install -D -m 0644 "$1/systemd/clockwork.tmpfiles.conf" "$destination/usr/local/lib/tmpfiles.d/clockwork.conf"
    [ -n "$destination" ] || systemctl daemon-reload
}

# At no moment is a release half there, or `current` missing.
put_release() {
    mkdir -p "$base"
    if [ "$here" != "$(realpath -m -- "$base/$version")" ] && ! diff -qr "$here" "$base/$version" >/dev/null 2>&1; then
        rm -rf "$base/.new" "$base/.old"
        cp -R "$here" "$base/.new"
        [ "$(id -u)" != 0 ] || chown -R 0:0 "$base/.new"
        [ ! -e "$base/$version" ] || mv "$base/$version" "$base/.old"
        mv "$base/.new" "$base/$version"
        rm -rf "$base/.old"
    fi
}
switch_to() {
    ln -s "$1" "$base/.current"
    mv -T "$base/.current" "$base/current"
}

install_release() {
    version=$(cat "$here/VERSION")
    before=$(readlink "$base/current" || true)
    put_release
    put_units "$base/$version"
    [ -e "$settings/clockwork.env" ] || install -D -m 0640 "$base/$version/systemd/clockwork.env" "$settings/clockwork.env"
    if [ -n "$destination" ]; then
        switch_to "$version"
        return
    fi
    systemd-sysusers clockwork.conf
    systemd-tmpfiles --create clockwork.conf
    if [ ! -s "$settings/credentials/database_url" ]; then
        switch_to "$version"
        say "$version is in $base. To go on, write the address of its database into $settings/credentials/database_url, look at $settings/clockwork.env, and run this again"
        return
    fi
    say "bringing the schema up to date, by $version"
    if ! systemctl restart "clockwork-migrate@$version.service"; then
        [ -z "$before" ] || put_units "$base/$before"
        fail "the schema could not be brought up to date: journalctl --unit clockwork-migrate@$version. ${before:-Nothing} goes on as before"
    fi
    systemctl stop "clockwork-migrate@$version.service"
    switch_to "$version"
    systemctl enable --quiet clockwork.service
    say "starting $version"
    if ! systemctl restart clockwork.service; then
        if [ -n "$before" ] && [ "$before" != "$version" ]; then
            switch_to "$before"
            put_units "$base/$before"
            systemctl restart clockwork.service || true
            fail "$version does not start: journalctl --unit clockwork. $before is back"
        fi
        fail "$version does not start: journalctl --unit clockwork"
    fi
    systemctl --no-pager --lines=0 status clockwork.service
    [ -z "$before" ] || [ "$before" = "$version" ] || say "to roll back: $base/$before/install.sh"
}

uninstall() {
    if [ -z "$destination" ]; then
        systemctl disable --now --quiet clockwork.service 2>/dev/null || true
        systemctl stop 'clockwork-migrate@*.service' 2>/dev/null || true
    fi
    rm -rf "$base" "$units/clockwork.service" "$units/clockwork-migrate@.service" \
        "$destination/usr/local/lib/sysusers.d/clockwork.conf" "$destination/usr/local/lib/tmpfiles.d/clockwork.conf"
    [ -n "$destination" ] || systemctl daemon-reload
    if [ "${1:-}" = --purge ]; then
        rm -rf "$settings" "$destination/etc/systemd/system/clockwork.service.d" "$destination/etc/systemd/system/clockwork-migrate@.service.d"
        if [ -z "$destination" ] && getent passwd clockwork >/dev/null; then userdel clockwork; fi
    fi
    say "removed; the database has not been touched"
}

if [ -z "$destination" ]; then
    [ "$(id -u)" = 0 ] || fail "this has to be run as root"
    [ -d /run/systemd/system ] || fail "systemd does not run here"
    [ "$(systemctl --version | awk 'NR == 1 { print int($2) }')" -ge 250 ] || fail "systemd is older than 250"
fi
case "$*" in
'' | install) install_release ;;
uninstall) uninstall ;;
'uninstall --purge') uninstall --purge ;;
*)
    sed -n '2,4s/^# //p' "$0" >&2
    exit 2
    ;;
esac
