import { describe, expect, it } from 'vitest'
import { importCircles, readImports } from './import-circles.ts'

describe('importCircles', () => {
  it('finds no circle where files import the same one', () => {
    expect(
      importCircles(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([])
  })

  it('finds the way around, behind files that only lead there', () => {
    expect(
      importCircles(
        new Map([
          ['start', ['a']],
          ['a', ['b']],
          ['b', ['c', 'a']],
          ['c', []],
        ]),
      ),
    ).toEqual([['a', 'b']])
  })
})

describe('the sources', () => {
  const imports = readImports('.', ['core', 'onnx', 'edge', 'train', 'web', 'bench', 'test'])

  it('are found, and what they import, types too', () => {
    expect(imports.size).toBeGreaterThan(500)
    expect(imports.get('core/gate/gate.ts')).toContain('core/gate/settings.ts')
  })

  it('import one another in no circle', () => {
    expect(importCircles(imports)).toEqual([])
  })
})
