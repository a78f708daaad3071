"""The guidance core: pure, and walled off from everything else of ours. `advise.advise` is its one door."""
