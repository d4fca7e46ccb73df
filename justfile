# The one entry point, for people and for CI. `just` lists the recipes; `./justw <recipe>` first installs what is missing.
#
# Each recipe begins with what it needs (scripts/need knows how to find or install it), so that building the server does not install a browser.

set shell := ["bash", "-euo", "pipefail", "-c"]

export PATH := justfile_directory() / ".cache/tools/bin" + ":" + env("CARGO_HOME", env("HOME", "/root") / ".cargo") / "bin" + ":" + env("PATH")

# Most tests wait for programs rather than compute, so that two at once leave a small machine idle.
export RUST_TEST_THREADS := env("RUST_TEST_THREADS", `n=$(getconf _NPROCESSORS_ONLN); echo $((n < 4 ? 4 : n))`)

# Built programs are called by their path: a `cargo run` within another one changes the environment that build scripts look at, and builds them anew.
built := env("CARGO_TARGET_DIR", "target") / "debug"
devdb := built / "devdb"
migrator := "scripts/with-database " + devdb + " " + built / "migrator"

# List the recipes.
[private]
default:
    @just --list --unsorted --justfile "{{ justfile() }}"

# --- run ---

# Build what has changed and run Clockwork with a private PostgreSQL: http://localhost:8080
[group('run')]
[no-exit-message]
up: (need "rust cc node postgres") client
    DB_AUTO_MIGRATE=true cargo run --locked --package clockwork-server

# The same with hot reload of the client: http://localhost:5173
[group('run')]
[no-exit-message]
dev: (need "rust cc node postgres") client-dependencies build-server
    #!/usr/bin/env bash
    set -euo pipefail
    # Whichever ends first takes the other one with it. Ctrl-C reaches both by itself, and a second signal would cut the server short.
    interrupted=
    trap 'interrupted=1' INT
    trap 'exit 143' TERM
    trap 'kill $(jobs -pr) 2>/dev/null || true; wait' EXIT
    DB_AUTO_MIGRATE=true cargo run --quiet --locked --package clockwork-server &
    (cd client && exec node_modules/.bin/vite) &
    wait -n || true
    if [[ -n $interrupted ]]; then wait; fi

# Build the client into client/dist, when its sources are newer than the build.
[group('run')]
client: (need "node") client-dependencies
    #!/usr/bin/env bash
    set -euo pipefail
    cd client
    if [[ ! -f dist/index.html ]] || [[ -n $(find . -path ./node_modules -prune -o -path ./dist -prune -o -path ./test-results -prune \
        -o -path ./playwright-report -prune -o -type f -newer dist/index.html -print -quit) ]]; then
        npm run --silent build
    fi

# --- test ---

# Every test: Rust, the client's, the chart's, and the journeys in a browser.
[group('test')]
test: (need "rust cc node postgres redis chromium curl git jq openssl nginx helm3 helm4 chart-tests promtool actionlint zizmor check-jsonschema shellcheck systemd-analyze botocore") test-rust report-cells test-client test-chart client documents packaging test-delivery monitoring check-workflows journeys quick-image

# Every Rust test; arguments go to cargo: just test-rust -- start_stops
[group('test')]
test-rust *args: (need "rust cc postgres redis")
    cargo test --locked --workspace {{ args }}

# The rules, queries and configuration.
[group('test')]
test-core *args: (need "rust cc postgres")
    cargo test --locked --package clockwork-core {{ args }}

# The server, through HTTP.
[group('test')]
test-server *args: (need "rust cc postgres redis")
    cargo test --locked --package clockwork-server {{ args }}

# Pairs of write operations at the same time, as many as said, drawn from a seed: just test-pairs 20000 7
[group('test')]
test-pairs count="20000" seed="1": (need "rust cc postgres")
    PAIRS={{ count }} PAIRS_SEED={{ seed }} cargo test --locked --package clockwork-server --test it -- --ignored --nocapture pairs::many_pairs

# The migrator.
[group('test')]
test-migrator *args: (need "rust cc postgres")
    cargo test --locked --package clockwork-migrator {{ args }}

