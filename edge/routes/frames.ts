import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { preprocess } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, manifestHeader } from '../../core/wire/frames.ts'
import { clientAddress } from '../access/client-address.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { defaultFrameLimits, type EdgeDeps } from '../deps.ts'
import { decodeFrame, requireFrameType } from '../frames/decode-frame.ts'
import { readFrameContext } from '../frames/frame-context.ts'
import { readBody } from '../frames/read-body.ts'
import { composeAnswer } from '../inference/compose-answer.ts'
import { createSelection } from '../inference/selection.ts'

type FrameDeps = Pick<EdgeDeps, 'bundles' | 'inference' | 'isStopping' | 'metrics' | 'frameLimits' | 'access'>

/** Counts the frames that are being taken care of, and refuses those that are too many, and all once the edge is stopping. */
function limitFramesInFlight({ isStopping }: FrameDeps, maxFramesInFlight: number): MiddlewareHandler {
  let framesInFlight = 0
  return async (_c, next) => {
    if (isStopping?.() === true) throw new CacheNetError('edge-stopping', 'The edge is being shut down and takes no more frames.')
    if (framesInFlight >= maxFramesInFlight) {
      throw new CacheNetError('edge-overloaded', 'More frames arrive than the edge can answer. Send this one again in a second.', { maxFramesInFlight })
    }
    framesInFlight++
    try {
      await next()
    } finally {
      framesInFlight--
    }
  }
}

/** Says which manifest answers, and throws `bundle-changed` where the device holds another. */
function requireSameManifest(c: Context, { manifestHash }: StoredBundle): void {
  c.header(manifestHeader, manifestHash)
  const held = c.req.header(manifestHeader)
  if (held === undefined || held === manifestHash) return
  throw new CacheNetError('bundle-changed', 'The edge has another version of this bundle. Load its manifest again; what is cached by hash stays good.', { manifest: manifestHash })
}

/**
 * A frame that missed on a phone: the full model answers it, and the selector chooses the partition for those that follow. Or an
 * audit of one that hit: then the answer says whether the full model agrees.
 */
export function frameRoutes(deps: FrameDeps): Hono {
  const { bundles: store, inference, metrics, access } = deps
  const limits = { ...defaultFrameLimits, ...deps.frameLimits }
  const selection = createSelection()

  const app = new Hono()
  app.post(apiPaths.frames(':bundleId'), limitFramesInFlight(deps, limits.maxFramesInFlight), async (c) => {
    const bundle = store.get(c.req.param('bundleId') ?? '')
    const { manifest } = bundle
    requireSameManifest(c, bundle)
    const contentType = c.req.header('Content-Type')
    requireFrameType(contentType)
    const { holds, auditOf, hits } = readFrameContext(c, manifest)
    const priority = auditOf === undefined ? 'miss' : 'audit'
    const body = await readBody(c, limits)

    const decodeStartedAt = performance.now()
    const rgb = await decodeFrame(body, contentType, manifest.input, limits.maxPixels)
    const frame = new Float32Array(rgb.length)
    preprocess(rgb, manifest.input, frame)
    const decodeMs = performance.now() - decodeStartedAt
    const found = await inference.answer(c.req.raw.signal, bundle.key, frame, priority)

    const answerStartedAt = performance.now()
    const answer = composeAnswer(manifest, found, decodeMs, holds)
    // An audit says nothing of where a stream goes, and its device has what it needs.
    const extras = priority === 'audit' ? {} : selection.extras(bundle, answer, clientAddress(c, access?.trustedProxies ?? 0), holds)
    const agrees = auditOf === undefined ? undefined : answer.classIndex === auditOf
    const response = c.json({ ...answer, ...extras, ...(agrees === undefined ? {} : { audit: { agrees } }) }, 200, { 'Cache-Control': 'no-store' })
    if (hits > 0) metrics.deviceHits(manifest.id, hits)
    metrics.frame({
      bundleId: manifest.id,
      priority,
      stageMs: { decode: decodeMs, queue: found.queueMs, encode: found.inferenceMs, answer: performance.now() - answerStartedAt },
      batchSize: found.batchSize,
      partition: answer.partition?.id,
      hasInlineDelta: extras.inlineDelta !== undefined,
      agrees,
    })
    return response
  })
  return app
}
