import { describe, expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'
import {
  closedCircuit,
  stepCircuit,
  type CircuitEvent,
  type CircuitOptions,
  type CircuitState,
} from './circuit.ts'

const options: CircuitOptions = { failuresToOpen: 3, baseMs: 1000, maxMs: 8000 }

/** Runs events one second apart; the longest wait each time. */
function run(
  events: readonly CircuitEvent[],
  from: CircuitState = closedCircuit,
  random = () => 1,
): CircuitState {
  return events.reduce(
    (state, event, second) => stepCircuit(state, event, second * 1000, random, options),
    from,
  )
}

const failed: CircuitEvent = { kind: 'failed' }
const succeeded: CircuitEvent = { kind: 'succeeded' }
const probe: CircuitEvent = { kind: 'probe-started' }

describe('backoffMs', () => {
  it('doubles up to its limit', () => {
    const longest = [0, 1, 2, 3, 4, 100].map((attempt) => backoffMs(attempt, options, () => 1))
    expect(longest).toEqual([1000, 2000, 4000, 8000, 8000, 8000])
  })

  it('spreads over the upper half', () => {
    expect(backoffMs(2, options, () => 0)).toBe(2000)
    expect(backoffMs(2, options, () => 0.5)).toBe(3000)
  })
})

describe('stepCircuit', () => {
  it('opens after as many failures in a row as it was told, not after as many in all', () => {
    expect(run([failed, failed])).toEqual({ kind: 'closed', failures: 2 })
    expect(run([failed, failed, succeeded, failed, failed])).toEqual({ kind: 'closed', failures: 2 })
    expect(run([failed, failed, failed])).toEqual({ kind: 'open', openings: 1, probeAtMs: 2000 + 1000 })
  })

  it('opens at once after a failure that is final', () => {
    expect(run([{ kind: 'failed', isFinal: true }])).toMatchObject({ kind: 'open' })
  })

  it('waits longer after every probe that fails', () => {
    const opened = run([failed, failed, failed])
    const again = run([probe, failed], opened)
    expect(again).toEqual({ kind: 'open', openings: 2, probeAtMs: 1000 + 2000 })
    expect(run([probe, failed], again)).toEqual({ kind: 'open', openings: 3, probeAtMs: 1000 + 4000 })
  })

  it('closes when a probe, or a frame that was late, comes through', () => {
    const opened = run([failed, failed, failed])
    expect(run([probe, succeeded], opened)).toEqual(closedCircuit)
    expect(run([succeeded], opened)).toEqual(closedCircuit)
  })

  it('is not held open for longer by frames that were on their way', () => {
    const opened = run([failed, failed, failed])
    expect(run([failed, failed], opened)).toBe(opened)
  })

  it('starts a probe only where it is open', () => {
    expect(run([probe])).toBe(closedCircuit)
    const halfOpen: CircuitState = { kind: 'half-open', openings: 1 }
    expect(run([probe], halfOpen)).toBe(halfOpen)
  })
})
