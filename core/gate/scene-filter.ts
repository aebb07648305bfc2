import type { SceneKind } from '../streams/scene-kinds.ts'

/**
 * Which scene a stream is in, of those that are known: one step of a hidden Markov model's forward filter a
 * frame (Rabiner 1989), whose states are scenes and whose evidence is what the networks say, p(x | scene) ∝
 * Σ_c q_scene(c) · p(c | x) for networks that were trained on all classes alike. A place that was seen before
 * is known again after two or three frames, where counting what was seen takes tens. A scene that nobody
 * knows is the open one, whose classes are counted (`scene-prior.ts`). No network, no clock.
 */

/** What a bundle knows of scenes. */
export interface SceneKnowledge {
  /**
   * Share of every known scene that is spread over all classes: what was never seen there is seen there after
   * all.
   */
  readonly surpriseChance: number
  /** How streams go: kinds of scenes with their mean lengths in frames. */
  readonly localities: readonly { readonly kind: SceneKind; readonly meanLength: number }[]
  /**
   * Places, and the share of each class of the bundle there; `weight` says how often the place is met,
   * relative to one another.
   */
  readonly places: readonly {
    readonly name: string
    readonly weight: number
    readonly shares: readonly number[]
  }[]
}

/** What the filter takes the stream for. */
export interface BelievedScene {
  /** `open`: a scene that the bundle does not know. */
  readonly kind: SceneKind | 'open'
  /** Of a place. */
  readonly name?: string | undefined
  /** Classes that are seen there; none of the open scene, which may show any. */
  readonly classes: readonly number[]
  readonly chance: number
}

/** A scene as the classes that are seen there; the others have no share. */
interface KnownScene {
  readonly name?: string
  readonly classes: readonly number[]
  readonly shares: readonly number[]
  /** How often it is met, relative to the others of its locality. */
  readonly weight: number
}

/** Pairs of more classes take longer than they help: what was counted serves them. */
const mostClassesInPairs = 32

/** A stream keeps its locality for about as many frames. */
const localityFrames = 2000

/**
 * The weights that are in use need no general power, which is most of a frame's time where scenes are many.
 */
const raise = (likelihood: number, weight: number): number =>
  weight === 1 ? likelihood : weight === 0.5 ? Math.sqrt(likelihood) : likelihood ** weight

const count = (length: number): number[] => Array.from({ length }, (_, index) => index)

function scenesOf(kind: SceneKind, classes: number, { places }: SceneKnowledge): KnownScene[] {
  const all = count(classes)
  switch (kind) {
    case 'single':
      return all.map((index) => ({ classes: [index], shares: [1], weight: 1 }))
    case 'pairs':
      return classes > mostClassesInPairs
        ? []
        : all.flatMap((first) =>
            all
              .slice(first + 1)
              .map((second) => ({ classes: [first, second], shares: [0.5, 0.5], weight: 1 })),
          )
    case 'iid':
      return [{ classes: all, shares: all.map(() => 1 / classes), weight: 1 }]
    case 'places':
      return places.map(({ name, weight, shares }) => {
        const seen = all.filter((index) => (shares[index] ?? 0) > 0)
        return { name, classes: seen, shares: seen.map((index) => shares[index] ?? 0), weight }
      })
    case 'strange':
      // The open scene.
      return []
    default:
      return kind satisfies never
  }
}

/** The scenes that a bundle of C classes knows, laid out once, and the belief in each. */
export class SceneFilter {
  readonly #classes: number
  /** What each known scene is: the same place in long scenes and in short ones is one of them. */
  readonly #identities: readonly Omit<BelievedScene, 'chance'>[]
  readonly #surpriseChance: number
  /**
   * Scenes one after the other: of each the place of its first entry, and for every entry a class and its
   * share.
   */
  readonly #starts: Int32Array
  readonly #entryClasses: Int32Array
  readonly #entryShares: Float64Array
  readonly #localities: Int32Array
  /** Chance of each scene among those of its locality. */
  readonly #chances: Float64Array
  /** Chance that a scene of each locality ends with a frame. */
  readonly #ends: Float64Array
  /** What every scene is given with each frame, for a stream that changes its locality. */
  readonly #anew: Float64Array
  /** In each known scene, and last in the open one. Sums to 1. */
  readonly #belief: Float64Array
  // Room that is kept from frame to frame.
  readonly #evidence: Float64Array
  readonly #ofLocality: Float64Array
  readonly #begins: Float64Array
  readonly #lasts: Float64Array

