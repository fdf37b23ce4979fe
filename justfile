# What developers run; `just` lists it.
default:
    @just --list

# The ordinary tests (under five minutes on two cores).
test:
    pytest -n auto

# The second readers of some tests (pywb, py-wacz), in an environment of their own.
oracles:
    .ci/oracles .oracles

# Hundreds of kills, cuts and mutations (long).
torture:
    pytest -m torture --timeout 3600

# The crawl beside wget, the reading beside pdftotext, the archive beside warcio; prints ratios (10 GB of disk).
bench rounds="3":
    python -m benchmarks.crawl --rounds {{rounds}}
    python -m benchmarks.reading --rounds {{rounds}}
    python -m benchmarks.pages --rounds {{rounds}}
    python -m benchmarks.gold
    python -m benchmarks.archive --rounds {{rounds}}
    python -m benchmarks.compressing --rounds {{rounds}}
    python -m benchmarks.lookup
    python -m benchmarks.large
    python -m benchmarks.search

# Linters and types.
lint:
    ruff check .
    ruff format --check .
    mypy
