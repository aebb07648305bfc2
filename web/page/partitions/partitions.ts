import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Partitions, PartitionsOptions } from './partition-keeper.ts'
import { createResidencyRunner } from './residency-runner.ts'
import type { HeldForm, ResidencyCommand, ResidencyEvent } from './residency.ts'
import { restorePartitions } from './restore-partitions.ts'
import { createWaiters } from './waiters.ts'
import { createWeightsSource, type InlineDelta } from './weights-source.ts'
import { WorkUnderWay } from './work-under-way.ts'

/** For what a partition is made resident. */
interface Call {
  readonly signal: AbortSignal
  readonly ref: BlobRef
  readonly inlineDelta: InlineDelta | undefined
  readonly isWholeAwaited: boolean
}

/** Does what `stepResidency` decides. */
export function createPartitions(options: PartitionsOptions): Partitions {
  const { manifest, cache, host, onFailure, whenIdle, isFrugal = () => false } = options
  const byId = new Map(manifest.partitions.map((partition) => [partition.id, partition]))
  const arrivals = new WorkUnderWay()
  const refinements = new WorkUnderWay()
  const proofs = createWaiters()
  const { step, wanted } = createResidencyRunner(manifest, cache, proofs)
  const source = createWeightsSource(manifest, cache)
  const heldForm = (id: string): HeldForm => host.held.find((held) => held.id === id)?.form

  function tell(thrown: unknown): number {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'aborted') onFailure(error)
    return 0
  }

  /** @returns the bytes that crossed the network for this call */
  async function follow(call: Call, event: ResidencyEvent): Promise<number> {
    let downloadedBytes = 0
    for (const command of step(event)) downloadedBytes += await perform(call, command).catch(tell)
    return downloadedBytes
  }

  async function perform(call: Call, { kind, id }: ResidencyCommand): Promise<number> {
    // What is joined is counted for the call that began it.
    if (kind === 'join-arrival') await arrivals.join(id)
    if (kind === 'join-refinement') await refinements.join(id)
    if (kind === 'arrive') return arrive(call, id)
    if (kind === 'refine-when-proven') return refinements.track(id, refine(call, id, true))
    if (kind === 'refine') return refinements.track(id, refine(call, id, false))
    return 0
  }

  async function arrive(call: Call, id: string): Promise<number> {
    const bytes = await arrivals.track(id, makeResident(call, id).catch(tell))
    const whole = call.isWholeAwaited ? 'at-once' : isFrugal() ? 'never' : 'when-it-pays'
    return bytes + (await follow(call, { kind: 'arrived', id, held: heldForm(id), whole }))
  }

  async function makeResident({ signal, ref, inlineDelta }: Call, id: string): Promise<number> {
    if (heldForm(id) !== undefined) {
      await host.use(signal, id)
      step({ kind: 'placed', id, held: heldForm(id), isAnew: false })
      return 0
    }
    const delta = await source.deltaOf(signal, id, inlineDelta)
    const { weights, downloadedBytes } = delta ?? (await source.fetch(signal, ref))
    if (step({ kind: 'fetched', id }).length === 0) return downloadedBytes
    await host.load(signal, id, weights, delta === undefined ? 'whole' : 'delta')
    step({ kind: 'placed', id, held: heldForm(id), isAnew: true })
    return downloadedBytes
  }

  /** Puts the whole weights in the place of the delta. */
  async function refine({ signal, ref }: Call, id: string, isPatient: boolean): Promise<number> {
    try {
      if (isPatient) {
        await proofs.wait(signal, id)
        await whenIdle(signal)
        // Another may have taken its place meanwhile.
        if (heldForm(id) !== 'delta') return 0
      }
      const { weights, downloadedBytes } = await source.fetch(signal, ref)
      if (heldForm(id) === 'delta') await host.refine(signal, id, weights)
      return downloadedBytes
    } finally {
      step({ kind: 'refined', id })
    }
  }

  return {
    used: (id) => void step({ kind: 'used', id, held: heldForm(id) }),
    forget(id) {
      source.forget(id)
      step({ kind: 'forgotten', id })
    },
    want(signal, { id, whole }, { inlineDelta, isWholeAwaited = false } = {}) {
      const call = { signal, ref: byId.get(id)?.whole ?? whole, inlineDelta, isWholeAwaited }
      return follow(call, { kind: 'wanted', id })
    },
    async prefetch(signal, id) {
      const ref = byId.get(id)?.whole
      if (ref === undefined || step({ kind: 'expected', id, held: heldForm(id) }).length === 0) return 0
      try {
        // What is needed now comes first, with all of its weights.
        const present = wanted() ?? ''
        await arrivals.join(present)
        await refinements.join(present)
        await whenIdle(signal)
        return (await cache.prefetch(signal, manifest.id, ref)) === 'cache' ? 0 : ref.bytes
      } catch {
        // Nobody asked for it; a miss will.
        return 0
      } finally {
        step({ kind: 'prefetched', id })
      }
    },
    restore: (signal, most, ready = Promise.resolve()) =>
      restorePartitions(signal, most, ready, { manifest, cache, host, source, onFailure: tell }).catch(tell),
  }
}