# The health probe.
[group('test')]
test-healthcheck *args: (need "rust cc")
    cargo test --locked --package clockwork-healthcheck {{ args }}

# The private PostgreSQL of development and tests.
[group('test')]
test-devdb *args: (need "rust cc postgres")
    cargo test --locked --package clockwork-devdb {{ args }}

# The client's components.
[group('test')]
test-client *args: (need "node") client-dependencies
    cd client && npm run --silent test -- {{ args }}

# The commands in the documents, on a PostgreSQL of their own: backup and restore, point in time, failover, new passwords, nginx in front.
[group('test')]
test-docs: (need "rust cc node postgres curl jq openssl nginx") build-server build-migrator client documents

# Every cell of reports, computed a second time in another language.
[group('test')]
test-reports: (need "rust cc node postgres") build-server build-migrator report-cells

# The same for random reports of a server that runs: just check-reports http://localhost:8080 --from 2016-01-01 --to 2026-12-31 --rounds 500
[group('test')]
check-reports url *args: (need "node")
    node scripts/check-reports.mjs {{ url }} {{ args }}

# The smoke test against unhealthy servers, deployments and releases with a pretended Helm and Docker.
[group('test')]
test-delivery: (need "node curl git")
    node --test --test-reporter=dot scripts/smoke.test.mjs scripts/deploy.test.mjs scripts/release.test.mjs

# What goes to plain machines and to ECS: the tarball of a release, its install.sh, the systemd units, the task definitions.
[group('test')]
test-packaging: (need "rust cc node postgres systemd-analyze botocore") build-server packaging

# The image, how it runs, and Compose with it; skipped, and said so, where there is no Docker engine. An image that is there: just test-image clockwork:latest
[group('test')]
test-image image="": (need "node curl") client-dependencies
    node --test --test-reporter=dot scripts/containers.test.mjs
    CLOCKWORK_IMAGE={{ quote(image) }} node --test --test-reporter={{ if image == "" { "dot" } else { "spec" } }} scripts/image.test.mjs

# The same of an image whose programs are compiled sooner and are bigger.
[private]
quick-image: (need "node curl") client-dependencies
    node --test --test-reporter=dot scripts/containers.test.mjs
    CLOCKWORK_QUICKLY=1 node --test --test-reporter=dot scripts/image.test.mjs

# The alert rules (when each fires and when not), the dashboard, and what else docker/monitoring has, in a Prometheus that scrapes the server.
[group('test')]
test-monitoring: (need "rust cc node postgres promtool") client-dependencies build-server build-migrator monitoring

# The Helm chart: rendered in every combination by Helm 3 and 4, and looked at; arguments go to pytest: just test-chart -k pitfalls
[group('test')]
[positional-arguments]
test-chart *args: (need "node helm3 helm4 chart-tests") chart-crds
    @.cache/tools/chart-tests/bin/python -B -m pytest -q -p no:cacheprovider charts/tests "$@"

# Journeys in Chromium, against the real server and database; screenshots lie in client/test-results.
[group('test')]
test-browser *args: (need "rust cc node postgres chromium openssl") build-server build-migrator client (journeys args)

# The chart on the cluster of the current kubectl context, step by step: just e2e-cluster clockwork:latest. scripts/e2e-cluster says more.
[group('test')]
e2e-cluster image *steps: (need "kubectl helm3 helm4")
    scripts/e2e-cluster {{ image }} {{ steps }}

# The same on a cluster that kind makes for it, with CLOCKWORK_IMAGE or the image of this checkout; needs Docker.
[group('test')]
e2e-kind *steps: (need "kind kubectl helm3 helm4")
    scripts/e2e-kind {{ steps }}

# docker/stack.yaml on a Swarm of this engine, which must be in none: deployed, updated under load, and rolled back: just e2e-swarm clockwork:latest
[group('test')]
e2e-swarm image:
    scripts/e2e-swarm {{ image }}

