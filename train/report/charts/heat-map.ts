import type { Markup } from '../html/markup.ts'
import { label, rect, slantedLabel, svg } from './svg.ts'
import { shortenTo, textWidth } from './text-width.ts'

export interface HeatMapData {
  readonly label: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Counts: `counts[row][column]`. */
  readonly counts: readonly (readonly number[])[]
  readonly rowTitle: string
  readonly columnTitle: string
  /** Rows and columns are the same classes, and the diagonal is what is wanted. */
  readonly hasDiagonal?: boolean
}

/** Beyond this many rows or columns, names and numbers would only be dust. */
const mostNamed = 40
const titleHeight = 20

/** Nine steps of colour, `heat-1` … `heat-9`, by the share of the row; an empty cell has none. */
const heatOf = (share: number): number => Math.max(1, Math.min(9, Math.ceil(share * 9)))

/** Names are shortened to this, in units of the picture. */
const widestName = 92
const shorten = (name: string): string => shortenTo(name, widestName)
const widestOf = (names: readonly string[]): number =>
  Math.max(0, ...names.map((name) => textWidth(shorten(name))))
/** Slanted names climb by 50 degrees. */
const [climb, reach] = [Math.sin((50 / 180) * Math.PI), Math.cos((50 / 180) * Math.PI)] as const

/**
 * Cells shaded by their share of the row, so that rare classes show as well as frequent ones; numbers where
 * they fit.
 */
export function heatMap({
  label: name,
  rows,
  columns,
  counts,
  rowTitle,
  columnTitle,
  hasDiagonal = false,
}: HeatMapData): Markup {
  const isNamed = Math.max(rows.length, columns.length) <= mostNamed
  // A few columns need not be as narrow as forty.
  const cellWidth = Math.max(isNamed ? 20 : 2, Math.min(58, 300 / columns.length))
  const cellHeight = Math.max(isNamed ? 17 : 2, Math.min(30, 300 / rows.length, cellWidth))
  // At least as wide as the title that stands over the names.
  const nameWidth = isNamed ? 10 + Math.max(widestOf(rows), textWidth(`${rowTitle} ↓`, 11)) : 20
  const longest = widestOf(columns)
  const isSlanted = longest > cellWidth
  const top = titleHeight + (isNamed ? (isSlanted ? 18 + longest * climb : 18) : 4)
  // A slanted name of the last column reaches beyond its cell.
  const [width, height] = [
    nameWidth +
      columns.length * cellWidth +
      (isNamed && isSlanted ? Math.max(4, 12 + longest * reach - cellWidth / 2) : 4),
    top + rows.length * cellHeight + 4,
  ]
  const cells = rows.flatMap((row, rowIndex) => {
    const sum = (counts[rowIndex] ?? []).reduce((total, count) => total + count, 0)
    return columns.flatMap((column, columnIndex) => {
      const count = counts[rowIndex]?.[columnIndex] ?? 0
      if (count === 0) return []
      const [x, y] = [nameWidth + columnIndex * cellWidth, top + rowIndex * cellHeight]
      const heat = heatOf(count / sum)
      const kind = hasDiagonal && rowIndex === columnIndex ? 'right' : hasDiagonal ? 'wrong' : 'heat'
      const cell = rect(
        x + 0.5,
        y + 0.5,
        cellWidth - 1,
        cellHeight - 1,
        `${kind}-cell heat-${heat}`,
        `${row} → ${column}: ${count} of ${sum}`,
      )
      const number =
        isNamed && String(count).length * 5.4 < cellWidth
          ? [
              label(x + cellWidth / 2, y + cellHeight / 2 + 3, String(count), {
                className: heat > 5 ? 'cell on' : 'cell',
              }),
            ]
          : []
      return [cell, ...number]
    })
  })
  const names = isNamed
    ? [
        ...rows.map((row, index) =>
          label(nameWidth - 6, top + (index + 0.5) * cellHeight + 3.5, shorten(row), { anchor: 'end' }),
        ),
        ...columns.map((column, index) =>
          columnName(shorten(column), nameWidth + (index + 0.5) * cellWidth, top - 6, isSlanted),
        ),
      ]
    : []
  const titles = [
    label(nameWidth - 6, 12, `${rowTitle} ↓`, { anchor: 'end', className: 'axis' }),
    label(nameWidth, 12, `${columnTitle} →`, { anchor: 'start', className: 'axis' }),
  ]
  const ground = rect(nameWidth, top, columns.length * cellWidth, rows.length * cellHeight, 'ground')
  return svg({ width: Math.max(width, 200), height }, name, [ground, cells, names, titles])
}

const columnName = (text: string, x: number, y: number, isSlanted: boolean): Markup =>
  isSlanted ? slantedLabel(x, y, text) : label(x, y, text)
