#!/bin/sh
# Install by apt what wheels cannot bring: PulseAudio for the tests that listen, Chromium and a Chinese font for those
# that look at pages, gpsd with its gpsfake for those that read receivers, PostgreSQL for those of the console's store.
# With --where-allowed it does so only as root or with a password-less sudo, and never fails for want of them: the tests
# that need more are skipped by name.
set -eu

missing=""
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need pulseaudio pulseaudio
need parec pulseaudio-utils
need aplay alsa-utils
need chromium chromium
need gpsfake gpsd-clients
[ -x /usr/sbin/gpsd ] || need gpsd gpsd
[ -n "$(find /usr/lib/postgresql/*/bin/initdb 2>/dev/null | head -n 1)" ] || need initdb postgresql
[ -n "$(find /usr/share/fonts -name 'wqy-microhei*' -o -name 'NotoSansCJK*' 2>/dev/null | head -n 1)" ] ||
    missing="$missing fonts-wqy-microhei"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="none"
fi

skip() { # skip REASON
    echo "setup-system: not installed:$missing ($1); the tests marked sound, browser, gpsd or postgres that need them are skipped"
    [ "${where_allowed}" = yes ] && exit 0
    exit 1
}
where_allowed=no
[ "${1:-}" = "--where-allowed" ] && where_allowed=yes
command -v apt-get >/dev/null 2>&1 || skip "no apt-get here"
[ "$as_root" != none ] || skip "needs root: run 'make setup-system' as root or with sudo"

echo "setup-system: installing$missing"
install() {
    # shellcheck disable=SC2086  # one word a package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
}
$as_root apt-get update -qq >/dev/null || skip "apt-get update failed"
install || skip "apt-get install failed"
