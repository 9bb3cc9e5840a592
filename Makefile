# What a contributor types. `make serve` and `make test` are all that a fresh machine needs.
.PHONY: serve assets build test conformance bench bench-load bench-peers faults release-check fmt

## Build the program and start the server on an embedded database with the shipped data models
serve: build
	target/release/linkwright serve $(if $(LISTEN),--listen $(LISTEN))

build: assets
	cargo build --release --locked

## Build the style sheet and script of the pages into web/dist (needs Node and npm)
assets: web/dist/manifest.json

web/dist/manifest.json: web/package-lock.json web/build.mjs $(wildcard web/css/*) $(wildcard web/js/*)
	npm --prefix web ci --ignore-scripts --no-audit --no-fund
	npm --prefix web run --silent build

## Every test; installs PostgreSQL from Debian's packages where it is missing and allowed
test: assets
	scripts/ensure-postgres
	cargo test --locked --workspace
	scripts/browser-tests

## Long: real third-party workbooks and benchmark instances from ../shared/data, skipped where that is absent
conformance: assets
	@if [ -d ../shared/data ]; then uptime && cargo build --locked --release --examples --bin linkwright && \
	cargo test --locked --release --test conformance -- --nocapture --test-threads=1; \
	else echo "conformance: skipped, ../shared/data is not here"; fi

## Long: how fast the shipped catalogue is filled, planned over and asked (docs/benchmarks.md)
bench: assets
	cargo bench --locked --bench plan
	cargo bench --locked --bench shipped
	cargo bench --locked --bench pages
	cargo build --locked --release && LINKWRIGHT_BIN=target/release/linkwright node scripts/page-speed.mjs

## Long: a made-up national catalogue under load: `make bench-load SECONDS=600` (docs/benchmarks.md)
bench-load: assets
	cargo bench --locked --bench load -- --seconds $(or $(SECONDS),60)

## Long: the engine beside networkx, rustworkx and a HiGHS formulation, on the same instances in one run
bench-peers: assets
	@if [ -d ../shared/data ]; then cargo build --locked --release --example lnk && scripts/bench-peers; \
	else echo "bench-peers: skipped, ../shared/data is not here"; fi

## Long: killed, full, broken, halted, away: nothing acknowledged is lost (docs/benchmarks.md, Durability). Needs root for a small disk, fiu-utils, PostgreSQL; what is missing is skipped with a line. HOW=short is what CI runs
faults: assets
	scripts/ensure-postgres
	scripts/ensure-fiu
	LINKWRIGHT_FAULTS=$(or $(HOW),long) cargo test --locked --test it -- --nocapture --test-threads=1 faults:: $(if $(HOW),,store::keeping::)

## Long: package and container tried in a clean Debian, bill of materials, licences, cargo deny, two builds compared (REPRODUCIBLE= leaves these out)
release-check: assets
	scripts/release-check

fmt:
	cargo fmt --all
