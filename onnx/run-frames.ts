import type { InferenceSession } from 'onnxruntime-web'
import { joinFloats } from '../core/join-floats.ts'
import { graphNames } from './graph-names.ts'
import { floatsOf, type Runtime } from './runtime.ts'

/** How a graph takes its frames. */
export interface FrameTaking {
  /** Of one frame: [height, width, 3]. */
  readonly inputShape: readonly number[]
  /** Whether it takes several at once. */
  readonly isBatched: boolean
}

/**
 * What a graph gives of frames, one array for each name that is asked for: empty where the graph does not
 * have it. A graph that takes one frame at a time is run frame by frame.
 *
 * @param frames preprocessed, count × height × width × 3
 */
export async function runFrames<Name extends keyof typeof graphNames>(
  { Tensor }: Pick<Runtime, 'Tensor'>,
  session: InferenceSession,
  { inputShape, isBatched }: FrameTaking,
  frames: Float32Array,
  count: number,
  names: readonly Name[],
): Promise<Record<Name, Float32Array<ArrayBuffer>>> {
  const values = frames.length / count
  const atOnce = isBatched ? count : 1
  const runs: InferenceSession.OnnxValueMapType[] = []
  for (let from = 0; from < count; from += atOnce) {
    const some = isBatched ? frames : frames.subarray(from * values, (from + 1) * values)
    runs.push(
      await session.run({ [graphNames.frames]: new Tensor('float32', some, [atOnce, ...inputShape]) }),
    )
  }
  const all = names.map((name) => [
    name,
    joinFloats(runs.map((outputs) => floatsOf(outputs, graphNames[name]))),
  ])
  return Object.fromEntries(all) as Record<Name, Float32Array<ArrayBuffer>>
}
