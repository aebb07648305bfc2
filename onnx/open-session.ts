import type { InferenceSession } from 'onnxruntime-web'
import { CacheNetError } from '../core/wire/errors.ts'
import { sessionOptions, type Runtime } from './runtime.ts'

/**
 * Makes a model runnable. Throws with what the runtime says, which names the node.
 *
 * @param what of an error: the model's path
 * @param code of that error
 */
export async function openSession(
  { kind, InferenceSession }: Runtime,
  model: Uint8Array,
  what: string,
  threads = 1,
  code: 'engine-failed' | 'config-invalid' = 'engine-failed',
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, sessionOptions(kind, threads))
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ').trim() : String(cause)
    throw new CacheNetError(
      code,
      `ONNX Runtime cannot run ${what}. It says: ${said}`,
      { model: what },
      { cause },
    )
  }
}
