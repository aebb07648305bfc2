import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { changeRateOf, createAdaptiveGate, observe, settingsOf, type AdaptiveGateState, type GateEvent } from '../../../core/gate/adaptive-gate.ts'
import { AnswerRecency } from '../../../core/gate/answer-recency.ts'
import type { GateSettings } from '../../../core/gate/gate.ts'
import type { BelievedScene } from '../../../core/gate/scene-filter.ts'
import { SceneMemory } from '../../../core/gate/scene-memory.ts'
import type { StreamScene } from '../pipeline.ts'
import type { FrameRecord } from '../session/frame-record.ts'
import type { Settings } from './settings-schema.ts'

export interface GateControl {
  /** The gate as it is set: the person's settings before the locality's, and those before the bundle's. */
  readonly settings: ReadonlySignal<GateSettings>
  /** The chance per frame that the region changes, as the gate believes; undefined where it does not adapt. */
  readonly changeRate: ReadonlySignal<number | undefined>
  /** Which of the bundle's localities is in force, from 0, and how many there are. */
  readonly locality: ReadonlySignal<{ readonly row: number; readonly rows: number }>
  /** What the stream has shown lately, where the settings in force go by it. */
  readonly scene: StreamScene
  /** What the stream is taken for, where the bundle knows scenes. */
  believedScene(): BelievedScene | undefined
  /** A stream begins: nothing is known of it yet. */
  restart(): void
  observe(event: GateEvent): void
  /** Takes note of a frame that is done, in stream order. */
  learn(record: Pick<FrameRecord, 'outcome' | 'switchedTo' | 'label'>): void
}

const noBundle: GateSettings = { thresholdNats: 0, generalistThresholdNats: 0, maxProbes: 1, order: 'recent-first', asksGeneralist: false }

const fresh = (gate: Manifest['gate'] | undefined): AdaptiveGateState => createAdaptiveGate(gate?.localities ?? [], gate ?? noBundle)

export function createGateControl(manifest: ReadonlySignal<Manifest | undefined>, values: ReadonlySignal<Settings>): GateControl {
  const held = signal<{ readonly of: Manifest | undefined; readonly state: AdaptiveGateState }>({ of: undefined, state: fresh(undefined) })
  // A bundle that was opened meanwhile brings localities of its own.
  const current = computed(() => (held.value.of === manifest.value ? held.value.state : fresh(manifest.value?.gate)))
  // Apart from the rest, so that the settings change with the row and not with every frame.
  const row = computed(() => current.value.row)

  let recency = new AnswerRecency<string>()
  let scene: { readonly of: Manifest | undefined; readonly memory: SceneMemory } | undefined
  function sceneMemory(): SceneMemory {
    const of = manifest.peek()
    if (scene === undefined || scene.of !== of) scene = { of, memory: new SceneMemory(of?.scenes) }
    return scene.memory
  }

  function step(next: AdaptiveGateState): void {
    held.value = { of: manifest.peek(), state: next }
  }

  const settings = computed((): GateSettings => {
    const { thresholdNats, probing, maxProbes } = values.value
    const bundle = manifest.value?.gate ?? noBundle
    const fixed = settingsOf(createAdaptiveGate([], bundle))
    const adapted = settingsOf({ ...current.peek(), row: row.value })
    const chosen: GateSettings = probing === 'adaptive' ? adapted : { ...fixed, order: probing, maxProbes: maxProbes ?? Math.max(1, fixed.maxProbes) }
    return thresholdNats === null ? chosen : { ...chosen, thresholdNats }
  })

  return {
    settings,
    scene: {
      factors: () => sceneMemory().factors(settings.peek().scenePrior, manifest.peek()?.classNames.length ?? 0),
      see: (answered, factors) => sceneMemory().see(answered, factors, settings.peek().scenePrior),
    },
    believedScene: () => sceneMemory().believed(),
    changeRate: computed(() => (values.value.probing === 'adaptive' ? changeRateOf(current.value) : undefined)),
    locality: computed(() => ({ row: row.value, rows: current.value.rows.length })),
    restart() {
      recency = new AnswerRecency()
      scene = undefined
      step(fresh(manifest.peek()?.gate))
    },
    observe: (event) => step(observe(current.peek(), event)),
    learn({ outcome, switchedTo, label }) {
      // Where the edge did not answer, nobody knows which partition the frame belongs to.
      if (outcome === 'uncertain') return
      const answer = { recency: recency.note(label) }
      step(observe(current.peek(), outcome === 'hit' ? { kind: 'hit', ...answer } : { kind: 'miss', isChange: switchedTo !== null, ...answer }))
    },
  }
}
