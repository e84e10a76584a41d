/** The file in the place of a function's code that an evaluation does not build: it is not for Node.js. */
export const notBuilt = "not-built.txt";
