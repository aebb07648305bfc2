import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  framesBeforeWhole,
  nothingResident,
  stepResidency,
  type HeldForm,
  type ResidencyCommand,
  type ResidencyEvent,
  type ResidencyState,
} from './residency.ts'

const id = fc.constantFrom('p0', 'p1', 'p2')
const held = fc.constantFrom<HeldForm[]>(undefined, 'delta', 'whole')
const event: fc.Arbitrary<ResidencyEvent> = fc.oneof(
  fc.record({ kind: fc.constant('wanted' as const), id }),
  fc.record({ kind: fc.constant('fetched' as const), id }),
  fc.record({ kind: fc.constant('placed' as const), id, held, isAnew: fc.boolean() }),
  fc.record({
    kind: fc.constant('arrived' as const),
    id,
    held,
    whole: fc.constantFrom('at-once' as const, 'when-it-pays' as const, 'never' as const),
  }),
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('used' as const), id, held }) },
  fc.record({ kind: fc.constant('refined' as const), id }),
  fc.record({ kind: fc.constant('forgotten' as const), id }),
  fc.record({ kind: fc.constant('expected' as const), id, held }),
  fc.record({ kind: fc.constant('prefetched' as const), id }),
)
const events = fc.array(event, { maxLength: 300 })

interface Step {
  readonly before: ResidencyState
  readonly event: ResidencyEvent
  readonly after: ResidencyState
  readonly commands: readonly ResidencyCommand[]
}

function run(all: readonly ResidencyEvent[], from = nothingResident): Step[] {
  let state = from
  return all.map((next) => {
    const before = state
    const { state: after, commands } = stepResidency(before, next)
    state = after
    return { before, event: next, after, commands }
  })
}
const kinds = (commands: readonly ResidencyCommand[]): string[] => commands.map(({ kind }) => kind)
const always = (holds: (step: Step) => void): void =>
  fc.assert(fc.property(events, (all) => run(all).forEach(holds)))

describe('stepResidency, whatever happens', () => {
  it('commands something about the partition of the event only', () => {
    always(({ event: { id: of }, commands }) => {
      for (const command of commands) expect(command.id).toBe(of)
    })
  })

  it('leaves the state that it was given as it was', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { before, event: next } of run(all)) {
          const copy = structuredClone(before)
          stepResidency(before, next)
          expect(before).toEqual(copy)
        }
      }),
    )
  })

  it('has one arrival, one refinement and one prefetch at a time for each partition', () => {
    fc.assert(
      fc.property(events, (all) => {
        const open = new Set<string>()
        const ends = { arrived: 'arrive', refined: 'refine', prefetched: 'prefetch' } as const
        for (const { event: next, commands } of run(all)) {
          if (next.kind in ends) open.delete(`${ends[next.kind as keyof typeof ends]} ${next.id}`)
          for (const { kind, id: of } of commands) {
            const what = kind === 'refine-when-proven' ? 'refine' : kind
            if (what !== 'arrive' && what !== 'refine' && what !== 'prefetch') continue
            expect(open).not.toContain(`${what} ${of}`)
            open.add(`${what} ${of}`)
          }
        }
      }),
    )
  })

  it('joins only what is under way', () => {
    always(({ before, event: { id: of }, commands }) => {
      if (kinds(commands).includes('join-arrival')) expect(before.arriving).toContain(of)
      if (kinds(commands).includes('join-refinement')) expect(before.refining.has(of)).toBe(true)
    })
  })

  it('puts only the partition into memory that was named last', () => {
    fc.assert(
      fc.property(events, (all) => {
        let last: string | undefined
        for (const { event: next, commands } of run(all)) {
          if (next.kind === 'wanted') last = next.id
          if (next.kind === 'fetched') expect(kinds(commands)).toEqual(last === next.id ? ['load'] : [])
        }
      }),
    )
  })

  it('never pins what answers by its delta, nor the same partition twice in a row', () => {
    fc.assert(
      fc.property(events, (all) => {
        let pinned: string | undefined
        for (const { event: next, commands } of run(all)) {
          if (next.kind === 'forgotten' && pinned === next.id) pinned = undefined
          if (!kinds(commands).includes('pin')) continue
          expect('held' in next && next.held).not.toBe('delta')
          expect(pinned).not.toBe(next.id)
          pinned = next.id
        }
      }),
    )
  })

  it('reports every use', () => {
    always(({ event: { kind }, commands }) => {
      expect(kinds(commands).includes('report-use')).toBe(kind === 'used' || kind === 'placed')
    })
  })

  it('lets a patient refinement go on at most once', () => {
    fc.assert(
      fc.property(events, (all) => {
        const patient = new Set<string>()
        for (const { event: next, commands } of run(all)) {
          if (next.kind === 'refined') patient.delete(next.id)
          for (const { kind, id: of } of commands) {
            if (kind === 'refine-when-proven') patient.add(of)
            if (kind === 'proven') expect(patient.delete(of)).toBe(true)
          }
        }
      }),
    )
  })
})

describe('stepResidency', () => {
  it('has the whole follow after so many frames that the delta answered, counted anew when it is back', () => {
    fc.assert(
      fc.property(fc.nat(framesBeforeWhole - 1), fc.array(held), (earlier, others) => {
        const used: ResidencyEvent = { kind: 'used', id: 'p0', held: 'delta' }
        const all: ResidencyEvent[] = [
          { kind: 'wanted', id: 'p0' },
          { kind: 'arrived', id: 'p0', held: 'delta', whole: 'when-it-pays' },
          ...Array.from({ length: earlier }, () => used),
          { kind: 'placed', id: 'p0', held: 'delta', isAnew: true },
          ...others.map((form) => ({ ...used, id: 'p1', held: form })),
          ...Array.from({ length: framesBeforeWhole }, () => used),
        ]
        const proven = run(all).map(({ commands }) => kinds(commands).includes('proven'))
        expect(proven.indexOf(true)).toBe(all.length - 1)
      }),
    )
  })

  it('does not wait for frames where the whole is awaited', () => {
    const [, last] = run([
      { kind: 'wanted', id: 'p0' },
      { kind: 'arrived', id: 'p0', held: 'delta', whole: 'at-once' },
    ])
    expect(last?.commands).toEqual([{ kind: 'refine', id: 'p0' }])
  })
})
