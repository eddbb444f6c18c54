package datasets_test

import (
	"fmt"

	"github.com/gotf/gotf/keras/datasets"
)

func Example() {
	digits, err := datasets.Load("mnist-5k", 0)
	if err != nil {
		panic(err)
	}
	train := digits.Train
	fmt.Println(train.N, "training and", digits.Test.N, "test digits of", train.Rows, "by", train.Cols)
	fmt.Println("the first is a", train.Labels[0])
	for col := range train.Cols { // its eighth row of pixels
		fmt.Print(train.Images[7*train.Cols+col]/128, "")
	}
	fmt.Println()
	// Output:
	// 4000 training and 1000 test digits of 28 by 28
	// the first is a 5
	// 0000000011111111110000000000
}
