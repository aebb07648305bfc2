import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import type { StreamMetrics } from '../../stages/stream-metrics.ts'
import type { Evaluation } from '../../stages/6-evaluate.ts'
import type { ReportData } from '../report-data.ts'

/** A class name as a folder of somebody's could be called. */
export const hostileClass = `<img src=x onerror="alert('1')">`

const metrics = (accuracy: number, coverage: number): StreamMetrics => ({
  accuracy,
  fullAccuracy: 0.87,
  edgeSceneAccuracy: 0.9,
  coverage,
  accuracyOnHits: accuracy,
  switchRate: 0.01,
  downloadRate: 0.01,
  partitionHitShare: 0.8,
  strangersCertain: 0.05,
  strangersOnDevice: 0.02,
})

/** CacheNet ahead where streams are local, Cascade ahead where they are not; p2 has lost its region. */
export function sampleEvaluation(): Evaluation {
  const region = {
    images: 20,
    deltaAccuracy: 0.9,
    headAccuracy: 0.87,
    aurocOutside: 0.97,
    aurocErrors: 0.8,
    eceBefore: 0.06,
    eceAfter: 0.02,
  }
  return {
    images: 40,
    fullAccuracy: 0.9,
    generalistAccuracy: 0.8,
    partitionShares: [0.6, 0.4],
    classByPartition: [
      [9, 1],
      [8, 2],
      [5, 5],
      [2, 8],
    ],
    inRegion: [
      {
        ...region,
        partition: 'p1',
        accuracy: 0.94,
        fullAccuracy: 0.9,
        fullPriorAccuracy: 0.92,
        generalistAccuracy: 0.82,
        priorAccuracy: 0.9,
      },
      {
        ...region,
        partition: 'p2',
        accuracy: 0.84,
        fullAccuracy: 0.86,
        fullPriorAccuracy: 0.88,
        generalistAccuracy: 0.85,
        priorAccuracy: 0.86,
      },
    ],
    streams: { places100: metrics(0.91, 0.9), iid: metrics(0.899, 0.4) },
    fixedGate: { streams: { places100: metrics(0.9, 0.8), iid: metrics(0.9, 0.3) } },
    delta: { streams: { places100: metrics(0.9, 0.85), iid: metrics(0.89, 0.4) } },
    cascade: { thresholdNats: 0.3, streams: { places100: metrics(0.9, 0.6), iid: metrics(0.898, 0.55) } },
    cascadeScene: { streams: { places100: metrics(0.899, 0.72), iid: metrics(0.897, 0.402) } },
  }
}

const gatePoint = (
  thresholdNats: number,
  coverage: number,
  accuracyOfWhole: number,
): ReportData['gate']['cascadeCurve'][number] => ({
  thresholdNats,
  coverage,
  accuracyOnHits: accuracyOfWhole,
  accuracyOfWhole,
})

/**
 * A report's data as a training of four classes and two partitions would leave them, with a hostile class
 * name.
 */
export async function sampleReport(): Promise<ReportData> {
  const { manifest } = await createSampleBundle({ partitions: 2, hasDeltas: true })
  const row = {
    thresholdNats: 0.7,
    generalistThresholdNats: 0.3,
    maxProbes: 1,
    order: 'recent-first' as const,
    asksGeneralist: false,
    coverage: 0.95,
    accuracy: 0.91,
    fullAccuracy: 0.9,
  }
  const observed = { events: [0.8, 0.1, 0.05, 0.02, 0.02, 0.01], coverage: 0.9, loss: 0.004 }
  const counts = [
    [9, 1, 0, 0],
    [0, 8, 2, 0],
    [1, 0, 9, 0],
    [0, 0, 0, 10],
  ]
  const bins = [
    { count: 0, confidence: 0, accuracy: 0 },
    { count: 6, confidence: 0.7, accuracy: 0.5 },
    { count: 14, confidence: 0.95, accuracy: 0.9 },
  ]
  const entropies = { right: [20, 4, 1], wrong: [1, 2, 3] }
  return {
    bundlesFolder: 'public/bundles',
    manifest: {
      ...manifest,
      classNames: [hostileClass, 'bee', 'cat', 'dog'],
      partitions: manifest.partitions.map((partition, index) => ({ ...partition, id: `p${index + 1}` })),
      gate: {
        ...manifest.gate,
        curve: [gatePoint(0, 0, 0.9), gatePoint(0.5, 0.8, 0.899), gatePoint(1.3, 1, 0.8)],
        localities: [
          { ...row, changeRate: 0.01, observed: [observed, observed] },
          { ...row, changeRate: 0.5, coverage: 0.4, observed: [observed, observed] },
        ],
      },
      training: {
        ...manifest.training,
        command: 'npm run train -- folder --data <b>',
        commit: 'abc123',
        elapsedSeconds: 75,
      },
    },
    imageCounts: { train: 400, validation: 40, test: 40 },
    trainCounts: [100, 100, 100, 100],
    evaluation: sampleEvaluation(),
    accuracyTolerance: 0.005,
    curves: [
      {
        network: 'full',
        points: [
          { step: 20, epoch: 0, loss: 2, accuracy: 0.3 },
          { step: 40, epoch: 1, loss: 1, accuracy: 0.7 },
        ],
      },
      { network: 'p1', points: [{ step: 20, epoch: 0, loss: 1, accuracy: 0.8 }] },
    ],
    confusions: ['full', 'p1', 'p2'].map((network) => ({ network, counts })),
    confusedPairs: [
      {
        truth: 1,
        answer: 2,
        count: 2,
        ofClass: 10,
        pictures: ['data:image/png;base64,AAAA'],
        like: 'data:image/png;base64,AAAB',
      },
    ],
    entropies: ['p1', 'p2'].map((network) => ({
      network,
      mostNats: Math.log(4),
      thresholdNats: 0.5,
      inside: entropies,
      outside: entropies,
    })),
    reliabilities: ['p1', 'p2', 'generalist', 'full'].map((network) => ({
      network,
      temperature: 1.4,
      before: bins,
      after: bins,
    })),
    gate: {
      stream: 'places, mean length 100',
      fullAccuracy: 0.9,
      cascadeCurve: [gatePoint(0, 0, 0.9), gatePoint(1.3, 1, 0.8)],
    },
    reconstructions: {
      measuredImages: 40,
      featuresExplained: 0.8,
      zExplained: 0.3,
      images: [
        {
          image: 3,
          classIndex: 0,
          thumbnail: 'data:image/png;base64,AAAA',
          features: [1, -1, 0.5],
          reconstructedFeatures: [0.9, -0.8, 0.2],
          z: [0.3, -0.2],
          reconstructedZ: [0.2, -0.1],
          code: [0.9, 0.1],
        },
      ],
    },
  }
}
