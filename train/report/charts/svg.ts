import { markup, type Markup, type MarkupPart } from '../html/markup.ts'

/** A tenth of a unit is finer than any screen shows, and keeps the file small. */
export const round = (value: number): number => Math.round(value * 10) / 10

/**
 * A picture of `width` × `height` units that grows with its column, never beyond `width` × 1.35 pixels, so
 * that its text keeps its size.
 *
 * @param label says what is drawn to those who do not see it
 */
export function svg(
  size: { readonly width: number; readonly height: number },
  label: string,
  content: MarkupPart,
): Markup {
  const { width, height } = size
  return markup`<svg viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${label}" style="max-width:${Math.round(width * 1.35)}px">${content}</svg>`
}

export type Anchor = 'start' | 'middle' | 'end'

export function label(
  x: number,
  y: number,
  text: string,
  options: { readonly anchor?: Anchor; readonly className?: string } = {},
): Markup {
  return markup`<text x="${round(x)}" y="${round(y)}" text-anchor="${options.anchor ?? 'middle'}" class="${options.className ?? 'tick'}">${text}</text>`
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  className: string,
  title = '',
): Markup {
  const shape = markup`x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" class="${className}"`
  return title === '' ? markup`<rect ${shape}/>` : markup`<rect ${shape}><title>${title}</title></rect>`
}

export const line = (x1: number, y1: number, x2: number, y2: number, className: string): Markup =>
  markup`<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${className}"/>`

export function circle(x: number, y: number, radius: number, className: string, title = ''): Markup {
  const shape = markup`cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" class="${className}"`
  return title === '' ? markup`<circle ${shape}/>` : markup`<circle ${shape}><title>${title}</title></circle>`
}

export const polyline = (corners: readonly (readonly [number, number])[], className: string): Markup =>
  markup`<polyline points="${corners.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" class="${className}"/>`

/** Text that climbs to the right, for names of narrow columns. */
export const slantedLabel = (x: number, y: number, text: string): Markup =>
  markup`<text x="${round(x)}" y="${round(y)}" transform="rotate(-50 ${round(x)} ${round(y)})" text-anchor="start" class="tick">${text}</text>`
