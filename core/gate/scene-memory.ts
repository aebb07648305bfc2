import { rawAnswer } from './raw-answer.ts'
import { SceneFilter, type BelievedScene, type SceneKnowledge } from './scene-filter.ts'
import { classFactors, createScene, seeFrame, type Scene } from './scene-prior.ts'
import type { ScenePriorSettings } from './settings.ts'

/** Who answered a frame. */
export type AnsweredBy = 'device' | 'edge'

/**
 * How much of the evidence counts that a small network gives for a known scene: frames that follow one
 * another are alike, and it takes a class for another again and again. Counted in full, such mistakes
 * outweigh every frame that the edge answers.
 */
const deviceEvidence = 0.5

/**
 * The scene of a stream, remembered as long as a prior is in force: what was seen before it came into force
 * says nothing.
 */
export class SceneMemory {
  readonly #knowledge: SceneKnowledge | undefined
  #scene: Scene | undefined
  #filter: SceneFilter | undefined

  /** @param knowledge of a bundle that knows scenes; what was seen is only counted where it knows none */
  constructor(knowledge?: SceneKnowledge) {
    this.#knowledge = knowledge
  }

  /**
   * What the scene makes of each class, before a frame; undefined where the gate looks at each frame by
   * itself.
   */
  factors(prior: ScenePriorSettings | undefined, classes: number): Float32Array<ArrayBuffer> | undefined {
    if (prior === undefined) {
      this.#scene = undefined
      this.#filter = undefined
      return undefined
    }
    const counted = classFactors(this.#sceneOf(classes), prior)
    return this.#filterOf(prior, classes)?.factors(counted) ?? counted
  }

  /**
   * A frame has its answer.
   *
   * @param answered its probabilities under `factors`
   * @param factors that were in force for this frame
   */
  see(
    answered: ArrayLike<number>,
    factors: ArrayLike<number> | undefined,
    prior: ScenePriorSettings | undefined,
    by: AnsweredBy,
  ): void {
    if (prior === undefined) return
    const classes = answered.length
    const scene = this.#sceneOf(classes)
    this.#filterOf(prior, classes)?.see(
      rawAnswer(answered, factors),
      classFactors(scene, prior),
      by === 'edge' ? 1 : deviceEvidence,
    )
    this.#scene = seeFrame(scene, answered, prior)
  }

  /** What the stream is taken for; undefined where no scene is known, or none was asked for. */
  believed(): BelievedScene | undefined {
    return this.#filter?.believed()
  }

  #sceneOf(classes: number): Scene {
    if (this.#scene?.length === classes) return this.#scene
    this.#filter = undefined
    return createScene(classes)
  }

  #filterOf({ knowsScenes = false }: ScenePriorSettings, classes: number): SceneFilter | undefined {
    if (!knowsScenes || this.#knowledge === undefined) return undefined
    return (this.#filter ??= new SceneFilter(this.#knowledge, classes))
  }
}
