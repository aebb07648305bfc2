import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { SupervisorCommand, SupervisorEvent } from './supervisor-events.ts'
import { isSettled, mayAsk, noEngine, wantedSite, type SupervisorState } from './supervisor-state.ts'
import { maxRestarts, restartWindowMs, stepSupervisor } from './supervisor.ts'

const error = new CacheNetError('worker-crashed', 'broken')

/** What happens to the supervisor, and how what it has begun ends. */
type Act =
  | SupervisorEvent
  /** The oldest start or fill that is under way ends. */
  | { readonly kind: 'ends'; readonly isWell: boolean }
  /** The engine that answers breaks down, so long after what was before. */
  | { readonly kind: 'breaks'; readonly afterMs: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant({ kind: 'needed' as const }),
  fc.constant({ kind: 'opening' as const }),
  fc.record({ kind: fc.constant('threads-wanted' as const), threads: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('place-wanted' as const),
    place: fc.constantFrom('page' as const, 'worker' as const),
  }),
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ends' as const), isWell: fc.boolean() }) },
  fc.record({ kind: fc.constant('breaks' as const), afterMs: fc.nat(restartWindowMs) }),
  // Said of any engine, also of one that is gone or was never there.
  fc.record({ kind: fc.constant('open-failed' as const), engine: fc.nat(9), error: fc.constant(error) }),
)
const acts = fc.array(act, { maxLength: 80 })

interface Step {
  readonly before: SupervisorState
  readonly event: SupervisorEvent
  readonly after: SupervisorState
  readonly commands: readonly SupervisorCommand[]
}

/** A supervisor whose commands are done: a start and a fill end when an act says so. */
class World {
  state: SupervisorState
  readonly steps: Step[] = []
  /** Starts and fills that have not ended, oldest first. */
  readonly begun: SupervisorCommand[] = []
  #nowMs = 0

  constructor(threads = 1) {
    this.state = noEngine(threads)
  }

  step(event: SupervisorEvent): readonly SupervisorCommand[] {
    const before = this.state
    const { state: after, commands } = stepSupervisor(before, event)
    this.state = after
    this.steps.push({ before, event, after, commands })
    this.begun.push(...commands.filter(({ kind }) => kind === 'start' || kind === 'fill'))
    return commands
  }

  act(next: Act): void {
    if (next.kind === 'ends') this.end(next.isWell)
    else if (next.kind === 'breaks') this.break(next.afterMs)
    else this.step(next)
  }

  end(isWell: boolean): readonly SupervisorCommand[] {
    const command = this.begun.shift()
    if (command?.kind !== 'start' && command?.kind !== 'fill') return []
    const { engine, kind } = command
    if (!isWell) return this.step({ kind: 'failed', engine, error })
    return this.step({ kind: kind === 'start' ? 'started' : 'filled', engine })
  }

