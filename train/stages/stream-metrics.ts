import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import type { ScenePriorSettings } from '../../core/gate/settings.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { bestEdgeScene } from '../calibration/best-edge-scene.ts'
import type { CalibratedGate } from './5-calibrate.ts'
import type { SplitAnswers } from './answers.ts'
import type { ReportedStream } from './reported-streams.ts'

export interface StreamMetrics {
  readonly accuracy: number
  /** Of the full model alone, and of the full model that knows of the scene what the device knows. */
  readonly fullAccuracy: number
  readonly edgeSceneAccuracy: number
  readonly coverage: number
  readonly accuracyOnHits: number
  readonly switchRate: number
  readonly downloadRate: number
  readonly partitionHitShare: number
  /**
   * Of frames that show nothing that any network knows: answered as certain, by the device or by the edge,
   * and by the device.
   */
  readonly strangersCertain: number
  readonly strangersOnDevice: number
}

/** By the name of the stream. */
export type StreamTable = Readonly<Record<string, StreamMetrics>>

export interface EvaluatedDevice {
  readonly keepShare: number
  readonly mostEntries: number
  readonly scenes: SceneKnowledge | undefined
}

/**
 * Accuracy of *Edge + scene* on each stream: the best that the full model does with what is known of scenes.
 */
export function edgeAccuracies(
  streams: readonly ReportedStream[],
  tableOf: (answers: SplitAnswers) => AnswerTable,
  priors: readonly ScenePriorSettings[],
  scenes: SceneKnowledge | undefined,
): ReadonlyMap<string, number> {
  return new Map(
    streams.map(({ name, images, answers }) => [
      name,
      bestEdgeScene(images, tableOf(answers), priors, scenes).accuracy,
    ]),
  )
}

/**
 * Replays each stream through a calibrated gate.
 *
 * @param edge accuracy of *Edge + scene*, by the name of the stream: see `edgeAccuracies`
 */
export function streamMetrics(
  streams: readonly ReportedStream[],
  tableOf: (answers: SplitAnswers) => AnswerTable,
  { gate, localities }: CalibratedGate,
  device: EvaluatedDevice,
  edge: ReadonlyMap<string, number>,
): StreamTable {
  const simulated = localities.length === 0 ? gate : createAdaptiveGate(localities, gate)
  return Object.fromEntries(
    streams.map(({ name, images, answers, cacheEntries }) => {
      const entries = Math.min(cacheEntries, device.mostEntries)
      const found = simulateStream(images, tableOf(answers), simulated, {
        cacheEntries: entries,
        keepShare: device.keepShare,
        scenes: device.scenes,
      })
      const {
        accuracy,
        fullAccuracy,
        coverage,
        accuracyOnHits,
        switchRate,
        downloadRate,
        partitionHitShare,
        strangersCertain,
        strangersOnDevice,
      } = found
      const edgeScene = edge.get(name) ?? fullAccuracy
      return [
        name,
        {
          accuracy,
          fullAccuracy,
          edgeSceneAccuracy: edgeScene,
          coverage,
          accuracyOnHits,
          switchRate,
          downloadRate,
          partitionHitShare,
          strangersCertain,
          strangersOnDevice,
        },
      ]
    }),
  )
}
