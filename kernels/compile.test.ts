import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileModule } from './compile.ts'
import { modulePath, modules, type ModuleName } from './modules.ts'

describe.each(Object.keys(modules) as ModuleName[])('the module %s', (name) => {
  it('is what its sources compile to', async () => {
    const shipped = await readFile(modulePath(name))
    expect(
      Buffer.from(await compileModule(name)).equals(shipped),
      'run `npm run build:kernels` and commit the modules',
    ).toBe(true)
  })

  // Node 20 knows relaxed SIMD only behind a flag.
  it.skipIf(name === 'frame-relaxed')(
    'has no memory and no data of its own: it works on that of the backend',
    async () => {
      const module = new WebAssembly.Module(await readFile(modulePath(name)))
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
      expect(WebAssembly.Module.exports(module).every(({ kind }) => kind === 'function')).toBe(true)
    },
  )
})
