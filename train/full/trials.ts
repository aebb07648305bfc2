import type { ModelInput } from '../../core/bundle/model-input.ts'
import { argMax } from '../../core/gate/entropy.ts'
import { percent } from '../../core/percent.ts'
import type { ExaminedModel } from '../../onnx/examine-model.ts'
import { scaleOf, usualScales, type InputScale, type ScaleName } from '../../onnx/input-scale.ts'
import type { Runtime } from '../../onnx/runtime.ts'
import { wrapExamined } from '../../onnx/wrap-classifier.ts'
import type { Dataset } from '../data/dataset.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { Progress } from '../run/progress.ts'
import { fullPixels } from './full-pixels.ts'
import { openClassifier, type OpenClassifier } from './run-classifier.ts'
import type { SampleImage } from './sample-images.ts'

export const modelInput = (size: number, { mean, std }: InputScale): ModelInput => ({
  width: size,
  height: size,
  channels: 3,
  mean: [...mean],
  std: [...std],
})

/** The model with all that it gives, whatever the classes of the data are. */
function openWhole(
  runtime: Runtime,
  examined: ExaminedModel,
  order: InputScale['order'],
): Promise<OpenClassifier> {
  const { model, input, outputs } = examined
  const classes = Array.from({ length: outputs }, (_, index) => index)
  const blob = wrapExamined(examined, { order, classes, isProbabilities: false })
  return openClassifier(runtime, blob, input.isBatched, model.path)
}

export interface Trial {
  readonly scale: InputScale
  readonly predictions: Predictions
  readonly accuracy: number
}

/** Runs a model on labelled images. */
export class Trials {
  readonly #runtime: Runtime
  readonly #examined: ExaminedModel
  readonly #dataset: Dataset
  readonly #progress: Progress
  readonly #places: readonly number[]

  constructor(
    runtime: Runtime,
    examined: ExaminedModel,
    dataset: Dataset,
    places: readonly number[],
    progress: Progress,
  ) {
    this.#runtime = runtime
    this.#examined = examined
    this.#dataset = dataset
    this.#places = places
    this.#progress = progress
  }

  async run(scale: InputScale, images: readonly SampleImage[]): Promise<Trial> {
    const { input } = this.#examined
    const classifier = await openWhole(this.#runtime, this.#examined, scale.order)
    this.#progress.start()
    try {
      const predictions = await classifier.predict(
        images.length,
        (at) => {
          const { split, image } = images[at]!
          return fullPixels(split, this.#dataset.size, image, input.size)
        },
        modelInput(input.size, scale),
        (done) => this.#progress.count('full model', done, images.length),
      )
      return { scale, predictions, accuracy: this.#accuracyOf(predictions, images) }
    } finally {
      await classifier.close()
    }
  }

  /** Of the classes of the data alone, as the bundle will ask. */
  #accuracyOf(predictions: Predictions, images: readonly SampleImage[]): number {
    const isRight = ({ label }: SampleImage, at: number): boolean => {
      const all = logitsOf(predictions, at)
      return argMax(this.#places.map((place) => all[place]!)) === label
    }
    return images.filter(isRight).length / images.length
  }
}

/** The scale that most images are answered rightly with, and what it was chosen from. */
export async function tryScales(
  trials: Trials,
  images: readonly SampleImage[],
  order: InputScale['order'] | undefined,
): Promise<{ readonly scale: InputScale; readonly says: string }> {
  const names = (Object.keys(usualScales) as ScaleName[]).filter((name) => name !== 'tf')
  const tried: Trial[] = []
  for (const name of names) {
    const scale = scaleOf(name)
    tried.push(await trials.run({ ...scale, order: order ?? scale.order }, images))
  }
  const sorted = tried.sort((a, b) => b.accuracy - a.accuracy)
  const table = sorted.map(({ scale, accuracy }) => `${scale.name} ${percent(accuracy)}`).join(', ')
  return {
    scale: sorted[0]!.scale,
    says: `found by trying on ${images.length} images: ${table}; --full-input NAME takes another`,
  }
}

/** Whether two frames at once give what two frames are to give; some models say that they can and cannot. */
export async function takesBatches(runtime: Runtime, examined: ExaminedModel): Promise<boolean> {
  const { input, features, outputs } = examined
  if (!input.isBatched) return false
  const classifier = await openWhole(runtime, examined, 'rgb')
  try {
    const blank = new Uint8Array(input.size ** 2 * 3)
    const read = (): Promise<Uint8Array> => Promise.resolve(blank)
    const said = await classifier.predict(2, read, modelInput(input.size, scaleOf('unit')))
    return said.outputs === outputs && said.featureSize === features
  } catch {
    return false
  } finally {
    await classifier.close()
  }
}
