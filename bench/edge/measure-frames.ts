import { watchOtherWork } from '../harness/other-work.ts'
import { quantile } from '../harness/spread.ts'
import { runLoad, type LoadOrder } from './run-load.ts'

export interface FrameNumbers {
  /** One entry a round, all. */
  readonly wasmFramesPerSecond: number[]
  readonly nativeFramesPerSecond: number[]
  readonly idleMedianMs: number[]
  readonly idleP99Ms: number[]
  /** At half of the frames a second of the same round. */
  readonly halfLoadMedianMs: number[]
  readonly p99HalfLoadMs: number[]
  /**
   * Cores that other programs kept busy during the round, where the system says: they make its numbers worse
   * than they are.
   */
  readonly othersCores: number[]
  readonly refused: number
}

export interface MeasureFramesOptions {
  readonly wasmPort: number
  readonly nativePort: number
  readonly order: Pick<LoadOrder, 'bundleId' | 'frameBytes' | 'connections' | 'seconds'>
  readonly rounds: number
  readonly say: (line: string) => void
}

/**
 * Frames a second of both engines, in turns, and latency of the native one at no load and at half of its own
 * most.
 */
export async function measureFrames({
  wasmPort,
  nativePort,
  order,
  rounds,
  say,
}: MeasureFramesOptions): Promise<FrameNumbers> {
  const numbers = {
    wasmFramesPerSecond: [] as number[],
    nativeFramesPerSecond: [] as number[],
    idleMedianMs: [] as number[],
    idleP99Ms: [] as number[],
    halfLoadMedianMs: [] as number[],
    p99HalfLoadMs: [] as number[],
    othersCores: [] as number[],
  }
  let refused = 0
  const load = { ...order, perSecond: 0 }
  const saturate = async (port: number): Promise<number> => {
    const result = await runLoad({ ...load, port, kind: 'closed' })
    refused += result.refused
    return result.answered / result.seconds
  }
  for (let round = 0; round < rounds; round++) {
    const otherWork = watchOtherWork()
    const wasm = (): Promise<number> =>
      saturate(wasmPort).then((rate) => numbers.wasmFramesPerSecond.push(rate))
    const native = (): Promise<number> =>
      saturate(nativePort).then((rate) => numbers.nativeFramesPerSecond.push(rate))
    // In turns, so that a machine that grows warm or busy does so for both.
    for (const measure of round % 2 === 0 ? [wasm, native] : [native, wasm]) await measure()
    const idle = await runLoad({ ...load, port: nativePort, kind: 'idle' })
    numbers.idleMedianMs.push(quantile(idle.latenciesMs, 0.5))
    numbers.idleP99Ms.push(quantile(idle.latenciesMs, 0.99))
    const half = await runLoad({
      ...load,
      port: nativePort,
      kind: 'rate',
      perSecond: (numbers.nativeFramesPerSecond.at(-1) ?? 0) / 2,
    })
    refused += half.refused
    numbers.halfLoadMedianMs.push(quantile(half.latenciesMs, 0.5))
    numbers.p99HalfLoadMs.push(quantile(half.latenciesMs, 0.99))
    numbers.othersCores.push(otherWork() ?? NaN)
    say(
      `round ${round + 1}: ${Object.entries(numbers)
        .map(([name, values]) => `${name} ${values.at(-1)?.toFixed(1)}`)
        .join(', ')}`,
    )
  }
  return { ...numbers, refused }
}
