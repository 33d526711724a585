#!/usr/bin/env bash
# Installs what the tests of the profile "peers" run beside the router: mvn -Ppeers verify
set -euo pipefail

packages=(haproxy nginx slowhttptest chromium)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "peers: all there: ${packages[*]}"
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "peers: missing: ${missing[*]}" >&2
  echo "peers: on Debian run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "${missing[@]}"
# Debian starts what it installs; the tests start their own.
for service in haproxy nginx; do
  service "$service" stop >/dev/null 2>&1 || true
done
