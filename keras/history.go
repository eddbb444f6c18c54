package keras

// History is what Fit measured.
type History struct {
	Epochs  []int                // numbers of the epochs, from 0
	Seconds []float64            // that each took, validation included
	Metrics map[string][]float64 // by name, such as "loss" and "val_accuracy": a value for each epoch
}

func (h *History) add(e Epoch) {
	h.Epochs = append(h.Epochs, e.Number)
	h.Seconds = append(h.Seconds, e.Seconds)
	for name, v := range e.Logs {
		h.Metrics[name] = append(h.Metrics[name], v)
	}
}

// Logs are values by name: "loss", "accuracy", and "val_loss", "val_accuracy" of
// validation. Those of training are means over the epoch so far.
type Logs map[string]float64
