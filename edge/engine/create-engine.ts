import { installedRuntime } from '../../onnx/runtime.ts'
import type { Engine } from './engine.ts'

/** Fastest first. */
export const engineKinds = ['onnxruntime', 'tfjs-wasm'] as const
export type EngineKind = (typeof engineKinds)[number]

export interface EngineChoice {
  readonly kind: EngineKind
  /** Threads that share one batch; tfjs WASM has always one. */
  readonly threads: number
  /** Threads that share a batch that runs alone; as many as `threads` where not given. */
  readonly aloneThreads?: number | undefined
}

/**
 * Engines whose packages are there, fastest first; tfjs always is. Whether one really starts shows when it is
 * started.
 */
export function installedEngines(): EngineKind[] {
  return engineKinds.filter((kind) => kind === 'tfjs-wasm' || installedRuntime() === 'native')
}

/**
 * Starts an engine in the calling thread, which it blocks while it runs. Throws `engine-failed` where it is
 * not installed.
 */
export async function createEngine({ kind, threads, aloneThreads }: EngineChoice): Promise<Engine> {
  // Each brings libraries that the other does without, and the edge's own thread without both.
  switch (kind) {
    case 'onnxruntime': {
      const { createOnnxEngine } = await import('./onnx/onnx-engine.ts')
      return createOnnxEngine({ threads, aloneThreads })
    }
    case 'tfjs-wasm': {
      const { createWasmEngine } = await import('./wasm.ts')
      return createWasmEngine()
    }
    default:
      return kind satisfies never
  }
}
