import { markup, type Markup } from '../html/markup.ts'
import { label, svg } from './svg.ts'

const steps = 6
const [width, left, stripHeight, gap] = [290, 66, 20, 4] as const

/** Colour of a value: −6 … 6; 0 is not drawn. */
const levelOf = (value: number, most: number): number =>
  Math.round(Math.max(-1, Math.min(1, value / most)) * steps)

/** All cells of one colour are one path: a feature vector has hundreds of values. */
function strip(values: readonly number[], most: number, top: number): Markup[] {
  const cell = (width - left) / values.length
  const paths = new Map<number, string>()
  for (const [index, value] of values.entries()) {
    const level = levelOf(value, most)
    if (level === 0) continue
    paths.set(
      level,
      `${paths.get(level) ?? ''}M${(left + index * cell).toFixed(2)} ${top}h${cell.toFixed(2)}v${stripHeight}h-${cell.toFixed(2)}z`,
    )
  }
  return [...paths].map(
    ([level, path]) =>
      markup`<path d="${path}" class="${level > 0 ? 'plus' : 'minus'} level-${Math.abs(level)}"/>`,
  )
}

/**
 * A vector above its reconstruction, a value a cell: above zero in one colour, below in another, both on the
 * scale of the original.
 */
export function vectorStrips(
  name: string,
  original: readonly number[],
  reconstruction: readonly number[],
  names: readonly [string, string],
): Markup {
  const most = Math.max(1e-6, ...original.map(Math.abs))
  const second = stripHeight + gap
  const ground = [0, second].map(
    (y) =>
      markup`<rect x="${left}" y="${y}" width="${width - left}" height="${stripHeight}" class="ground"/>`,
  )
  return svg({ width, height: second + stripHeight }, name, [
    ground,
    strip(original, most, 0),
    strip(reconstruction, most, second),
    label(left - 8, stripHeight / 2 + 4, names[0], { anchor: 'end' }),
    label(left - 8, second + stripHeight / 2 + 4, names[1], { anchor: 'end' }),
  ])
}
