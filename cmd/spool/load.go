package main

import "spool/config"

// concurrency is how many feeds are fetched at once. Where the configuration does
// not say, thousands of feeds get more than a few: most of a fetch is waiting, and
// all that are due at the same moment should be read within seconds.
func concurrency(cfg *config.Config) int {
	const each, most = 100, 128 // feeds to one fetch, and fetches
	if cfg.Given("fetch.concurrency") {
		return cfg.Fetch.Concurrency
	}
	return max(cfg.Fetch.Concurrency, min(len(cfg.Feeds)/each, most))
}