# Run a recipe that needs an engine or a cluster, and write docs/records/RECIPE.md about it: just record e2e-swarm clockwork:latest
[group('test')]
record recipe *args:
    scripts/record {{ recipe }} {{ args }}

# What LibreOffice makes of exports (XLSX and CSV), beside the totals of the API: of the server that was built last, with entries that trouble spreadsheets, or of one that runs: just check-spreadsheets http://localhost:8080. Needs LibreOffice Calc, and is no part of `test`.
[group('test')]
check-spreadsheets *args: (need "node postgres")
    CLOCKWORK_PROGRAMS={{ built }} node scripts/check-spreadsheets.mjs {{ args }}

# Two minutes of schemathesis against the built server with a database of its own; needs Python 3. Arguments go to schemathesis.
[group('test')]
fuzz *args: (need "rust cc postgres")
    cargo build --locked --package clockwork-server
    scripts/fuzz {{ built }}/server {{ args }}

# --- check ---

# Everything that is looked at without running Clockwork: format, lints, modules, licences, drift, migrations, promises.
[group('check')]
check: (need "rust cc node postgres cargo-deny cargo-machete squawk shellcheck actionlint zizmor check-jsonschema") check-rust check-modules check-style check-client check-dependencies check-drift check-migrations check-openapi check-promises check-scripts check-workflows

# Format and lints of the Rust code.
[group('check')]
check-rust: (need "rust cc")
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets --all-features -- -D warnings

# Modules that stand beside each other use each other in one direction only; `scripts/check-modules.mjs --edges` prints the graph.
[group('check')]
check-modules: (need "node")
    node --test --test-reporter=dot scripts/check-modules.test.mjs
    node scripts/check-modules.mjs

# What rustfmt leaves alone: the order of imports, and comments of at most 120 columns; `scripts/check-style.mjs --fix` mends both.
[group('check')]
check-style: (need "node")
    node --test --test-reporter=dot scripts/check-style.test.mjs
    node scripts/check-style.mjs

# Format, lints and types of the client.
[group('check')]
check-client: (need "node") client-dependencies
    cd client && npm run --silent format:check && npm run --silent lint && npm run --silent typecheck

# The dependencies: licences, banned crates, sources, and whether each is used.
[group('check')]
check-dependencies: (need "rust cc cargo-deny cargo-machete")
    cargo deny --locked --log-level error check licenses bans sources
    cargo machete --with-metadata

# Generated files: the OpenAPI document, the page about access, the client's types, the page of settings, diesel's schema.
[group('check')]
check-drift: (need "rust cc node postgres")
    scripts/check-drift docs/openapi.json docs/ACCESS.md client/src/api/schema.gen.ts docs/CONFIGURATION.md crates/core/src/database/schema.rs

# Statements that lock a big table for long, or break the release that still runs.
[group('check')]
check-migrations: (need "squawk")
    scripts/lint-migrations

# docs/openapi.json: valid OpenAPI 3.1, and fit for generators.
[group('check')]
check-openapi: (need "node") client-dependencies
    node scripts/check-openapi.mjs

# The workflows and the Compose files: actionlint, zizmor, their schemas, and that each step is a recipe.
[group('check')]
check-workflows: (need "node actionlint zizmor check-jsonschema shellcheck") client-dependencies
    actionlint
    zizmor --offline --quiet --no-progress .github/workflows
    check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
    check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
    check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml docker/compose.yaml docker/compose.dev.yaml docker/stack.yaml docker/stack.published.yaml
    node --test --test-reporter=dot scripts/workflows.test.mjs

# docs/PROMISES.md against the tests that it names.
[group('check')]
check-promises: (need "node")
    node --test --test-reporter=dot scripts/promises.test.mjs
    node scripts/check-promises.mjs

