import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { preprocess } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import type { EdgeDeps } from '../deps.ts'
import { decodeFrame, requireFrameType } from '../frames/decode-frame.ts'
import { composeAnswer } from '../inference/compose-answer.ts'

const maxBodyBytes = 4 * 2 ** 20
/** Bounds bodies in memory and images being decoded, as the queue of the inference bounds frames. */
const maxFramesInFlight = 128

async function readBody(c: Context): Promise<Uint8Array> {
  try {
    return new Uint8Array(await c.req.arrayBuffer())
  } catch (cause) {
    throw new CacheNetError('aborted', 'The sender went away before its frame was here.', {}, { cause })
  }
}

/** A frame that missed on a phone: the full model answers it, and the encoder chooses the partition for those that follow. */
export function frameRoutes({ bundles: store, inference, isStopping }: Pick<EdgeDeps, 'bundles' | 'inference' | 'isStopping'>): Hono {
  const app = new Hono()
  let framesInFlight = 0

  const limitBody = bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new CacheNetError('frame-too-large', `A frame has at most ${maxBodyBytes} bytes; scale the image down before sending it.`, { maxBytes: maxBodyBytes })
    },
  })

  app.post(
    apiPaths.frames(':bundleId'),
    async (_c, next) => {
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
    },
    limitBody,
    async (c) => {
      const { manifest } = store.get(c.req.param('bundleId') ?? '')
      const contentType = c.req.header('Content-Type')
      requireFrameType(contentType)
      const body = await readBody(c)
      const startedAt = performance.now()
      const rgb = await decodeFrame(body, contentType, manifest.input)
      const frame = new Float32Array(rgb.length)
      preprocess(rgb, manifest.input, frame)
      const decodeMs = performance.now() - startedAt
      const found = await inference.answer(c.req.raw.signal, manifest.id, frame)
      return c.json(composeAnswer(manifest, found, decodeMs), 200, { 'Cache-Control': 'no-store' })
    },
  )

  return app
}
