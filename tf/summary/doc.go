// Package summary writes and reads event files, which TensorBoard shows.
//
//	w, err := summary.Create("logs/run1")
//	def, err := g.Def()
//	err = w.WriteGraph(def) // the graph and its functions, for the Graphs tab
//	out, p, err := sess.RunProfile(ctx, args)
//	err = w.WriteRunMetadata("step 10", 10, p.Metadata()) // times and memory of that run
//	err = w.Close()
//
// [ReadFile] yields the events of a file, [ReadContents] sums them up by tag. An
// event file is a sequence of [event_go_proto.Event] messages in a TFRecord file.
// Nothing here needs TensorFlow's library.
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
//
// # Errors
//
// Errors are *tf.Error: DataLoss for a file that is cut short or damaged, else
// what the file system said.
//
// # Concurrency
//
// Many goroutines may share a Writer.
package summary
