import { classFactors, createScene, seeFrame, type Scene, type ScenePriorSettings } from './scene-prior.ts'

/** The scene of a stream, remembered as long as a prior is in force: what was seen before it came into force says nothing. */
export class SceneMemory {
  #scene: Scene | undefined

  /** What the scene makes of each class, before a frame; undefined where the gate looks at each frame by itself. */
  factors(prior: ScenePriorSettings | undefined, classes: number): Float32Array<ArrayBuffer> | undefined {
    if (prior !== undefined) return classFactors(this.#sceneOf(classes), prior)
    this.#scene = undefined
    return undefined
  }

  /** A frame has its answer, with these probabilities. */
  see(answered: ArrayLike<number>, prior: ScenePriorSettings | undefined): void {
    if (prior !== undefined) this.#scene = seeFrame(this.#sceneOf(answered.length), answered, prior)
  }

  #sceneOf(classes: number): Scene {
    return this.#scene?.length === classes ? this.#scene : createScene(classes)
  }
}