# The shell scripts, and what scripts/need does on machines that lack things.
[group('check')]
check-scripts: (need "shellcheck node")
    shellcheck --external-sources justw .ci/run charts/clockwork/examples/blue-green/switch docker/systemd/install.sh scripts/adopt scripts/check-chart-policies scripts/compose docker/make-secrets scripts/deploy scripts/release scripts/e2e-cluster scripts/e2e-kind scripts/e2e-swarm scripts/scan-image scripts/smoke scripts/fuzz scripts/need scripts/record scripts/with-database scripts/check-drift scripts/lint-migrations
    shellcheck --shell=dash crates/devdb/src/supervisor.sh
    node --test --test-reporter=dot scripts/need.test.mjs

# What the chart renders against checkov's policies; no part of `check`, because checkov takes longer to fetch than to run.
[group('check')]
check-chart-policies: (need "helm3 checkov")
    scripts/check-chart-policies

# Known vulnerabilities of the dependencies, Rust's and the client's; needs the network.
[group('check')]
audit: (need "rust cc cargo-deny node")
    cargo deny --locked --log-level error check advisories
    cd client && npm audit --audit-level=high

# Secrets anywhere in the history.
[group('check')]
check-secrets: (need "gitleaks")
    gitleaks git --no-banner --redact --log-level warn .

# What is known against an image: just scan-image clockwork:latest [SARIF]; fails on what is serious and has a remedy. Needs the network.
[group('check')]
scan-image image sarif="": (need "grype")
    scripts/scan-image {{ image }} {{ sarif }}

# Format the Rust code and the client.
[group('check')]
fmt: (need "rust node") client-dependencies
    cargo fmt --all
    cd client && npm run --silent format

# --- measure ---

# The measurements that need no other program or database: bench-beside, bench-reports, bench-page and reliability are run apart. docs/BENCHMARKS.md explains them.
[group('measure')]
bench: bench-throughput bench-sign-ins bench-notifications bench-slow-disk bench-lists bench-startup bench-import bench-latency bench-streams

# Starts and stops a second beside minimal programs on a plain schema; the argument is the length of a round in seconds. With --sessions: by users who have signed in.
[group('measure')]
bench-throughput *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench throughput -- yardstick {{ args }}

# Starts and stops a second with live updates, beside the same server without.
[group('measure')]
bench-notifications *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench throughput -- notifications {{ args }}

# What 200 sign-ins a second take from the requests of signed-in users.
[group('measure')]
bench-sign-ins *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench throughput -- sign-ins {{ args }}

# Starts and stops a second on a disk whose flush takes 5 ms longer.
[group('measure')]
bench-slow-disk *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench throughput -- slow-disk {{ args }}

# Starts and stops a second beside another server with the same API: just bench-beside PROGRAM --migrations DIRECTORY
[group('measure')]
bench-beside program *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench throughput -- beside "$(realpath {{ quote(program) }})" {{ args }}

# The memory of a server that lists all entries of a user; the argument is the number of entries.
[group('measure')]
bench-lists *entries: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench lists -- {{ entries }}

# From exec to ready, the memory of a server that does nothing, and how long the health probe takes; the argument says how often.
[group('measure')]
bench-startup *times: (need "rust cc postgres")
    cargo build --release --locked --package clockwork-healthcheck
    cargo bench --locked --package clockwork-server --bench startup -- {{ times }}

# An import through the real server beside COPY of the same rows, and its memory; the argument says how many rows.
[group('measure')]
bench-import *rows: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench import -- {{ rows }}

# Single requests on a million entries of five people; the argument says on how many.
[group('measure')]
bench-latency *entries: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench latency -- {{ entries }}

# What clients see when servers and databases go away, written to docs/RELIABILITY.md; arguments: how many kills, how many requests.
[group('measure')]
reliability *args: (need "rust cc postgres")
    cargo bench --locked --package clockwork-server --bench reliability -- {{ args }}

# How soon the entries are shown by a browser on a processor of a quarter of the speed.
[group('measure')]
bench-page: (need "rust cc node postgres chromium") build-server build-migrator client
    MEASURE_SPEED=1 just journeys speed

# Memory of idle event streams, and the delay of their events; arguments: how many streams, for how many seconds.
[group('measure')]
bench-streams *args: (need "rust cc postgres")
    ulimit -n "$(ulimit -Hn)"; cargo bench --locked --package clockwork-server --bench throughput -- streams {{ args }}

