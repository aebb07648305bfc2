import { createRequire } from 'node:module'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { CacheNetError } from '../core/wire/errors.ts'

/** Fastest first. `native` is an optional package; `wasm` is always there, on one thread. */
export const runtimeKinds = ['native', 'wasm'] as const
export type RuntimeKind = (typeof runtimeKinds)[number]

/** What both packages of ONNX Runtime have in common. */
export interface Runtime {
  readonly kind: RuntimeKind
  readonly InferenceSession: typeof InferenceSession
  readonly Tensor: typeof Tensor
}

const packages: Readonly<Record<RuntimeKind, string>> = {
  native: 'onnxruntime-node',
  wasm: 'onnxruntime-web',
}

/** The fastest whose package is there. Whether it really starts shows when it is loaded. */
export function installedRuntime(): RuntimeKind {
  const { resolve } = createRequire(import.meta.url)
  try {
    return resolve(packages.native) === '' ? 'wasm' : 'native'
  } catch {
    return 'wasm'
  }
}

/** Throws `engine-failed` where the package is not installed, or has no binary for this machine. */
export async function loadRuntime(kind: RuntimeKind): Promise<Runtime> {
  try {
    if (kind === 'native') {
      const { InferenceSession, Tensor } = await import('onnxruntime-node')
      return { kind, InferenceSession, Tensor }
    }
    const { InferenceSession, Tensor, env } = await import('onnxruntime-web')
    // Threads of its own would fight with those of the caller.
    env.wasm.numThreads = 1
    return { kind, InferenceSession, Tensor }
  } catch (cause) {
    throw new CacheNetError(
      'engine-failed',
      kind === 'native'
        ? 'The native ONNX Runtime is not installed. Install it with `npm ci`, or choose --engine tfjs-wasm.'
        : 'ONNX Runtime on WebAssembly does not start. Reinstall with `npm ci`.',
      {},
      { cause },
    )
  }
}

/** The fastest runtime that starts on this machine. */
export async function startRuntime(): Promise<Runtime> {
  if (installedRuntime() === 'wasm') return loadRuntime('wasm')
  return loadRuntime('native').catch(() => loadRuntime('wasm'))
}

/** Options of a session on the processor. @param threads that share one batch; WebAssembly has always one */
export const sessionOptions = (kind: RuntimeKind, threads: number): InferenceSession.SessionOptions =>
  kind === 'wasm'
    ? { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }
    : {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        // Threads that wait for work by spinning would take the core from everybody else.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      }

/** Floats that a session gave, as a copy: what the runtime returns lives in its own memory. */
export function floatsOf(
  outputs: InferenceSession.OnnxValueMapType,
  name: string,
): Float32Array<ArrayBuffer> {
  const data = outputs[name]?.data
  if (data === undefined) return new Float32Array()
  if (!(data instanceof Float32Array))
    throw new CacheNetError('engine-failed', `The graph gave no floats as ${name}.`, { name })
  return Float32Array.from(data)
}
