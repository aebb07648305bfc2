import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { edgeFlags } from '../settings/edge-flags.ts'
import { resolveSettings } from '../settings/resolve-settings.ts'
import { settingsTable, variableOf } from '../settings/settings-table.ts'

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
const variables = new Set(Object.keys(edgeFlags).map(variableOf))

describe('What is deployed', () => {
  it.each([
    'Caddyfile',
    'Dockerfile',
    'compose.yaml',
    'healthcheck.js',
    'kubernetes/edge.yaml',
    'nginx.conf',
  ])('%s knows the port where nobody chooses one', (name) => {
    expect(text(name)).toMatch(new RegExp(`\\b${settingsTable.port.fallback}\\b`))
  })
})

describe('Kubernetes manifests', () => {
  const objects = parseAllDocuments(text('kubernetes/edge.yaml')).map(
    (document) => document.toJS() as KubernetesObject,
  )
  const of = (kind: string): KubernetesObject =>
    objects.find((object) => object.kind === kind) ?? expect.fail(`no ${kind}`)

  it.each(objects)('$kind fits the schema of its kind', (object) => {
    const require = createRequire(import.meta.url)
    const group = object.apiVersion === 'v1' ? 'v1' : object.apiVersion
    const models = require(`kubernetes-models/${group}`) as Record<
      string,
      new (data: unknown) => { validate(): void }
    >
    const Model = models[object.kind] ?? expect.fail(`no schema of ${object.kind}`)
    new Model(object).validate()
    expect(() =>
      new Model({
        ...object,
        spec: {
          ...object.spec,
          notThere: { a: 1 },
          ports: 'no',
          template: 1,
          scaleTargetRef: 1,
          podSelector: 1,
          rules: 1,
          minAvailable: {},
        },
      }).validate(),
    ).toThrow()
  })

  it('belongs together: selectors, names and ports', () => {
    const labels = { 'app.kubernetes.io/name': 'cachenet-edge' }
    const deployment = of('Deployment').spec as {
      selector: { matchLabels: unknown }
      template: { metadata: { labels: unknown }; spec: { containers: { ports: unknown }[] } }
    }
    expect(deployment.selector.matchLabels).toEqual(labels)
    expect(deployment.template.metadata.labels).toEqual(labels)
    expect(deployment.template.spec.containers[0]?.ports).toEqual([{ name: 'http', containerPort: 8787 }])
    expect(of('Service').spec).toMatchObject({ selector: labels, ports: [{ targetPort: 'http' }] })
    expect(of('HorizontalPodAutoscaler').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: of('Deployment').metadata.name },
    })
  })

  it('sets only what the edge knows, to values that it takes', () => {
    const { template } = of('Deployment').spec as {
      template: { spec: { containers: { env: Environment[] }[] } }
    }
    const env = template.spec.containers[0]?.env ?? []
    for (const { name } of env) expect(variables).toContain(name)
    const settings = resolveSettings([], {}, Object.fromEntries(env.map(({ name, value }) => [name, value])))
    const ingress = of('Ingress').spec as { rules: { host: string }[] }
    expect(settings.hosts).toEqual(ingress.rules.map(({ host }) => host))
    expect(settings).toMatchObject({ 'trust-proxy': 1, 'drain-seconds': 10, threads: 2 })
  })
})

describe('the compose file', () => {
  const compose = parse(text('compose.yaml')) as {
    services: Record<
      string,
      {
        environment: Record<string, string>
        build?: { context: string; dockerfile: string }
        volumes: string[]
        read_only?: boolean
        stop_grace_period?: string
      }
    >
  }

  it('names files that are there, and sets what the edge knows', () => {
    const { edge, caddy } = compose.services
    expect(existsSync(join(here, edge?.build?.context ?? '', edge?.build?.dockerfile ?? ''))).toBe(true)
    expect(existsSync(join(here, (caddy?.volumes[0] ?? '').split(':')[0] ?? ''))).toBe(true)
    expect(edge?.read_only).toBe(true)
    for (const name of Object.keys(edge?.environment ?? {})) expect(variables).toContain(name)
    resolveSettings([], {}, { ...edge?.environment, CACHENET_TOKEN: '' })
  })

  it('lets the edge answer under the name that Caddy asks by, and stop in its time', () => {
    const edge = compose.services['edge']
    expect(edge?.environment['CACHENET_HOSTS']).toBe(compose.services['caddy']?.environment['DOMAIN'])
    const settings = resolveSettings([], {}, {})
    expect(parseInt(edge?.stop_grace_period ?? '', 10)).toBeGreaterThan(
      settings['drain-seconds'] + settings['stop-seconds'],
    )
  })

  it('has a Caddyfile that asks for the edge where the compose file puts it', () => {
    expect(text('Caddyfile')).toContain(`dynamic a edge ${resolveSettings([], {}, {}).port}`)
  })
})

describe('the unit of systemd', () => {
  const lines = text('cachenet-edge.service')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1))

  it('starts the command that npm starts, without npm and a shell in between', () => {
    const { scripts } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(values('ExecStart')).toEqual([`/usr/bin/env ${scripts['edge']?.replace('exec ', '') ?? ''}`])
  })

  it('sets only what the edge knows, keeps what it writes in its own folder, and leaves it time to stop', () => {
    const environment = Object.fromEntries(
      values('Environment').map((value) => value.split('=') as [string, string]),
    )
    for (const name of Object.keys(environment)) if (name !== 'NODE_ENV') expect(variables).toContain(name)
    const settings = resolveSettings([], {}, environment)
    const state = `/var/lib/${values('StateDirectory')[0] ?? ''}/`
    for (const path of [settings['token-file'], settings['tls-folder']])
      expect(path.startsWith(state)).toBe(true)
    expect(settings.token).toBe('auto')
    expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(
      settings['drain-seconds'] + settings['stop-seconds'],
    )
    expect(values('KillMode')).toEqual(['mixed'])
  })
})
