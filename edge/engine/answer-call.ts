import { CacheNetError } from '../../core/wire/errors.ts'
import type { Engine } from './engine.ts'
import type { ThreadCall, ThreadReply } from './thread-messages.ts'

interface Answered {
  readonly reply: ThreadReply
  /** Buffers that move to the other thread instead of being copied. */
  readonly transfer: ArrayBuffer[]
}

async function perform(engine: Engine, call: ThreadCall): Promise<Answered> {
  switch (call.kind) {
    case 'load':
      await engine.load(call.bundle)
      return { reply: { kind: 'loaded', id: call.id }, transfer: [] }
    case 'run': {
      const output = await engine.run(call.batch)
      return { reply: { kind: 'ran', id: call.id, output }, transfer: [output.logits.buffer, output.codeLogits.buffer] }
    }
    default:
      return call satisfies never
  }
}

/** Does what the other thread asks for. Never rejects: a failure travels back as a reply. */
export async function answerCall(engine: Engine, call: ThreadCall): Promise<Answered> {
  try {
    return await perform(engine, call)
  } catch (thrown) {
    const body = CacheNetError.from(thrown, 'engine-failed').toBody()
    return { reply: { kind: 'failed', id: call.id, body }, transfer: [] }
  }
}
