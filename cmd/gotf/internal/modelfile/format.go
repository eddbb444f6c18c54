package modelfile

// Format is what a file is.
type Format string

// The formats that are told apart, by their names in JSON.
const (
	TFLite     Format = "tflite"
	SavedModel Format = "savedmodel"
	Checkpoint Format = "checkpoint"
	Records    Format = "tfrecord"
	Events     Format = "events"
	Keras      Format = "keras"
	GraphDef   Format = "graphdef"
	NPY        Format = "npy"
	NPZ        Format = "npz"
)

// Title is what people call the format.
func (f Format) Title() string {
	return map[Format]string{
		TFLite: "TensorFlow Lite model", SavedModel: "SavedModel", Checkpoint: "checkpoint",
		Records: "TFRecord file", Events: "event file", Keras: "Keras model", GraphDef: "frozen GraphDef",
		NPY: "NumPy array", NPZ: "NumPy archive",
	}[f]
}

// ATitle is the title with its article.
func (f Format) ATitle() string {
	if f == Events {
		return "an " + f.Title()
	}
	return "a " + f.Title()
}
