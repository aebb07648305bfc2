import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { frameAnswerSchema } from '../../core/wire/frames.ts'
import { composeAnswer } from './compose-answer.ts'

describe('composeAnswer', () => {
  const times = { queueMs: 1, inferenceMs: 2 }

  it('chooses the partition with the largest code and the class with the largest logit', async () => {
    const { manifest } = await createSampleBundle()
    const answer = composeAnswer(
      manifest,
      { logits: Float32Array.of(0, 3, 1, 0), codeLogits: Float32Array.of(0, -1, 4, 1), ...times },
      3,
    )
    expect(frameAnswerSchema.parse(answer)).toEqual(answer)
    expect(answer).toMatchObject({ classIndex: 1, label: 'bee', answeredBy: 'full', timings: { decodeMs: 3, ...times } })
    expect(answer.partition).toEqual({ id: 'p2', whole: manifest.partitions[2]?.whole })
    expect(answer.code.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
  })

  it('divides by the temperature of the full model: warmer is less certain', async () => {
    const { manifest } = await createSampleBundle()
    const inference = { logits: Float32Array.of(0, 3, 1, 0), codeLogits: Float32Array.of(0, 0, 0, 0), ...times }
    const cool = composeAnswer(manifest, inference, 0)
    const warm = composeAnswer({ ...manifest, full: { ...manifest.full, temperature: 2 } }, inference, 0)
    const exps = [0, 1.5, 0.5, 0].map(Math.exp)
    const sum = exps.reduce((total, value) => total + value, 0)
    for (const [index, value] of exps.entries()) expect(warm.probabilities[index]).toBeCloseTo(value / sum, 5)
    expect(warm.entropyNats).toBeGreaterThan(cool.entropyNats)
  })

  it('says so where the engine gave no numbers', async () => {
    const { manifest } = await createSampleBundle()
    const inference = { logits: Float32Array.of(0, NaN, 1, 0), codeLogits: Float32Array.of(0, 0, 0, 0), ...times }
    expect(() => composeAnswer(manifest, inference, 0)).toThrow(expect.objectContaining({ code: 'engine-failed' }) as Error)
  })
})
