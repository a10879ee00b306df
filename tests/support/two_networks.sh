#!/bin/sh
# two_networks.sh CLI NATS-SERVER FOLDER CONFIG...: a run in one network, scored by two workers in another one; prints the
# run's JSON. Exit code 77 where networks can't be made. Is to be started by: unshare -rn (or as root: unshare -n).
cli=$1 server=$2 folder=$3
shift 3
ip link set lo up || exit 77
unshare -n sleep 1000 &
other=$!
workers=
trap 'kill -9 $other $workers $nats 2>/dev/null' EXIT
# Until it has its network.
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do
    kill -0 $other || exit 77
    sleep 0.05
done
ip link add here type veth peer name there && ip link set there netns $other || exit 77
ip addr add 10.177.0.1/24 dev here && ip link set here up || exit 77
nsenter -t $other -n ip addr add 10.177.0.2/24 dev there || exit 77
nsenter -t $other -n ip link set there up || exit 77
echo 'someone:secret' > "$folder/login"
"$server" -js -a 10.177.0.1 -p 4222 --user someone --pass secret -sd "$folder/nats" > "$folder/nats.log" 2>&1 &
nats=$!
for name in one two; do
    nsenter -t $other -n "$cli" work nats://10.177.0.1:4222 --credentials "$folder/login" --name $name --threads 1 \
        --cache "$folder/cache-$name" > "$folder/$name.log" 2>&1 &
    workers="$workers $!"
done
until grep -q 'Server is ready' "$folder/nats.log"; do sleep 0.05; done
"$cli" run "$@" --threads 1 --json --db "$folder/networks.db" --workers nats://10.177.0.1:4222 --credentials "$folder/login"
