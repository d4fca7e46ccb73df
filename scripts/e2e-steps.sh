# shellcheck shell=bash disable=SC2317 # called by their names
# The steps of scripts/e2e-cluster, which reads this file and sets the variables: image, postgres, helm, on_failure, url, work, settings, database_namespace.
# Each step is a function. It fails by its exit code, says everything on standard output and error, and with `note` what is to be seen in its line.

k() { kubectl -n clockwork "$@"; }
# What a step wants to be seen in its line.
note() { printf '%s' "$*" >"$work/note"; }
die() {
    echo "e2e: $*" >&2
    return 1
}
# until_true SECONDS COMMAND…
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 1
    done
}

# --- the load --------------------------------------------------------------------------------------------------------

load_pid=
load_start() {
    rm -f "$work/stop"
    python3 scripts/e2e-load.py "$url/api/projects" "$work/stop" >"$work/load" 2>&1 &
    load_pid=$!
    sleep 2
}
# Fails when a request has failed.
load_stop() {
    local code=0
    sleep 3
    touch "$work/stop"
    wait "$load_pid" || code=$?
    load_pid=
    note "$(head -n 1 "$work/load")"
    ((code == 0)) || cat "$work/load" >&2
    return "$code"
}

# --- asking the server -----------------------------------------------------------------------------------------------

