import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../../core/wire/errors.ts'
import type { FramePriority } from '../inference/inference.ts'

/**
 * Parts of a frame's time at the edge. `decode`: body to network input; `queue`: until its batch begins;
 * `encode`: the one pass that runs the full model and, on its features, the encoder; `answer`: selector,
 * delta and JSON.
 */
export type FrameStage = 'decode' | 'queue' | 'encode' | 'answer'

export interface AnsweredFrame {
  readonly bundleId: string
  readonly priority: FramePriority
  readonly stageMs: Readonly<Record<FrameStage, number>>
  readonly batchSize: number
  readonly partition: string | undefined
  readonly hasInlineDelta: boolean
  /** To an audit: whether the full model agrees. */
  readonly agrees: boolean | undefined
}

export interface EdgeMetrics {
  readonly registry: Registry
  request(entry: {
    readonly route: string
    readonly method: string
    readonly status: number
    readonly elapsedMs: number
  }): void
  frame(frame: AnsweredFrame): void
  refusal(code: ErrorCode): void
  deviceHits(bundleId: string, hits: number): void
}

/** What the gauges look at whenever somebody asks for the metrics. */
export interface MetricsSources {
  readonly queued: () => Readonly<Record<FramePriority, number>>
  readonly engine: () => { readonly name: string; readonly isReady: boolean }
  readonly bundles: () => readonly { readonly id: string; readonly version: string }[]
  /** Of places; undefined where none are learned. */
  readonly learning?: () => { readonly isKeeper: boolean; readonly framesLost: number } | undefined
}

const stageSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const batchSizes = [1, 2, 4, 8, 16, 32]

/** All that an edge counts, in a registry of its own. Labels take no value that a client could invent. */
export function createEdgeMetrics({ queued, engine, bundles, learning }: MetricsSources): EdgeMetrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers })

  const requests = counter('cachenet_requests_total', 'Requests answered', ['route', 'method', 'status'])
  const requestSeconds = new Histogram({
    name: 'cachenet_request_seconds',
    help: 'From request to answer',
    labelNames: ['route'],
    buckets: stageSeconds,
    registers,
  })
  const frames = counter('cachenet_frames_total', 'Frames answered', ['bundle', 'kind'])
  const stages = new Histogram({
    name: 'cachenet_frame_stage_seconds',
    help: 'Parts of the time of an answered frame',
    labelNames: ['stage'],
    buckets: stageSeconds,
    registers,
  })
  const batches = new Histogram({
    name: 'cachenet_frame_batch_size',
    help: 'Frames of the batch that an answered frame was in',
    buckets: batchSizes,
    registers,
  })
  const selected = counter(
    'cachenet_partitions_selected_total',
    'Partitions that the selector chose for misses',
    ['bundle', 'partition'],
  )
  const deltas = counter('cachenet_inline_deltas_total', 'Deltas sent inside answers', ['bundle'])
  const audits = counter('cachenet_audits_total', 'Audits of hits, by whether the full model agrees', [
    'bundle',
    'agrees',
  ])
  const hits = counter(
    'cachenet_device_hits_total',
    'Frames that devices report to have answered themselves',
    ['bundle'],
  )
  const refusals = counter('cachenet_refusals_total', 'Requests refused, by code', ['code'])

  new Gauge({
    name: 'cachenet_frames_queued',
    help: 'Frames that wait for inference',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const [kind, count] of Object.entries(queued())) this.set({ kind }, count)
    },
  })
  new Gauge({
    name: 'cachenet_engine_ready',
    help: '1 where the engine can answer',
    labelNames: ['engine'],
    registers,
    collect() {
      const { name, isReady } = engine()
      this.set({ engine: name }, isReady ? 1 : 0)
    },
  })
  new Gauge({
    name: 'cachenet_bundle_info',
    help: 'Bundles that are served, with their versions',
    labelNames: ['bundle', 'version'],
    registers,
    collect() {
      this.reset()
      for (const { id, version } of bundles()) this.set({ bundle: id, version }, 1)
    },
  })

  new Gauge({
    name: 'cachenet_places_keeper',
    help: '1 where this edge keeps the places that are learned, for itself or for several edges',
    registers,
    collect() {
      this.set(learning?.()?.isKeeper === true ? 1 : 0)
    },
  })
  new Counter({
    name: 'cachenet_places_frames_lost_total',
    help: 'Frames that were to be kept for learning places, and could not be',
    registers,
    collect() {
      this.reset()
      this.inc(learning?.()?.framesLost ?? 0)
    },
  })

  return {
    registry,
    request({ route, method, status, elapsedMs }) {
      requests.inc({ route, method, status })
      requestSeconds.observe({ route }, elapsedMs / 1000)
    },
    frame({ bundleId, priority, stageMs, batchSize, partition, hasInlineDelta, agrees }) {
      frames.inc({ bundle: bundleId, kind: priority })
      for (const [stage, elapsedMs] of Object.entries(stageMs)) stages.observe({ stage }, elapsedMs / 1000)
      batches.observe(batchSize)
      if (hasInlineDelta) deltas.inc({ bundle: bundleId })
      if (agrees !== undefined) audits.inc({ bundle: bundleId, agrees: String(agrees) })
      else if (partition !== undefined) selected.inc({ bundle: bundleId, partition })
    },
    refusal: (code) => refusals.inc({ code }),
    deviceHits: (bundle, count) => hits.inc({ bundle }, count),
  }
}
