import type { StreamMetrics } from '../stages/stream-metrics.ts'
import type { Evaluation } from '../stages/6-evaluate.ts'

export interface Strategy {
  readonly name: string
  /** Its colour. */
  readonly className: string
  /** What it is, in a few words. */
  readonly note: string
  readonly streams: Readonly<Record<string, StreamMetrics>>
}

export const cacheNetName = 'CacheNet'
export const edgeSceneName = 'Edge + scene'
export const fixedGateName = `${cacheNetName} with a fixed gate`

/** The full model, wherever it runs, answers every frame; alone, or told what the frames before showed. */
function alwaysFull(evaluation: Evaluation, coverage: number, isTold: boolean): Strategy['streams'] {
  return Object.fromEntries(
    Object.entries(evaluation.streams).map(([key, metrics]) => {
      const accuracy = isTold ? metrics.edgeSceneAccuracy : metrics.fullAccuracy
      return [
        key,
        {
          ...metrics,
          accuracy,
          coverage,
          accuracyOnHits: accuracy,
          switchRate: 0,
          downloadRate: 0,
          partitionHitShare: 0,
        },
      ]
    }),
  )
}

/** All ways to answer the same streams, the plainest first. */
export function strategiesOf(evaluation: Evaluation, hasPartitions: boolean): Strategy[] {
  const { cascade, cascadeScene, fixedGate, delta, streams } = evaluation
  const plain: Strategy[] = [
    {
      name: 'Device',
      className: 'series-muted',
      note: 'full model on the device',
      streams: alwaysFull(evaluation, 1, false),
    },
    {
      name: 'Edge',
      className: 'series-muted',
      note: 'full model on the edge',
      streams: alwaysFull(evaluation, 0, false),
    },
    {
      name: 'Device + scene',
      className: 'series-muted',
      note: 'the same with the scene prior',
      streams: alwaysFull(evaluation, 1, true),
    },
    {
      name: edgeSceneName,
      className: 'series-muted',
      note: 'the same with the scene prior: the accuracy line',
      streams: alwaysFull(evaluation, 0, true),
    },
    {
      name: 'Cascade',
      className: 'series-2',
      note: 'generalist, gate, full model on the edge',
      streams: cascade.streams,
    },
    {
      name: 'Cascade + scene',
      className: 'series-6',
      note: 'with the scene prior and the adaptive gate',
      streams: cascadeScene.streams,
    },
  ]
  if (!hasPartitions) return plain
  return [
    ...plain,
    {
      name: fixedGateName,
      className: 'series-4',
      note: 'one setting for all streams',
      streams: fixedGate.streams,
    },
    ...(delta === undefined
      ? []
      : [
          {
            name: `${cacheNetName} as deltas`,
            className: 'series-5',
            note: 'partitions as deltas only, adaptive gate',
            streams: delta.streams,
          },
        ]),
    { name: cacheNetName, className: 'series-1', note: 'whole partitions, adaptive gate', streams },
  ]
}

/** What a kind of stream is called where its key alone says too little. */
const kindTitles: Readonly<Record<string, string>> = {
  strange: 'places no bundle knows',
  recorded: 'recorded sessions',
  strangers: 'places with strangers',
}

/** places100 → "places, L = 100", which does not break within L = 100. */
export function streamTitle(key: string): string {
  const [, kind, length] = /^([a-z]+?)(\d+)$/.exec(key) ?? []
  if (kind !== undefined && length !== undefined)
    return `${kindTitles[kind] ?? kind}, L\u00a0=\u00a0${length}`
  return key === 'iid' ? 'i.i.d.' : key
}

/** Nobody notices half a point of coverage: as good as. */
const tie = 0.005

/** The line is *Edge + scene*: what knows the scene is held against what knows it too. */
export const keepsLine = ({ accuracy, edgeSceneAccuracy }: StreamMetrics, tolerance: number): boolean =>
  accuracy >= edgeSceneAccuracy - tolerance

export type Outcome = 'ahead' | 'equal' | 'behind' | 'mixed'

/**
 * Whether `ours` is ahead of `other` on the same stream: the accuracy line first, then coverage. Where
 * neither keeps the line, ahead is who leads in one of accuracy and coverage and does not trail in the other.
 */
export function compareMetrics(ours: StreamMetrics, other: StreamMetrics, tolerance: number): Outcome {
  const [oursKeeps, otherKeeps] = [keepsLine(ours, tolerance), keepsLine(other, tolerance)]
  if (oursKeeps !== otherKeeps) return oursKeeps ? 'ahead' : 'behind'
  const lead = (difference: number): number => (Math.abs(difference) <= tie ? 0 : Math.sign(difference))
  const coverage = lead(ours.coverage - other.coverage)
  const accuracy = oursKeeps ? 0 : lead(ours.accuracy - other.accuracy)
  if (coverage * accuracy < 0) return 'mixed'
  const sum = coverage + accuracy
  return sum > 0 ? 'ahead' : sum < 0 ? 'behind' : 'equal'
}
