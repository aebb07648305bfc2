import { customGrad, engine, type GradSaveFunc, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { assemblyKernels } from './assembly.ts'
import { address, allocate, wasmBackend } from './heap.ts'

interface Pooled {
  value: Tensor4D
  /**
   * Which of the four inputs of each window won, 0–3, row by row: a byte each, four in a value of this
   * tensor.
   */
  winners: Tensor
}

function runForward(x: Tensor4D): Pooled {
  const backend = wasmBackend()
  const [batch, height, width, channels] = x.shape
  const shape = [batch, height >> 1, width >> 1, channels]
  const [value, winners] = allocate(backend, [shape, [Math.ceil(shape.reduce((a, b) => a * b, 1) / 4)]])
  assemblyKernels(backend).maxPool(
    address(backend, x),
    batch,
    height,
    width,
    channels,
    address(backend, value!),
    address(backend, winners!),
  )
  return {
    value: engine().makeTensorFromTensorInfo(value!) as Tensor4D,
    winners: engine().makeTensorFromTensorInfo(winners!),
  }
}

function runBackward(
  dy: Tensor,
  [batch, height, width, channels]: [number, number, number, number],
  winners: Tensor,
): Tensor4D {
  const backend = wasmBackend()
  const [dx] = allocate(backend, [[batch, height, width, channels]])
  assemblyKernels(backend).maxPoolGradient(
    address(backend, dy),
    address(backend, winners),
    batch,
    height,
    width,
    channels,
    address(backend, dx!),
  )
  return engine().makeTensorFromTensorInfo(dx!) as Tensor4D
}

/**
 * Max-pooling of 2x2 windows with stride 2, 'valid', which remembers the winners: its gradient is one
 * scattered copy, where the stock kernel searches every window again. x [batch, height, width, channels] →
 * [batch, ⌊height/2⌋, ⌊width/2⌋, channels].
 */
export function maxPool2x2(x: Tensor4D): Tensor4D {
  const operation = customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor4D, GradSaveFunc]
    const { value, winners } = runForward(input)
    save([winners])
    const { shape } = input
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => runBackward(dy, shape, saved[0]!) }
  })
  return operation(x)
}
