import type { LocalityRow } from '../../core/gate/settings.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { chooseGate, type CalibrationStream, type GateOptions } from './threshold.ts'

/** A stream whose locality is known. */
export interface LocalStream extends CalibrationStream {
  /** Chance per frame that another scene begins. */
  readonly changeRate: number
}

/**
 * The table of the adaptive gate: for each stream its own best settings, and what each row's settings would
 * see of every other row's stream, from which the device tells where it is, and cost there. The most local
 * stream first.
 */
export function calibrateLocalities(
  streams: readonly LocalStream[],
  options: GateOptions,
  onRow: () => void = () => undefined,
): LocalityRow[] {
  const chosen = streams.map((stream) => {
    const { gate, point } = chooseGate(stream, options)
    onRow()
    return { stream, gate, point }
  })
  chosen.sort((a, b) => a.stream.changeRate - b.stream.changeRate)
  return chosen.map(({ stream: { changeRate }, gate, point }) => ({
    ...gate,
    changeRate,
    coverage: point.coverage,
    accuracy: point.accuracyOfWhole,
    fullAccuracy: point.fullAccuracy,
    edgeSceneAccuracy: point.edgeSceneAccuracy,
    observed: chosen.map(({ stream }) => {
      const seen = simulateStream(stream.images, stream.table, gate, stream.device)
      return {
        events: [...seen.events],
        coverage: seen.coverage,
        loss: stream.edgeSceneAccuracy - seen.accuracy,
        cost: options.costOf(seen),
      }
    }),
  }))
}
