import type { BundleStore } from './store.ts'

/**
 * Looks into the folder of bundles again and again. By polling, which works where notifications do not: on
 * network drives, container volumes and links that are switched. Returns what ends it.
 */
export function watchBundles(store: Pick<BundleStore, 'refresh'>, everyMs: number): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const next = (): void => {
    if (isOver) return
    timer = setTimeout(() => void store.refresh().finally(next), everyMs).unref()
  }
  next()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