# What a program weighs, crate by crate, as it is released: just weigh server -n 40. Arguments go to cargo-bloat.
[group('measure')]
weigh program="server" *args: (need "rust cc cargo-bloat")
    CARGO_PROFILE_RELEASE_STRIP=false cargo bloat --release --locked --no-default-features --package clockwork-{{ program }} --bin {{ program }} --crates {{ args }}

# Fill an empty database with 10 million entries, always the same: just seed-large postgres://localhost/clockwork_large. With dates, only with those that begin in between.
[group('measure')]
seed-large url entries="10000000" from="-infinity" until="infinity": build-migrator
    scripts/seed-large {{ built }}/migrator {{ quote(url) }} {{ entries }} {{ quote(from) }} {{ quote(until) }}

# Reports on such a database beside hand-written SQL, exports beside COPY, the first byte and the memory: just bench-reports postgres://localhost/clockwork_large. With `--tenth URL`, a
# database with the entries from 2020-01-05 until 2021-01-04 only: also the same questions on both.
[group('measure')]
bench-reports url *args: (need "rust cc node")
    cargo build --release --locked --package clockwork-server
    node scripts/bench-reports.mjs --database {{ quote(url) }} --server target/release/server {{ args }}

# --- deliver ---

# The smoke test of a running Clockwork: just smoke https://time.example.com
[group('deliver')]
[no-exit-message]
smoke *args: (need "curl")
    @scripts/smoke {{ args }}

# Install or upgrade in the current Kubernetes context, run the smoke test, and roll back if it fails: just deploy staging|production
[group('deliver')]
[no-exit-message]
deploy *environment:
    @scripts/deploy {{ environment }}

# Roll back to the previous revision, or to the one named: just rollback staging|production [REVISION]
[group('deliver')]
[no-exit-message]
[positional-arguments]
rollback *environment:
    @scripts/deploy rollback "$@"

# The image, as clockwork:latest and clockwork:VERSION; arguments go to docker: just docker-build --tag ghcr.io/OWNER/clockwork:1.2.3
[group('deliver')]
docker-build *args:
    #!/usr/bin/env bash
    set -euo pipefail
    version=$(GITHUB_OUTPUT="" scripts/release version)
    said=(--build-arg "VERSION=${version#version=}")
    # A copy without history says less about itself.
    if revision=$(git rev-parse HEAD 2>/dev/null); then
        if [[ -n $(git status --porcelain --untracked-files=no) ]]; then revision+=-changed; fi
        said+=(--build-arg "REVISION=$revision" --build-arg "CREATED=$(git log -1 --format=%cI)")
    fi
    DOCKER_BUILDKIT=1 docker build --file docker/Dockerfile --tag clockwork:latest --tag "clockwork:${version#version=}" "${said[@]}" {{ args }} .

# PostgreSQL, the schema and the server in Docker, at http://localhost:8080, with CLOCKWORK_IMAGE or what `just docker-build` has made. Arguments go to compose's up.
[group('deliver')]
docker-up *args: (need "compose")
    #!/usr/bin/env bash
    set -euo pipefail
    docker/make-secrets
    if [[ -z ${CLOCKWORK_IMAGE:-} ]] && ! grep -qs '^CLOCKWORK_IMAGE=' docker/.env && ! docker image inspect clockwork:latest >/dev/null 2>&1; then
        # Production runs what was built and tested elsewhere, so nothing is built here unless asked.
        echo "docker-up: there is no image: set CLOCKWORK_IMAGE in docker/.env to a published one, or build this checkout: just docker-build" >&2
        exit 1
    fi
    # What ended says why in its log, such as a database of another PostgreSQL version.
    scripts/compose up --detach --wait {{ args }} || { scripts/compose logs --tail 5 >&2; exit 1; }
    scripts/compose ps

# Stop and remove the containers of docker-up; the data stays (without --volumes).
[group('deliver')]
docker-down *args: (need "compose")
    scripts/compose --profile '*' down {{ args }}

