"""The steps from one schema to the next, only ever added to; `store.migration` takes them."""
