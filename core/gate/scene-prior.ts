import type { ScenePriorSettings } from './settings.ts'

/**
 * What the last frames showed, as a prior for the next one. Networks are trained on all classes alike, and a
 * camera looks at few of them for a while: a network's probabilities are corrected to the scene's own by
 * Bayes' rule, p(c | x, scene) ∝ p(c | x) · π_c · C, before their entropy is taken (Saerens, Latinne &
 * Decaestecker 2002, Adjusting the Outputs of a Classifier to New a Priori Probabilities; there over a whole
 * set and by expectation maximisation, here frame by frame with a memory that fades). Pure; plain data.
 */

/** How often each class was seen lately: a sum of probabilities, older frames weighing less. */
export type Scene = readonly number[]

/** A stream begins: every class is as likely as every other. */
export const createScene = (classes: number): Scene => new Array<number>(classes).fill(0)

/**
 * π_c · C for each class: above 1 where the scene makes it likelier than it was in training. One imaginary
 * frame that shows all classes alike stands for what is not known yet. Their mean is 1.
 */
export function classFactors(
  scene: Scene,
  { surpriseChance }: ScenePriorSettings,
): Float32Array<ArrayBuffer> {
  let seen = 0
  for (const count of scene) seen += count
  const classes = scene.length
  const scale = ((1 - surpriseChance) * classes) / (seen + 1)
  const factors = new Float32Array(classes)
  for (let index = 0; index < classes; index++)
    factors[index] = scale * ((scene[index] ?? 0) + 1 / classes) + surpriseChance
  return factors
}

/**
 * A network's probabilities under the scene's prior, both of C classes; sums to 1. Without factors, the
 * probabilities as they are.
 */
export function applyFactors<Given extends ArrayLike<number>>(
  probabilities: Given,
  factors: ArrayLike<number> | undefined,
): Given | Float32Array<ArrayBuffer> {
  if (factors === undefined) return probabilities
  const result = new Float32Array(probabilities.length)
  let sum = 0
  for (let index = 0; index < result.length; index++)
    sum += result[index] = (probabilities[index] ?? 0) * (factors[index] ?? 1)
  for (let index = 0; index < result.length; index++) result[index] = (result[index] ?? 0) / sum
  return result
}

/** The scene after a frame, given the probabilities of its answer under the prior. */
export function seeFrame(
  scene: Scene,
  answered: ArrayLike<number>,
  { memoryFrames }: ScenePriorSettings,
): Scene {
  const fade = Math.exp(-1 / memoryFrames)
  return scene.map((count, index) => count * fade + (answered[index] ?? 0))
}
