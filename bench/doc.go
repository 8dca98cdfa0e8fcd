// Package bench measures the program as a whole: the real binary, run as a
// child process against a stand-in publisher on the loopback network.
//
// It has no code but its benchmarks; `make bench` runs them with all others.
// Begin at BenchmarkOnce in once_test.go, which holds `spool run --once` against
// a bare loop of net/http and gofeed over the same feeds (bare_test.go).
// Computers differ and are busy with other things, so what counts are ratios of
// figures taken side by side. docs/benchmarks.md says what each figure means.
package bench
