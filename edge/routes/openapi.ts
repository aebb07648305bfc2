import { Hono } from 'hono'
import { apiPaths } from '../../core/wire/frames.ts'
import { docsPage, docsStylesheet } from '../openapi/docs-page.ts'
import { openapiDocument } from '../openapi/document.ts'

/** The API described: for machines, and for people. */
export function openapiRoutes(): Hono {
  const document = openapiDocument()
  const app = new Hono()
  app.get(apiPaths.openapi, (c) => c.json(document, 200, { 'Cache-Control': 'no-cache' }))
  app.get(apiPaths.docs, (c) => c.html(docsPage(document), 200, { 'Cache-Control': 'no-cache' }))
  app.get(`${apiPaths.docs}.css`, (c) =>
    c.body(docsStylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }),
  )
  return app
}
