import type { Logger } from 'pino'
import type { RateLimiter } from './access/rate-limit.ts'
import type { BundleStore } from './bundles/store.ts'
import type { Inference } from './inference/inference.ts'
import type { EdgeMetrics } from './metrics/edge-metrics.ts'

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

/** How much of a frame is taken. */
export interface FrameLimits {
  readonly maxBodyBytes: number
  /** Of an encoded image. */
  readonly maxPixels: number
  /** Longest that a body may take to arrive. */
  readonly bodyTimeoutMs: number
  /**
   * Frames that are here and not answered; bodies on their way have limits of their own
   * (`frames/body-room.ts`).
   */
  readonly maxFramesInFlight: number
}

export const defaultFrameLimits: FrameLimits = {
  maxBodyBytes: 4 * 2 ** 20,
  // An image of 600 kB can unfold to hundreds of megabytes.
  maxPixels: 11_000_000,
  bodyTimeoutMs: 10_000,
  maxFramesInFlight: 128,
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
