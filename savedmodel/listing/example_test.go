package listing_test

import (
	"fmt"
	"os"

	"github.com/gotf/gotf/savedmodel/listing"
)

func ExampleSignature() {
	m, err := listing.Read("testdata/signatures")
	if err != nil {
		panic(err)
	}
	g, err := listing.Find(m, []string{"serve"})
	if err != nil {
		panic(err)
	}
	s, err := listing.FindSignature(g, "lookup")
	if err != nil {
		panic(err)
	}
	for _, in := range listing.SignatureOf("lookup", s).Inputs {
		fmt.Println(in.Name, in.DType, in.Shape)
	}
	listing.Scan(os.Stdout, g, listing.Denylist)
	// Output:
	// words string [-1]
	// MetaGraph with tag set ['serve'] contains the following denylisted ops: {'PrintV2'}
}
