import type { Logger } from 'pino'
import type { BundleStore } from './bundles/store.ts'
import type { Inference } from './inference/inference.ts'

/** One answered request, as whoever keeps the books sees it. */
export interface RequestEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly elapsedMs: number
}

/** Everything the app is made of; it reaches for nothing else, so that a test hands in what it wants to look at. */
export interface EdgeDeps {
  readonly bundles: BundleStore
  readonly inference: Inference
  /** Folder of the built page; it may come into being later. */
  readonly pageFolder: string
  readonly log: Logger
  /** True once the edge is being shut down: it answers what it has and takes no new frames. */
  readonly isStopping?: () => boolean
  /** Called after every answered request. */
  readonly onRequest?: (entry: RequestEntry) => void
}
