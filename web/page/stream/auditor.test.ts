import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import { createAuditor, type AuditorOptions } from './auditor.ts'

const { signal } = new AbortController()
const answer: FrameAnswer = {
  classIndex: 1,
  label: 'bee',
  probabilities: [0, 1],
  entropyNats: 0,
  code: [],
  audit: { agrees: false },
  answeredBy: 'full',
  timings: { decodeMs: 0, queueMs: 0, inferenceMs: 0 },
}
const rgb = new Uint8Array(3)

function auditor(changes: Partial<AuditorOptions> = {}) {
  const audits: unknown[] = []
  const seen: boolean[] = []
  let draw = 0
  const made = createAuditor({
    share: () => 0.05,
    isAllowed: () => true,
    edge: () => ({ audit: () => Promise.resolve({ answer, bytesUp: 3, bytesDown: 200 }) }),
    streamView: { addAudit: (audit) => void audits.push(audit) },
    onAudit: (isRight) => void seen.push(isRight),
    random: () => (draw++ % 100) / 100,
    ...changes,
  })
  return { made, audits, seen }
}

describe('audits', () => {
  it('draw as many frames as they shall, and none where they may not', () => {
    const drawn = (changes: Partial<AuditorOptions>): number => {
      const { made } = auditor(changes)
      return Array.from({ length: 200 }, () => made.isDrawn()).filter(Boolean).length
    }
    expect([drawn({}), drawn({ share: () => 0 }), drawn({ isAllowed: () => false })]).toEqual([10, 0, 0])
  })

  it('tell the gate and the view of the stream what the edge says', async () => {
    const { made, audits, seen } = auditor()
    await made.audit(signal, rgb, 1)
    expect(seen).toEqual([false])
    expect(audits).toEqual([{ bytesUp: 3, bytesDown: 200, agrees: false }])
  })

  it('hold the full model’s answer under the scene against an answer that was given under it', async () => {
    const { made, seen } = auditor({
      edge: () => ({
        audit: () =>
          Promise.resolve({ answer: { ...answer, probabilities: [0.4, 0.6] }, bytesUp: 3, bytesDown: 200 }),
      }),
    })
    const scene = Float32Array.from([1.8, 0.2])
    await made.audit(signal, rgb, 0, scene)
    await made.audit(signal, rgb, 1, scene)
    expect(seen).toEqual([true, false])
  })

  it('compare for themselves where the edge is older, and say nothing where it does not answer', async () => {
    const { audit: _audit, ...old } = answer
    const older = auditor({
      edge: () => ({ audit: () => Promise.resolve({ answer: old, bytesUp: 3, bytesDown: 200 }) }),
    })
    await older.made.audit(signal, rgb, 1)
    expect(older.seen).toEqual([true])
    const away = auditor({
      edge: () => ({ audit: () => Promise.reject(new CacheNetError('edge-overloaded', 'busy')) }),
    })
    await away.made.audit(signal, rgb, 1)
    expect(away.seen).toEqual([])
    expect(away.made.isDrawn()).toBe(true)
  })
})
