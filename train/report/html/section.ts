import { markup, type Markup, type MarkupPart } from './markup.ts'

export interface SectionData {
  /** Its anchor. */
  readonly id: string
  readonly title: string
  /** One or two sentences on what is shown. */
  readonly lead: string
  readonly body: MarkupPart
}

export const section = ({
  id,
  title,
  lead,
  body,
}: SectionData): Markup => markup`<section id="${id}"><h2>${title}</h2><p class="lead">${lead}</p>
${body}</section>
`
