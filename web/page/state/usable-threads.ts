/** More than that a small network cannot share out. It is also what tfjs's file has at most. */
const most = 4

/**
 * How many threads the networks can have here. They share memory, which browsers give to isolated pages only;
 * each wants a core of its own.
 */
export const mostThreads = (): number =>
  crossOriginIsolated ? Math.min(most, Math.max(1, navigator.hardwareConcurrency)) : 1

export const usableThreads = (wanted: number): number => Math.min(wanted, mostThreads())
