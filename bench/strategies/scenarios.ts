import type { SceneKind } from '../../core/streams/scenes.ts'
import { networkNames } from '../network/profiles.ts'
import type { Scenario, StreamPlan } from './scenario.ts'
import { strategyNames, type Strategy } from './strategy.ts'

export interface Extent {
  readonly rounds: number
  readonly frames: number
  readonly slowDowns: readonly number[]
  /** Every combination, and not only those that say something new. */
  readonly isFull: boolean
  /** Images of one's own, and the bundle that they are played with. */
  readonly folder?: { readonly path: string; readonly bundle: string } | undefined
}

const scenes = (kind: SceneKind, length: number): StreamPlan => ({ order: 'scenes', kind, length })
const contenders: readonly Strategy[] = ['device-scene', 'edge-scene', 'cascade-scene', 'adaptive']
/** What the crossover map is made of. */
const mapped: readonly Strategy[] = ['device', 'edge', 'cascade', 'adaptive']

/** The conditions of the headline's targets, and the same at full speed without a network in between. */
function headline({ rounds, frames, slowDowns }: Extent): Scenario[] {
  const worlds = [
    { bundle: 'cifar100', stream: scenes('places', 100) },
    { bundle: 'people', stream: scenes('places', 100) },
    { bundle: 'world', stream: scenes('places', 100) },
    { bundle: 'cifar10', stream: scenes('places', 100) },
  ].map((world) => ({ ...world, cache: 2, strategies: strategyNames, frames, rounds }))
  return [
    ...(slowDowns.includes(4)
      ? worlds.map((of): Scenario => ({ ...of, section: 'headline', network: 'wifi', slowDown: 4 }))
      : []),
    ...worlds.map((of): Scenario => ({ ...of, section: 'full-speed', network: 'loopback', slowDown: 1 })),
  ]
}

/**
 * Other streams, networks, devices and caches. By default one thing at a time is changed from the headline's
 * conditions; `isFull` combines all networks with all devices and streams.
 */
function matrix({ rounds, frames, slowDowns, isFull }: Extent): Scenario[] {
  const base = {
    section: 'matrix',
    bundle: 'cifar100',
    stream: scenes('places', 100),
    network: 'wifi',
    slowDown: slowDowns.includes(4) ? 4 : 1,
    cache: 2,
    strategies: contenders,
    frames: Math.min(frames, 300),
    rounds,
  } as const
  const streams = [
    scenes('single', 100),
    scenes('pairs', 100),
    scenes('places', 10),
    scenes('places', 1000),
    scenes('strange', 100),
    scenes('iid', 1),
  ]
  const allStreams = [
    ...streams,
    ...(['single', 'pairs'] as const).flatMap((kind) => [scenes(kind, 10), scenes(kind, 1000)]),
    base.stream,
  ]
  if (isFull)
    return allStreams.flatMap((stream) =>
      networkNames.flatMap((network) =>
        slowDowns.flatMap((slowDown) =>
          [1, 2, 4].map((cache): Scenario => ({ ...base, stream, network, slowDown, cache })),
        ),
      ),
    )
  return [
    ...streams.map((stream): Scenario => ({ ...base, stream })),
    ...(['lan', 'lte', '3g', 'offline'] as const).map((network): Scenario => ({ ...base, network })),
    ...slowDowns
      .filter((slowDown) => slowDown !== base.slowDown)
      .map((slowDown): Scenario => ({ ...base, slowDown })),
    ...[1, 4].map((cache): Scenario => ({ ...base, cache, strategies: ['adaptive'] })),
    { ...base, bundle: 'people', stream: scenes('iid', 1) },
  ]
}

/** Points at which the crossover map is held against full runs: either side of where the winner changes. */
function map({ frames, slowDowns }: Extent): Scenario[] {
  const base = {
    section: 'map',
    bundle: 'cifar10',
    stream: scenes('places', 100),
    cache: 2,
    strategies: mapped,
    frames: Math.min(frames, 200),
    rounds: 1,
  } as const
  return slowDowns.flatMap((slowDown) =>
    (['loopback', 'wifi', 'lte'] as const).map((network): Scenario => ({ ...base, network, slowDown })),
  )
}

/**
 * Images of one's own under the headline's conditions. Edge comes first: it says what the full model answers,
 * which the others are held against.
 */
function folder({ rounds, frames, slowDowns, folder: own }: Extent): Scenario[] {
  if (own === undefined) return []
  const strategies: Strategy[] = ['edge', ...strategyNames.filter((name) => name !== 'edge')]
  return [
    {
      section: 'folder',
      bundle: own.bundle,
      stream: { order: 'files', folder: own.path },
      network: 'wifi',
      slowDown: slowDowns.includes(4) ? 4 : 1,
      cache: 2,
      strategies,
      frames,
      rounds,
    },
  ]
}

export const sections = { headline, matrix, map, folder } as const
export type SectionName = keyof typeof sections
export const sectionNames = Object.keys(sections) as SectionName[]