  constructor(knowledge: SceneKnowledge, classes: number) {
    this.#classes = classes
    this.#surpriseChance = knowledge.surpriseChance
    const localities = knowledge.localities
      .map(({ kind, meanLength }) => ({ kind, meanLength, known: scenesOf(kind, classes, knowledge) }))
      .filter(({ known }) => known.length > 0)
    const scenes = localities.flatMap(({ kind, known }, locality) => {
      const total = known.reduce((sum, { weight }) => sum + weight, 0)
      return known.map((scene) => ({ ...scene, kind, locality, chance: scene.weight / total }))
    })
    this.#identities = scenes.map(({ kind, name, classes: seen }) => ({ kind, name, classes: seen }))
    let entries = 0
    this.#starts = Int32Array.from([
      ...scenes.map((scene) => (entries += scene.classes.length) - scene.classes.length),
      entries,
    ])
    this.#entryClasses = Int32Array.from(scenes.flatMap((scene) => scene.classes))
    this.#entryShares = Float64Array.from(scenes.flatMap(({ shares }) => shares))
    this.#localities = Int32Array.from(scenes, ({ locality }) => locality)
    this.#chances = Float64Array.from(scenes, ({ chance }) => chance)
    this.#ends = Float64Array.from(localities, ({ meanLength }) => 1 / meanLength)
    // Before anything was seen, every locality is as likely as every other, and as the open scene.
    this.#belief = Float64Array.from([...this.#chances, 1], (chance) => chance / (localities.length + 1))
    this.#anew = this.#belief.map((chance) => chance / localityFrames)
    this.#evidence = new Float64Array(classes)
    this.#ofLocality = new Float64Array(localities.length)
    this.#begins = new Float64Array(localities.length)
    this.#lasts = new Float64Array(localities.length)
  }

  /**
   * π_c · C for each class, as `classFactors`: their mean is 1.
   *
   * @param open the same of the open scene
   */
  factors(open: ArrayLike<number>): Float32Array<ArrayBuffer> {
    // Fields are read once: this is replayed a hundred million times when a gate is calibrated.
    const [starts, classes, shares, belief] = [
      this.#starts,
      this.#entryClasses,
      this.#entryShares,
      this.#belief,
    ]
    const scenes = this.#chances.length
    const ofOpen = belief[scenes] ?? 0
    const factors = new Float32Array(this.#classes)
    for (let index = 0; index < factors.length; index++)
      factors[index] = this.#surpriseChance * (1 - ofOpen) + ofOpen * (open[index] ?? 1)
    const scale = (1 - this.#surpriseChance) * this.#classes
    for (let scene = 0, entry = 0; scene < scenes; scene++) {
      const ofScene = (belief[scene] ?? 0) * scale
      for (const end = starts[scene + 1] ?? 0; entry < end; entry++) {
        const index = classes[entry] ?? 0
        factors[index] = (factors[index] ?? 0) + ofScene * (shares[entry] ?? 0)
      }
    }
    return factors
  }

  /**
   * Takes note of a frame.
   *
   * @param evidence p(c | x) before any prior; sums to 1
   * @param open factors of the open scene before this frame
   * @param weight of the evidence: its likelihoods are raised to that power, from 0 (nothing was seen) to 1
   */
  see(evidence: ArrayLike<number>, open: ArrayLike<number>, weight = 1): void {
    const [starts, classes, shares, belief, of] = [
      this.#starts,
      this.#entryClasses,
      this.#entryShares,
      this.#belief,
      this.#evidence,
    ]
    const scenes = this.#chances.length
    let ofOpen = 0
    for (let index = 0; index < of.length; index++) {
      const chance = evidence[index] ?? 0
      of[index] = chance
      ofOpen += ((open[index] ?? 1) * chance) / of.length
    }
    const known = 1 - this.#surpriseChance
    const anywhere = this.#surpriseChance / this.#classes
    let sum = 0
    for (let scene = 0, entry = 0; scene < scenes; scene++) {
      let likelihood = 0
      for (const end = starts[scene + 1] ?? 0; entry < end; entry++)
        likelihood += (shares[entry] ?? 0) * (of[classes[entry] ?? 0] ?? 0)
      sum += belief[scene] = (belief[scene] ?? 0) * raise(known * likelihood + anywhere, weight)
    }
    sum += belief[scenes] = (belief[scenes] ?? 0) * raise(ofOpen, weight)
    this.#goOn(sum)
  }

  /** The likeliest scene. */
  believed(): BelievedScene {
    const chances = new Map<string, BelievedScene>()
    for (const [scene, identity] of [...this.#identities, { kind: 'open' as const, classes: [] }].entries()) {
      const key = JSON.stringify(identity)
      chances.set(key, { ...identity, chance: (chances.get(key)?.chance ?? 0) + (this.#belief[scene] ?? 0) })
    }
    return [...chances.values()].reduce((best, scene) => (scene.chance > best.chance ? scene : best))
  }

  /** The next frame may be of another scene of the locality, or of another locality. */
  #goOn(sum: number): void {
    const [belief, localities, chances, anew] = [this.#belief, this.#localities, this.#chances, this.#anew]
    const [ends, ofLocality, begins, lasts] = [
      this.#ends,
      this.#ofLocality.fill(0),
      this.#begins,
      this.#lasts,
    ]
    const scenes = chances.length
    for (let scene = 0; scene < scenes; scene++) {
      const locality = localities[scene] ?? 0
      ofLocality[locality] = (ofLocality[locality] ?? 0) + (belief[scene] ?? 0)
    }
    const stays = (1 - 1 / localityFrames) / sum
    for (let locality = 0; locality < begins.length; locality++) {
      const end = ends[locality] ?? 0
      begins[locality] = stays * end * (ofLocality[locality] ?? 0)
      lasts[locality] = stays * (1 - end)
    }
    for (let scene = 0; scene < scenes; scene++) {
      const locality = localities[scene] ?? 0
      belief[scene] =
        (lasts[locality] ?? 0) * (belief[scene] ?? 0) +
        (begins[locality] ?? 0) * (chances[scene] ?? 0) +
        (anew[scene] ?? 0)
    }
    belief[scenes] = stays * (belief[scenes] ?? 0) + (anew[scenes] ?? 0)
  }
}
