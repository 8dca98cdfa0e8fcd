package store_test

import (
	"spool/scheduler"
	"spool/store"
)

// A DB is what the scheduler works on. This is the one place that says so: the
// store does not know the scheduler, nor the scheduler the store.
var _ scheduler.Store = (*store.DB)(nil)
