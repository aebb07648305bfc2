import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import type { Classification } from '../../messages/inference.ts'
import { fullModelAnswer } from './full-model-answer.ts'

const { manifest } = await createSampleBundle()
const { classNames, partitions } = manifest
const said = (probabilities: readonly number[]): Classification => ({
  outcome: 'miss',
  network: 'generalist',
  classIndex: probabilities.indexOf(Math.max(...probabilities)),
  entropyNats: 0,
  probabilities: Float32Array.from(probabilities),
  isStrange: true,
  ownCertainty: 1,
  ownEntropyNats: 0,
  probes: [],
  residents: [],
  timings: { pixelsMs: 1, inferenceMs: 20 },
  rgb: new Uint8Array(0),
})

describe('an answer of the full model on this device', () => {
  it('names the partition that knows the class, and no other way than the edge does', () => {
    const [partition] = partitions
    const known = partition?.classIndices[0] ?? 0
    const answer = fullModelAnswer(manifest, said(classNames.map((_, index) => (index === known ? 1 : 0))))
    expect(answer).toMatchObject({
      classIndex: known,
      label: classNames[known],
      entropyNats: 0,
      isStrange: true,
      answeredBy: 'full',
      code: [],
      timings: { decodeMs: 1, inferenceMs: 20 },
    })
    const named = partitions.find(({ id }) => id === answer.partition?.id)
    expect(named?.classIndices).toContain(known)
    expect(answer.partition?.whole).toEqual(named?.whole)
  })

  it('names none where there is none', () => {
    const answer = fullModelAnswer(
      { classNames, partitions: [] },
      said(classNames.map(() => 1 / classNames.length)),
    )
    expect(answer.partition).toBeUndefined()
    expect(answer.entropyNats).toBeCloseTo(Math.log(classNames.length))
  })
})
