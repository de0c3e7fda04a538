#!/usr/bin/env bash
# Uses the image as an operator would, with a read-only root file system: the health check, a sign-up, a picture, the
# operators' command, and a stop.
#   deploy/image/check.sh [image]    the image is proofsheet by default
# ENGINE is the command of the container engine, `docker` by default, RUN_OPTIONS are further ones of its `run`. Needs curl and jq.
set -euo pipefail
image=${1:-proofsheet}
read -ra engine <<<"${ENGINE:-docker}"
read -ra options <<<"${RUN_OPTIONS:-}"
port=${PORT:-4000}
url=http://localhost:$port
name=proofsheet-check-$$

"${engine[@]}" run --detach --name "$name" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  --publish "127.0.0.1:$port:$port" --env PORT="$port" "${options[@]}" "$image" >/dev/null
trap '"${engine[@]}" logs "$name" | tail; "${engine[@]}" rm --force --volumes "$name" >/dev/null' ERR
inside() { "${engine[@]}" exec "$name" "$@"; }

curl -sSf --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "$url/readyz" 2>/dev/null
mapfile -t health < <("${engine[@]}" image inspect "$image" | jq -r '.[0] | (.Config.Healthcheck // .Healthcheck).Test[1:][]')
inside "${health[@]}"
echo "Healthy. Runs as $(inside id -un); the application has $(inside du -sm /app | cut -f1) MB"
if inside touch /app/written 2>/dev/null; then
  echo 'The root file system is not read-only' >&2
  false
fi

token=$(curl -sSf "$url/api/auth/sign-up/email" -H 'content-type: application/json' \
  -d '{"name":"You","email":"you@example.com","password":"correct horse battery"}' | jq -r .token)
ask() {
  curl -sSf "$url/graphql" -H "authorization: Bearer $token" -H 'content-type: application/json' -d "{\"query\": \"$1\"}"
}
ask 'mutation { generateImage(input: { model: \"google/nano-banana\", scene: TEXT_TO_IMAGE, prompt: \"A lighthouse at dusk\" }) { task { id } } }' >/dev/null
for _ in {1..120}; do
  picture=$(ask '{ viewer { tasks(first: 1) { nodes { images { url } } } } }' | jq -r '.data.viewer.tasks.nodes[0].images[0].url')
  [ "$picture" = null ] || break
  sleep 0.5
done
echo "Picture: $(curl -sSf --output /dev/null --write-out '%{content_type}, %{size_download} bytes' "$picture")"
inside node --disable-warning=ExperimentalWarning server/admin-command.ts users list

started=$(date +%s%N)
"${engine[@]}" stop --time 12 "$name" >/dev/null
code=$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "$name")
echo "Stopped in $(($(($(date +%s%N) - started)) / 1000000)) ms with code $code"
"${engine[@]}" rm --volumes "$name" >/dev/null
[ "$code" = 0 ]
