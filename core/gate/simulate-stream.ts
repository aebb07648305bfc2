import { byLeastRecentUse, createCacheState, stepCache } from '../cache/lru.ts'
import { createAdaptiveGate, observe, settingsOf, type AdaptiveGateState } from './adaptive-gate.ts'
import { AnswerRecency } from './answer-recency.ts'
import { fullId, strangerLabel, type AnswerTable } from './answer-table.ts'
import { believedPartition, expectedShares } from './believed-partition.ts'
import { generalistId, passGate, probeOrder } from './gate.ts'
import { firstLook } from './look.ts'
import { observationCount, observationsOf, type GateEvent } from './observation.ts'
import type { SceneKnowledge } from './scene-filter.ts'
import { SceneMemory } from './scene-memory.ts'
import { selectPartition } from './select-partition.ts'
import type { GateSettings } from './settings.ts'
import { classCount, lookUpAnswer } from './look-up-answer.ts'

/** One setting for the whole stream, or the adaptive gate. */
export type SimulatedGate = GateSettings | AdaptiveGateState

export interface SimulatedDevice {
  /** Partitions that the phone keeps; 0 leaves it with the generalist: the plain Cascade. */
  readonly cacheEntries: number
  readonly keepShare: number
  /** What the bundle knows of scenes, for gates that go by it. */
  readonly scenes?: SceneKnowledge | undefined
}

export interface StreamResult {
  readonly frames: number
  /** Share of frames answered on the device. */
  readonly coverage: number
  /** Over all frames that show a class; misses answered by the full model. */
  readonly accuracy: number
  /** Of the full model alone on the same frames. */
  readonly fullAccuracy: number
  readonly accuracyOnHits: number
  /** Runs of a network on the device, per frame: of partitions and of the generalist. */
  readonly networksAsked: number
  readonly partitionsAsked: number
  /** Share of frames after which another partition became the most recent one. */
  readonly switchRate: number
  /** Share of frames after which a partition had to be downloaded. */
  readonly downloadRate: number
  /** Share of the hits that a partition answered. */
  readonly partitionHitShare: number
  /**
   * Share of the strangers that were answered as certain, by the device or by the edge; 0 where there are
   * none.
   */
  readonly strangersCertain: number
  /** The same by the device alone. */
  readonly strangersOnDevice: number
  /** Share of the frames at each place of `observationsOf`. */
  readonly events: readonly number[]
  /** Of each frame, whether its answer is right (1) or not (0). */
  readonly rightFrames: Uint8Array
  /** Of each frame, whether the device answered it (1), or it was sent to the edge (0). */
  readonly hitFrames: Uint8Array
  /** Class that each frame was answered with, by whomever. */
  readonly answers: Int32Array
}

const isAdaptive = (gate: SimulatedGate): gate is AdaptiveGateState => 'rows' in gate

/**
 * Replays a stream of images through the gate, the selector and the LRU policy, as the phone and the edge
 * would run it.
 *
 * @param images index of the image of each frame
 */
