package gtfsrt

import (
	"reflect"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// TestDigestOfEveryField changes each field of an alert, and of what it holds: none may
// be forgotten when one is added.
func TestDigestOfEveryField(t *testing.T) {
	seen := map[string]string{digestOf(spool.Alert{}): "nothing"}
	var each func(path string, v reflect.Value, root *spool.Alert)
	each = func(path string, v reflect.Value, root *spool.Alert) {
		set := func(value any) {
			before := reflect.New(v.Type()).Elem()
			before.Set(v)
			v.Set(reflect.ValueOf(value).Convert(v.Type()))
			d := digestOf(*root)
			if other, ok := seen[d]; ok {
				t.Errorf("%s: the digest is that of %s", path, other)
			}
			seen[d] = path
			v.Set(before)
		}
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			set(at2025(0))
		case v.Kind() == reflect.String:
			set("x")
		case v.Kind() == reflect.Bool:
			set(true)
		case v.Kind() == reflect.Int:
			set(7)
		case v.Kind() == reflect.Slice:
			one := reflect.MakeSlice(v.Type(), 1, 1)
			set(one.Interface())
			v.Set(one)
			each(path+"[0]", v.Index(0), root)
			v.SetZero()
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				each(path+"."+v.Type().Field(i).Name, v.Field(i), root)
			}
		default:
			t.Fatalf("%s is of a kind that the test does not know: %s", path, v.Kind())
		}
	}
	var a spool.Alert
	each("Alert", reflect.ValueOf(&a).Elem(), &a)
	if len(seen) < 50 {
		t.Errorf("only %d fields", len(seen))
	}
}

func digestOf(a spool.Alert) string { return digest(alerts.Reading{Alerts: []spool.Alert{a}}) }
