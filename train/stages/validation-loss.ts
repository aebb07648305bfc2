import { fitTemperature, negativeLogLikelihood } from '../calibration/temperature.ts'
import { splitCount } from '../data/dataset.ts'
import type { Architecture } from '../models/architecture.ts'
import { predictImages } from '../models/predict.ts'
import { shipNetwork } from '../models/ship-network.ts'
import type { StageContext } from './context.ts'

/**
 * Mean cross-entropy in nats of a network, as it ships, on the validation images, at the temperature that
 * suits it: calibration takes that away, so that a network is not held worse for being too certain.
 */
export function validationLoss(
  { dataset: { validation }, input }: Pick<StageContext, 'dataset' | 'input'>,
  architecture: Architecture,
  vector: Float32Array,
): number {
  const predictions = predictImages(shipNetwork(architecture, vector), validation, input)
  const images = Array.from({ length: splitCount(validation) }, (_, image) => image)
  const temperature = fitTemperature(predictions, validation.labels, images)
  return negativeLogLikelihood(predictions, validation.labels, images, temperature)
}
