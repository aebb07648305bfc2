import { availableParallelism } from 'node:os'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { joinFloats } from '../../core/join-floats.ts'
import { openSession } from '../../onnx/open-session.ts'
import { runFrames } from '../../onnx/run-frames.ts'
import type { Runtime } from '../../onnx/runtime.ts'
import type { Predictions } from '../models/predictions.ts'

/** Pictures that run together: a larger batch is hardly faster on a processor, and takes its memory. */
const batchSize = 16
/** Beyond this, threads wait for one another more than they help. */
const mostThreads = 8

/** A wrapped model that is ready to run. */
export interface OpenClassifier {
  /**
   * What it says of pictures, one after the other.
   *
   * @param pixels of picture number `image`, RGB at the size of `input`
   * @param onProgress may throw, which stops it
   */
  predict(
    count: number,
    pixels: (image: number) => Promise<Uint8Array>,
    input: ModelInput,
    onProgress?: (done: number) => void,
  ): Promise<Predictions>
  close(): Promise<void>
}

/** @param isBatched whether it takes several frames at once */
export async function openClassifier(
  runtime: Runtime,
  blob: Uint8Array,
  isBatched: boolean,
  what: string,
): Promise<OpenClassifier> {
  const session = await openSession(runtime, blob, what, Math.min(mostThreads, availableParallelism()))
  return {
    async predict(count, pixels, input, onProgress) {
      const { width, height } = input
      const inputShape = [height, width, 3]
      const values = width * height * 3
      const readBatch = (from: number): Promise<Uint8Array[]> =>
        Promise.all(
          Array.from({ length: Math.max(0, Math.min(batchSize, count - from)) }, (_, at) =>
            pixels(from + at),
          ),
        )
      const [logits, features]: [Float32Array[], Float32Array[]] = [[], []]
      let next = readBatch(0)
      for (let from = 0; from < count; from += batchSize) {
        const batch = await next
        // The next pictures are decoded while these run.
        next = readBatch(from + batchSize)
        next.catch(() => undefined)
        const frames = new Float32Array(batch.length * values)
        for (const [at, rgb] of batch.entries())
          preprocess(rgb, input, frames.subarray(at * values, (at + 1) * values))
        const said = await runFrames(runtime, session, { inputShape, isBatched }, frames, batch.length, [
          'logits',
          'features',
        ])
        logits.push(said.logits)
        features.push(said.features)
        onProgress?.(from + batch.length)
      }
      const [allLogits, allFeatures] = [joinFloats(logits), joinFloats(features)]
      return {
        count,
        logits: allLogits,
        outputs: allLogits.length / count,
        features: allFeatures,
        featureSize: allFeatures.length / count,
      }
    },
    close: () => session.release(),
  }
}
