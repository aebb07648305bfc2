import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { slimPackages, type SlimOptions } from './slim-packages.ts'

const installed = [
  'bullmq/dist/cjs/index.js',
  'bullmq/dist/esm/index.d.ts',
  'bullmq/dist/esm/index.js',
  'hono/dist/index.d.ts',
  'hono/dist/index.js',
  'hono/dist/index.js.map',
  'luxon/build/global/luxon.js',
  'luxon/build/node/luxon.js',
  'luxon/package.json',
  'luxon/src/luxon.js',
  'onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  'onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1',
  'onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll',
  'onnxruntime-node/dist/index.js',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.jsep.wasm',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  'protobufjs/cli/pbjs.js',
  'protobufjs/src/root.js',
]

async function leftOf(options: SlimOptions): Promise<{ left: string[]; deleted: number }> {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  for (const path of installed) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), 'four')
  }
  const deleted = await slimPackages(folder, options)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const left = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return { left: left.sort(), deleted }
}

it('leaves what an edge on this machine loads', async () => {
  expect(await leftOf({ platform: 'linux', arch: 'x64' })).toEqual({
    left: [
      'bullmq/dist/cjs/index.js',
      'hono/dist/index.js',
      'luxon/build/node/luxon.js',
      'luxon/package.json',
      'onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
      'onnxruntime-node/dist/index.js',
      'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
      'protobufjs/src/root.js',
    ],
    deleted: 10 * 4,
  })
})

it('takes ONNX Runtime away where it is not wanted', async () => {
  const { left } = await leftOf({ platform: 'darwin', arch: 'arm64', isWithoutOnnx: true })
  expect(left).toEqual([
    'bullmq/dist/cjs/index.js',
    'hono/dist/index.js',
    'luxon/build/node/luxon.js',
    'luxon/package.json',
    'protobufjs/src/root.js',
  ])
})
