// Package datasets reads sets of labelled images: MNIST, a part of it that is
// built in, and folders of files in MNIST's own idx format.
//
// [Load] takes one of three:
//
//   - "mnist": the 70,000 digits, from the user's cache folder
//     (gotf/data/mnist in os.UserCacheDir), where scripts/data mnist puts them;
//   - "mnist-5k": the first 4,000 training and 1,000 test digits, built in;
//   - any folder that holds the four idx files under MNIST's names,
//     train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte
//     and t10k-labels-idx1-ubyte (or train-images.idx3-ubyte and so on), each
//     plain or gzipped. Images may have any size.
//
// [ReadIDX] reads one idx file of unsigned bytes.
//
// # Errors
//
// Errors are one line naming the file, what was expected and what came. They
// match fs.ErrNotExist (a missing file) and io.ErrUnexpectedEOF (a file cut
// short) where those apply.
//
// # Concurrency
//
// Functions may be called by many goroutines. A Dataset is plain data.
package datasets
