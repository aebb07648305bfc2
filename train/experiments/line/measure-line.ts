import { createAdaptiveGate } from '../../../core/gate/adaptive-gate.ts'
import { simulateStream } from '../../../core/gate/simulate-stream.ts'
import { bestEdgeScene } from '../../calibration/best-edge-scene.ts'
import { imageStream, isDrawable } from '../../calibration/image-stream.ts'
import { lossError } from '../../calibration/loss-error.ts'
import { readCalibration } from '../../calibration/read-calibration.ts'
import type { OpenBundle } from '../../run/open-bundle.ts'
import { answerSplit, answerTable } from '../../stages/answers.ts'

/** What one draw of a stream loses, as shares of its frames. */
export interface LineDraw {
  readonly draw: number
  /** Accuracy of *Edge + scene* less that of the adaptive gate. */
  readonly loss: number
  /** The same with the row that was calibrated for such streams, whatever the gate believes. */
  readonly lossOfRow: number
  /** Standard error of `loss`: see `lossError`. */
  readonly error: number
  readonly coverage: number
}

/** A stream of the bundle's calibration, drawn several times. */
export interface LineOfStream {
  readonly stream: string
  readonly draws: readonly LineDraw[]
}

/**
 * How well the accuracy line of a bundle's gate holds on other draws of the validation images than the one
 * that it was calibrated on (draw 0). Streams that were recorded have one order only, and are left out.
 *
 * @param draws of each stream, besides the one of the calibration
 */
export function measureLine({ manifest, networks, context }: OpenBundle, draws: number): LineOfStream[] {
  const { config, dataset, progress } = context
  const validation = answerSplit(context, networks, dataset.validation, 'validation')
  const calibration = readCalibration(manifest)
  const table = answerTable(validation, calibration)
  const { scenes, keepShare, cacheNet } = calibration
  const device = { cacheEntries: config.gate.cacheEntries, keepShare, scenes }
  const gate = createAdaptiveGate(cacheNet.localities, cacheNet.gate)
  // Rows stand in the order of their change rates, and among equals in that of the settings.
  const inOrder = config.gate.localities
    .filter(({ kind }) => isDrawable(context, kind))
    .sort((a, b) => 1 / a.meanLength - 1 / b.meanLength)
  const localities = inOrder.filter(({ recorded = false }) => !recorded)
  let done = 0
  progress.start()
  return localities.map((locality) => {
    const row = cacheNet.localities[inOrder.indexOf(locality)] ?? cacheNet.gate
    return {
      stream: `${locality.kind}${locality.meanLength}`,
      draws: Array.from({ length: draws + 1 }, (_, draw) => {
        const images = imageStream(
          context,
          validation.labels,
          { ...locality, frames: config.gate.streamFrames },
          draw === 0 ? 'calibration' : `line ${draw}`,
        )
        const edge = bestEdgeScene(images, table, config.gate.scenePriors, scenes)
        const whole = simulateStream(images, table, gate, device)
        const alone = simulateStream(images, table, row, device)
        progress.count('draws', ++done, localities.length * (draws + 1))
        return {
          draw,
          loss: edge.accuracy - whole.accuracy,
          lossOfRow: edge.accuracy - alone.accuracy,
          error: lossError(edge.rightFrames, whole.rightFrames),
          coverage: whole.coverage,
        }
      }),
    }
  })
}
