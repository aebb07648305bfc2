import { markup, nothing, type Markup } from './markup.ts'
import { tableBehind, type TableData } from './table.ts'

export interface FigureData {
  readonly title: string
  /** What to see in it, and on which images it was measured. */
  readonly caption: string
  readonly chart: Markup
  readonly table: TableData
  readonly legend?: Markup
  /** Takes the whole width of the page. */
  readonly isWide?: boolean
}

export function figure({
  title,
  caption,
  chart,
  table,
  legend = nothing,
  isWide = false,
}: FigureData): Markup {
  return markup`<figure class="${isWide ? 'wide' : 'narrow'}"><h3>${title}</h3>${legend}${chart}<figcaption>${caption}</figcaption>${tableBehind(table)}</figure>
`
}

/** Colours of a chart's series by their class names. */
export function legend(entries: readonly { readonly name: string; readonly className: string }[]): Markup {
  return markup`<ul class="legend">${entries.map(({ name, className }) => markup`<li><span class="swatch ${className}"></span>${name}</li>`)}</ul>`
}
