package media

import (
	"context"

	"golang.org/x/sync/semaphore"
)

const (
	// maxMemory is what pictures that are being decoded may take in all, in bytes,
	// and so what one may: 32 megapixels of four bytes. As much as a JPEG of 24
	// megapixels, or a progressive one of 15, needs.
	maxMemory = 128 << 20
	// maxDecodings is how many pictures are worked on at the same time: it would
	// not be quicker with more.
	maxDecodings = 2
)

// A room bounds the memory that pictures take while they are worked on. Those who
// find no place wait for it in the order in which they came.
type room struct{ memory, places *semaphore.Weighted }

func newRoom() *room {
	return &room{memory: semaphore.NewWeighted(maxMemory), places: semaphore.NewWeighted(maxDecodings)}
}

// enter waits until cost bytes are free, or ctx ends. The caller calls leave.
func (r *room) enter(ctx context.Context, cost int64) (leave func(), err error) {
	cost = min(max(cost, 1), maxMemory)
	if err := r.places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if err := r.memory.Acquire(ctx, cost); err != nil {
		r.places.Release(1)
		return nil, err
	}
	return func() { r.memory.Release(cost); r.places.Release(1) }, nil
}
