import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { createTestApp } from '../testing/test-app.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { openapiDocument } from '../openapi/document.ts'
import { securityHeaders } from '../http/security-headers.ts'

describe('the OpenAPI document', () => {
  it('is a valid one', async () => {
    const { app } = await createTestApp()
    const document = (await (await app.request(apiPaths.openapi)).json()) as Record<string, unknown>
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(document).toEqual(JSON.parse(JSON.stringify(openapiDocument())))
  })

  it('describes every route that the app has, and none that it has not', async () => {
    const { app } = await createTestApp()
    const { paths } = openapiDocument() as { paths: Record<string, Record<string, unknown>> }
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const documentation = [apiPaths.openapi, apiPaths.docs, `${apiPaths.docs}.css`]
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/*' && !documentation.includes(path))
      .map(
        ({ method, path }) =>
          `${method} ${path.replaceAll(/:(\w+)/g, '{$1}').replace('{sha256}', '{sha256}')}`,
      )
    expect(new Set(described)).toEqual(new Set(routes))
  })

  it('has a page that needs no script and nothing from elsewhere', async () => {
    const { app } = await createTestApp()
    const response = await app.request(apiPaths.docs)
    const page = await response.text()
    expect(response.headers.get('Content-Security-Policy')).toBe(securityHeaders['Content-Security-Policy'])
    expect(page).toContain(apiPaths.frames('{bundleId}'))
    expect(page).toContain('x-cachenet-holds')
    expect(page).not.toMatch(/<script|<style|style=|https?:\/\//)
    expect((await app.request(`${apiPaths.docs}.css`)).headers.get('Content-Type')).toContain('text/css')
  })
})
