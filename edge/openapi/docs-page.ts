import { html } from 'hono/html'
import { apiPaths } from '../../core/wire/frames.ts'

// Drawn from the document without a script: the page obeys the same strict CSP as all others, and needs nothing from elsewhere.

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description: string }[]
  readonly requestBody?: { readonly description: string; readonly content: Record<string, unknown> }
  readonly responses: Record<string, { readonly description: string }>
}

export const docsStylesheet = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 1rem 0 }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere }
h2 b { display: inline-block; min-width: 3.5rem }
table { border-collapse: collapse; width: 100% }
td { padding: .2rem .8rem .2rem 0; vertical-align: top }
td:first-child { white-space: nowrap; font-family: ui-monospace, monospace }
pre { overflow: auto; font-size: .8rem; padding: .8rem; background: color-mix(in srgb, currentColor 7%, transparent) }
`

type Markup = ReturnType<typeof html>

const table = (rows: readonly (readonly [string, string])[]): Markup =>
  html`<table>${rows.map(([name, description]) => html`<tr><td>${name}</td><td>${description}</td></tr>`)}</table>`

function operationSection(method: string, path: string, operation: Operation): Markup {
  const parameters = operation.parameters?.map((parameter) => [`${parameter.name} (${parameter.in})`, parameter.description] as const) ?? []
  const bodies = operation.requestBody === undefined ? [] : [['body', `${operation.requestBody.description}: ${Object.keys(operation.requestBody.content).join(', ')}`] as const]
  const responses = Object.entries(operation.responses).map(([status, { description }]) => [status, description] as const)
  return html`<section id="${operation.operationId}"><h2><b>${method.toUpperCase()}</b> ${path}</h2><p>${operation.summary}</p>
${table([...parameters, ...bodies])}${table(responses)}</section>`
}

/** The OpenAPI document for people. */
export function docsPage(document: Record<string, unknown>): Markup {
  const { paths, components } = document as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } }
  const sections = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => operationSection(method, path, operation)))
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => html`<section id="schema-${name}"><h2>${name}</h2><details><summary>Schema</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details></section>`,
  )
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>CacheNet edge: API</title><link rel="stylesheet" href="${apiPaths.docs}.css">
<h1>CacheNet edge: API</h1>
<p>As <a href="${apiPaths.openapi}">OpenAPI 3.1</a>, for machines. Every refusal is an Error with a stable code.</p>
${sections}<h1>Schemas</h1>${schemas}
</html>`
}
