// Package fileops knows which of TensorFlow's operations write files.
package fileops

// Writers write, replace or delete files whose names the model tells.
// DatasetFromGraph runs a graph that is an input, where anything may be.
var Writers = map[string]bool{
	"WriteFile": true,
	"Save":      true, "SaveSlices": true, "SaveV2": true, "MergeV2Checkpoints": true,
	"DatasetToTFRecord": true, "SaveDataset": true, "SaveDatasetV2": true, "DistributedSave": true,
	"SnapshotDataset": true, "SnapshotDatasetV2": true, "DatasetFromGraph": true,
	"CreateSummaryFileWriter": true, "CreateSummaryDbWriter": true, "ImportEvent": true,
	"WriteSummary": true, "WriteScalarSummary": true, "WriteHistogramSummary": true, "WriteImageSummary": true,
	"WriteAudioSummary": true, "WriteGraphSummary": true, "WriteRawProtoSummary": true,
	"CalibrationStatisticsSaver": true, "DumpTensor": true,
}

// Print writes a file where its attribute output_stream begins with FileURL.
const (
	Print   = "PrintV2"
	FileURL = "file://"
)

// DebugURLs is the attribute of debugging operations (DebugIdentity and its
// relatives) that says where values go.
const DebugURLs = "debug_urls"

// Caches write the file that their second input names, unless it is empty.
var Caches = map[string]bool{"CacheDataset": true, "CacheDatasetV2": true}
