import type { SceneChoice } from '../../../core/gate/gate.ts'

/** What the last frames of the stream showed, under the settings in force. */
export interface StreamScene {
  /** What it makes of each class; undefined where the gate looks at each frame by itself. */
  factors(): Float32Array<ArrayBuffer> | undefined
  /**
   * The partition that the scene asks for; undefined where the gate goes by recency and the edge's word
   * alone.
   */
  choice(): SceneChoice | undefined
  /**
   * Whether it is time that the edge looks at a frame, however certain the device is: what is believed of the
   * scene is tested.
   */
  isTestDue(): boolean
  /**
   * Whether the stream shows what the bundle does not know, given the device's answer before any prior. Once
   * a frame, in stream order.
   *
   * @param isStrange the network's own word, where the bundle says what is strange
   */
  isNovel(raw: ArrayLike<number>, isStrange?: boolean): boolean
  /** A frame has its answer, with these probabilities under the factors that it was asked with. */
  see(answered: ArrayLike<number>, factors: ArrayLike<number> | undefined, by: SeenBy): void
}

/** Whose an answer is, and what it is worth. */
export interface SeenBy {
  /** The answer stands without the prior: the edge's, or a network's that was certain by itself. */
  readonly isConfirmed: boolean
  /** The full model has looked at it. */
  readonly isFromEdge: boolean
  /**
   * What answered does not know it, so that it says nothing of the scene. Of the full model's answer it is
   * the full model's word: a specialist finds everything strange once the scene is another one, and from
   * that the scene has to be told.
   */
  readonly isNovel: boolean
}
