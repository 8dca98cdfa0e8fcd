package source

import (
	"errors"

	"spool/alerts"
)

func looksGTFS([]byte) bool { return false }

func readGTFS(alerts.Document) (alerts.Reading, error) {
	return alerts.Reading{}, errors.New("GTFS-Realtime cannot be read yet")
}
