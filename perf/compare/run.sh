#!/usr/bin/env bash
# Exchanges per CPU second of the router for the booking example, audit on, beside nginx as a plain
# reverse proxy in the same run. What it measures and how to read it: perf/README.md.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
jar=$here/../../target/bars-router.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
rounds=3 seconds=8 warm_up=9 connections=64 answer=ordinary keep=false
variant=()
# A heap as a node would be given: without a bound it grows to gigabytes at the same CPU.
: "${JAVA_FLAGS:=-Xmx512m -XX:+UseParallelGC -Dio.netty.allocator.type=pooled --enable-native-access=ALL-UNNAMED}"

usage() {
  cat <<TEXT
usage: perf/compare/run.sh [--rounds N] [--seconds S] [--warm-up S] [--connections N]
                           [--answer ordinary|DIRECTIVES] [--jar FILE] [--java JAVA] [--keep]
                           [--variant KEY=VALUE]...
  rounds       of nginx and of the router, alternating; default $rounds
  seconds      a round; default $seconds
  warm-up      seconds, twice for each proxy; default $warm_up
  answer       the receiver's: its ordinary one to a booking, or what a mock receiver is told to do,
               as body=text,size=1KiB
  variant      a second router with this setting (may be repeated), measured in turn with the first:
               what the setting costs or saves, as audit.mode=off
  keep         leaves the folder with logs, configuration and raw results
The router's JVM flags are \$JAVA_FLAGS, now: $JAVA_FLAGS
TEXT
}

fail() {
  echo "compare: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --warm-up) warm_up=$2; shift ;;
    --connections) connections=$2; shift ;;
    --answer) answer=$2; shift ;;
    --jar) jar=$2; shift ;;
    --java) java=$2; shift ;;
    --variant) variant+=(--set "$2"); shift ;;
    --keep) keep=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

[ -r "$jar" ] || fail "no $jar; run first: mvn -q -DskipTests package"
[ -r /proc/self/stat ] || fail "needs Linux: CPU time is read from /proc"
missing=
for tool in nginx wrk curl; do
  PATH=$PATH:/usr/sbin command -v $tool >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  fail "not installed:$missing; on Debian or Ubuntu: apt-get install -y nginx-light wrk curl"
fi
nginx=$(PATH=$PATH:/usr/sbin command -v nginx)

folder=$(mktemp -d "${TMPDIR:-/tmp}/bars-compare.XXXXXX")
surroundings= proxy_nginx= proxy_router= proxy_variant= hold=
tick=$(getconf CLK_TCK)

stop() {
  trap - EXIT
  for pid in $proxy_nginx $proxy_router $proxy_variant; do
    kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
  done
  # The end of its stdin ends it, and PostgreSQL with it.
  [ -z "$hold" ] || exec {hold}>&-
  [ -z "$surroundings" ] || wait "$surroundings" 2>/dev/null || true
  if $keep; then
    echo "kept: $folder"
  else
    rm -rf "$folder"
  fi
}
trap stop EXIT
trap 'exit 130' INT TERM

await() { # SECONDS WHAT COMMAND...: runs the command until it succeeds
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || fail "$what did not come up; see $folder (run with --keep)"
    sleep 0.2
  done
}

family() { # PID: it and its children
  echo "$1" $(cat "/proc/$1/task/"*/children 2>/dev/null)
}

cpu_ticks() { # PID...: user + system, with that of children that have ended
  local total=0 stat
  for pid in "$@"; do
    stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
    set -- $stat
    total=$((total + ${12} + ${13} + ${14} + ${15}))
  done
  echo $total
}

memory_kb() { # PID...: resident, a page that several share counted once
  local total=0 kb
  for pid in "$@"; do
    kb=$(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup" 2>/dev/null) || kb=0
    total=$((total + ${kb:-0}))
  done
  echo $total
}

by_thread() { # PID: name and ticks of each thread that lives
  local name stat
  for task in "/proc/$1/task/"*; do
    read -r name <"$task/comm" || continue
    stat=$(sed 's/.*) //' "$task/stat" 2>/dev/null) || continue
    set -- $stat
    echo "$((${12} + ${13})) ${task##*/} $name"
  done
}

# The audit is written behind the answers: an exchange has cost its CPU when that is done as well.
settle() { # PID...: until they have been idle for a while
  local before after deadline=$((SECONDS + 30))
  after=$(cpu_ticks "$@")
  until [ "${before:-x}" != x ] && [ $((after - before)) -le 2 ]; do
    [ $SECONDS -lt $deadline ] || fail "still at work 30 s after the last exchange"
    before=$after
    sleep 0.5
    after=$(cpu_ticks "$@")
  done
}

start_surroundings() {
  exec {hold}> >(exec "$java" -Xmx512m -XX:+UseParallelGC -cp "$jar" "$here/Surroundings.java" \
    serve "$folder" "$answer" >"$folder/surroundings.log" 2>&1)
  surroundings=$!
  await 90 "receivers and PostgreSQL" test -e "$folder/addresses"
  # shellcheck source=/dev/null
  . "$folder/addresses"
}

start_nginx() {
  # As plain as it gets, and as quick: both sides kept alive, bodies passed on as they come (the
  # default writes a body above 16 KiB to a file first), no log.
  cat >"$folder/nginx.conf" <<CONF
daemon off;
pid $folder/nginx.pid;
error_log $folder/nginx.log warn;
worker_processes auto;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $folder/nginx-body;
  proxy_temp_path $folder/nginx-proxy;
  fastcgi_temp_path $folder/nginx-fastcgi;
  uwsgi_temp_path $folder/nginx-uwsgi;
  scgi_temp_path $folder/nginx-scgi;
  upstream receiver {
    server $(echo "$receiver_url" | sed 's|http://\([^/]*\)/.*|\1|');
    keepalive $connections;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:$nginx_port reuseport;
    keepalive_requests 100000000;
    location /booking-and-referral/FHIR/R4/ {
      proxy_pass http://receiver/$(echo "$receiver_url" | sed 's|http://[^/]*/||')/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
    }
  }
}
CONF
  "$nginx" -c "$folder/nginx.conf" -p "$folder" 2>>"$folder/nginx.log" {hold}>&- &
  proxy_nginx=$!
  await 20 nginx test -s "$folder/nginx.pid"
}

