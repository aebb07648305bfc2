import { Hono, type Context } from 'hono'
import { fullInputOf } from '../../core/bundle/manifest-networks.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { inLight } from '../../core/light/light.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, manifestHeader } from '../../core/wire/frames.ts'
import { clientAddress } from '../access/client-address.ts'
import { createClientBudget } from '../access/client-budget.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import type { EdgeDeps } from '../deps.ts'
import { defaultFrameLimits } from '../settings/frame-limits.ts'
import { createBodyRoom } from '../frames/body-room.ts'
import { decodeFrame, requireFrameType } from '../frames/decode-frame.ts'
import { createDecodeRoom } from '../frames/decode-room.ts'
import { readFrameContext } from '../frames/frame-context.ts'
import { receiveBody } from '../frames/receive-body.ts'
import { composeAnswer } from '../inference/compose-answer.ts'
import { lookAgain } from '../inference/look-again.ts'
import { createSelection } from '../inference/selection.ts'

type FrameDeps = Pick<
  EdgeDeps,
  'bundles' | 'inference' | 'isStopping' | 'metrics' | 'frameLimits' | 'access' | 'learning'
>

/** Counts the frames that are here and not answered, and refuses those that are too many. */
function limitFramesInFlight(
  maxFramesInFlight: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let framesInFlight = 0
  return async (work) => {
    if (framesInFlight >= maxFramesInFlight) {
      throw new CacheNetError(
        'edge-overloaded',
        'More frames arrive than the edge can answer. Send this one again in a second.',
        { maxFramesInFlight },
      )
    }
    framesInFlight++
    try {
      return await work()
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
  throw new CacheNetError(
    'bundle-changed',
    'The edge has another version of this bundle. Load its manifest again; what is cached by hash stays good.',
    { manifest: manifestHash },
  )
}

/**
 * What phones answer themselves in a second, a few of them behind one address; what a client reports beyond
 * that is not counted.
 */
const hitsOfClient = { first: 3_600, most: 1_000_000, perSecond: 240 }

/**
 * A frame that missed on a phone: the full model answers it, and the selector chooses the partition for those
 * that follow. Or an audit of one that hit: then the answer says whether the full model agrees.
 */
export function frameRoutes(deps: FrameDeps): Hono {
  const { bundles: store, inference, metrics, access, isStopping, learning } = deps
  const limits = { ...defaultFrameLimits, ...deps.frameLimits }
  const selection = createSelection()
  const inFlight = limitFramesInFlight(limits.maxFramesInFlight)
  const bodies = createBodyRoom()
  const decoding = createDecodeRoom({ mostPixels: limits.maxPixels })
  const plausibleHits = createClientBudget(hitsOfClient)

  const answerFrame = async (
    c: Context,
    bundle: StoredBundle,
    client: string,
    body: Uint8Array,
  ): Promise<Response> => {
    const { manifest } = bundle
    // Larger or smaller pictures are brought to what the full model reads.
    const input = fullInputOf(manifest)
    const { holds, auditOf, hits, learnStream, checked } = readFrameContext(c, manifest)
    const priority = auditOf === undefined ? 'miss' : 'audit'
    const decodeStartedAt = performance.now()
    const rgb = await decodeFrame(body, c.req.header('Content-Type'), input, limits.maxPixels, decoding)
    const prepare = (pixels: Uint8Array): Float32Array<ArrayBuffer> => {
      const frame = new Float32Array(pixels.length)
      preprocess(pixels, input, frame)
      return frame
    }
    const asItIs = prepare(rgb)
    const decodeMs = performance.now() - decodeStartedAt
    const found = await lookAgain(manifest, (lighting) => {
      const frame = lighting === undefined ? asItIs : prepare(inLight(rgb, lighting))
      return inference.answer(c.req.raw.signal, bundle.key, frame, priority)
    })

    const answerStartedAt = performance.now()
    const answer = composeAnswer(manifest, found, decodeMs, holds)
    // An audit says nothing of where a stream goes, and its device has what it needs.
    const extras = priority === 'audit' ? {} : selection.extras(bundle, answer, client, holds)
    const agrees = auditOf === undefined ? undefined : answer.classIndex === auditOf
    const response = c.json(
      { ...answer, ...extras, ...(agrees === undefined ? {} : { audit: { agrees } }) },
      200,
      { 'Cache-Control': 'no-store' },
    )
    if (hits > 0) metrics.deviceHits(manifest.id, plausibleHits.take(client, hits))
    if (learnStream !== undefined)
      learning?.keep({ bundle, stream: learnStream, kind: priority, checked, pixels: rgb, found })
    metrics.frame({
      bundleId: manifest.id,
      priority,
      stageMs: {
        decode: decodeMs,
        queue: found.queueMs,
        encode: found.inferenceMs,
        answer: performance.now() - answerStartedAt,
      },
      batchSize: found.batchSize,
      partition: answer.partition?.id,
      hasInlineDelta: extras.inlineDelta !== undefined,
      agrees,
    })
    return response
  }

  const app = new Hono()
  app.post(apiPaths.frames(':bundleId'), (c) => {
    if (isStopping?.() === true)
      throw new CacheNetError('edge-stopping', 'The edge is being shut down and takes no more frames.')
    const bundle = store.get(c.req.param('bundleId') ?? '')
    requireSameManifest(c, bundle)
    requireFrameType(c.req.header('Content-Type'))
    // Before the body is waited for.
    readFrameContext(c, bundle.manifest)
    const client = clientAddress(c, access?.trustedProxies ?? 0)
    // The place in the queue is taken once the body is here: a slow sender keeps nobody waiting.
    return receiveBody(c, bodies, client, limits, (body) =>
      inFlight(() => answerFrame(c, bundle, client, body)),
    )
  })
  return app
}
