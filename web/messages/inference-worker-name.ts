const prefix = 'inference-'

/**
 * An inference worker's name tells it how many threads its kernels are to have: they are started before the
 * first message comes.
 */
export const inferenceWorkerName = (threads: number): string => `${prefix}${threads}`

export const threadsOfName = (name: string): number => Number(name.slice(prefix.length))