export function simulateStream(
  images: ArrayLike<number>,
  table: AnswerTable,
  gate: SimulatedGate,
  { cacheEntries, keepShare, scenes }: SimulatedDevice,
): StreamResult {
  let adaptive = isAdaptive(gate) ? createAdaptiveGate(gate.rows, gate.fallback) : undefined
  let settings = isAdaptive(gate) ? settingsOf(createAdaptiveGate(gate.rows, gate.fallback)) : gate
  let cache = createCacheState({ entries: cacheEntries, bytes: Number.MAX_SAFE_INTEGER })
  const indexOf = new Map(table.partitions.map((id, index) => [id, index]))
  const classesOf = table.partitions.map((id) => table.heads?.get(id)?.classIndices ?? [])
  let byRecency: readonly string[] = []
  let held: readonly number[] = []
  let [hits, right, fullRight, hitsRight, switches, downloads, asked, partitionsAsked, partitionHits] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  let [strangers, strangersCertain, strangersOnDevice, sinceEdge] = [0, 0, 0, 0]
  const rightFrames = new Uint8Array(images.length)
  const hitFrames = new Uint8Array(images.length)
  const answers = new Int32Array(images.length)

  const touch = (id: string): void => {
    if (id === byRecency[0]) return
    switches++
    cache = stepCache(
      cache,
      id in cache.entries ? { kind: 'used', id } : { kind: 'stored', id, bytes: 1 },
    ).state
    byRecency = byLeastRecentUse(cache).reverse()
    held = byRecency.map((of) => indexOf.get(of) ?? -1)
  }
  const fetch = (id: string | undefined): void => {
    if (id === undefined) return
    if (!(id in cache.entries)) downloads++
    touch(id)
  }
  const events = new Array<number>(observationCount).fill(0)
  const recency = new AnswerRecency<number>()
  const note = (event: Exclude<GateEvent, { kind: 'audit' }>, answered: number): void => {
    const seen = { ...event, recency: recency.note(answered) }
    const places = observationsOf(seen)
    for (const place of places) events[place] = (events[place] ?? 0) + 1 / places.length
    if (adaptive === undefined) return
    const { row } = adaptive
    adaptive = observe(adaptive, seen)
    if (adaptive.row !== row) settings = settingsOf(adaptive)
  }

  const scene = new SceneMemory(scenes)
  for (let frame = 0; frame < images.length; frame++) {
    const image = images[frame] ?? 0
    const label = table.labels[image] ?? -1
    const isStranger = Number(label === strangerLabel)
    strangers += isStranger
    fullRight += Number(table.fullAnswers[image] === label)
    const prior = settings.scenePrior
    const factors = scene.factors(prior, prior === undefined ? 0 : classCount(table))
    const believed = believedBy(settings, classesOf, factors, held, keepShare, cacheEntries)
    const decision = passGate(
      probeOrder(
        byRecency,
        settings,
        believed && { id: believed.id === undefined ? undefined : table.partitions[believed.id] },
      ),
      settings,
      (look) => {
        asked++
        if (table.heads?.has(look.network) === true || indexOf.has(look.network)) partitionsAsked++
        return lookUpAnswer(table, look, image, factors)
      },
    )
    const isTested =
      decision.kind === 'hit' && settings.testEvery !== undefined && sinceEdge >= settings.testEvery
    if (decision.kind === 'hit' && !isTested) {
      const { network, classIndex, probabilities } = decision.answer
      const isRight = Number(classIndex === label)
      sinceEdge++
      hits++
      right += isRight
      rightFrames[frame] = isRight
      hitFrames[frame] = 1
      answers[frame] = classIndex
      hitsRight += isRight
      strangersCertain += isStranger
      strangersOnDevice += isStranger
      partitionHits += Number(network !== generalistId)
      scene.see(probabilities, factors, prior, 'device')
      if (believed !== undefined) fetch(believed.id === undefined ? undefined : table.partitions[believed.id])
      else if (network !== generalistId) touch(network)
      note({ kind: 'hit' }, classIndex)
      continue
    }
    sinceEdge = 0
    const fromEdge = lookUpAnswer(table, firstLook(fullId), image, factors)
    rightFrames[frame] = Number(fromEdge.classIndex === label)
    answers[frame] = fromEdge.classIndex
    right += rightFrames[frame] ?? 0
    strangersCertain += isStranger * Number(!fromEdge.isStrange)
    scene.see(fromEdge.probabilities, factors, prior, 'edge')
    const before = byRecency[0]
    if (believed === undefined) {
      const code = table.codes[image]
      // A partition that nobody would ask is not fetched.
      const isWanted = code !== undefined && cacheEntries > 0 && settings.maxProbes > 0
      fetch(isWanted ? table.partitions[selectPartition(code, held, keepShare)] : undefined)
    } else {
      // What the edge said of this frame counts already.
      const now = believedBy(
        settings,
        classesOf,
        scene.factors(prior, classCount(table)),
        held,
        keepShare,
        cacheEntries,
      )
      fetch(now?.id === undefined ? undefined : table.partitions[now.id])
    }
    note({ kind: 'miss', isChange: byRecency[0] !== before }, fromEdge.classIndex)
  }
  const frames = images.length
  const known = Math.max(1, frames - strangers)
  return {
    frames,
    coverage: hits / frames,
    accuracy: right / known,
    fullAccuracy: fullRight / known,
    accuracyOnHits: hits === 0 ? 1 : hitsRight / hits,
    networksAsked: asked / frames,
    partitionsAsked: partitionsAsked / frames,
    switchRate: switches / frames,
    downloadRate: downloads / frames,
    partitionHitShare: hits === 0 ? 0 : partitionHits / hits,
    strangersCertain: strangers === 0 ? 0 : strangersCertain / strangers,
    strangersOnDevice: strangers === 0 ? 0 : strangersOnDevice / strangers,
    events: events.map((count) => count / frames),
    rightFrames,
    hitFrames,
    answers,
  }
}

/** The partition that the scene asks for; undefined where the gate goes by recency and the code alone. */
function believedBy(
  { leastBelief, maxProbes }: GateSettings,
  classes: readonly (readonly number[])[],
  factors: ArrayLike<number> | undefined,
  held: readonly number[],
  keepShare: number,
  cacheEntries: number,
): { readonly id: number | undefined } | undefined {
  if (leastBelief === undefined || factors === undefined || cacheEntries === 0 || maxProbes === 0)
    return undefined
  return { id: believedPartition({ shares: expectedShares(classes, factors), held, keepShare, leastBelief }) }
}
