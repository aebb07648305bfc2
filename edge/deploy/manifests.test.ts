import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { edgeFlags } from '../settings-flags.ts'
import { resolveSettings } from '../settings.ts'

const here = dirname(fileURLToPath(import.meta.url))
const text = (name: string): string => readFileSync(join(here, name), 'utf8')

interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: Record<string, unknown>
}
interface Environment {
  readonly name: string
  readonly value?: string
}

/** The variables that the edge knows. */
const variables = new Set(Object.keys(edgeFlags).map((name) => `CACHENET_${name.replaceAll('-', '_').toUpperCase()}`))

describe('Kubernetes manifests', () => {
  const objects = parseAllDocuments(text('kubernetes/edge.yaml')).map((document) => document.toJS() as KubernetesObject)
  const of = (kind: string): KubernetesObject => objects.find((object) => object.kind === kind) ?? expect.fail(`no ${kind}`)

  it.each(objects)('$kind fits the schema of its kind', (object) => {
    const require = createRequire(import.meta.url)
    const group = object.apiVersion === 'v1' ? 'v1' : object.apiVersion
    const models = require(`kubernetes-models/${group}`) as Record<string, new (data: unknown) => { validate(): void }>
    const Model = models[object.kind] ?? expect.fail(`no schema of ${object.kind}`)
    new Model(object).validate()
    expect(() => new Model({ ...object, spec: { ...object.spec, notThere: { a: 1 }, ports: 'no', template: 1, scaleTargetRef: 1, podSelector: 1, rules: 1, minAvailable: {} } }).validate()).toThrow()
  })

  it('belongs together: selectors, names and ports', () => {
    const labels = { 'app.kubernetes.io/name': 'cachenet-edge' }
    const deployment = of('Deployment').spec as { selector: { matchLabels: unknown }; template: { metadata: { labels: unknown }; spec: { containers: { ports: unknown }[] } } }
    expect(deployment.selector.matchLabels).toEqual(labels)
    expect(deployment.template.metadata.labels).toEqual(labels)
    expect(deployment.template.spec.containers[0]?.ports).toEqual([{ name: 'http', containerPort: 8787 }])
    expect(of('Service').spec).toMatchObject({ selector: labels, ports: [{ targetPort: 'http' }] })
    expect(of('HorizontalPodAutoscaler').spec).toMatchObject({ scaleTargetRef: { kind: 'Deployment', name: of('Deployment').metadata.name } })
  })

  it('sets only what the edge knows, to values that it takes', () => {
    const { template } = of('Deployment').spec as { template: { spec: { containers: { env: Environment[] }[] } } }
    const env = template.spec.containers[0]?.env ?? []
    for (const { name } of env) expect(variables).toContain(name)
    const settings = resolveSettings([], {}, Object.fromEntries(env.map(({ name, value }) => [name, value])))
    expect(settings).toMatchObject({ 'trust-proxy': 1, 'drain-seconds': 10, threads: 2 })
  })
})

describe('the compose file', () => {
  const compose = parse(text('compose.yaml')) as { services: Record<string, { environment: Record<string, string>; build?: { context: string; dockerfile: string }; volumes: string[]; read_only?: boolean }> }

  it('names files that are there, and sets what the edge knows', () => {
    const { edge, caddy } = compose.services
    expect(existsSync(join(here, edge?.build?.context ?? '', edge?.build?.dockerfile ?? ''))).toBe(true)
    expect(existsSync(join(here, (caddy?.volumes[0] ?? '').split(':')[0] ?? ''))).toBe(true)
    expect(edge?.read_only).toBe(true)
    for (const name of Object.keys(edge?.environment ?? {})) expect(variables).toContain(name)
    resolveSettings([], {}, { ...edge?.environment, CACHENET_TOKEN: '' })
  })

  it('has a Caddyfile that asks for the edge where the compose file puts it', () => {
    expect(text('Caddyfile')).toContain(`dynamic a edge ${resolveSettings([], {}, {}).port}`)
  })
})
