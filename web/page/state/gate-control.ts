import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import {
  changeRateOf,
  createAdaptiveGate,
  observe,
  settingsOf,
  type AdaptiveGateState,
} from '../../../core/gate/adaptive-gate.ts'
import type { GateEvent } from '../../../core/gate/observation.ts'
import { AnswerRecency } from '../../../core/gate/answer-recency.ts'
import { believedPartition, expectedShares } from '../../../core/gate/believed-partition.ts'
import { predictiveEntropy } from '../../../core/gate/entropy.ts'
import { thresholdOf, type SceneChoice } from '../../../core/gate/gate.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { noteAnswer, nothingSeen } from '../../../core/gate/novelty.ts'
import { fadeFactors, fullTrust, nextTrust } from '../../../core/gate/prior-trust.ts'
import type { BelievedScene } from '../../../core/gate/scene-filter.ts'
import { SceneMemory } from '../../../core/gate/scene-memory.ts'
import { usableThreshold } from '../../../core/gate/sureness.ts'
import type { StreamScene } from '../stream/stream-scene.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import type { Settings } from './settings-schema.ts'

export interface GateControl {
  /**
   * The gate as it is set: the person's settings before the locality's, and those before the bundle's. Its
   * thresholds are usable ones.
   */
  readonly settings: ReadonlySignal<GateSettings>
  /** Whether it follows the stream: a person has set neither a threshold nor a way to ask. */
  readonly isAdapting: ReadonlySignal<boolean>
  /**
   * The chance per frame that the region changes, as the gate believes; undefined where it does not adapt.
   */
  readonly changeRate: ReadonlySignal<number | undefined>
  /** Which of the bundle's localities is in force, from 0, and how many there are. */
  readonly locality: ReadonlySignal<{ readonly row: number; readonly rows: number }>
  /** What the stream has shown lately, where the settings in force go by it. */
  readonly scene: StreamScene
  /** τ that the bundle has for a network where no scene has a say. */
  thresholdAlone(network: string): number
  /**
   * What the stream is taken for, and what is expected of it, both of one moment; undefined where the gate
   * looks at each frame by itself.
   */
  outlook(): SceneOutlook | undefined
  /** A stream begins: nothing is known of it yet. */
  restart(): void
  observe(event: GateEvent): void
  /** Takes note of a frame that is done, in stream order. */
  learn(record: Pick<FrameRecord, 'outcome' | 'switchedTo' | 'label'>): void
}

export interface SceneOutlook {
  /** Where the bundle knows scenes. */
  readonly scene: BelievedScene | undefined
  /** What the next frame is expected to show: a share for each class of the bundle. Sums to 1. */
  readonly shares: readonly number[]
}

const noBundle: GateSettings = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
}

const fresh = (gate: Manifest['gate'] | undefined): AdaptiveGateState =>
  createAdaptiveGate(gate?.localities ?? [], gate ?? noBundle)

/** What the gate has to know of the rest of the page. */
export interface GateSurroundings {
  /** Partitions in memory, most recent first. */
  readonly residents: () => readonly string[]
  /** Whether there is a full model that could be asked, at the edge or here. */
  readonly isFullModelNear: () => boolean
}

