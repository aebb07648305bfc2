import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argMax, predictiveEntropy, softmax } from '../gate/entropy.ts'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import type { FrameAnswer } from '../wire/frames.ts'
import { checkFrameAnswer } from './check-frame-answer.ts'

const { manifest } = await createSampleBundle({ hasDeltas: true })
const [first, second] = manifest.partitions
if (first === undefined || second === undefined) throw new RangeError('The sample has four partitions.')

function answerOf(logits: readonly number[]): FrameAnswer {
  const probabilities = [...softmax(Float32Array.from(logits))].map((value) => Number(value.toPrecision(7)))
  const classIndex = argMax(probabilities)
  return {
    classIndex,
    label: manifest.classNames[classIndex] ?? '',
    probabilities,
    entropyNats: predictiveEntropy(softmax(Float32Array.from(logits))),
    code: [0.25, 0.25, 0.25, 0.25],
    partition: { id: first?.id ?? '', whole: first?.whole ?? { bytes: 0, sha256: '' } },
    answeredBy: 'full',
    timings: { decodeMs: 0, queueMs: 0, inferenceMs: 0 },
  }
}

const right = answerOf([1, 3, 0, -1])

describe('checkFrameAnswer', () => {
  it('lets every answer through that the edge composes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (logits) => checkFrameAnswer(answerOf(logits), manifest),
      ),
    )
    const { partition: _partition, ...withoutPartition } = right
    checkFrameAnswer({ ...withoutPartition, code: [] }, manifest)
  })

  it.each([
    ['no probabilities', { probabilities: [] }],
    ['one class too few', { probabilities: [0.2, 0.8, 0] }],
    ['one class too many', { probabilities: [...right.probabilities, 0] }],
    ['all zero', { probabilities: [0, 0, 0, 0] }],
    ['twice what there is', { probabilities: [1, 1, 0, 0], classIndex: 0, label: 'ant' }],
    ['no number', { probabilities: [NaN, 1, 0, 0] }],
    ['the order reversed', { probabilities: [...right.probabilities].reverse() }],
    ['another class than the most probable', { classIndex: 0, label: 'ant' }],
    ['a class that there is not', { classIndex: 4, label: 'elk' }],
    ['the name of another class', { label: 'ant' }],
    ['more entropy than there can be', { entropyNats: 2 }],
    ['less than the probabilities have', { entropyNats: 0 }],
    ['a code of other partitions', { code: [1] }],
    ['a code of zeros', { code: [0, 0, 0, 0] }],
    ['a partition that there is not', { partition: { id: 'p9', whole: first.whole } }],
    ['the weights of another partition', { partition: { id: first.id, whole: second.whole } }],
    ['a partition to come that there is not', { likelyNext: { id: 'p9' } }],
  ])('refuses %s', (_, wrong) => {
    expect(() => checkFrameAnswer({ ...right, ...wrong }, manifest)).toThrow(
      expect.objectContaining({ code: 'edge-answer-invalid' }),
    )
  })
})
