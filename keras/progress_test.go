package keras

import (
	"strings"
	"testing"
	"time"
)

// clockwork is a clock that is set by hand.
type clockwork struct{ t time.Time }

func (c *clockwork) now() time.Time { return c.t }

func TestProgress(t *testing.T) {
	for _, tc := range []struct {
		name   string
		mode   Verbose
		epochs int
		want   string
	}{
		{"bar", Bar, 1,
			"\r100/938 [=>..................] ETA: 48s - loss: 1.5000 - accuracy: 0.5000" +
				"\r938/938 [====================] 12s 12ms/step - loss: 0.0412 - accuracy: 0.9872 - val_loss: 5.0000e-04 - val_accuracy: 0.9830\n"},
		{"bar of many epochs", Bar, 5,
			"Epoch 1/5\n\r100/938 [=>..................] ETA: 48s - loss: 1.5000 - accuracy: 0.5000" +
				"\r938/938 [====================] 12s 12ms/step - loss: 0.0412 - accuracy: 0.9872 - val_loss: 5.0000e-04 - val_accuracy: 0.9830\n"},
		{"lines", Lines, 5,
			"Epoch 1/5\n938/938 - 12s - 12ms/step - loss: 0.0412 - accuracy: 0.9872 - val_loss: 5.0000e-04 - val_accuracy: 0.9830\n"},
		{"silent", Silent, 5, ""},
		{"not a terminal", Auto, 1,
			"938/938 - 12s - 12ms/step - loss: 0.0412 - accuracy: 0.9872 - val_loss: 5.0000e-04 - val_accuracy: 0.9830\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out strings.Builder
			c := &clockwork{time.Unix(1000, 0)}
			p := newProgress(&out, tc.mode)
			p.now = c.now
			p.begin(0, tc.epochs, 938, []string{"loss", "accuracy"})
			if p.due() {
				t.Error("due at once")
			}
			c.t = c.t.Add(5760 * time.Millisecond)
			p.update(100, Logs{"loss": 1.5, "accuracy": 0.5})
			p.update(101, Logs{"loss": 1.5, "accuracy": 0.5}) // too soon
			c.t = c.t.Add(5740 * time.Millisecond)
			p.end(Logs{"loss": 0.04123, "accuracy": 0.98717, "val_loss": 5e-4, "val_accuracy": 0.983})
			if out.String() != tc.want {
				t.Errorf("got\n%q, want\n%q", out.String(), tc.want)
			}
		})
	}
}

func TestProgressWords(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{perStep(3*time.Second, 2), "2s"},
		{perStep(time.Second, 1000), "1ms"},
		{perStep(time.Millisecond, 10), "100us"},
		{perStep(0, 0), "0s"},
		{clock(59 * time.Second), "59s"},
		{clock(61 * time.Second), "1:01"},
		{clock(2*time.Hour + 3*time.Minute + 4*time.Second), "2:03:04"},
		{figure(0.5), "0.5000"},
		{figure(-2), "-2.0000"},
		{figure(0.001), "1.0000e-03"},
		{figure(0), "0.0000e+00"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