# Follow the logs of the containers; arguments go to compose's logs: just docker-logs server
[group('deliver')]
[no-exit-message]
docker-logs *args: (need "compose")
    @scripts/compose logs --follow {{ args }}

# The migrator in Docker, on the database of docker-up: just docker-migrate status
[group('deliver')]
docker-migrate *args="up": (need "compose")
    @scripts/compose run --rm migrator /app/migrator {{ args }}

# Make this checkout that of another repository: documents and links name its image and chart. just adopt OWNER/NAME
[group('deliver')]
adopt name:
    @scripts/adopt {{ name }}

# The version that is being released.
[group('deliver')]
release-version:
    @scripts/release version

# What the image of the repository GITHUB_REPOSITORY is called.
[group('deliver')]
release-image:
    @scripts/release image

# Build the image for both processors, with SBOM and provenance, and push it by its digest, without a tag: just release-build ghcr.io/OWNER/clockwork
[group('deliver')]
release-build image:
    @scripts/release build {{ image }}

# Write the digests that the base images' tags have now into docker/Dockerfile; otherwise release-build looks them up each time. Needs the registries.
[group('deliver')]
pin-base-images:
    @scripts/release pin

# Give a pushed image tags, `commit` for sha-<commit>: just release-tag ghcr.io/OWNER/clockwork@sha256:… commit main latest
[group('deliver')]
release-tag reference *names:
    @scripts/release tag {{ reference }} {{ names }}

# The digest of the newest published version.
[group('deliver')]
release-newest image:
    @scripts/release newest {{ image }}

# Sign the list of the client's packages that lies in an image, as an attestation of it.
[group('deliver')]
release-sbom reference:
    @scripts/release sbom {{ reference }}

# Give the image that main built for this commit its version: just release-promote ghcr.io/OWNER/clockwork v1.2.3
[group('deliver')]
release-promote image tag:
    @scripts/release promote {{ image }} {{ tag }}

# Pack the chart for a published image and push it: just release-chart ghcr.io/OWNER/clockwork 1.2.3 oci://ghcr.io/OWNER/charts
[group('deliver')]
release-chart image version registry:
    @scripts/release chart {{ image }} {{ version }} {{ registry }}

# The tarball for machines with systemd, out of a directory that has what the image has in /app: just release-tarball /tmp/app amd64 dist
[group('deliver')]
release-tarball directory arch out="dist":
    @scripts/release tarball {{ directory }} {{ arch }} {{ out }}

# The same for each architecture of a published image, with the very bytes that are in it: just release-tarballs ghcr.io/OWNER/clockwork@sha256:… dist
[group('deliver')]
release-tarballs image out="dist":
    @scripts/release tarballs {{ image }} {{ out }}

# Put the tarballs of a directory to the tag's page of releases: just release-publish v1.2.3 dist
[group('deliver')]
release-publish tag directory="dist":
    @scripts/release publish {{ tag }} {{ directory }}

# Record that an environment has taken an image, by its digest: just release-record ghcr.io/OWNER/clockwork@sha256:… staging
[group('deliver')]
release-record reference environment:
    @scripts/release record {{ reference }} {{ environment }}

# Check that an environment has taken it: just release-recorded ghcr.io/OWNER/clockwork@sha256:… staging '^https://github.com/OWNER/clockwork/'
[group('deliver')]
release-recorded reference environment identity:
    @scripts/release recorded {{ reference }} {{ environment }} '{{ identity }}'

# Sign an image or a chart by its digest.
[group('deliver')]
release-sign reference:
    @scripts/release sign {{ reference }}

# Check that an image or a chart was signed by a workflow of that name.
[group('deliver')]
release-verify reference identity:
    @scripts/release verify {{ reference }} '{{ identity }}'

# --- generate ---

# Write every generated file again.
[group('generate')]
generate: schema config-docs openapi