  break(afterMs = 0): readonly SupervisorCommand[] {
    this.#nowMs += afterMs
    const { serving } = this.state
    return serving === undefined
      ? []
      : this.step({ kind: 'broke', engine: serving.engine, error, atMs: this.#nowMs })
  }

  /** All that is under way ends well. */
  settle(): this {
    for (let left = 100; this.begun.length > 0 && left > 0; left--) this.end(true)
    return this
  }

  get site(): unknown {
    return this.state.serving?.site
  }
}

function worldAfter(all: readonly Act[], threads = 1): World {
  const world = new World(threads)
  for (const next of all) world.act(next)
  return world
}
const kinds = (commands: readonly SupervisorCommand[]): string[] => commands.map(({ kind }) => kind)
/** Whoever changes it throws. */
function frozen(state: SupervisorState): SupervisorState {
  for (const part of [state, state.serving, state.next, state.breakdownsMs]) Object.freeze(part)
  return state
}
const always = (holds: (world: World) => void): void =>
  fc.assert(
    fc.property(acts, fc.integer({ min: 1, max: 3 }), (all, threads) => holds(worldAfter(all, threads))),
  )
const opened = (threads = 1): World => worldAfter([{ kind: 'opening' }], threads).settle()

describe('stepSupervisor, whatever happens', () => {
  it('leaves the state that it was given as it was', () => {
    always(({ steps }) => {
      for (const { before, event } of steps) expect(() => stepSupervisor(frozen(before), event)).not.toThrow()
    })
  })

  it('has one engine that answers or will, and at most one more that is to take over', () => {
    always(({ steps }) => {
      const there = new Set<number>()
      for (const { event, after, commands } of steps) {
        for (const command of commands) {
          if (command.kind === 'start') there.add(command.engine)
          if (command.kind === 'stop') there.delete(command.engine)
        }
        // One that failed to start has ended by itself.
        if (event.kind === 'failed') there.delete(event.engine)
        for (const known of [after.serving, after.next]) if (known) expect(there).toContain(known.engine)
      }
    })
  })

  it('leaves no engine behind', () => {
    always((world) => {
      world.settle()
      world.step({ kind: 'closed' })
      world.settle()
      const left = new Set<number>()
      for (const { event, commands } of world.steps) {
        if (event.kind === 'started') left.add(event.engine)
        for (const command of commands) if (command.kind === 'stop') left.delete(command.engine)
      }
      expect([...left]).toEqual([])
    })
  })

  it('starts each engine once, fills it at most once, and only when it has started', () => {
    always(({ steps }) => {
      const states = new Map<number, string>()
      for (const { event, commands } of steps) {
        if (event.kind === 'started') states.set(event.engine, 'started')
        for (const command of commands) {
          if (command.kind === 'start') expect(states.has(command.engine)).toBe(false)
          if (command.kind === 'start') states.set(command.engine, 'starting')
          if (command.kind !== 'fill') continue
          expect(states.get(command.engine)).toBe('started')
          states.set(command.engine, 'filled')
        }
      }
    })
  })

  it('comes to rest where it was wanted, and may be asked, as soon as what it began ends well', () => {
    always((world) => {
      const { state } = world.settle()
      expect(world.begun).toEqual([])
      expect([isSettled(state), mayAsk(state)]).toEqual([true, true])
      if (state.serving !== undefined) expect(state.serving.site).toEqual(wantedSite(state))
    })
  })

  it('does not stop what answers for a number of threads that is not to be had', () => {
    always(({ steps }) => {
      for (const { before, event, after } of steps) {
        if (event.kind !== 'failed' || before.next?.engine !== event.engine) continue
        expect(after.serving).toEqual(before.serving)
        expect(after.threads).toBe(before.threads)
      }
    })
  })

  it('wants as many threads as it says it goes on with, where others are not to be had', () => {
    always(({ steps }) => {
      for (const { commands, after } of steps) {
        for (const command of commands)
          if (command.kind === 'tell-threads-failure') expect(after.wantedThreads).toBe(command.threads)
      }
    })
  })

  it('starts again no more often in any window than it may', () => {
    always(({ steps }) => {
      const times: number[] = []
      for (const { event, after } of steps) {
        if (event.kind !== 'broke' || after.serving?.replacesAfter === undefined) continue
        times.push(event.atMs)
        const inWindow = times.filter((time) => event.atMs - time < restartWindowMs)
        expect(inWindow.length).toBeLessThanOrEqual(maxRestarts)
      }
    })
  })

  it('does nothing once it is closed', () => {
    always((world) => {
      world.step({ kind: 'closed' })
      world.step({ kind: 'opening' })
      world.step({ kind: 'threads-wanted', threads: 4 })
      expect(kinds(world.break())).toEqual([])
      expect([world.state.serving, world.state.next, isSettled(world.state)]).toEqual([
        undefined,
        undefined,
        true,
      ])
    })
  })
})

describe('stepSupervisor', () => {
  it('goes on with what answers while another number of threads is being started', () => {
    const world = opened()
    expect(kinds(world.step({ kind: 'threads-wanted', threads: 2 }))).toEqual(['start'])
    expect(mayAsk(world.state)).toBe(true)
    expect(kinds(world.end(true))).toEqual(['fill'])
    expect(mayAsk(world.state)).toBe(false)
    expect(kinds(world.end(true))).toEqual(['stop'])
    expect([world.site, world.state.threads]).toEqual([{ kind: 'worker', threads: 2 }, 2])
  })

  it('begins with one thread where more do not start', () => {
    const world = worldAfter([{ kind: 'needed' }], 3)
    expect(kinds(world.end(false))).toEqual(['tell-threads-failure', 'start'])
    expect([world.settle().site, world.state.wantedThreads]).toEqual([{ kind: 'worker', threads: 1 }, 1])
  })

  it('is without an engine, and says why, where not even one thread starts; the next bundle tries anew', () => {
    const world = worldAfter([{ kind: 'opening' }, { kind: 'ends', isWell: false }])
    expect([world.state.serving, world.state.failure]).toEqual([undefined, error])
    expect(kinds(world.step({ kind: 'opening' }))).toEqual(['start'])
    expect(world.settle().state.failure).toBeUndefined()
  })

  it('replaces one that broke down, and lets it be asked when it has what was resident', () => {
    const world = opened(2)
    expect(kinds(world.break())).toEqual(['stop', 'tell-threads-failure', 'give-up-page', 'start'])
    expect(kinds(world.end(true))).toEqual(['fill'])
    expect(mayAsk(world.state)).toBe(false)
    expect(kinds(world.end(true))).toEqual(['tell-restart'])
    expect([mayAsk(world.state), world.site]).toEqual([true, { kind: 'worker', threads: 1 }])
  })

  it('gives up on a device on which it breaks down again and again', () => {
    const world = opened()
    for (let time = 0; time < maxRestarts; time++) {
      expect(kinds(world.break(1_000))).toContain('start')
      world.settle()
    }
    expect(kinds(world.break(1_000))).toEqual(['stop'])
    expect(world.state.failure?.code).toBe('engine-failed')
  })

  it('forgets breakdowns that are long past', () => {
    const world = opened()
    for (let time = 0; time < 10; time++) {
      expect(kinds(world.break(restartWindowMs / maxRestarts))).toContain('start')
      world.settle()
    }
  })

  it('does not start one again that another is about to replace', () => {
    const world = opened()
    world.step({ kind: 'threads-wanted', threads: 2 })
    world.end(true)
    expect(world.break()).toEqual([])
    expect(world.settle().site).toEqual({ kind: 'worker', threads: 2 })
  })

  it('has the next one wait until a breakdown of the one before is mended', () => {
    const world = opened()
    world.step({ kind: 'threads-wanted', threads: 2 })
    world.break()
    // The next one is there before the replacement.
    expect(kinds(world.end(true))).toEqual([])
    expect(world.state.next?.phase).toBe('ready')
    expect(world.settle().site).toEqual({ kind: 'worker', threads: 2 })
  })

  it('gives up the page where it cannot run the networks, and keeps the wish for threads', () => {
    const world = opened()
    world.step({ kind: 'place-wanted', place: 'page' })
    world.step({ kind: 'threads-wanted', threads: 2 })
    expect(kinds(world.end(false))).toEqual(['give-up-page', 'start'])
    expect(world.settle().site).toEqual({ kind: 'worker', threads: 2 })
  })

  it('tries another bundle in a worker first', () => {
    const world = opened()
    world.step({ kind: 'place-wanted', place: 'page' })
    expect(world.settle().site).toEqual({ kind: 'page' })
    expect(kinds(world.step({ kind: 'opening' }))).toEqual(['stop', 'start'])
    expect(world.settle().site).toEqual({ kind: 'worker', threads: 1 })
  })
})
