/**
 * Text that is HTML or SVG already. Only `markup` and `rawMarkup` make it, so what comes from data cannot be
 * taken for it.
 */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

export type MarkupPart = Markup | string | number | readonly MarkupPart[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

function toText(part: MarkupPart): string {
  if (part instanceof Markup) return part.toString()
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  return part.map(toText).join('')
}

/**
 * A template whose parts are escaped, unless they are markup themselves; lists are joined. Attributes must be
 * quoted.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(
    strings.map((text, index) => text + (index < parts.length ? toText(parts[index]!) : '')).join(''),
  )
}

export const nothing = new Markup('')
