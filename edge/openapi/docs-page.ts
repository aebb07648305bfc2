import { html } from 'hono/html'
import { apiPaths } from '../../core/wire/frames.ts'

// Drawn from the document without a script: the page obeys the same strict CSP as all others, and needs
// nothing from elsewhere.

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly description: string
  }[]
  readonly requestBody?: { readonly description: string; readonly content: Record<string, unknown> }
  readonly responses: Record<string, { readonly description: string }>
}

export const docsStylesheet = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 1rem 0 }
h1 { font-size: 1.6rem }
h2 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere }
h2 b { display: inline-block; min-width: 3.2rem; padding: 0 .5rem; margin-right: .5rem; border-radius: .3rem; text-align: center; background: color-mix(in srgb, currentColor 12%, transparent) }
p { margin: .5rem 0 .8rem }
table, tbody { display: block }
tr { display: grid; grid-template-columns: 15rem minmax(0, 1fr); padding: .15rem 0 }
td { overflow-wrap: anywhere; padding: 0 }
td:first-child { font-family: ui-monospace, monospace; font-size: .9rem; opacity: .8 }
table + table { margin-top: .6rem }
@media (max-width: 40rem) { tr { grid-template-columns: 3.5rem minmax(0, 1fr) } .names tr { grid-template-columns: minmax(0, 1fr); padding: .3rem 0 } }
pre { overflow: auto; font-size: .8rem; padding: .8rem; background: color-mix(in srgb, currentColor 7%, transparent) }
`

type Markup = ReturnType<typeof html>

/** @param kind `names` are long, `statuses` have three digits */
const table = (kind: 'names' | 'statuses', rows: readonly (readonly [string, string])[]): Markup | '' =>
  rows.length === 0
    ? ''
    : html`<table class="${kind}">
        ${rows.map(
          ([name, description]) =>
            html`<tr>
              <td>${name}</td>
              <td>${description}</td>
            </tr>`,
        )}
      </table>`

function operationSection(method: string, path: string, operation: Operation): Markup {
  const parameters =
    operation.parameters?.map(
      (parameter) => [`${parameter.name} (${parameter.in})`, parameter.description] as const,
    ) ?? []
  const bodies =
    operation.requestBody === undefined
      ? []
      : [
          [
            'body',
            `${operation.requestBody.description}: ${Object.keys(operation.requestBody.content).join(', ')}`,
          ] as const,
        ]
  const responses = Object.entries(operation.responses).map(
    ([status, { description }]) => [status, description] as const,
  )
  return html`<section id="${operation.operationId}">
    <h2><b>${method.toUpperCase()}</b> ${path}</h2>
    <p>${operation.summary}</p>
    ${table('names', [...parameters, ...bodies])}${table('statuses', responses)}
  </section>`
}

/** The OpenAPI document for people. */
export function docsPage(document: Record<string, unknown>): Markup {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, unknown> }
  }
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => operationSection(method, path, operation)),
  )
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<section id="schema-${name}">
        <h2>${name}</h2>
        <details>
          <summary>Schema</summary>
          <pre>${JSON.stringify(schema, null, 2)}</pre>
        </details>
      </section>`,
  )
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>CacheNet edge: API</title
      ><link rel="stylesheet" href="${apiPaths.docs}.css" />
      <h1>CacheNet edge: API</h1>
      <p>
        As <a href="${apiPaths.openapi}">OpenAPI 3.1</a>, for machines. Every refusal is an Error with a
        stable code.
      </p>
      ${sections}
      <h1>Schemas</h1>
      ${schemas}
    </html>`
}