start_router() { # NAME PORT ADMIN_PORT SETTING...
  local receiver name=$1 port=$2 admin=$3
  shift 3
  receiver=$(echo "$receiver_url" | sed 's|http://\([^/]*\)/.*|\1|')
  mkdir "$folder/$name"
  cat >"$folder/$name/router.yaml" <<CONF
listen:
  port: $port
admin:
  port: $admin
directory:
  file: ../targets.json
receivers:
  "$receiver":
    insecure: true
audit:
  mode: on
  postgres:
    uri: postgresql://postgres@127.0.0.1:$postgres_port/postgres
CONF
  # Its log is written to a pipe, as in a container; only the end of it is kept.
  JDK_JAVA_OPTIONS="$JAVA_FLAGS" "$java" -jar "$jar" serve --config "$folder/$name/router.yaml" "$@" \
    > >(exec tail -n 200 >"$folder/$name.log") 2>"$folder/$name.err" {hold}>&- &
  started=$!
  await 60 "the $name" curl -sf "http://127.0.0.1:$port/booking-and-referral/FHIR/R4/_ping"
}

port_of() {
  case $1 in nginx) echo "$nginx_port" ;; router) echo "$router_port" ;; variant) echo "$variant_port" ;; esac
}

# Both must answer what the receiver answers, or there is nothing to compare.
check_answer() { # PROXY
  local status
  status=$(curl -s -o "$folder/$1.answer" -w '%{http_code}' \
    -H 'Content-Type: application/fhir+json' -H 'Accept: application/fhir+json; version=1.1.0' \
    -H 'X-Request-Id: c1ab3fba-6bae-4ba4-b257-5a87c44d4a91' \
    -H 'X-Correlation-Id: 9562466f-c982-4bd5-bb0e-255e9f5e6689' \
    -H "NHSD-Target-Identifier: $target" -H 'use-context: a1t1|booked|booking-request|new' \
    --data-binary "@$folder/booking-request.json" "$2/\$process-message")
  [ "$status" = 200 ] || fail "$1 answered $status: $(head -c 400 "$folder/$1.answer")"
  cmp -s "$folder/$1.answer" "$folder/receiver.answer" || fail "$1's answer is not the receiver's"
}

load() { # PORT SECONDS: the line RESULT of booking.lua
  local out
  out=$(wrk -t2 -c"$connections" -d"$2s" --timeout 10s --latency -s "$here/booking.lua" \
    "http://127.0.0.1:$1/" -- "$folder/booking-request.json" "$target" "127.0.0.1:$1" {hold}>&-)
  echo "$out" >>"$folder/wrk.log"
  echo "$out" | sed -n 's/^RESULT //p'
}

count() { # PROXY EXCHANGES BROKEN REFUSED
  [ "$3" = 0 ] && [ "$4" = 0 ] || fail "$1: $3 exchanges broke off, $4 were refused"
  [ "$2" -gt 0 ] || fail "$1: no exchange came back"
  [ "$1" != router ] || answered=$((answered + $2))
}

round() { # PROXY
  local pids postgres before pg_before spent pg_spent
  case $1 in
    nginx) pids=$(family "$proxy_nginx") ;;
    router) pids=$proxy_router ;;
    variant) pids=$proxy_variant ;;
  esac
  pg_before=$(cpu_ticks $(family "$postgres_pid"))
  before=$(cpu_ticks $pids)
  set -- "$1" $(load "$(port_of "$1")" "$seconds")
  settle $pids $(family "$postgres_pid")
  spent=$(($(cpu_ticks $pids) - before))
  pg_spent=$(($(cpu_ticks $(family "$postgres_pid")) - pg_before))
  count "$1" "$2" "$6" "$7"
  awk -v proxy="$1" -v n="$2" -v us="$3" -v p50="$4" -v p99="$5" -v cpu="$spent" -v pg="$pg_spent" \
    -v tick="$tick" -v kb="$(memory_kb $pids)" 'BEGIN {
      printf "%s %.0f %.2f %.2f %.1f %.1f %.1f %.0f\n", proxy, n * 1e6 / us, p50 / 1000, p99 / 1000,
        cpu * 1e6 / tick / n, pg * 1e6 / tick / n, n * tick / cpu, kb / 1024 }' \
    | tee -a "$folder/rounds" \
    | awk '{printf "  %-7s %7d exchanges/s  p50 %6.2f ms  p99 %7.2f ms  CPU %6.1f us  PostgreSQL %5.1f us\n",
        $1, $2, $3, $4, $5, $6}'
}

