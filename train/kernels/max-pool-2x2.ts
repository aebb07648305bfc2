import { customGrad, engine, type GradSaveFunc, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { allocate, view, wasmBackend } from './heap.ts'

interface Pooled {
  value: Tensor4D
  /** Which of the four inputs of each window won: 0–3, row by row. */
  winners: Uint8Array
}

function runForward(x: Tensor4D): Pooled {
  const backend = wasmBackend()
  const [batch, height, width, channels] = x.shape
  const outHeight = height >> 1
  const outWidth = width >> 1
  const [result] = allocate(backend, [[batch, outHeight, outWidth, channels]])
  const source = view(backend, x)
  const target = view(backend, result!)
  const winners = new Uint8Array(target.length)
  const row = width * channels
  let to = 0
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let column = 0; column < outWidth; column++) {
        let from = (image * height + y * 2) * row + column * 2 * channels
        for (let channel = 0; channel < channels; channel++, from++, to++) {
          let best = source[from]!
          let winner = 0
          const right = source[from + channels]!
          if (right > best) { best = right; winner = 1 }
          const below = source[from + row]!
          if (below > best) { best = below; winner = 2 }
          const across = source[from + row + channels]!
          if (across > best) { best = across; winner = 3 }
          target[to] = best
          winners[to] = winner
        }
      }
    }
  }
  return { value: engine().makeTensorFromTensorInfo(result!) as Tensor4D, winners }
}

function runBackward(dy: Tensor4D, shape: [number, number, number, number], winners: Uint8Array): Tensor4D {
  const backend = wasmBackend()
  const [batch, height, width, channels] = shape
  const [, outHeight, outWidth] = dy.shape
  const [result] = allocate(backend, [shape])
  const gradient = view(backend, dy)
  const target = view(backend, result!).fill(0)
  const row = width * channels
  const steps = [0, channels, row, row + channels]
  let from = 0
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let column = 0; column < outWidth; column++) {
        const start = (image * height + y * 2) * row + column * 2 * channels
        for (let channel = 0; channel < channels; channel++, from++) {
          target[start + channel + steps[winners[from]!]!] = gradient[from]!
        }
      }
    }
  }
  return engine().makeTensorFromTensorInfo(result!) as Tensor4D
}

/**
 * Max-pooling of 2x2 windows with stride 2, 'valid', which remembers the winners: its gradient is one scattered copy, where the
 * stock kernel searches every window again. x [batch, height, width, channels] → [batch, ⌊height/2⌋, ⌊width/2⌋, channels].
 */
export function maxPool2x2(x: Tensor4D): Tensor4D {
  const operation = customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor4D, GradSaveFunc]
    const { value, winners } = runForward(input)
    save([])
    const { shape } = input
    return { value, gradFunc: (dy: Tensor) => runBackward(dy as Tensor4D, shape, winners) }
  })
  return operation(x) as Tensor4D
}
