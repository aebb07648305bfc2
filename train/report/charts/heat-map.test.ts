import { describe, expect, it } from 'vitest'
import { heatMap } from './heat-map.ts'

const data = {
  label: 'answers',
  rows: ['<cat>', 'dog'],
  columns: ['<cat>', 'dog'],
  counts: [
    [9, 1],
    [0, 4],
  ],
  rowTitle: 'class',
  columnTitle: 'answer',
}

describe('heatMap', () => {
  it('shades by the share of the row, leaves empty cells out and writes the counts', () => {
    const drawn = String(heatMap({ ...data, hasDiagonal: true }))
    expect(drawn.match(/right-cell heat-9/g)).toHaveLength(2)
    expect(drawn.match(/wrong-cell heat-1/g)).toHaveLength(1)
    expect(drawn.match(/<rect [^>]*-cell/g)).toHaveLength(3)
    expect(drawn).toContain('<title>dog → dog: 4 of 4</title>')
    expect(drawn).toContain('>9</text>')
  })

  it('escapes class names wherever they stand', () => {
    const drawn = String(heatMap(data))
    expect(drawn).not.toContain('<cat>')
    expect(drawn.match(/&lt;cat&gt;/g)!.length).toBeGreaterThanOrEqual(4)
  })

  it('stays inside its picture', () => {
    const drawn = String(heatMap({ ...data, columns: ['p1', 'p2'] }))
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(drawn)!.map(Number)
    for (const [, x, y, w, h] of drawn.matchAll(
      /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
    )) {
      expect(Number(x) + Number(w)).toBeLessThanOrEqual(width!)
      expect(Number(y) + Number(h)).toBeLessThanOrEqual(height!)
    }
  })

  it('drops names and numbers where there are too many to read', () => {
    const many = Array.from({ length: 60 }, (_, index) => `class${index}`)
    const drawn = String(
      heatMap({
        ...data,
        rows: many,
        columns: many,
        counts: many.map((_, row) => many.map((_, column) => Number(row === column))),
      }),
    )
    expect(drawn).not.toContain('>class3</text>')
    expect(drawn.match(/heat-cell/g)).toHaveLength(60)
  })
})
