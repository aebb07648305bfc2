import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { modulePath } from './assembly.ts'
import { compileAssembly } from './compile-assembly.ts'

it('the module that ships is what its sources compile to', async () => {
  const shipped = await readFile(modulePath)
  expect(
    Buffer.from(await compileAssembly()).equals(shipped),
    'run `npm run build:kernels` and commit the module',
  ).toBe(true)
})

it('has no memory and no data of its own: it works on that of the backend', async () => {
  const module = new WebAssembly.Module(await readFile(modulePath))
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  expect(WebAssembly.Module.exports(module).every(({ kind }) => kind === 'function')).toBe(true)
})
