/**
 * Names of the values of a graph that a caller feeds and fetches. They have a prefix: a graph that somebody
 * brought has names of its own.
 */
export const graphNames = {
  /** [batch, height, width, 3] */
  frames: 'cachenet/frames',
  /** [batch, classes] */
  logits: 'cachenet/logits',
  /** [batch, features]: what the last dense layer reads. */
  features: 'cachenet/features',
  /** [batch, partitions]: z̄, of an encoder inside the graph. */
  codeLogits: 'cachenet/codeLogits',
} as const
