/** Where an engine is: on the page's own thread, or in a worker with so many. */
export type EngineSite = { readonly kind: 'page' } | { readonly kind: 'worker'; readonly threads: number }

export const workerWith = (threads: number): EngineSite => ({ kind: 'worker', threads })

/** Threads that the kernels run on. */
export const threadsOf = (site: EngineSite): number => (site.kind === 'page' ? 1 : site.threads)

export const isSameSite = (a: EngineSite, b: EngineSite): boolean =>
  a.kind === b.kind && threadsOf(a) === threadsOf(b)
