import { basename, resolve } from 'node:path'
import type { SceneKind } from '../../core/streams/scenes.ts'
import type { NetworkName } from '../network/profiles.ts'
import type { Strategy } from './strategy.ts'

/**
 * Scenes of CIFAR-10's images, any folder as its files are called, or walkers one session after the other.
 */
export type StreamPlan =
  | { readonly order: 'scenes'; readonly kind: SceneKind; readonly length: number }
  | { readonly order: 'files'; readonly folder: string }
  | { readonly order: 'sessions' }

/** Under the same conditions, all strategies play the same frames. */
export interface Scenario {
  readonly section: 'headline' | 'full-speed' | 'matrix' | 'map' | 'folder'
  readonly bundle: string
  readonly stream: StreamPlan
  readonly network: NetworkName
  /** The device's CPU is so many times as slow as this machine's. */
  readonly slowDown: number
  readonly cache: number
  readonly strategies: readonly Strategy[]
  readonly frames: number
  readonly rounds: number
}

export function streamName(stream: StreamPlan): string {
  if (stream.order === 'sessions') return stream.order
  // By its last name: where it lies is the business of who measured.
  if (stream.order === 'files') return basename(resolve(stream.folder))
  return stream.kind === 'iid' ? 'iid' : `${stream.kind}${stream.length}`
}

/** Names the conditions; the same in every run of the bench. */
export const scenarioKey = ({
  section,
  bundle,
  stream,
  network,
  slowDown,
  cache,
}: Omit<Scenario, 'strategies' | 'frames' | 'rounds'>): string =>
  [section, bundle, streamName(stream), network, `1/${slowDown}`, `cache ${cache}`].join(' · ')
