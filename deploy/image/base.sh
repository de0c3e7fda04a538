#!/usr/bin/env bash
# Makes a base image for the Dockerfile where no registry can be reached: Debian from its mirror, Node and npm from the
# npm registry, at the places and with the user of the official image. Needs root, buildah and debootstrap.
#   deploy/image/base.sh [name]    the name is node:24-slim by default
set -euo pipefail
name=${1:-docker.io/library/node:24-slim}
suite=bookworm
node=node-linux-$(dpkg --print-architecture | sed 's/amd64/x64/')@24
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" http://deb.debian.org/debian >/dev/null
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
npm install --silent --no-save --ignore-scripts --prefix "$root/usr/local/lib" "$node" npm@11
lib=$root/usr/local/lib/node_modules
install "$lib"/node-linux-*/bin/node "$root/usr/local/bin/node"
rm -rf "$lib"/node-linux-* "$lib"/.bin "$lib"/.package-lock.json
for command in npm npx; do ln -s "../lib/node_modules/npm/bin/$command-cli.js" "$root/usr/local/bin/$command"; done
chroot "$root" useradd --uid 1000 --create-home --shell /bin/bash node

container=$(buildah from scratch)
trap 'rm -rf "$root"; buildah rm "$container" >/dev/null' EXIT
buildah copy --quiet "$container" "$root" / >/dev/null
# Behind a proxy with certificates of its own, such as that of a company.
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  buildah copy --quiet "$container" "$NODE_EXTRA_CA_CERTS" /etc/ssl/extra.crt >/dev/null
  buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/extra.crt "$container"
fi
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd node "$container"
buildah commit --quiet "$container" "$name"
