package config

import (
	"testing"
)

func TestX(t *testing.T) {
	c, err := Load("../config.example.yaml", Checks{})
	t.Log(err)
	t.Logf("%+v", c)
	t.Log(c.Warnings())
}
