'use strict'

// A thread of the threaded kernels: tfjs's own worker script (wasmWorkerContents in tfjs-backend-wasm-threaded-simd.worker.js), without its
// parts for Node. A classic script that imports nothing: emscripten starts it by its address, and it loads emscripten's glue by the one it is sent.

/* global self, postMessage, importScripts, WebAssembly, WasmBackendModuleThreadedSimd -- a worker's, and what the glue defines */

let module = {}
let isInitialised = false
const waitingQueues = []

/** Called by the glue when the module runs in this thread. */
self.startWorker = (instance) => {
  module = instance
  postMessage({ cmd: 'loaded' })
}

function load({ wasmModule, wasmMemory, handlers, urlOrBlob }) {
  for (const handler of handlers) module[handler] = (...args) => postMessage({ cmd: 'callHandler', handler, args })
  module.wasmMemory = wasmMemory
  module.buffer = wasmMemory.buffer
  module.ENVIRONMENT_IS_PTHREAD = true
  module.instantiateWasm = (imports, receive) => {
    const instance = new WebAssembly.Instance(wasmModule, imports)
    receive(instance)
    return instance.exports
  }
  importScripts(urlOrBlob)
  WasmBackendModuleThreadedSimd(module)
}

function run(data) {
  module.__emscripten_thread_init(data.pthread_ptr, 0, 0, 1)
  module.establishStackSpace()
  module.PThread.receiveObjectTransfer(data)
  module.PThread.threadInitTLS()
  if (!isInitialised) {
    isInitialised = true
    for (const queue of waitingQueues.splice(0)) module.executeNotifiedProxyingQueue(queue)
  }
  try {
    module.invokeEntryPoint(data.start_routine, data.arg)
  } catch (thrown) {
    if (thrown === 'unwind') return
    if (!(thrown instanceof module.ExitStatus)) throw thrown
    if (!module.keepRuntimeAlive()) module.__emscripten_thread_exit(thrown.status)
  }
}

self.onmessage = ({ data }) => {
  try {
    if (data.cmd === 'load') load(data)
    else if (data.cmd === 'run') run(data)
    else if (data.cmd === 'cancel' && module._pthread_self()) module.__emscripten_thread_exit(-1)
    else if (data.cmd === 'processProxyingQueue' && isInitialised) module.executeNotifiedProxyingQueue(data.queue)
    else if (data.cmd === 'processProxyingQueue') waitingQueues.push(data.queue)
  } catch (thrown) {
    module.__emscripten_thread_crashed?.()
    throw thrown
  }
}
