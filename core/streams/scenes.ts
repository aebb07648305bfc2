import { createRandom, type Random } from '../random.ts'
import type { Place } from './place.ts'
import { defaultPlaces, placesFor } from './places.ts'
import type { SceneKind } from './scene-kinds.ts'

export { drawFrames } from './draw-frames.ts'
export type { Place } from './place.ts'
export { cifar10Places, defaultPlaces, documentedPlaces, placesFor } from './places.ts'
export { cifar100Places } from './cifar100-places.ts'
export { placesOfScenes } from './places-of-scenes.ts'
export { sceneKinds, type SceneKind } from './scene-kinds.ts'

export interface SceneStreamOptions {
  readonly kind: SceneKind
  readonly classNames: readonly string[]
  /**
   * Mean length of a scene in frames (L); lengths are geometric, so a scene ends after any frame with the
   * chance 1/L.
   */
  readonly meanLength: number
  /** Length of the stream. The last scene is cut off there. */
  readonly frames: number
  readonly seed: number | string
  /**
   * For `places` and `strange`; CIFAR-10's documented places or `placesFor` when left out, and others for
   * `strange`. Classes they name must be in `classNames`.
   */
  readonly places?: readonly Place[]
}

export interface StreamFrame {
  /** Counts scenes from 0. Two neighbouring scenes may hold the same classes: see `sceneStream`. */
  readonly sceneIndex: number
  /** The class, the two classes as `a + b`, or the place. */
  readonly sceneName: string
  readonly classIndex: number
}

/**
 * A seeded stream of class labels that is local in time. Scenes are drawn independently of one another, so
 * the next may be the same again; hence at mean length 1 the kinds `single` and `pairs` are `iid`, the honest
 * worst case. A place is drawn in proportion to the sum of its weights. RangeError for what cannot be drawn.
 */
export function sceneStream(options: SceneStreamOptions): StreamFrame[] {
  const { kind, meanLength, frames } = options
  const random = createRandom(options.seed)
  const drawScene = sceneDrawer(options, random)
  const stream: StreamFrame[] = []
  for (let sceneIndex = 0; stream.length < frames; sceneIndex++) {
    const scene = drawScene()
    const length = kind === 'iid' ? 1 : random.geometric(meanLength)
    for (let i = 0; i < length && stream.length < frames; i++) {
      stream.push({ sceneIndex, sceneName: scene.name, classIndex: scene.drawClass() })
    }
  }
  return stream
}

interface Scene {
  readonly name: string
  drawClass(): number
}

function sceneDrawer({ kind, classNames, places }: SceneStreamOptions, random: Random): () => Scene {
  const single = (): Scene => {
    const classIndex = random.integer(classNames.length)
    return { name: classNames[classIndex] ?? '', drawClass: () => classIndex }
  }
  switch (kind) {
    case 'iid':
    case 'single':
      return single
    case 'pairs':
      return () => {
        const first = random.integer(classNames.length)
        const other = random.integer(classNames.length - 1)
        const second = other < first ? other : other + 1
        return {
          name: `${classNames[first] ?? ''} + ${classNames[second] ?? ''}`,
          drawClass: () => (random.integer(2) === 0 ? first : second),
        }
      }
    case 'places':
      return placeDrawer(places ?? defaultPlaces(classNames), classNames, random)
    case 'strange':
      return placeDrawer(places ?? placesFor(classNames, 'strange'), classNames, random)
    default:
      return kind satisfies never
  }
}

function placeDrawer(places: readonly Place[], classNames: readonly string[], random: Random): () => Scene {
  const scenes = places.map(({ name, weights }) => {
    const classes = Object.keys(weights).map((className) => {
      const classIndex = classNames.indexOf(className)
      if (classIndex < 0)
        throw new RangeError(`the place ${name} names the class ${className}, which the data set has not`)
      return classIndex
    })
    const shares = Object.values(weights)
    const drawClass = weighted(classes, shares, random)
    return { scene: { name, drawClass }, weight: shares.reduce((sum, share) => sum + share, 0) }
  })
  return weighted(
    scenes.map(({ scene }) => scene),
    scenes.map(({ weight }) => weight),
    random,
  )
}

/** Draws one of `values`, each in proportion to its weight. */
function weighted<T>(values: readonly T[], weights: readonly number[], random: Random): () => T {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const isValid = total > 0 && weights.every((weight) => weight >= 0 && Number.isFinite(weight))
  if (!isValid) throw new RangeError('weights must be finite, at least 0, and not all 0')
  const drawable = values
    .map((value, i) => ({ value, weight: weights[i] ?? 0 }))
    .filter(({ weight }) => weight > 0)
  return () => {
    let rest = random.next() * total
    // Rounding may leave a rest.
    const found = drawable.find(({ weight }) => (rest -= weight) < 0) ?? drawable.at(-1)
    return (found as { value: T }).value
  }
}
