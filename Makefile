# The commands of this repository. `make demo` and `make test` set up whatever they need.
.PHONY: help setup demo test deploy-check clocks chaos prevalence soak watchers pictures pictures-web lint proto build bench bench-web

CARGO ?= cargo
BIN = target/debug
# Clippy compiles the workspace as rustc does, and judges it: tests need no second build for their lints. Benches are left
# to `make lint`.
LINTED = RUSTC_WORKSPACE_WRAPPER=$$(rustup which clippy-driver 2>/dev/null || command -v clippy-driver) CLIPPY_ARGS=-Dwarnings

# More tests than cores: most of them wait. Those that do not see to that themselves (tests/turns.rs).
THREADS = RUST_TEST_THREADS=$$((4 * $$(nproc)))

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## bring Chromium, nats-server, ClickHouse, Autoconsent and the lab's SDKs (pinned, checked by hash)
	@scripts/setup.sh

build: setup ## build earshot and earshot-lab
	@$(CARGO) build --locked --package earshot --package earshot-lab

demo: build ## serve the lab, scan its portfolio of more than 60 sites, show who listens before consent
	@scripts/demo.sh $(BIN)

test: setup ## every check: format, lints, all tests, what Earshot is deployed with
	@$(CARGO) fmt --all --check
	@$(LINTED) $(THREADS) $(CARGO) test --locked --workspace
	@scripts/deploy/check.py

deploy-check: setup ## deploy/, helm/, the workflows and the book: linters, schemas, what must hold, the real nats-server and Chromium
	@$(CARGO) build --locked --package earshot
	@scripts/deploy/check.py

clocks: setup ## 2,000 generated visits (EARSHOT_CLOCKS=n for another number): every phase is the one that the page knows
	@EARSHOT_CLOCKS=$${EARSHOT_CLOCKS:-2000} $(CARGO) test --locked --package earshot-browser --test it -- clock:: --nocapture

chaos: setup ## a fleet that breaks 1,000 times, and is without services for ten minutes (CHAOS_FAULTS, CHAOS_SEED, CHAOS_PAGES)
	@CHAOS_FAULTS=$${CHAOS_FAULTS:-1000} CHAOS_OUTAGE_S=$${CHAOS_OUTAGE_S:-600} \
		$(CARGO) test --locked --package earshot --test fleet -- --include-ignored --nocapture chaos:: outage::

prevalence: setup ## 2,000 generated sites (PREVALENCE_SITES): earshot stats prevalence says what is true of them
	@$(CARGO) test --locked --package earshot --test it -- --ignored --nocapture prevalence::

soak: setup ## a fleet at work for 30 minutes (SOAK_MINUTES): what every process holds, in docs/soak.svg and target/soak.csv
	@SOAK_PICTURE=$(CURDIR)/docs/soak.svg SOAK_TABLE=$(CURDIR)/target/soak.csv \
		$(CARGO) test --locked --package earshot --test fleet -- --include-ignored --nocapture soak::

watchers: setup ## 50 people watch one scan: all are told the same, and how late
	@$(CARGO) test --locked --package earshot --test it -- --ignored --nocapture fifty_watch_one_scan

pictures: setup ## the dashboards' panels from real answers, over a made-up web, as docs/grafana/*.png
	@PICTURES=$(CURDIR)/docs/grafana $(CARGO) test --locked --package earshot-grafana --test it -- --ignored pictures::

# Those of the pages that the documents show; the others lie in target/pictures.
SHOWN = home-light live-light site-light site-dark site-phone site-states-light finding-light verify-light

pictures-web: setup ## the pages in a browser, as docs/web/*.png and target/pictures/*.png
	@mkdir -p $(CURDIR)/target/pictures $(CURDIR)/docs/web
	@PICTURES=$(CURDIR)/target/pictures $(CARGO) test --locked --package earshot --test it -- pages::
	@for name in $(SHOWN); do cp $(CURDIR)/target/pictures/$$name.png $(CURDIR)/docs/web/; done

lint: ## format and lints only
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings

bench: setup ## the leak search in MB/s; pages discovered against spider alone; a visit against a bare browser, docs/performance.md; the store: rows in, growth, every question (BENCH_SIZES, BENCH_ONLY), docs/scaling.md
	@$(CARGO) bench --locked --package earshot-detect --bench leak_search
	@$(CARGO) bench --locked --package earshot-crawl --bench crawl
	@$(CARGO) build --locked --release --package earshot
	@BENCH_EARSHOT=$(CURDIR)/target/release/earshot $(CARGO) bench --locked --package earshot-browser --bench visits
	@BENCH_EARSHOT=$(CURDIR)/target/release/earshot $(CARGO) bench --locked --package earshot-corpus --bench replay
	@BENCH_EARSHOT=$(CURDIR)/target/release/earshot $(CARGO) bench --locked --package earshot-corpus --bench scale
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot-corpus --test it document

bench-web: setup ## the web role: 200 people read reports of sites, 50 watch one scan, pages over many sites (BENCH_ONLY, BENCH_SITES)
	@$(CARGO) build --locked --release --package earshot
	@BENCH_EARSHOT=$(CURDIR)/target/release/earshot $(CARGO) bench --locked --package earshot-corpus --bench web
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot-corpus --lib the_document

proto: ## write what is generated anew: the Rust of proto/, docs/schema.md, docs/statistics.md, the JSON schemas, Grafana's dashboards
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot-grafana --test it generated
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot-model --test it generated
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot-store --test it schema
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot --test it schema
	@EARSHOT_REGENERATE=1 $(CARGO) test --locked --package earshot --lib the_page_in_docs
