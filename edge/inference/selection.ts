import type { FrameAnswer, HeldPartition } from '../../core/wire/frames.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { createClientBudget } from '../access/client-budget.ts'
import { createRecentClients } from './recent-clients.ts'
import { createTransitions, type Transitions } from './transitions.ts'

/**
 * What comes with an answer besides it: a delta that the device lacks, and what it will probably need next.
 */
export interface Selection {
  /**
   * @param client whose stream the frame belongs to
   * @param holds what the device says that it holds, most recently used first; undefined where it has no use
   * for a delta
   */
  extras(
    bundle: StoredBundle,
    answer: FrameAnswer,
    client: string,
    holds: readonly HeldPartition[] | undefined,
  ): Pick<FrameAnswer, 'inlineDelta' | 'likelyNext'>
}

/**
 * A stream changes its partition every few seconds at most. What one client says beyond that could only drown
 * out the others.
 */
const lessonsOfClient = { first: 16, most: 32, perSecond: 0.2 }

/** Remembers, for each bundle version as long as it is served, how partitions follow one another. */
export function createSelection(): Selection {
  const transitionsOf = new WeakMap<StoredBundle, Transitions>()
  const clients = createRecentClients()
  const lessons = createClientBudget(lessonsOfClient)

  const transitions = (bundle: StoredBundle): Transitions => {
    const known = transitionsOf.get(bundle) ?? createTransitions()
    transitionsOf.set(bundle, known)
    return known
  }

  return {
    extras(bundle, { partition }, client, told) {
      if (partition === undefined) return {}
      const holds = told ?? []
      const ids = bundle.manifest.partitions.map(({ id }) => id)
      // A device's most recent partition is where its stream was, hits included; of one that says nothing,
      // what it was sent last.
      const lastSent = clients.exchange(`${bundle.key} ${client}`, partition.id)
      const before = holds.find(({ id }) => ids.includes(id))?.id ?? lastSent
      const known = transitions(bundle)
      const isNews = before !== undefined && before !== partition.id
      if (isNews && lessons.take(client, 1) === 1) known.learn(before, partition.id)
      const next = known.likelyAfter(
        partition.id,
        new Set(holds.filter(({ form }) => form === 'whole').map(({ id }) => id)),
      )
      const isMissing = told !== undefined && !holds.some(({ id }) => id === partition.id)
      return {
        ...(partition.delta === undefined || !isMissing
          ? {}
          : {
              inlineDelta: {
                id: partition.id,
                sha256: partition.delta.sha256,
                bytes: Buffer.from(bundle.blob(partition.delta.sha256)).toString('base64'),
              },
            }),
        ...(next === undefined ? {} : { likelyNext: { id: next } }),
      }
    },
  }
}
