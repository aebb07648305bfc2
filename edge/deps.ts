import type { Logger } from 'pino'
import type { RateLimiter } from './access/rate-limit.ts'
import type { BundleStore } from './bundles/store.ts'
import type { Inference } from './inference/inference.ts'
import type { EdgeMetrics } from './metrics/edge-metrics.ts'
import type { Learning } from './learning/learning.ts'
import type { FrameLimits } from './settings/frame-limits.ts'

/** One answered request, as whoever keeps the books sees it. */
export interface RequestEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly elapsedMs: number
}

/** Who may ask, how often, and from where. */
export interface Access {
  /** Whoever does not show it gets neither API nor metrics; undefined lets everybody in. */
  readonly token?: string | undefined
  /** Origins whose pages may use the API besides our own. */
  readonly corsOrigins?: readonly string[] | undefined
  /**
   * Names under which the edge is asked, besides addresses and names of the local network; matters only
   * without a token.
   */
  readonly hosts?: readonly string[] | undefined
  /** Proxies of our own that a request passes; what others forward is not believed. */
  readonly trustedProxies?: number | undefined
}

/**
 * Everything the app is made of; it reaches for nothing else, so that a test hands in what it wants to look
 * at.
 */
export interface EdgeDeps {
  readonly bundles: BundleStore
  readonly inference: Inference
  /** Folder of the built page; it may come into being later. */
  readonly pageFolder: string
  readonly log: Logger
  readonly metrics: EdgeMetrics
  /** Places that are learned for some bundles; none where there is none. */
  readonly learning?: Learning | undefined
  readonly access?: Access | undefined
  /** Counts the requests of each client; none is counted where there is none. */
  readonly limiter?: RateLimiter | undefined
  readonly frameLimits?: Partial<FrameLimits> | undefined
  /**
   * PEM of the authority that signed the edge's certificate, where it made one itself: for phones, to trust
   * it.
   */
  readonly authority?: string | undefined
  /** True once the edge wants no new clients: it says that it is not ready, and still answers. */
  readonly isDraining?: () => boolean
  /** True once the edge is being shut down: it answers what it has and takes no new frames. */
  readonly isStopping?: () => boolean
  /** Called after every answered request. */
  readonly onRequest?: (entry: RequestEntry) => void
}
