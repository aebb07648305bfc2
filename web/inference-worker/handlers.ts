import { CacheNetError } from '../../core/wire/errors.ts'
import type { InferenceAnswers, InferenceRequest } from '../messages/inference.ts'
import { MovedAnswer, type RpcHandlers } from '../messages/rpc-server.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { measureMemory } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/**
 * What the worker does for each kind of request, on kernels that are started once. Before `open`, everything
 * else throws `engine-failed`.
 */
export function createHandlers(
  startKernels: () => Promise<WasmKernels>,
  { keepsBitmaps = false }: Pick<EngineOptions, 'keepsBitmaps'> = {},
): RpcHandlers<InferenceRequest, InferenceAnswers> {
  let opening: Promise<Engine> | undefined

  async function engine(): Promise<Engine> {
    if (opening === undefined)
      throw new CacheNetError('engine-failed', 'No bundle is open yet. Reload the page.')
    return opening
  }

  async function reopen(previous: Promise<Engine> | undefined, options: EngineOptions): Promise<Engine> {
    // One that failed to open holds nothing.
    await previous?.then(
      (open) => open.dispose(),
      () => undefined,
    )
    return Engine.open(await startKernels(), options)
  }

  return {
    prepare: () => startKernels().then(() => null),
    async open(_signal, { kind: _, ...bundle }) {
      const startMs = performance.now()
      opening = reopen(opening, { ...bundle, keepsBitmaps })
      await opening
      return { warmUpMs: performance.now() - startMs }
    },
    async load(_signal, { kind: _, id, ...blob }) {
      const { residents } = await engine()
      residents.load(id, blob)
      return { residents: residents.order }
    },
    async refine(_signal, { kind: _, id, ...blob }) {
      const { residents } = await engine()
      residents.refine(id, blob)
      return { residents: residents.order }
    },
    async use(_signal, { id }) {
      const { residents } = await engine()
      residents.use(id)
      return { residents: residents.order }
    },
    async unload(_signal, { id }) {
      const { residents } = await engine()
      residents.unload(id)
      return { residents: residents.order }
    },
    async 'set-room'(_signal, { maxPartitions }) {
      const { residents } = await engine()
      residents.setRoom(maxPartitions)
      return { residents: residents.order }
    },
    async classify(signal, { image, gate, choice, classFactors }) {
      const open = await engine()
      if (signal.aborted) throw new CacheNetError('aborted', 'The frame was called off before its turn came.')
      const answer = open.classify(image, gate, { choice: choice && { id: choice.id }, classFactors })
      return new MovedAnswer(answer, [answer.probabilities.buffer, answer.rgb.buffer])
    },
    async picture(_signal, { frame }) {
      const picture = await (await engine()).picture(frame)
      return new MovedAnswer(picture, [picture.bytes.buffer])
    },
    'measure-memory': () => measureMemory(),
  }
}
