import { engine, type DataType, type TensorInfo } from '@tensorflow/tfjs-core'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

export interface WasmKernelArgs {
  readonly inputs: Readonly<Record<string, TensorInfo>>
  readonly backend: BackendWasm
  readonly attrs: Readonly<Record<string, unknown>>
}

/** The backend that the kernels of this folder are registered for. */
export function wasmBackend(): BackendWasm {
  const { backend } = engine()
  if (!(backend instanceof BackendWasm))
    throw new Error('The training kernels need the WASM backend: call startTrainingBackend first.')
  return backend
}

/**
 * Allocates float32 tensors on the WASM heap and returns them with views of their memory.
 * Views are made after all allocations: growing the heap detaches every view made before.
 */
export function allocate(backend: BackendWasm, shapes: readonly (readonly number[])[]): TensorInfo[] {
  return shapes.map((shape) => backend.makeOutput([...shape], 'float32' satisfies DataType))
}

/**
 * The memory of a tensor, valid until the next allocation on the heap. Writing to it is for its maker only.
 */
export function view(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array
}

/** Where a tensor lies on the WASM heap, in bytes from its start. Valid until the tensor is disposed of. */
export function address(backend: BackendWasm, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset
}
