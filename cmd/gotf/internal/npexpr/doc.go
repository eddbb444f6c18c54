// Package npexpr evaluates the small part of Python and NumPy in which people
// write a model's inputs on the command line: np.ones((2, 3)), [[1.5, 2]],
// np.arange(6, dtype=np.float32).reshape(2, 3) / 6, ["text"].
//
// There are literals, lists, tuples and dicts of them; + - * / // % ** on numbers
// and arrays; np.array, arange, empty, eye, full, identity, linspace, ones and
// zeros; np.pi, e, inf and nan; NumPy's types, by name and as functions; and the
// methods astype, reshape and T of arrays. Values come out as NumPy 2 makes them,
// bit for bit, but for ** of fractions, whose last digit may differ. Nothing else is known: an expression
// reads no file and runs no code, and its arrays are bounded in size.
//
// Errors say what is wrong and at which column.
package npexpr
