import {
  Conv2D,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  FusedConv2D,
  getKernel,
  Identity,
  registerKernel,
  setBackend,
  unregisterKernel,
  env,
  type KernelConfig,
  type KernelFunc,
} from '@tensorflow/tfjs-core'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
// The union package is what registers the gradients of the stock operations; Node cannot import them from
// tfjs-core alone.
import '@tensorflow/tfjs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { conv2d, fusedConv2d } from './conv2d.ts'
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2dBackpropInput } from './conv2d-backprop-input.ts'
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from './depthwise-conv2d.ts'
import { identity } from './identity.ts'

const replaced = new Map<string, KernelFunc>()

/** The backend's own kernel behind one that replaces it, to measure against. */
export function stockKernel(name: string): KernelFunc {
  const stock = replaced.get(name)
  if (stock === undefined) throw new Error(`No kernel named ${name} was replaced.`)
  return stock
}

/** Puts a kernel of ours in the place of a stock one, which it gets for the shapes that it does not cover. */
function replaceKernel(name: string, replacement: (stock: KernelFunc) => KernelConfig): void {
  const stock = getKernel(name, 'wasm').kernelFunc
  replaced.set(name, stock)
  unregisterKernel(name, 'wasm')
  registerKernel(replacement(stock))
}

let started: Promise<void> | undefined

async function start(): Promise<void> {
  const require = createRequire(import.meta.url)
  setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'))
  // Threads of our own share the cores better: one process-wide pool would have them wait for one another.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await setBackend('wasm'))) throw new Error('The WASM backend did not start.')
  replaceKernel(Conv2D, conv2d)
  replaceKernel(FusedConv2D, fusedConv2d)
  replaceKernel(Identity, identity)
  replaceKernel(Conv2DBackpropInput, conv2dBackpropInput)
  replaceKernel(DepthwiseConv2dNative, depthwiseConv2d)
  registerKernel(conv2dBackpropFilter())
  registerKernel(depthwiseConv2dBackpropInput())
  registerKernel(depthwiseConv2dBackpropFilter())
}

/**
 * Starts the WASM backend of this thread, single-threaded, with the gradient kernels that training needs.
 * Idempotent.
 */
export function startTrainingBackend(): Promise<void> {
  return (started ??= start())
}