# docs/openapi.json and docs/ACCESS.md from the server's routes, and the client's types.
[group('generate')]
openapi: (need "rust cc node") client-dependencies
    #!/usr/bin/env bash
    set -euo pipefail
    document=$(mktemp)
    trap 'rm -f "$document"' EXIT
    cargo run --locked --package clockwork-server -- openapi >"$document"
    cat "$document" >docs/openapi.json
    cargo run --locked --package clockwork-server -- access >"$document"
    cat "$document" >docs/ACCESS.md
    cd client && npm run --silent generate

# The chart's table of values and the descriptions in its schema, from the comments of values.yaml.
[group('generate')]
chart-docs: (need "chart-tests")
    .cache/tools/chart-tests/bin/python scripts/chart-docs

# docs/CONFIGURATION.md from the declarations of the settings.
[group('generate')]
config-docs: (need "rust cc")
    cargo run --locked --package clockwork-core --example config-docs

# crates/core/src/database/schema.rs from the migrations.
[group('generate')]
schema: (need "rust cc postgres")
    UPDATE_EXPECT=1 cargo test --quiet --locked --package clockwork-core --test schema

# --- schema ---

# Bring the database's schema up to date: that of DATABASE_URL, or else the private one.
[group('schema')]
migrate *args: build-migrator
    @{{ migrator }} up {{ args }}

# Take migrations back, one unless told otherwise: just migrate-down 2
[group('schema')]
migrate-down steps="1" *args: build-migrator
    @{{ migrator }} down --steps {{ steps }} {{ args }}

# Go to a migration, forward or back: just migrate-to 002
[group('schema')]
migrate-to version *args: build-migrator
    @{{ migrator }} up --to {{ version }}
    @{{ migrator }} down --to {{ version }} {{ args }}

# Which migrations are applied.
[group('schema')]
migrate-status *args: build-migrator
    @{{ migrator }} status {{ args }}

# Delete the private database with everything in it, and make it anew.
[group('schema')]
db-reset: build-migrator
    @{{ devdb }} reset
    @{{ devdb }} run {{ built }}/migrator up

# --- pieces ---

# The client's packages, as the lock file has them.
[private]
client-dependencies: (need "node")
    #!/usr/bin/env bash
    set -euo pipefail
    cd client
    if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
        echo "client: npm ci" >&2
        npm ci --no-audit --no-fund --loglevel=error
        touch node_modules/.package-lock.json
    fi

# The schemas of custom resources, as the lock file has them.
[private]
chart-crds: (need "node")
    #!/usr/bin/env bash
    set -euo pipefail
    cd charts/tests/crds
    if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
        echo "charts: npm ci" >&2
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        touch node_modules/.package-lock.json
    fi

# The browser tests proper. `test` needs no other server than the one that the Rust tests were just run with.
[private]
journeys *args:
    cd client && CHROMIUM_PATH="$(../scripts/need --chromium)" SERVER_BINARY="{{ join(justfile_directory(), built) }}/server" npm run --silent test:browser -- {{ args }}

# The same for every cell of reports, computed a second time in another language.
[private]
report-cells:
    CLOCKWORK_PROGRAMS={{ built }} node --test --test-reporter=dot scripts/reports.test.mjs

# The same for the documents.
[private]
documents:
    CLOCKWORK_PROGRAMS={{ built }} node --test --test-reporter=dot scripts/docs.test.mjs

# The same for monitoring.
[private]
monitoring:
    CLOCKWORK_PROGRAMS={{ built }} node --test --test-reporter=dot scripts/monitoring.test.mjs

# The same for what is packed.
[private]
packaging:
    @command -v systemd-analyze >/dev/null || echo 'NOT TESTED: what systemd makes of the units, because there is no systemd-analyze' >&2
    CLOCKWORK_PROGRAMS={{ built }} node --test --test-reporter=dot scripts/packaging.test.mjs

[private]
build-server: (need "rust cc")
    @cargo build --locked --package clockwork-server

[private]
build-migrator: (need "rust cc postgres")
    @cargo build --locked --package clockwork-migrator --package clockwork-devdb

[private]
need tools:
    @scripts/need {{ tools }}
