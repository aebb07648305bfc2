import { describe, expect, it } from 'vitest'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { gateWithoutFullModel } from './gate-without-full-model.ts'

const gate: GateSettings = {
  thresholdNats: 0.5,
  generalistThresholdNats: 0.3,
  maxProbes: 2,
  order: 'recent-first',
  asksGeneralist: true,
}

describe('gateWithoutFullModel', () => {
  it('asks every partition that is in memory, and never fewer than with an edge', () => {
    expect(gateWithoutFullModel(gate, 5)).toEqual({ ...gate, maxProbes: 5 })
    expect(gateWithoutFullModel(gate, 1)).toEqual(gate)
  })

  it('asks none where the generalist alone is asked', () => {
    const alone = { ...gate, maxProbes: 0 }
    expect(gateWithoutFullModel(alone, 5)).toEqual(alone)
  })
})