middle() { # COLUMN PROXY: median min max
  awk -v proxy="$2" -v column="$1" '$1 == proxy {print $column}' "$folder/rounds" | sort -n \
    | awk '{v[NR] = $1} END {m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
        print m, v[1], v[NR]}'
}

table() {
  local nginx_cpu
  nginx_cpu=$(middle 5 nginx | cut -d' ' -f1)
  printf '\n| proxy | exchanges/s | p50 ms | p99 ms | CPU us/exchange | x nginx | exchanges/CPU s | PostgreSQL us/exchange | memory MB |\n'
  printf '|---|---|---|---|---|---|---|---|---|\n'
  for proxy in "${proxies[@]}"; do
    echo "$proxy" $(middle 2 $proxy) $(middle 3 $proxy) $(middle 4 $proxy) $(middle 5 $proxy) \
      $(middle 6 $proxy) $(middle 7 $proxy) $(middle 8 $proxy) "$nginx_cpu"
  done | awk '{
    printf "| %s | %d [%d-%d] | %.2f | %.2f | %.1f [%.1f-%.1f] | %.2f | %d [%d-%d] | %s | %d |\n",
      $1, $2, $3, $4, $5, $8, $11, $12, $13, $11 / $23, $17, $18, $19,
      $1 == "nginx" ? "-" : sprintf("%.1f", $14), $20 }'
}

audit_is_whole() {
  local rows deadline=$((SECONDS + 60))
  until rows=$("$java" -cp "$jar" "$here/Surroundings.java" rows "$postgres_port") \
    && [ "$rows" -ge "$answered" ]; do
    [ $SECONDS -lt $deadline ] || fail "the audit has $rows rows for $answered exchanges answered"
  done
  echo "Audit: $rows rows for $answered exchanges that wrk saw answered (it drops those under way when a round ends)."
}

threads() { # where the router's CPU went, threads of one name together
  printf '\nThe router by threads:'
  awk 'NR == FNR {before[$2] = $1; next}
    {spent = $1 - before[$2]; sub(/^[0-9]+ [0-9]+ /, ""); sub(/[-# ]*[0-9]*$/, ""); by[$0] += spent; all += spent}
    END {for (name in by) printf "%.0f %s\n", 100 * by[name] / all, name}' \
    "$folder/threads.before" "$folder/threads.after" | sort -rn \
    | awk '$1 > 0 {share = $1; sub(/^[0-9]+ /, ""); printf " %s %d %%,", $0, share}' | sed 's/,$/\n/'
}

# What the router gave up to keep going belongs beside its figures.
losses() {
  curl -sf "http://127.0.0.1:$admin_port/metrics" \
    | awk '/^bars_(audit_lost|audit_refused|log_dropped)/ && $NF > 0 {print "Router: " $0}' || true
}

answered=0
proxies=(nginx router)
start_surroundings
start_nginx
start_router router "$router_port" "$admin_port"
proxy_router=$started
if [ ${#variant[@]} -gt 0 ]; then
  proxies+=(variant)
  start_router variant "$variant_port" "$variant_admin_port" "${variant[@]}"
  proxy_variant=$started
fi
check_answer receiver "$receiver_url"
check_answer nginx "http://127.0.0.1:$nginx_port/booking-and-referral/FHIR/R4"
for proxy in "${proxies[@]:1}"; do
  check_answer "$proxy" "http://127.0.0.1:$(port_of "$proxy")/booking-and-referral/FHIR/R4"
done

echo "$(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1); $("$nginx" -v 2>&1); $("$java" -version 2>&1 | head -1)"
echo "Router: $JAVA_FLAGS"
[ ${#variant[@]} -eq 0 ] || echo "Variant: ${variant[*]}"
echo "Booking of $(wc -c <"$folder/booking-request.json") bytes, answer of $(wc -c <"$folder/receiver.answer"), $connections connections; $rounds rounds of $seconds s after 2 x $warm_up s"
for proxy in "${proxies[@]}"; do
  for i in 1 2; do
    set -- $proxy $(load "$(port_of $proxy)" "$warm_up")
    count "$1" "$2" "$6" "$7"
  done
done
settle $proxy_router $proxy_variant $(family "$postgres_pid")
by_thread "$proxy_router" >"$folder/threads.before"
for i in $(seq "$rounds"); do
  for proxy in "${proxies[@]}"; do
    round "$proxy"
  done
done
by_thread "$proxy_router" >"$folder/threads.after"
table
threads
audit_is_whole
losses
