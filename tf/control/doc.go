// Package control has loops and branches for values that are known only when a
// program runs.
//
//	control.If(s, pred, then, otherwise)      // one of two
//	control.Case(s, index, branches...)       // one of many
//	control.While(s, vars, cond, body, nil)   // as long as cond holds
//	control.Map(s, elems, f, nil)             // f of each element
//	control.Scan(s, elems, init, f, nil)      // all states of a recurrence
//	control.Fold(s, elems, init, f, nil)      // its last state
//	control.NewList(s, tf.Float32, shape)     // a list that grows in a loop
//
// What they run are Go functions that take a scope and add operations to it.
//
// # Modes
//
// On a graph scope, and in the body of a [tf.Function], the Go functions are
// traced into functions of the graph, and one operation that calls them is added.
// A session with the usual executor lowers it to Switch and Merge, so that the
// whole graph is optimised as one. What the functions use from outside becomes an
// input of that operation. Each is called once.
//
// On an eager scope conditions are read and the Go functions called at once, as
// often as the loop turns, so that a tape sees each operation. The values of all
// turns live until the scope is closed: give long loops a function
// ([tf.Trace]) or scopes of their own.
//
// The results are the same in both modes.
//
// # Variables
//
// What a Go function does to a variable happens in the order in which it is
// written, in a graph as on an eager scope, and a loop's next turn begins when it
// is done. Outside, in the graph around, the order is that of [tf.Scope.After].
//
// # Errors
//
// A failure stays in the scope ([tf.Scope.Err]): it names the construct, its line
// and what the Go function returned. On a failed scope results are zero Outputs.
package control
