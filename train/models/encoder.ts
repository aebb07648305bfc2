import * as tf from '@tensorflow/tfjs-core'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec } from '../../core/network/spec.ts'
import type { Random } from '../../core/random.ts'

interface DenseVariables {
  readonly kernel: tf.Variable<tf.Rank.R2>
  readonly bias: tf.Variable<tf.Rank.R1>
}

export interface EncoderSizes {
  readonly features: number
  readonly hidden: number
  readonly latent: number
  readonly partitions: number
}

export interface EncoderPass {
  readonly z: tf.Tensor2D
  readonly code: tf.Tensor2D
  readonly codeLogits: tf.Tensor2D
  readonly reconstructedFeatures: tf.Tensor2D
  readonly reconstructedZ: tf.Tensor2D
}

const encoderLayers = ['z-hidden', 'z', 'code-hidden', 'code'] as const

/** The spec of the encoder as it ships: features → z → z̄. The decoders stay behind in training. */
export function encoderSpec({ features, hidden, latent, partitions }: EncoderSizes): NetworkSpec {
  return networkSpecSchema.parse({
    inputShape: [features],
    layers: [
      { kind: 'dense', name: 'z-hidden', units: hidden, activation: 'relu' },
      { kind: 'dense', name: 'z', units: latent },
      { kind: 'dense', name: 'code-hidden', units: hidden, activation: 'relu' },
      { kind: 'dense', name: 'code', units: partitions },
    ],
  })
}

/**
 * Encoder and decoders of both levels, on standardised features of the full model's trunk. Holds variables:
 * `dispose` when done.
 */
export class TwoLevelEncoder {
  readonly sizes: EncoderSizes
  readonly #layers = new Map<string, DenseVariables>()

  constructor(sizes: EncoderSizes, random: Random) {
    this.sizes = sizes
    const { features, hidden, latent, partitions } = sizes
    const add = (name: string, inputs: number, outputs: number): void => {
      const deviation = Math.sqrt(2 / inputs)
      const values = Float32Array.from({ length: inputs * outputs }, () => random.normal() * deviation)
      const kernel = tf.tidy(() => tf.variable(tf.tensor2d(values, [inputs, outputs])))
      this.#layers.set(name, { kernel, bias: tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([outputs]))) })
    }
    add('z-hidden', features, hidden)
    add('z', hidden, latent)
    add('z-decoder-hidden', latent, hidden)
    add('z-decoder', hidden, features)
    add('code-hidden', latent, hidden)
    add('code', hidden, partitions)
    add('code-decoder-hidden', partitions, hidden)
    add('code-decoder', hidden, latent)
  }

  get variables(): tf.Variable[] {
    return [...this.#layers.values()].flatMap(({ kernel, bias }) => [kernel, bias])
  }

  #dense(name: string, x: tf.Tensor2D): tf.Tensor2D {
    const { kernel, bias } = this.#layers.get(name)!
    return tf.add(tf.matMul(x, kernel), bias)
  }

  #hidden(name: string, x: tf.Tensor2D): tf.Tensor2D {
    return tf.relu(this.#dense(name, x))
  }

  /** @param features [batch, features], standardised */
  run(features: tf.Tensor2D): EncoderPass {
    const z = this.#dense('z', this.#hidden('z-hidden', features))
    const codeLogits = this.#dense('code', this.#hidden('code-hidden', z))
    return {
      z,
      codeLogits,
      code: tf.softmax(codeLogits),
      reconstructedFeatures: this.#dense('z-decoder', this.#hidden('z-decoder-hidden', z)),
      reconstructedZ: this.#dense('code-decoder', this.#hidden('code-decoder-hidden', codeLogits)),
    }
  }

  /**
   * Weights of `encoderSpec`; the standardisation of the features, (f − mean)/deviation, goes into the first
   * layer.
   */
  fold(mean: Float32Array, deviation: Float32Array): NamedTensor[] {
    return encoderLayers.flatMap((name): NamedTensor[] => {
      const layer = this.#layers.get(name)!
      const [inputs, outputs] = layer.kernel.shape
      const kernel = layer.kernel.dataSync<'float32'>().slice()
      const bias = layer.bias.dataSync<'float32'>().slice()
      if (name === 'z-hidden') {
        for (let input = 0; input < inputs; input++) {
          for (let output = 0; output < outputs; output++) {
            const index = input * outputs + output
            kernel[index]! /= deviation[input]!
            bias[output]! -= kernel[index]! * mean[input]!
          }
        }
      }
      return [
        { name: `${name}/kernel`, shape: [inputs, outputs], values: kernel },
        { name: `${name}/bias`, shape: [outputs], values: bias },
      ]
    })
  }

  dispose(): void {
    tf.dispose(this.variables)
  }
}
