import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { frameAnswerSchema, type HeldPartition } from '../../core/wire/frames.ts'
import { withoutPartitions } from '../testing/engine-samples.ts'
import { composeAnswer } from './compose-answer.ts'

describe('composeAnswer', () => {
  const times = { queueMs: 1, inferenceMs: 2 }
  const took = { ...times, batchSize: 1 }

  it('chooses the partition with the largest code and the class with the largest logit', async () => {
    const { manifest } = await createSampleBundle()
    const answer = composeAnswer(
      manifest,
      { logits: Float32Array.of(0, 3, 1, 0), codeLogits: Float32Array.of(0, -1, 4, 1), ...took },
      3,
    )
    expect(frameAnswerSchema.parse(answer)).toEqual(answer)
    expect(answer).toMatchObject({
      classIndex: 1,
      label: 'bee',
      answeredBy: 'full',
      timings: { decodeMs: 3, ...times },
    })
    expect(answer.partition).toEqual({ id: 'p2', whole: manifest.partitions[2]?.whole })
    expect(answer.code.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
  })

  it('divides by the temperature of the full model: warmer is less certain', async () => {
    const { manifest } = await createSampleBundle()
    const inference = {
      logits: Float32Array.of(0, 3, 1, 0),
      codeLogits: Float32Array.of(0, 0, 0, 0),
      ...took,
    }
    const cool = composeAnswer(manifest, inference, 0)
    const warm = composeAnswer({ ...manifest, full: { ...manifest.full, temperature: 2 } }, inference, 0)
    const exps = [0, 1.5, 0.5, 0].map(Math.exp)
    const sum = exps.reduce((total, value) => total + value, 0)
    for (const [index, value] of exps.entries()) expect(warm.probabilities[index]).toBeCloseTo(value / sum, 5)
    expect(warm.entropyNats).toBeGreaterThan(cool.entropyNats)
  })

  it('keeps a partition that the device holds where that is nearly as good, the most recent first', async () => {
    const { manifest } = await createSampleBundle({ hasDeltas: true })
    const inference = {
      logits: Float32Array.of(0, 3, 1, 0),
      codeLogits: Float32Array.of(0, 1.6, 2, 1.8),
      ...took,
    }
    const patient = { ...manifest, selector: { keepShare: 0.5 } }
    const chosen = (holds: HeldPartition[], from = patient): string | undefined =>
      composeAnswer(from, inference, 0, holds).partition?.id
    const [p0, p1, p3] = (['p0', 'p1', 'p3'] as const).map((id) => ({ id, form: 'whole' }) as const)
    expect(chosen([])).toBe('p2')
    expect(chosen([p1!, p3!])).toBe('p1')
    expect(chosen([p3!, p1!])).toBe('p3')
    expect(chosen([p0!])).toBe('p2')
    expect(chosen([{ id: 'unheard-of', form: 'whole' }, p3!])).toBe('p3')
    expect(chosen([p1!, p3!], manifest)).toBe('p2')
  })

  it('names the delta beside the whole, without what only the manifest says', async () => {
    const { manifest } = await createSampleBundle({ hasDeltas: true })
    const inference = {
      logits: Float32Array.of(0, 3, 1, 0),
      codeLogits: Float32Array.of(5, 0, 0, 0),
      ...took,
    }
    const { bytes, sha256 } = manifest.partitions[0]!.delta!
    expect(composeAnswer(manifest, inference, 0).partition).toEqual({
      id: 'p0',
      whole: manifest.partitions[0]?.whole,
      delta: { bytes, sha256 },
    })
  })

  it('names no partition where the bundle has none', async () => {
    const { manifest } = withoutPartitions(await createSampleBundle())
    const answer = composeAnswer(
      manifest,
      { logits: Float32Array.of(0, 3, 1, 0), codeLogits: new Float32Array(), ...took },
      0,
    )
    expect(frameAnswerSchema.parse(answer)).toEqual(answer)
    expect(answer).toMatchObject({ classIndex: 1, code: [] })
    expect(answer).not.toHaveProperty('partition')
  })

  it('says so where the engine gave no numbers', async () => {
    const { manifest } = await createSampleBundle()
    const inference = {
      logits: Float32Array.of(0, NaN, 1, 0),
      codeLogits: Float32Array.of(0, 0, 0, 0),
      ...took,
    }
    expect(() => composeAnswer(manifest, inference, 0)).toThrow(
      expect.objectContaining({ code: 'engine-failed' }) as Error,
    )
  })
})