# api METHOD PATH [BODY]
api() {
    curl --silent --show-error --fail-with-body --max-time 20 --request "$1" "${3+--json}" ${3+"$3"} "$url$2"
}
# field KEY…
field() { python3 -c 'import functools, json, sys; print(functools.reduce(lambda value, key: value[key], sys.argv[1:], json.load(sys.stdin)))' "$@"; }
count() { python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'; }
server_uids() { k get pods -l app=clockwork,component=server -o jsonpath='{range .items[*]}{.metadata.uid}{"\n"}{end}' | sort; }
restarts() { k get pods -l app=clockwork,component=server -o jsonpath='{range .items[*]}{.status.containerStatuses[0].restartCount}{"\n"}{end}' | awk '{ n += $1 } END { print n + 0 }'; }
ready_servers() { k get pods -l app=clockwork,component=server -o jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | grep -c True || true; }
revision() { $helm history clockwork -n clockwork -o json | python3 -c 'import json, sys; print([r["revision"] for r in json.load(sys.stdin) if r["status"] == "deployed"][-1])'; }
sql() { kubectl -n "$database_namespace" exec clockwork-postgresql-0 -- psql -X -A -t -v ON_ERROR_STOP=1 -U clockwork -d clockwork -c "$1"; }
in_cluster() { kubectl -n "$database_namespace" get secret clockwork-postgresql -o "jsonpath={.data.$1}" | base64 -d; }
# A migration of the tests' own, mounted beside those of the image: new_migration VERSION_NAME SQL, and then with_migration VERSION_NAME for helm.
new_migration() {
    k create configmap "e2e-${1//_/-}" --from-literal=up.sql="$2" --from-literal=down.sql='SELECT 1;' --dry-run=client -o yaml | k apply -f -
}
with_migration() {
    cat >"$work/$1.yaml" <<YAML
deployment:
  extraVolumes: [{name: e2e, configMap: {name: e2e-${1//_/-}}}]
  extraVolumeMounts: [{name: e2e, mountPath: /app/migrations/$1, readOnly: true}]
YAML
    printf '%s' "$work/$1.yaml"
}
upgrade() { $helm upgrade clockwork charts/clockwork -n clockwork -f charts/clockwork/values-prod.yaml --set service.type=NodePort --set service.nodePort=30080 "${settings[@]}" --wait --timeout 5m "$@"; }

# --- the steps -------------------------------------------------------------------------------------------------------

cluster_is_there_and_empty() {
    kubectl version
    kubectl get nodes
    local namespace
    for namespace in clockwork clockwork-test "$database_namespace"; do
        # What the run before has left may still be going.
        if [[ $(kubectl get namespace "$namespace" --ignore-not-found -o 'jsonpath={.status.phase}') == Terminating ]]; then
            kubectl wait namespace "$namespace" --for=delete --timeout=3m
        fi
        ! kubectl get namespace "$namespace" 2>/dev/null || die "namespace $namespace is there already"
    done
    note "$(kubectl version | tail -n 1), $helm $($helm version --template '{{.Version}}')"
}

images_are_brought() {
    [[ -n ${LOAD:-} ]] || { note "LOAD is not set: they are expected to be there"; return 0; }
    $LOAD "$image"
    $LOAD "$postgres"
}

# What the API server says to every object of every combination of values, in a namespace that warns of pods that are not restricted, and takes none. What only
# an operator's resources or this cluster lack is no answer.
every_combination_is_accepted() {
    local values objects=0 combinations=0 refused=0
    # What an administrator of the cluster installs: kinds, priorities, runtimes, and a second address family.
    local missing='no matches for kind|ensure CRDs are installed first|no PriorityClass with name important|RuntimeClass "gvisor" not found|"IPv6": not configured on this cluster'
    kubectl create namespace clockwork-test
    kubectl label namespace clockwork-test pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted
    for values in charts/clockwork/values-*.yaml charts/clockwork/ci/*-values.yaml; do
        $helm template clockwork charts/clockwork -n clockwork-test -f "$values" --set namespace.name= --kube-version "$(kubectl version -o json | field serverVersion gitVersion)" >"$work/rendered"
        kubectl apply -n clockwork-test --dry-run=server -f "$work/rendered" >"$work/accepted" 2>"$work/said" || true
        combinations=$((combinations + 1))
        objects=$((objects + $(grep -c 'server dry run' "$work/accepted" || true)))
        if grep -vE "$missing" "$work/said"; then
            echo "... of $values"
            refused=$((refused + 1))
        fi
    done
    kubectl delete namespace clockwork-test
    note "$combinations combinations, $objects objects, $refused refused"
    ((objects > combinations * 4 && refused == 0))
}

in_cluster_postgresql() {
    $helm install database charts/clockwork -n "$database_namespace" --create-namespace --set postgresql.enabled=true \
        --set "postgresql.image.repository=${postgres%:*}" --set "postgresql.image.tag=${postgres##*:}" --set postgresql.storage.size=1Gi \
        --set deployment.replicas=0 --set migration.enabled=false "${settings[@]}" --wait --timeout 5m
    sql 'SELECT version()'
}

restricted_namespace() {
    kubectl create namespace clockwork
    kubectl label namespace clockwork pod-security.kubernetes.io/enforce=restricted
    # A pod that is not restricted is refused: so the label is in force, and what runs there from now on is.
    ! kubectl -n clockwork run refused --image="$image" --dry-run=server || die "the namespace takes any pod"
}

first_install_with_the_secret_after_it() {
    # The command of the README, and the image.
    $helm install clockwork charts/clockwork -f charts/clockwork/values-prod.yaml -n clockwork --create-namespace "${settings[@]}" >"$work/install" 2>&1 &
    local installing=$!
    sleep 5
    k create secret generic clockwork-secrets --from-literal="DATABASE_URL=postgres://clockwork:$(in_cluster password)@clockwork-postgresql.$database_namespace:5432/clockwork?sslmode=disable"
    wait "$installing" || { cat "$work/install"; return 1; }
    cat "$work/install"
    k wait --for=condition=available deployment/clockwork-server --timeout=300s
    k wait --for=condition=complete job/clockwork-migrate --timeout=10s
    k logs job/clockwork-migrate
}

startup_log_says_the_database_is_connected() {
    # The autoscaler may just be adding a server, which has no log yet.
    logged() { k logs -l app=clockwork,component=server --tail=-1 | grep -i database; }
    until_true 60 logged || true
    logged
}

helm_test() { $helm test clockwork -n clockwork; }

second_tracked_through_the_service() {
    upgrade
    until_true 60 curl --silent --fail --max-time 5 "$url/readyz" || die "$url does not answer: is port 30080 of a node reached there (E2E_URL)?"
    local project category
    project=$(api POST /api/projects '{"name": "e2e"}' | field id)
    category=$(api POST "/api/projects/$project/categories" '{"name": "e2e"}' | field id)
    api POST /api/time/start "{\"categoryId\": \"$category\"}"
    sleep 1.2
    local seconds
    seconds=$(curl --silent --show-error --fail-with-body --max-time 20 --request POST "$url/api/time/stop" | field durationSeconds)
    note "$seconds s"
    ((seconds >= 1))
}

the_page_is_served() {
    curl --silent --show-error --fail --max-time 10 "$url/" | grep -i '<div id="root"\|<!doctype html>' >/dev/null
}

autoscaler_reads_metrics() {
    kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes >/dev/null 2>&1 || { note "skipped: the cluster has no metrics API"; return 0; }
    read_metrics() { [[ $(k get hpa clockwork-hpa -o jsonpath='{.status.conditions[?(@.type=="ScalingActive")].status}') == True ]] && ! k get hpa clockwork-hpa --no-headers | grep '<unknown>'; }
    until_true 180 read_metrics || { k describe hpa clockwork-hpa; return 1; }
    note "$(k get hpa clockwork-hpa --no-headers | awk '{ $1 = $1; print }')"
}

upgrade_with_a_new_migration_under_load() {
    new_migration 20991231000001_e2e 'CREATE TABLE e2e_added (id integer PRIMARY KEY);'
    local before
    before=$(server_uids)
    load_start
    upgrade -f "$(with_migration 20991231000001_e2e)" || { load_stop || true; return 1; }
    load_stop
    # Those of before take their time to end.
    replaced() { [[ -z $(comm -12 <(echo "$before") <(server_uids)) ]]; }
    until_true 90 replaced || die "not every pod was replaced"
    [[ $(sql "SELECT to_regclass('e2e_added')") == e2e_added ]]
}

failing_migration_leaves_the_old_pods_serving() {
    new_migration 20991231000002_e2e_fails 'CREATE TABLE e2e_half (id integer); SELECT 1 / 0;'
    local before revision_before code=0
    before=$(server_uids)
    revision_before=$(revision)
    load_start
    upgrade -f "$(with_migration 20991231000002_e2e_fails)" >"$work/failed" 2>&1 || code=$?
    load_stop
    cat "$work/failed"
    ((code != 0)) || die "helm says that it went well"
    [[ $(server_uids) == "$before" ]] || die "pods were replaced"
    [[ $(revision) == "$revision_before" ]] || die "another revision is deployed"
    [[ -z $(sql "SELECT to_regclass('e2e_half')") ]] || die "half of the migration is there"
    k logs job/clockwork-migrate | tee "$work/reason"
    grep -qi 'division by zero' "$work/reason" || die "the log does not say why"
    local exit_code
    exit_code=$(k get pods -l job-name=clockwork-migrate -o 'jsonpath={.items[0].status.containerStatuses[0].state.terminated.exitCode}')
    note "helm's exit code $code, the migrator's $exit_code, kubectl logs: $(head -n 1 "$work/reason"); $(head -n 1 "$work/load")"
}

unpullable_image_is_rolled_back_by_helm() {
    local before code=0
    before=$(server_uids)
    load_start
    upgrade -f "$(with_migration 20991231000001_e2e)" --set deployment.image.tag=does-not-exist --set migration.image.tag="${image##*:}" --timeout 60s "$on_failure" || code=$?
    load_stop
    ((code != 0)) || die "helm says that it went well"
    [[ $(comm -12 <(echo "$before") <(server_uids) | grep -c .) -ge 3 ]] || die "an old pod is gone"
    note "helm's exit code $code; $(head -n 1 "$work/load")"
}

rollback_under_load() {
    upgrade -f "$(with_migration 20991231000001_e2e)" --set configMap.values.logLevel=info
    local to
    to=$(revision)
    upgrade -f "$(with_migration 20991231000001_e2e)" --set configMap.values.logLevel=warn
    [[ $(k get configmap clockwork-config -o 'jsonpath={.data.LOG_LEVEL}') == warn ]]
    load_start
    $helm rollback clockwork "$to" -n clockwork --wait --timeout 5m || { load_stop || true; return 1; }
    load_stop
    [[ $(k get configmap clockwork-config -o 'jsonpath={.data.LOG_LEVEL}') == info ]] || die "the ConfigMap did not go back"
}

node_drain_with_the_budget() {
    local node code=0
    node=$(k get pods -l app=clockwork,component=server -o 'jsonpath={.items[0].spec.nodeName}')
    load_start
    # Where there is no other node, the budget holds the drain up: that is what it is for.
    kubectl drain "$node" --pod-selector=app=clockwork,component=server --delete-emptydir-data --timeout=60s || code=$?
    local left
    left=$(ready_servers)
    kubectl uncordon "$node"
    load_stop
    ((left >= 2)) || die "only $left servers were left"
    k rollout status deployment/clockwork-server --timeout=300s
    note "$left servers left, drain's exit code $code; $(head -n 1 "$work/load")"
}

data_survives_a_deleted_database_pod() {
    local entries restarts_before
    entries=$(api GET /api/time/entries | count)
    ((entries >= 1)) || die "there is no entry"
    restarts_before=$(restarts)
    kubectl -n "$database_namespace" delete pod clockwork-postgresql-0
    kubectl -n "$database_namespace" rollout status statefulset/clockwork-postgresql --timeout=300s
    until_true 60 curl --silent --fail --max-time 5 "$url/readyz" || die "the servers are not ready again"
    [[ $(api GET /api/time/entries | count) == "$entries" ]] || die "entries are missing"
    [[ $(restarts) == "$restarts_before" ]] || die "servers were restarted"
    note "$entries entries, no server restarted"
}

server_that_ends_is_started_again() {
    local pod before
    pod=$(k get pods -l app=clockwork,component=server -o name | head -n 1)
    before=$(restarts)
    load_start
    # The image has no shell, so a container beside the server, in its process namespace and with its user, tells process 1 to end.
    k debug "$pod" --quiet --image="$postgres" --target=server --profile=restricted --container="e2e-end-$RANDOM" -- bash -c 'kill 1' || { load_stop || true; die "no container could be put beside the server"; }
    started_again() { (($(restarts) > before)); }
    until_true 120 started_again || { load_stop || true; k describe "$pod"; die "the server was not started again"; }
    k wait --for=condition=ready "$pod" --timeout=120s || { load_stop || true; return 1; }
    load_stop
    note "restarts: $(($(restarts) - before)); $(head -n 1 "$work/load")"
}

ready_endpoints() { k get endpointslices -l kubernetes.io/service-name=clockwork-service -o 'jsonpath={range .items[*].endpoints[*]}{.conditions.ready}{"\n"}{end}' | grep -c true || true; }
failing_readiness_empties_the_endpoints() {
    local before restarts_before code=0
    before=$(ready_endpoints)
    ((before >= 2)) || die "only $before endpoints are ready"
    restarts_before=$(restarts)
    kubectl -n "$database_namespace" scale statefulset/clockwork-postgresql --replicas=0
    none_ready() { [[ $(ready_endpoints) == 0 ]]; }
    until_true 120 none_ready || code=1
    kubectl -n "$database_namespace" scale statefulset/clockwork-postgresql --replicas=1
    kubectl -n "$database_namespace" rollout status statefulset/clockwork-postgresql --timeout=300s
    ((code == 0)) || die "endpoints stayed ready without a database"
    all_ready() { (($(ready_endpoints) >= before)); }
    until_true 120 all_ready || die "the endpoints did not come back"
    [[ $(restarts) == "$restarts_before" ]] || die "servers were restarted"
    note "$before endpoints, none without the database, $(ready_endpoints) afterwards; no server restarted"
}

# Whether every server has said something since a file was made: said_by_all FILE TEXT. Remembered for each, because logs are cut off at the back.
said_by_all() {
    local pod all=1
    for pod in $(k get pods -l app=clockwork,component=server -o name); do
        [[ ! -e "$1.${pod#pod/}" ]] || continue
        if k logs "$pod" "--since-time=$(date --utc --iso-8601=seconds --reference="$1" | sed 's/+00:00/Z/')" | grep "$2" >/dev/null; then touch "$1.${pod#pod/}"; else all=0; fi
    done
    ((all))
}
secret_is_rotated_without_a_restart() {
    local before restarts_before altered password=rotated-0123456789
    before=$(server_uids)
    restarts_before=$(restarts)
    load_start
    # The Secret first: the servers go on with the URL that they have until the new one lets them in. The kubelet brings the file within a minute or two.
    touch "$work/refused"
    k create secret generic clockwork-secrets --dry-run=client -o yaml \
        --from-literal="DATABASE_URL=postgres://clockwork:$password@clockwork-postgresql.$database_namespace:5432/clockwork?sslmode=disable" | k apply -f -
    until_true 240 said_by_all "$work/refused" 'the new DATABASE_URL cannot be used' || { load_stop || true; die "not every server has seen the file"; }
    touch "$work/changed"
    # In one transaction: what connects with the new password has begun after this time.
    altered=$(sql "ALTER ROLE clockwork PASSWORD '$password'; SELECT clock_timestamp()" | tail -n 1)
    until_true 60 said_by_all "$work/changed" 'DATABASE_URL has changed' || { load_stop || true; die "not every server uses the new password"; }
    renewed() { [[ $(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'clockwork' AND client_addr IS NOT NULL AND backend_start < '$altered'") == 0 ]]; }
    until_true 60 renewed || { load_stop || true; die "connections of before are still used"; }
    load_stop
    # A connection that ends is replaced by one with the new password.
    sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'clockwork' AND client_addr IS NOT NULL"
    until_true 60 curl --silent --fail --max-time 5 "$url/readyz"
    api GET /api/time/entries >/dev/null
    k wait --for=condition=ready pod -l app=clockwork,component=server --timeout=60s
    [[ $(server_uids) == "$before" ]] || die "pods were replaced"
    [[ $(restarts) == "$restarts_before" ]] || die "servers were restarted"
    note "$(head -n 1 "$work/load"); no server restarted"
}

migration_by_hand() {
    k delete job by-hand --ignore-not-found
    k create job --from=cronjob/clockwork-migrate by-hand
    k wait --for=condition=complete job/by-hand --timeout=120s
    k logs job/by-hand
    k delete job by-hand
}

green_beside_blue() {
    HELM=$helm charts/clockwork/examples/blue-green/switch "${settings[@]}" \
        -f charts/clockwork/values-prod.yaml -f "$(with_migration 20991231000001_e2e)" --set autoscaling.enabled=false --set deployment.replicas=1 --set podDisruptionBudget.enabled=false
    local live
    live=$(k get service clockwork-live -o 'jsonpath={.spec.selector.app\.kubernetes\.io/instance}')
    [[ $live == clockwork-blue || $live == clockwork-green ]]
    k get endpointslices -l kubernetes.io/service-name=clockwork-live -o 'jsonpath={.items[*].endpoints[*].conditions.ready}' | grep true >/dev/null
    $helm uninstall "$live" -n clockwork --wait
    k delete service clockwork-live
}

everything_that_exists_is_used() {
    # The combined test of the chart's requirements: values-dev, a ConfigMap with PORT alone, and a database that has no schema yet.
    local url
    url=$(k get secret clockwork-secrets -o 'jsonpath={.data.DATABASE_URL}' | base64 -d)
    sql 'CREATE DATABASE existing OWNER clockwork'
    kubectl create namespace clockwork-test
    kubectl -n clockwork-test create configmap existing-config --from-literal=PORT=8080
    kubectl -n clockwork-test create secret generic existing-secret --from-literal="DATABASE_URL=${url/\/clockwork\?//existing?}"
    $helm install clockwork-test charts/clockwork -n clockwork-test -f charts/clockwork/values-dev.yaml --set namespace.create=false --set namespace.name=clockwork-test \
        --set configMap.create=false --set configMap.name=existing-config --set secret.name=existing-secret "${settings[@]}" --wait --timeout 5m
    $helm test clockwork-test -n clockwork-test
    $helm uninstall clockwork-test -n clockwork-test --wait
    kubectl -n clockwork-test get configmap existing-config
    kubectl -n clockwork-test get secret existing-secret
    kubectl delete namespace clockwork-test
}

uninstall_leaves_namespace_secret_and_data() {
    $helm uninstall clockwork -n clockwork --wait
    kubectl get namespace clockwork
    k get secret clockwork-secrets
    left() {
        k get all,configmaps,networkpolicies,serviceaccounts,pdb,ingresses -o name |
            grep -vE '^(configmap/(kube-root-ca.crt|e2e-.*)|serviceaccount/default|job.batch/clockwork-migrate(-blue|-green)?|pod/clockwork-migrate-.*)$' || true
    }
    # Pods may take their time to stop.
    nothing_left() { [[ -z $(left) ]]; }
    until_true 90 nothing_left || die "left behind: $(left)"
    [[ $(sql 'SELECT count(*) FROM time_entries') -ge 1 ]]
    note "the Job and its log stay for a day"
}
