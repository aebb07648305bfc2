import { z } from 'zod'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { errorBodySchema } from '../../core/wire/error-body.ts'

// The wire between the edge and its inference thread. Each side parses what comes in; ids match answers to calls.

const floats = z.instanceof(Float32Array<ArrayBuffer>)
const network = z.object({ spec: networkSpecSchema, blob: z.instanceof(Uint8Array<ArrayBuffer>) })
const id = z.int().nonnegative()

export const threadCallSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('load'),
    id,
    bundle: z.object({ id: z.string(), full: network, encoder: network.extend({ trunk: z.enum(['full', 'own']) }) }),
  }),
  z.object({
    kind: z.literal('run'),
    id,
    batch: z.object({ bundleId: z.string(), frames: floats, count: z.int().positive() }),
  }),
])
export type ThreadCall = z.infer<typeof threadCallSchema>

export const threadReplySchema = z.discriminatedUnion('kind', [
  /** The first message: the engine has started. */
  z.object({ kind: z.literal('started'), engine: z.string() }),
  z.object({ kind: z.literal('loaded'), id }),
  z.object({
    kind: z.literal('ran'),
    id,
    output: z.object({ logits: floats, codeLogits: floats, inferenceMs: z.number().nonnegative() }),
  }),
  z.object({ kind: z.literal('failed'), id, body: errorBodySchema }),
])
export type ThreadReply = z.infer<typeof threadReplySchema>
