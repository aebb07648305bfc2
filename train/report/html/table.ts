import { markup, nothing, type Markup, type MarkupPart } from './markup.ts'

export interface TableColumn {
  readonly title: string
  /** Numbers stand to the right; names to the left. */
  readonly isText?: boolean
}

export interface TableData {
  /** What the table says, for those who hear it instead of seeing it. */
  readonly caption: string
  readonly columns: readonly TableColumn[]
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly MarkupPart[])[]
}

/** A table in a frame that scrolls sideways where the window is narrow. */
export function dataTable({ caption, columns, rows }: TableData): Markup {
  const side = (column: number): string =>
    columns[column]?.isText === true || column === 0 ? 'text' : 'number'
  const head = columns.map(
    ({ title }, column) => markup`<th scope="col" class="${side(column)}">${title}</th>`,
  )
  const body = rows.map(
    (
      cells,
    ) => markup`<tr>${cells.map((cell, column) => (column === 0 ? markup`<th scope="row" class="text">${cell}</th>` : markup`<td class="${side(column)}">${cell}</td>`))}</tr>
`,
  )
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption><span>${caption}</span></caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`
}

/** The numbers behind a chart, folded away. */
export const tableBehind = (table: TableData | undefined): Markup =>
  table === undefined ? nothing : markup`<details><summary>Table</summary>${dataTable(table)}</details>`