export function createGateControl(
  manifest: ReadonlySignal<Manifest | undefined>,
  values: ReadonlySignal<Settings>,
  { residents, isFullModelNear }: GateSurroundings = { residents: () => [], isFullModelNear: () => true },
): GateControl {
  const held = signal<{ readonly of: Manifest | undefined; readonly state: AdaptiveGateState }>({
    of: undefined,
    state: fresh(undefined),
  })
  // A bundle that was opened meanwhile brings localities of its own.
  const current = computed(() =>
    held.value.of === manifest.value ? held.value.state : fresh(manifest.value?.gate),
  )
  // Apart from the rest, so that the settings change with the row and not with every frame.
  const row = computed(() => current.value.row)

  let recency = new AnswerRecency<string>()
  /** Of one stream and bundle. */
  const begin = (of: Manifest | undefined) => ({
    of,
    memory: new SceneMemory(of?.scenes),
    novelty: nothingSeen,
    trust: fullTrust,
    sinceEdge: 0,
  })
  let stream = begin(undefined)
  function currentStream(): typeof stream {
    const of = manifest.peek()
    if (stream.of !== of) stream = begin(of)
    return stream
  }
  function factors(): Float32Array<ArrayBuffer> | undefined {
    const { memory, trust } = currentStream()
    const all = memory.factors(settings.peek().scenePrior, manifest.peek()?.classNames.length ?? 0)
    return all && fadeFactors(all, trust)
  }

  /** Held partitions are compared by how much they know of what the stream is expected to show. */
  function choice(): SceneChoice | undefined {
    const of = manifest.peek()
    const { leastBelief, maxProbes } = settings.peek()
    const expected = leastBelief === undefined || maxProbes === 0 ? undefined : factors()
    if (of === undefined || leastBelief === undefined || expected === undefined) return undefined
    const classes = of.partitions.map(({ classIndices, prior }) => (prior === undefined ? [] : classIndices))
    const indexOf = new Map(of.partitions.map(({ id }, index) => [id, index]))
    const held = residents().flatMap((id) => indexOf.get(id) ?? [])
    const chosen = believedPartition({
      shares: expectedShares(classes, expected),
      held,
      keepShare: of.selector.keepShare,
      leastBelief,
    })
    return { id: chosen === undefined ? undefined : of.partitions[chosen]?.id }
  }

  function step(next: AdaptiveGateState): void {
    held.value = { of: manifest.peek(), state: next }
  }

  const isAdapting = computed(
    () => values.value.probing === 'adaptive' && values.value.thresholdNats === null,
  )
  const settings = computed((): GateSettings => {
    const { thresholdNats, probing, maxProbes } = values.value
    const bundle = manifest.value?.gate ?? noBundle
    const fixed = settingsOf(createAdaptiveGate([], bundle))
    const adapted = settingsOf({ ...current.peek(), row: row.value })
    const asked: GateSettings =
      probing === 'adaptive'
        ? fixed
        : { ...fixed, order: probing, maxProbes: maxProbes ?? Math.max(1, fixed.maxProbes) }
    // A threshold of one's own is one for all streams, which is what the bundle's curve was measured with:
    // where the generalist alone is asked it is the generalist's.
    const own: Partial<GateSettings> =
      thresholdNats === null
        ? {}
        : { thresholdNats, ...(asked.maxProbes === 0 && { generalistThresholdNats: thresholdNats }) }
    const wanted: GateSettings = isAdapting.value ? adapted : { ...asked, ...own }
    const classes = manifest.value?.classNames.length ?? 2
    return {
      ...wanted,
      thresholdNats: usableThreshold(wanted.thresholdNats, classes),
      generalistThresholdNats: usableThreshold(wanted.generalistThresholdNats, classes),
    }
  })

  return {
    settings,
    scene: {
      factors,
      choice,
      isTestDue() {
        const { testEvery } = settings.peek()
        return testEvery !== undefined && currentStream().sinceEdge >= testEvery && isFullModelNear()
      },
      isNovel(raw, isStrange) {
        const noted = noteAnswer(currentStream().novelty, raw)
        const novelty = isStrange === undefined ? noted : { ...noted, isNovel: isStrange }
        stream = { ...currentStream(), novelty }
        return novelty.isNovel
      },
      see(answered, asked, { isConfirmed, isFromEdge, isNovel }) {
        const { memory, trust, sinceEdge: before } = currentStream()
        const sinceEdge = isFromEdge ? 0 : before + 1
        // A belief that the edge tests now and then needs no fading: it fades where no edge does.
        const isTested = sinceEdge <= (settings.peek().testEvery ?? 0)
        stream = { ...stream, trust: nextTrust(trust, isConfirmed || isTested), sinceEdge }
        // What nothing fits says nothing of the scene, and a network that computed no number says nothing at
        // all.
        if (!isNovel && predictiveEntropy(answered) < Infinity)
          memory.see(answered, asked, settings.peek().scenePrior, isFromEdge ? 'edge' : 'device')
      },
    },
    thresholdAlone: (network) => thresholdOf(network, manifest.peek()?.gate ?? noBundle),
    outlook() {
      const expected = factors()
      if (expected === undefined) return undefined
      const { memory, trust } = currentStream()
      const scene = memory.believed()
      return {
        scene: scene && { ...scene, chance: scene.chance * trust },
        shares: Array.from(expected, (factor) => factor / expected.length),
      }
    },
    isAdapting,
    changeRate: computed(() => (isAdapting.value ? changeRateOf(current.value) : undefined)),
    locality: computed(() => ({ row: row.value, rows: current.value.rows.length })),
    restart() {
      recency = new AnswerRecency()
      stream = begin(manifest.peek())
      step(fresh(manifest.peek()?.gate))
    },
    observe: (event) => step(observe(current.peek(), event)),
    learn({ outcome, switchedTo, label }) {
      // Where the edge did not answer, nobody knows which partition the frame belongs to.
      if (outcome === 'uncertain') return
      const answer = { recency: recency.note(label) }
      step(
        observe(
          current.peek(),
          outcome === 'hit'
            ? { kind: 'hit', ...answer }
            : { kind: 'miss', isChange: switchedTo !== null, ...answer },
        ),
      )
    },
  }
}
