// Apart from the schema, as the plan is.

/** Side of a depthwise layer's kernel. */
export const depthwiseKernelSize = 3
