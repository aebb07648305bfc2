import { expect, it } from 'vitest'
import { formatDeltas } from './format-deltas.ts'

it('tables bytes, accuracy and coverage of each form, with what a stream loses against Edge + scene', () => {
  const streams = {
    places100: {
      accuracy: 0.885,
      fullAccuracy: 0.88,
      edgeSceneAccuracy: 0.89,
      coverage: 0.71,
      accuracyOnHits: 0.9,
      switchRate: 0.1,
      downloadRate: 0,
      partitionHitShare: 1,
      strangersCertain: 0,
      strangersOnDevice: 0,
    },
  }
  const table = formatDeltas([
    { form: 'whole', bytes: 201_384, accuracyInRegion: 0.884, aurocOutside: 0.9912, streams },
  ]).split('\n')
  expect(table).toEqual([
    '| form | kB | right in region | AUROC outside | places100 |',
    '| --- | --- | --- | --- | --- |',
    '| whole | 201.4 | 88.4 % | 0.991 | 71.0 % (-0.5) |',
  ])
})
