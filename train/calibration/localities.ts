import type { LocalityRow } from '../../core/bundle/manifest.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { chooseGate, frameCost, type CalibrationStream, type GateOptions } from './threshold.ts'

/**
 * The table of the adaptive gate: for each stream its own best settings, and what each row's settings would see of every other
 * row's stream, from which the device tells where it is, and cost there. The most local stream first.
 */
export function calibrateLocalities(streams: readonly CalibrationStream[], options: GateOptions): LocalityRow[] {
  const chosen = streams.map((stream) => {
    const { gate, point } = chooseGate(stream, options)
    return { stream, gate, point, changeRate: simulateStream(stream.images, stream.table, gate, stream.device).changeRate }
  })
  chosen.sort((a, b) => a.changeRate - b.changeRate)
  return chosen.map(({ gate, point, changeRate }) => ({
    ...gate,
    changeRate,
    coverage: point.coverage,
    accuracy: point.accuracyOfWhole,
    fullAccuracy: point.fullAccuracy,
    observed: chosen.map(({ stream }) => {
      const { events, coverage, accuracy, fullAccuracy, networksAsked } = simulateStream(stream.images, stream.table, gate, stream.device)
      return { events: [...events], coverage, loss: fullAccuracy - accuracy, cost: frameCost({ networksAsked, coverage }, options.missCost) }
    }),
  }))
}
